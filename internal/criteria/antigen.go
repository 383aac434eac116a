package criteria

import (
	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/screening"
)

// antigenDaily: on the last complete day everyone had antigen_per_day negatives. An antigen positive stays, whether or not the
// policy asks for antigen tests, until a later nucleic acid negative.
func antigenDaily(c *Case) Finding {
	k := c.rules.AntigenPerDay
	var last calendar.Date
	if k > 0 {
		last = c.LastDay()
	}
	due := 0
	t := c.each(locale.Say("每日%d次抗原阴性", k), func(t *tally, p *Person) {
		if r := c.antigenPositive(p); r != nil {
			due++
			s := p.subject(locale.Say("抗原阳性（%s）", c.sampled(r)), locale.Say("核酸阴性"))
			s.Since = known(r)
			t.fail(s)
			return
		}
		if k == 0 || p.EnteredAt > last.Start(c.Loc) {
			t.pass()
			return
		}
		due++
		c.antigenDay(t, p, last)
	})
	if due == 0 && (k == 0 || t.unknowns == 0) {
		return c.notApplicable(antigenNone(k))
	}
	t.say(Fail, locale.Say("%d人抗原检测不足或阳性", t.failed))
	t.say(Unknown, locale.Say("%d人无抗原检测记录", t.unknowns))
	return t.finish()
}

func antigenNone(k int) locale.Phrase {
	if k == 0 {
		return locale.Say("规则不要求")
	}
	return locale.Say("上一日无应测人员")
}

func (c *Case) antigenDay(t *tally, p *Person, on calendar.Date) {
	k, n, seen := c.rules.AntigenPerDay, 0, false
	rows := c.ResultsOf(p)
	for i := range rows {
		r := &rows[i]
		if r.Method != screening.Antigen || calendar.On(r.SampledAt, c.Loc) != on {
			continue
		}
		seen = true
		if c.Outcome(r) == screening.Negative {
			n++
		}
	}
	limit := locale.Say("%d次", k)
	switch {
	case n >= k:
		t.pass()
	case !seen:
		t.unknown(p.subject(noRecord(), limit))
	default:
		t.fail(p.subject(locale.Say("%s阴性%d次", on.String(), n), limit))
	}
}

// antigenPositive gives a person's newest antigen positive that no later nucleic acid negative has settled; nil when none.
func (c *Case) antigenPositive(p *Person) *screening.Result {
	rows := c.ResultsOf(p)
	for i := len(rows) - 1; i >= 0; i-- {
		switch r, outcome := &rows[i], c.Outcome(&rows[i]); {
		case r.Method == screening.Antigen && outcome == screening.Positive:
			return r
		case r.Method != screening.Antigen && outcome == screening.Negative:
			return nil
		}
	}
	return nil
}
