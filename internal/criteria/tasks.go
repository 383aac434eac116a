package criteria

import (
	"strconv"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/document"
	"fugong/internal/locale"
)

// What has to be done by a time. A provisional resumption is a paper 有条件复工 that expires when the review is due, and a paper
// 事后复核 settles it; item K1 of the checklist counts the hazards that are not closed.
var taskCriteria = []Criterion{
	{"report.daily", Organisation, "日报按时报送", dailyReport},
	{"review.overdue", Organisation, "事后复核按期完成", review},
	{"rectify.overdue", Organisation, "整改按期销号", rectification},
}

// vaccination only informs, and nothing that is imported tells it.
var vaccinationCriteria = []Criterion{
	{"vax.info", People, "疫苗接种情况（仅统计）", func(c *Case) Finding { return c.tally(locale.Say("应接尽接，自愿")).finish() }},
}

// dailyReport asks whether the last report that is due came in time: that of today once its deadline has passed, until then
// that of yesterday. A late one warns; so does a missing one, and several missing in a row fail.
func dailyReport(c *Case) Finding {
	due, next := c.Today(), c.Deadline(c.Today().Add(1))
	if c.At <= c.Deadline(due) {
		due, next = due.Add(-1), c.Deadline(due)
	}
	deadline := c.Deadline(due)
	t := c.tally(locale.Say("当日%s前", deadline.In(c.Loc).Format("15:04")))
	if !c.everReported() {
		t.say(Unknown, locale.Say("日报无记录"))
		return t.finish()
	}
	if misses := c.missedReports(due); misses >= c.Rules().ReportMisses {
		t.fail(c.reportSubject(due.Add(1-misses), locale.Say("至%s连续%d日未报", due.String(), misses)))
		t.say(Fail, locale.Say("至%s连续%d日未报", due.String(), misses))
		c.today(next)
		return t.finish()
	}
	c.until(next)
	at, given := c.SubmittedOn(due)
	switch {
	case given && at <= deadline:
		t.observed(locale.Say("%s报送", c.Minute(at)))
		t.pass()
	case given:
		t.warn(c.reportSubject(due, locale.Say("%s迟报", c.Minute(at))))
		t.say(Warned, locale.Say("%s日报迟报", due.String()))
	default:
		t.warn(c.reportSubject(due, locale.Say("%s未报", due.String())))
		t.say(Warned, locale.Say("%s日报未报", due.String()))
	}
	return t.finish()
}

func (c *Case) reportSubject(day calendar.Date, observed locale.Phrase) Subject {
	deadline := c.Deadline(day)
	return Subject{
		Kind: Section, Name: c.Section.Code, Observed: observed,
		Limit: locale.Say("%s前", c.Minute(deadline)), Since: deadline,
	}
}

// everReported reports whether the section ever handed in a checklist.
func (c *Case) everReported() bool {
	c.facts = calendar.Earliest(c.facts, c.answersUntil)
	for _, a := range c.Answers {
		if a.SubmittedAt <= c.At {
			return true
		}
	}
	return false
}

// missedReports counts the days up to a day that have no report, as far as it matters.
func (c *Case) missedReports(due calendar.Date) int {
	n := 0
	for n < c.Rules().ReportMisses {
		if _, given := c.SubmittedOn(due.Add(-n)); given {
			break
		}
		n++
	}
	return n
}

// review asks whether a provisional resumption was reviewed in time.
func review(c *Case) Finding {
	provisional, found := c.newest("有条件复工")
	if !found {
		return c.notApplicable(locale.Say("无有条件复工"))
	}
	t := c.tally(locale.Say("到期前完成事后复核"))
	reviewed, done := c.newest("事后复核")
	if done && !reviewed.IssuedOn.Before(provisional.IssuedOn) {
		t.observed(locale.Say("%s复核", reviewed.IssuedOn.String()))
		t.pass()
		return t.finish()
	}
	if provisional.ExpiresOn.IsZero() {
		t.say(Unknown, locale.Say("未定复核期限"))
		return t.finish()
	}
	t.observed(locale.Say("应于%s前复核", provisional.ExpiresOn.String()))
	over := provisional.ExpiresOn.Add(1).Start(c.Loc)
	if c.At < over {
		c.before(over)
		t.pass()
		return t.finish()
	}
	t.fail(Subject{
		Kind: Item, Name: "事后复核", Observed: locale.Say("未复核"),
		Limit: locale.Say("%s", provisional.ExpiresOn.String()), Since: over,
	})
	t.say(Fail, locale.Say("事后复核已逾期"))
	return t.finish()
}

// newest gives the last issued paper of a type, expired or not.
func (c *Case) newest(kind string) (document.Document, bool) {
	var last document.Document
	found := false
	for _, d := range c.Documents {
		switch {
		case d.Type != kind:
		case d.IssuedOn.After(c.Today()):
			c.before(d.IssuedOn.Start(c.Loc))
		default:
			last, found = d, true
		}
	}
	return last, found
}

// rectification reads how many hazards are open. Whether one of them is overdue nobody records, so that some only warn.
func rectification(c *Case) Finding {
	t := c.tally(locale.Say("无逾期未销号隐患"))
	a, answered := c.Answer("K1")
	switch {
	case answered && a.Choice == checklist.NotApplicable, answered && a.Choice == checklist.Number && !aboveZero(a.Number):
		t.observed(locale.Say("0项未销号"))
		t.pass()
	case answered && a.Choice == checklist.Number:
		t.observed(locale.Say("%s项未销号", a.Number))
		t.warn(Subject{Kind: Item, Name: "K1", Observed: locale.Say("%s项", a.Number), Limit: locale.Say("0项")})
		t.say(Warned, locale.Say("有未销号隐患，是否逾期无记录"))
	default:
		t.say(Unknown, locale.Say("自查未填：未销号隐患数"))
	}
	return t.finish()
}

// aboveZero reports whether a decimal number is above zero.
func aboveZero(number string) bool {
	n, err := strconv.ParseFloat(number, 64)
	return err == nil && n > 0
}
