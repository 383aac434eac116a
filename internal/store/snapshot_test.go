package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// week is a window that reaches back to the morning of 29 April.
func week() criteria.Window {
	start := storetest.At("2022-04-29 08:00")
	return criteria.Window{Results: start, Temperatures: start, Disinfections: start, Passages: start, Answers: calendar.Day(2022, 4, 29)}
}

// read gives the snapshots of sections by what was known at an instant; an empty one means everything.
func read(t *testing.T, s *store.Store, w criteria.Window, knownAt string, codes ...string) []*criteria.Snapshot {
	t.Helper()
	ids, err := s.SectionIDs(t.Context(), account.Everywhere(), store.SectionFilter{Codes: codes})
	if err != nil {
		t.Fatal(err)
	}
	var k calendar.Instant
	if knownAt != "" {
		k = storetest.At(knownAt)
	}
	var all []*criteria.Snapshot
	err = s.Snapshots(t.Context(), ids, w, k, func(snapshot *criteria.Snapshot) error {
		all = append(all, snapshot)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func person(t *testing.T, s *criteria.Snapshot, name string) roster.Enrolment {
	t.Helper()
	for _, p := range s.People {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("%s is not on %s", name, s.Section.Code)
	return roster.Enrolment{}
}

// fill imports a little of every register for the two sections of district.
func fill(t *testing.T, s *store.Store) {
	t.Helper()
	district(t, s)
	for _, table := range []struct{ kind, csv string }{
		{"zones", `
			范围类型,范围,级别,开始时间,结束时间
			街道,学苑街道,管控区,2022-05-01 00:00,
			标段,XY-02,封控区,2022-05-01 00:00,2022-05-03 00:00`},
		{"rooms", `
			标段编号,房间号,使用面积,床位数,楼栋,用途
			XY-01,A-202,16.0,6,A,宿舍
			XY-01,A-201,15.5,6,A,宿舍
			XY-02,B-101,12,4,B,隔离`},
		{"stays", `
			证件号码,标段编号,房间号,入住时间,离开时间
			320699199003070013,XY-01,A-201,2022-04-01 20:00,
			320699198511120027,XY-02,B-101,2022-04-02 20:00,
			320699198810010055,XY-01,A-201,2022-04-03 20:00,`},
		{"results", `
			证件号码,采样时间,检测结果,采样管编号,报告时间
			320699199003070013,2022-04-10 08:00,阳性,T1,2022-04-10 20:00
			320699199003070013,2022-04-20 08:00,阴性,T2,2022-04-20 20:00
			320699199003070013,2022-04-22 08:00,阴性,T3,2022-04-22 20:00
			320699199003070013,2022-04-24 08:00,检测中,T4,
			320699199003070013,2022-05-05 08:00,阴性,T5,2022-05-05 20:00
			320699198810010055,2022-05-04 08:00,阴性,T6,2022-05-04 20:00`},
		{"temperatures", `
			证件号码,测量时间,体温
			320699199003070013,2022-04-20 07:00,36.5
			320699199003070013,2022-04-21 07:00,37.4
			320699199003070013,2022-04-22 07:00,36.6
			320699199003070013,2022-05-05 07:00,36.5
			320699198511120027,2022-04-22 07:00,36.6`},
		{"areas", `
			标段编号,区域编号,区域名称,区域类型
			XY-01,Q2,食堂,食堂
			XY-01,Q1,宿舍A栋,宿舍`},
		{"disinfection", `
			标段编号,区域编号,消毒时间,药剂,浓度,作用时间,操作人
			XY-01,Q1,2022-05-05 14:00,84消毒液,500,30,老周
			XY-01,Q2,2022-05-05 07:00,84消毒液,500,30,老周
			XY-01,Q1,2022-04-05 14:00,84消毒液,500,30,老周`},
		{"stock", `
			标段编号,日期,物资,结存,日人均用量
			XY-01,2022-04-10,口罩,900,1
			XY-01,2022-04-11,口罩,800,
			XY-01,2022-05-05,消毒液,10.5,0.1`},
		{"checklists", `
			标段编号,日期,提交时间,项目编号,答案,备注
			XY-01,2022-04-10,2022-04-10 16:00,B1,是,
			XY-01,2022-04-11,2022-04-11 16:00,B1,否,门坏了
			XY-01,2022-05-05,2022-05-05 16:00,B2,是,
			XY-01,2022-05-05,2022-05-05 15:00,B1,是,`},
		{"gate", `
			标段编号,证件号码,时间,方向,事由,审批人
			XY-01,320699199003070013,2022-04-10 08:00,进,,
			XY-01,320699199003070013,2022-04-11 08:00,出,就医,周经理
			XY-01,320699199602290042,2022-04-12 09:00,进,送货,
			XY-01,320699199003070013,2022-05-05 08:00,进,,`},
		{"documents", `
			标段编号,类型,签发日期,到期日期
			XY-01,承诺书,2022-04-01,2022-12-31
			XY-01,应急预案,2022-04-02,`},
	} {
		storetest.Import(t, s, table.kind, table.csv)
	}
}

func TestSnapshotHoldsTheWindowAndWhatIsAlwaysRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fill(t, s)
		both := read(t, s, week(), "")
		if len(both) != 2 {
			t.Fatalf("%d snapshots, want those of two sections", len(both))
		}
		one, two := both[0], both[1]
		got := [...]int{
			len(one.Zones), len(one.People), len(one.Guests), len(one.Results), len(one.Temperatures), len(one.Rooms), len(one.Stays),
			len(one.Areas), len(one.Disinfections), len(one.Answers), len(one.Stocks), len(one.Passages), len(one.Documents),
		}
		want := [...]int{1, 2, 1, 5, 3, 2, 3, 2, 3, 3, 2, 3, 2}
		if got != want {
			t.Errorf("rows of XY-01 by register\n got %v\nwant %v", got, want)
		}
		tubes := ""
		for _, r := range one.Results {
			tubes += r.Tube + " "
		}
		if tubes != "T1 T2 T3 T4 T5 " {
			t.Errorf("results %q, want all since the positive of long ago", tubes)
		}
		if one.Temperatures[0].At != storetest.At("2022-04-21 07:00") || one.Temperatures[0].Tenths != 374 {
			t.Errorf("temperatures begin with %+v, want the fever", one.Temperatures[0])
		}
		if one.Rooms[0].Number != "A-201" || one.Rooms[0].AreaCM2 != 155000 || one.Areas[0].Code != "Q1" {
			t.Errorf("rooms %+v, areas %+v: not in order", one.Rooms, one.Areas)
		}
		if one.Answers[0].Remark != "门坏了" || one.Answers[1].Item != "B1" || one.Stocks[0].Quantity != 800000 || one.Stocks[0].DailyUse != -1 {
			t.Errorf("answers %+v, stocks %+v: not the last before the window, in order", one.Answers, one.Stocks)
		}
		for _, p := range one.Passages {
			switch {
			case p.At == storetest.At("2022-04-11 08:00"), p.At == storetest.At("2022-05-05 08:00"), p.Name == "" && p.Reason != "":
			default:
				t.Errorf("passage %+v: want each person's last before the window and those in it", p)
			}
		}
		guest := one.Guests[0]
		if guest.Name != "买买提·艾力" || one.SectionCodes[guest.SectionID] != "XY-02" || one.SectionCodes[one.Section.ID] != "XY-01" {
			t.Errorf("guest %+v of %v", guest, one.SectionCodes)
		}
		if len(two.Stays) != 2 || len(two.People) != 1 || len(two.Guests) != 1 || len(two.Results) != 1 || two.Guests[0].Name != "李红" {
			t.Errorf("XY-02: stays %+v, guests %+v", two.Stays, two.Guests)
		}
		if two.Zones[0].Level != site.Locked || one.Section.Street != "学苑街道" || one.Section.Phone != "" ||
			!person(t, one, "王小明").HasPhone || person(t, one, "李红").HasPhone {
			t.Errorf("sections %+v, zones %+v", one.Section, two.Zones)
		}
		if papers := one.Documents; papers[0].Type != "应急预案" || !papers[0].ExpiresOn.IsZero() || papers[1].ExpiresOn != calendar.Day(2022, 12, 31) {
			t.Errorf("documents %+v", papers)
		}
	})
}

// TestSnapshotOfEarlierKnowledge corrects a row of each register and asks for what was known before and after.
func TestSnapshotOfEarlierKnowledge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fill(t, s)
		before := read(t, s, week(), "")
		for _, table := range []struct{ kind, csv string }{
			{"sections", "项目编号,项目名称,标段编号,标段名称,街道\nXY,学苑示范项目,XY-01,一标段（改）,南安桥街道"},
			{"zones", "范围类型,范围,级别,开始时间,结束时间\n街道,学苑街道,管控区,2022-05-01 00:00,2022-05-04 00:00"},
			{"roster", "标段编号,姓名,证件号码,进场时间,退场时间,班组\nXY-01,王小明,320699199003070013,2022-04-01 08:00,2022-05-05 12:00,钢筋班"},
			{"rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-201,10,9"},
			{"areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,Q1,隔离区,隔离"},
			{"results", "证件号码,采样时间,检测结果,采样管编号,报告时间\n320699199003070013,2022-04-24 08:00,阳性,T4,2022-05-05 23:00\n320699199003070013,2022-05-05 21:00,阴性,T9,2022-05-06 08:30"},
			{"stays", "证件号码,标段编号,房间号,入住时间,离开时间\n320699199003070013,XY-01,A-201,2022-04-01 20:00,2022-05-05 12:00"},
			{"disinfection", "标段编号,区域编号,消毒时间,药剂,浓度\nXY-01,Q1,2022-05-05 14:00,酒精,75"},
			{"stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,消毒液,3"},
			{"documents", "标段编号,类型,签发日期,到期日期\nXY-01,承诺书,2022-04-01,2022-05-01"},
		} {
			storetest.ImportAt(t, s, storetest.At("2022-05-06 09:00"), table.kind, table.csv)
		}
		ignored := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".DataAt" }, cmp.Ignore())
		exact := cmp.AllowUnexported(calendar.Date{})
		if d := cmp.Diff(before, read(t, s, week(), "2022-05-06 08:59"), ignored, exact); d != "" {
			t.Errorf("known before the corrections (-want +got):\n%s", d)
		}
		after := read(t, s, week(), "")
		if d := cmp.Diff(after, read(t, s, week(), "2022-05-06 09:00"), ignored, exact); d != "" {
			t.Errorf("known after the corrections (-want +got):\n%s", d)
		}
		one := after[0]
		if one.Section.Name != "一标段（改）" || person(t, one, "王小明").LeftAt == 0 || one.Rooms[0].Beds != 9 || one.Areas[0].Name != "隔离区" ||
			one.Stocks[1].Quantity != 3000 || one.Disinfections[len(one.Disinfections)-1].Agent != "酒精" || len(one.Results) != 6 {
			t.Errorf("the corrections are not seen: %+v", one)
		}
		if early := read(t, s, week(), "2022-05-06 07:00"); early[0].Section.Name != "" || len(early[0].People) != 0 {
			t.Errorf("known before anything was recorded: %+v", early[0])
		}
	})
}

// TestSnapshotsCrossChunks reads more sections than go into one chunk and finds each once, in the order asked for.
func TestSnapshotsCrossChunks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		csv := "项目编号,项目名称,标段编号,标段名称,街道"
		for i := range 230 {
			csv += "\nXY,学苑示范项目,S" + string(rune('A'+i/26)) + string(rune('A'+i%26)) + ",标段,学苑街道"
		}
		storetest.Import(t, s, "sections", csv)
		last := ""
		for _, snapshot := range read(t, s, week(), "") {
			if snapshot.Section.Code <= last {
				t.Fatalf("%s comes after %s", snapshot.Section.Code, last)
			}
			last = snapshot.Section.Code
		}
		if last != "SIV" {
			t.Errorf("the last of 230 sections is %s", last)
		}
		err := s.Snapshots(t.Context(), []site.SectionID{1, 9999}, week(), 0, func(*criteria.Snapshot) error { return nil })
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a section that is not there: %v", err)
		}
	})
}

func TestTailsOpenOnlyTheSealsAskedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		one := read(t, s, week(), "", "XY-01")[0]
		id := person(t, one, "李红").WorkerID
		tails, err := s.Tails(t.Context(), account.Everywhere(), []roster.WorkerID{id})
		if err != nil || len(tails) != 1 || tails[id] != "0027" {
			t.Errorf("tails = %v, %v, want only that of 李红, 0027", tails, err)
		}
	})
}
