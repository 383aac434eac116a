package web

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
)

// unseen lists the selectors of the stylesheet that find nothing on the page. What only happens to an element (a pointer over it, the
// focus in it) and what is drawn beside it is left out of a selector: the element has to be there.
const unseen = `(() => {
	const selectors = new Set(), passing = /::?(before|after|backdrop|details-content|hover|focus-visible|focus-within|focus|target)\b/g;
	const read = rules => { for (const r of rules) r.selectorText ? r.selectorText.split(/,(?![^(]*\))/).forEach(s => selectors.add(s.trim())) : r.cssRules && read(r.cssRules); };
	for (const sheet of document.styleSheets) read(sheet.cssRules);
	return [...selectors].filter(s => !document.querySelector(s.replace(passing, '').trim().replace(/(^|[ >+~])$/, '$1*'))).sort();
})()`

// excuses names, by how they begin, the selectors that the page of styles need not show, and why. What lays out a single page is
// looked at there, by TestEveryPageIsAccessible.
func excuses() map[string]string {
	return map[string]string{
		":root[data-theme=": "the looks: of them a page has one", "[data-keys] .keys-only": "set by a script where there are keys", ".keys-only": "a button that only a script shows",
		".ph-nav h1": "a page has one heading", ".ent__h": "a page has one heading", ".ent__back": "beside that heading", ".hd h1": "a page has one heading",
		".phone .pho": "the body of the checklist", "#chk-look": "built by a script from the parts shown", ".facing": "lays out a section on paper",
		".tab[aria-current]": "the page is none of the main parts", ".who a[aria-current]": "the page is not one's account",
		".entry": "lays out the pages to sign in", ".hm-": "lays out a manager's first page", ".board": "lays out the overview",
		"#desk": "lays out the list", "[data-ready] #desk": "lays out the list", ".desk-unknown": "a line above the list", ".docs": "lays out the documents",
		".rest[open]": "unfolded by who reads", ".rest summary::": "how browsers mark what unfolds", ".ent__more[open]": "unfolded by who reads", ".past-flags": "lays out a section",
		".office-rows summary": "lays out the audit trail", ".office-shelves": "lays out the documents",
		".chk-fold[open]": "unfolded by who reads", ".chk-step--folded": "set by a script", ".chk-full[open]": "unfolded by who reads", ".chk-fold summary::": "how browsers mark what unfolds", ".chk-full summary::": "how browsers mark what unfolds", ".ent__today": "lays out a disinfection", ".ent__or": "lays out a disinfection",
		".imp__": "lays out the imports", ".tube__": "lays out the tubes", ".temp__": "lays out the temperatures", ".diag-": "lays out the diagnosis", "textarea.diag-text": "lays out the diagnosis",
	}
}

// TestStyleguide: the page of styles shows whatever the stylesheet speaks of, so that a new component, or a new state of one, is
// looked at there or not merged; and what is said to be elsewhere is not there, too.
func TestStyleguide(t *testing.T) {
	w := newDistrict(t)
	site := httptest.NewServer(w.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.signIn(site.URL, account.Manager)
	b.open(site.URL+"/styleguide", screens()["desk"])
	excused := map[string]bool{}
	for _, selector := range b.finds(unseen) {
		start := prefixOf(selector)
		if excused[start] = true; start == "" {
			t.Errorf("the page of styles shows nothing of %s", selector)
		}
	}
	for start, why := range excuses() {
		if !excused[start] {
			t.Errorf("%s is on the page of styles, or in no rule, and excused (%s)", start, why)
		}
	}
	b.Shot("styleguide")
	b.Do(`document.querySelector('.bed__over').remove()`)
	if !slices.Contains(b.finds(unseen), ".bed__sq .bed__over") {
		t.Error("a state was taken away and not missed")
	}
}

// prefixOf is how a selector that is excused begins; empty for one that is not.
func prefixOf(selector string) string {
	for start := range excuses() {
		if strings.HasPrefix(strings.ReplaceAll(selector, `"`, ""), start) {
			return start
		}
	}
	return ""
}

// TestStyleguidePartials: every partial that draws something is drawn on the page of styles.
func TestStyleguidePartials(t *testing.T) {
	undrawn := map[string]string{"phone": "in the layout, filled in by a script", "phonehead": "in the head", "htmx": "in the head", "keys": "in the head", "keyed": "hidden fields",
		"entryhead": "a page has one heading", "office-nav": "an arrangement of .segm, shown", "office-files": "an arrangement of file-links", "file-links": "two buttons", "shut": "shown as .told", "onward": "hidden fields", "problems": "shown without its role, which would be read out", "notice": "shown as .told"}
	drawn := map[string]bool{}
	bodies := definitions(t, "pages/styleguide.html", "partials/")
	var draw func(string)
	draw = func(name string) {
		if drawn[name] {
			return
		}
		drawn[name] = true
		for _, m := range templateDrawn.FindAllStringSubmatch(bodies[name], -1) {
			draw(m[1])
		}
	}
	draw("main")
	for part := range definitions(t, "partials/") {
		if _, excused := undrawn[part]; drawn[part] == excused {
			t.Errorf("%s is drawn: %t, excused: %t", part, drawn[part], excused)
		}
	}
}

var templateDrawn = regexp.MustCompile(`{{template "([^"]+)"`)

// definitions are what files whose names begin so define, by name.
func definitions(t *testing.T, files ...string) map[string]string {
	t.Helper()
	bodies := map[string]string{}
	for file, text := range templateTexts(t) {
		if !slices.ContainsFunc(files, func(start string) bool { return strings.HasPrefix(file, start) }) {
			continue
		}
		for _, rest := range strings.Split(text, `{{define "`)[1:] {
			name, body, _ := strings.Cut(rest, `"`)
			bodies[name] = body
		}
	}
	return bodies
}
