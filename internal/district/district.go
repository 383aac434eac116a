// Package district makes up a district of any size: streets, projects, bid sections and everybody who lives on them, for
// demonstrations, trials and benchmarks. The same Spec gives the same rows on every machine; no name, number or place is of
// a real person or site. It speaks in tables as people import them, so whatever it makes has gone through the front door.
package district

import (
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// Spec is the size of a district and the instant it has come to. Workers is the mean of a section; Days is how far back the
// daily registers go. Loc is the zone the tables are written in; nil is UTC+8.
type Spec struct {
	Sections int
	Workers  int
	Days     int
	Seed     uint64
	Now      calendar.Instant
	Loc      *time.Location
}

// Demo is the district of the demonstration: one section of each profile, in six streets, over a week.
func Demo(now calendar.Instant, loc *time.Location) Spec {
	return Spec{Sections: len(profiles()), Workers: 40, Days: 7, Seed: 2022, Now: now, Loc: loc}
}

// Validate returns a fault.Invalid when the size is out of what identity numbers can be made for.
func (s Spec) Validate() error {
	switch {
	case s.Sections < 1 || s.Sections > 20000:
		return fault.New(fault.Invalid, "标段数 %d 超出范围，应为 1 至 20000", s.Sections)
	case s.Workers < 12 || s.Workers > 2000:
		return fault.New(fault.Invalid, "每标段人数 %d 超出范围，应为 12 至 2000", s.Workers)
	case s.Days < 1 || s.Days > 90:
		return fault.New(fault.Invalid, "天数 %d 超出范围，应为 1 至 90", s.Days)
	case s.Sections*s.stride() > mostPeople:
		return fault.New(fault.Invalid, "总人数超出范围：标段数与每标段人数之积应不大于 %d", mostPeople*2/3)
	}
	return nil
}

// Table is one register, or what was sent of it at one time: the KIND it is imported as, its header, its rows, and the instant
// at which it comes in. Rows may be walked more than once and holds no more than one section in memory.
type Table struct {
	Kind   string
	Header []string
	Rows   iter.Seq[[]string]
	At     calendar.Instant
}

// Tables gives each register whole, in the order in which they can be imported, as of Now.
func Tables(s Spec) iter.Seq[Table] {
	return func(yield func(Table) bool) {
		for _, r := range registers {
			if !yield(Table{Kind: r.kind, Header: r.header, Rows: rows(s, r), At: s.Now}) {
				return
			}
		}
	}
}

// Deliveries gives the registers as they are really sent: what stands first, then evening by evening what the day has
// brought, the sections whose state has changed among it, and this morning the rest. So nothing looks written down long after it was done, and what was known on one of these
// evenings can be asked. The first of the evenings brings all that was before. Each evening costs a walk over the district.
func Deliveries(s Spec, evenings int) iter.Seq[Table] {
	return func(yield func(Table) bool) {
		var before calendar.Instant
		for evening := evenings; evening >= 0; evening-- {
			at := s.today().Add(-evening).At(sendingHour, s.loc())
			if evening == 0 {
				at = s.Now
			}
			if !deliver(s, before, at, yield) {
				return
			}
			before = at
		}
	}
}

// sendingHour is when the day's registers are sent in.
const sendingHour = 20*time.Hour + 45*time.Minute

func deliver(s Spec, after, at calendar.Instant, yield func(Table) bool) bool {
	for _, r := range registers {
		t := Table{Kind: r.kind, Header: r.header, Rows: s.between(r, after, at), At: at}
		if !empty(t.Rows) && !yield(t) {
			return false
		}
	}
	return true
}

// between leaves the rows of a register that were known after one instant and up to another. Written times are compared as
// text, which is in order; a row that has not got its time yet comes last.
func (s Spec) between(r register, after, at calendar.Instant) iter.Seq[[]string] {
	if r.moved != nil {
		r.each = func(p *plan, out sink) { r.moved(p, out, after, at) }
		return rows(s, r)
	}
	column := slices.Index(r.header, r.when)
	from, to := s.written(after), s.written(at)
	return func(yield func([]string) bool) {
		if column < 0 && !after.IsZero() {
			return
		}
		for row := range rows(s, r) {
			if column >= 0 && (row[column] <= from || row[column] > to) && (row[column] != "" || at != s.Now) {
				continue
			}
			if !yield(row) {
				return
			}
		}
	}
}

func (s Spec) written(at calendar.Instant) string {
	if at.IsZero() {
		return ""
	}
	return at.In(s.loc()).Format(time.DateTime)
}

func empty(rows iter.Seq[[]string]) bool {
	for range rows {
		return false
	}
	return true
}

// register is how one KIND is written: its header, the column that tells when a row is known (none: from the beginning), the
// rows that belong to no section, and those of each section. Where what stands in a row changes, moved writes what has changed
// from one sending to another; from none, all.
type register struct {
	kind   string
	header []string
	when   string
	common func(*plan, sink)
	each   func(*plan, sink)
	moved  func(p *plan, out sink, after, at calendar.Instant)
}

// sink takes one row; a section that was told to stop is told so again at its next row.
type sink func(cells ...string)

func rows(s Spec, r register) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		going := true
		out := func(cells ...string) { going = going && yield(cells) }
		d := lay(s)
		for i := range d.places {
			p := d.section(i)
			if i == 0 && r.common != nil {
				r.common(p, out)
			}
			r.each(p, out)
			if !going {
				return
			}
		}
	}
}

// The streams of chance: each register draws from its own, so that a change in one leaves the others as they were.
const (
	chanceLayout uint64 = iota
	chanceStaff
	chanceRooms
	chanceTests
	chanceHealth
	chanceCleaning
	chanceGate
	chancePapers
	chanceAnswers
)

func chance(seed, stream uint64, section int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(section)<<8|stream)) // #nosec G404 G115 -- a made-up district wants repetition, not secrecy
}

func (s Spec) loc() *time.Location {
	if s.Loc == nil {
		return time.FixedZone("UTC+8", 8*3600)
	}
	return s.Loc
}

// today is the day the district has come to.
func (s Spec) today() calendar.Date { return calendar.On(s.Now, s.loc()) }

// stride spaces the identity numbers: as many as a section may have people, and a few for those whom no roster knows.
func (s Spec) stride() int { return s.Workers*3/2 + strangers + 1 }
