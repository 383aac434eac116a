// Package flag says which failures stand open: which to raise, to keep and to clear, given what was open and what was found.
package flag

import (
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/policy"
	"fugong/internal/site"
)

// Flag is one episode of one criterion not being met by one subject of a section.
type Flag struct {
	ID         int64
	SectionID  site.SectionID
	Code       criteria.Code
	Subject    string // key of the subject: "worker:12", "area:3", "item:口罩", or "section"
	Name       string // of the subject, as printed
	Severity   policy.Severity
	Status     criteria.Status
	Reason     string
	Since      calendar.Instant // since when it has not been met by the facts; RaisedAt where they do not tell
	RaisedAt   calendar.Instant
	LastSeenAt calendar.Instant
	ClearedAt  calendar.Instant // zero while open
	EndedAt    calendar.Instant // when the failure ended by the facts; ClearedAt where they do not tell
}

// Changes is what a report does to the open flags of its section.
type Changes struct {
	Raise []Flag
	Keep  []Flag // with what is said of them brought up to date
	Clear []Flag
}

// Reconcile compares the open flags of a section with a report on it. Doing it again with the result changes nothing.
func Reconcile(open []Flag, r criteria.Report) Changes { return reconcile(open, r) }
