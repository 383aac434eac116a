package criteria

import (
	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/site"
)

// Code names a criterion, such as nat.latest_negative: stored, printed, never reused.
type Code string

// Status is what a check found. The zero value is Unknown: silence is never a pass.
type Status int8

// The statuses.
const (
	Unknown Status = iota
	Pass
	Fail
	Warned
	NotApplicable
)

// String gives the word of the public contract.
func (s Status) String() string { return [...]string{"unknown", "pass", "fail", "warn", "na"}[s] }

// Kind is what a subject is.
type Kind string

// The kinds of subjects.
const (
	Worker  Kind = "worker"
	Room    Kind = "room"
	Area    Kind = "area"
	Item    Kind = "item"
	Team    Kind = "team"
	Section Kind = "section"
)

// Subject is one worker, room, area or thing that a finding is about, with its value and its limit. ID is the register's own
// (0 where there is none); of workers neither the ID number nor its tail is here: whoever prints opens the seal.
type Subject struct {
	Kind     Kind
	ID       int64
	Name     string
	Team     string // of a worker
	Room     string // of a worker: where he sleeps
	Observed locale.Phrase
	Limit    locale.Phrase
	Since    calendar.Instant // since when it has not been met, where the facts tell
}

// Mend tells by which instant a subject that is in order came to be so, for the history of a flag.
type Mend struct {
	Kind Kind
	ID   int64
	Name string
	At   calendar.Instant
}

// Finding is one criterion judged.
type Finding struct {
	Code       Code
	Status     Status
	Severity   policy.Severity
	Observed   locale.Phrase
	Required   locale.Phrase
	Reason     locale.Phrase
	Subjects   []Subject
	Mended     []Mend
	HoldsUntil calendar.Instant // the last instant at which finding and subjects stay so if nothing new is recorded; zero: for ever
	Suspend    bool             // recommends suspension; the act itself is the authority's
}

// Verdict is the judgement on a section. The zero value is Unmet.
type Verdict int8

// The verdicts.
const (
	Unmet Verdict = iota
	Conditional
	Met
)

// String gives the word of the public contract.
func (v Verdict) String() string { return [...]string{"unmet", "conditional", "met"}[v] }

// Chinese gives the word that is printed.
func (v Verdict) Chinese() string { return [...]string{"不符合", "基本符合", "符合"}[v] }

// Report is a section judged.
type Report struct {
	SectionID     site.SectionID
	At            calendar.Instant
	KnownAt       calendar.Instant // only facts recorded up to then were used; zero: all
	Policy        string
	PolicyVersion int
	Findings      []Finding // in the order the sheet prints
	Headcount     int
	HousedOnSite  int
	HoldsUntil    calendar.Instant // of the verdict
}

// Verdict sums the findings up: a blocking criterion that fails or is unknown makes the section unmet; anything else that is
// not in order makes it conditional. A report without findings is unmet.
func (r Report) Verdict() Verdict {
	if len(r.Findings) == 0 {
		return Unmet
	}
	verdict := Met
	for _, f := range r.Findings {
		verdict = min(verdict, f.verdict())
	}
	return verdict
}

func (f Finding) verdict() Verdict {
	inOrder := f.Status == Pass || f.Status == NotApplicable
	switch {
	case inOrder || f.Severity == policy.Info:
		return Met
	case f.Severity == policy.Block && f.Status != Warned:
		return Unmet
	}
	return Conditional
}

// Next is the instant up to which every finding stays as it is; zero: for ever. The section is due right after it.
func (r Report) Next() calendar.Instant {
	var next calendar.Instant
	for _, f := range r.Findings {
		next = calendar.Earliest(next, f.HoldsUntil)
	}
	return next
}
