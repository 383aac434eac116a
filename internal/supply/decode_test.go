package supply_test

import (
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/supply"
)

func TestDecode(t *testing.T) {
	day := calendar.Day(2022, 5, 5)
	tests := []struct {
		item, quantity, use string
		want                supply.Stock
	}{
		{"口罩", "900", "2", supply.Stock{Date: day, Item: supply.Masks, Quantity: 900_000, DailyUse: 2000}},
		{"84消毒液", "400瓶", "0.1", supply.Stock{Date: day, Item: supply.Disinfectant, Quantity: 400_000, DailyUse: 100}},
		{"抗原试剂", "2,000人份", "0", supply.Stock{Date: day, Item: supply.AntigenKits, Quantity: 2_000_000}},
		{"n95口罩", "0", "", supply.Stock{Date: day, Item: supply.Respirators, DailyUse: supply.NotGiven}},
		{"额温枪", "3把", "/", supply.Stock{Date: day, Item: supply.Thermometers, Quantity: 3000, DailyUse: supply.NotGiven}},
		{"防护服", "1.125", "-", supply.Stock{Date: day, Item: supply.Gowns, Quantity: 1125, DailyUse: supply.NotGiven}},
	}
	for _, tt := range tests {
		table := intake.NewTable("", supply.Columns, [][]string{{"XY-01", "2022-05-05", tt.item, tt.quantity, tt.use}})
		records, problems := supply.Decode(table, time.UTC)
		if len(records) != 1 || records[0].Stock != tt.want || records[0].SectionCode != "XY-01" {
			t.Errorf("%s: got %+v, %v; want %+v", tt.item, records, problems, tt.want)
		}
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct {
		row    []string
		code   intake.Code
		column string
	}{
		{[]string{"", "2022-05-05", "口罩", "1", ""}, intake.Missing, "标段编号"},
		{[]string{"XY-01", "", "口罩", "1", ""}, intake.Missing, "日期"},
		{[]string{"XY-01", "2022-05-05", "", "1", ""}, intake.Missing, "物资"},
		{[]string{"XY-01", "2022-05-05", "口罩", "", ""}, intake.Missing, "结存"},
		{[]string{"XY-01", "5.5", "口罩", "1", ""}, intake.TimeFormat, "日期"},
		{[]string{"XY-01", "2022-05-05", "手套", "1", ""}, intake.BadWord, "物资"},
		{[]string{"XY-01", "2022-05-05", "口罩", "3箱", ""}, intake.BadNumber, "结存"},
		{[]string{"XY-01", "2022-05-05", "口罩", "0.0001", ""}, intake.BadNumber, "结存"},
		{[]string{"XY-01", "2022-05-05", "口罩", "-1", ""}, intake.Range, "结存"},
		{[]string{"XY-01", "2022-05-05", "口罩", "1", "少许"}, intake.BadNumber, "日人均用量"},
	}
	for _, tt := range tests {
		_, problems := supply.Decode(intake.NewTable("", supply.Columns, [][]string{tt.row}), time.UTC)
		if len(problems) != 1 || problems[0].Code != tt.code || problems[0].Column != tt.column {
			t.Errorf("%q: got %v, want %s %s", tt.row, problems, tt.code, tt.column)
		}
	}
}
