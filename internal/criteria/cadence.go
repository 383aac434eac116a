package criteria

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// cadenceSpan is how far back gaps between samples are looked for: cadence_days, but enough to see a blocking gap.
func cadenceSpan(r policy.Rules) time.Duration {
	return max(time.Duration(r.CadenceDays)*day, 2*r.Cadence)
}

// cadence: during works nobody goes longer than cadence_h from one sample to the next, counted from entry and up to now.
// Half as long again blocks.
func cadence(c *Case) Finding {
	if c.Section.State != site.Operating {
		return c.notApplicable(locale.Say("标段未施工"))
	}
	limit := c.rules.Cadence
	t := c.each(locale.Say("采样间隔不超过%d小时", hours(limit)), func(t *tally, p *Person) {
		gap, samples := c.longestGap(p)
		if gap <= limit {
			t.pass()
			return
		}
		s := p.subject(locale.Say("最长间隔%s", lasting(gap)), locale.Say("%d小时", hours(limit)))
		switch {
		case samples == 0 && c.latestFinal(p) == nil:
			s.Observed = noRecord()
			t.unknown(s)
		case gap <= c.blockingGap():
			t.warn(s)
		default:
			t.fail(s)
		}
	})
	t.say(Fail, locale.Say("%d人采样间隔超过%d小时的1.5倍", t.failed, hours(limit)))
	t.say(Warned, locale.Say("%d人采样间隔超过%d小时", t.warned, hours(limit)))
	t.say(Unknown, locale.Say("%d人无采样记录", t.unknowns))
	return t.finish()
}

// longestGap measures the longest time without a sample since entry, as far back as cadenceSpan, and counts the samples.
func (c *Case) longestGap(p *Person) (longest time.Duration, samples int) {
	last := max(p.EnteredAt, c.At.Add(-cadenceSpan(c.rules)))
	var warned, blocked calendar.Instant // ends of the newest gaps that are so long
	rows := c.ResultsOf(p)
	for i := range rows {
		r := &rows[i]
		if r.Method == screening.Antigen || c.Outcome(r) == screening.Invalid || r.SampledAt < last {
			continue
		}
		gap := r.SampledAt.Sub(last)
		if gap > c.rules.Cadence {
			warned = r.SampledAt
		}
		if gap > c.blockingGap() {
			blocked = r.SampledAt
		}
		longest, last = max(longest, gap), r.SampledAt
		samples++
	}
	c.gapHolds(last, warned, blocked)
	return max(longest, c.At.Sub(last)), samples
}

// blockingGap is half as long again as the cadence.
func (c *Case) blockingGap() time.Duration { return c.rules.Cadence * 3 / 2 }

// gapHolds notes when the open gap since the last sample grows too long, and when the last closed one will have slid out of
// sight so far that it is short again.
func (c *Case) gapHolds(last, warned, blocked calendar.Instant) {
	open, span := c.At.Sub(last), cadenceSpan(c.rules)
	switch {
	case open > c.blockingGap():
		return
	case blocked != 0:
		c.before(blocked.Add(span - c.blockingGap()))
		return
	case warned != 0 && open <= c.rules.Cadence:
		c.before(warned.Add(span - c.rules.Cadence))
	}
	c.until(last.Add(c.blockingGap()))
	c.until(last.Add(c.rules.Cadence))
}
