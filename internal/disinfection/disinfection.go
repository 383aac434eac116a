// Package disinfection knows what was cleaned when: the areas of a section and the log of each (消杀).
package disinfection

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/site"
)

// AreaID names an area inside the program; people use its Code within the section.
type AreaID int64

// Kind is what an area is (区域类型).
type Kind string

// The kinds of areas.
const (
	Dormitory Kind = "宿舍"
	Canteen   Kind = "食堂"
	Toilet    Kind = "厕所"
	Office    Kind = "办公"
	Public    Kind = "公共"
	Isolation Kind = "隔离"
)

// Area is a place that has to be disinfected.
type Area struct {
	ID        AreaID
	SectionID site.SectionID
	Code      string
	Name      string
	Kind      Kind
}

// Unit is what a concentration is measured in.
type Unit string

// The units: chlorine in mg/L, alcohol in percent; none where no concentration was given.
const (
	MilligramsPerLitre Unit = "mg/L"
	Percent            Unit = "%"
	NoUnit             Unit = ""
)

// Entry is one line of the log. Concentration counts in Unit; Minutes is the contact time (作用时间), 0 when not given.
type Entry struct {
	ID            int64
	AreaID        AreaID
	SectionID     site.SectionID
	At            calendar.Instant
	RecordedAt    calendar.Instant
	Agent         string
	Concentration int
	Unit          Unit
	Minutes       int
	Operator      string
}

// AreaRecord is a row of areas as it stands in a file.
type AreaRecord struct {
	Row         intake.Row
	SectionCode string
	Area        Area
}

// EntryRecord is a row of the log as it stands in a file.
type EntryRecord struct {
	Row         intake.Row
	SectionCode string
	AreaCode    string
	Entry       Entry
}
