package roster_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/roster"
)

func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

// row makes a row of the roster that is right in every column, but for the columns given as name, text, name, text, …
func row(changes ...string) []string {
	texts := map[string]string{
		"标段编号": "XY-01", "姓名": "甲", "证件号码": "320699199003070013", "进场时间": "2022-04-18 08:00", "证件类型": "居民身份证",
		"手机号码": "13910000613", "所属单位": "示例劳务", "班组": "瓦工班", "工种": "瓦工", "人员类别": "劳务", "住宿方式": "场内",
		"房间号": "A-101", "来源地": "示例省", "是否市外": "是", "健康申报时间": "2022-04-17 20:00", "限制至": "2022-04-25", "防疫专员": "否",
	}
	for i := 0; i < len(changes); i += 2 {
		texts[changes[i]] = changes[i+1]
	}
	var all []string
	for _, name := range intake.Names(roster.Columns) {
		all = append(all, texts[name])
	}
	return all
}

func at(s string) calendar.Instant {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai())
	if err != nil {
		panic(err)
	}
	return calendar.Moment(t)
}

func TestDecode(t *testing.T) {
	table := intake.NewTable("", roster.Columns, [][]string{
		row(),
		row("姓名", "王　明", "证件类型", "", "手机号码", "+86 139-1000-0613", "人员类别", "管理人员", "住宿方式", "场外", "场外地址", "示例路1号",
			"房间号", "201室", "是否市外", "×", "防疫专员", "√", "退场时间", "2022.5.6 18:00"),
		row("手机号码", "/", "人员类别", "", "住宿方式", "", "是否市外", "", "防疫专员", "", "健康申报时间", "无", "限制至", "-"),
	})
	got, problems := roster.Decode(table, shanghai())
	if len(problems) > 0 {
		t.Fatalf("problems: %v", problems)
	}
	doc := roster.Document{Type: roster.IdentityCard, Number: "320699199003070013"}
	first := roster.Record{
		SectionCode: "XY-01", Document: doc, Phone: "13910000613",
		Enrolment: roster.Enrolment{
			Name: "甲", DocType: roster.IdentityCard, HasPhone: true, Employer: "示例劳务", Team: "瓦工班", Trade: "瓦工", Category: roster.Labour,
			EnteredAt: at("2022-04-18 08:00"), Lodging: roster.OnSite, Room: "A-101", Origin: "示例省", FromOutside: roster.Yes,
			DeclaredAt: at("2022-04-17 20:00"), RestrictedUntil: at("2022-04-25 00:00"), EpidemicOfficer: roster.No,
		},
	}
	second := first
	second.Enrolment.Name, second.Enrolment.Category, second.Enrolment.Lodging = "王明", roster.Management, roster.OffSite
	second.Enrolment.OffsiteAddress, second.Enrolment.Room, second.Enrolment.LeftAt = "示例路1号", "201", at("2022-05-06 18:00")
	second.Enrolment.FromOutside, second.Enrolment.EpidemicOfficer = roster.No, roster.Yes
	third := first
	third.Phone, third.Enrolment.HasPhone, third.Enrolment.Category, third.Enrolment.Lodging = "", false, "", ""
	third.Enrolment.FromOutside, third.Enrolment.EpidemicOfficer, third.Enrolment.DeclaredAt, third.Enrolment.RestrictedUntil = 0, 0, 0, 0
	want := []roster.Record{first, second, third}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(roster.Record{}, "Row")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct {
		name    string
		changes []string
		code    intake.Code
		column  string
		says    string
	}{
		{"no section", []string{"标段编号", ""}, intake.Missing, "标段编号", "没有填写"},
		{"no name", []string{"姓名", ""}, intake.Missing, "姓名", "没有填写"},
		{"no number", []string{"证件号码", ""}, intake.Missing, "证件号码", "没有填写"},
		{"no entry", []string{"进场时间", "/"}, intake.Missing, "进场时间", "没有填写"},
		{"a formula that failed", []string{"姓名", "#N/A"}, intake.Missing, "姓名", "公式错误"},
		{"garbled", []string{"姓名", "甲\ufffd"}, intake.Missing, "姓名", "乱码"},
		{"destroyed number", []string{"证件号码", "3.20699E+17"}, intake.IDSci, "证件号码", "科学"},
		{"masked number", []string{"证件号码", "3206**********0012"}, intake.IDMasked, "证件号码", "遮盖"},
		{"old number", []string{"证件号码", "320699900307001"}, intake.IDLength, "证件号码", "15位"},
		{"impossible birthday", []string{"证件号码", "32069919780229003X"}, intake.IDDate, "证件号码", "02月29日"},
		{"wrong check digit", []string{"证件号码", "320699199003070014"}, intake.IDChecksum, "证件号码", "…0014"},
		{"entry without year", []string{"进场时间", "4月18日"}, intake.TimeFormat, "进场时间", "没有年份"},
		{"left before entry", []string{"退场时间", "2022-04-17"}, intake.TimeOrder, "退场时间", "早于进场时间"},
		{"bad phone", []string{"手机号码", "1391000061"}, intake.BadNumber, "手机号码", "…0061"},
		{"unknown category", []string{"人员类别", "访客"}, intake.BadWord, "人员类别", "劳务、管理、监理、后勤、保安"},
		{"unknown lodging", []string{"住宿方式", "宾馆"}, intake.BadWord, "住宿方式", "场内、场外"},
		{"neither yes nor no", []string{"防疫专员", "也许"}, intake.BadWord, "防疫专员", "是、否"},
		{"unknown type of document", []string{"证件类型", "驾驶证"}, intake.BadWord, "证件号码", "驾驶证"},
		{"a rejected row is not kept aside", []string{"证件号码", "3206**********0012", "进场时间", "x"}, intake.TimeFormat, "进场时间", "遮盖"},
		{"a code turned into a number", []string{"房间号", "2.2E+10"}, intake.IDSci, "房间号", "科学计数法"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			records, problems := roster.Decode(intake.NewTable("一", roster.Columns, [][]string{row(tt.changes...)}), shanghai())
			if len(records) != 0 || len(problems) != 1 {
				t.Fatalf("%d records, problems %v", len(records), problems)
			}
			p := problems[0]
			outcome := intake.Rejected
			if tt.code == intake.IDMasked {
				outcome = intake.Quarantined
			}
			if p.Code != tt.code || p.Column != tt.column || p.Outcome != outcome || p.Line != 1 || p.Sheet != "一" {
				t.Errorf("got %+v, want %s %s", p, tt.code, tt.column)
			}
			if tt.code != intake.IDSci && !strings.Contains(p.Message, tt.says) {
				t.Errorf("%q does not say %q", p.Message, tt.says)
			}
			if strings.Contains(p.Message, "3206991990") {
				t.Errorf("the message tells the number: %s", p.Message)
			}
		})
	}
}

// TestDecodeNumericID holds that a number kept as a number is refused even where its check digit fits: the digits that were lost
// made it another person's.
func TestDecodeNumericID(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	header := []any{"标段编号", "姓名", "证件号码", "进场时间"}
	for i, row := range [][]any{
		header,
		{"XY-01", "甲", 320699199003070016, 44669.3333333333},
		{"XY-01", "乙", "320699199003070013", 44669},
		{"XY-01", "丙", 3.20699199003070013e17, 44669},
	} {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	sheets, err := intake.Read("a.xlsx", &b, intake.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := intake.Match(sheets[0], roster.Columns)
	if err != nil {
		t.Fatal(err)
	}
	records, problems := roster.Decode(table, shanghai())
	if len(records) != 1 || records[0].Enrolment.Name != "乙" || len(problems) != 2 ||
		problems[0].Code != intake.IDSci || problems[1].Code != intake.IDSci {
		t.Errorf("records %v, problems %v", records, problems)
	}
}
