package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const sectionHead = "项目编号,项目名称,标段编号,标段名称,街道,状态,停工日期,未复工原因,责任单位,预计复工日期\n"

// TestProgress: what was known of a day does not change by what is recorded later, and a section counts where it lies.
func TestProgress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		day1, day2, day3 := storetest.At("2022-05-03 09:00"), storetest.At("2022-05-04 09:00"), storetest.At("2022-05-05 09:00")
		storetest.ImportAt(t, s, day1, "sections", sectionHead+`P,工程,P-1,一标,甲街道,未复工,2022-04-01,,,
			P,工程,P-2,二标,乙街道,施工中,,,,`)
		storetest.ImportAt(t, s, day2, "sections", sectionHead+"P,工程,P-1,一标,甲街道,施工中,,,,")
		storetest.ImportAt(t, s, day3, "sections", sectionHead+"P,工程,P-2,二标,乙街道,停工,2022-05-05,,,")
		ends := []calendar.Instant{day1 - 1, day1, day2 + 1, day3 + 1}
		for name, test := range map[string]struct {
			within account.Scope
			want   []store.StateCount
		}{
			"all": {account.Everywhere(), []store.StateCount{{At: day1, State: site.Operating, Sections: 1}, {At: day1, State: site.NotResumed, Sections: 1},
				{At: day2 + 1, State: site.Operating, Sections: 2}, {At: day3 + 1, State: site.Suspended, Sections: 1}, {At: day3 + 1, State: site.Operating, Sections: 1}}},
			"a street": {account.Scope{Streets: []string{"甲街道"}}, []store.StateCount{{At: day1, State: site.NotResumed, Sections: 1},
				{At: day2 + 1, State: site.Operating, Sections: 1}, {At: day3 + 1, State: site.Operating, Sections: 1}}},
			"nobody": {account.Scope{}, []store.StateCount{}},
		} {
			got, err := s.Progress(t.Context(), test.within, ends)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(counted(test.want), counted(got)); d != "" {
				t.Errorf("%s (-want +got):\n%s", name, d)
			}
		}
		moves, err := s.Moves(t.Context(), account.Everywhere(), day2+1)
		want := []store.Move{{Code: "P-2", Name: "二标", ProjectName: "工程", Street: "乙街道", From: site.Operating, To: site.Suspended}}
		if d := cmp.Diff(want, moves); err != nil || d != "" {
			t.Errorf("moves: %v (-want +got):\n%s", err, d)
		}
		if moves, err := s.Moves(t.Context(), account.Scope{Streets: []string{"甲街道"}}, day2+1); err != nil || len(moves) != 0 {
			t.Errorf("moves elsewhere: %v, %v", moves, err)
		}
		if none, err := s.Progress(t.Context(), account.Everywhere(), nil); err != nil || len(none) != 0 {
			t.Errorf("no instants: %v, %v", none, err)
		}
	})
}

func counted(all []store.StateCount) map[store.StateCount]int {
	set := map[store.StateCount]int{}
	for _, c := range all {
		set[c]++
	}
	return set
}

func TestRegister(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionHead+`P,河西工程,P-1,一标,甲街道,未复工,2022-04-02,材料,区水利局,2022-05-04
			P,河西工程,P-2,二标,乙街道,停工,2022-04-01,,,2022-05-02
			Q,河东工程,Q-1,三标,乙街道,施工中,2022-03-01,,,2022-05-01
			Q,河东工程,Q-2,四标,乙街道,已申请,,,,2022-05-06
			Q,河东工程,Q-3,五标,乙街道,完工,,,,`)
		street := account.Scope{Streets: []string{"乙街道"}}
		for _, test := range []struct {
			within account.Scope
			filter store.RegisterFilter
			want   []string
		}{
			{account.Everywhere(), store.RegisterFilter{}, []string{"P-1", "P-2", "Q-1", "Q-2", "Q-3"}},
			{account.Everywhere(), store.RegisterFilter{Resting: true}, []string{"P-2", "P-1", "Q-2"}},
			{account.Everywhere(), store.RegisterFilter{Resting: true, Limit: 1, Offset: 1}, []string{"P-1"}},
			{account.Everywhere(), store.RegisterFilter{Query: "河东", State: site.Applied}, []string{"Q-2"}},
			{street, store.RegisterFilter{Street: "甲街道"}, []string{}},
			{street, store.RegisterFilter{Query: "P"}, []string{"P-2"}},
			{account.Scope{}, store.RegisterFilter{}, []string{}},
		} {
			sections, err := s.Register(t.Context(), test.within, test.filter)
			if err != nil {
				t.Fatal(err)
			}
			codes := []string{}
			for _, sec := range sections {
				codes = append(codes, sec.Code)
			}
			if d := cmp.Diff(test.want, codes); d != "" {
				t.Errorf("%+v (-want +got):\n%s", test.filter, d)
			}
			if n, err := s.CountRegister(t.Context(), test.within, test.filter); test.filter.Limit == 0 && (err != nil || n != len(test.want)) {
				t.Errorf("%+v: counted %d, %v", test.filter, n, err)
			}
		}
		one, err := s.Register(t.Context(), account.Everywhere(), store.RegisterFilter{Query: "P-1"})
		if err != nil || one[0].ResponsibleUnit != "区水利局" || one[0].StoppedOn != calendar.Day(2022, 4, 2) || one[0].DataAt == 0 || one[0].ID == 0 {
			t.Errorf("%+v, %v", one, err)
		}
		n, since, err := s.Overdue(t.Context(), account.Everywhere(), calendar.Day(2022, 5, 6))
		if err != nil || n != 2 || since != calendar.Day(2022, 5, 2) {
			t.Errorf("overdue: %d since %v, %v", n, since, err)
		}
		if n, since, err := s.Overdue(t.Context(), account.Scope{}, calendar.Day(2022, 5, 6)); err != nil || n != 0 || !since.IsZero() {
			t.Errorf("overdue for nobody: %d since %v, %v", n, since, err)
		}
	})
}

// TestDocuments: of several papers of a type the one that holds longest counts, and none that is issued later than today.
func TestDocuments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionHead+`P,工程,P-1,一标,甲街道,施工中,,,,
			Q,工程,Q-1,一标,乙街道,施工中,,,,`)
		storetest.Import(t, s, "documents", `标段编号,类型,签发日期,到期日期
			P-1,承诺书,2022-03-01,2022-05-05
			P-1,承诺书,2022-02-01,2022-04-05
			P-1,应急预案,2022-02-01,2022-05-13
			P-1,施工许可,2022-02-01,2022-05-06
			P-1,防控专班,2022-02-01,
			P-1,防控专班,2022-01-01,2022-02-01
			P-1,健康证,2022-02-01,2022-05-14
			P-1,食品经营许可,2022-02-01,2023-05-14
			Q-1,承诺书,2022-03-01,2022-06-05`)
		today := calendar.Day(2022, 5, 6)
		lines, err := s.Documents(t.Context(), account.Everywhere(), store.DocumentFilter{Today: today})
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, l := range lines {
			got = append(got, l.Section+" "+l.Type+" "+l.ExpiresOn.String()+" "+string(l.Expiry))
		}
		want := []string{"P-1 承诺书 2022-05-05 expired", "P-1 施工许可 2022-05-06 week", "P-1 应急预案 2022-05-13 week", "P-1 健康证 2022-05-14 month",
			"Q-1 承诺书 2022-06-05 month", "P-1 食品经营许可 2023-05-14 valid", "P-1 防控专班  unlimited"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		for order, want := range map[string]string{
			"":       "承诺书 施工许可 应急预案 健康证 承诺书 食品经营许可 防控专班",
			"-":      "防控专班 食品经营许可 承诺书 健康证 应急预案 施工许可 承诺书",
			"issued": "健康证 应急预案 施工许可 防控专班 食品经营许可 承诺书 承诺书",
		} {
			lines, err := s.Documents(t.Context(), account.Everywhere(), store.DocumentFilter{Today: today, Sort: strings.TrimPrefix(order, "-"), Backwards: order == "-"})
			if got := typesOf(lines); err != nil || got != want {
				t.Errorf("in order %q: %s, %v", order, got, err)
			}
		}
		for order, q1 := range map[string]int{"code": 6, "street": 0, "unit": 6, "type": 3} { // where the paper of Q-1 stands
			forth, _ := s.Documents(t.Context(), account.Everywhere(), store.DocumentFilter{Today: today, Sort: order})
			back, err := s.Documents(t.Context(), account.Everywhere(), store.DocumentFilter{Today: today, Sort: order, Backwards: true})
			slices.Reverse(back)
			if d := cmp.Diff(forth, back, cmpopts.EquateComparable(calendar.Date{})); err != nil || d != "" || len(forth) != len(want) || forth[q1].Section != "Q-1" {
				t.Errorf("by %s: %s, backwards (-forth +back):\n%s", order, typesOf(forth), d)
			}
		}
		street := account.Scope{Streets: []string{"甲街道"}}
		counts, err := s.CountDocuments(t.Context(), street, store.DocumentFilter{Today: today, Expiry: store.Expired})
		wantCounts := map[store.Expiry]int{store.Expired: 1, store.ThisWeek: 2, store.ThisMonth: 1, store.Valid: 1, store.Unlimited: 1}
		if d := cmp.Diff(wantCounts, counts); err != nil || d != "" {
			t.Errorf("%v (-want +got):\n%s", err, d)
		}
		for expiry, n := range wantCounts {
			lines, err := s.Documents(t.Context(), street, store.DocumentFilter{Today: today, Expiry: expiry})
			if err != nil || len(lines) != n || lines[0].Expiry != expiry {
				t.Errorf("%s: %v, %v", expiry, lines, err)
			}
		}
		for _, f := range []store.DocumentFilter{{Today: today, Type: "承诺书", Query: "q-1"}, {Today: today, Street: "乙街道"}, {Today: today, Limit: 1, Offset: 4}} {
			lines, err := s.Documents(t.Context(), account.Everywhere(), f)
			if err != nil || len(lines) != 1 || lines[0].Section != "Q-1" {
				t.Errorf("%+v: %v, %v", f, lines, err)
			}
		}
	})
}

func typesOf(lines []store.DocumentLine) string {
	var types []string
	for _, l := range lines {
		types = append(types, l.Type)
	}
	return strings.Join(types, " ")
}

func TestZones(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "zones", `范围类型,范围,级别,开始时间,结束时间,文号
			街道,甲街道,管控区,2022-05-01 08:00,,1号
			街道,乙街道,封控区,2022-05-03 08:00,2022-05-04 08:00,2号`)
		zones, err := s.Zones(t.Context())
		if err != nil || len(zones) != 2 || zones[0].Document != "2号" || zones[1].Until != 0 || zones[0].Level != site.Locked {
			t.Errorf("%+v, %v", zones, err)
		}
	})
}
