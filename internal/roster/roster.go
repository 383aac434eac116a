// Package roster knows who works on a section: the real-name register (实名制花名册) that every other register of people
// refers to.
package roster

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/site"
)

// WorkerID names one person of the district; the same person on two sections has one WorkerID.
type WorkerID int64

// Category is what a person is on the site for (人员类别).
type Category string

// The categories.
const (
	Labour     Category = "劳务"
	Management Category = "管理"
	Supervisor Category = "监理"
	Logistics  Category = "后勤"
	Guard      Category = "保安"
)

// Lodging is where a person sleeps (住宿方式).
type Lodging string

// The ways of lodging; empty is not known.
const (
	OnSite  Lodging = "场内"
	OffSite Lodging = "场外"
)

// Tri is a yes, a no, or nothing recorded.
type Tri int8

// The three answers; nothing recorded is the zero value.
const (
	Unsaid Tri = 0
	Yes    Tri = 1
	No     Tri = 2
)

// Document is an identity document. Number is normalised (see ParseDocument); it never reaches a snapshot, only the seal.
type Document struct {
	Type   string // 居民身份证, 港澳台居民居住证, 护照, …
	Number string
}

// Enrolment is one person's belonging to one section from EnteredAt until LeftAt (zero: still there).
type Enrolment struct {
	ID              int64
	WorkerID        WorkerID
	SectionID       site.SectionID
	Name            string
	DocType         string
	HasPhone        bool // a phone number is recorded; the number itself is sealed
	Employer        string
	Team            string // 班组
	Trade           string // 工种
	Category        Category
	EnteredAt       calendar.Instant
	LeftAt          calendar.Instant
	Lodging         Lodging
	OffsiteAddress  string
	Room            string // 房间号 as the roster states it; the bed itself is a housing.Stay
	Origin          string // 来源地
	FromOutside     Tri    // 是否市外
	DeclaredAt      calendar.Instant
	RestrictedUntil calendar.Instant // 限制至: outlives the zone it came from
	EpidemicOfficer Tri              // 防疫专员
}

// Present reports whether the person belongs to the section at an instant: EnteredAt ≤ at < LeftAt.
func (e Enrolment) Present(at calendar.Instant) bool {
	return e.EnteredAt <= at && (e.LeftAt.IsZero() || at < e.LeftAt)
}

// Record is a row of a roster as it stands in a file, before its section and person are known.
type Record struct {
	Row         intake.Row
	SectionCode string
	Document    Document
	Phone       string // normalised; empty when not given
	Enrolment   Enrolment
}
