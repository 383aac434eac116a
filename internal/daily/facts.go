// Package daily works out a section's daily checklist: what the registers know of the day already, what has to be asked, what
// was drawn for a photo, and what is wrong or missing in what came back. It is pure; the pages only show and read.
package daily

import (
	"strconv"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// Facts is what the registers know of a section's day: numbers by the names that figures of the form call their source (one
// that nothing is recorded for is not there), and what stands behind them.
type Facts struct {
	Numbers  map[string]string
	Later    map[string]bool // numbers that are not final at this hour: to confirm them would be to speak of what is to come
	Untested []string        // names of those of whom no sample is recorded within the validity
	Rooms    []string        // numbers of rooms that are over a limit
	Areas    []AreaDay
	Holds    map[string]bool // the circumstances that the form names: arrivals, untested, overtime, fever
}

// AreaDay is what was disinfected in an area on a day.
type AreaDay struct {
	Name           string
	Done, Required int
	Over           bool             // the day is
	Last           calendar.Instant // zero: not yet
	Agent          string
	Concentration  int
	Unit           disinfection.Unit
	Operator       string
}

// Lacks reports whether less was done than is required of a whole day.
func (a AreaDay) Lacks() bool { return a.Done < a.Required }

// Short reports whether less was done than is required of a day that is over.
func (a AreaDay) Short() bool { return a.Over && a.Lacks() }

// counter gathers the facts in one pass over a snapshot.
type counter struct {
	*criteria.Snapshot
	rules policy.Rules
	at    calendar.Instant
	start calendar.Instant // of the day
	loc   *time.Location
	over  bool // the day is
	facts Facts
	here  map[roster.WorkerID]roster.Enrolment
}

// Count works out the facts of a day at an instant of it from what a section was judged by.
func Count(s *criteria.Snapshot, r criteria.Report, p *policy.Policy, loc *time.Location) Facts {
	day := calendar.On(r.At, loc)
	c := &counter{Snapshot: s, rules: p.Resolve(s.Section, site.ZoneAt(s.Zones, s.Section, r.At), r.At), at: r.At,
		start: day.Start(loc), loc: loc, here: map[roster.WorkerID]roster.Enrolment{},
		over:  r.At >= day.Add(1).Start(loc)-1,
		facts: Facts{Numbers: map[string]string{}, Later: map[string]bool{}, Holds: map[string]bool{}}}
	c.people(r)
	c.passages()
	c.tests()
	c.temperatures()
	c.isolation()
	c.disinfection()
	c.stock()
	c.rooms(r)
	return c.facts
}

func (c *counter) set(name string, n int) { c.facts.Numbers[name] = strconv.Itoa(n) }

// today reports whether an instant lies on the day, up to now.
func (c *counter) today(at calendar.Instant) bool { return at >= c.start && at <= c.at }

// people counts who is on the roster, who came and went today, and as what. Without any roster nothing is known.
func (c *counter) people(r criteria.Report) {
	arrived, left, known := 0, 0, len(c.People) > 0
	kinds := map[roster.Category]int{}
	offSite := 0
	for _, e := range c.People {
		if c.today(e.EnteredAt) {
			arrived++
		}
		if c.today(e.LeftAt) {
			left++
		}
		if _, counted := c.here[e.WorkerID]; !counted && e.Present(c.at) {
			c.here[e.WorkerID] = e
			kinds[e.Category]++
			if e.Lodging == roster.OffSite {
				offSite++
			}
		}
	}
	c.facts.Holds["arrivals"] = arrived > 0
	if !known {
		return
	}
	c.set("enrolled", r.Headcount)
	c.set("arrived", arrived)
	c.set("left", left)
	c.set("housed", r.HousedOnSite)
	c.set("off_site", offSite)
	c.set("management", kinds[roster.Management])
	c.set("labour", kinds[roster.Labour]+kinds[""]) // whoever is nothing else
	c.set("supervisors", kinds[roster.Supervisor])
	c.set("logistics", kinds[roster.Logistics]+kinds[roster.Guard])
}

// passages counts the gate's log of the day, and who of the section is inside or out by it.
func (c *counter) passages() {
	in, out, inside, outside := 0, 0, 0, 0
	last := map[roster.WorkerID]gate.Direction{}
	for _, g := range c.Passages {
		if g.At > c.at {
			continue
		}
		last[g.WorkerID] = g.Direction
		switch {
		case !c.today(g.At):
		case g.Direction == gate.In:
			in++
		default:
			out++
		}
	}
	if len(last) == 0 {
		return
	}
	for id := range c.here {
		switch last[id] {
		case gate.In:
			inside++
		case gate.Out:
			outside++
		}
	}
	c.set("passages_in", in)
	c.set("passages_out", out)
	c.set("outside", outside)
	c.set("present", inside)
}

// tests counts, of everyone here, the newest nucleic acid sample within the validity: all that is sampled is negative, without
// a result, or abnormal. Who has no such sample is named.
func (c *counter) tests() {
	from := c.at.Add(-c.rules.NatValid)
	newest := map[roster.WorkerID]screening.Outcome{}
	antigen := 0
	for _, r := range c.Results {
		if r.SampledAt > c.at {
			continue
		}
		if r.Method == screening.Antigen {
			if c.today(r.SampledAt) {
				antigen++
			}
			continue
		}
		if r.SampledAt >= from {
			newest[r.WorkerID] = c.outcome(r)
		}
	}
	if len(c.here) == 0 {
		return
	}
	counts := map[screening.Outcome]int{}
	for _, e := range c.People {
		if now, here := c.here[e.WorkerID]; !here || now.ID != e.ID {
			continue
		}
		outcome, sampled := newest[e.WorkerID]
		if !sampled {
			c.facts.Untested = append(c.facts.Untested, e.Name)
			continue
		}
		counts[outcome]++
	}
	c.set("due", len(c.here))
	c.set("sampled", len(c.here)-len(c.facts.Untested))
	c.set("negative", counts[screening.Negative])
	c.set("pending", counts[screening.Pending])
	c.set("abnormal", counts[screening.Positive]+counts[screening.Suspect]+counts[screening.Invalid])
	c.set("antigen", antigen)
	c.facts.Holds["untested"] = len(c.facts.Untested) > 0
	c.facts.Holds["overtime"] = len(c.facts.Untested) > 0
}

// outcome is what is known of a test by now: one reported later has none yet.
func (c *counter) outcome(r screening.Result) screening.Outcome {
	if r.ReportedAt > c.at {
		return screening.Pending
	}
	return r.Outcome
}

// noon parts the readings of the morning from those of the evening.
const noon = 12 * time.Hour

// temperatures counts who was measured before and after noon today, and who had a fever.
func (c *counter) temperatures() {
	morning, evening, fever := map[roster.WorkerID]bool{}, map[roster.WorkerID]bool{}, map[roster.WorkerID]bool{}
	for _, t := range c.Temperatures {
		if _, here := c.here[t.WorkerID]; !here || !c.today(t.At) {
			continue
		}
		if t.At < c.start.Add(noon) {
			morning[t.WorkerID] = true
		} else {
			evening[t.WorkerID] = true
		}
		if t.Tenths >= c.rules.Fever {
			fever[t.WorkerID] = true
		}
	}
	c.facts.Holds["fever"] = len(fever) > 0
	if len(c.here) == 0 {
		return
	}
	c.set("morning", len(morning))
	c.set("evening", len(evening))
	c.facts.Later["evening"] = c.at < c.start.Add(noon)
	c.set("fever", len(fever))
}

// isolation counts the rooms for isolation, and who is in them.
func (c *counter) isolation() {
	rooms, used, people := 0, map[housing.RoomID]bool{}, 0
	isolation := map[housing.RoomID]bool{}
	for _, r := range c.Rooms {
		if r.Use == housing.Isolation {
			rooms++
			isolation[r.ID] = true
		}
	}
	for _, s := range c.Stays {
		if s.Holds(c.at) && isolation[s.RoomID] {
			used[s.RoomID] = true
			people++
		}
	}
	if len(c.Rooms) == 0 {
		return
	}
	c.set("isolated", people)
	c.set("isolation_used", len(used))
	c.set("isolation_free", rooms-len(used))
}
