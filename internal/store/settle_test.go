package store_test

import (
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// aside gives the only case within a scope.
func aside(t *testing.T, s *store.Store, within account.Scope) store.Case {
	t.Helper()
	cases, err := s.Quarantined(t.Context(), within)
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases, want one: %v", len(cases), err)
	}
	return cases[0]
}

func settle(s *store.Store, t *testing.T, within account.Scope, id int64, as roster.WorkerID) (store.Taken, error) {
	t.Helper()
	return s.SettleCase(t.Context(), store.CaseOrder{Within: within, ID: id, As: as, Act: act("case"), Loc: storetest.Shanghai(), Now: storetest.At("2022-05-06 09:00")})
}

// closed holds that nothing is kept aside any more and that a decision is in the trail.
func closed(t *testing.T, s *store.Store, decision string) {
	t.Helper()
	if cases, err := s.Quarantined(t.Context(), account.Everywhere()); err != nil || len(cases) != 0 {
		t.Errorf("still kept aside: %+v, %v", cases, err)
	}
	if e := last(t, s); e.Act.Action != "quarantine.decide" || !strings.HasPrefix(e.Act.Detail["decision"], decision) {
		t.Errorf("written down as %+v", e.Act)
	}
}

func TestOtherNameIsOfThisPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		bring(t, s, own(), "results", "证件号码,姓名,采样时间,检测结果\n"+wang+",王晓明,2022-05-05 07:30,阴性")
		c := aside(t, s, own())
		taken, err := settle(s, t, own(), c.ID, 0)
		if err != nil || taken.Report.Accepted != 1 || len(taken.Sections) != 1 {
			t.Fatalf("%+v, %v", taken, err)
		}
		closed(t, s, "accepted")
		if got := found(t, s); !slices.Equal(got, []string{"0013 阴性"}) {
			t.Errorf("stands %q", got)
		}
		if _, err := settle(s, t, own(), c.ID, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("settled twice: %v", err)
		}
	})
}

// TestNobodyDecidesOnPeopleElsewhere holds that whoever does not see a person cannot make a row of his under another name.
func TestNobodyDecidesOnPeopleElsewhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		bring(t, s, own(), "roster", "标段编号,姓名,证件号码,进场时间\nXY-01,某人,"+mai+",2022-05-01")
		c := aside(t, s, own())
		if _, err := settle(s, t, own(), c.ID, 0); fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "买买提") {
			t.Errorf("got %v, want a refusal without the name", err)
		}
		if _, err := settle(s, t, account.Scope{Sections: []string{"XY-02"}}, c.ID, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("settled by the manager of another section: %v", err)
		}
		if _, err := settle(s, t, account.Everywhere(), c.ID, 0); err != nil {
			t.Error(err)
		}
		closed(t, s, "accepted")
	})
}

// TestRowIsTriedAgain holds that a row is refused as long as its reason stands, with everything as it was, and that it is taken as
// it stood in the workbook: a date that was a number there is one still.
func TestRowIsTriedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		columns, err := store.Columns("temperatures")
		if err != nil {
			t.Fatal(err)
		}
		cells := make([]intake.Cell, len(columns))
		for i, c := range columns {
			switch c.Name {
			case "证件号码":
				cells[i] = intake.Cell{Text: "810000199001010019"}
			case "测量时间":
				cells[i] = intake.Cell{Text: "44686.3125", Serial: true}
			case "体温":
				cells[i] = intake.Cell{Text: "36.5", Serial: true}
			}
		}
		up := storetest.Upload(storetest.At(morning), "temperatures", "")
		up.Content, up.Tables, up.Within = nil, []intake.Table{intake.KeptRow("表", 7, columns, cells)}, own()
		if _, _, err := s.Import(t.Context(), up); err != nil {
			t.Fatal(err)
		}
		c := aside(t, s, own())
		if _, err := settle(s, t, own(), c.ID, 0); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "花名册") {
			t.Errorf("before the roster is mended: %v", err)
		}
		aside(t, s, account.Everywhere())
		bring(t, s, own(), "roster", "标段编号,姓名,证件号码,进场时间\nXY-01,陈生,810000199001010019,2022-05-01")
		if _, err := settle(s, t, own(), c.ID, 0); err != nil {
			t.Fatal(err)
		}
		closed(t, s, "accepted")
		if _, rows, err := s.Export(t.Context(), storetest.Order("temperatures")); err != nil || len(rows) != 1 || rows[0][1] != "2022-05-05 07:30:00" {
			t.Errorf("stands %v, %v", rows, err)
		}
	})
}

func TestMaskedRowIsOfWhomAPersonSays(t *testing.T) {
	const row = "证件号码,姓名,采样时间,检测结果\n3206**********0013,王小明,2022-05-05 07:30,阴性"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		storetest.Import(t, s, "roster", "标段编号,姓名,证件号码,进场时间\nXY-02,王小明,32069919910412018X,2022-04-01")
		bring(t, s, own(), "results", row)
		c := aside(t, s, own())
		candidates, err := s.Candidates(t.Context(), own(), []store.Case{c})
		if err != nil || len(candidates[c.ID]) != 1 || candidates[c.ID][0].Tail != "0013" || candidates[c.ID][0].Name != "王小明" {
			t.Fatalf("candidates %+v, %v", candidates, err)
		}
		all, err := s.Candidates(t.Context(), account.Everywhere(), []store.Case{c})
		if err != nil || len(all[c.ID]) != 1 {
			t.Errorf("in the district %+v, %v", all, err)
		}
		who := candidates[c.ID][0].ID
		for _, other := range []roster.WorkerID{0, who + 1, who + 2, 999} {
			if _, err := settle(s, t, own(), c.ID, other); fault.KindOf(err) != fault.Invalid {
				t.Errorf("taken as of worker %d: %v", other, err)
			}
		}
		if _, err := settle(s, t, own(), c.ID, who); err != nil {
			t.Fatal(err)
		}
		closed(t, s, "accepted as worker")
		if got := found(t, s); !slices.Equal(got, []string{"0013 阴性"}) {
			t.Errorf("stands %q", got)
		}
	})
}

func TestMasks(t *testing.T) {
	for masked, want := range map[string]bool{
		"3206**********0013": true, "320699********0013": true, "**************0013": true, "3206…0013": true, "３２０６＊＊００１３": true,
		"3206**********0014": false, "3207**********0013": false, "***": false, "32***": false, "3206": false, "": false,
		"320699199003070013*": false, "320699199003070*0070013": false,
	} {
		if got := store.Fits(masked, wang); got != want {
			t.Errorf("%q fits: %v, want %v", masked, got, want)
		}
	}
}
