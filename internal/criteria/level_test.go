package criteria

import (
	"testing"

	"fugong/internal/locale"
	"fugong/internal/policy"
)

func TestLevelsTellMissingRecordsFromFailures(t *testing.T) {
	fail, unknown := Finding{Status: Fail, Severity: policy.Block}, Finding{Status: Unknown, Severity: policy.Block}
	warned, passed := Finding{Status: Warned, Severity: policy.Block}, Finding{Status: Pass, Severity: policy.Block}
	soft := Finding{Status: Fail, Severity: policy.Info}
	for _, tt := range []struct {
		name     string
		findings []Finding
		want     Level
	}{
		{"nothing judged", nil, NoData},
		{"all in order", []Finding{passed, soft}, InOrder},
		{"a warning", []Finding{passed, warned}, Warning},
		{"nothing recorded", []Finding{unknown, warned}, NoData},
		{"a failure beside what is not recorded", []Finding{unknown, fail}, Serious},
	} {
		if got := (Report{Findings: tt.findings}).Level(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	for _, l := range Levels() {
		if got, ok := ParseLevel(l.String()); !ok || got != l {
			t.Errorf("%s reads back as %s", l, got)
		}
	}
	if _, ok := ParseLevel("nosuch"); ok {
		t.Error("an unknown word was read")
	}
}

func TestFiguresReadWhatWasCounted(t *testing.T) {
	for _, tt := range []struct {
		observed locale.Phrase
		have, of int
		ok       bool
	}{
		{locale.Say("%d/%d", 171, 186), 171, 186, true},
		{locale.Say("%d/%d", int64(171), int64(186)), 171, 186, true},
		{locale.Say("%d/%d", 0, 0), 0, 0, false},
		{locale.Say("%d间（在场%d人）", 2, 50), 0, 0, false},
		{locale.Phrase{}, 0, 0, false},
	} {
		if have, of, ok := (Finding{Observed: tt.observed}).Figures(); have != tt.have || of != tt.of || ok != tt.ok {
			t.Errorf("%s: %d/%d %t", tt.observed, have, of, ok)
		}
	}
}
