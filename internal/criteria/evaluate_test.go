package criteria_test

import (
	"slices"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// tested is a section of one worker who was sampled at an instant.
func tested(at calendar.Instant) *criteria.Snapshot {
	return &criteria.Snapshot{
		Section: site.Section{ID: section, Code: "XY-01", Street: "学苑街道"},
		People:  []roster.Enrolment{{ID: 1, WorkerID: 1, SectionID: section, Name: "甲", EnteredAt: noon.Add(-240 * time.Hour)}},
		Results: []screening.Result{{ID: 1, WorkerID: 1, SampledAt: at, ReportedAt: at, Outcome: screening.Negative, Method: screening.NucleicAcid}},
	}
}

func published(t *testing.T, source string) policy.Policy {
	t.Helper()
	p, err := policy.Parse([]byte(source), china)
	if err != nil {
		t.Fatal(err)
	}
	p.Version, p.RecordedAt = 2, noon.Add(-240*time.Hour)
	return *p
}

func evaluated(t *testing.T, s *criteria.Snapshot, b policy.Book, at calendar.Instant) criteria.Report {
	t.Helper()
	r, err := criteria.Evaluate(s, b, at, china)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const trial = `name: trial
title: 试行
occasions: [疫情, 节后]
effective_from: 2022-05-01T00:00:00+08:00
parameters: {}
overrides:
  - scope: {street: 学苑街道}
    from: 2022-05-06T20:00:00+08:00
    parameters: {nat_valid_h: {value: 24, basis: "试"}}
criteria:
  nat.time_travel: {severity: block}
  nat.latest_negative: {severity: block}
  roster.complete: {severity: block, occasions: [节后]}
`

func TestEvaluateTakesThePolicyAtItsWord(t *testing.T) {
	s := tested(noon.Add(-30 * time.Hour))
	r := evaluated(t, s, append(policy.Shipped(), published(t, trial)), noon)
	if r.Policy != "trial" || r.PolicyVersion != 2 || r.Headcount != 1 {
		t.Errorf("judged by %s/%d, headcount %d", r.Policy, r.PolicyVersion, r.Headcount)
	}
	var codes []criteria.Code
	for _, f := range r.Findings {
		codes = append(codes, f.Code)
	}
	if want := []criteria.Code{"nat.latest_negative", "nat.time_travel"}; !slices.Equal(codes, want) {
		t.Fatalf("findings %v, want %v: those of the occasion, a code nobody knows last", codes, want)
	}
	stranger := r.Findings[1]
	if stranger.Status != criteria.Unknown || stranger.Severity != policy.Block || stranger.Reason.String() != "本程序不认识该条件" {
		t.Errorf("a code nobody knows gives %+v", stranger)
	}
	if r.Verdict() != criteria.Unmet {
		t.Errorf("verdict %s, want unmet", r.Verdict())
	}
}

func TestFindingsEndWithTheRules(t *testing.T) {
	begins := calendar.Day(2022, 5, 6).At(20*time.Hour, china)
	s := tested(noon.Add(-30 * time.Hour))
	b := append(policy.Shipped(), published(t, trial))
	if f := evaluated(t, s, b, noon).Findings[0]; f.Status != criteria.Pass || f.HoldsUntil != begins-1 {
		t.Errorf("%s until %s, want pass until the override begins", f.Status, f.HoldsUntil.RFC3339(china))
	}
	if f := evaluated(t, s, b, begins).Findings[0]; f.Status != criteria.Fail || f.HoldsUntil != 0 {
		t.Errorf("%s until %s, want fail for ever", f.Status, f.HoldsUntil.RFC3339(china))
	}

	s.Section.Street = "城东街道"
	s.Zones = []site.Zone{{ID: 1, Scope: site.ScopeStreet, Place: "城东街道", Level: site.Precaution, From: begins.Add(-time.Hour)}}
	if f := evaluated(t, s, b, noon).Findings[0]; f.HoldsUntil != begins.Add(-time.Hour)-1 {
		t.Errorf("until %s, want until the zone begins", f.HoldsUntil.RFC3339(china))
	}

	s.Zones = nil
	later := published(t, trial)
	later.Version, later.EffectiveFrom, later.RecordedAt = 3, begins.Add(-2*time.Hour), later.RecordedAt+1
	if f := evaluated(t, s, append(b, later), noon).Findings[0]; f.HoldsUntil != later.EffectiveFrom-1 {
		t.Errorf("until %s, want until the next version begins", f.HoldsUntil.RFC3339(china))
	}
}

func TestEvaluateWithoutAPolicy(t *testing.T) {
	s := tested(noon)
	if _, err := criteria.Evaluate(s, policy.Shipped(), calendar.Day(2022, 1, 1).Start(china), china); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v, want a fault.NotFound before any policy has begun", err)
	}
}

func TestShippedPoliciesAndCriteriaKnowEachOther(t *testing.T) {
	var codes []string
	for _, k := range criteria.All() {
		codes = append(codes, string(k.Code))
	}
	named := map[string]bool{}
	for _, p := range policy.Shipped() {
		if _, err := policy.Parse([]byte(p.Source), china, codes...); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		for _, r := range p.Criteria {
			named[r.Criterion] = true
		}
	}
	for _, code := range codes {
		if !named[code] {
			t.Errorf("no shipped policy names %s", code)
		}
	}
}

func TestWindowFollowsTheLongestLookBack(t *testing.T) {
	if got, want := criteria.WindowFor(policy.Shipped(), noon, china).Results, noon.Add(-14*24*time.Hour); got != want {
		t.Errorf("results since %s, want two weeks", got.RFC3339(china))
	}
	source := `name: slow
title: 慢
occasions: [疫情]
effective_from: 2022-05-01
parameters: {}
overrides:
  - scope: {section: XY-09}
    from: 2022-05-01
    parameters: {cadence_h: {value: 240, basis: "试"}}
criteria:
  nat.cadence: {severity: warn}
`
	if got, want := criteria.WindowFor(policy.Book{published(t, source)}, noon, china).Results, noon.Add(-20*24*time.Hour); got != want {
		t.Errorf("results since %s, want twice the longest cadence of any override", got.RFC3339(china))
	}
}
