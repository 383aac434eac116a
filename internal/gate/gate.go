// Package gate knows who went in and out (门岗进出).
package gate

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// Direction is which way a person went (方向).
type Direction string

// The directions.
const (
	In  Direction = "进"
	Out Direction = "出"
)

// Passage is one person passing the gate once. The person need not be on the section's roster: that is what the gate finds.
type Passage struct {
	ID        int64
	SectionID site.SectionID
	WorkerID  roster.WorkerID
	Name      string // empty for a person the district does not know
	At        calendar.Instant
	Direction Direction
	Reason    string
	Approver  string
}

// Record is a row of the gate's log as it stands in a file.
type Record struct {
	Row         intake.Row
	SectionCode string
	Document    roster.Document
	Name        string
	Passage     Passage
}
