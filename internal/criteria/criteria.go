// Package criteria decides, from a snapshot and an instant, which criteria of resumption a section meets. It is pure: no
// clock, no database; whatever is not in the snapshot is not known, and what is not known never passes.
//
// Each register has its file with its group of criteria; a new criterion is one entry there and a scenario in testdata.
package criteria

import (
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/policy"
)

// Group is the part of the printed sheet a criterion belongs to.
type Group string

// The groups, in the order of the sheet.
const (
	Organisation Group = "防控组织"
	People       Group = "人员管理"
	Loop         Group = "闭环管理"
	Housing      Group = "住宿"
	Disinfection Group = "消杀"
	Canteen      Group = "食堂"
	Supplies     Group = "物资"
	Emergency    Group = "应急处置"
	Safety       Group = "安全条件"
)

// Criterion is one rule of resumption.
type Criterion struct {
	Code  Code
	Group Group
	Title string // what has to be so, in Chinese
	check func(*Case) Finding
}

// All lists every criterion in the order the sheet prints.
func All() []Criterion {
	return slices.Concat(
		organisationCriteria, taskCriteria, rosterCriteria, screeningCriteria, healthCriteria, vaccinationCriteria, entryCriteria,
		gateCriteria, housingCriteria, disinfectionCriteria, canteenCriteria, supplyCriteria, isolationCriteria, safetyCriteria,
	)
}

// Rules gives the numbers in force.
func (c *Case) Rules() *policy.Rules { return &c.rules }

// Evaluate judges a section at an instant by the policies of the book. It returns a fault.NotFound when no policy is in force
// for the section's occasion.
func Evaluate(s *Snapshot, book policy.Book, at calendar.Instant, loc *time.Location) (Report, error) {
	return evaluate(s, book, at, loc)
}

// WindowFor gives how far back the registers must be read to judge at an instant by the policies of the book.
func WindowFor(book policy.Book, at calendar.Instant, loc *time.Location) Window {
	return windowFor(book, at, loc)
}
