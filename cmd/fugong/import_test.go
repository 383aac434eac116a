package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fugong/internal/app"
)

// report is the public result of an import, with every name it may have.
type report struct {
	Kind        string   `json:"kind"`
	File        string   `json:"file"`
	DryRun      bool     `json:"dry_run"`
	Accepted    int      `json:"accepted"`
	Duplicate   int      `json:"duplicate"`
	Quarantined int      `json:"quarantined"`
	Rejected    int      `json:"rejected"`
	Unknown     []string `json:"unknown_columns"`
	Rows        []row    `json:"rows"`
}

type row struct {
	Sheet   string `json:"sheet"`
	Line    int    `json:"line"`
	Outcome string `json:"outcome"`
	Code    string `json:"code"`
	Column  string `json:"column"`
	Message string `json:"message"`
}

func (r report) counts() [4]int { return [4]int{r.Accepted, r.Duplicate, r.Quarantined, r.Rejected} }

// dirty is a table of which one row each is accepted, repeated, quarantined and rejected.
const dirty = `姓名,证件号码,进场时间,标段编号,血型
丁,320699199602290042,2022-04-20 08:00,XY-02,A
丁,320699199602290042,2022-04-20 08:00,XY-02,A
戊,3206**********0042,2022-04-20 08:00,XY-02,B
己,320699199602290043,2022-04-20 08:00,XY-02,O
`

// TestImportJSON: one file gives one object, several give an array, and rows lists each row that was not plainly accepted.
func TestImportJSON(t *testing.T) {
	w := newDistrict(t)
	file := w.write("dirty.csv", dirty)
	var one report
	w.parse(w.want(3, "import", "roster", file, "--json").out, &one)
	if one.Kind != "roster" || one.File != "dirty.csv" || one.DryRun || one.counts() != [4]int{1, 1, 1, 1} || !slices.Equal(one.Unknown, []string{"血型"}) {
		t.Errorf("report %+v", one)
	}
	want := []row{
		{Line: 3, Outcome: "duplicate", Code: "DUPLICATE"},
		{Line: 4, Outcome: "quarantined", Code: "ID_MASKED", Column: "证件号码"},
		{Line: 5, Outcome: "rejected", Code: "ID_CHECKSUM", Column: "证件号码"},
	}
	for i, r := range one.Rows {
		if r.Message == "" || strings.Contains(r.Message, "320699199602290043") {
			t.Errorf("line %d: message %q, want one that does not repeat the number", r.Line, r.Message)
		}
		if r.Message = ""; i >= len(want) || r != want[i] {
			t.Errorf("row %+v, want %+v", r, want)
		}
	}
	var several []report
	w.parse(w.want(3, "import", "roster", w.path("roster.csv"), file, "--json").out, &several)
	if len(several) != 2 || several[0].counts() != [4]int{0, 3, 0, 0} || several[1].counts() != [4]int{0, 2, 1, 1} {
		t.Errorf("reports %+v", several)
	}
	w.parse(w.must("import", "roster", w.path("roster.csv"), "--json"), &one)
	if len(one.Rows) != 3 {
		t.Errorf("rows of a file imported again %+v, want three duplicates", one.Rows)
	}
}

// TestImportText says the same to a person: file, counts, and of each row its line, code and what is wrong.
func TestImportText(t *testing.T) {
	w := newDistrict(t)
	out := w.want(3, "import", "roster", w.write("dirty.csv", dirty)).out
	for _, word := range []string{"dirty.csv", "接受 1，重复 1，待定 1，拒绝 1", "血型", "第4行", "ID_MASKED", "第5行", "ID_CHECKSUM"} {
		if !strings.Contains(out, word) {
			t.Errorf("%q is not in\n%s", word, out)
		}
	}
}

// TestDryRun says what an import would do and changes nothing, not even what is kept aside.
func TestDryRun(t *testing.T) {
	w := newDistrict(t)
	file := w.write("dirty.csv", dirty)
	before := w.registers()
	var dry, wet report
	w.parse(w.want(3, "import", "roster", file, "--dry-run", "--json").out, &dry)
	for kind, text := range w.registers() {
		if text != before[kind] {
			t.Errorf("%s changed to\n%s", kind, text)
		}
	}
	if !strings.Contains(w.want(3, "import", "roster", file, "--dry-run").out, "预览") {
		t.Error("the preview does not say that it is one")
	}
	w.parse(w.want(3, "import", "roster", file, "--json").out, &wet)
	if !dry.DryRun || wet.DryRun || dry.counts() != wet.counts() || !slices.Equal(dry.Rows, wet.Rows) {
		t.Errorf("preview %+v, import %+v", dry, wet)
	}
}

// TestResultWord: a bare number is refused until the operator says what that laboratory means by it.
func TestResultWord(t *testing.T) {
	w := newDistrict(t)
	file := w.write("lab.csv", "证件号码,采样时间,检测结果\n320699199003070013,2022-05-06 07:00,1\n")
	var r report
	w.parse(w.want(3, "import", "results", file, "--json").out, &r)
	if len(r.Rows) != 1 || r.Rows[0].Code != "RESULT_CODE" || r.Rows[0].Line != 2 {
		t.Errorf("report %+v", r)
	}
	w.parse(w.must("import", "results", file, "--json", "--result-word", "1=阴性"), &r)
	if r.Accepted != 1 {
		t.Errorf("report %+v", r)
	}
}

// TestRoundTrip takes a whole district in as it is sent, in all its formats, brings every register out as text and as workbook,
// and takes that in again: every row of it is known.
func TestRoundTrip(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join("..", "..", "testdata", "district")
	for _, line := range w.counts(filepath.Join(dir, "counts.csv")) {
		code := 0
		if line.counts[2]+line.counts[3] > 0 {
			code = 3
		}
		var got report
		w.parse(w.want(code, "import", line.kind, "--json", filepath.Join(dir, line.file)).out, &got)
		if got.counts() != line.counts {
			t.Errorf("%s: %v, want %v", line.file, got.counts(), line.counts)
		}
	}
	for _, kind := range app.Kinds() {
		for _, format := range []string{".csv", ".xlsx"} {
			file := w.path(kind + format)
			w.must("export", kind, "--out", file)
			var got report
			w.parse(w.must("import", kind, "--json", file), &got)
			if got.Duplicate == 0 || got.counts() != [4]int{0, len(got.Rows), 0, 0} || len(got.Unknown) != 0 {
				t.Errorf("%s%s: %v, want duplicates only", kind, format, got.counts())
			}
		}
	}
}

type countsLine struct {
	file, kind string
	counts     [4]int
}

// counts reads what the district's own list says must come of its files.
func (w *world) counts(name string) []countsLine {
	w.Helper()
	f, err := os.Open(name)
	if err != nil {
		w.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		w.Fatal(err)
	}
	var all []countsLine
	for _, r := range records[1:] {
		line := countsLine{file: r[0], kind: r[1]}
		for i := range line.counts {
			if line.counts[i], err = strconv.Atoi(r[2+i]); err != nil {
				w.Fatal(err)
			}
		}
		all = append(all, line)
	}
	return all
}
