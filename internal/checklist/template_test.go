package checklist_test

import (
	"testing"

	"fugong/internal/checklist"
)

func TestTemplateNamesEachItemOnceInOrderOfParts(t *testing.T) {
	seen := map[string]bool{}
	last := checklist.Part("")
	for _, it := range checklist.Template() {
		if seen[it.Code] {
			t.Errorf("item %s stands twice", it.Code)
		}
		seen[it.Code] = true
		if it.Text == "" || it.Input == 0 {
			t.Errorf("item %s: want a text and an input, got %q and %b", it.Code, it.Text, it.Input)
		}
		if it.Part[0] != it.Code[0] {
			t.Errorf("item %s stands under %s", it.Code, it.Part)
		}
		if it.Part < last {
			t.Errorf("item %s of part %s comes after %s", it.Code, it.Part, last)
		}
		last = it.Part
	}
}

func TestFindKnowsTheFormAndNothingElse(t *testing.T) {
	got, ok := checklist.Find("B1")
	if !ok || !got.Input.Has(checklist.YesNo|checklist.Photo) {
		t.Errorf("B1: got %+v, %v; want a question with a photo", got, ok)
	}
	if got.Input.Copyable() {
		t.Error("B1 demands a fresh photo, yet yesterday's answer may be copied")
	}
	if _, ok := checklist.Find("Z9"); ok {
		t.Error("Z9 is not on the form, yet it was found")
	}
}
