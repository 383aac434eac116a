// Package document knows which papers a section has and until when they hold: pledges, plans, licences, orders.
package document

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/site"
)

// Document is one paper. A zero ExpiresOn means that it does not expire; it is still good on the day ExpiresOn.
type Document struct {
	ID        int64
	SectionID site.SectionID
	Type      string // 承诺书, 疫情防控方案, 应急预案, …
	IssuedOn  calendar.Date
	ExpiresOn calendar.Date
}

// Record is a row of documents as it stands in a file.
type Record struct {
	Row         intake.Row
	SectionCode string
	Document    Document
}
