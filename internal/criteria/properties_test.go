package criteria_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/gate"
	"fugong/internal/policy"
	"fugong/internal/screening"
)

func judge(t *rapid.T, s *criteria.Snapshot, b policy.Book, at calendar.Instant) criteria.Report {
	r, err := criteria.Evaluate(s, b, at, china)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// essence is what of a finding may not change before its HoldsUntil has passed.
func essence(f criteria.Finding) []string {
	said := []string{f.Status.String()}
	for _, s := range f.Subjects {
		said = append(said, string(s.Kind)+" "+s.Name)
	}
	return said
}

func finding(r criteria.Report, code criteria.Code) criteria.Finding {
	return r.Findings[slices.IndexFunc(r.Findings, func(f criteria.Finding) bool { return f.Code == code })]
}

func TestFindingsHoldAsLongAsTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, b := world(60).Draw(t, "world"), drawBook(t)
		at := instants(30, 30).Draw(t, "at")
		now := judge(t, s, b, at)
		reports := map[calendar.Instant]criteria.Report{}
		for _, f := range now.Findings {
			last := f.HoldsUntil
			if last != 0 && last < at {
				t.Fatalf("%s holds until %s, before it was judged at %s", f.Code, last.RFC3339(china), at.RFC3339(china))
			}
			if last == 0 {
				last = at.Add(60 * 24 * time.Hour)
			}
			for _, then := range []calendar.Instant{last, at + (last-at)/3} {
				later, known := reports[then]
				if !known {
					later = judge(t, s, b, then)
					reports[then] = later
				}
				if diff := cmp.Diff(essence(f), essence(finding(later, f.Code))); diff != "" {
					t.Fatalf("%s at %s should hold until %s, but at %s:\n%s",
						f.Code, at.RFC3339(china), f.HoldsUntil.RFC3339(china), then.RFC3339(china), diff)
				}
			}
		}
	})
}

func TestVerdictHoldsAsLongAsItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, b := world(60).Draw(t, "world"), drawBook(t)
		at := instants(30, 30).Draw(t, "at")
		now := judge(t, s, b, at)
		last := now.HoldsUntil
		if last == 0 {
			last = at.Add(40 * 24 * time.Hour)
		}
		for _, then := range []calendar.Instant{last, at + (last-at)/3} {
			if later := judge(t, s, b, then); later.Verdict() != now.Verdict() {
				t.Fatalf("%s at %s should hold until %s, but is %s at %s", now.Verdict(), at.RFC3339(china),
					now.HoldsUntil.RFC3339(china), later.Verdict(), then.RFC3339(china))
			}
		}
	})
}

// Where every fact lies in the past and the rules stay, a finding that ends really changes then.
func TestFindingsEndWhenTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := world(-1).Draw(t, "world")
		s.Zones = nil
		b := policy.Shipped()
		now := judge(t, s, b, noon)
		for _, f := range now.Findings {
			if f.HoldsUntil == 0 {
				continue
			}
			later := judge(t, s, b, f.HoldsUntil+1)
			if cmp.Equal(essence(f), essence(finding(later, f.Code))) {
				t.Fatalf("%s is to end after %s, but still says %v", f.Code, f.HoldsUntil.RFC3339(china), essence(f))
			}
		}
	})
}

func TestJudgingTwiceIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, b := world(60).Draw(t, "world"), drawBook(t)
		at := instants(30, 30).Draw(t, "at")
		if diff := cmp.Diff(judge(t, s, b, at), judge(t, s, b, at)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestNobodyNeverPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, b := world(0).Draw(t, "world"), drawBook(t)
		s.People = nil
		for _, f := range judge(t, s, b, noon).Findings {
			people := slices.ContainsFunc([]string{"nat.", "ag.", "entry.n", "entry.pre", "entry.r", "roster."}, func(prefix string) bool {
				return strings.HasPrefix(string(f.Code), prefix)
			})
			alone := f.Code == "health.temp" || f.Code == "health.fever" || f.Code == "health.declaration" || f.Code == "loop.lodging_known"
			if (people || alone) && f.Status != criteria.Unknown && f.Status != criteria.NotApplicable {
				t.Fatalf("%s of nobody is %s", f.Code, f.Status)
			}
		}
	})
}

// Losing a fact that speaks for the section never makes a criterion pass that did not.
func TestLosingAFactNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, b := world(0).Draw(t, "world"), drawBook(t)
		before := judge(t, s, b, noon)
		lost, affected := lose(t, s)
		after := judge(t, lost, b, noon)
		for _, f := range before.Findings {
			concerned := slices.ContainsFunc(affected, func(prefix string) bool { return strings.HasPrefix(string(f.Code), prefix) })
			if concerned && f.Status != criteria.Pass && finding(after, f.Code).Status == criteria.Pass {
				t.Fatalf("%s was %s and passes now", f.Code, f.Status)
			}
		}
	})
}

// lose drops one kind of facts that speak for the section, and names the criteria that need them. The shares of the chain
// and the quality of records may get better with fewer rows, so they are not among them.
func lose(t *rapid.T, s *criteria.Snapshot) (*criteria.Snapshot, []string) {
	lost := *s
	n := rapid.IntRange(0, 3).Draw(t, "nth")
	i := -1
	nth := func() bool { i++; return i == n }
	switch rapid.SampledFrom([]string{"negative", "temperature", "log", "document", "answer"}).Draw(t, "lost") {
	case "negative":
		lost.Results = slices.DeleteFunc(slices.Clone(s.Results), func(r screening.Result) bool {
			return r.Outcome == screening.Negative && nth()
		})
		return &lost, []string{"nat.l", "nat.pre", "nat.ca", "nat.co", "nat.s", "nat.po", "nat.i", "nat.u", "ag.", "entry."}
	case "temperature":
		lost.Temperatures = slices.DeleteFunc(slices.Clone(s.Temperatures), func(x screening.Temperature) bool {
			return x.Tenths < 373 && nth()
		})
		return &lost, []string{"health.temp", "health.fever"}
	case "log":
		lost.Disinfections = slices.DeleteFunc(slices.Clone(s.Disinfections), func(disinfection.Entry) bool { return nth() })
		return &lost, []string{"dis.f", "dis.m", "dis.a"}
	case "document":
		lost.Documents = slices.DeleteFunc(slices.Clone(s.Documents), func(d document.Document) bool {
			return d.Type != "有条件复工" && nth()
		})
		return &lost, []string{"org.", "entry.", "saf.", "review."}
	}
	lost.Answers = slices.DeleteFunc(slices.Clone(s.Answers), func(a checklist.Answer) bool {
		return a.Choice == checklist.Yes && nth()
	})
	return &lost, []string{"saf.", "loop.single", "loop.enclosure", "gate.", "health.code", "room.v", "canteen.", "waste."}
}

// What lies before the window changes nothing but for what is always loaded.
func TestWindowIsWideEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, b := agedWorld(6, 0).Draw(t, "world"), drawBook(t)
		at := instants(24, 0).Draw(t, "at")
		full := judge(t, s, b, at)
		seen := judge(t, within(s, criteria.WindowFor(b, at, china)), b, at)
		for i, f := range full.Findings {
			if diff := cmp.Diff(essence(f), essence(seen.Findings[i])); diff != "" {
				t.Fatalf("%s at %s seen through the window:\n%s", f.Code, at.RFC3339(china), diff)
			}
			if a, b := f.HoldsUntil, seen.Findings[i].HoldsUntil; a != b {
				t.Fatalf("%s at %s holds until %s, seen through the window until %s",
					f.Code, at.RFC3339(china), a.RFC3339(china), b.RFC3339(china))
			}
		}
	})
}

// within cuts a snapshot down to a window as a loader does.
func within(s *criteria.Snapshot, w criteria.Window) *criteria.Snapshot {
	cut := *s
	bad := map[int64]calendar.Instant{}
	last := map[int64]calendar.Instant{}
	for _, r := range s.Results {
		id := int64(r.WorkerID)
		if r.Outcome > screening.Negative && bad[id] == 0 {
			bad[id] = r.SampledAt
		}
		if r.Method == screening.NucleicAcid && r.Outcome != screening.Pending && r.SampledAt < w.Results {
			last[id] = r.SampledAt
		}
	}
	cut.Results = slices.DeleteFunc(slices.Clone(s.Results), func(r screening.Result) bool {
		id := int64(r.WorkerID)
		return r.SampledAt < w.Results && r.SampledAt != last[id] && (bad[id] == 0 || r.SampledAt < bad[id])
	})
	hot := map[int64]calendar.Instant{}
	for _, x := range s.Temperatures {
		if id := int64(x.WorkerID); x.Tenths >= 373 && hot[id] == 0 {
			hot[id] = x.At
		}
	}
	cut.Temperatures = slices.DeleteFunc(slices.Clone(s.Temperatures), func(x screening.Temperature) bool {
		return x.At < w.Temperatures && (hot[int64(x.WorkerID)] == 0 || x.At < hot[int64(x.WorkerID)])
	})
	cut.Disinfections = sinceOrLast(s.Disinfections,
		func(e disinfection.Entry) bool { return e.At < w.Disinfections }, func(e disinfection.Entry) any { return e.AreaID })
	cut.Passages = sinceOrLast(s.Passages,
		func(p gate.Passage) bool { return p.At < w.Passages }, func(p gate.Passage) any { return p.WorkerID })
	cut.Answers = sinceOrLast(s.Answers,
		func(a checklist.Answer) bool { return a.Date.Before(w.Answers) }, func(a checklist.Answer) any { return a.Item })
	return &cut
}

// sinceOrLast drops what is old but for the last old row of each key; the rows of a key are in order of time.
func sinceOrLast[T any](rows []T, old func(T) bool, key func(T) any) []T {
	last := map[any]int{}
	for i, r := range rows {
		if old(r) {
			last[key(r)] = i
		}
	}
	var kept []T
	for i, r := range rows {
		if i == last[key(r)] && old(r) || !old(r) {
			kept = append(kept, r)
		}
	}
	return kept
}
