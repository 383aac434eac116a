package criteria_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fugong/internal/criteria"
	"fugong/internal/policy"
	"fugong/internal/scenario"
)

func scenarios(t *testing.T) []*scenario.Scenario {
	t.Helper()
	var files []string
	for _, pattern := range []string{"testdata/*.txtar", "testdata/*/*.txtar"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	var all []*scenario.Scenario
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := scenario.Parse(file, data)
		if err != nil {
			t.Error(err)
			continue
		}
		all = append(all, s)
	}
	return all
}

func TestScenariosFindWhatTheyWant(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(filepath.Base(s.Name), func(t *testing.T) {
			diffs, err := s.Judge()
			if err != nil {
				t.Fatal(err)
			}
			for _, diff := range diffs {
				t.Error(diff)
			}
		})
	}
}

func TestCriteriaAreNamedOnceInOrderOfTheSheet(t *testing.T) {
	groups := []criteria.Group{
		criteria.Organisation, criteria.People, criteria.Loop, criteria.Housing, criteria.Disinfection,
		criteria.Canteen, criteria.Supplies, criteria.Emergency, criteria.Safety,
	}
	seen := map[criteria.Code]bool{}
	last := 0
	for _, k := range criteria.All() {
		if seen[k.Code] {
			t.Errorf("%s stands twice", k.Code)
		}
		seen[k.Code] = true
		if k.Title == "" {
			t.Errorf("%s has no title", k.Code)
		}
		if g := slices.Index(groups, k.Group); g < last {
			t.Errorf("%s of group %q comes after %q", k.Code, k.Group, groups[last])
		} else {
			last = g
		}
	}
}

// A section in order is no longer so when any of its registers is missing: silence never passes.
func TestASectionIsNotMetWithoutItsRecords(t *testing.T) {
	data, err := os.ReadFile("testdata/whole/met.txtar")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := scenario.Parse("whole", data)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, table := range whole.Steps[0].Tables {
		kinds[table.Kind] = true
	}
	delete(kinds, "sections")
	for kind := range kinds {
		world := scenario.NewWorld()
		for _, table := range whole.Steps[0].Tables {
			if table.Kind != kind {
				world.Record(table)
			}
		}
		snapshot, err := world.Snapshot(scenario.Section, 0)
		if err != nil {
			t.Fatal(err)
		}
		report, err := criteria.Evaluate(snapshot, policy.Shipped(), whole.Steps[0].Want.At, scenario.Zone())
		if err != nil {
			t.Fatal(err)
		}
		if report.Verdict() != criteria.Unmet {
			t.Errorf("without %s: got %s, want %s", kind, report.Verdict(), criteria.Unmet)
		}
	}
}
