package criteria

import (
	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/policy"
)

// tally gathers what a check sees, so that the check reads like its definition: what is in order is counted, what is
// not becomes a subject, and finish sums up. The worst grade decides: failing, then unknown, then warned.
type tally struct {
	c        *Case
	finding  Finding
	reasons  [NotApplicable + 1]locale.Phrase
	inOrder  int
	failed   int
	warned   int
	unknowns int
}

// tally begins a finding that requires something.
func (c *Case) tally(required locale.Phrase) *tally {
	return &tally{c: c, finding: Finding{Required: required}}
}

// each judges every person of the population. Nobody on record is Unknown, never a pass.
func (c *Case) each(required locale.Phrase, judge func(*tally, *Person)) *tally {
	t := c.tally(required)
	people := c.P()
	for i := range people {
		judge(t, &people[i])
	}
	if len(people) == 0 {
		t.unknowns++
		t.say(Unknown, locale.Say("无在场人员记录"))
	}
	return t
}

// pass counts one thing that is in order.
func (t *tally) pass() { t.inOrder++ }

// fail adds a subject that does not meet the requirement.
func (t *tally) fail(s Subject) {
	t.failed++
	t.finding.Subjects = append(t.finding.Subjects, s)
}

// warn adds a subject that meets it only in part: it never makes more than a warning, even of a blocking criterion.
func (t *tally) warn(s Subject) {
	t.warned++
	t.finding.Subjects = append(t.finding.Subjects, s)
}

// unknown adds a subject of which the needed fact is not recorded.
func (t *tally) unknown(s Subject) {
	t.unknowns++
	if s.Observed.IsZero() {
		s.Observed = noRecord()
	}
	t.finding.Subjects = append(t.finding.Subjects, s)
}

// contact adds a subject that is only named beside those that fail.
func (t *tally) contact(s Subject) { t.finding.Subjects = append(t.finding.Subjects, s) }

// mend notes since when a thing that is in order has been so.
func (t *tally) mend(m Mend) { t.finding.Mended = append(t.finding.Mended, m) }

// say gives the reason that is printed if the finding comes out with a status.
func (t *tally) say(s Status, reason locale.Phrase) {
	if t.reasons[s].IsZero() {
		t.reasons[s] = reason
	}
}

// total counts everything that was looked at.
func (t *tally) total() int { return t.inOrder + t.failed + t.warned + t.unknowns }

// observed sets what was seen; without it finish writes how many of all are in order.
func (t *tally) observed(p locale.Phrase) { t.finding.Observed = p }

// finish sums up. A check that looked at nothing is Unknown.
func (t *tally) finish() Finding {
	f := t.finding
	grade := t.grade()
	f.Status, f.Reason = t.c.graded(grade), t.reasons[grade]
	if f.Observed.IsZero() && t.total() > 0 && !(grade == Unknown && len(f.Subjects) == 0) {
		f.Observed = locale.Say(counted, t.inOrder, t.total())
	}
	if grade == Unknown && f.Reason.IsZero() {
		f.Reason = noRecord()
	}
	return f
}

func (t *tally) grade() Status {
	switch {
	case t.failed > 0:
		return Fail
	case t.unknowns > 0:
		return Unknown
	case t.warned > 0:
		return Warned
	case t.inOrder > 0:
		return Pass
	}
	return Unknown
}

// graded turns failing into warned where the policy does not let the criterion block.
func (c *Case) graded(s Status) Status {
	if s == Fail && c.severity != policy.Block {
		return Warned
	}
	return s
}

// noRecord is what stands where nothing was recorded: not done, but not found bad either.
func noRecord() locale.Phrase { return locale.Say("无记录") }

// notApplicable is a finding that has nothing to judge, and why.
func (c *Case) notApplicable(reason locale.Phrase) Finding {
	return Finding{Status: NotApplicable, Reason: reason}
}

// until notes the last instant at which the running check finds the same; an instant already past changes nothing.
func (c *Case) until(last calendar.Instant) {
	if last >= c.At {
		c.bound = calendar.Earliest(c.bound, last)
	}
}

// before notes an instant from which on the running check may find something else.
func (c *Case) before(change calendar.Instant) {
	if change > c.At {
		c.until(change - 1)
	}
}
