package criteria

import (
	"iter"
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/screening"
	"fugong/internal/site"
)

var screeningCriteria = []Criterion{
	{"nat.latest_negative", People, "最近一次核酸为阴性且在有效期内", latestNegative},
	{"nat.pre_resumption", People, "复工前核酸检测次数", preResumption},
	{"nat.cadence", People, "施工期间核酸检测频次", cadence},
	{"nat.coverage", People, "核酸应检尽检", testCoverage},
	{"nat.sampling_quota", People, "每周核酸抽检比例", samplingQuota},
	{"nat.positive", People, "无核酸阳性人员", natPositive},
	{"nat.pool_recheck", People, "混管异常人员已单管复核", poolRecheck},
	{"nat.inconclusive", People, "无可疑或无效的核酸结果", inconclusive},
	{"nat.unreported", People, "核酸结果按时报出", unreported},
	{"nat.chain", People, "核酸采、送、检、报时限", chain},
	{"nat.time_order", People, "核酸时间先后合理", timeOrder},
	{"ag.daily", People, "每日抗原检测", antigenDaily},
}

// samples gives a person's nucleic acid samples up to the instant, newest first, with what is known of each by then.
func (c *Case) samples(p *Person) iter.Seq2[*screening.Result, screening.Outcome] {
	rows := c.ResultsOf(p)
	return func(yield func(*screening.Result, screening.Outcome) bool) {
		for i := len(rows) - 1; i >= 0; i-- {
			r := &rows[i]
			if r.Method == screening.Antigen {
				continue
			}
			if !yield(r, c.Outcome(r)) {
				return
			}
		}
	}
}

// latestFinal gives the result of a person's newest sample that has one; nil when none has. Of several samples taken at one
// instant the gravest counts.
func (c *Case) latestFinal(p *Person) *screening.Result {
	var latest *screening.Result
	for r, outcome := range c.samples(p) {
		switch {
		case outcome == screening.Pending:
		case latest == nil:
			latest = r
		case r.SampledAt < latest.SampledAt:
			return latest
		case gravity(outcome) > gravity(latest.Outcome):
			latest = r
		}
	}
	return latest
}

func gravity(o screening.Outcome) int {
	return slices.Index([]screening.Outcome{screening.Negative, screening.Invalid, screening.Suspect, screening.Positive}, o)
}

// hours counts a span of whole hours.
func hours(d time.Duration) int { return int(d / time.Hour) }

// known is when a result came to be known; a row without a reporting time counts from its sampling.
func known(r *screening.Result) calendar.Instant { return max(r.ReportedAt, r.SampledAt) }

// counted gives the time a result's age is counted from (validity_basis), zero when it is not recorded, and its word.
func (c *Case) counted(r *screening.Result) (calendar.Instant, string) {
	switch c.rules.ValidityBasis {
	case policy.ReceivedAt:
		return r.ReceivedAt, "接收"
	case policy.TestedAt:
		return r.TestedAt, "检测"
	case policy.ReportedAt:
		return r.ReportedAt, "报告"
	}
	return r.SampledAt, "采样"
}

// sampled says when a sample was taken; a day without a clock is not made to look like midnight.
func (c *Case) sampled(r *screening.Result) locale.Phrase {
	if r.DateOnly {
		return locale.Say("%s采样，未记时刻", c.Minute(r.SampledAt)[:len(time.DateOnly)])
	}
	return locale.Say("%s采样", c.Minute(r.SampledAt))
}

// lasting says how long something is or took.
func lasting(d time.Duration) locale.Phrase {
	minutes := int(d / time.Minute)
	if minutes < 0 {
		return locale.Say("-%d小时%d分", -minutes/60, -minutes%60)
	}
	return locale.Say("%d小时%d分", minutes/60, minutes%60)
}

func word(r *screening.Result) locale.Phrase {
	name := map[screening.Outcome]string{
		screening.Negative: "阴性", screening.Positive: "阳性", screening.Suspect: "可疑", screening.Invalid: "无效",
	}[r.Outcome]
	if r.Pooled() {
		return locale.Say("混管%s", name)
	}
	return locale.Say("%s", name)
}

// latestNegative: everyone's latest final result is negative and not older than nat_valid_h, that instant included.
func latestNegative(c *Case) Finding {
	valid := hours(c.rules.NatValid)
	stale, other := 0, 0
	t := c.each(locale.Say("%d小时内阴性", valid), func(t *tally, p *Person) {
		r := c.latestFinal(p)
		switch {
		case r != nil && r.Outcome != screening.Negative:
			other++
			s := p.subject(locale.Say("%s（%s）", word(r), c.sampled(r)), locale.Say("阴性"))
			s.Since = known(r)
			t.fail(s)
		case c.sampledLately(p):
			t.pass()
		case r == nil:
			t.unknown(p.subject(noRecord(), locale.Say("%d小时", valid)))
		default:
			stale += c.age(t, p, r)
		}
	})
	t.say(Fail, staleness(stale, other, valid))
	t.say(Unknown, locale.Say("%d人无核酸结果或起算时间记录", t.unknowns))
	return t.finish()
}

// age judges how old a negative is and counts 1 when it is too old.
func (c *Case) age(t *tally, p *Person, r *screening.Result) int {
	from, what := c.counted(r)
	limit := locale.Say("%d小时", hours(c.rules.NatValid))
	if from.IsZero() {
		t.unknown(p.subject(locale.Say("阴性（%s），无%s时间", c.sampled(r), what), limit))
		return 0
	}
	ends := from.Add(c.rules.NatValid)
	c.until(ends)
	if c.At <= ends {
		t.pass()
		t.mend(Mend{Kind: Worker, ID: int64(p.WorkerID), Name: p.Name, At: known(r)})
		return 0
	}
	observed := locale.Say("%s（%s%s）", lasting(c.At.Sub(from)), c.Minute(from), what)
	if r.DateOnly && from == r.SampledAt {
		observed = locale.Say("%s（%s）", lasting(c.At.Sub(from)), c.sampled(r))
	}
	s := p.subject(observed, limit)
	s.Since = ends
	t.fail(s)
	return 1
}

func staleness(stale, other, valid int) locale.Phrase {
	switch {
	case other == 0:
		return locale.Say("%d人最近阴性已超过%d小时", stale, valid)
	case stale == 0:
		return locale.Say("%d人最近结果不是阴性", other)
	}
	return locale.Say("%d人最近阴性已超过%d小时，%d人最近结果不是阴性", stale, valid, other)
}

// sampledLately accepts a sample that waits for its result in place of one, where the policy does.
func (c *Case) sampledLately(p *Person) bool {
	if !c.rules.AcceptSamplingRecord {
		return false
	}
	for r, outcome := range c.samples(p) {
		ends := r.SampledAt.Add(c.rules.SamplingRecord)
		c.until(ends)
		return outcome == screening.Pending && c.At <= ends
	}
	return false
}

// preResumption: before work resumes everyone has pre_n negatives in (T − pre_window_h, T], each pre_gap_h from the next.
func preResumption(c *Case) Finding {
	u := &c.rules
	if c.Section.State == site.Operating || c.Section.State == site.Finished {
		return c.notApplicable(locale.Say("标段%s", string(c.Section.State)))
	}
	if u.PreN == 0 {
		return c.notApplicable(locale.Say("规则不要求"))
	}
	required := locale.Say("%d小时内%d次阴性，相隔不少于%d小时", hours(u.PreWindow), u.PreN, hours(u.PreGap))
	t := c.each(required, func(t *tally, p *Person) {
		n, last := c.negatives(p, c.At.Add(-u.PreWindow), u.PreN)
		switch {
		case n >= u.PreN:
			c.before(last.Add(u.PreWindow))
			t.pass()
		case c.latestFinal(p) == nil:
			t.unknown(p.subject(noRecord(), locale.Say("%d次", u.PreN)))
		default:
			t.fail(p.subject(locale.Say("%d次", n), locale.Say("%d次", u.PreN)))
		}
	})
	t.say(Fail, locale.Say("%d人复工前阴性不足%d次", t.failed, u.PreN))
	t.say(Unknown, locale.Say("%d人无核酸结果记录", t.unknowns))
	return t.finish()
}

// negatives counts, from the newest, negatives sampled after an instant and pre_gap_h apart, up to enough of them, and
// tells when the last one counted was sampled.
func (c *Case) negatives(p *Person, after calendar.Instant, enough int) (n int, last calendar.Instant) {
	for r, outcome := range c.samples(p) {
		if r.SampledAt <= after || n == enough {
			break
		}
		if outcome == screening.Negative && (n == 0 || last.Sub(r.SampledAt) >= c.rules.PreGap) {
			n, last = n+1, r.SampledAt
		}
	}
	return n, last
}

// testCoverage lists who was not sampled within cadence_h.
func testCoverage(c *Case) Finding {
	span := c.rules.Cadence
	t := c.each(locale.Say("%d小时内全员检测", hours(span)), func(t *tally, p *Person) {
		last := c.lastSample(p)
		ends := last.Add(span)
		switch {
		case last.IsZero():
			t.warn(p.subject(noRecord(), locale.Say("%d小时", hours(span))))
		case c.At > ends:
			t.warn(p.subject(locale.Say("最近%s采样", c.Minute(last)), locale.Say("%d小时", hours(span))))
		default:
			c.until(ends)
			t.pass()
		}
	})
	t.say(Warned, locale.Say("应检%d人，实检%d人，未检%d人", t.total(), t.inOrder, t.warned))
	return t.finish()
}

// lastSample is when a person was last sampled; zero when never. A sample that proved invalid does not count.
func (c *Case) lastSample(p *Person) calendar.Instant {
	for r, outcome := range c.samples(p) {
		if outcome != screening.Invalid {
			return r.SampledAt
		}
	}
	return 0
}

// samplingQuota: of all people at least quota_pct were sampled within seven days.
func samplingQuota(c *Case) Finding {
	percent := c.rules.QuotaPercent
	if percent == 0 {
		return c.notApplicable(locale.Say("规则不采用抽检"))
	}
	t := c.tally(locale.Say("%d天内抽检不低于%d%%", quotaDays, percent))
	people := c.P()
	var ends []calendar.Instant
	for i := range people {
		if last := c.lastSample(&people[i]); last != 0 && c.At <= last.Add(quotaDays*day) {
			ends = append(ends, last.Add(quotaDays*day))
		}
	}
	slices.Sort(ends)
	needed := ceil(percent*len(people), 100)
	switch {
	case len(people) == 0 || (len(ends) == 0 && !c.anyFinal(people)):
		t.unknowns++
	case len(ends) < needed:
		t.failed++
	default:
		t.inOrder++
		c.until(ends[len(ends)-needed])
	}
	t.say(Fail, locale.Say("%d天内抽检%d人，应不少于%d人", quotaDays, len(ends), needed))
	f := t.finish()
	f.Observed = locale.Say(counted, len(ends), len(people))
	return f
}

const day = 24 * time.Hour

func (c *Case) anyFinal(people []Person) bool {
	return slices.ContainsFunc(people, func(p Person) bool { return c.latestFinal(&p) != nil })
}
