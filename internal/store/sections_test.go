package store_test

import (
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func TestSectionIDsByFilter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		decide(t, s, "2022-05-06 08:05", overfull(0))
		for _, tt := range []struct {
			name string
			f    store.SectionFilter
			want int
		}{
			{"all", store.SectionFilter{}, 2},
			{"one code", store.SectionFilter{Codes: []string{"XY-02"}}, 1},
			{"a street", store.SectionFilter{Streets: []string{"南安桥街道"}}, 1},
			{"a street and a code elsewhere", store.SectionFilter{Streets: []string{"南安桥街道"}, Codes: []string{"XY-01"}}, 0},
			{"with open flags", store.SectionFilter{Flagged: true}, 1},
		} {
			ids, err := s.SectionIDs(t.Context(), account.Everywhere(), tt.f)
			if err != nil || len(ids) != tt.want {
				t.Errorf("%s: %v, %v, want %d", tt.name, ids, err, tt.want)
			}
		}
		_, err := s.SectionIDs(t.Context(), account.Everywhere(), store.SectionFilter{Codes: []string{"XY-01", "XY-99"}})
		if fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "XY-99") || strings.Contains(err.Error(), "XY-01") {
			t.Errorf("an unknown code: %v", err)
		}
	})
}

func TestSectionListShowsWhatWasLastFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		decide(t, s, "2022-05-06 08:05", overfull(storetest.At("2022-05-06 12:00")), "XY-01")
		list := func(f store.ListFilter) []store.SectionLine {
			t.Helper()
			lines, err := s.SectionList(t.Context(), account.Everywhere(), f)
			if err != nil {
				t.Fatal(err)
			}
			return lines
		}
		lines := list(store.ListFilter{})
		if len(lines) != 2 {
			t.Fatalf("%d lines", len(lines))
		}
		one, two := lines[0], lines[1]
		if !one.Judged || one.Verdict != criteria.Unmet || one.Headcount != 2 || one.Blocking != 1 || one.Flags != 2 || one.Street != "学苑街道" ||
			one.EvaluatedAt != storetest.At("2022-05-06 08:05") || one.VerdictAt != one.EvaluatedAt || one.ProjectName != "学苑示范项目" {
			t.Errorf("XY-01: %+v", one)
		}
		if two.Judged || two.Name != "二标段" || two.Flags != 0 || two.EvaluatedAt != 0 {
			t.Errorf("XY-02, never judged: %+v", two)
		}
		for _, tt := range []struct {
			name string
			f    store.ListFilter
			want string
		}{
			{"by verdict", store.ListFilter{Verdict: "unmet"}, "XY-01"},
			{"never judged", store.ListFilter{Verdict: "none"}, "XY-02"},
			{"by part of a name", store.ListFilter{Query: "二标"}, "XY-02"},
			{"by part of a code, whatever its case", store.ListFilter{Query: "xy-01"}, "XY-01"},
			{"a sign of the pattern is only itself", store.ListFilter{Query: "X_-"}, ""},
			{"a quote and a question", store.ListFilter{Query: "'?"}, ""},
			{"by street", store.ListFilter{SectionFilter: store.SectionFilter{Streets: []string{"南安桥街道"}}}, "XY-02"},
			{"a scope is not left by searching", store.ListFilter{SectionFilter: store.SectionFilter{Codes: []string{"XY-02"}}, Query: "一标"}, ""},
			{"the first page", store.ListFilter{Limit: 1}, "XY-01"},
			{"the next", store.ListFilter{Limit: 1, After: "XY-01"}, "XY-02"},
		} {
			codes := ""
			for _, line := range list(tt.f) {
				codes += line.Code
			}
			if codes != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, codes, tt.want)
			}
		}
	})
}
