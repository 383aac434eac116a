package housing_test

import (
	"strings"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/housing"
	"fugong/internal/intake"
)

func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

func TestDecodeRooms(t *testing.T) {
	tests := []struct {
		row  []string
		want housing.Room
	}{
		{[]string{"XY-01", "A-201", "16.0", "9", "A栋", "宿舍", "2"}, housing.Room{Building: "A栋", Number: "A-201", Use: housing.Dormitory, AreaCM2: 160_000, Beds: 9, BunkLevels: 2}},
		{[]string{"XY-01", "201室", "14.5㎡", "8张", "", "", ""}, housing.Room{Number: "201", Use: housing.Dormitory, AreaCM2: 145_000, Beds: 8}},
		{[]string{"XY-01", "Ａ－Ｇ１", "12.3456平方米", "1", "", "隔离室", "单层"}, housing.Room{Number: "A-G1", Use: housing.Isolation, AreaCM2: 123_456, Beds: 1, BunkLevels: 1}},
		{[]string{"XY-01", "A 101", "12", "0", "", "宿舍", "上下铺"}, housing.Room{Number: "A101", Use: housing.Dormitory, AreaCM2: 120_000, BunkLevels: 2}},
	}
	for _, tt := range tests {
		records, problems := housing.DecodeRooms(intake.NewTable("", housing.RoomColumns, [][]string{tt.row}), shanghai())
		if len(records) != 1 || records[0].Room != tt.want || records[0].SectionCode != "XY-01" {
			t.Errorf("%q: got %+v, %v; want %+v", tt.row, records, problems, tt.want)
		}
	}
}

func TestDecodeRoomsProblems(t *testing.T) {
	tests := []struct {
		row    []string
		code   intake.Code
		column string
	}{
		{[]string{"", "A-201", "16", "9", "", "", ""}, intake.Missing, "标段编号"},
		{[]string{"XY-01", "", "16", "9", "", "", ""}, intake.Missing, "房间号"},
		{[]string{"XY-01", "A-201", "", "9", "", "", ""}, intake.Missing, "使用面积"},
		{[]string{"XY-01", "A-201", "16", "/", "", "", ""}, intake.Missing, "床位数"},
		{[]string{"XY-01", "A-201", "4x4", "9", "", "", ""}, intake.BadNumber, "使用面积"},
		{[]string{"XY-01", "A-201", "16.00001", "9", "", "", ""}, intake.BadNumber, "使用面积"},
		{[]string{"XY-01", "A-201", "0", "9", "", "", ""}, intake.Range, "使用面积"},
		{[]string{"XY-01", "A-201", "16000", "9", "", "", ""}, intake.Range, "使用面积"},
		{[]string{"XY-01", "A-201", "16", "8.5", "", "", ""}, intake.BadNumber, "床位数"},
		{[]string{"XY-01", "A-201", "16", "-1", "", "", ""}, intake.Range, "床位数"},
		{[]string{"XY-01", "A-201", "16", "9", "", "仓库", ""}, intake.BadWord, "用途"},
		{[]string{"XY-01", "A-201", "16", "9", "", "", "6"}, intake.Range, "床铺层数"},
	}
	for _, tt := range tests {
		_, problems := housing.DecodeRooms(intake.NewTable("", housing.RoomColumns, [][]string{tt.row}), shanghai())
		if len(problems) != 1 || problems[0].Code != tt.code || problems[0].Column != tt.column {
			t.Errorf("%q: got %v, want %s %s", tt.row, problems, tt.code, tt.column)
		}
	}
}

func TestDecodeStays(t *testing.T) {
	const number = "320699199003070013"
	from := calendar.Moment(time.Date(2022, 4, 18, 8, 0, 0, 0, shanghai()))
	records, problems := housing.DecodeStays(intake.NewTable("", housing.StayColumns, [][]string{
		{number, "XY-01", "201室", "2022-04-18 08:00", "", "王 明", ""},
		{number, "XY-01", "201", "2022-04-18 08:00", "2022-04-18 08:00", "", ""},
	}), shanghai())
	if len(problems) > 0 || len(records) != 2 {
		t.Fatalf("%d records, problems %v", len(records), problems)
	}
	if r := records[0]; r.RoomNumber != "201" || r.Stay != (housing.Stay{From: from}) || r.Name != "王明" || r.Document.Number != number {
		t.Errorf("got %+v", r)
	}
	bad := []struct {
		row  []string
		code intake.Code
		says string
	}{
		{[]string{number, "XY-01", "201", "2022-04-18 08:00", "2022-04-18 07:59", "", ""}, intake.TimeOrder, "早于入住时间"},
		{[]string{number, "XY-01", "201", "", "", "", ""}, intake.Missing, "入住时间"},
		{[]string{"3206**********0013", "XY-01", "201", "2022-04-18", "", "", ""}, intake.IDMasked, "遮盖"},
	}
	for _, tt := range bad {
		_, problems := housing.DecodeStays(intake.NewTable("", housing.StayColumns, [][]string{tt.row}), shanghai())
		if len(problems) != 1 || problems[0].Code != tt.code || !strings.Contains(problems[0].Message, tt.says) {
			t.Errorf("%q: got %v, want %s", tt.row, problems, tt.code)
		}
	}
}
