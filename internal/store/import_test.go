package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const (
	sectionsCSV = `
		项目编号,项目名称,标段编号,标段名称,街道,社区,联系电话
		XY,学苑示范项目,XY-01,一标段,学苑街道,五一社区,13800001234
		XY,学苑示范项目,XY-02,二标段,南安桥街道,北濠社区,`
	rosterCSV = `
		标段编号,姓名,证件号码,进场时间,手机号码,班组,人员类别
		XY-01,王小明,320699199003070013,2022-04-01 08:00,13812345678,钢筋班,劳务
		XY-01,李红,320699198511120027,2022-04-01 08:00,,木工班,劳务
		XY-02,买买提·艾力,320699198810010055,2022-04-01 08:00,13987654321,木工班,劳务`
)

// district imports two sections and three people.
func district(t *testing.T, s *store.Store) {
	t.Helper()
	storetest.Import(t, s, "sections", sectionsCSV)
	storetest.Import(t, s, "roster", rosterCSV)
}

// outcomes writes what became of the rows that were not plainly accepted, as "line outcome CODE".
func outcomes(r intake.Report) []string {
	var all []string
	for _, p := range r.Rows {
		all = append(all, fmt.Sprintf("%d %s %s", p.Line, p.Outcome, p.Code))
		if p.Message == "" {
			all = append(all, "without a message")
		}
	}
	return all
}

func expect(t *testing.T, r intake.Report, accepted int, want ...string) {
	t.Helper()
	if r.Accepted != accepted || !slices.Equal(outcomes(r), want) {
		t.Errorf("%s: accepted %d, want %d\n got %q\nwant %q", r.Kind, r.Accepted, accepted, outcomes(r), want)
		for _, p := range r.Rows {
			t.Logf("  %d: %s", p.Line, p.Message)
		}
	}
}

func take(t *testing.T, s *store.Store, now, kind, csv string) intake.Report {
	t.Helper()
	r, _ := storetest.Take(t, s, storetest.At(now), kind, csv)
	return r
}

const morning = "2022-05-06 08:00"

func TestDirtyImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionsCSV)
		storetest.Import(t, s, "roster", `
			标段编号,姓名,证件号码,进场时间
			XY-01,赵一,320699199003070013,2022-04-01
			XY-01,赵二,32069919910412018X,2022-04-01
			XY-01,王小明,320699198511120027,2022-04-01
			XY-01,赵四,320699199602290042,2022-04-01
			XY-01,赵五,320699198810010055,2022-04-01`)
		const file = `
			证件号码,姓名,采样时间,检测结果,报告时间,采样管编号
			320699199003070013,赵一,2022-05-05 07:30,阴性,2022-05-05 19:00,
			"32069919910412018x  ",赵二,2022-05-05 07:31,阴性,2022-05-05 19:00,
			3.20699E+17,赵三,2022-05-05 07:32,阴性,2022-05-05 19:00,
			320699199003070014,赵一,2022-05-05 07:33,阴性,2022-05-05 19:00,
			320699198511120027,王晓明,2022-05-05 07:34,阴性,2022-05-05 19:00,
			320699199003070013,赵一,2022-05-05 07:30,阴性,2022-05-05 19:00,
			320699199602290042,赵四,2022-05-05 07:35,阴性(-),2022-05-05 19:00,
			320699198810010055,赵五,2022-05-05 07:36,1,2022-05-05 19:00,
			320699198810010055,赵五,2022-05-05 20:00,阴性,2022-05-05 19:00,
			320699198810010055,赵五,2022-05-07 07:00,阴性,,
			810000199001010019,陈生,2022-05-05 07:38,阴性,2022-05-05 19:00,
			３２０６９９１９８８１００１００５５,赵五,2022-05-05 07:39,阴性,2022-05-05 19:00,`
		want := []string{
			"4 rejected ID_SCI", "5 rejected ID_CHECKSUM", "6 quarantined NAME_MISMATCH", "7 duplicate DUPLICATE",
			"9 rejected RESULT_CODE", "10 rejected TIME_ORDER", "11 rejected FUTURE", "12 quarantined NOT_ON_ROSTER",
		}
		up := storetest.Upload(storetest.At(morning), "results", file)
		up.DryRun = true
		preview, touched, err := s.Import(t.Context(), up)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, preview, 4, want...)
		if !preview.DryRun || len(touched) != 0 {
			t.Errorf("preview: dry run %v, touched %v", preview.DryRun, touched)
		}
		if _, rows, _ := s.Export(t.Context(), storetest.Order("results")); len(rows) != 0 {
			t.Errorf("a preview left %d rows", len(rows))
		}
		r := take(t, s, morning, "results", file)
		expect(t, r, 4, want...)
		if r.Duplicate != 1 || r.Quarantined != 2 || r.Rejected != 5 {
			t.Errorf("counts %+v", r)
		}
		again := take(t, s, "2022-05-06 08:01", "results", file)
		expect(t, again, 0, "2 duplicate DUPLICATE", "3 duplicate DUPLICATE", "4 rejected ID_SCI", "5 rejected ID_CHECKSUM",
			"6 quarantined NAME_MISMATCH", "7 duplicate DUPLICATE", "8 duplicate DUPLICATE", "9 rejected RESULT_CODE",
			"10 rejected TIME_ORDER", "11 rejected FUTURE", "12 quarantined NOT_ON_ROSTER", "13 duplicate DUPLICATE")
		if cases, err := s.Quarantined(t.Context(), account.Everywhere()); err != nil || len(cases) != 2 {
			t.Errorf("kept aside after two imports: %d, %v", len(cases), err)
		}
		bad := take(t, s, morning, "results", "证件号码,采样时间,检测结果\n32069919780229003X,2022-05-05 07:30,阴性")
		expect(t, bad, 0, "2 rejected ID_DATE")
	})
}

func TestRowsThatNameWhatNobodyKnows(t *testing.T) {
	cases := []struct{ kind, csv, want string }{
		{"roster", "标段编号,姓名,证件号码,进场时间\nXY-99,王小明,320699199003070013,2022-04-01", "2 rejected UNKNOWN_SECTION"},
		{"rooms", "标段编号,房间号,使用面积,床位数\nXY-99,A-1,16,6", "2 rejected UNKNOWN_SECTION"},
		{"areas", "标段编号,区域编号,区域名称,区域类型\nXY-99,Q1,食堂,食堂", "2 rejected UNKNOWN_SECTION"},
		{"zones", "范围类型,范围,级别,开始时间\n标段,XY-99,封控区,2022-05-01", "2 rejected UNKNOWN_SECTION"},
		{"stays", "证件号码,标段编号,房间号,入住时间\n320699199003070013,XY-01,Z-9,2022-05-01", "2 rejected UNKNOWN_ROOM"},
		{"stays", "证件号码,标段编号,房间号,入住时间\n810000199001010019,XY-01,A-201,2022-05-01", "2 quarantined NOT_ON_ROSTER"},
		{"disinfection", "标段编号,区域编号,消毒时间\nXY-01,Q9,2022-05-05 07:00", "2 rejected UNKNOWN_AREA"},
		{"disinfection", "标段编号,区域编号,消毒时间\nXY-01,Q1,2022-05-06 09:00", "2 rejected FUTURE"},
		{"temperatures", "证件号码,测量时间,体温\n810000199001010019,2022-05-05 07:00,36.5", "2 quarantined NOT_ON_ROSTER"},
		{"temperatures", "证件号码,测量时间,体温\n320699199003070013,2022-05-06 09:00,36.5", "2 rejected FUTURE"},
		{"gate", "标段编号,证件号码,时间,方向\nXY-01,320699199003070013,2022-05-06 09:00,进", "2 rejected FUTURE"},
		{"stock", "标段编号,日期,物资,结存\nXY-01,2022-05-07,口罩,100", "2 rejected FUTURE"},
		{"checklists", "标段编号,日期,提交时间,项目编号,答案\nXY-01,2022-05-06,2022-05-06 09:00,B1,是", "2 rejected FUTURE"},
		{"roster", "标段编号,姓名,证件号码,进场时间\nXY-01,王大明,320699199003070013,2022-04-01", "2 quarantined NAME_MISMATCH"},
		{"results", "证件号码,采样时间,检测结果\n3206**********0013,2022-05-05,阴性", "2 quarantined ID_MASKED"},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		storetest.Import(t, s, "rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-201,16,6")
		storetest.Import(t, s, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,Q1,食堂,食堂")
		for _, c := range cases {
			expect(t, take(t, s, morning, c.kind, c.csv), 0, c.want)
		}
	})
}

func TestNamesAgreeWhateverTheirSpacesAndDots(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		for i, name := range []string{"买买提•艾力", "买买提・艾力", "买买提艾力", "买买提 · 艾力", ""} {
			r := take(t, s, morning, "results", fmt.Sprintf("证件号码,姓名,采样时间,检测结果\n320699198810010055,%s,2022-05-05 07:%02d,阴性", name, i))
			expect(t, r, 1)
		}
	})
}

func TestTouchedSectionsAreDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		both := storetest.Import(t, s, "sections", sectionsCSV)
		storetest.Import(t, s, "roster", rosterCSV)
		storetest.Import(t, s, "roster", "标段编号,姓名,证件号码,进场时间,退场时间\nXY-02,王小明,320699199003070013,2022-03-01,2022-03-20")
		one := storetest.ImportAt(t, s, storetest.At("2022-05-06 09:00"), "results",
			"证件号码,采样时间,检测结果\n320699199003070013,2022-05-05,阴性")
		if len(both) != 2 || len(one) != 1 {
			t.Errorf("touched %v and then %v: he left the second section long ago", both, one)
		}
		r, none := storetest.Take(t, s, storetest.At("2022-05-06 09:30"), "results",
			"证件号码,采样时间,检测结果\n320699199003070013,2022-05-05,阴性")
		if len(none) != 0 || r.Duplicate != 1 {
			t.Errorf("a file with nothing new touched %v", none)
		}
		zone := storetest.Import(t, s, "zones", "范围类型,范围,级别,开始时间\n街道,南安桥街道,管控区,2022-05-01")
		if !slices.Equal(zone, both[1:]) {
			t.Errorf("the zone touched %v, want %v", zone, both[1:])
		}
	})
}

func TestGateMakesStrangersKnown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		const row = "标段编号,证件号码,时间,方向\nXY-01,810000199001010019,2022-05-06 07:00,进"
		storetest.Import(t, s, "gate", row)
		expect(t, take(t, s, morning, "gate", row), 0, "2 duplicate DUPLICATE")
		expect(t, take(t, s, morning, "temperatures", "证件号码,测量时间,体温\n810000199001010019,2022-05-06 07:00,36.5"), 0, "2 quarantined NOT_ON_ROSTER")
		storetest.Import(t, s, "roster", "标段编号,姓名,证件号码,进场时间\nXY-01,陈生,810000199001010019,2022-05-06 07:30")
		storetest.Import(t, s, "temperatures", "证件号码,测量时间,体温\n810000199001010019,2022-05-06 07:00,36.5")
		cases, err := s.Quarantined(t.Context(), account.Everywhere())
		if err != nil || len(cases) != 0 {
			t.Errorf("still kept aside: %v, %v", cases, err)
		}
		_, rows, err := s.Export(t.Context(), storetest.Order("gate"))
		if err != nil || len(rows) != 1 || !slices.Contains(rows[0], "陈生") {
			t.Errorf("gate: %v, %v", rows, err)
		}
	})
}

func TestCasesAreDecidedByPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		take(t, s, morning, "results", "证件号码,姓名,采样时间,检测结果\n320699199003070013,王晓明,2022-05-05,阴性")
		cases, err := s.Quarantined(t.Context(), account.Everywhere())
		if err != nil || len(cases) != 1 {
			t.Fatalf("got %v, %v", cases, err)
		}
		c := cases[0]
		if c.Kind != "results" || c.File != "results.csv" || c.Problem.Line != 2 || c.Problem.Code != intake.NameMismatch || !slices.Contains(c.Cells, "320699199003070013") {
			t.Errorf("case %+v", c)
		}
		if err := s.DecideCase(t.Context(), account.Everywhere(), act(""), c.ID, "dismissed", storetest.At("2022-05-06 09:00")); err != nil {
			t.Fatal(err)
		}
		if err := s.DecideCase(t.Context(), account.Everywhere(), act(""), c.ID, "dismissed", storetest.At("2022-05-06 09:00")); err == nil {
			t.Error("decided twice")
		}
	})
}

func TestFilesThatAreNotTheTable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for kind, csv := range map[string]string{"results": "姓名,结果\n王,阴性", "nonsense": "a,b\n1,2", "roster": ""} {
			if _, _, err := s.Import(t.Context(), storetest.Upload(calendar.Instant(1), kind, csv)); err == nil {
				t.Errorf("%s: taken in", kind)
			}
		}
		up := storetest.Upload(storetest.At(morning), "sections", sectionsCSV)
		up.File = "a\x00b"
		if _, _, err := s.Import(t.Context(), up); err == nil || !strings.Contains(err.Error(), "无法保存") {
			t.Errorf("NUL in a file name: %v", err)
		}
	})
}
