package store_test

import (
	"testing"

	"fugong/internal/account"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func TestSourcesTellWhatWasRecordedLast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		storetest.ImportAt(t, s, storetest.At("2022-05-06 09:30"), "results", "证件号码,采样时间,检测结果\n"+wang+",2022-05-05 07:30,阴性")
		ids, err := s.SectionIDs(t.Context(), account.Everywhere(), store.SectionFilter{Codes: []string{"XY-01"}})
		if err != nil {
			t.Fatal(err)
		}
		sources, err := s.Sources(t.Context(), account.Everywhere(), ids[0])
		if err != nil {
			t.Fatal(err)
		}
		got := sources["results"]
		if got.RecordedAt != storetest.At("2022-05-06 09:30") || got.File != "results.csv" || got.By != "test" || got.Batch == 0 {
			t.Errorf("results: %+v", got)
		}
		if roster := sources["roster"]; roster.RecordedAt == 0 || roster.File != "roster.csv" {
			t.Errorf("roster: %+v", roster)
		}
		if _, any := sources["stock"]; any {
			t.Error("a register without a row has a source")
		}
		if hidden, err := s.Sources(t.Context(), account.Scope{Sections: []string{"XY-02"}}, ids[0]); err != nil || len(hidden) != 0 {
			t.Errorf("outside the scope: %v, %v", hidden, err)
		}
	})
}
