// Package checklist knows what was answered on the daily checklist (每日自查表).
package checklist

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/site"
)

// Choice is an answer to a question; the zero value is Blank, "not filled", which is never "normal".
type Choice int8

// The choices.
const (
	Blank Choice = iota
	Yes
	No
	NotApplicable
	Number
)

// Answer is what one section answered to one item on one day. Of several submissions the last one counts.
type Answer struct {
	ID          int64
	SectionID   site.SectionID
	Date        calendar.Date
	SubmittedAt calendar.Instant
	Item        string // A1, B1, …, K2
	Choice      Choice
	Number      string // decimal as given, when Choice is Number
	Remark      string
	Photos      []string // uuids, in their order; empty where a whole district is read
}

// Work is the item that says whether work goes on.
const Work = "A1"

// Amiss reports whether the answer says that something is not in order. That no work goes on does not say so: a day without work is
// reported as it is, by a zero report.
func (a Answer) Amiss() bool { return a.Choice == No && a.Item != Work }

// Record is an answer as it stands in a file.
type Record struct {
	Row         intake.Row
	SectionCode string
	Answer      Answer
}
