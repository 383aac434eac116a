// Package housing knows where people sleep: rooms, beds and stays.
package housing

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// RoomID names a room inside the program; people use its Number within the section.
type RoomID int64

// Use is what a room is for (用途).
type Use string

// The uses; empty in a file means Dormitory.
const (
	Dormitory Use = "宿舍"
	Isolation Use = "隔离"
)

// Room is a room of a section's living area. AreaCM2 is the usable area in square centimetres (16.0 m² is 160000), so
// that 2.5 m² a head is compared without rounding. BunkLevels 0 is not known.
type Room struct {
	ID         RoomID
	SectionID  site.SectionID
	Building   string
	Number     string
	Use        Use
	AreaCM2    int64
	Beds       int
	BunkLevels int
}

// Stay is one person's nights in one room, in [From, Until); a zero Until means still there.
type Stay struct {
	ID        int64
	WorkerID  roster.WorkerID
	RoomID    RoomID
	SectionID site.SectionID // the section of the room
	From      calendar.Instant
	Until     calendar.Instant
}

// Holds reports whether the person sleeps there at an instant.
func (s Stay) Holds(at calendar.Instant) bool {
	return s.From <= at && (s.Until.IsZero() || at < s.Until)
}

// RoomRecord is a row of rooms as it stands in a file.
type RoomRecord struct {
	Row         intake.Row
	SectionCode string
	Room        Room
}

// StayRecord is a row of stays as it stands in a file.
type StayRecord struct {
	Row         intake.Row
	SectionCode string
	RoomNumber  string
	Document    roster.Document
	Name        string
	Stay        Stay
}
