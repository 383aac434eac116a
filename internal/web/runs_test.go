package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"fugong/internal/schedule"
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
	if got, want := words(doc.Find("#runs-lead")), "上次全部标段判定： 2022-05-06 08:15，判定 29 个。 停机错过 2 次，已由之后的运行补上。 1 次运行有失败，见下表。"; got != want {
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
