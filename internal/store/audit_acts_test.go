package store_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// last gives the newest entry of the trail.
func last(t *testing.T, s *store.Store) audit.Entry {
	t.Helper()
	entries, err := s.AuditEntries(t.Context(), store.AuditFilter{Limit: 1})
	if err != nil || len(entries) != 1 {
		t.Fatalf("no entry: %v", err)
	}
	return entries[0]
}

func TestImportIsWrittenDown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		up := storetest.Upload(storetest.At(morning), "results", "证件号码,姓名,采样时间,检测结果\n"+wang+",王小明,2022-05-05,阴性\n"+wang+",王晓明,2022-05-05,阴性\n1,丁,2022-05-05,阴性")
		up.File, up.Act = "王小明13812345678.csv", audit.Act{Actor: "chen", Role: "health", RequestID: "r1", Address: "10.0.0.7"}
		if _, _, err := s.Import(t.Context(), up); err != nil {
			t.Fatal(err)
		}
		e := last(t, s)
		if e.Act.Actor != "chen" || e.Act.Role != "health" || e.Act.Action != "import" || e.Act.ObjectID != "results" || e.Act.RequestID != "r1" || e.Act.Address != "10.0.0.7" {
			t.Errorf("act is %+v", e.Act)
		}
		d := e.Act.Detail
		if d["accepted"] != "1" || d["quarantined"] != "1" || d["rejected"] != "1" || len(d["sha256"]) != 64 || d["batch"] == "" {
			t.Errorf("detail is %q", d)
		}
		up.DryRun = true
		if _, _, err := s.Import(t.Context(), up); err != nil || last(t, s).Seq != e.Seq {
			t.Errorf("a dry run is written down as done, %v", err)
		}
		if _, _, err := s.Import(t.Context(), storetest.Upload(storetest.At(morning), "nothing", "a\n1")); err == nil || last(t, s).Seq != e.Seq {
			t.Errorf("what was refused is written down as done, %v", err)
		}
	})
}

func TestExportDecisionAndPolicyAreWrittenDown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		if _, rows, err := s.Export(t.Context(), storetest.Order("roster")); err != nil || len(rows) == 0 {
			t.Fatal(err)
		}
		if e := last(t, s); e.Act.Action != "export" || e.Act.ObjectID != "roster" || e.Act.Detail["rows"] != "3" {
			t.Errorf("export is %+v", e.Act)
		}
		take(t, s, morning, "results", "证件号码,姓名,采样时间,检测结果\n"+wang+",王晓明,2022-05-05,阴性")
		cases, err := s.Quarantined(t.Context(), account.Everywhere())
		if err != nil || len(cases) != 1 {
			t.Fatal(cases, err)
		}
		if err := s.DecideCase(t.Context(), account.Everywhere(), act(""), cases[0].ID, "dismissed", storetest.At(morning)); err != nil {
			t.Fatal(err)
		}
		if e := last(t, s); e.Act.Action != "quarantine.decide" || e.Act.Actor != "wang" || e.Act.Detail["decision"] != "dismissed" {
			t.Errorf("decision is %+v", e.Act)
		}
		before := last(t, s).Seq
		if err := s.DecideCase(t.Context(), account.Everywhere(), act(""), cases[0].ID, "dismissed", storetest.At(morning)); err == nil || last(t, s).Seq != before {
			t.Errorf("a decision that was refused is written down, %v", err)
		}
	})
}

// TestTrailHoldsNoPersonalData imports, exports and decides on people, and looks for them in every text of the trail.
func TestTrailHoldsNoPersonalData(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		take(t, s, morning, "results", "证件号码,姓名,采样时间,检测结果\n"+wang+",王小明,2022-05-05,阳性\n"+wang+",王晓明,2022-05-05,阴性")
		if _, _, err := s.Export(t.Context(), storetest.Order("roster")); err != nil {
			t.Fatal(err)
		}
		entries, err := s.AuditEntries(t.Context(), store.AuditFilter{Limit: 100})
		if err != nil || len(entries) < 4 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		for _, e := range entries {
			text := string(e.Canonical()) + strings.Join(slices.Collect(maps.Values(e.Act.Detail)), " ")
			for _, secret := range []string{wang, li, mai, "王小明", "王晓明", "李红", "13812345678", "阳性", "positive"} {
				if strings.Contains(text, secret) {
					t.Errorf("entry %d of %s holds %s", e.Seq, e.Act.Action, secret)
				}
			}
		}
	})
}
