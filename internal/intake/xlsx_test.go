package intake_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"fugong/internal/fault"
	"fugong/internal/intake"
)

// part is one file inside a workbook made by hand.
type part struct {
	name, content string
}

const (
	mainSpace = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relSpace  = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relKind   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
)

// book makes the parts of a workbook from the inside of sheetData of each sheet; sheets are named 甲, 乙, … and properties go
// on the workbook.
func book(properties string, shared []string, sheets ...string) []part {
	var list, rels strings.Builder
	var parts []part
	for i, s := range sheets {
		state := ""
		if rest, hidden := strings.CutPrefix(s, "hidden:"); hidden {
			s, state = rest, ` state="hidden"`
		}
		fmt.Fprintf(&list, `<sheet name="%c" sheetId="%d"%s r:id="r%d"/>`, []rune("甲乙丙丁")[i], i+1, state, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="r%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relKind, i+1)
		parts = append(parts, part{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), fmt.Sprintf(`<worksheet %s><sheetData>%s</worksheet>`, mainSpace, s)})
	}
	var texts strings.Builder
	for _, s := range shared {
		texts.WriteString("<si>" + s + "</si>")
	}
	fmt.Fprintf(&rels, `<Relationship Id="rs" Type="%s/sharedStrings" Target="/xl/sharedStrings.xml"/>`, relKind)
	return append(parts,
		part{"_rels/.rels", fmt.Sprintf(`<Relationships><Relationship Id="x" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>`, relKind)},
		part{"xl/workbook.xml", fmt.Sprintf(`<workbook %s %s><workbookPr %s/><sheets>%s</sheets></workbook>`, mainSpace, relSpace, properties, list.String())},
		part{"xl/_rels/workbook.xml.rels", "<Relationships>" + rels.String() + "</Relationships>"},
		part{"xl/sharedStrings.xml", fmt.Sprintf("<sst %s>%s</sst>", mainSpace, texts.String())},
	)
}

func packed(t testing.TB, parts []part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.Create(p.name)
		if err == nil {
			_, err = f.Write([]byte(p.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inline is a row of inline texts.
func inline(number int, texts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, number)
	for i, text := range texts {
		if text == "" {
			continue
		}
		fmt.Fprintf(&b, `<c r="%c%d" t="inlineStr"><is><t>`, 'A'+i, number)
		_ = xml.EscapeText(&b, []byte(text))
		b.WriteString(`</t></is></c>`)
	}
	return b.String() + "</row>"
}

const end = "</sheetData>"

func TestReadXLSX(t *testing.T) {
	head := inline(2, "姓名", "证件号码", "采样时间")
	tests := []struct {
		name  string
		parts []part
		want  []string
	}{
		{"inline texts, title above", book("", nil, inline(1, "名单")+head+inline(5, "甲", "1", "a")+end), []string{"甲5:甲|1|a"}},
		{
			"shared texts, rich and with phonetics",
			book("", []string{"<t>姓名</t>", "<r><t>证件</t></r><r><t>号码</t></r>", "<t>甲</t><rPh><t>jia</t></rPh>", "<t xml:space=\"preserve\"> 1_x000D_ </t>"},
				`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>`+end),
			[]string{"甲2:甲|1|"},
		},
		{"a shared text that is not there", book("", nil, head+`<row r="3"><c r="A3" t="s"><v>7</v></c><c r="B3"><v>1</v></c></row>`+end), []string{"甲3:|1|"}},
		{"formulas give what they gave last", book("", nil, head+`<row r="3"><c r="A3" t="str"><f>X</f><v>甲</v></c><c r="B3"><f>1+1</f><v>2</v></c></row>`+end), []string{"甲3:甲|2|"}},
		{"a formula never computed", book("", nil, head+`<row r="3"><c r="A3" t="str"><f>A1</f></c><c r="B3"><v>2</v></c></row>`+end), []string{"甲3:|2|"}},
		{"truth values and errors", book("", nil, head+`<row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#N/A</v></c></row>`+end), []string{"甲3:TRUE|#N/A|"}},
		{"fifteen digits as shown", book("", nil, head+`<row r="3"><c r="A3"><v>36.600000000000001</v></c><c r="B3"><v>1.3910003065E10</v></c></row>`+end), []string{"甲3:36.6|13910003065|"}},
		{
			"percentages as shown",
			append(book("", nil, head+`<row r="3"><c r="A3" s="1"><v>0.75</v></c><c r="B3" s="2"><v>5.0000000000000001E-4</v></c><c r="C3" s="0"><v>0.75</v></c></row>`+end),
				part{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0.00%"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="170"/></cellXfs></styleSheet>`}),
			[]string{"甲3:75%|0.05%|0.75"},
		},
		{"lost digits stay visible", book("", nil, head+`<row r="3"><c r="A3" t="inlineStr"><is><t>甲</t></is></c><c r="B3"><v>3.2069919900307E+17</v></c></row>`+end), []string{"甲3:甲|3.2069919900307E+17|"}},
		{"hidden sheets are left out", book("", nil, "hidden:"+head+inline(3, "甲", "1")+end, head+inline(3, "乙", "2")+end), []string{"乙3:乙|2|"}},
		{"every visible sheet", book("", nil, head+inline(3, "甲", "1")+end, head+inline(3, "乙", "2")+end), []string{"甲3:甲|1|", "乙3:乙|2|"}},
		{"a cover sheet is passed over", book("", nil, inline(1, "说明", "本表")+end, head+inline(3, "乙", "2")+end), []string{"乙3:乙|2|"}},
		{"an empty sheet is passed over", book("", nil, end, head+inline(3, "乙", "2")+end), []string{"乙3:乙|2|"}},
		{
			"merged down",
			book("", nil, head+inline(3, "甲", "1", "a")+inline(4, "乙", "2")+inline(5, "丙", "3")+end+
				`<mergeCells><mergeCell ref="C3:C4"/><mergeCell ref="A1:C1"/></mergeCells>`),
			[]string{"甲3:甲|1|a", "甲4:乙|2|a", "甲5:丙|3|"},
		},
		{"rows and cells without references", book("", nil, strings.ReplaceAll(head, ` r="2"`, "")+`<row><c><v>5</v></c><c><v>1</v></c></row>`+end), []string{"甲2:5|1|"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(t, packed(t, tt.parts))); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadXLSXNumbersAndEpoch(t *testing.T) {
	head := inline(1, "姓名", "证件号码", "采样时间")
	row := `<row r="2"><c r="A2"><v>7</v></c><c r="B2" t="inlineStr"><is><t>7</t></is></c><c r="C2"><v>43224.3125</v></c></row>` + end
	for _, epoch := range []string{`date1904="true"`, `date1904="0"`, ""} {
		table := matchFile(t, "t", packed(t, book(epoch, nil, head+row)), people())[0]
		number, text, date := table.Rows[0].Cell("姓名"), table.Rows[0].Cell("证件号码"), table.Rows[0].Cell("采样时间")
		if !number.Serial || text.Serial || date.Date1904 != (epoch == `date1904="true"`) {
			t.Errorf("%q: number %+v, text %+v, date %+v", epoch, number, text, date)
		}
	}
}

func TestMatchAllRefusesAColumnMisspelt(t *testing.T) {
	good := inline(1, "姓名", "证件号码") + inline(2, "甲", "1") + end
	bad := inline(1, "姓名", "证件号玛", "采样时间") + inline(2, "乙", "2", "a") + end
	sheets, err := intake.Read("t.xlsx", bytes.NewReader(packed(t, book("", nil, good, bad))), intake.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := intake.MatchAll(sheets, people()); err == nil || !strings.Contains(err.Error(), "工作表“乙”") {
		t.Errorf("got %v, want a fault that names the sheet", err)
	}
}

// TestReadXLSXRefuses opens what was made to harm, and holds that it is refused at once and leaves nothing on disk.
func TestReadXLSXRefuses(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	good := book("", nil, inline(1, "姓名", "证件号码")+inline(2, "甲", "1")+end)
	whole := packed(t, good)
	encrypted := bytes.Clone(whole)
	for i := range encrypted { // set the flag in each header
		if bytes.HasPrefix(encrypted[i:], []byte("PK\x01\x02")) {
			encrypted[i+8] |= 1
		}
	}
	var many []part
	for i := range 1001 {
		many = append(many, part{fmt.Sprintf("x%d", i), ""})
	}
	filler := strings.Repeat(" ", 17<<20)
	wide := "<row>" + strings.Repeat("<c><v>1</v></c>", 201) + "</row>"
	tests := []struct {
		name    string
		content []byte
		says    string
	}{
		{"truncated", whole[:len(whole)-30], "损坏"},
		{"cut in the middle", whole[:len(whole)/2], "损坏"},
		{"encrypted", encrypted, "密码"},
		{"too many parts", packed(t, append(many, good...)), "部件超过1000"},
		{"a bomb", packed(t, append(book("", nil, end), part{"a", strings.Repeat("\x00", 101<<20)})), "展开后超过100MB"},
		{"bombs that add up", packed(t, append(book("", nil, end), part{"a", strings.Repeat("\x00", 60<<20)}, part{"b", strings.Repeat("\x00", 60<<20)})), "展开后超过100MB"},
		{"one huge sheet", packed(t, book("", nil, end+filler)), "超过16MB"},
		{"too many rows", packed(t, book("", nil, strings.Repeat("<row><c><v>1</v></c></row>", 20_001)+end)), "超过20000行"},
		{"too many rows over two sheets", packed(t, book("", nil, strings.Repeat("<row><c><v>1</v></c></row>", 10_001)+end, strings.Repeat("<row><c><v>1</v></c></row>", 10_001)+end)), "超过20000行"},
		{"too many columns", packed(t, book("", nil, wide+end)), "超过200列"},
		{"a column far out", packed(t, book("", nil, `<row><c r="XFD1"><v>1</v></c></row>`+end)), "超过200列"},
		{"a reference that is none", packed(t, book("", nil, `<row><c r="9A"><v>1</v></c></row>`+end)), "超过200列"},
		{"too long a cell", packed(t, book("", nil, inline(1, strings.Repeat("长", 2000))+end)), "有一格超过"},
		{"no workbook", packed(t, []part{{"a.txt", "a"}}), "损坏"},
		{"no sheets", packed(t, book("", nil)), "没有可见的工作表"},
		{"only hidden sheets", packed(t, book("", nil, "hidden:"+end)), "没有可见的工作表"},
		{"broken markup", packed(t, book("", nil, "<row><c></row")), "损坏"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			begin := time.Now()
			_, err := intake.Read("名册.xlsx", bytes.NewReader(tt.content), intake.Limits{})
			if fault.KindOf(err) != fault.Invalid || err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want a fault saying %q", err, tt.says)
			}
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("left on disk: %v, %v", left, err)
	}
}

// TestReadXLSXLikeExcelize compares our reading of another writer's workbooks with what a general reader makes of them.
func TestReadXLSXLikeExcelize(t *testing.T) {
	files := map[string]string{"01标段信息.xlsx": "sections", "02实名制花名册.xlsx": "roster", "06住宿人员.xlsx": "stays", "10防疫物资.xlsx": "stock"}
	for name, kind := range files {
		content := readFile(t, name)
		f, err := excelize.OpenReader(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		columns := kinds()[kind]
		for _, table := range matchFile(t, name, content, columns) {
			rows, err := f.GetRows(table.Sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range table.Rows {
				for _, text := range row.Texts(columns) {
					same := func(other string) bool { return strings.TrimSpace(other) == text }
					if text != "" && !slices.ContainsFunc(rows[row.Line-1], same) {
						t.Errorf("%s %s line %d: %q is not among %q", name, table.Sheet, row.Line, text, rows[row.Line-1])
					}
				}
			}
		}
	}
}

// TestReadXLSXDamaged changes bytes of a workbook at random: reading may refuse it, and must not do anything else.
func TestReadXLSXDamaged(t *testing.T) {
	whole := packed(t, book("", nil, inline(1, "姓名", "证件号码")+inline(2, "甲", "1")+end))
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		damaged := bytes.Clone(whole)
		for range 1 + random.IntN(4) {
			damaged[4+random.IntN(len(damaged)-4)] = byte(random.Uint32())
		}
		sheets, err := intake.Read("t.xlsx", bytes.NewReader(damaged), intake.Limits{})
		if err == nil {
			_, _ = intake.MatchAll(sheets, people())
		} else if fault.KindOf(err) != fault.Invalid {
			t.Fatalf("got %v, want a fault", err)
		}
	}
}

func BenchmarkReadXLSX(b *testing.B) {
	rows := func(yield func([]string) bool) {
		row := []string{"韩生娜", "身份证", "320699196604070082", "13910000613", "NT2205030000", "10", "2022-05-03 20:00:00", "阴性", "示例医学检验所"}
		for range 20_000 - 1 {
			if !yield(row) {
				return
			}
		}
	}
	var file bytes.Buffer
	if err := intake.WriteXLSX(&file, []string{"姓名", "证件类型", "证件号码", "电话", "管号", "混采人数", "采样时间", "结果", "机构"}, rows); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		if _, err := intake.Read("t", bytes.NewReader(file.Bytes()), intake.UploadLimits()); err != nil {
			b.Fatal(err)
		}
	}
}
