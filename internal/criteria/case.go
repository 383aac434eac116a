package criteria

import (
	"sort"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// Person is someone of the population P(at), with what other registers say of him.
type Person struct {
	roster.Enrolment
	RoomID    housing.RoomID // where he sleeps at the instant, by his stay; 0: nowhere on record
	RoomName  string         // its number; empty when the room belongs to another section
	Elsewhere bool           // the room belongs to another section
	StaySince calendar.Instant

	results      timeline[screening.Result]
	temperatures timeline[screening.Temperature]
	stays        timeline[housing.Stay]
	passages     timeline[gate.Passage]
}

// timeline is a person's share of a register up to the instant, and the last instant before the next of it counts.
type timeline[T any] struct {
	rows  []T
	until calendar.Instant
}

// view is what Case derives once and every check reads.
type view struct {
	rules        policy.Rules
	policyDay    calendar.Date // the day the policy in force began
	people       []Person
	peopleUntil  calendar.Instant // last instant before the population changes
	stays        []housing.Stay   // those that hold at the instant, by room
	staysUntil   calendar.Instant // last instant before any stay begins or ends
	days         [][]checklist.Answer
	answersUntil calendar.Instant // last instant before a later answer counts
	severity     policy.Severity  // of the running check
	asked        calendar.Instant // the instant that is judged, while a check is followed to later ones
	facts        calendar.Instant // last instant before a fact changes that the running check has read
	bound        calendar.Instant // last instant at which the running check, by its own account, finds the same
}

func newCase(s *Snapshot, p *policy.Policy, at calendar.Instant, loc *time.Location) *Case {
	zone := site.ZoneAt(s.Zones, s.Section, at)
	c := &Case{Snapshot: s, At: at, Loc: loc, Level: zone.Level}
	c.rules = p.Resolve(s.Section, zone, at)
	c.policyDay = calendar.On(p.EffectiveFrom, loc)
	c.gatherStays()
	c.gatherPeople()
	c.gatherDays()
	c.answersUntil = c.nextAnswer()
	return c
}

// P is the population: everyone in the loop of the section at the instant, by WorkerID. The running check then holds only
// until the next of them comes or goes.
func (c *Case) P() []Person {
	c.facts = calendar.Earliest(c.facts, c.peopleUntil)
	return c.people
}

// Housed is the population for a check that asks where people sleep: it also holds only until a stay begins or ends.
func (c *Case) Housed() []Person {
	c.facts = calendar.Earliest(c.facts, c.staysUntil)
	return c.P()
}

// ResultsOf gives a person's test results sampled up to the instant, oldest first. Outcome tells which are reported by then.
func (c *Case) ResultsOf(p *Person) []screening.Result {
	c.facts = calendar.Earliest(c.facts, p.results.until)
	return p.results.rows
}

// Outcome is what is known of a test at the instant: a result reported later is still pending. One without a reporting
// time counts as reported when it was sampled.
func (c *Case) Outcome(r *screening.Result) screening.Outcome {
	if r.ReportedAt > c.At {
		return screening.Pending
	}
	return r.Outcome
}

// TemperaturesOf gives a person's readings up to the instant, oldest first.
func (c *Case) TemperaturesOf(p *Person) []screening.Temperature {
	c.facts = calendar.Earliest(c.facts, p.temperatures.until)
	return p.temperatures.rows
}

// PassagesOf gives a person's passages through the section's gate up to the instant, oldest first.
func (c *Case) PassagesOf(p *Person) []gate.Passage {
	c.facts = calendar.Earliest(c.facts, p.passages.until)
	return p.passages.rows
}

// StaysOf gives a person's stays that have begun, oldest first, those that are over among them.
func (c *Case) StaysOf(p *Person) []housing.Stay {
	c.facts = calendar.Earliest(c.facts, p.stays.until)
	return p.stays.rows
}

// StaysIn gives the stays in a room that hold at the instant, by WorkerID.
func (c *Case) StaysIn(room housing.RoomID) []housing.Stay {
	c.facts = calendar.Earliest(c.facts, c.staysUntil)
	lo := sort.Search(len(c.stays), func(i int) bool { return c.stays[i].RoomID >= room })
	hi := lo
	for hi < len(c.stays) && c.stays[hi].RoomID == room {
		hi++
	}
	return c.stays[lo:hi]
}

// LogsOf gives what was disinfected in an area up to the instant, oldest first.
func (c *Case) LogsOf(area disinfection.AreaID) []disinfection.Entry {
	all := c.Disinfections
	lo := sort.Search(len(all), func(i int) bool { return all[i].AreaID >= area })
	hi := lo
	for hi < len(all) && all[hi].AreaID == area && all[hi].At <= c.At {
		hi++
	}
	if hi < len(all) && all[hi].AreaID == area {
		c.before(all[hi].At)
	}
	return all[lo:hi]
}

// Today is the day of the district at the instant. A check that compares with it should note endOfToday, too.
func (c *Case) Today() calendar.Date { return calendar.On(c.At, c.Loc) }

// LastDay is the last complete day: what is judged by days is judged on it, and so may change at midnight.
func (c *Case) LastDay() calendar.Date {
	c.today(c.endOfToday())
	return c.Today().Add(-1)
}

// steadyDays is after how many days without a new fact every day looks like the one before.
const steadyDays = 3

// today notes an instant of the day like until, but not on the days by which nothing that is recorded matters any more.
func (c *Case) today(last calendar.Instant) {
	if calendar.On(c.asked, c.Loc).Until(c.Today()) < steadyDays {
		c.until(last)
	}
}

// endOfToday is the last instant of the day.
func (c *Case) endOfToday() calendar.Instant { return c.Today().Add(1).Start(c.Loc) - 1 }

// Document gives the newest paper of a type that is issued and not expired on the day of the instant. It is good through its
// last day.
func (c *Case) Document(kind string) (document.Document, bool) {
	today := c.Today()
	var newest document.Document
	found := false
	for _, d := range c.Documents {
		if d.Type != kind {
			continue
		}
		if d.IssuedOn.After(today) {
			c.before(d.IssuedOn.Start(c.Loc))
			continue
		}
		if d.ExpiresOn.IsZero() || !d.ExpiresOn.Before(today) {
			newest, found = d, true
		}
	}
	if found && !newest.ExpiresOn.IsZero() {
		c.before(newest.ExpiresOn.Add(1).Start(c.Loc))
	}
	return newest, found
}

// StockOf gives the last count of a kind of goods up to the day of the instant.
func (c *Case) StockOf(item supply.Item) (supply.Stock, bool) {
	today := c.Today()
	var last supply.Stock
	found := false
	for _, s := range c.Stocks {
		if s.Item != item {
			continue
		}
		if s.Date.After(today) {
			c.before(s.Date.Start(c.Loc))
			continue
		}
		last, found = s, true
	}
	return last, found
}

// Minute writes an instant as it is printed beside a subject.
func (c *Case) Minute(at calendar.Instant) string { return at.Minute(c.Loc) }

// subject makes a person a subject of a finding.
func (p *Person) subject(observed, limit locale.Phrase) Subject {
	return Subject{
		Kind: Worker, ID: int64(p.WorkerID), Name: p.Name, Team: p.Team, Room: p.RoomName,
		Observed: observed, Limit: limit,
	}
}
