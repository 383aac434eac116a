package web

import (
	"net/http"
	"testing"
)

// TestDiagUnderADemonstrationsClock: what a phone's clock differs from a clock that was set says nothing, so it is not looked at.
func TestDiagUnderADemonstrationsClock(t *testing.T) {
	w := newStage(t)
	if n := w.page(http.StatusOK, "/diag").Find(`[data-check="skew"]`).Length(); n != 1 {
		t.Errorf("%d rows on the clock, want 1", n)
	}
	w.options.Demo = true
	w.rebuild(Routes())
	if n := w.page(http.StatusOK, "/diag").Find(`[data-check="skew"]`).Length(); n != 0 {
		t.Errorf("under a demonstration's clock there are %d rows on it", n)
	}
}

// TestSummaryLeavesOutNothings: the verdict counts what is not in order, and not what there is none of.
func TestSummaryLeavesOutNothings(t *testing.T) {
	w := loadWords(t).In("en")
	for want, p := range map[string]sectionPage{"": {}, "1 warning": {Warned: 1}, "3 not met, 2 without data": {Failed: 3, Unrecorded: 2}} {
		if got := p.summary(w); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
