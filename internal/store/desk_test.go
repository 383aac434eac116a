package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// eight sections in two streets, judged so that each level is there.
func deskDistrict(t *testing.T, s *store.Store) {
	t.Helper()
	rows := "项目编号,项目名称,标段编号,标段名称,街道,施工单位,状态,未复工原因\n"
	for i, state := range []string{"未复工,住宿不达标", "施工中,", "未复工,", "停工,资金", "施工中,", "施工中,", "完工,", "未复工,住宿不达标"} {
		street := []string{"学苑街道", "南安桥街道"}[i%2]
		rows += fmt.Sprintf("P%d,项目%d,D-%02d,一标段,%s,江畔建工,%s\n", i/2, i/2, i+1, street, state)
	}
	storetest.Import(t, s, "sections", rows)
	decide(t, s, "2022-05-05 08:00", leveled, "D-01", "D-02", "D-03", "D-04", "D-05", "D-06")
	decide(t, s, "2022-05-06 08:00", leveled, "D-07")
}

// leveled finds by the last digit of a code: 1 and 5 fail what blocks, 2 lacks records, 3 and 6 are warned, the others are in order.
func leveled(s *criteria.Snapshot, at calendar.Instant) criteria.Report {
	fail := criteria.Finding{Code: "nat.latest_negative", Status: criteria.Fail, Severity: policy.Block, Observed: locale.Say("%d/%d", 171, 186), Reason: locale.Say("15人"),
		Subjects: []criteria.Subject{{Kind: criteria.Worker, ID: 7, Name: "丙"}}}
	unknown := criteria.Finding{Code: "room.occupancy", Status: criteria.Unknown, Severity: policy.Block, Reason: locale.Say("无记录")}
	warned := criteria.Finding{Code: "dis.frequency", Status: criteria.Warned, Severity: policy.Warn, Reason: locale.Say("少一次")}
	passed := criteria.Finding{Code: "org.plan", Status: criteria.Pass, Severity: policy.Block}
	found := map[byte][]criteria.Finding{'1': {warned, fail}, '2': {unknown}, '3': {warned}, '5': {unknown, fail}, '6': {warned}}[s.Section.Code[3]]
	return criteria.Report{SectionID: s.Section.ID, At: at, Policy: "test", PolicyVersion: 1, Headcount: 10 * int(s.Section.Code[3]-'0'), HousedOnSite: 5,
		Findings: append([]criteria.Finding{passed}, found...)}
}

func codesOf(rows []store.Standing) string {
	var codes []string
	for _, r := range rows {
		codes = append(codes, strings.TrimPrefix(r.Code, "D-0"))
	}
	return strings.Join(codes, "")
}

func TestDeskFiltersSortsAndPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		deskDistrict(t, s)
		for _, tt := range []struct {
			name string
			f    store.DeskFilter
			want string
		}{
			{"the most urgent first", store.DeskFilter{}, "51286374"},
			{"serious", store.DeskFilter{Levels: []criteria.Level{criteria.Serious}}, "51"},
			{"nothing recorded, or never judged", store.DeskFilter{Levels: []criteria.Level{criteria.NoData}}, "28"},
			{"warned", store.DeskFilter{Levels: []criteria.Level{criteria.Warning}}, "63"},
			{"in order, by code", store.DeskFilter{Levels: []criteria.Level{criteria.InOrder}, Sort: "code"}, "47"},
			{"two levels", store.DeskFilter{Levels: []criteria.Level{criteria.Serious, criteria.Warning}, Sort: "code", Backwards: true}, "6531"},
			{"by verdict", store.DeskFilter{Verdict: "unmet", Sort: "code"}, "125"},
			{"never judged", store.DeskFilter{Verdict: "none"}, "8"},
			{"a street", store.DeskFilter{Street: "南安桥街道", Sort: "code"}, "2468"},
			{"a state", store.DeskFilter{State: site.Suspended}, "4"},
			{"a reason", store.DeskFilter{Reason: "住宿不达标", Sort: "code"}, "18"},
			{"no reason given", store.DeskFilter{Reason: store.NoReason}, "3"},
			{"at rest", store.DeskFilter{AtRest: true, Sort: "code"}, "1348"},
			{"a criterion found wanting", store.DeskFilter{Criteria: []criteria.Code{"room.occupancy", "dis.frequency"}, Found: true, Sort: "code"}, "136"},
			{"a criterion", store.DeskFilter{Criteria: []criteria.Code{"room.occupancy"}, Sort: "code"}, "25"},
			{"one of two criteria", store.DeskFilter{Criteria: []criteria.Code{"room.occupancy", "nat.latest_negative"}, Sort: "code"}, "125"},
			{"part of a name", store.DeskFilter{Query: "项目1", Sort: "code"}, "34"},
			{"part of a code in small letters", store.DeskFilter{Query: "d-05"}, "5"},
			{"the builder", store.DeskFilter{Query: "江畔", Sort: "heads"}, "76543218"},
			{"a sign of the pattern is itself", store.DeskFilter{Query: "%"}, ""},
			{"a quote", store.DeskFilter{Query: "'?"}, ""},
			{"by heads, fewest first", store.DeskFilter{Sort: "heads", Backwards: true}, "81234567"},
			{"by street and code", store.DeskFilter{Sort: "street"}, "24681357"},
			{"by an unknown order", store.DeskFilter{Sort: "nosuch", Street: "学苑街道"}, "5137"},
		} {
			rows, err := s.Desk(t.Context(), account.Everywhere(), tt.f, 0, 50)
			if got := codesOf(rows); err != nil || got != tt.want {
				t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
			}
			paged := ""
			for offset := 0; offset < len(tt.want); offset += 3 {
				page, err := s.Desk(t.Context(), account.Everywhere(), tt.f, offset, 3)
				if err != nil {
					t.Fatal(err)
				}
				paged += codesOf(page)
			}
			if paged != tt.want {
				t.Errorf("%s, in pages of three: %q", tt.name, paged)
			}
			for i, digit := range tt.want {
				for _, hint := range []int{0, i + 1, i, 99} {
					place, err := s.DeskPlace(t.Context(), account.Everywhere(), tt.f, "D-0"+string(digit), hint)
					want := store.Place{Position: i + 1, Total: len(tt.want)}
					if i > 0 {
						want.Before = "D-0" + tt.want[i-1:i]
					}
					if i+1 < len(tt.want) {
						want.After = "D-0" + tt.want[i+1:i+2]
					}
					if err != nil || place != want {
						t.Errorf("%s: place of %c, looked for at %d, is %+v, %v", tt.name, digit, hint, place, err)
					}
				}
			}
			codes, err := s.DeskCodes(t.Context(), account.Everywhere(), tt.f, 2)
			if want := min(2, len(tt.want)); err != nil || len(codes) != want {
				t.Errorf("%s: codes %q, %v", tt.name, codes, err)
			}
		}
		if p, err := s.DeskPlace(t.Context(), account.Everywhere(), store.DeskFilter{Street: "学苑街道"}, "D-02", 2); err != nil || p != (store.Place{}) {
			t.Errorf("a section that the filter does not choose: %+v, %v", p, err)
		}
	})
}

func TestDeskShowsWhatWasLastFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		deskDistrict(t, s)
		row := func() store.Standing {
			t.Helper()
			rows, err := s.Desk(t.Context(), account.Everywhere(), store.DeskFilter{Query: "D-05"}, 0, 50)
			if err != nil || len(rows) != 1 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			return rows[0]
		}
		five := row()
		if !five.Judged || five.Verdict != criteria.Unmet || five.Level != criteria.Serious || five.Headcount != 50 || five.HousedOnSite != 5 || five.ProjectName != "项目2" ||
			five.Since != storetest.At("2022-05-05 08:00") || five.EvaluatedAt != five.Since || five.Contractor != "江畔建工" {
			t.Errorf("D-05: %+v", five)
		}
		want := []store.Problem{
			{Code: "nat.latest_negative", Status: "fail", Severity: policy.Block, Have: 171, Of: 186, Subjects: 1},
			{Code: "room.occupancy", Status: "unknown", Severity: policy.Block},
		}
		if d := cmp.Diff(want, five.Problems); d != "" {
			t.Errorf("problems (-want +got):\n%s", d)
		}

		decide(t, s, "2022-05-06 09:00", leveled, "D-05")
		if again := row(); again.Since != five.Since || again.EvaluatedAt != storetest.At("2022-05-06 09:00") {
			t.Errorf("the same found again: since %d, judged %d", again.Since, again.EvaluatedAt)
		}
		mended := func(sn *criteria.Snapshot, at calendar.Instant) criteria.Report {
			r := leveled(sn, at)
			r.Findings = r.Findings[:1]
			return r
		}
		decide(t, s, "2022-05-06 10:00", mended, "D-05")
		if better := row(); better.Level != criteria.InOrder || better.Verdict != criteria.Met || len(better.Problems) != 0 || better.Since != storetest.At("2022-05-06 10:00") {
			t.Errorf("after it was mended: %+v", better)
		}
		storetest.ImportAt(t, s, storetest.At("2022-05-06 11:00"), "sections",
			"项目编号,项目名称,标段编号,标段名称,街道,施工单位,状态,未复工原因\nP2,新名字,D-05,二标段,南安桥街道,江畔建工,停工,资金")
		moved := row()
		if moved.ProjectName != "新名字" || moved.Street != "南安桥街道" || moved.State != site.Suspended || moved.Reason != "资金" || moved.Verdict != criteria.Met || moved.Headcount != 50 {
			t.Errorf("after it was renamed and moved: %+v", moved)
		}
	})
}

// TestDeskKeepsToTheScope: a list, its counts and its places are those of the scope alone, as visible has it.
func TestDeskKeepsToTheScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		deskDistrict(t, s)
		for _, within := range []account.Scope{{}, {Streets: []string{"学苑街道"}}, {Sections: []string{"D-02", "D-08"}},
			{Streets: []string{"学苑街道"}, Sections: []string{"D-02"}}, account.Everywhere()} {
			ids, err := s.SectionIDs(t.Context(), within, store.SectionFilter{})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := s.Desk(t.Context(), within, store.DeskFilter{Sort: "code"}, 0, 50)
			if err != nil {
				t.Fatal(err)
			}
			seen := make([]site.SectionID, len(rows))
			for i := range rows {
				seen[i] = rows[i].ID
			}
			slices.Sort(seen)
			slices.Sort(ids)
			if !slices.Equal(seen, ids) {
				t.Errorf("%+v sees %v, want %v", within, seen, ids)
			}
			tallies, err := s.DeskTallies(t.Context(), within, store.DeskFilter{})
			sections, heads := 0, 0
			for _, tally := range tallies {
				sections += tally.Sections
				heads += tally.Headcount
			}
			want := 0
			for _, r := range rows {
				want += r.Headcount
			}
			if err != nil || sections != len(ids) || heads != want {
				t.Errorf("%+v counts %d sections and %d heads, want %d and %d, %v", within, sections, heads, len(ids), want, err)
			}
			named, err := s.Named(t.Context(), within, []string{"D-08", "D-01", "D-99", "D-08"})
			if got := codesOf(named); err != nil || len(named) > len(ids) || !strings.Contains("81", got) {
				t.Errorf("%+v names %q, %v", within, got, err)
			}
		}
	})
}

func TestStripsSayWhatStoodAtTheEndOfEachDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		deskDistrict(t, s)
		worse := func(s *criteria.Snapshot, at calendar.Instant) criteria.Report {
			failed := criteria.Finding{Code: "room.occupancy", Status: criteria.Fail, Severity: policy.Block}
			return criteria.Report{SectionID: s.Section.ID, At: at, Policy: "test", PolicyVersion: 1, Findings: []criteria.Finding{failed}}
		}
		decide(t, s, "2022-05-06 08:30", worse, "D-04", "D-07") // a second time on that day
		rows, err := s.Desk(t.Context(), account.Everywhere(), store.DeskFilter{Sort: "code"}, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		ids := make([]site.SectionID, len(rows))
		for i := range rows {
			ids[i] = rows[i].ID
		}
		today := calendar.On(storetest.At("2022-05-06 08:00"), storetest.Shanghai())
		strips, err := s.Strips(t.Context(), account.Everywhere(), ids, today, 3, storetest.Shanghai())
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{",unmet,unmet", ",unmet,unmet", ",conditional,conditional", ",met,unmet", ",unmet,unmet", ",conditional,conditional", ",,unmet", ",,"} {
			if got := strings.Join(strips[ids[i]], ","); got != want {
				t.Errorf("%s: %q, want %q", rows[i].Code, got, want)
			}
		}
		later, err := s.Strips(t.Context(), account.Everywhere(), ids[3:4], today.Add(9), 2, storetest.Shanghai())
		if got := strings.Join(later[ids[3]], ","); err != nil || got != "unmet,unmet" {
			t.Errorf("days after: %q, %v", got, err)
		}
		hidden, err := s.Strips(t.Context(), account.Scope{Sections: []string{"D-02"}}, ids, today, 7, storetest.Shanghai())
		if err != nil || len(hidden) != 1 || len(hidden[ids[1]]) != 7 {
			t.Errorf("outside the scope: %v, %v", hidden, err)
		}
	})
}

func TestWhatHasReportedIsCountedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		deskDistrict(t, s)
		storetest.Import(t, s, "checklists", `标段编号,日期,提交时间,项目编号,答案
D-01,2022-05-06,2022-05-06 07:00,B1,是
D-01,2022-05-06,2022-05-06 07:30,B1,否
D-02,2022-05-06,2022-05-06 07:00,B1,是
D-03,2022-05-05,2022-05-05 07:00,B1,是
D-07,2022-05-06,2022-05-06 07:00,B1,是`) // which is finished
		for _, tt := range []struct {
			within account.Scope
			filter store.DeskFilter
			want   int
		}{
			{account.Everywhere(), store.DeskFilter{}, 2},
			{account.Everywhere(), store.DeskFilter{Query: "d-02"}, 1},
			{account.Everywhere(), store.DeskFilter{Query: "d-03"}, 0},
			{account.Scope{Sections: []string{"D-01", "D-04"}}, store.DeskFilter{}, 1},
			{account.Scope{Sections: []string{"D-04"}}, store.DeskFilter{}, 0},
		} {
			n, err := s.DeskReported(t.Context(), tt.within, tt.filter, calendar.Day(2022, 5, 6))
			if err != nil || n != tt.want {
				t.Errorf("%+v, %+v: %d, %v, want %d", tt.within, tt.filter, n, err, tt.want)
			}
		}
	})
}

func TestRouteKeepsItsOrderForTheDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		deskDistrict(t, s)
		u := someone(t, s, "zhou", account.District).ID
		day := calendar.On(storetest.At("2022-05-06 08:00"), storetest.Shanghai())
		change := func(within account.Scope, codes ...string) error {
			return s.ChangeRoute(t.Context(), within, u, day, audit.Act{Actor: "zhou"}, storetest.At("2022-05-06 08:00"), func([]string) []string { return codes })
		}
		route := func(within account.Scope, d calendar.Date) string {
			t.Helper()
			codes, err := s.Route(t.Context(), within, u, d)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(codes, " ")
		}
		if err := change(account.Everywhere(), "D-05", "D-01", "D-99", "D-08", "D-01"); err != nil {
			t.Fatal(err)
		}
		if got := route(account.Everywhere(), day); got != "D-05 D-01 D-08" {
			t.Errorf("the route is %q", got)
		}
		if got := route(account.Scope{Streets: []string{"学苑街道"}}, day); got != "D-05 D-01" {
			t.Errorf("within one street it is %q", got)
		}
		if got := route(account.Everywhere(), day.Add(1)); got != "" {
			t.Errorf("tomorrow's is %q", got)
		}
		if err := change(account.Everywhere()); err != nil || route(account.Everywhere(), day) != "" {
			t.Errorf("emptied: %v", err)
		}
		if err := change(account.Everywhere(), slices.Repeat([]string{"D-01"}, store.RouteLimit+1)...); err != nil {
			t.Errorf("one stop named often: %v", err)
		}
	})
}
