package intake_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"fugong/internal/fault"
	"fugong/internal/intake"
)

// people are columns for tests: two required, one not.
func people() []intake.Column {
	return []intake.Column{
		{Name: "姓名", Required: true, Synonyms: []string{"人员姓名"}},
		{Name: "证件号码", Required: true, Synonyms: []string{"身份证号"}},
		{Name: "采样时间", Synonyms: []string{"采样日期"}},
	}
}

// lines shows a table as line number and texts.
func lines(t testing.TB, content []byte) []string {
	t.Helper()
	var all []string
	for _, table := range matchFile(t, "t", content, people()) {
		for _, row := range table.Rows {
			all = append(all, fmt.Sprintf("%s%d:%s", row.Sheet, row.Line, strings.Join(row.Texts(people()), "|")))
		}
	}
	return all
}

func encoded(t testing.TB, s string, e interface{ Bytes([]byte) ([]byte, error) }) []byte {
	t.Helper()
	b, err := e.Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadCSV(t *testing.T) {
	gb := simplifiedchinese.GB18030.NewEncoder()
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	big := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()
	plain := "姓名,证件号码,采样时间\n甲,1,a\n乙,2,b\n"
	want := []string{"2:甲|1|a", "3:乙|2|b"}
	tests := []struct {
		name    string
		content []byte
		want    []string
	}{
		{"utf-8", []byte(plain), want},
		{"byte order mark", []byte("\ufeff" + plain), want},
		{"gb18030", encoded(t, plain, gb), want},
		{"gb18030, four-byte characters", encoded(t, "姓名,证件号码\n䶮𬭚,1\n", gb), []string{"2:䶮𬭚|1|"}},
		{"utf-16 le", encoded(t, plain, utf16), want},
		{"utf-16 be", encoded(t, plain, big), want},
		{"semicolons", []byte(strings.ReplaceAll(plain, ",", ";")), want},
		{"tabs", []byte(strings.ReplaceAll(plain, ",", "\t")), want},
		{"sep line", []byte("sep=;\r\n" + strings.ReplaceAll(plain, ",", ";")), []string{"3:甲|1|a", "4:乙|2|b"}},
		{"windows line ends", []byte(strings.ReplaceAll(plain, "\n", "\r\n")), want},
		{"old mac line ends", []byte(strings.ReplaceAll(plain, "\n", "\r")), want},
		{"no end of line at the end", []byte(strings.TrimSuffix(plain, "\n")), want},
		{"blank lines count", []byte("姓名,证件号码\n\n\n甲,1\n,,\n乙,2\n"), []string{"4:甲|1|", "6:乙|2|"}},
		{"quoted", []byte("\"姓名\",证件号码\n\"甲,\"\"乙\"\"\",1\n"), []string{`2:甲,"乙"|1|`}},
		{"a line end in quotes is one row", []byte("姓名,证件号码\n\"甲\n乙\",1\n丙,2\n"), []string{"2:甲 乙|1|", "3:丙|2|"}},
		{"a quote that is never closed", []byte("姓名,证件号码\n\"甲,1\n乙,2\n"), []string{`2:"甲|1|`, "3:乙|2|"}},
		{"a quote in the middle", []byte("姓名,证件号码\n甲\"乙,1\n"), []string{`2:甲"乙|1|`}},
		{"text after a quote", []byte("姓名,证件号码\n\"甲\"乙,1\n"), []string{`2:"甲"乙|1|`}},
		{"tab before an ID number", []byte("姓名,证件号码\n甲,\t1\n乙,\t2\n"), []string{"2:甲|1|", "3:乙|2|"}},
		{"apostrophe", []byte("姓名,证件号码\n甲,'001\n"), []string{"2:甲|001|"}},
		{"invisible characters", []byte("姓名,证件号码\n\u200b甲\u00a0,\u202a１２Ｘ\u202c\ufeff\n"), []string{"2:甲|12X|"}},
		{"short and long rows", []byte("姓名,证件号码\n甲\n乙,2,3,4\n"), []string{"2:甲||", "3:乙|2|"}},
		{"a few broken bytes in utf-8", []byte(strings.Repeat("姓名姓名", 20) + "\n姓名,证件号码\n甲\xe5,1\n"), []string{"3:甲\ufffd|1|"}},
		{"commas within tabs", []byte("姓名\t证件号码\t备注\n甲,乙\t1\t,,\n丙\t2\t\n"), []string{"2:甲,乙|1|", "3:丙|2|"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(t, tt.content)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	small := intake.Limits{FileBytes: 1 << 10, Rows: 5, Columns: 4, CellBytes: 20}
	tests := []struct {
		name    string
		content string
		says    string
	}{
		{"nothing", "", "是空的"},
		{"only space", " \n\t\r\n\ufeff", "是空的"},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", ".xls"},
		{"pdf", "%PDF-1.7", "PDF"},
		{"html named .xls", "<html><table>", "网页"},
		{"nul", "姓名,证件号码\n甲\x00,1\n", "空字符"},
		{"too large", strings.Repeat("甲,1\n", 1000), "超过1KB"},
		{"too many rows", "姓名,证件号码\n" + strings.Repeat("甲,1\n", 6), "超过5行"},
		{"too many columns", "姓名,证件号码\n甲,1,2,3,4,5\n", "超过4列"},
		{"too long a cell", "姓名,证件号码\n甲," + strings.Repeat("1", 21) + "\n", "第2行有一格超过"},
		{"broken archive", "PK\x03\x04 and no more", "损坏"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := intake.Read("名册.csv", strings.NewReader(tt.content), small)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "名册.csv") {
				t.Errorf("got %v, want a fault naming the file and saying %q", err, tt.says)
			}
		})
	}
}

// TestReadCSVIsFast holds that the reader does not copy cells: a slow machine reads a tenth of what ours does.
func TestReadCSVIsFast(t *testing.T) {
	row := "韩生娜,身份证,320699196604070082,13910000613,NT2205030000,10,2022-05-03 20:00:00,2022-05-03 22:10:00,阴性,示例医学检验所\n"
	const rows = 100_000
	content := []byte("姓名,证件类型,证件号码,电话,管号,混采人数,采样时间,接收时间,结果,机构\n" + strings.Repeat(row, rows))
	begin := time.Now()
	sheets, err := intake.Read("t", bytes.NewReader(content), intake.OperatorLimits())
	if err != nil {
		t.Fatal(err)
	}
	table, err := intake.Match(sheets[0], people())
	if err != nil || len(table.Rows) != rows {
		t.Fatalf("%d rows, %v", len(table.Rows), err)
	}
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("reading %d rows took %v", rows, took)
	}
}

func BenchmarkReadCSV(b *testing.B) {
	row := "韩生娜,身份证,320699196604070082,13910000613,NT2205030000,10,2022-05-03 20:00:00,2022-05-03 22:10:00,阴性,示例医学检验所\n"
	const rows = 100_000
	content := []byte("姓名,证件类型,证件号码,电话,管号,混采人数,采样时间,接收时间,结果,机构\n" + strings.Repeat(row, rows))
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		sheets, err := intake.Read("t", bytes.NewReader(content), intake.OperatorLimits())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := intake.Match(sheets[0], people()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
