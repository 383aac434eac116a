package criteria

import (
	"cmp"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/document"
	"fugong/internal/locale"
)

// evidence is what answers a criterion that no register of people or places can: an item of the daily checklist, or a paper.
type evidence struct {
	item      string // code of the checklist item that has to be answered 是
	paper     string // type of the paper that has to be valid
	afterStop bool   // the paper has to be issued after work stopped, not on an earlier occasion
	current   bool   // a paper older than the policy in force only warns
}

func item(code string) evidence  { return evidence{item: code} }
func paper(kind string) evidence { return evidence{paper: kind} }

// needs makes the check of a criterion that all of the evidence together answers. Where every item of it is answered 不适用,
// there is no such thing on the site and its papers are not asked for.
func needs(required string, all ...evidence) func(*Case) Finding {
	return func(c *Case) Finding {
		if c.absent(all) {
			return c.notApplicable(locale.Say("自查填报不适用"))
		}
		t := c.tally(locale.Say(required))
		for _, e := range all {
			e.weigh(t)
		}
		if len(all) > 1 {
			t.observed(locale.Phrase{})
		}
		return t.finish()
	}
}

func (c *Case) absent(all []evidence) bool {
	items := 0
	for _, e := range all {
		if e.item == "" {
			continue
		}
		if a, answered := c.Answer(e.item); !answered || a.Choice != checklist.NotApplicable {
			return false
		}
		items++
	}
	return items > 0
}

func (e evidence) weigh(t *tally) {
	if e.item != "" {
		t.answer(e.item)
		return
	}
	d, found := t.c.issued(e.paper)
	if !found {
		t.unknown(Subject{Kind: Item, Name: e.paper, Limit: locale.Say("有效期内")})
		t.say(Unknown, locale.Say("%s无记录", e.paper))
		return
	}
	t.paper(e, d)
}

// answer weighs the standing answer to a question of the checklist.
func (t *tally) answer(code string) {
	a, _ := t.c.Answer(code)
	s := Subject{Kind: Item, Name: code, Limit: locale.Say("是")}
	asked, _ := checklist.Find(code)
	switch a.Choice {
	case checklist.Yes, checklist.NotApplicable:
		t.pass()
	case checklist.No:
		s.Observed, s.Since = locale.Say("否"), a.SubmittedAt
		if a.Remark != "" {
			s.Observed = locale.Say("否（%s）", a.Remark)
		}
		t.fail(s)
		t.say(Fail, locale.Say("自查答“否”：%s", asked.Text))
	default:
		t.unknown(s)
		t.say(Unknown, locale.Say("自查未填：%s", asked.Text))
	}
}

// paper weighs the newest valid paper of a type or, where none is valid, the newest that was.
func (t *tally) paper(e evidence, d document.Document) {
	today := t.c.Today()
	s := Subject{Kind: Item, Name: e.paper, Limit: locale.Say("有效期内")}
	switch {
	case expired(d, today):
		s.Observed = locale.Say("%s到期", d.ExpiresOn.String())
		s.Since = d.ExpiresOn.Add(1).Start(t.c.Loc)
		t.fail(s)
		t.say(Fail, locale.Say("%s已于%s到期", e.paper, d.ExpiresOn.String()))
	case e.afterStop && d.IssuedOn.Before(t.c.Section.StoppedOn):
		s.Observed, s.Limit = issuedOn(d), locale.Say("%s停工之后", t.c.Section.StoppedOn.String())
		t.fail(s)
		t.say(Fail, locale.Say("%s早于停工日期", e.paper))
	case e.current && d.IssuedOn.Before(t.c.policyDay):
		s.Observed, s.Limit = issuedOn(d), locale.Say("不早于%s", t.c.policyDay.String())
		t.warn(s)
		t.say(Warned, locale.Say("%s早于现行条件的生效日期", e.paper))
	default:
		t.pass()
		t.observed(issuedOn(d))
	}
}

// issued gives the valid paper of a type or, where none is valid, the one that expired last.
func (c *Case) issued(kind string) (document.Document, bool) {
	if d, valid := c.Document(kind); valid {
		return d, true
	}
	var last document.Document
	found := false
	for _, d := range c.Documents {
		if d.Type == kind && !d.IssuedOn.After(c.Today()) && (!found || !d.ExpiresOn.Before(last.ExpiresOn)) {
			last, found = d, true
		}
	}
	return last, found
}

func expired(d document.Document, today calendar.Date) bool {
	return !d.ExpiresOn.IsZero() && d.ExpiresOn.Before(today)
}

func issuedOn(d document.Document) locale.Phrase {
	return locale.Say("%s签发", d.IssuedOn.String())
}

// ceil divides, rounding up.
func ceil(n, by int) int { return (n + by - 1) / cmp.Or(by, 1) }

// AsksForPaper reports whether a criterion asks for papers, so that what it misses, unless it is an item of the checklist, is one.
func AsksForPaper(code Code) bool {
	switch code {
	case "org.group", "org.plan", "org.commitment", "entry.batch_plan", "canteen.licence", "saf.procedure", "saf.specialop", "saf.crane",
		"saf.training", "saf.selfcheck", "saf.order", "saf.accident":
		return true
	}
	return false
}
