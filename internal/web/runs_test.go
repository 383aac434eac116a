package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/schedule"
	"fugong/internal/store"
)

// ran puts a run on record, with what came of it.
func (w *stage) ran(job string, o schedule.Outcome) {
	w.Helper()
	c := schedule.Claim{Job: job, Slot: w.now(), Every: 5 * 60e9, Holder: "test", Now: w.now(), Until: w.now().Add(60e9)}
	attempt, err := w.store.ClaimSlot(w.Context(), c)
	if err != nil {
		w.Fatal(err)
	}
	if counted, err := w.store.FinishSlot(w.Context(), c, attempt, w.now(), o); err != nil || !counted {
		w.Fatal(counted, err)
	}
}

// TestRunsSayFirstWhatMatters: the last full run, what was missed and what failed stand above; of the runs those with something to
// tell come first, the last at the top, and the others are folded away.
func TestRunsSayFirstWhatMatters(t *testing.T) {
	w := newStage(t)
	w.ran("full", schedule.Outcome{Judged: 28})
	w.ran("audit", schedule.Outcome{})
	w.pass(60e9)
	w.ran("due", schedule.Outcome{})
	w.ran("reseal", schedule.Outcome{Note: "no key"})
	w.pass(14 * 60e9)
	w.ran("full", schedule.Outcome{Judged: 29, Changed: 1})
	w.ran("uploads", schedule.Outcome{})
	doc := w.page(http.StatusOK, "/runs")
	if got, want := words(doc.Find("#runs-lead")), "上次全部标段判定：2022-05-06 08:15，判定 29 个。停机错过 2 次，已由之后的运行补上。1 次运行有失败，见下表。"; got != want {
		t.Errorf("the page begins with %q, want %q", got, want)
	}
	if got, want := texts(doc, "section > table tbody th"), []string{"全部标段", "换用新密钥", "全部标段"}; !slices.Equal(got, want) {
		t.Errorf("runs with something to tell: %q, want %q", got, want)
	}
	if got, want := texts(doc, "details tbody th"), []string{"清理未确认的导入文件", "到期标段", "操作记录校验"}; !slices.Equal(got, want) {
		t.Errorf("quiet runs: %q, want %q", got, want)
	}
	if got := words(doc.Find("details summary")); !strings.Contains(got, "3 次") {
		t.Errorf("folded away: %q", got)
	}
}

// TestInspectorsReadOfTheirPart: who sees one street reads that a run was, what it caught up and that something failed, with what it
// changed in that street; not how many there are elsewhere, nor which of them failed, nor the upkeep of the program.
func TestInspectorsReadOfTheirPart(t *testing.T) {
	w := newDistrict(t)
	w.hire("bridge", account.Inspector, account.Scope{Streets: []string{"学苑街道"}})
	w.hire("nowhere", account.Inspector, account.Scope{Streets: []string{"青山街道"}})
	w.ran("full", schedule.Outcome{Judged: 3, Changed: 3})
	w.ran("photos", schedule.Outcome{Changed: 7})
	w.pass(20 * 60e9)
	w.ran("full", schedule.Outcome{Judged: 2, Failed: 1, Note: "judge section XY-02: panic"})
	read := func(name string) (lead, main string, rows []string) {
		w.browser = w.enter(name)
		doc := w.page(http.StatusOK, "/runs")
		doc.Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
			rows = append(rows, strings.Join(texts(goquery.NewDocumentFromNode(row.Nodes[0]), "th, td:not(:empty)"), " "))
		})
		return words(doc.Find("#runs-lead")), words(doc.Find("main")), rows
	}
	lead, main, rows := read("bridge")
	if want := "上次全部标段判定：2022-05-06 08:20，您可见的 1 个标段中 1 个没有判定成，会再次判定。停机错过 3 次，已由之后的运行补上。1 次运行有失败，见下表。"; lead != want {
		t.Errorf("the page begins with %q, want %q", lead, want)
	}
	for _, foreign := range []string{"XY-02", "panic", "照片"} {
		if strings.Contains(main, foreign) {
			t.Errorf("an inspector of one street reads %q", foreign)
		}
	}
	flags, err := w.store.Flags(t.Context(), account.Scope{Streets: []string{"学苑街道"}}, store.FlagFilter{})
	if err != nil || len(flags) == 0 {
		t.Fatal(flags, err)
	}
	want := []string{
		"全部标段 2022-05-06 08:20 2022-05-06 08:20 0.0 s 0 0 0 补上停机期间错过的 3 次。此前一次的时点：2022-05-06 08:00 运行中有失败，没有判定成的标段会再次判定；如一再出现，请告知区级管理部门。",
		fmt.Sprintf("全部标段 2022-05-06 08:00 2022-05-06 08:00 0.0 s 1 %d 0", len(flags)),
	}
	if !slices.Equal(rows, want) {
		t.Errorf("the rows are %q, want %q", rows, want)
	}
	if _, _, rows := read("nowhere"); len(rows) != 2 || !strings.HasSuffix(rows[1], "0.0 s 0 0 0") {
		t.Errorf("of no section: %q", rows)
	}
	w.judge()
	if lead, _, _ := read("bridge"); !strings.Contains(lead, "您可见的 1 个标段都已判定。") {
		t.Errorf("once it is judged the page begins with %q", lead)
	}
	if lead, _, rows := read(string(account.District)); !strings.Contains(lead, "判定 2 个") || len(rows) != 3 {
		t.Errorf("the district reads %q and %q", lead, rows)
	}
}
