package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/intake"
	"fugong/internal/printing"
	"fugong/internal/roster"
	"fugong/internal/sheet"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const districtFiles = "../../testdata/district"

// TestFiles walks the whole way with files as they are sent in: what becomes of each line, what is found of each section,
// what is flagged, what a second import changes (nothing), what is printed, and how a later file clears a flag.
func TestFiles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.importAll(districtFiles)
		judged := w.judged()
		w.checkVerdicts(judged)
		w.checkSubjects(judged)
		open := w.flags()
		w.checkFlags(open)
		w.importAgain(districtFiles)
		w.exportAgain()
		if diff := cmp.Diff(open, w.flags()); diff != "" {
			t.Errorf("flags after the second import (-before +after):\n%s", diff)
		}
		w.checkPapers()
		w.mend()
	})
}

// importAll takes the files of a folder in, in their order, and holds each report to the list beside them. A dry run has to
// say the same before.
func (w *world) importAll(dir string) {
	w.Helper()
	for _, e := range expectations(w.T, dir) {
		content := w.read(dir, e.file)
		dry := w.upload(e.kind, e.file, content)
		dry.DryRun = true
		report, _, err := w.store.Import(w.Context(), dry)
		if err != nil {
			w.Fatalf("dry run of %s: %v", e.file, err)
		}
		e.check(w.T, report)
		e.check(w.T, w.take(e.kind, e.file, content))
	}
}

func (w *world) read(dir, file string) []byte {
	w.Helper()
	content, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		w.Fatal(err)
	}
	return content
}

// checkVerdicts holds each section to its part. All was sent this morning, so that what was cleaned on yesterday's first hours
// looks written down afterwards, everywhere.
func (w *world) checkVerdicts(judged map[string]evaluation.Judged) {
	w.Helper()
	late := "dis.record_quality=warn"
	for code, want := range map[string]string{
		"XY01-1": "conditional 17/16 " + late,
		"XY01-2": "unmet 12/11 nat.latest_negative=unknown nat.pre_resumption=unknown " + late,
		"XY01-3": "unmet 12/11 nat.latest_negative=fail nat.cadence=warn " + late,
		"LA01-1": "conditional 21/20 " + late,
		"LA01-2": "conditional 17/16 room.beds=warn " + late,
		"WJ01-1": "unmet 20/19 nat.latest_negative=fail nat.pool_recheck=fail " + late,
		"CH01-1": "unmet 13/12 room.occupancy=fail room.area=fail room.beds=warn room.no_mixing=warn " + late,
		"CH01-2": "conditional 18/17 " + late,
	} {
		j := judged[code]
		got := fmt.Sprintf("%s %d/%d %s", j.Verdict(), j.Headcount, j.HousedOnSite, strings.Join(amiss(j), " "))
		if got != want {
			w.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}

// checkSubjects looks at whom and what the findings name: people in the order of their roster.
func (w *world) checkSubjects(judged map[string]evaluation.Judged) {
	w.Helper()
	for _, want := range []struct {
		section, code string
		names         []string
		observed      string // of the first
	}{
		{"XY01-3", "nat.latest_negative", []string{"潘宝才", "邹生华", "邵宁宝"}, ""},
		{
			"WJ01-1", "nat.pool_recheck",
			[]string{"谭丽香", "韩华", "覃建海", "孙梅云", "曾林辉", "段刚贵", "叶刚", "严武峰", "彭松庆", "付军超"}, "混管阳性",
		},
		{"CH01-1", "room.occupancy", []string{"A-104"}, "7人"},
		{"CH01-1", "room.area", []string{"A-104"}, "2.29m²"},
		{"XY01-2", "nat.latest_negative", []string{"袁柏庆", "陆洁红"}, "无记录"},
	} {
		f := finding(judged[want.section], criteria.Code(want.code))
		if got := names(f); !slices.Equal(got, want.names) {
			w.Errorf("%s %s names %q, want %q", want.section, want.code, got, want.names)
		}
		if got := f.Subjects[0].Observed.String(); !strings.HasPrefix(got, want.observed) {
			w.Errorf("%s %s observed %q, want %q", want.section, want.code, got, want.observed)
		}
	}
}

func (w *world) flags() []store.FlagLine {
	w.Helper()
	all, err := w.store.Flags(w.Context(), account.Everywhere(), store.FlagFilter{})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// checkFlags: one flag for each subject of each finding that is amiss.
func (w *world) checkFlags(open []store.FlagLine) {
	w.Helper()
	count := map[string]int{}
	for _, f := range open {
		count[f.SectionCode+" "+string(f.Code)]++
		if f.RaisedAt != w.now || !f.ClearedAt.IsZero() || f.Reason == "" {
			w.Errorf("flag %+v, want it raised now with a reason", f)
		}
	}
	want := map[string]int{"XY01-3 nat.latest_negative": 3, "XY01-3 nat.cadence": 3, "WJ01-1 nat.pool_recheck": 10, "CH01-1 room.occupancy": 1}
	for key, n := range want {
		if count[key] != n {
			w.Errorf("%s: %d flags, want %d", key, count[key], n)
		}
	}
}

// importAgain takes the files in once more an hour later: what was new is a duplicate now, what was refused is refused again,
// and no section is due for it.
func (w *world) importAgain(dir string) {
	w.Helper()
	for _, e := range expectations(w.T, dir) {
		got := w.take(e.kind, e.file, w.read(dir, e.file))
		if got.Accepted != 0 || got.Duplicate != e.accepted+e.duplicate || got.Quarantined != e.quarantined || got.Rejected != e.rejected {
			w.Errorf("%s again: accepted %d, duplicate %d, quarantined %d, rejected %d; want 0, %d, %d, %d",
				e.file, got.Accepted, got.Duplicate, got.Quarantined, got.Rejected, e.accepted+e.duplicate, e.quarantined, e.rejected)
		}
	}
	w.notDue()
}

// exportAgain brings every register out and in again, as a workbook and as text.
func (w *world) exportAgain() {
	w.Helper()
	for _, kind := range store.Kinds() {
		header, rows, err := w.store.Export(w.Context(), store.ExportOrder{Kind: kind, Loc: w.loc, Act: audit.Act{Actor: "test"}, Now: w.now})
		if err != nil {
			w.Fatal(err)
		}
		var text, workbook bytes.Buffer
		if err := intake.WriteCSV(&text, header, slices.Values(rows)); err != nil {
			w.Fatal(err)
		}
		if err := intake.WriteXLSX(&workbook, header, slices.Values(rows)); err != nil {
			w.Fatal(err)
		}
		for file, content := range map[string][]byte{kind + ".csv": text.Bytes(), kind + ".xlsx": workbook.Bytes()} {
			got := w.take(kind, file, content)
			if got.Duplicate != len(rows) || len(got.Rows) != len(rows) || len(rows) == 0 {
				w.Errorf("%s exported %d rows; taken in again: %+v", file, len(rows), got)
			}
		}
	}
	w.notDue()
}

func (w *world) notDue() {
	w.Helper()
	outcome, err := w.judge.Due(w.Context())
	if err != nil || outcome.Judged != 0 {
		w.Errorf("%d sections are due though nothing changed: %v", outcome.Judged, err)
	}
}

// checkPapers prints the flagged sections for an inspector and for the wall, and reads them back.
func (w *world) checkPapers() {
	w.Helper()
	internal, posted := w.print(sheet.Internal), w.print(sheet.Posted)
	for _, want := range []string{"建筑工地复工复产核查表", "不符合", "基本符合"} {
		if !strings.Contains(internal, want) || !strings.Contains(posted, want) && want != "建筑工地复工复产核查表" {
			w.Errorf("%q is not on every copy", want)
		}
	}
	for _, f := range w.flags() {
		if !strings.HasPrefix(f.Subject, "worker:") {
			continue
		}
		if !strings.Contains(internal, f.Name) {
			w.Errorf("%s is not on the internal copy", f.Name)
		}
		if strings.Contains(posted, f.Name) {
			w.Errorf("%s is on the posted copy by full name", f.Name)
		}
	}
}

// print gives the text of the sheets of every section, without the space that the layout puts in.
func (w *world) print(c sheet.Copy) string {
	w.Helper()
	paper, err := sheet.NewPrinter()
	if err != nil {
		w.Fatal(err)
	}
	ids, err := w.store.EverySection(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	p := printing.Printer{Store: w.store, Evaluator: w.judge, Paper: paper, Loc: w.loc, Now: w.judge.Now}
	pdf, err := p.Print(w.Context(), printing.Order{Sections: ids, At: w.now, Copy: c, By: "示例员"})
	if err != nil {
		w.Fatal(err)
	}
	return w.text(pdf)
}

func (w *world) text(pdf []byte) string {
	w.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			w.Fatal("pdftotext is not installed, and in CI nothing is skipped")
		}
		w.Skip("pdftotext is not installed")
	}
	cmd := exec.CommandContext(w.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		w.Fatalf("read the printed sheets: %v", err)
	}
	return strings.Join(strings.Fields(string(text)), "")
}

// mend brings at noon the results that one section lacked: its flags close, with the instant of the report, and it is as
// good as its neighbours.
func (w *world) mend() {
	w.Helper()
	w.now = w.at("2022-05-06 12:00:00")
	var b bytes.Buffer
	b.WriteString("证件号码,采样时间,检测结果,混采人数,报告时间\n")
	for _, number := range w.numbersOf("XY01-3", "nat.latest_negative") {
		fmt.Fprintf(&b, "%s,2022-05-06 08:10,阴性,1,2022-05-06 11:30\n", number)
	}
	if got := w.take("results", "noon.csv", b.Bytes()); got.Accepted != 3 {
		w.Fatalf("results at noon: %+v", got)
	}
	if _, err := w.judge.Due(w.Context()); err != nil {
		w.Fatal(err)
	}
	all, err := w.store.Flags(w.Context(), account.Everywhere(), store.FlagFilter{Sections: []string{"XY01-3"}, Cleared: true})
	if err != nil {
		w.Fatal(err)
	}
	cleared := 0
	for _, f := range all {
		if f.Code == "nat.latest_negative" && f.ClearedAt == w.now && f.EndedAt == w.at("2022-05-06 11:30:00") {
			cleared++
		}
	}
	if cleared != 3 {
		w.Errorf("%d flags cleared at noon by reports of 11:30, want 3: %+v", cleared, all)
	}
	if j := w.judged()["XY01-3"]; j.Verdict() != criteria.Conditional {
		w.Errorf("XY01-3 at noon: %s %v", j.Verdict(), amiss(j))
	}
}

// numbersOf opens the seals of the people an open flag of a section names.
func (w *world) numbersOf(section string, code criteria.Code) []string {
	w.Helper()
	f := finding(w.judged()[section], code)
	judged := []evaluation.Judged{{Report: criteria.Report{Findings: []criteria.Finding{f}}}}
	numbers, err := w.store.Numbers(w.Context(), account.Everywhere(), evaluation.Workers[roster.WorkerID](judged))
	if err != nil {
		w.Fatal(err)
	}
	return slices.Sorted(maps.Values(numbers))
}
