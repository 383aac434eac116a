package criteria

import (
	"cmp"
	"slices"
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

// gatherPeople walks the registers of people once, side by side: all are sorted by worker.
func (c *Case) gatherPeople() {
	rooms := make(map[housing.RoomID]string, len(c.Rooms))
	for _, r := range c.Rooms {
		rooms[r.ID] = r.Number
	}
	results, temperatures, stays, passages := c.Results, c.Temperatures, c.Stays, c.Passages
	c.people = make([]Person, 0, len(c.People))
	for _, e := range c.People {
		c.peopleUntil = calendar.Earliest(c.peopleUntil, c.lastBefore(e.EnteredAt), c.lastBefore(e.LeftAt))
		if !e.Present(c.At) {
			continue
		}
		p := Person{Enrolment: e}
		id := e.WorkerID
		results = from(results, id, func(r *screening.Result) roster.WorkerID { return r.WorkerID })
		temperatures = from(temperatures, id, func(t *screening.Temperature) roster.WorkerID { return t.WorkerID })
		stays = from(stays, id, func(s *housing.Stay) roster.WorkerID { return s.WorkerID })
		passages = from(passages, id, func(g *gate.Passage) roster.WorkerID { return g.WorkerID })
		p.results = c.resultsIn(results, id)
		p.temperatures = c.temperaturesIn(temperatures, id)
		p.passages = c.passagesIn(passages, id)
		p.stays = c.staysOf(stays, id)
		p.lodge(rooms, c)
		c.admit(p)
	}
}

// admit adds a person; of two enrolments at once the later entered one counts.
func (c *Case) admit(p Person) {
	if n := len(c.people); n > 0 && c.people[n-1].WorkerID == p.WorkerID {
		c.people[n-1] = p
		return
	}
	c.people = append(c.people, p)
}

func (p *Person) lodge(rooms map[housing.RoomID]string, c *Case) {
	for _, s := range p.stays.rows {
		if s.Holds(c.At) {
			p.RoomID, p.StaySince = s.RoomID, s.From
			p.RoomName = rooms[s.RoomID]
			p.Elsewhere = s.SectionID != c.Section.ID
		}
	}
}

func (c *Case) gatherStays() {
	for _, s := range c.Stays {
		c.staysUntil = calendar.Earliest(c.staysUntil, c.lastBefore(s.From), c.lastBefore(s.Until))
		if s.Holds(c.At) {
			c.stays = append(c.stays, s)
		}
	}
	slices.SortStableFunc(c.stays, func(a, b housing.Stay) int { return cmp.Compare(a.RoomID, b.RoomID) })
}

// lastBefore is the last instant before one that is still to come; zero when it is past or not given.
func (c *Case) lastBefore(change calendar.Instant) calendar.Instant {
	if change <= c.At {
		return 0
	}
	return change - 1
}

// from drops the rows of workers before id.
func from[T any](rows []T, id roster.WorkerID, worker func(*T) roster.WorkerID) []T {
	for len(rows) > 0 && worker(&rows[0]) < id {
		rows = rows[1:]
	}
	return rows
}

func (c *Case) resultsIn(rows []screening.Result, id roster.WorkerID) timeline[screening.Result] {
	var t timeline[screening.Result]
	n := 0
	for n < len(rows) && rows[n].WorkerID == id && rows[n].SampledAt <= c.At {
		t.until = calendar.Earliest(t.until, c.lastBefore(rows[n].ReportedAt))
		n++
	}
	if n < len(rows) && rows[n].WorkerID == id {
		t.until = calendar.Earliest(t.until, rows[n].SampledAt-1)
	}
	t.rows = rows[:n]
	return t
}

func (c *Case) temperaturesIn(rows []screening.Temperature, id roster.WorkerID) timeline[screening.Temperature] {
	n := 0
	for n < len(rows) && rows[n].WorkerID == id && rows[n].At <= c.At {
		n++
	}
	t := timeline[screening.Temperature]{rows: rows[:n]}
	if n < len(rows) && rows[n].WorkerID == id {
		t.until = rows[n].At - 1
	}
	return t
}

func (c *Case) passagesIn(rows []gate.Passage, id roster.WorkerID) timeline[gate.Passage] {
	n := 0
	for n < len(rows) && rows[n].WorkerID == id && rows[n].At <= c.At {
		n++
	}
	t := timeline[gate.Passage]{rows: rows[:n]}
	if n < len(rows) && rows[n].WorkerID == id {
		t.until = rows[n].At - 1
	}
	return t
}

// staysOf gives a person's stays that have begun; those that are over are among them.
func (c *Case) staysOf(rows []housing.Stay, id roster.WorkerID) timeline[housing.Stay] {
	var t timeline[housing.Stay]
	n := 0
	for n < len(rows) && rows[n].WorkerID == id && rows[n].From <= c.At {
		t.until = calendar.Earliest(t.until, c.lastBefore(rows[n].Until))
		n++
	}
	if n < len(rows) && rows[n].WorkerID == id {
		t.until = calendar.Earliest(t.until, rows[n].From-1)
	}
	t.rows = rows[:n]
	return t
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

// Deadline is the last instant at which the report of a day is in time.
func (c *Case) Deadline(day calendar.Date) calendar.Instant {
	return day.At(c.rules.ReportDeadline, c.Loc)
}

// Answer gives the answer that stands for an item of the checklist: today's as soon as it is submitted, and until today's
// report is due that of yesterday. Of several submissions the last counts; a blank one is no answer.
func (c *Case) Answer(item string) (checklist.Answer, bool) {
	c.facts = calendar.Earliest(c.facts, c.answersUntil)
	today := c.Today()
	if a, ok := c.AnswerOn(today, item); ok {
		c.until(c.Deadline(today.Add(1)))
		return a, true
	}
	if c.At > c.Deadline(today) {
		return checklist.Answer{}, false
	}
	a, ok := c.AnswerOn(today.Add(-1), item)
	if ok {
		c.until(c.Deadline(today))
	}
	return a, ok
}

// AnswerOn gives the last answer for an item of a day's checklist that was submitted by the instant.
func (c *Case) AnswerOn(day calendar.Date, item string) (checklist.Answer, bool) {
	c.facts = calendar.Earliest(c.facts, c.answersUntil)
	var last checklist.Answer
	found := false
	for _, a := range c.answersOn(day) {
		if a.Item == item && a.SubmittedAt <= c.At {
			last, found = a, a.Choice != checklist.Blank
		}
	}
	return last, found
}

// SubmittedOn gives when a day's checklist was first submitted; false when it was not by the instant.
func (c *Case) SubmittedOn(day calendar.Date) (calendar.Instant, bool) {
	c.facts = calendar.Earliest(c.facts, c.answersUntil)
	var first calendar.Instant
	for _, a := range c.answersOn(day) {
		if a.SubmittedAt <= c.At {
			first = calendar.Earliest(first, a.SubmittedAt)
		}
	}
	return first, first != 0
}

// answersOn gives what was answered on a day's checklist.
func (c *Case) answersOn(day calendar.Date) []checklist.Answer {
	for _, d := range c.days {
		if d[0].Date == day {
			return d
		}
	}
	return nil
}

// gatherDays cuts the answers, which are in order of their day, into days.
func (c *Case) gatherDays() {
	rest := c.Answers
	for len(rest) > 0 {
		n := 1
		for n < len(rest) && rest[n].Date == rest[0].Date {
			n++
		}
		c.days, rest = append(c.days, rest[:n]), rest[n:]
	}
}

// nextAnswer is the last instant before an answer that is dated or submitted later begins to count.
func (c *Case) nextAnswer() calendar.Instant {
	var next calendar.Instant
	today := c.Today()
	for _, d := range c.days {
		var begins calendar.Instant
		if d[0].Date.After(today) {
			begins = d[0].Date.Start(c.Loc)
		}
		for i := range d {
			next = calendar.Earliest(next, c.lastBefore(max(d[i].SubmittedAt, begins)))
		}
	}
	return next
}

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
