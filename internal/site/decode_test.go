package site_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/site"
)

func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

// row makes a row of a table: right in what is required, but for the columns given as name, text, name, text, …
func row(columns []intake.Column, changes ...string) []string {
	texts := map[string]string{
		"项目编号": "XY", "项目名称": "学苑示范项目", "标段编号": "XY-01", "标段名称": "一标段", "街道": "示例街道",
		"范围类型": "街道", "范围": "示例街道", "级别": "管控区", "开始时间": "2022-05-01 00:00",
	}
	for i := 0; i < len(changes); i += 2 {
		texts[changes[i]] = changes[i+1]
	}
	var all []string
	for _, name := range intake.Names(columns) {
		all = append(all, texts[name])
	}
	return all
}

func TestDecodeSections(t *testing.T) {
	least := site.Section{ProjectCode: "XY", ProjectName: "学苑示范项目", Code: "XY-01", Name: "一标段", Street: "示例街道", Occasion: site.Epidemic}
	tests := []struct {
		changes []string
		want    func(*site.Section)
	}{
		{nil, func(*site.Section) {}},
		{[]string{"标段编号", "ＸＹ－０１", "联系电话", "139 1000 0613", "项目负责人", "王 明"}, func(s *site.Section) {
			s.Phone, s.Manager = "13910000613", "王明"
		}},
		{[]string{"状态", "已复工", "停工类型", "台风", "停工日期", "2022/4/1 00:00:00", "预计复工日期", "2022年5月6日"}, func(s *site.Section) {
			s.State, s.Occasion, s.StoppedOn, s.ExpectedOn = site.Operating, site.Typhoon, calendar.Day(2022, 4, 1), calendar.Day(2022, 5, 6)
		}},
		{[]string{"经度", "120.8640", "纬度", "32.0162°", "坐标系", "GCJ-02"}, func(s *site.Section) {
			s.Longitude, s.Latitude, s.Datum = "120.864", "32.0162", "GCJ-02"
		}},
	}
	for _, tt := range tests {
		records, problems := site.DecodeSections(intake.NewTable("", site.SectionColumns, [][]string{row(site.SectionColumns, tt.changes...)}), shanghai())
		want := least
		tt.want(&want)
		if len(records) != 1 {
			t.Errorf("%q: problems %v", tt.changes, problems)
			continue
		}
		if diff := cmp.Diff(want, records[0].Section, cmp.Comparer(func(a, b calendar.Date) bool { return a == b })); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.changes, diff)
		}
	}
}

func TestDecodeProblems(t *testing.T) {
	sections := []struct {
		changes []string
		code    intake.Code
		column  string
	}{
		{[]string{"项目编号", ""}, intake.Missing, "项目编号"},
		{[]string{"街道", ""}, intake.Missing, "街道"},
		{[]string{"状态", "观望"}, intake.BadWord, "状态"},
		{[]string{"停工类型", "地震"}, intake.BadWord, "停工类型"},
		{[]string{"停工日期", "4月"}, intake.TimeFormat, "停工日期"},
		{[]string{"联系电话", "12345"}, intake.BadNumber, "联系电话"},
		{[]string{"经度", "181"}, intake.Range, "经度"},
		{[]string{"纬度", "北纬32"}, intake.BadNumber, "纬度"},
	}
	for _, tt := range sections {
		_, problems := site.DecodeSections(intake.NewTable("", site.SectionColumns, [][]string{row(site.SectionColumns, tt.changes...)}), shanghai())
		if len(problems) != 1 || problems[0].Code != tt.code || problems[0].Column != tt.column {
			t.Errorf("%q: got %v, want %s %s", tt.changes, problems, tt.code, tt.column)
		}
	}
	zones := []struct {
		changes []string
		code    intake.Code
		column  string
	}{
		{[]string{"范围类型", "省"}, intake.BadWord, "范围类型"},
		{[]string{"级别", "低风险"}, intake.BadWord, "级别"},
		{[]string{"级别", ""}, intake.Missing, "级别"},
		{[]string{"结束时间", "2022-04-30"}, intake.TimeOrder, "结束时间"},
		{[]string{"开始时间", "即日起"}, intake.TimeFormat, "开始时间"},
	}
	for _, tt := range zones {
		_, problems := site.DecodeZones(intake.NewTable("", site.ZoneColumns, [][]string{row(site.ZoneColumns, tt.changes...)}), shanghai())
		if len(problems) != 1 || problems[0].Code != tt.code || problems[0].Column != tt.column {
			t.Errorf("%q: got %v, want %s %s", tt.changes, problems, tt.code, tt.column)
		}
	}
}

func TestDecodeZones(t *testing.T) {
	from := calendar.Moment(time.Date(2022, 5, 1, 0, 0, 0, 0, shanghai()))
	until := calendar.Moment(time.Date(2022, 5, 2, 22, 0, 0, 0, shanghai()))
	tests := []struct {
		changes []string
		want    site.Zone
	}{
		{nil, site.Zone{Scope: site.ScopeStreet, Place: "示例街道", Level: site.Controlled, From: from}},
		{[]string{"范围类型", "标段", "范围", "XY－01", "级别", "封控", "结束时间", "2022-05-02 22:00", "文号", "〔2022〕15号"},
			site.Zone{Scope: site.ScopeSection, Place: "XY-01", Level: site.Locked, From: from, Until: until, Document: "〔2022〕15号"}},
		{[]string{"范围类型", "社区", "范围", "柳岸社区", "级别", "防范区"}, site.Zone{Scope: site.ScopeCommunity, Place: "柳岸社区", Level: site.Precaution, From: from}},
	}
	for _, tt := range tests {
		records, problems := site.DecodeZones(intake.NewTable("", site.ZoneColumns, [][]string{row(site.ZoneColumns, tt.changes...)}), shanghai())
		if len(records) != 1 || records[0].Zone != tt.want {
			t.Errorf("%q: got %+v, %v; want %+v", tt.changes, records, problems, tt.want)
		}
	}
}
