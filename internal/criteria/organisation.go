package criteria

import (
	"slices"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// The papers that organisation reads (文件类型): 防控专班, 疫情防控方案, 应急预案, 承诺书, 应急演练 and 防疫教育; each drill
// and each training session is one paper.
var organisationCriteria = []Criterion{
	{"org.group", Organisation, "成立防控专班", needs("建设单位牵头的防控专班名单", paper("防控专班"))},
	{"org.officer", Organisation, "按人数配备防疫专员", officers},
	{
		"org.plan", Organisation, "疫情防控方案和应急预案经审批", needs("方案、预案均有效且不早于现行条件",
			evidence{paper: "疫情防控方案", current: true}, evidence{paper: "应急预案", current: true}),
	},
	{"org.commitment", Organisation, "复工承诺书有效", needs("承诺书在有效期内", paper("承诺书"))},
	{"org.drill", Organisation, "按期开展应急演练", drill},
	{"org.training", Organisation, "按期开展防疫教育交底", training},
	{"org.supervision", Organisation, "监理按期检查防疫工作", supervision},
}

// officers compares the epidemic officers on the roster with one for every so many people, and at least one.
func officers(c *Case) Finding {
	people := c.P()
	need := max(1, ceil(len(people), c.Rules().OfficerPer))
	t := c.tally(locale.Say("不少于%d名（每%d人1名）", need, c.Rules().OfficerPer))
	have, said := 0, false
	for i := range people {
		said = said || people[i].EpidemicOfficer != roster.Unsaid
		if people[i].EpidemicOfficer == roster.Yes {
			have++
		}
	}
	if len(people) == 0 || !said {
		t.say(Unknown, locale.Say("花名册未标明防疫专员"))
		return t.finish()
	}
	t.observed(locale.Say("%d名（在场%d人）", have, len(people)))
	if have >= need {
		t.pass()
	} else {
		t.failed++
		t.say(Fail, locale.Say("防疫专员少%d名", need-have))
	}
	return t.finish()
}

// drill asks for a recent drill. Before work is resumed for the first time an old one blocks; afterwards it warns.
func drill(c *Case) Finding {
	days := c.Rules().DrillDays
	t := c.tally(locale.Say("%d天内至少一次", days))
	d, found := c.newest("应急演练")
	if !found {
		t.say(Unknown, locale.Say("应急演练无记录"))
		return t.finish()
	}
	late := d.IssuedOn.Add(days + 1).Start(c.Loc)
	t.observed(locale.Say("最近%s", d.IssuedOn.String()))
	t.say(Fail, locale.Say("最近一次演练已超过%d天", days))
	t.say(Warned, locale.Say("最近一次演练已超过%d天", days))
	s := Subject{
		Kind: Item, Name: "应急演练", Observed: locale.Say("%d天前", d.IssuedOn.Until(c.Today())),
		Limit: locale.Say("%d天", days), Since: late,
	}
	switch {
	case c.At < late:
		t.pass()
		c.before(late)
	case c.Section.State == site.NotResumed || c.Section.State == site.Applied:
		t.fail(s)
	default:
		t.warn(s)
	}
	return t.finish()
}

// training asks for a session in the last days: a paper 防疫教育, or people counted for item I1 of the checklist.
func training(c *Case) Finding {
	days := c.Rules().TrainingDays
	last, found := c.lastAnswered("I1", days, func(a checklist.Answer) bool { return a.Choice == checklist.Number && aboveZero(a.Number) })
	if d, issued := c.newest("防疫教育"); issued && (!found || last.Before(d.IssuedOn)) {
		last, found = d.IssuedOn, true
	}
	return c.within("防疫教育", last, found, days)
}

// supervision asks for an inspection by the supervisor in the last days.
func supervision(c *Case) Finding {
	days := c.Rules().SupervisionDays
	last, found := c.lastAnswered("I3", days, func(a checklist.Answer) bool { return a.Choice == checklist.Yes })
	return c.within("监理检查", last, found, days)
}

// within judges the last of something that has to happen at least once in so many days; being late only warns.
func (c *Case) within(what string, last calendar.Date, found bool, days int) Finding {
	t := c.tally(locale.Say("%d天内至少一次", days))
	if !found {
		t.say(Unknown, locale.Say("%s无记录", what))
		return t.finish()
	}
	t.observed(locale.Say("最近%s", last.String()))
	late := last.Add(days + 1).Start(c.Loc)
	if c.At < late {
		t.pass()
		c.before(late)
		return t.finish()
	}
	t.warn(Subject{
		Kind: Item, Name: what, Observed: locale.Say("%d天前", last.Until(c.Today())),
		Limit: locale.Say("%d天", days), Since: late,
	})
	t.say(Warned, locale.Say("最近一次%s已超过%d天", what, days))
	return t.finish()
}

// lastAnswered finds the last day on which an item's answer was as asked, among the last days and the last answer before
// them: answers longer ago are not loaded.
func (c *Case) lastAnswered(code string, days int, holds func(checklist.Answer) bool) (calendar.Date, bool) {
	c.facts = calendar.Earliest(c.facts, c.answersUntil)
	first := c.Today().Add(-days)
	for _, a := range slices.Backward(c.Answers) {
		if a.Item != code && a.Item != checklist.Lead(code) || a.Date.After(c.Today()) || a.SubmittedAt > c.At {
			continue
		}
		if standing, given := c.AnswerOn(a.Date, code); given && holds(standing) {
			return a.Date, true
		}
		if a.Date.Before(first) {
			break
		}
	}
	return calendar.Date{}, false
}
