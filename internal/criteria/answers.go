package criteria

import (
	"fugong/internal/calendar"
	"fugong/internal/checklist"
)

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
	found, lead := false, checklist.Lead(item)
	for _, a := range c.answersOn(day) {
		if (a.Item == item || a.Item == lead && lead != "") && a.SubmittedAt <= c.At && a.SubmittedAt >= last.SubmittedAt {
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
