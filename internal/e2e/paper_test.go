package e2e

import (
	"bytes"
	"fmt"
	"regexp"
	"testing"

	"fugong/internal/app"
	"fugong/internal/browsertest"
)

// mostPages is how many pages of paper the page of a section may take.
const mostPages = 3

var pdfPage = regexp.MustCompile(`/Type\s*/Page\b`)

// TestSectionOnPaper prints the page of a section on A4: one whose people wait for a test of their own, one of which nothing is on
// record, one that stopped reporting. Three pages each, in both languages, and marked up for whoever has them read aloud.
func TestSectionOnPaper(t *testing.T) {
	page := chromium.Page(t) // which skips without a browser
	if live.once.Do(live.start); live.err != nil {
		t.Fatal(live.err)
	}
	if err := live.app.AddUser(t.Context(), app.UserQuery{Name: "printer", Role: "district"}, password); err != nil {
		t.Fatal(err)
	}
	p := &phone{Page: page, name: "printer", base: live.base}
	p.Size(1440, 900)
	p.signIn()
	for range 2 {
		before := browsertest.Eval[string](p.Page, `document.documentElement.lang`)
		p.Click(".nav__lang")
		p.Eventually("the other language", fmt.Sprintf(`document.documentElement.lang !== %q && document.readyState === 'complete'`, before))
		for _, n := range []int{5, 11, 27} {
			code := sectionCode(t, n)
			p.Open(p.base + "/sections/" + code)
			where := code + " in " + browsertest.Eval[string](p.Page, `document.documentElement.lang`)
			paper := p.PDF()
			if pages := len(pdfPage.FindAll(paper, -1)); pages == 0 || pages > mostPages {
				t.Errorf("%s takes %d pages of paper, want at most %d", where, pages, mostPages)
			}
			if !bytes.Contains(paper, []byte("/StructTreeRoot")) {
				t.Errorf("%s is not tagged", where)
			}
		}
	}
}
