package e2e

import (
	"testing"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/daily"
	"fugong/internal/district"
	"fugong/internal/evaluation"
	sections "fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestDemoChecklistsSayWhatTheRegistersDo: the managers of the made-up district count right. Each number of yesterday's checklists
// is what the registers say of when it was sent, and stands beside its field today. Told apart are the areas short (a manager says
// where something was left out, the program where less was done than a whole day wants) and the stores, counted that evening.
func TestDemoChecklistsSayWhatTheRegistersDo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.takeDistrict(district.Demo(w.now, w.loc), 1)
		compared := 0
		for _, j := range w.judged() {
			form := checklist.On(calendar.On(w.now, w.loc))
			filed, err := s.Submissions(t.Context(), account.Everywhere(), j.Section.Code, calendar.On(w.now, w.loc).Add(-1))
			if err != nil {
				t.Fatal(err)
			}
			if len(filed) != 1 {
				continue // nothing is known of it, or it does not report
			}
			said := map[string]string{}
			for _, a := range filed[0].Answers {
				said[a.Item] = a.Number
			}
			known := w.facts(filed[0])
			for _, it := range form.Items {
				if it.Code == "H1" {
					continue
				}
				for _, f := range it.Figures {
					number, recorded := known[f.Source]
					if recorded && f.Code != "F1.3" && said[f.Code] != number {
						t.Errorf("%s says %s %s: %q, the registers %q", j.Section.Code, f.Code, f.Text, said[f.Code], number)
					}
					if recorded {
						compared++
					}
				}
			}
		}
		if compared < 26*28 {
			t.Errorf("only %d numbers were compared", compared)
		}
	})
}

// facts is what the registers say of a section when its checklist was received.
func (w *world) facts(f store.Filed) map[string]string {
	w.Helper()
	var known map[string]string
	err := w.judge.Visit(w.Context(), []sections.SectionID{f.SectionID}, f.ReceivedAt, w.now, func(e evaluation.Examined) error {
		known = daily.Count(e.Snapshot, e.Report, e.Policy, w.loc).Numbers
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return known
}
