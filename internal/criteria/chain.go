package criteria

import (
	"cmp"
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/screening"
)

// chainRow is one sample on its way 采、送、检、报, as it counts for the week's share.
type chainRow struct {
	person int // index in the population
	inTime bool
	counts calendar.Instant // from when on it counts
	ends   calendar.Instant // last instant at which it counts
}

// chain: of the samples of chain_days at least chain_pct reached the laboratory within recv_h and were reported within
// total_report_h. A time that is missing counts as too late; a result that is not due yet does not count.
func chain(c *Case) Finding {
	u := &c.rules
	t := c.tally(locale.Say("%d小时内送达、%d小时内报告不低于%d%%", hours(u.Receive), hours(u.TotalReport), u.ChainPercent))
	people := c.P()
	rows := make([]chainRow, 0, u.ChainDays*len(people))
	for i := range people {
		rows = c.chainRows(rows, i, &people[i])
	}
	good, total, late := inTime(rows, c.At, len(people))
	c.chainHolds(rows)
	switch {
	case total == 0:
		t.unknowns++
		t.say(Unknown, locale.Say("%d天内无采样记录", u.ChainDays))
		return t.finish()
	case good*100 >= u.ChainPercent*total:
		t.inOrder++
	default:
		for i, n := range late {
			if n > 0 {
				t.fail(people[i].subject(locale.Say("%d次超时或缺时间", n), locale.Phrase{}))
			}
		}
	}
	t.observed(locale.Say("%d%%（%d/%d）", good*100/total, good, total))
	t.say(Fail, locale.Say("%d/%d管超时或缺时间", total-good, total))
	return t.finish()
}

func (c *Case) chainRows(rows []chainRow, person int, p *Person) []chainRow {
	u := &c.rules
	for r, outcome := range c.samples(p) {
		ends := r.SampledAt.Add(time.Duration(u.ChainDays) * day)
		if ends < c.At {
			break
		}
		row := chainRow{person: person, ends: ends, counts: r.SampledAt}
		if outcome == screening.Pending {
			row.counts = r.SampledAt.Add(u.TotalReport) + 1
		} else {
			row.inTime = within(r.SampledAt, r.ReceivedAt, u.Receive) && within(r.SampledAt, r.ReportedAt, u.TotalReport)
		}
		rows = append(rows, row)
	}
	return rows
}

func within(from, to calendar.Instant, limit time.Duration) bool {
	return !to.IsZero() && to.Sub(from) <= limit
}

// inTime counts the rows at an instant: those in time, all, and those that are late by person.
func inTime(rows []chainRow, at calendar.Instant, people int) (good, total int, late []int) {
	late = make([]int, people)
	for _, r := range rows {
		switch {
		case at < r.counts || at > r.ends:
			continue
		case r.inTime:
			good++
		default:
			late[r.person]++
		}
		total++
	}
	return good, total, late
}

// chainHolds notes the next instants at which the share changes: for a share in order only those that can spoil it, since rows
// of a whole team often leave the week one by one.
func (c *Case) chainHolds(rows []chainRow) {
	good, total, _ := inTime(rows, c.At, len(c.people))
	inOrder := total > 0 && good*100 >= c.rules.ChainPercent*total
	if newest, perfect := lastEnd(rows); perfect {
		c.until(newest)
		return
	}
	changes := make([]chainChange, 0, 2*len(rows))
	for _, r := range rows {
		n := 0
		if r.inTime {
			n = 1
		}
		if r.counts > c.At {
			changes = append(changes, chainChange{r.counts, n, 1})
		}
		changes = append(changes, chainChange{max(r.ends, r.counts) + 1, -n, -1})
	}
	slices.SortFunc(changes, func(a, b chainChange) int { return cmp.Compare(a.at, b.at) })
	for i, ch := range changes {
		good, total = good+ch.good, total+ch.total
		if i+1 < len(changes) && changes[i+1].at == ch.at {
			continue
		}
		if !inOrder || total == 0 || good*100 < c.rules.ChainPercent*total {
			c.before(ch.at)
			return
		}
	}
}

// lastEnd is the last instant at which any row counts, and whether all rows count now and are in time.
func lastEnd(rows []chainRow) (last calendar.Instant, perfect bool) {
	perfect = true
	for _, r := range rows {
		last = max(last, r.ends)
		perfect = perfect && r.inTime
	}
	return last, perfect
}

// chainChange is a change of the counts at an instant.
type chainChange struct {
	at          calendar.Instant
	good, total int
}

// timeOrder: sampled, received, tested and reported follow each other. Import refuses rows that break it; this shows that none
// slipped in.
func timeOrder(c *Case) Finding {
	span := time.Duration(c.rules.ChainDays) * day
	var newest calendar.Instant
	t := c.each(locale.Say("采样≤接收≤检测≤报告"), func(t *tally, p *Person) {
		broken := 0
		for r := range c.samples(p) {
			if r.SampledAt.Add(span) < c.At {
				break
			}
			newest = max(newest, r.SampledAt)
			if ordered(r.SampledAt, r.ReceivedAt, r.TestedAt, r.ReportedAt) {
				continue
			}
			if broken++; broken == 1 {
				c.until(r.SampledAt.Add(span))
			}
		}
		if broken > 0 {
			t.fail(p.subject(locale.Say("%d次先后颠倒", broken), locale.Phrase{}))
			return
		}
		t.pass()
	})
	if newest == 0 {
		t.silent(locale.Say("%d天内无采样记录", c.rules.ChainDays))
	}
	c.until(newest.Add(span))
	t.say(Fail, locale.Say("%d人的检测时间先后颠倒", t.failed))
	return t.finish()
}

// ordered reports whether the instants that are given do not go back.
func ordered(all ...calendar.Instant) bool {
	var last calendar.Instant
	for _, i := range all {
		if i.IsZero() {
			continue
		}
		if i < last {
			return false
		}
		last = i
	}
	return true
}
