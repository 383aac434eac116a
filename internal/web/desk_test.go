package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/locale"
	"fugong/internal/store/storetest"
	"fugong/templates"
)

// TestVendoredFilesAreThose that the manifest names, with their licences.
func TestVendoredFilesAreThose(t *testing.T) {
	text, err := fs.ReadFile(templates.Files, "static/vendor/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var listed []struct{ File, Name, Version, Licence, SHA256, LicenceFile string }
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "licence_file", "LicenceFile")), &listed); err != nil {
		t.Fatal(err)
	}
	known := []string{"manifest.json"}
	for _, f := range listed {
		content, err := fs.ReadFile(templates.Files, "static/vendor/"+f.File)
		if err != nil {
			t.Error(err)
			continue
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != f.SHA256 || f.Name == "" || f.Version == "" || f.Licence == "" {
			t.Errorf("%s is not the file that the manifest names: %x", f.File, sum)
		}
		if licence, err := fs.ReadFile(templates.Files, "static/vendor/"+f.LicenceFile); err != nil || len(licence) < 100 {
			t.Errorf("%s comes without its licence: %v", f.File, err)
		}
		known = append(known, f.File, f.LicenceFile)
	}
	entries, err := fs.ReadDir(templates.Files, "static/vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(known, e.Name()) {
			t.Errorf("static/vendor/%s is in no manifest", e.Name())
		}
	}
}

// manySections is an installation of n sections in two streets, judged: nothing of them is recorded.
func manySections(t *testing.T, n int) *stage {
	t.Helper()
	w := newStage(t)
	rows := "项目编号,项目名称,标段编号,标段名称,街道,状态,未复工原因\n"
	for i := range n {
		rows += fmt.Sprintf("P%02d,示范项目%d,S-%03d,%d标段,%s,未复工,%s\n", i/3, i/3, i+1, i%3+1, []string{"学苑街道", "南安桥街道"}[i%2], []string{"", "资金"}[i%2])
	}
	storetest.Import(t, w.store, "sections", rows)
	w.judge()
	w.browser = w.enter(string(account.Inspector))
	return w
}

// TestDeskPagesAndKeepsPicks: fifty rows a page, and what is picked on one is picked on the next.
func TestDeskPagesAndKeepsPicks(t *testing.T) {
	w := manySections(t, 60)
	first := w.page(http.StatusOK, "/sections?sort=code&sel=S-002&sel=S-055&sel=S-002&level=nodata&level=")
	if n := first.Find("#rows tbody tr").Length(); n != 50 || first.Find("#page-after").Length() != 1 || first.Find("#page-before").Length() != 0 {
		t.Fatalf("%d rows", n)
	}
	if got := words(first.Find("#rows [role=status]")); got != "已选标段 2" {
		t.Errorf("picked %q", got)
	}
	hidden, _ := first.Find(`#batch input[type=hidden][name=sel]`).Attr("value")
	checked, _ := first.Find(`#rows input[checked]`).Attr("value")
	if hidden != "S-055" || checked != "S-002" || !strings.Contains(words(first.Find(".tfoot")), "第 1–50 个，共 60 个") {
		t.Errorf("hidden %q, checked %q, %q", hidden, checked, words(first.Find(".tfoot")))
	}
	second := w.page(http.StatusOK, "/sections?sort=code&sel=S-002&sel=S-055&page=2")
	if n := second.Find("#rows tbody tr").Length(); n != 10 || words(second.Find("#rows [role=status]")) != "已选标段 2" {
		t.Errorf("%d rows, %q", n, words(second.Find("#rows [role=status]")))
	}
	all := w.page(http.StatusOK, "/sections?sort=code&page=2&pick=page&sel=S-002")
	if got := words(all.Find("#rows [role=status]")); got != "已选标段 11" {
		t.Errorf("picked the page: %q", got)
	}
	if far := w.page(http.StatusOK, "/sections?page=999999999999999999999"); far.Find("#rows tbody tr").Length() != 10 {
		t.Errorf("an absurd page has %d rows", far.Find("#rows tbody tr").Length())
	}
	if end := w.page(http.StatusOK, "/sections?page=9"); end.Find("#rows tbody tr").Length() != 10 {
		t.Errorf("beyond the last page there are %d rows", end.Find("#rows tbody tr").Length())
	}
	w.prints("/sheets.pdf?sel=S-055&sel=S-002", 2)
	wantStatus(t, w.get("/sheets.pdf?sel=S-055&sel=S-999"), http.StatusNotFound)
}

// TestRouteIsKeptInItsOrder for its user and the day, over sessions.
func TestRouteIsKeptInItsOrder(t *testing.T) {
	w := manySections(t, 5)
	stops := func(b *browser) string {
		t.Helper()
		return strings.Join(texts(document(t, b.get("/sections")), ".route li .nowrap"), " ")
	}
	wantRedirect(t, w.post("/route?page=2", url.Values{"sel": {"S-003", "S-001", "S-004"}, "street": {""}, "level": {"nodata"}}), "/sections?level=nodata&page=2")
	for _, step := range []struct{ do, want string }{
		{"up:S-001", "S-001 S-003 S-004"}, {"up:S-001", "S-001 S-003 S-004"}, {"down:S-003", "S-001 S-004 S-003"}, {"down:S-003", "S-001 S-004 S-003"},
		{"remove:S-004", "S-001 S-003"}, {"remove:S-999", "S-001 S-003"}, {"nosuch", "S-001 S-003"},
	} {
		wantRedirect(t, w.post("/route", url.Values{"do": {step.do}, "next": {"/sections?q=S"}}), "/sections?q=S")
		if got := stops(w.browser); got != step.want {
			t.Errorf("after %s: %q, want %q", step.do, got, step.want)
		}
	}
	w.post("/route", url.Values{"sel": {"S-003", "S-005", "S-999"}})
	if got := stops(w.enter(string(account.Inspector))); got != "S-001 S-003 S-005" {
		t.Errorf("signed in again: %q", got)
	}
	if got := stops(w.enter(string(account.District))); got != "" {
		t.Errorf("somebody else's route: %q", got)
	}
	href, _ := document(t, w.get("/sections")).Find("#route-pdf").Attr("href")
	w.prints(href, 3)
	w.post("/route", url.Values{"do": {"clear"}})
	if got := stops(w.browser); got != "" {
		t.Errorf("cleared: %q", got)
	}
}

// TestPlanTenVisits in ten clicks at most, and in ten keys, up to the one document of all of them.
func TestPlanTenVisits(t *testing.T) {
	w := manySections(t, 60)
	site := httptest.NewServer(w.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.signIn(site.URL, account.Inspector)
	stops := func(n int) {
		t.Helper()
		b.Eventually(fmt.Sprintf("a route of %d", n), fmt.Sprintf(`document.querySelectorAll('.route li').length === %d && document.querySelector('#route-pdf').href.split('sel=').length === %d`, n, n+1))
	}
	home := func() {
		t.Helper()
		b.open(site.URL+"/", screens()["desk"])
		b.Wait(`html[data-ready]`)
	}

	home()
	b.Shot("desk")
	before := b.Taps()
	b.Tap(`#level-nodata`)
	b.Eventually("the filter in the address", `location.search.includes('level=nodata') && !!document.querySelector('#level-nodata[aria-current]')`)
	b.Tap(`#rows tbody tr:nth-child(1) input`)
	b.Do(`document.querySelector('#rows tbody tr:nth-child(10) input').dispatchEvent(new MouseEvent('click', {bubbles: true, shiftKey: true}))`)
	b.Eventually("ten picks", `document.querySelector('[data-picked]').textContent === '10'`)
	b.Tap(`#add-route`)
	stops(10)
	if clicks := b.Taps() - before + 2; clicks > 10 { // the range, and the link to the document, which is asked for here
		t.Errorf("planning took %d clicks", clicks)
	}
	w.prints(strings.TrimPrefix(b.finds(`[document.querySelector('#route-pdf').href]`)[0], site.URL), 10)
	b.Do(`document.querySelector(".route ~ .card__b button[value=clear]").click()`)
	b.Gone(`.route`)

	home()
	keys := []string{"4", "j", "x", "PageDown", "k", "X", "r"}
	for i, key := range keys {
		if len(key) == 1 {
			b.Press(key)
		} else {
			b.Do(fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: %q, bubbles: true, cancelable: true}))`, key))
		}
		if i == 0 {
			b.Eventually("the filter by key", `location.search.includes('level=nodata') && !!document.activeElement.closest('#rows tbody tr')`)
		}
	}
	stops(10)
	if len(keys)+1 > 10 {
		t.Errorf("planning took %d keys", len(keys)+1)
	}
	b.Eventually("the focus back in the list", `!!document.activeElement.closest('#rows tbody tr') && document.querySelector('[data-picked]').textContent === '0'`)
	b.Do(`document.querySelector('#route-pdf').addEventListener('click', e => { e.preventDefault(); window.printed = e.target.href })`)
	b.Press("p")
	b.Eventually("the document by key", `(window.printed ?? '').startsWith('http')`)
	if heard := b.Heard(); len(heard) > 0 {
		t.Errorf("the browser complains: %q", heard)
	}
}

// TestRowsAreEscaped: what is written past the templates escapes whatever it is given.
func TestRowsAreEscaped(t *testing.T) {
	s, err := newServer(newOffice(t).options, nil)
	if err != nil {
		t.Fatal(err)
	}
	const bad = `"><script>alert('&')</script>`
	row := deskRow{Code: bad, Project: bad, Name: bad, Street: bad, State: bad, Reason: bad, URL: bad, Level: "serious", VisitedBy: bad, Chips: []chip{{bad, bad, bad}}}
	drawn, err := s.drawRows(s.catalogue.In(locale.Chinese), []deskRow{row}, true)
	if err != nil {
		t.Fatal(err)
	}
	written, escaped := strings.Count(string(drawn[0]), template.HTMLEscapeString(bad)), 14 // the code stands in four places
	if strings.Contains(string(drawn[0]), "<script") || written != escaped {
		t.Errorf("written %d times as text, not %d: %s", written, escaped, drawn)
	}
	met, err := s.drawMet(s.catalogue.In(locale.Chinese), []metRow{{bad, "pass", bad}})
	if written := strings.Count(string(met), template.HTMLEscapeString(bad)); err != nil || strings.Contains(string(met), "<script") || written != 2 {
		t.Errorf("written %d times as text: %s, %v", written, met, err)
	}
}
