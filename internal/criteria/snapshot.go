package criteria

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// Snapshot is all that is known of one section for judging it. It may hold facts dated after the instant that is judged
// (a departure already agreed, a pledge that begins tomorrow); each check leaves those out. The slices are sorted as said.
type Snapshot struct {
	Section       site.Section
	Zones         []site.Zone               // every known zone that concerns the section, past and future
	People        []roster.Enrolment        // of this section, by WorkerID, then EnteredAt
	Guests        []roster.Enrolment        // people of other sections who sleep in this section's rooms, by WorkerID
	Results       []screening.Result        // of People, by WorkerID, then SampledAt
	Temperatures  []screening.Temperature   // of People, by WorkerID, then At
	Rooms         []housing.Room            // of this section, by Number
	Stays         []housing.Stay            // in this section's rooms, and elsewhere of People; by WorkerID, then From
	Areas         []disinfection.Area       // by Code
	Disinfections []disinfection.Entry      // by AreaID, then At
	Answers       []checklist.Answer        // by Date, then Item, then SubmittedAt
	Stocks        []supply.Stock            // by Item, then Date
	Passages      []gate.Passage            // by WorkerID, then At
	Documents     []document.Document       // by Type, then IssuedOn
	SectionCodes  map[site.SectionID]string // of this section and of those of Guests
}

// Window is how far back the registers have to be read for judging: nothing before these instants changes any finding,
// but for what Snapshot's loader always adds (see store): the latest final result of each person before Results, every
// result since a person's first that was neither negative nor pending, every temperature since a person's first abnormal
// one, and the latest answer, stock, passage and disinfection of each item, person or area.
type Window struct {
	Results       calendar.Instant
	Temperatures  calendar.Instant
	Disinfections calendar.Instant
	Passages      calendar.Instant
	Answers       calendar.Date
}

// Case is a section at an instant, with the rules in force there and then: what a check is given.
type Case struct {
	*Snapshot
	At    calendar.Instant
	Loc   *time.Location
	Level site.ZoneLevel
	view
}
