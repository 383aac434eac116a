package criteria

import (
	"cmp"
	"strconv"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/gate"
	"fugong/internal/locale"
	"fugong/internal/roster"
)

var rosterCriteria = []Criterion{
	{"roster.complete", People, "实名制花名册齐全", completeRoster},
	{"roster.matches_gate", People, "在场人数与实名一致", matchesGate},
	{"roster.daily_count", People, "当日在岗数与花名册一致", dailyCount},
}

// completeRoster: of everyone all that the real-name register asks for is recorded. The number of the identity document is
// checked on import and not in a snapshot.
func completeRoster(c *Case) Finding {
	c.Housed()
	t := c.each(locale.Say("实名信息齐全"), func(t *tally, p *Person) {
		if lacks := p.lacks(); len(lacks) > 0 {
			t.fail(p.subject(locale.Say("缺%s", locale.List(lacks...)), locale.Say("齐全")))
			return
		}
		t.pass()
	})
	t.say(Fail, locale.Say("%d人实名信息不全", t.failed))
	return t.finish()
}

// lacks lists what is not recorded of a person. Who is not a labourer has his category for a trade, and who lodges elsewhere
// an address for a room.
func (p *Person) lacks() []string {
	var all []string
	for _, f := range []struct {
		column string
		given  bool
	}{
		{"姓名", p.Name != ""},
		{"证件类型", p.DocType != ""},
		{"手机号码", p.HasPhone},
		{"班组", p.Team != ""},
		{"工种", p.Trade != "" || (p.Category != "" && p.Category != roster.Labour)},
		{"所属单位", p.Employer != ""},
		{"进场时间", p.EnteredAt != 0},
		{"房间号", p.RoomID != 0 || p.Room != "" || (p.Lodging == roster.OffSite && p.OffsiteAddress != "")},
	} {
		if !f.given {
			all = append(all, f.column)
		}
	}
	return all
}

// matchesGate compares who is inside by the gate's log with the population: somebody inside who is not on the roster blocks,
// somebody of the roster who is not inside only warns.
func matchesGate(c *Case) Finding {
	t := c.tally(locale.Say("门岗在场人员与花名册一致"))
	people := c.P()
	inside, recorded := c.inside()
	if !recorded || len(people) == 0 {
		t.unknowns++
		t.say(Unknown, locale.Say(unmatched(recorded)))
		return t.finish()
	}
	for i := range people {
		p := &people[i]
		last, found := inside[p.WorkerID]
		delete(inside, p.WorkerID)
		switch {
		case found && last.Direction == gate.In:
			t.pass()
		case found:
			t.warn(p.subject(locale.Say("%s出门未回", c.Minute(last.At)), locale.Say("在场")))
		default:
			t.warn(p.subject(locale.Say("无进门记录"), locale.Say("在场")))
		}
	}
	c.strangers(t, inside)
	t.observed(locale.Say("门岗在场%d人，在册%d人", t.inOrder+t.failed, len(people)))
	t.say(Fail, locale.Say("%d人在场但不在花名册", t.failed))
	t.say(Warned, locale.Say("在册%d人不在场", t.warned))
	return t.finish()
}

func unmatched(recorded bool) string {
	if !recorded {
		return "无门岗进出记录"
	}
	return "无在场人员记录"
}

// strangers adds those inside whom the roster does not know, in the order of the log.
func (c *Case) strangers(t *tally, inside map[roster.WorkerID]gate.Passage) {
	for _, g := range c.Passages {
		if last, left := inside[g.WorkerID]; left && last.ID == g.ID && last.At == g.At && last.Direction == gate.In {
			t.fail(Subject{
				Kind: Worker, ID: int64(g.WorkerID), Name: cmp.Or(g.Name, "未登记人员"),
				Observed: locale.Say("%s进门", c.Minute(g.At)), Limit: locale.Say("在花名册"), Since: g.At,
			})
		}
	}
}

// inside gives everyone's last passage up to the instant, and whether the gate recorded any.
func (c *Case) inside() (last map[roster.WorkerID]gate.Passage, recorded bool) {
	last = make(map[roster.WorkerID]gate.Passage)
	var next calendar.Instant
	for _, g := range c.Passages {
		if g.At > c.At {
			next = calendar.Earliest(next, g.At)
			continue
		}
		last[g.WorkerID] = g
	}
	c.before(next)
	return last, len(last) > 0
}

// gateRecorded reports whether the gate recorded anybody by the instant.
func (c *Case) gateRecorded() bool {
	var next calendar.Instant
	for i := range c.Passages {
		if c.Passages[i].At <= c.At {
			return true
		}
		next = calendar.Earliest(next, c.Passages[i].At)
	}
	c.before(next)
	return false
}

// dailyCount compares the headcount of the daily report (A2) with the roster at the moment it was handed in.
func dailyCount(c *Case) Finding {
	t := c.tally(locale.Say("填报在场人数与花名册一致"))
	a, answered := c.Answer("A2")
	present := c.presentAt(a.SubmittedAt)
	reported, err := strconv.Atoi(strings.TrimSuffix(a.Number, ".0"))
	reported += c.onLeave(a)
	s := Subject{Kind: Item, Name: "A2", Observed: locale.Say("填报%s人", a.Number), Limit: locale.Say("%d人", present)}
	s.Since = a.SubmittedAt
	switch {
	case !answered || a.Choice != checklist.Number || present == 0:
		t.unknowns++
	case err != nil || reported != present:
		t.fail(s)
	default:
		t.pass()
	}
	if answered {
		t.observed(locale.Say("填报%s人，在册%d人", a.Number, present))
	}
	t.say(Fail, locale.Say("填报%s人，在册%d人", a.Number, present))
	t.say(Unknown, locale.Say("当日人数无记录"))
	return t.finish()
}

// onLeave is how many of the roster the same report says to be on leave: they are not present, and yet accounted for.
func (c *Case) onLeave(report checklist.Answer) int {
	if report.Item != checklist.Lead("A2") {
		return 0
	}
	a, _ := c.AnswerOn(report.Date, "A2.5")
	n, err := strconv.Atoi(strings.TrimSuffix(a.Number, ".0"))
	if err != nil || a.SubmittedAt != report.SubmittedAt {
		return 0
	}
	return n
}

// presentAt counts the population at an instant.
func (c *Case) presentAt(at calendar.Instant) int {
	n := 0
	var last roster.WorkerID
	for _, e := range c.People {
		if e.Present(at) && e.WorkerID != last {
			n, last = n+1, e.WorkerID
		}
	}
	return n
}
