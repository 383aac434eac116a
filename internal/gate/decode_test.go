package gate_test

import (
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/gate"
	"fugong/internal/intake"
)

const number = "320699199003070013"

func TestDecode(t *testing.T) {
	at := calendar.Moment(time.Date(2022, 5, 5, 18, 5, 0, 0, time.UTC))
	tests := []struct {
		row  []string
		want gate.Passage
	}{
		{[]string{"XY-01", number, "2022-05-05 18:05", "出", "就医", "王 明", "甲", ""}, gate.Passage{Name: "甲", At: at, Direction: gate.Out, Reason: "就医", Approver: "王明"}},
		{[]string{"XY-01", number, "2022-05-05 18:05", "进场", "", "", "", ""}, gate.Passage{At: at, Direction: gate.In}},
		{[]string{"XY-01", number, "2022-05-05 下午6:05", "IN", "", "", "", ""}, gate.Passage{At: at, Direction: gate.In}},
	}
	for _, tt := range tests {
		records, problems := gate.Decode(intake.NewTable("", gate.Columns, [][]string{tt.row}), time.UTC)
		if len(records) != 1 || records[0].Passage != tt.want || records[0].Document.Number != number || records[0].SectionCode != "XY-01" {
			t.Errorf("%q: got %+v, %v; want %+v", tt.row, records, problems, tt.want)
		}
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct {
		row    []string
		code   intake.Code
		column string
	}{
		{[]string{"", number, "2022-05-05 18:05", "出", "", "", "", ""}, intake.Missing, "标段编号"},
		{[]string{"XY-01", "", "2022-05-05 18:05", "出", "", "", "", ""}, intake.Missing, "证件号码"},
		{[]string{"XY-01", number, "", "出", "", "", "", ""}, intake.Missing, "时间"},
		{[]string{"XY-01", number, "2022-05-05 18:05", "", "", "", "", ""}, intake.Missing, "方向"},
		{[]string{"XY-01", number, "2022-05-05 18:05", "1", "", "", "", ""}, intake.BadWord, "方向"},
		{[]string{"XY-01", number, "18:05", "出", "", "", "", ""}, intake.TimeFormat, "时间"},
		{[]string{"XY-01", "320699199003070014", "2022-05-05 18:05", "出", "", "", "", ""}, intake.IDChecksum, "证件号码"},
	}
	for _, tt := range tests {
		_, problems := gate.Decode(intake.NewTable("", gate.Columns, [][]string{tt.row}), time.UTC)
		if len(problems) != 1 || problems[0].Code != tt.code || problems[0].Column != tt.column {
			t.Errorf("%q: got %v, want %s %s", tt.row, problems, tt.code, tt.column)
		}
	}
}
