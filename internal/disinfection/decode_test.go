package disinfection_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/intake"
)

func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

func TestParseConcentration(t *testing.T) {
	const chlorine, alcohol = "含氯消毒液", "酒精"
	tests := []struct {
		text, agent string
		want        int
		unit        disinfection.Unit
	}{
		{"500", chlorine, 500, disinfection.MilligramsPerLitre},
		{"500", "", 500, disinfection.MilligramsPerLitre},
		{"500mg/L", chlorine, 500, disinfection.MilligramsPerLitre},
		{"５００ ｍｇ／Ｌ", chlorine, 500, disinfection.MilligramsPerLitre},
		{"1,000毫克/升", chlorine, 1000, disinfection.MilligramsPerLitre},
		{"500ppm", "84消毒液", 500, disinfection.MilligramsPerLitre},
		{"0.05%", chlorine, 500, disinfection.MilligramsPerLitre},
		{"0.05%", "", 500, disinfection.MilligramsPerLitre},
		{"5%", "84消毒液", 50000, disinfection.MilligramsPerLitre},
		{"75%", alcohol, 75, disinfection.Percent},
		{"75", "医用酒精", 75, disinfection.Percent},
		{"75度", "乙醇", 75, disinfection.Percent},
		{"75%", "", 75, disinfection.Percent},
		{"3%", "过氧化氢", 3, disinfection.Percent},
		{"500", alcohol, 500, disinfection.MilligramsPerLitre},
	}
	for _, tt := range tests {
		got, unit, err := disinfection.ParseConcentration(tt.text, tt.agent)
		if err != nil || got != tt.want || unit != tt.unit {
			t.Errorf("%q of %q: got %d %s, %v; want %d %s", tt.text, tt.agent, got, unit, err, tt.want, tt.unit)
		}
	}
}

func TestParseConcentrationRefuses(t *testing.T) {
	tests := []struct {
		text, agent string
		want        intake.Code
	}{
		{"1:100", "84消毒液", intake.BadNumber},
		{"250-500", "含氯消毒液", intake.BadNumber},
		{"0.05", "含氯消毒液", intake.BadNumber},
		{"适量", "", intake.BadNumber},
		{"mg/L", "", intake.BadNumber},
		{"0", "含氯消毒液", intake.Range},
		{"-500", "含氯消毒液", intake.Range},
		{"120%", "酒精", intake.Range},
		{"2000000", "含氯消毒液", intake.Range},
		{"200%", "含氯消毒液", intake.Range},
	}
	for _, tt := range tests {
		_, _, err := disinfection.ParseConcentration(tt.text, tt.agent)
		flaw, ok := errors.AsType[*intake.Flaw](err)
		if !ok || flaw.Code != tt.want {
			t.Errorf("%q of %q: got %v, want %s", tt.text, tt.agent, err, tt.want)
		}
	}
}

func TestDecodeEntries(t *testing.T) {
	table := intake.NewTable("", disinfection.EntryColumns, [][]string{
		{"XY-01", "D1", "2022年5月5日 7时34分", "含氯消毒液", "500", "30分钟", "保 洁"},
		{"XY-01", "D1", "2022-05-05 12:26", "", "", "", ""},
		{"XY-01", "D1", "2022-05-05 12:26", "酒精", "/", "/", "/"},
	})
	records, problems := disinfection.DecodeEntries(table, shanghai())
	if len(problems) > 0 || len(records) != 3 {
		t.Fatalf("%d records, problems %v", len(records), problems)
	}
	want := disinfection.Entry{
		At:    calendar.Moment(time.Date(2022, 5, 5, 7, 34, 0, 0, shanghai())),
		Agent: "含氯消毒液", Concentration: 500, Unit: disinfection.MilligramsPerLitre, Minutes: 30, Operator: "保洁",
	}
	if got := records[0]; got.Entry != want || got.SectionCode != "XY-01" || got.AreaCode != "D1" {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := records[2].Entry; got.Unit != disinfection.NoUnit || got.Concentration != 0 || got.Minutes != 0 {
		t.Errorf("strokes: got %+v", got)
	}
}

func TestDecodeProblems(t *testing.T) {
	entries := []struct {
		row    []string
		code   intake.Code
		column string
	}{
		{[]string{"", "D1", "2022-05-05 07:30", "", "", "", ""}, intake.Missing, "标段编号"},
		{[]string{"XY-01", "", "2022-05-05 07:30", "", "", "", ""}, intake.Missing, "区域编号"},
		{[]string{"XY-01", "D1", "", "", "", "", ""}, intake.Missing, "消毒时间"},
		{[]string{"XY-01", "D1", "7:30", "", "", "", ""}, intake.TimeFormat, "消毒时间"},
		{[]string{"XY-01", "D1", "2022-05-05 07:30", "", "半瓶", "", ""}, intake.BadNumber, "浓度"},
		{[]string{"XY-01", "D1", "2022-05-05 07:30", "", "0", "", ""}, intake.Range, "浓度"},
		{[]string{"XY-01", "D1", "2022-05-05 07:30", "", "", "半小时", ""}, intake.BadNumber, "作用时间"},
		{[]string{"XY-01", "D1", "2022-05-05 07:30", "", "", "-1", ""}, intake.Range, "作用时间"},
		{[]string{"XY-01", "D1", "2022-05-05 07:30", "", "", "1441", ""}, intake.Range, "作用时间"},
	}
	for _, tt := range entries {
		_, problems := disinfection.DecodeEntries(intake.NewTable("", disinfection.EntryColumns, [][]string{tt.row}), shanghai())
		if len(problems) != 1 || problems[0].Code != tt.code || problems[0].Column != tt.column {
			t.Errorf("%q: got %v, want %s %s", tt.row, problems, tt.code, tt.column)
		}
	}
	_, problems := disinfection.DecodeAreas(intake.NewTable("", disinfection.AreaColumns, [][]string{{"XY-01", "D1", "塔楼", "塔楼"}}), shanghai())
	if len(problems) != 1 || problems[0].Code != intake.BadWord || !strings.Contains(problems[0].Message, "宿舍、食堂、厕所、办公、公共、隔离") {
		t.Errorf("areas: got %v", problems)
	}
}

func TestDecodeAreas(t *testing.T) {
	kinds := map[string]disinfection.Kind{
		"宿舍": disinfection.Dormitory, "食堂": disinfection.Canteen, "卫生间": disinfection.Toilet, "办公区": disinfection.Office, "公共区域": disinfection.Public, "应急处置区": disinfection.Isolation,
	}
	for text, want := range kinds {
		records, problems := disinfection.DecodeAreas(intake.NewTable("", disinfection.AreaColumns, [][]string{{"XY-01", "D1", "区", text}}), shanghai())
		if len(records) != 1 || records[0].Area != (disinfection.Area{Code: "D1", Name: "区", Kind: want}) {
			t.Errorf("%q: got %v, %v", text, records, problems)
		}
	}
}
