package criteria

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/site"
)

func evaluate(s *Snapshot, book policy.Book, at calendar.Instant, loc *time.Location) (Report, error) {
	report, err := judge(s, book, at, loc)
	if err != nil {
		return Report{}, err
	}
	report.HoldsUntil = follow(report, func(later calendar.Instant) (Report, error) {
		return judge(s, book, later, loc)
	})
	return report, nil
}

// judge makes the findings at an instant, each with its own HoldsUntil; that of the verdict is left to follow.
func judge(s *Snapshot, book policy.Book, at calendar.Instant, loc *time.Location) (Report, error) {
	p, err := book.InForce(s.Section.Stoppage(), at)
	if err != nil {
		return Report{}, fmt.Errorf("find policy for section %s: %w", s.Section.Code, err)
	}
	c := newCase(s, p, at, loc)
	report := Report{
		SectionID: s.Section.ID, At: at, Policy: p.Name, PolicyVersion: p.Version,
		Findings:  c.findings(p.Criteria, s.Section.Stoppage(), rulesUntil(s, book, p, c)),
		Headcount: len(c.people), HousedOnSite: c.housedOnSite(),
	}
	return report, nil
}

// findings runs each criterion that the policy names for the occasion, in the order of All. A code that the program does
// not know comes last and stays Unknown: what nobody checks must not look as if it were in order.
func (c *Case) findings(rules []policy.Rule, why site.Occasion, until calendar.Instant) []Finding {
	wanted := make(map[Code]policy.Rule, len(rules))
	for _, r := range rules {
		if r.On(why) {
			wanted[Code(r.Criterion)] = r
		}
	}
	found := make([]Finding, 0, len(wanted))
	for _, k := range All() {
		if r, ok := wanted[k.Code]; ok {
			found = append(found, c.run(k, r.Severity, until))
			delete(wanted, k.Code)
		}
	}
	for _, r := range rules {
		if _, left := wanted[Code(r.Criterion)]; left {
			found = append(found, c.unfamiliar(r, until))
			delete(wanted, Code(r.Criterion))
		}
	}
	return found
}

// run makes one finding and works out how long it holds.
// A check may raise the severity by itself where a limit blocks whatever the policy says.
func (c *Case) run(k Criterion, severity policy.Severity, until calendar.Instant) Finding {
	c.severity, c.asked, c.facts, c.bound = severity, c.At, until, 0
	f := k.check(c)
	f.Code, f.Severity, f.HoldsUntil = k.Code, cmp.Or(f.Severity, severity), c.steady(k, f)
	return f
}

// A check that notes an instant after which it might find something else is asked again right after it, so many times.
const steadySteps = 12

// steady is the last instant at which a finding stays as it is while the facts that the check read do not change.
func (c *Case) steady(k Criterion, f Finding) calendar.Instant {
	if c.bound == 0 {
		return c.facts
	}
	last, later := c.bound, *c
	for range steadySteps {
		if last == 0 || (later.facts != 0 && last >= later.facts) {
			break
		}
		later.At, later.bound = last+1, 0
		if !alike(f, k.check(&later)) {
			break
		}
		last = later.bound
	}
	return calendar.Earliest(last, later.facts)
}

// alike reports whether two findings say the same of the same subjects; the words may differ as time goes by.
func alike(a, b Finding) bool {
	return a.Status == b.Status && a.Suspend == b.Suspend &&
		slices.EqualFunc(a.Subjects, b.Subjects, func(x, y Subject) bool {
			return x.Kind == y.Kind && x.ID == y.ID && x.Name == y.Name
		})
}

func (c *Case) unfamiliar(r policy.Rule, until calendar.Instant) Finding {
	return Finding{
		Code: Code(r.Criterion), Status: Unknown, Severity: r.Severity,
		Reason: locale.Say("本程序不认识该条件"), HoldsUntil: until,
	}
}

// rulesUntil is the last instant at which the same policy with the same numbers is in force; zero: for ever.
func rulesUntil(s *Snapshot, book policy.Book, p *policy.Policy, c *Case) calendar.Instant {
	for _, b := range p.Boundaries(s.Section, s.Zones, c.At) {
		zone := site.ZoneAt(s.Zones, s.Section, b)
		if zone.Level != c.Level || p.Resolve(s.Section, zone, b) != c.rules {
			return calendar.Earliest(b-1, successor(book, p, s.Section.Stoppage(), c.At))
		}
	}
	return successor(book, p, s.Section.Stoppage(), c.At)
}

// successor is the last instant before another policy takes over from p; zero: none is known to.
func successor(book policy.Book, p *policy.Policy, why site.Occasion, at calendar.Instant) calendar.Instant {
	var first calendar.Instant
	for i := range book {
		begins := book[i].EffectiveFrom
		if begins <= at || (first != 0 && begins > first) {
			continue
		}
		next, err := book.InForce(why, begins)
		if err == nil && (next.Name != p.Name || next.Version != p.Version) {
			first = begins
		}
	}
	if first == 0 {
		return 0
	}
	return first - 1
}

// housedOnSite counts the people who sleep on the site: by a stay in any of its kind, or, without one, by what the roster says.
func (c *Case) housedOnSite() int {
	housed := 0
	for i := range c.people {
		p := &c.people[i]
		if p.RoomID != 0 || p.Lodging == roster.OnSite {
			housed++
		}
	}
	return housed
}
