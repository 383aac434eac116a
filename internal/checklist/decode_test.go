package checklist_test

import (
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/intake"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		item, answer string
		choice       checklist.Choice
		number       string
	}{
		{"B1", "是", checklist.Yes, ""},
		{"b1", "√", checklist.Yes, ""},
		{"B1", "否", checklist.No, ""},
		{"B1", "不适用", checklist.NotApplicable, ""},
		{"B1", "/", checklist.NotApplicable, ""},
		{"B1", "N/A", checklist.NotApplicable, ""},
		{"K1", "0", checklist.Number, "0"},
		{"A2", "１２人", checklist.Number, "12"},
		{"A2", "1,200", checklist.Number, "1200"},
		{"K2", "无", checklist.NotApplicable, ""},
	}
	for _, tt := range tests {
		table := intake.NewTable("", checklist.Columns, [][]string{{"XY-01", "2022-05-05", "2022-05-05 16:30", tt.item, tt.answer, "备注"}})
		records, problems := checklist.Decode(table, time.UTC)
		if len(records) != 1 {
			t.Errorf("%s %s: problems %v", tt.item, tt.answer, problems)
			continue
		}
		a := records[0].Answer
		if a.Choice != tt.choice || a.Number != tt.number || a.Remark != "备注" || a.Date != calendar.Day(2022, 5, 5) ||
			a.SubmittedAt != calendar.Moment(time.Date(2022, 5, 5, 16, 30, 0, 0, time.UTC)) {
			t.Errorf("%s %s: got %+v", tt.item, tt.answer, a)
		}
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct {
		row    []string
		code   intake.Code
		column string
	}{
		{[]string{"", "2022-05-05", "2022-05-05 16:30", "B1", "是", ""}, intake.Missing, "标段编号"},
		{[]string{"XY-01", "", "2022-05-05 16:30", "B1", "是", ""}, intake.Missing, "日期"},
		{[]string{"XY-01", "2022-05-05", "", "B1", "是", ""}, intake.Missing, "提交时间"},
		{[]string{"XY-01", "2022-05-05", "2022-05-05 16:30", "", "是", ""}, intake.Missing, "项目编号"},
		{[]string{"XY-01", "2022-05-05", "2022-05-05 16:30", "B1", "", ""}, intake.Missing, "答案"},
		{[]string{"XY-01", "2022-05-05", "16:30", "B1", "是", ""}, intake.TimeFormat, "提交时间"},
		{[]string{"XY-01", "2022-05-05", "2022-05-05 16:30", "Z9", "是", ""}, intake.BadWord, "项目编号"},
		{[]string{"XY-01", "2022-05-05", "2022-05-05 16:30", "B1", "大概", ""}, intake.BadWord, "答案"},
		{[]string{"XY-01", "2022-05-05", "2022-05-05 16:30", "B1", "无", ""}, intake.BadWord, "答案"},
		{[]string{"XY-01", "2022-05-05", "2022-05-05 16:30", "K1", "-1", ""}, intake.Range, "答案"},
	}
	for _, tt := range tests {
		_, problems := checklist.Decode(intake.NewTable("", checklist.Columns, [][]string{tt.row}), time.UTC)
		if len(problems) != 1 || problems[0].Code != tt.code || problems[0].Column != tt.column {
			t.Errorf("%q: got %v, want %s %s", tt.row, problems, tt.code, tt.column)
		}
	}
}
