package criteria

import (
	"fugong/internal/calendar"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/locale"
	"fugong/internal/screening"
)

// Isolation rooms (隔离观察室) are rooms whose use is 隔离; item D4 of the checklist tells how they are set up.
var isolationCriteria = []Criterion{
	{"iso.rooms", Emergency, "隔离观察室数量足够", isolationRooms},
	{"iso.setup", Emergency, "隔离观察室条件达标", isolationSetup},
	{"iso.occupied", Emergency, "隔离人员不进场并每日检测", isolated},
}

// isolationRooms compares the rooms there are with one for every so many people, and a least number.
func isolationRooms(c *Case) Finding {
	people := len(c.P())
	need := max(c.Rules().IsoMin, ceil(people, c.Rules().IsoPer))
	t := c.tally(locale.Say("不少于%d间（每%d人1间，至少%d间）", need, c.Rules().IsoPer, c.Rules().IsoMin))
	if people == 0 {
		t.say(Unknown, locale.Say("无在场人员记录"))
		return t.finish()
	}
	if len(c.Rooms) == 0 {
		t.say(Unknown, locale.Say("房间无记录"))
		return t.finish()
	}
	have := 0
	for _, r := range c.Rooms {
		if r.Use == housing.Isolation {
			have++
		}
	}
	t.observed(locale.Say("%d间（在场%d人）", have, people))
	if have >= need {
		t.pass()
	} else {
		t.failed++
		t.say(Fail, locale.Say("隔离观察室少%d间", need-have))
	}
	return t.finish()
}

// isolationSetup asks the checklist, and counts that nobody shares an isolation room where that is not allowed.
func isolationSetup(c *Case) Finding {
	t := c.tally(locale.Say("硬隔离、独立卫生间、专人值守，一人一间"))
	t.answer("D4")
	for _, r := range c.Rooms {
		n := len(c.StaysIn(r.ID))
		if r.Use != housing.Isolation || n <= 1 || !c.Rules().IsoSingle {
			continue
		}
		s := roomSubject(r, locale.Say("%d人", n), locale.Say("1人"))
		s.Since = c.crowdedSince(r.ID, func(n int) bool { return n > 1 })
		t.fail(s)
		t.say(Fail, locale.Say("隔离观察室多人同住"))
	}
	return t.finish()
}

// isolated looks at those who sleep in an isolation room: no way in through the gate since, and a sample on the last
// complete day, when they were isolated all of it. Without any room on record nobody can tell who is isolated.
func isolated(c *Case) Finding {
	use := map[housing.RoomID]housing.Use{}
	for _, r := range c.Rooms {
		use[r.ID] = r.Use
	}
	t := c.tally(locale.Say("不进入作业区，每日核酸"))
	people := c.Housed()
	for i := range people {
		if p := &people[i]; use[p.RoomID] == housing.Isolation {
			c.isolatedPerson(t, p)
		}
	}
	if t.total() == 0 && len(c.Rooms) > 0 {
		return c.notApplicable(locale.Say("无隔离人员"))
	}
	t.say(Unknown, locale.Say("房间无记录"))
	t.say(Fail, locale.Say("%d名隔离人员进场或未每日检测", t.failed))
	return t.finish()
}

func (c *Case) isolatedPerson(t *tally, p *Person) {
	for _, g := range c.PassagesOf(p) {
		if g.Direction == gate.In && g.At > p.StaySince {
			s := p.subject(locale.Say("隔离期间%s进场", c.Minute(g.At)), locale.Say("不进场"))
			s.Since = g.At
			t.fail(s)
			return
		}
	}
	yesterday := c.LastDay()
	if p.StaySince <= yesterday.Start(c.Loc) && !c.sampledOn(p, yesterday) {
		s := p.subject(locale.Say("%s未采样", yesterday.String()), locale.Say("每日核酸"))
		s.Since = c.Today().Start(c.Loc)
		t.fail(s)
		return
	}
	t.pass()
}

func (c *Case) sampledOn(p *Person, day calendar.Date) bool {
	for _, r := range c.ResultsOf(p) {
		if r.Method == screening.NucleicAcid && calendar.On(r.SampledAt, c.Loc) == day {
			return true
		}
	}
	return false
}
