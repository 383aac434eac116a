package checklist_test

import (
	"testing"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
)

func TestFormsKeepWhatTheyOncePublished(t *testing.T) {
	forms := checklist.Forms()
	for i, f := range forms[1:] {
		if f.Version <= forms[i].Version || !f.From.After(forms[i].From) {
			t.Errorf("version %d follows %d", f.Version, forms[i].Version)
		}
		for _, old := range forms[i].Items {
			if now, kept := f.Item(old.Code); !kept || now.Text != old.Text || now.Input != old.Input || now.Part != old.Part {
				t.Errorf("version %d: %s says %q, was %q", f.Version, old.Code, now.Text, old.Text)
			}
		}
	}
	if f := checklist.On(calendar.Day(2022, 3, 31)); f.Version != 1 {
		t.Errorf("on the last day of March: %d", f.Version)
	}
	if f := checklist.On(calendar.Day(2022, 4, 1)); f.Version != 2 {
		t.Errorf("on the first of April: %d", f.Version)
	}
}

func TestFormIsWhole(t *testing.T) {
	f, _ := checklist.Version(2)
	codes, steps := map[string]bool{}, map[string]bool{}
	for _, s := range f.Steps {
		steps[s.Code] = true
	}
	for _, it := range f.Items {
		if codes[it.Code] || it.English == "" || !steps[it.Step] {
			t.Errorf("item %+v", it)
		}
		codes[it.Code] = true
		lead := it.Lead == ""
		for _, figure := range it.Figures {
			if codes[figure.Code] || figure.Text == "" || figure.English == "" {
				t.Errorf("figure %+v", figure)
			}
			codes[figure.Code], lead = true, lead || figure.Code == it.Lead
			if found, ok := checklist.Find(figure.Code); !ok || !found.Input.Has(checklist.Count) {
				t.Errorf("%s is not found", figure.Code)
			}
		}
		if !lead {
			t.Errorf("%s: no figure %s", it.Code, it.Lead)
		}
		for _, r := range it.Reasons {
			if r.Text == "" || r.English == "" {
				t.Errorf("%s: reason %+v", it.Code, r)
			}
		}
	}
}
