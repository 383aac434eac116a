package criteria_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fugong/internal/criteria"
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
