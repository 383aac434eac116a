package intake_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

// small limits keep a fuzzed file from being slow only because it is large.
func small() intake.Limits {
	return intake.Limits{FileBytes: 64 << 10, UnpackedBytes: 1 << 20, PartBytes: 1 << 20, Entries: 50, Rows: 500, Columns: 50, CellBytes: 1 << 10}
}

// readThrough reads a file to its end, through every step that looks at what somebody sent. A refusal is a fault.Invalid; a row
// gives a record or one problem; what was read can be written and read again.
func readThrough(t *testing.T, content []byte) {
	sheets, err := intake.Read("名册", bytes.NewReader(content), small())
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			t.Fatalf("%v is no fault of the file", err)
		}
		return
	}
	for _, columns := range [][]intake.Column{people(), roster.Columns, screening.ResultColumns} {
		tables, err := intake.MatchAll(sheets, columns)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%v is no fault of the file", err)
			}
			continue
		}
		for _, table := range tables {
			people, bad := roster.Decode(table, shanghai())
			if len(people)+len(bad) != len(table.Rows) {
				t.Fatalf("%d rows became %d people and %d problems", len(table.Rows), len(people), len(bad))
			}
			results, bad := screening.DecodeResults(table, shanghai(), nil)
			if len(results)+len(bad) != len(table.Rows) {
				t.Fatalf("%d rows became %d results and %d problems", len(table.Rows), len(results), len(bad))
			}
			rewrite(t, table, columns)
		}
	}
}

// rewrite writes the rows of a table and reads them again.
func rewrite(t *testing.T, table intake.Table, columns []intake.Column) {
	var rows [][]string
	for _, row := range table.Rows {
		rows = append(rows, row.Texts(columns))
	}
	if len(rows) == 0 {
		return
	}
	var file bytes.Buffer
	if err := intake.WriteCSV(&file, intake.Names(columns), slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	sheets, err := intake.Read("again", &file, intake.OperatorLimits())
	if err != nil {
		t.Fatal(err)
	}
	again, err := intake.Match(sheets[0], columns)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range again.Rows {
		got = append(got, strings.Join(row.Texts(columns), "|"))
	}
	for _, row := range rows { // rows that begin like a footer or a header may fall out, but none may change
		if len(got) > 0 && got[0] == strings.Join(row, "|") {
			got = got[1:]
		}
	}
	if len(got) > 0 {
		t.Fatalf("after writing %q, read %q", rows, got)
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, name := range []string{"03核酸检测结果_第一批.csv", "08消毒记录.csv", "09体温登记.csv"} {
		content := readFile(f, name)
		f.Add(content[:min(len(content), 2000)])
	}
	for _, s := range []string{
		"姓名,证件号码\n甲,1\n", "姓名;证件号码\r\n\"甲\";'1\r\n", "姓名\t证件号码\r甲\t1\r", "sep=|\n姓名|证件号码\n甲|1", "姓名,证件\n,号码\n=甲,1\n合计,1\n",
		"\xff\xfe\x00", "\xd0\xd5\xc3\xfb,\xd6\xa4\xbc\xfe\xba\xc5\xc2\xeb\n\xbc\xd7,1\n", "\"", "\"\"\"", "姓名,证件号码\n\"a\"\"b\",''1\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) { readThrough(t, content) })
}

// FuzzReadXLSX changes the inside of a workbook; to change its packing alone would only find what the archive reader refuses.
func FuzzReadXLSX(f *testing.F) {
	f.Add(inline(1, "姓名", "证件号码")+inline(2, "甲", "1")+end, "<si><t>甲</t></si>", `date1904="1"`)
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`+end+`<mergeCells><mergeCell ref="A1:A9"/></mergeCells>`, "<si><r><t>甲</t></r><rPh><t>x</t></rPh></si>", "")
	f.Add(`<row r="9999999999"><c r="ZZZZ1" t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c><f>1</f><v>3.2E+17</v></c></row>`, "_x0000_", "")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, sheet, shared, properties string) {
		if len(sheet)+len(shared)+len(properties) > 32<<10 {
			return // too large to be quick
		}
		readThrough(t, packed(t, book(properties, []string{shared}, sheet)))
	})
}

func FuzzReadArchive(f *testing.F) {
	f.Add(packed(f, book("", []string{"<t>甲</t>"}, inline(1, "姓名", "证件号码")+inline(2, "甲", "1")+end)))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, content []byte) {
		readThrough(t, append([]byte("PK\x03\x04"), content[min(4, len(content)):]...))
	})
}
