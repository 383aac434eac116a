package store

import (
	"testing"

	"fugong/internal/criteria"
	"fugong/internal/locale"
)

// TestPhrasesAreKept: what a finding says reads back as it was, also where a fact is a phrase itself.
func TestPhrasesAreKept(t *testing.T) {
	said := locale.Say("%s已于%s到期，%d人", locale.List("施工许可", "监督备案"), locale.Say("%d小时%d分", 49, 0), 3)
	text, err := encodeFindings([]criteria.Finding{{Code: "org.plan", Severity: "block", Observed: said}})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := decodeFindings(text)
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	if got, want := kept[0].Observed.String(), "施工许可、监督备案已于49小时0分到期，3人"; got != want || said.String() != want {
		t.Errorf("%q reads back as %q", said, got)
	}
	if inner, ok := kept[0].Observed.Args[1].(locale.Phrase); !ok || inner.Format != "%d小时%d分" {
		t.Errorf("the span reads back as %#v", kept[0].Observed.Args[1])
	}
}
