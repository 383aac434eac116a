package document_test

import (
	"strings"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/document"
	"fugong/internal/intake"
)

func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

func TestDecode(t *testing.T) {
	issued, expires := calendar.Day(2022, 5, 1), calendar.Day(2022, 5, 31)
	tests := []struct {
		kind, issued, expires string
		want                  document.Document
	}{
		{"承诺书", "2022-05-01", "2022-05-31", document.Document{Type: "承诺书", IssuedOn: issued, ExpiresOn: expires}},
		{"复工承诺书", "2022年5月1日", "", document.Document{Type: "承诺书", IssuedOn: issued}},
		{"施工许可证", "2022/5/1 10:00", "长期", document.Document{Type: "施工许可", IssuedOn: issued}},
		{"食品经营许可证", "20220501", "9999-12-31", document.Document{Type: "食品经营许可", IssuedOn: issued}},
		{"自编资料（一）", "2022.5.1", "/", document.Document{Type: "自编资料（一）", IssuedOn: issued}},
		{"承诺书", "2022-05-01", "2022-05-01", document.Document{Type: "承诺书", IssuedOn: issued, ExpiresOn: issued}},
	}
	for _, tt := range tests {
		table := intake.NewTable("", document.Columns, [][]string{{"XY-01", tt.kind, tt.issued, tt.expires}})
		records, problems := document.Decode(table, shanghai())
		if len(records) != 1 || records[0].Document != tt.want || records[0].SectionCode != "XY-01" {
			t.Errorf("%s: got %+v, %v; want %+v", tt.kind, records, problems, tt.want)
		}
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct {
		row  []string
		code intake.Code
		says string
	}{
		{[]string{"", "承诺书", "2022-05-01", ""}, intake.Missing, "标段编号"},
		{[]string{"XY-01", "", "2022-05-01", ""}, intake.Missing, "类型"},
		{[]string{"XY-01", "承诺书", "", ""}, intake.Missing, "签发日期"},
		{[]string{"XY-01", "承诺书", "5月1日", ""}, intake.TimeFormat, "没有年份"},
		{[]string{"XY-01", "承诺书", "2022-05-01", "2022-04-30"}, intake.TimeOrder, "早于签发日期"},
	}
	for _, tt := range tests {
		_, problems := document.Decode(intake.NewTable("", document.Columns, [][]string{tt.row}), shanghai())
		if len(problems) != 1 || problems[0].Code != tt.code || !strings.Contains(problems[0].Message, tt.says) {
			t.Errorf("%q: got %v, want %s saying %s", tt.row, problems, tt.code, tt.says)
		}
	}
}
