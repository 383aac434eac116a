package criteria

import (
	"cmp"
	"slices"

	"fugong/internal/calendar"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

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
		results, temperatures = from(results, id, resultKey), from(temperatures, id, temperatureKey)
		stays, passages = from(stays, id, stayKey), from(passages, id, passageKey)
		p.results, p.stays = c.resultsIn(results, id), c.staysOf(stays, id)
		p.temperatures = begun(temperatures, id, c.At, temperatureKey)
		p.passages = begun(passages, id, c.At, passageKey)
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

// keyed tells whose row it is and from when on it counts.
type keyed[T any] func(*T) (roster.WorkerID, calendar.Instant)

// from drops the rows of workers before id.
func from[T any](rows []T, id roster.WorkerID, key keyed[T]) []T {
	for len(rows) > 0 {
		if worker, _ := key(&rows[0]); worker >= id {
			break
		}
		rows = rows[1:]
	}
	return rows
}

// begun gives a worker's rows that count by an instant, of rows that begin with his.
func begun[T any](rows []T, id roster.WorkerID, at calendar.Instant, key keyed[T]) timeline[T] {
	for n := range rows {
		worker, counts := key(&rows[n])
		if worker != id {
			return timeline[T]{rows: rows[:n]}
		}
		if counts > at {
			return timeline[T]{rows: rows[:n], until: counts - 1}
		}
	}
	return timeline[T]{rows: rows}
}

func resultKey(r *screening.Result) (roster.WorkerID, calendar.Instant) {
	return r.WorkerID, r.SampledAt
}
func temperatureKey(t *screening.Temperature) (roster.WorkerID, calendar.Instant) {
	return t.WorkerID, t.At
}
func stayKey(s *housing.Stay) (roster.WorkerID, calendar.Instant)    { return s.WorkerID, s.From }
func passageKey(g *gate.Passage) (roster.WorkerID, calendar.Instant) { return g.WorkerID, g.At }

// resultsIn also ends where a sample that is taken is reported.
func (c *Case) resultsIn(rows []screening.Result, id roster.WorkerID) timeline[screening.Result] {
	t := begun(rows, id, c.At, resultKey)
	for i := range t.rows {
		t.until = calendar.Earliest(t.until, c.lastBefore(t.rows[i].ReportedAt))
	}
	return t
}

// staysOf also ends where a stay does; those that are over are among them.
func (c *Case) staysOf(rows []housing.Stay, id roster.WorkerID) timeline[housing.Stay] {
	t := begun(rows, id, c.At, stayKey)
	for i := range t.rows {
		t.until = calendar.Earliest(t.until, c.lastBefore(t.rows[i].Until))
	}
	return t
}
