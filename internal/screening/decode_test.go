package screening_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

func at(s string) calendar.Instant {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai())
	if err != nil {
		panic(err)
	}
	return calendar.Moment(t)
}

// row makes a row of a table: right in what is required, but for the columns given as name, text, name, text, …
func row(columns []intake.Column, changes ...string) []string {
	texts := map[string]string{
		"证件号码": "320699199003070013", "采样时间": "2022-05-05 07:30", "检测结果": "阴性", "测量时间": "2022-05-05 06:40", "体温": "36.5",
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

func decodeOne(words screening.Mapping, changes ...string) ([]screening.ResultRecord, []intake.Problem) {
	table := intake.NewTable("", screening.ResultColumns, [][]string{row(screening.ResultColumns, changes...)})
	return screening.DecodeResults(table, shanghai(), words)
}

func TestDecodeResults(t *testing.T) {
	base := screening.Result{SampledAt: at("2022-05-05 07:30"), Outcome: screening.Negative, Method: screening.NucleicAcid}
	tests := []struct {
		name    string
		changes []string
		want    func(*screening.Result)
	}{
		{"the least", nil, func(*screening.Result) {}},
		{"all", []string{
			"采样管编号", "NT22050501001", "混采人数", "10", "接收时间", "2022-05-05 09:00", "检测时间", "2022-05-05 12:00",
			"报告时间", "2022-05-05 19:40", "检测类型", "核酸", "采样点", "示例街道采样点", "检测机构", "示例医学检验所", "检测结果", "阳性",
		}, func(r *screening.Result) {
			r.Tube, r.PoolSize, r.Point, r.Lab, r.Outcome = "NT22050501001", 10, "示例街道采样点", "示例医学检验所", screening.Positive
			r.ReceivedAt, r.TestedAt, r.ReportedAt = at("2022-05-05 09:00"), at("2022-05-05 12:00"), at("2022-05-05 19:40")
		}},
		{"antigen", []string{"检测类型", "抗原检测"}, func(r *screening.Result) { r.Method = screening.Antigen }},
		{"a tube with leading zeros", []string{"采样管编号", "000123"}, func(r *screening.Result) { r.Tube = "000123" }},
		{"ten in one", []string{"混采人数", "10合1"}, func(r *screening.Result) { r.PoolSize = 10 }},
		{"twenty in one", []string{"混采人数", "20混1"}, func(r *screening.Result) { r.PoolSize = 20 }},
		{"a tube of one's own", []string{"混采人数", "单采"}, func(r *screening.Result) { r.PoolSize = 1 }},
		{"not out yet", []string{"检测结果", ""}, func(r *screening.Result) { r.Outcome = screening.Pending }},
		{"the day alone", []string{"采样时间", "2022-05-05"}, func(r *screening.Result) {
			r.SampledAt, r.DateOnly = at("2022-05-05 00:00"), true
		}},
		{"reported on the same day, hour unknown", []string{"报告时间", "2022-05-05"}, func(r *screening.Result) {
			r.ReportedAt = at("2022-05-05 07:30")
		}},
		{"all at once", []string{"接收时间", "2022-05-05 07:30", "报告时间", "2022-05-05 07:30"}, func(r *screening.Result) {
			r.ReceivedAt, r.ReportedAt = r.SampledAt, r.SampledAt
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, problems := decodeOne(nil, tt.changes...)
			want := base
			tt.want(&want)
			if len(problems) > 0 || len(got) != 1 {
				t.Fatalf("%d records, problems %v", len(got), problems)
			}
			if diff := cmp.Diff(want, got[0].Result); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeResultsProblems(t *testing.T) {
	tests := []struct {
		name    string
		changes []string
		code    intake.Code
		column  string
		says    string
	}{
		{"no number", []string{"证件号码", ""}, intake.Missing, "证件号码", ""},
		{"no time", []string{"采样时间", ""}, intake.Missing, "采样时间", ""},
		{"bare code", []string{"检测结果", "1"}, intake.ResultCode, "检测结果", "代码"},
		{"unknown word", []string{"检测结果", "合格"}, intake.ResultCode, "检测结果", "阴性、阳性"},
		{"no year", []string{"采样时间", "5-5 7:30"}, intake.TimeFormat, "采样时间", "没有年份"},
		{"received before sampled", []string{"接收时间", "2022-05-05 07:29"}, intake.TimeOrder, "接收时间", "早于采样时间"},
		{"tested before received", []string{"接收时间", "2022-05-05 09:00", "检测时间", "2022-05-05 08:00"}, intake.TimeOrder, "检测时间", "早于接收时间"},
		{"reported before sampled, the rest unknown", []string{"报告时间", "2022-05-04 23:00"}, intake.TimeOrder, "报告时间", "早于采样时间"},
		{"reported the day before", []string{"报告时间", "2022-05-04"}, intake.TimeOrder, "报告时间", "早于采样时间"},
		{"too many in one tube", []string{"混采人数", "21"}, intake.Range, "混采人数", "20"},
		{"nobody in the tube", []string{"混采人数", "0"}, intake.Range, "混采人数", ""},
		{"half a person", []string{"混采人数", "2.5"}, intake.BadNumber, "混采人数", "整数"},
		{"pool without number", []string{"混采人数", "混采"}, intake.BadNumber, "混采人数", "不是数字"},
		{"unknown method", []string{"检测类型", "CT"}, intake.BadWord, "检测类型", "核酸、抗原"},
		{"destroyed tube", []string{"采样管编号", "2.2E+10"}, intake.IDSci, "采样管编号", "科学计数法"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			records, problems := decodeOne(nil, tt.changes...)
			if len(records) != 0 || len(problems) != 1 {
				t.Fatalf("%d records, problems %v", len(records), problems)
			}
			if p := problems[0]; p.Code != tt.code || p.Column != tt.column || !strings.Contains(p.Message, tt.says) {
				t.Errorf("got %+v, want %s %s saying %s", p, tt.code, tt.column, tt.says)
			}
		})
	}
	if _, problems := decodeOne(screening.Mapping{"1": screening.Negative}, "检测结果", "1"); len(problems) > 0 {
		t.Errorf("with a mapping: %v", problems)
	}
}

// TestDirtyImport is scenario S9, as far as rows alone can tell: the name that differs, the row that comes twice, the future
// and the person nobody knows are found by the store.
func TestDirtyImport(t *testing.T) {
	const file = "姓名,证件号码,采样时间,检测结果,报告时间\n" +
		"甲,320699199003070013,2022-05-05 07:30,阴性,\n" +
		"乙, 320699 19910412 018x ,2022/5/5 7:30,阴,\n" +
		"丙,3.20699E+17,2022-05-05 07:30,阴性,\n" +
		"丁,320699199003070014,2022-05-05 07:30,阴性,\n" +
		"王晓明,320699198511120027,2022-05-05 07:30,阴性,\n" +
		"甲,320699199003070013,2022-05-05 07:30,阴性,\n" +
		"戊,320699198810010055,2022年5月5日 7时30分,阴性(-),\n" +
		"己,320699199602290042,2022-05-05 07:30,1,\n" +
		"庚,320699199602290042,2022-05-05 07:30,阴性,2022-05-05 07:00\n" +
		"辛,320699199602290042,2022-05-07 07:30,阴性,\n" +
		"壬,810000199001010019,2022-05-05 07:30,阴性,\n" +
		"癸,３２０６９９１９９６０２２９００４２,20220505073000,阴性,\n"
	sheets, err := intake.Read("lab.csv", strings.NewReader(file), intake.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := intake.Match(sheets[0], screening.ResultColumns)
	if err != nil {
		t.Fatal(err)
	}
	records, problems := screening.DecodeResults(table, shanghai(), nil)
	var accepted []int
	for _, r := range records {
		accepted = append(accepted, r.Row.Line-1)
	}
	if diff := cmp.Diff([]int{1, 2, 5, 6, 7, 10, 11, 12}, accepted); diff != "" {
		t.Errorf("rows left to the store (-want +got):\n%s", diff)
	}
	want := []intake.Problem{
		{Line: 4, Code: intake.IDSci, Column: "证件号码"}, {Line: 5, Code: intake.IDChecksum, Column: "证件号码"},
		{Line: 9, Code: intake.ResultCode, Column: "检测结果"}, {Line: 10, Code: intake.TimeOrder, Column: "报告时间"},
	}
	if diff := cmp.Diff(want, problems, cmpopts.IgnoreFields(intake.Problem{}, "Outcome", "Message", "Faults")); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if got := records[7].Document; got != (roster.Document{Type: roster.IdentityCard, Number: "320699199602290042"}) {
		t.Errorf("full-width number: %+v", got)
	}
}

func TestDecodeTemperatures(t *testing.T) {
	tests := []struct {
		text string
		want int
		code intake.Code
		says string
	}{
		{"36.5", 365, "", ""},
		{"37.3℃", 373, "", ""},
		{"３６．９", 369, "", ""},
		{"36.50", 365, "", ""},
		{"37", 370, "", ""},
		{"30", 300, "", ""},
		{"45", 450, "", ""},
		{"365", 0, intake.Range, "是否漏了小数点（36.5）"},
		{"3.65", 0, intake.BadNumber, "小数超过1位"},
		{"36.55", 0, intake.BadNumber, "小数超过1位"},
		{"29.9", 0, intake.Range, "30.0至45.0"},
		{"45.1", 0, intake.Range, "30.0至45.0"},
		{"3650", 0, intake.Range, "30.0至45.0"},
		{"正常", 0, intake.BadNumber, "不是数字"},
		{"", 0, intake.Missing, "没有填写"},
		{"/", 0, intake.Missing, "没有填写"},
	}
	for _, tt := range tests {
		table := intake.NewTable("", screening.TemperatureColumns, [][]string{row(screening.TemperatureColumns, "体温", tt.text)})
		records, problems := screening.DecodeTemperatures(table, shanghai())
		switch {
		case tt.code == "" && (len(records) != 1 || records[0].Temperature.Tenths != tt.want || records[0].Temperature.At != at("2022-05-05 06:40")):
			t.Errorf("%q: got %v, %v; want %d", tt.text, records, problems, tt.want)
		case tt.code != "" && (len(problems) != 1 || problems[0].Code != tt.code || !strings.Contains(problems[0].Message, tt.says)):
			t.Errorf("%q: got %v, want %s saying %s", tt.text, problems, tt.code, tt.says)
		}
	}
}
