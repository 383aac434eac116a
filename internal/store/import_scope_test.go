package store_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// own is the scope of the manager of the first section; mai and his section lie outside it.
func own() account.Scope { return account.Scope{Sections: []string{"XY-01"}} }

// bring takes a table in as somebody with a scope.
func bring(t *testing.T, s *store.Store, within account.Scope, kind, csv string) intake.Report {
	t.Helper()
	up := storetest.Upload(storetest.At(morning), kind, csv)
	up.Within = within
	r, _, err := s.Import(t.Context(), up)
	if err != nil {
		t.Fatalf("import %s: %v", kind, err)
	}
	return r
}

// TestSectionsOutsideAreUnknown holds that a section outside the scope and one that does not exist cannot be told apart, in any
// kind of table.
func TestSectionsOutsideAreUnknown(t *testing.T) {
	rows := map[string]string{
		"roster":       "标段编号,姓名,证件号码,进场时间\nXY-02,王小明,320699199003070013,2022-04-01",
		"rooms":        "标段编号,房间号,使用面积,床位数\nXY-02,B-1,16,6",
		"areas":        "标段编号,区域编号,区域名称,区域类型\nXY-02,Q1,食堂,食堂",
		"stays":        "证件号码,标段编号,房间号,入住时间\n320699199003070013,XY-02,B-1,2022-05-01",
		"disinfection": "标段编号,区域编号,消毒时间\nXY-02,Q1,2022-05-05 07:00",
		"gate":         "标段编号,证件号码,时间,方向\nXY-02,320699199003070013,2022-05-05 09:00,进",
		"stock":        "标段编号,日期,物资,结存\nXY-02,2022-05-05,口罩,100",
		"documents":    "标段编号,类型,签发日期\nXY-02,应急预案,2022-05-05",
		"checklists":   "标段编号,日期,提交时间,项目编号,答案\nXY-02,2022-05-05,2022-05-05 09:00,B1,是",
	}
	masked := "标段编号,姓名,证件号码,进场时间\nXY-02,王小明,3206**********0013,2022-04-01"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		storetest.Import(t, s, "rooms", "标段编号,房间号,使用面积,床位数\nXY-02,B-1,16,6")
		storetest.Import(t, s, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-02,Q1,食堂,食堂")
		compare := func(kind, csv string) {
			t.Helper()
			outside := bring(t, s, own(), kind, csv)
			expect(t, outside, 0, "2 rejected UNKNOWN_SECTION")
			nowhere := bring(t, s, own(), kind, strings.ReplaceAll(csv, "XY-02", "XY-99"))
			if got, want := strings.ReplaceAll(fmt.Sprintf("%+v", outside.Rows), "XY-02", "XY-99"), fmt.Sprintf("%+v", nowhere.Rows); got != want {
				t.Errorf("%s: outside %s, nowhere %s", kind, got, want)
			}
		}
		for kind, csv := range rows {
			compare(kind, csv)
		}
		compare("roster", masked)
		for _, kind := range []string{"sections", "zones"} {
			up := storetest.Upload(storetest.At(morning), kind, sectionsCSV)
			up.Within = own()
			if _, _, err := s.Import(t.Context(), up); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v, want it forbidden", kind, err)
			}
		}
		expect(t, bring(t, s, account.Scope{}, "stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,100"), 0, "2 rejected UNKNOWN_SECTION")
		expect(t, bring(t, s, own(), "stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,100"), 1)
	})
}

// TestPeopleOutsideAreStrangers holds that somebody on a roster elsewhere only cannot be told from somebody on none.
func TestPeopleOutsideAreStrangers(t *testing.T) {
	const stranger = "810000199001010019"
	rows := map[string]string{
		"results":      "证件号码,姓名,采样时间,检测结果,采样管编号,混采人数\n" + mai + ",某人,2022-05-05 07:30,阴性,NT22050501,10",
		"temperatures": "证件号码,姓名,测量时间,体温\n" + mai + ",某人,2022-05-05 07:30,36.5",
		"stays":        "证件号码,姓名,标段编号,房间号,入住时间\n" + mai + ",某人,XY-01,A-1,2022-05-01",
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		storetest.Import(t, s, "rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-1,16,6")
		storetest.Import(t, s, "results", "证件号码,采样时间,检测结果,采样管编号,混采人数\n"+mai+",2022-05-05 07:30,阳性,NT22050501,1")
		for kind, csv := range rows {
			elsewhere := bring(t, s, own(), kind, csv)
			nobody := bring(t, s, own(), kind, strings.ReplaceAll(csv, mai, stranger))
			if kind == "results" { // the tube has no room for anybody
				csv = strings.ReplaceAll(csv, ",10", ",2")
				elsewhere, nobody = bring(t, s, own(), kind, csv), bring(t, s, own(), kind, strings.ReplaceAll(csv, mai, stranger))
			}
			expect(t, elsewhere, 0, "2 quarantined NOT_ON_ROSTER")
			expect(t, nobody, 0, "2 quarantined NOT_ON_ROSTER")
			if got, want := elsewhere.Rows[0].Message, strings.ReplaceAll(nobody.Rows[0].Message, "0019", "0055"); got != want {
				t.Errorf("%s: %q and %q tell who is known", kind, got, want)
			}
		}
		mismatch := bring(t, s, own(), "roster", "标段编号,姓名,证件号码,进场时间\nXY-01,某人,"+mai+",2022-05-01")
		expect(t, mismatch, 0, "2 quarantined NAME_MISMATCH")
		gate := bring(t, s, own(), "gate", "标段编号,姓名,证件号码,时间,方向\nXY-01,某人,"+mai+",2022-05-05 09:00,进")
		expect(t, gate, 0, "2 quarantined NAME_MISMATCH")
		for _, r := range []intake.Report{mismatch, gate} {
			if strings.Contains(r.Rows[0].Message, "买买提") {
				t.Errorf("%s tells a name: %s", r.Kind, r.Rows[0].Message)
			}
		}
		inside := bring(t, s, own(), "results", head+"\n"+wang+",2022-05-05 08:00,阴性,,,")
		expect(t, inside, 1)
	})
}

// TestFactsOfThoseWhoLeft holds that a manager brings facts about people from before they came and until they leave.
func TestFactsOfThoseWhoLeft(t *testing.T) {
	row := func(at string) string {
		return "证件号码,采样时间,检测结果\n" + wang + "," + at + ",阴性"
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		storetest.Import(t, s, "roster", "标段编号,姓名,证件号码,进场时间,退场时间,手机号码,班组,人员类别\nXY-01,王小明,"+wang+",2022-04-01 08:00,2022-05-04 18:00,13812345678,钢筋班,劳务")
		expect(t, bring(t, s, own(), "results", row("2022-03-31 07:00")), 1)
		expect(t, bring(t, s, own(), "results", row("2022-05-04 17:00")), 1)
		expect(t, bring(t, s, own(), "results", row("2022-05-04 19:00")), 0, "2 quarantined NOT_ON_ROSTER")
		expect(t, take(t, s, morning, "results", row("2022-05-04 19:00")), 1)
	})
}

// TestBedElsewhereIsNotTold holds that the bed somebody has on another section is told without where and since when.
func TestBedElsewhereIsNotTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		storetest.Import(t, s, "rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-1,16,6\nXY-02,B-1,16,6")
		storetest.Import(t, s, "stays", "证件号码,标段编号,房间号,入住时间\n"+wang+",XY-02,B-1,2022-05-01")
		r := bring(t, s, own(), "stays", "证件号码,标段编号,房间号,入住时间\n"+wang+",XY-01,A-1,2022-05-02")
		expect(t, r, 0, "2 rejected OVERLAP")
		if strings.Contains(r.Rows[0].Message, "05-01") || strings.Contains(r.Rows[0].Message, "B-1") {
			t.Errorf("told: %s", r.Rows[0].Message)
		}
	})
}

// TestPositivesAreTakenBackByOthers holds that who sees a part of the district may correct a result, but not undo a positive.
func TestPositivesAreTakenBackByOthers(t *testing.T) {
	row := func(outcome, reported string) string {
		return head + wang + ",2022-05-05 07:30," + outcome + "," + reported + ",,"
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		expect(t, bring(t, s, own(), "results", row("无效", "2022-05-05 18:00")), 1)
		expect(t, bring(t, s, own(), "results", row("阳性", "2022-05-05 19:00")), 1)
		expect(t, bring(t, s, own(), "results", row("阴性", "2022-05-05 20:00")), 0, "2 quarantined TUBE_CONFLICT")
		if got := found(t, s); !slices.Equal(got, []string{"0013 阳性"}) {
			t.Errorf("stands %q", got)
		}
		expect(t, take(t, s, morning, "results", row("阴性", "2022-05-05 20:00")), 1)
	})
}

// TestCasesBelongToWhoBroughtThem holds that a row kept aside that names no section is seen by whoever sees all that was seen by
// the one who brought it, and by nobody else.
func TestCasesBelongToWhoBroughtThem(t *testing.T) {
	both := account.Scope{Sections: []string{"XY-01", "XY-02"}}
	const row = "证件号码,采样时间,检测结果\n810000199001010019,2022-05-05,阴性"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		for _, within := range []account.Scope{account.Everywhere(), both, own(), own()} {
			expect(t, bring(t, s, within, "results", row), 0, "2 quarantined NOT_ON_ROSTER")
		}
		for _, test := range []struct {
			within account.Scope
			want   int
		}{
			{account.Everywhere(), 3}, {both, 2}, {account.Scope{Streets: []string{"学苑街道", "南安桥街道"}}, 2}, {own(), 1},
			{account.Scope{Sections: []string{"XY-02"}}, 0}, {account.Scope{}, 0},
		} {
			cases, err := s.Quarantined(t.Context(), test.within)
			if err != nil || len(cases) != test.want {
				t.Errorf("%+v sees %d, want %d: %v", test.within, len(cases), test.want, err)
			}
		}
		all, _ := s.Quarantined(t.Context(), account.Everywhere())
		if err := s.DecideCase(t.Context(), own(), act(""), all[0].ID, "dismissed", storetest.At(morning)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a case of the district decided by a manager: %v", err)
		}
		mine, _ := s.Quarantined(t.Context(), own())
		if err := s.DecideCase(t.Context(), own(), act(""), mine[0].ID, "dismissed", storetest.At(morning)); err != nil {
			t.Error(err)
		}
	})
}

// TestTakeInOnce holds that a request that comes again changes nothing and gets what became of the first, and that another table
// under its name is refused.
func TestTakeInOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		up := storetest.Upload(storetest.At(morning), "temperatures", "证件号码,测量时间,体温\n"+wang+",2022-05-05 07:30,36.5\n"+mai+",2022-05-05 07:30,36.5")
		up.Within = own()
		r := store.Request{User: someone(t, s, "li", account.Manager, "XY-01").ID, Key: "0123456789abcdef", Content: "x"}
		first, err := s.TakeIn(t.Context(), up, r)
		if err != nil || first.Replayed || first.Report.Accepted != 1 || first.Report.Quarantined != 1 || first.Batch == 0 || len(first.Sections) != 1 {
			t.Fatalf("got %+v, %v", first, err)
		}
		again, err := s.TakeIn(t.Context(), up, r)
		if err != nil || !again.Replayed || again.Batch != first.Batch || !slices.Equal(again.Sections, first.Sections) || !reflect.DeepEqual(again.Report.Rows, first.Report.Rows) {
			t.Errorf("again %+v, %v", again, err)
		}
		r.Content = "y"
		if _, err := s.TakeIn(t.Context(), up, r); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another request under the same key: %v", err)
		}
	})
}

// TestOwnTableNeedNotNameTheOnlySection: of who sees one section, a table without numbers of sections speaks of that one; of anybody else
// it is refused as before, and what a table does say is not changed.
func TestOwnTableNeedNotNameTheOnlySection(t *testing.T) {
	const nameless = "班组,姓名,身份证号,进场时间\n木工班,王小明,320699199003070013,2022-04-01"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", twoSections)
		for _, within := range []account.Scope{account.Everywhere(), {Sections: []string{"XY-01", "XY-02"}}, {Streets: []string{"小塘街道"}}, {Sections: []string{"XY-01"}, Streets: []string{"小塘街道"}}, {}} {
			up := storetest.Upload(storetest.At(morning), "roster", nameless)
			up.Within = within
			if _, _, err := s.Import(t.Context(), up); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "缺少列：标段编号") {
				t.Errorf("within %+v: %v", within, err)
			}
		}
		only := account.Scope{Sections: []string{"XY-02"}}
		expect(t, bring(t, s, only, "roster", nameless), 1)
		expect(t, bring(t, s, only, "roster", "标段编号,姓名,证件号码,进场时间\nXY-01,李四,320699198511120027,2022-04-01\n,李四,320699198511120027,2022-04-01"), 0,
			"2 rejected UNKNOWN_SECTION", "3 rejected MISSING")
		members, err := s.Members(t.Context(), account.Everywhere(), ids(codesByID(t, s))[1])
		if err != nil || len(members) != 1 || members[0].Name != "王小明" {
			t.Errorf("on the section: %+v, %v", members, err)
		}
	})
}
