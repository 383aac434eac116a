package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestRowsSpeakEnglish: every format by which a row is refused has its English.
func TestRowsSpeakEnglish(t *testing.T) {
	english, columns, seen := loadWords(t).Phrases(), map[string]bool{}, 0
	for _, kind := range store.Kinds() {
		of, err := store.Columns(kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range of {
			columns[c.Name] = true
		}
	}
	for _, room := range []string{"intake", "site", "roster", "screening", "housing", "disinfection", "checklist", "supply", "gate", "document", "store"} {
		files, err := filepath.Glob("../" + room + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", room, len(files), err)
		}
		for _, name := range files {
			for _, text := range textsGiven(t, name, "NewFlaw", "Wrong", "refuse", "duplicate", "overlaps") {
				if seen++; english[text] == nil && !columns[text] {
					t.Errorf("%s: %q has no English", name, text)
				}
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d texts were found", seen)
	}
}

// textsGiven lists the Chinese that a file gives to some functions, or puts into structures of some name, as it stands.
func textsGiven(t *testing.T, name string, functions ...string) (texts []string) {
	t.Helper()
	if strings.HasSuffix(name, "_test.go") {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil && han.MatchString(text) {
				texts = append(texts, text)
			}
		}
		return true
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if slices.Contains(functions, called(n)) {
				for _, arg := range n.Args {
					add(arg)
				}
			}
		case *ast.CompositeLit:
			if kind, ok := n.Type.(*ast.SelectorExpr); ok && slices.Contains(functions, kind.Sel.Name) {
				ast.Inspect(n, add)
			}
		}
		return true
	})
	return texts
}

// quoted is what a message repeats of a file, or gives to be written into one.
var quoted = regexp.MustCompile(`“[^”]*”`)

// speaks holds what is said of rows in English to being English, but for what is quoted.
func speaks(t *testing.T, of string, rows []intake.Problem) {
	t.Helper()
	en := loadWords(t).In(locale.English)
	for _, p := range rows {
		said := rowWords(en, p)
		if rest := quoted.ReplaceAllString(said, ""); han.MatchString(rest) || strings.Contains(rest, "%!") || rest == "" {
			t.Errorf("%s, line %d: %q (%s)", of, p.Line, said, p.Message)
		}
	}
}

// dirty are cells that are wrong in most columns. What they are wrong for, the columns say.
func dirty() []string {
	return []string{
		"", "/", "#REF!", "乱\ufffd码", "3.2E+17", "无", "某某", "2022-02-30 07:00", "2022/5/57:30", "5/6/22", "5月6日", "随便", "2022-05-05 25:00", "2022-05-05 七点", "99999",
		"2031-01-01 08:00", "1990-01-01", "12.34567", "-1", "1e99", "999999999999999999999", "100", "365", "36..5", "12", "1", "0.5", "150%", "500升",
		"3206**********0012", "320699199003070014", "32069919900230001X", "320699900307001", "1234", "320699199003070013", "320699198511120027", "320699198810010055",
		"XY-99", "Z9", "阴性", "A-999", "2022-05-05 07:00", "2022-05-05 09:00", "99", "三十七度", "13800000000000000",
	}
}

// sprayed is a table of a kind in which each column in turn holds each of the dirty cells, in a row that is right otherwise.
func sprayed(t *testing.T, kind string) []byte {
	t.Helper()
	columns, err := store.Columns(kind)
	if err != nil {
		t.Fatal(err)
	}
	right, example := map[string]string{"标段编号": "XY-01", "证件号码": "320699199003070013", "姓名": "甲", "房间号": "A-101", "范围": "XY-01"}, exampleRow()
	base := make([]string, len(columns))
	for i, c := range columns {
		for _, text := range []string{example[c.Name], example[kind+"."+c.Name], right[c.Name]} {
			if text != "" {
				base[i] = text
			}
		}
	}
	var table bytes.Buffer
	w := csv.NewWriter(&table)
	rows := [][]string{intake.Names(columns), base}
	for i := range columns {
		for _, cell := range dirty() {
			row := slices.Clone(base)
			row[i] = cell
			rows = append(rows, row)
		}
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return table.Bytes()
}

// TestDirtyFilesSpeakEnglish brings all dirty files there are, and tables of dirty cells, as the district and as a manager: nothing
// that is said of a row is left in Chinese, now or when it is read again.
func TestDirtyFilesSpeakEnglish(t *testing.T) {
	w, codes := newDistrict(t), map[intake.Code]bool{}
	storetest.Import(t, w.store, "rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-101,18,6\nXY-02,B-1,18,6")
	storetest.Import(t, w.store, "stays", "证件号码,标段编号,房间号,入住时间,离开时间\n320699199003070013,XY-01,A-101,2022-05-01 20:00,2022-05-02 08:00\n320699198511120027,XY-01,A-101,2022-04-20 20:00,")
	storetest.Import(t, w.store, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,Q1,一号楼,宿舍")
	scopes := map[string]account.Scope{"district": account.Everywhere(), "manager": {Sections: []string{"XY-01", "CX-01"}}}
	bring := func(kind, file string, content []byte) {
		for who, scope := range scopes {
			if store.OfDistrict(kind) && !scope.Everywhere {
				continue
			}
			up := store.Upload{Kind: kind, File: file, Content: content, Loc: storetest.Shanghai(), Now: w.now(), By: who, Within: scope, DryRun: !scope.Everywhere}
			report, _, err := w.store.Import(t.Context(), up)
			if err != nil {
				t.Fatal(err)
			}
			speaks(t, who+", "+file, report.Rows)
			for _, p := range report.Rows {
				codes[p.Code] = true
			}
		}
	}
	for _, kind := range store.Kinds() {
		bring(kind, kind+".csv", sprayed(t, kind))
	}
	for _, f := range dirtyFiles(t) {
		content, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		bring(f.kind, filepath.Base(f.path), content)
	}
	for _, code := range []intake.Code{intake.Missing, intake.IDSci, intake.IDChecksum, intake.IDDate, intake.IDMasked, intake.IDLength, intake.NameMismatch, intake.NotOnRoster,
		intake.ResultCode, intake.TimeFormat, intake.TimeOrder, intake.Future, intake.PoolOversize, intake.BadNumber, intake.Range, intake.UnknownSection,
		intake.UnknownRoom, intake.UnknownArea, intake.Overlap, intake.Duplicate, intake.TubeConflict, intake.BadWord} {
		if !codes[code] {
			t.Errorf("no row was refused as %s", code)
		}
	}
	readAgain(t, w)
}

// readAgain reads what was kept of the files.
func readAgain(t *testing.T, w *stage) {
	t.Helper()
	batches, err := w.store.Batches(t.Context(), account.Everywhere(), store.BatchFilter{Limit: 100})
	if err != nil || len(batches) < 30 {
		t.Fatalf("%d batches, %v", len(batches), err)
	}
	for _, b := range batches {
		d, err := w.store.Batch(t.Context(), account.Everywhere(), b.ID)
		if err != nil {
			t.Fatal(err)
		}
		speaks(t, fmt.Sprint("kept of ", b.File), d.Problems)
	}
	cases, err := w.store.Quarantined(t.Context(), account.Everywhere())
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		speaks(t, "kept aside of "+c.File, []intake.Problem{c.Problem})
	}
}

type dirtyFile struct{ kind, path string }

// dirtyFiles are the files of the two sets of samples, in the order of their numbers.
func dirtyFiles(t *testing.T) (files []dirtyFile) {
	t.Helper()
	kinds := map[string]string{"标段信息": "sections", "防控区域": "zones", "花名册": "roster", "核酸": "results", "房间": "rooms", "住宿人员": "stays", "消毒区域": "areas",
		"消毒记录": "disinfection", "体温": "temperatures", "门岗": "gate", "物资": "stock", "证照": "documents", "自查": "checklists"}
	for _, set := range []string{"office", "district"} {
		paths, err := filepath.Glob("../../testdata/" + set + "/[0-9]*")
		if err != nil || len(paths) < 10 {
			t.Fatalf("%s: %d files, %v", set, len(paths), err)
		}
		for _, path := range paths {
			found := ""
			for word, kind := range kinds {
				if strings.Contains(filepath.Base(path), word) {
					found = kind
				}
			}
			if found == "" {
				t.Fatalf("%s is of no kind", path)
			}
			files = append(files, dirtyFile{found, path})
		}
	}
	return files
}

// TestEnglishPagesOfRows: an English page, its workbook and its forms tell in English what is wrong with rows; a Chinese one in Chinese.
func TestEnglishPagesOfRows(t *testing.T) {
	w := newDistrict(t)
	table := []byte("标段编号,姓名,证件号码,进场时间\nXY-01,丁,320699199003070014,2022-05-01 08:00\nXY-99,戊,320699199003070013,\n")
	bad := []byte("证件号码,采样时间,检测结果\n320699199602290042,2022-05-05 09:00,阴性\n")
	w.header.Set("Accept-Language", "en")
	at := w.bring("roster", "r.csv", table).Header().Get("Location")
	wants := []string{"“证件号码”: The check digit of the number “…0014” does not fit", "“进场时间”: Please fill this in"}
	w.holds(at, wants...)
	taken := w.post(at, nil).Header().Get("Location")
	w.holds(taken, wants...)
	book := w.get(at + "/errors.xlsx")
	sheets, err := intake.Read("errors.xlsx", bytes.NewReader(book.Body.Bytes()), intake.UploadLimits())
	if err != nil {
		t.Fatal(err)
	}
	columns, _ := store.Columns("roster")
	tables, err := intake.MatchAll(sheets, columns)
	if err != nil || len(tables) != 1 || !slices.Equal(tables[0].Unknown, []string{"Problem", "Line in the file"}) || !strings.Contains(fmt.Sprint(tables[0].Rows[0].Original(storetest.Shanghai())), wants[0]) {
		t.Errorf("workbook: %+v, %v", tables, err)
	}
	w.holds(w.bring("stock", "", nil, "paste", "标段编号\t日期\t物资\t结存\nXY-01\t2022-05-05\t口罩\t100").Header().Get("Location"), "Pasted table")
	w.post(w.bring("results", "x.csv", bad).Header().Get("Location"), nil)
	w.holds("/quarantine", "“证件号码”: The person whose number ends in 0042 is not on the roster of any section")
	cases, err := w.store.Quarantined(t.Context(), account.Everywhere())
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	tried := w.post(fmt.Sprintf("/quarantine/%d", cases[0].ID), url.Values{"do": {"take"}})
	if text := words(document(t, tried).Find("form .msg")); !strings.Contains(text, "is not on the roster of any section") {
		t.Errorf("tried again: %q", text)
	}
	w.header.Set("Accept-Language", "zh-CN")
	w.holds(taken, "证件号码：号码“…0014”的校验码不对", "进场时间：没有填写")
	w.holds("/quarantine", "证件尾号0042的人员不在任何标段的花名册上")
}

// holds asks for a page that has to say something.
func (w *stage) holds(address string, texts ...string) {
	w.Helper()
	said := words(w.page(200, address).Find("main"))
	for _, text := range texts {
		if !strings.Contains(said, text) {
			w.Errorf("%s does not say %q: %s", address, text, said)
		}
	}
}
