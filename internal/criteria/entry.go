package criteria

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/document"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

// The paper that lists who may come in which batch, and the one by which newcomers were reported to the community.
const (
	batchList = "分批进场名册"
	prereport = "进场报备"
)

var entryCriteria = []Criterion{
	{"entry.batch_plan", People, "按分批名册进场", needs("有分批进场名册", paper(batchList))},
	{"entry.newcomer", People, "新进场人员持阴性进场并单独居住", newcomers},
	{"entry.prereport", People, "进场前报备", prereported},
	{"entry.restricted", People, "无管控期未满人员", restricted},
	{"loop.lodging_known", Loop, "住宿地点明确", lodgingKnown},
}

// silence is how long a newcomer stays apart.
func (c *Case) silence() time.Duration { return time.Duration(c.rules.SilentDays) * day }

// newcomers: whoever entered at most silent_days ago had a valid negative at the gate, a shorter one from outside the city, and
// sleeps apart from those who are settled until he has pre_n negatives here.
func newcomers(c *Case) Finding {
	if c.rules.SilentDays == 0 {
		return c.notApplicable(locale.Say("规则不要求"))
	}
	people := c.Housed()
	quiet := c.quiet(people)
	t := c.tally(locale.Say("进场持阴性，%d次阴性前单独居住", c.rules.PreN))
	if len(people) == 0 {
		t.unknowns++
		t.say(Unknown, locale.Say("无在场人员记录"))
		return t.finish()
	}
	for i := range people {
		if p := &people[i]; quiet[p.WorkerID] {
			c.newcomer(t, p, quiet)
		}
	}
	if t.total() == 0 {
		return c.notApplicable(locale.Say("无新进场人员"))
	}
	t.say(Fail, locale.Say("%d名新进场人员不符合要求", t.failed))
	t.say(Unknown, locale.Say("%d名新进场人员记录不全", t.unknowns))
	return t.finish()
}

// quiet is who entered so lately that he counts as a newcomer.
func (c *Case) quiet(people []Person) map[roster.WorkerID]bool {
	all := make(map[roster.WorkerID]bool)
	for i := range people {
		p := &people[i]
		if ends := p.EnteredAt.Add(c.silence()); c.At <= ends {
			c.until(ends)
			all[p.WorkerID] = true
		}
	}
	return all
}

func (c *Case) newcomer(t *tally, p *Person, quiet map[roster.WorkerID]bool) {
	valid := c.rules.NewcomerValid
	if p.FromOutside == roster.Yes {
		valid = c.rules.NewcomerValidOutside
	}
	limit := locale.Say("进场前%d小时内阴性", hours(valid))
	settled, _ := c.negatives(p, p.EnteredAt, c.rules.PreN)
	switch r := c.atGate(p); {
	case r == nil:
		t.unknown(p.subject(locale.Say("进场时无核酸结果"), limit))
	case r.Outcome != screening.Negative || p.EnteredAt.Sub(c.basisOr(r)) > valid:
		s := p.subject(locale.Say("%s（%s）", word(r), c.sampled(r)), limit)
		s.Since = p.EnteredAt
		t.fail(s)
	case settled >= c.rules.PreN:
		t.pass()
	case p.RoomID == 0:
		t.unknown(p.subject(locale.Say("无住宿记录"), locale.Say("单独居住")))
	case c.mixed(p, quiet):
		t.fail(p.subject(locale.Say("与已入住人员同住%s", p.RoomName), locale.Say("单独居住")))
	default:
		t.pass()
	}
}

// basisOr is the time a result's age counts from; its sampling where that time is not recorded.
func (c *Case) basisOr(r *screening.Result) calendar.Instant {
	if from, _ := c.counted(r); from != 0 {
		return from
	}
	return r.SampledAt
}

// atGate gives the result that could be shown when the person entered: the newest that was reported by then.
func (c *Case) atGate(p *Person) *screening.Result {
	for r, outcome := range c.samples(p) {
		if outcome != screening.Pending && known(r) <= p.EnteredAt {
			return r
		}
	}
	return nil
}

// mixed reports whether somebody who is no newcomer sleeps in the same room.
func (c *Case) mixed(p *Person, quiet map[roster.WorkerID]bool) bool {
	for _, s := range c.StaysIn(p.RoomID) {
		if !quiet[s.WorkerID] {
			return true
		}
	}
	return false
}

// prereported: everyone was reported prereport_days before he entered, by his own declaration or by the section's paper.
func prereported(c *Case) Finding {
	days := c.rules.PrereportDays
	if days == 0 {
		return c.notApplicable(locale.Say("规则不要求"))
	}
	limit := locale.Say("提前%d日", days)
	t := c.each(locale.Say("进场前%d日报备", days), func(t *tally, p *Person) {
		reported := c.reportedOn(p)
		switch entered := calendar.On(p.EnteredAt, c.Loc); {
		case reported.IsZero():
			t.unknown(p.subject(noRecord(), limit))
		case reported.Until(entered) < days:
			t.warn(p.subject(locale.Say("%s报备，%s进场", reported.String(), entered.String()), limit))
		default:
			t.pass()
		}
	})
	t.say(Warned, locale.Say("%d人报备不足%d日", t.warned, days))
	t.say(Unknown, locale.Say("%d人无报备记录", t.unknowns))
	return t.finish()
}

// reportedOn is the first day on which a person was reported; zero when he was not. A paper that had expired when he entered
// does not count for him.
func (c *Case) reportedOn(p *Person) calendar.Date {
	var first calendar.Date
	if p.DeclaredAt != 0 && p.DeclaredAt <= c.At {
		first = calendar.On(p.DeclaredAt, c.Loc)
	}
	c.before(p.DeclaredAt)
	for _, d := range c.Documents {
		if d.Type != prereport || !c.began(d) || d.ExpiresOn != (calendar.Date{}) && d.ExpiresOn.Before(calendar.On(p.EnteredAt, c.Loc)) {
			continue
		}
		if first.IsZero() || d.IssuedOn.Before(first) {
			first = d.IssuedOn
		}
	}
	return first
}

// began reports whether a paper is issued by the day of the instant.
func (c *Case) began(d document.Document) bool {
	c.before(d.IssuedOn.Start(c.Loc))
	return !d.IssuedOn.After(c.Today())
}

// restricted: nobody is here whose restriction, which outlives the zone he came from, is not over.
func restricted(c *Case) Finding {
	t := c.each(locale.Say("管控期满"), func(t *tally, p *Person) {
		if p.RestrictedUntil <= c.At {
			t.pass()
			return
		}
		c.before(p.RestrictedUntil)
		s := p.subject(locale.Say("限制至%s", c.Minute(p.RestrictedUntil)), locale.Say("期满"))
		s.Since = p.EnteredAt
		t.fail(s)
	})
	t.say(Fail, locale.Say("%d人管控期未满", t.failed))
	return t.finish()
}

// lodgingKnown: of everyone it is known where he sleeps: in which room here, or at which address elsewhere.
func lodgingKnown(c *Case) Finding {
	c.Housed()
	t := c.each(locale.Say("有房间或场外地址"), func(t *tally, p *Person) {
		limit := locale.Say("住宿地点明确")
		switch {
		case p.RoomID != 0, p.Lodging != roster.OffSite && p.Room != "", p.Lodging == roster.OffSite && p.OffsiteAddress != "":
			t.pass()
		case p.Lodging == "":
			t.unknown(p.subject(noRecord(), limit))
		case p.Lodging == roster.OffSite:
			t.fail(p.subject(locale.Say("住场外，无地址"), limit))
		default:
			t.fail(p.subject(locale.Say("住场内，无房间"), limit))
		}
	})
	t.say(Fail, locale.Say("%d人住宿地点不明确", t.failed))
	t.say(Unknown, locale.Say("%d人住宿地点无记录", t.unknowns))
	return t.finish()
}
