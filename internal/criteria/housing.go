package criteria

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/housing"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/site"
)

var housingCriteria = []Criterion{
	{"room.occupancy", Housing, "单间人数不超限", occupancy},
	{"room.area", Housing, "人均面积达标", roomArea},
	{"room.beds", Housing, "床位、层数、通道达标", beds},
	{"room.no_mixing", Housing, "不混住", noMixing},
	{"room.ventilation", Housing, "宿舍每日通风", needs("每日按次数和时长通风", item("E2"))},
}

// inRooms judges every room that someone sleeps in. Nobody sleeping anywhere is Unknown, unless the section houses nobody.
func (c *Case) inRooms(required locale.Phrase, judge func(*tally, housing.Room, []housing.Stay)) *tally {
	t := c.tally(required)
	for _, r := range c.Rooms {
		if stays := c.StaysIn(r.ID); len(stays) > 0 {
			judge(t, r, stays)
		}
	}
	t.say(Unknown, locale.Say("无住宿记录"))
	return t
}

// housesNobody reports whether the whole population is known to sleep outside the section's rooms.
func (c *Case) housesNobody() bool {
	people := c.Housed()
	for i := range people {
		p := &people[i]
		away := p.Elsewhere || (p.RoomID == 0 && p.Lodging == roster.OffSite)
		if !away {
			return false
		}
	}
	return len(people) > 0
}

func (c *Case) housed(t *tally) Finding {
	if t.total() == 0 && c.housesNobody() {
		return c.notApplicable(locale.Say("在场人员均不住场内"))
	}
	return t.finish()
}

// occupancy counts the people in each room. Over the hard limit it fails and blocks whatever the policy says.
func occupancy(c *Case) Finding {
	most, hard := c.Rules().RoomMax, c.Rules().RoomHardMax
	over := false
	t := c.inRooms(locale.Say("每间不超过%d人", most), func(t *tally, r housing.Room, stays []housing.Stay) {
		n := len(stays)
		over = over || n > hard
		if n <= min(most, hard) {
			t.pass()
			return
		}
		s := roomSubject(r, locale.Say("%d人", n), locale.Say("%d人", min(most, hard)))
		s.Since = c.crowdedSince(r.ID, func(n int) bool { return n > min(most, hard) })
		t.fail(s)
	})
	t.say(Fail, locale.Say("%d间宿舍超员", t.failed))
	t.say(Warned, locale.Say("%d间宿舍超员", t.failed))
	f := c.housed(t)
	if over {
		f.Status, f.Severity = Fail, policy.Block
	}
	return f
}

// crowdedSince walks back through a room's comings and goings to when its number of people became as it must not be.
func (c *Case) crowdedSince(room housing.RoomID, wrong func(n int) bool) calendar.Instant {
	var stays []housing.Stay
	var changes []calendar.Instant
	for _, s := range c.Stays {
		if s.RoomID != room {
			continue
		}
		stays = append(stays, s)
		for _, at := range []calendar.Instant{s.From, s.Until} {
			if at != 0 && at <= c.At {
				changes = append(changes, at)
			}
		}
	}
	slices.Sort(changes)
	var since calendar.Instant
	for _, at := range slices.Backward(changes) {
		n := 0
		for _, s := range stays {
			if s.Holds(at) {
				n++
			}
		}
		if !wrong(n) {
			break
		}
		since = at
	}
	return since
}

// roomArea shares a room's usable area among those who sleep there, and compares without rounding.
func roomArea(c *Case) Finding {
	least := c.Rules().AreaMinCM2
	limit := locale.Say("%sm²", squareMetres(least))
	t := c.inRooms(locale.Say("人均不少于%sm²", squareMetres(least)), func(t *tally, r housing.Room, stays []housing.Stay) {
		n := len(stays)
		switch {
		case r.AreaCM2 <= 0:
			t.unknown(roomSubject(r, locale.Phrase{}, limit))
		case r.AreaCM2 >= least*int64(n):
			t.pass()
		default:
			s := roomSubject(r, locale.Say("%sm²", AreaEach(r.AreaCM2, n, least)), limit)
			s.Since = c.crowdedSince(r.ID, func(n int) bool { return r.AreaCM2 < least*int64(n) })
			t.fail(s)
		}
	})
	t.say(Fail, locale.Say("%d间宿舍人均面积不足", t.failed))
	return c.housed(t)
}

// AreaEach writes an area a head in m² with two digits; with four where two would round it up to the limit it misses.
func AreaEach(areaCM2 int64, n int, least int64) string {
	hundredths := (2*areaCM2 + 100*int64(n)) / (200 * int64(n))
	if hundredths*100 < least || areaCM2 >= least*int64(n) {
		return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
	}
	exact := areaCM2 / int64(n)
	return fmt.Sprintf("%d.%04d", exact/10_000, exact%10_000)
}

// squareMetres writes an area in m² without trailing zeros.
func squareMetres(cm2 int64) string {
	text := fmt.Sprintf("%d.%04d", cm2/10_000, cm2%10_000)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// beds judges the rooms as they are furnished. More people than beds, or bunks too high, fail; a room with more beds than
// people allowed, or narrow passages, only warns. Bunk levels that the register does not state are left to item E1.
func beds(c *Case) Finding {
	t := c.tally(locale.Say("床位不超过%d个，不多于%d层，一人一床", c.Rules().RoomMax, c.Rules().BunkLevels))
	for _, r := range c.Rooms {
		c.furnished(t, r)
	}
	if len(c.Rooms) == 0 && c.housesNobody() {
		return c.notApplicable(locale.Say("在场人员均不住场内"))
	}
	t.refused("E1", t.fail)
	t.refused("E4", t.warn)
	t.say(Fail, locale.Say("%d处床位或铺设不达标", t.failed))
	t.say(Warned, locale.Say("%d处床位偏多或通道偏窄", t.warned))
	t.say(Unknown, locale.Say("宿舍房间无记录"))
	return t.finish()
}

func (c *Case) furnished(t *tally, r housing.Room) {
	most, levels, n := c.Rules().RoomMax, c.Rules().BunkLevels, len(c.StaysIn(r.ID))
	switch {
	case n > r.Beds:
		t.fail(roomSubject(r, locale.Say("%d人%d床", n, r.Beds), locale.Say("一人一床")))
	case r.BunkLevels > levels:
		t.fail(roomSubject(r, locale.Say("%d层铺", r.BunkLevels), locale.Say("%d层", levels)))
	case r.Beds > most:
		t.warn(roomSubject(r, locale.Say("%d床", r.Beds), locale.Say("%d床", most)))
	default:
		t.pass()
	}
}

// refused grades a question of the checklist that was answered 否; without an answer the register alone decides.
func (t *tally) refused(code string, grade func(Subject)) {
	a, answered := t.c.Answer(code)
	if !answered || a.Choice != checklist.No {
		return
	}
	grade(Subject{Kind: Item, Name: code, Observed: locale.Say("否"), Limit: locale.Say("是"), Since: a.SubmittedAt})
}

// lodger is what a room-mate is to the others.
type lodger struct {
	section  site.SectionID
	team     string
	newcomer bool
}

// noMixing looks at who shares a room: people of several sections, or newcomers with settled people, fail; several teams warn.
func noMixing(c *Case) Finding {
	who := c.lodgers()
	t := c.inRooms(locale.Say("同室人员同标段、同班组，新进场人员单独居住"), func(t *tally, r housing.Room, stays []housing.Stay) {
		var sections, teams []string
		newcomers, settled := 0, 0
		for _, s := range stays {
			l, known := who[s.WorkerID]
			if !known {
				continue
			}
			sections = append(sections, c.SectionCodes[l.section])
			if l.team != "" {
				teams = append(teams, l.team)
			}
			if l.newcomer {
				newcomers++
			} else {
				settled++
			}
		}
		sections, teams = distinct(sections), distinct(teams)
		switch {
		case len(sections) > 1:
			t.fail(roomSubject(r, locale.List(sections...), locale.Say("1个标段")))
		case newcomers > 0 && settled > 0:
			t.fail(roomSubject(r, locale.Say("新进场%d人与其他%d人同住", newcomers, settled), locale.Say("新进场人员单独居住")))
		case len(teams) > 1:
			t.warn(roomSubject(r, locale.List(teams...), locale.Say("1个班组")))
		default:
			t.pass()
		}
	})
	t.say(Fail, locale.Say("%d间宿舍混住", t.failed))
	t.say(Warned, locale.Say("%d间宿舍多个班组同住", t.warned))
	return c.housed(t)
}

// lodgers gathers everybody who may sleep in the section's rooms: its own people, and guests from other sections.
func (c *Case) lodgers() map[roster.WorkerID]lodger {
	all := make(map[roster.WorkerID]lodger, len(c.people))
	for _, g := range c.Guests {
		c.before(g.EnteredAt)
		c.before(g.LeftAt)
		if g.Present(c.At) {
			all[g.WorkerID] = lodger{g.SectionID, g.Team, c.newlyCome(&g)}
		}
	}
	people := c.P()
	for i := range people {
		p := &people[i]
		all[p.WorkerID] = lodger{p.SectionID, p.Team, c.newlyCome(&p.Enrolment)}
	}
	return all
}

// newlyCome reports whether someone is in his silent days.
func (c *Case) newlyCome(e *roster.Enrolment) bool {
	ends := e.EnteredAt.Add(time.Duration(c.Rules().SilentDays) * 24 * time.Hour)
	if c.Rules().SilentDays == 0 || c.At > ends {
		return false
	}
	c.until(ends)
	return true
}

func roomSubject(r housing.Room, observed, limit locale.Phrase) Subject {
	return Subject{Kind: Room, ID: int64(r.ID), Name: r.Number, Observed: observed, Limit: limit}
}

// distinct sorts words and drops those that stand twice.
func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}
