package criteria_test

import (
	"testing"

	"fugong/internal/criteria"
)

// never lists what a criterion cannot come out as, and why.
var never = map[criteria.Code]map[string]string{
	"nat.time_order": {"unmet": "import refuses rows whose times go back"},
	"vax.info": {
		"met":   "nothing that is imported tells who is vaccinated",
		"unmet": "nothing that is imported tells who is vaccinated",
	},
}

func TestEveryCriterionHasItsScenarios(t *testing.T) {
	all := scenarios(t)
	for _, k := range criteria.All() {
		seen := map[string]bool{}
		for _, s := range all {
			for _, status := range s.Expects(k.Code) {
				seen[outcome(status)] = true
			}
		}
		for _, want := range []string{"met", "unmet", "unknown"} {
			reason, excused := never[k.Code][want]
			if !seen[want] && !excused {
				t.Errorf("%s: no scenario in which it is %s", k.Code, want)
			}
			if seen[want] && excused {
				t.Errorf("%s: a scenario has it %s, although %s", k.Code, want, reason)
			}
		}
	}
}

func outcome(s criteria.Status) string {
	switch s {
	case criteria.Pass:
		return "met"
	case criteria.Fail, criteria.Warned:
		return "unmet"
	case criteria.Unknown:
		return "unknown"
	}
	return "not applicable"
}
