package web

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/checklist"
	"fugong/internal/locale"
	"fugong/templates"
)

// TestStatic: addresses carry the hash of the content, which may then be kept for ever, and nothing else is served.
func TestStatic(t *testing.T) {
	w := newStage(t)
	doc := w.page(http.StatusOK, "/runs")
	kinds := map[string]string{`link[rel="stylesheet"]`: "text/css; charset=utf-8", `link[rel="icon"]`: "image/svg+xml"}
	for selector, kind := range kinds {
		href, _ := doc.Find(selector).Attr("href")
		answer := w.get(href)
		if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != kind || answer.Header().Get("Cache-Control") != "public,max-age=31536000,immutable" {
			t.Errorf("%s: %d %v", href, answer.Code, answer.Header())
		}
	}
	for _, address := range []string{"/static/app.css", "/static/app.000000000000.css", "/static/"} {
		if code := w.get(address).Code; code != http.StatusNotFound {
			t.Errorf("%s: %d", address, code)
		}
	}
}

// TestStaticChanges: other content has another address.
func TestStaticChanges(t *testing.T) {
	w := newStage(t)
	old, _ := w.page(http.StatusOK, "/runs").Find(`link[rel="stylesheet"]`).Attr("href")
	changed := fstest.MapFS{}
	err := fs.WalkDir(templates.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(templates.Files, name)
		if path.Base(name) == "app.css" {
			content = append(bytes.Clone(content), ".changed{top:0}\n"...)
		}
		changed[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.options.Templates = changed
	w.rebuild(Routes())
	if href, _ := w.page(http.StatusOK, "/runs").Find(`link[rel="stylesheet"]`).Attr("href"); href == old || !strings.HasPrefix(href, "/static/app.") {
		t.Errorf("changed content is at %q, old at %q", href, old)
	}
	if code := w.get(old).Code; code != http.StatusNotFound {
		t.Errorf("old address: %d", code)
	}
	changed["pages/runs.html"] = &fstest.MapFile{Data: []byte("{{define")}
	if _, err := New(w.options); err == nil {
		t.Error("a broken template is found only by its reader")
	}
}

// samples is a value for every page, by the name of its file.
func samples() map[string]any {
	return map[string]any{
		"imports": importsPage{Words: Input{Name: "w", Label: "w"}}, "upload": uploadPage{}, "working": workPage{}, "batch": batchPage{}, "quarantine": quarantinePage{},
		"home": homePage{}, "checklist": checklistSample(), "checkreview": reviewPage{}, "checklists": checklistsPage{}, "checkday": checklistDayPage{},
		"areas": areasPage{}, "bed": bedPage{}, "beds": bedsPage{},
		"disinfect": disinfectPage{Agents: choices{Name: "a"}, Strengths: choices{Name: "b"}, Times: choices{Name: "c"}, Persons: choices{Name: "d"}},
		"enrol": enrolPage{Type: choices{Name: "a"}, Category: choices{Name: "b"}, Lodging: choices{Name: "c"}, Outsider: choices{Name: "d"}, Officer: choices{Name: "e"},
			NumberField: Input{Name: "f", Label: "f"}, PhoneField: Input{Name: "g", Label: "g"}, NameField: Input{Name: "h", Label: "h"}},
		"roster": rosterPage{},
		"audit":  auditPage{}, "documents": documentsPage{}, "policies": policiesPage{}, "policy": policyPage{}, "register": registerPage{}, "zones": zonesPage{},
		"temperatures": temperaturePage{}, "tube": tubeResultPage{}, "tube_new": tubePage{}, "tubes": tubesPage{},
		"account": accountPage{}, "code": codePage{}, "confirm": confirmPage{}, "diag": diagPage{}, "error": errorPage{}, "login": loginPage{}, "reveal": revealPage{},
		"papercheck": paperCheckPage{}, "styleguide": styleguidePage{Step: checklistSample().Steps[0]}, "runs": runsPage{}, "section": sectionPage{}, "sections": sectionsPage{}, "setup": setupPage{}, "totals": totalsPage{}, "totp": totpPage{}, "user": userPage{},
		"users": usersPage{}, "verify": verifyPage{}}
}

// checklistSample has an item of each kind, whose numbers have codes of their own.
func checklistSample() checklistPage {
	return checklistPage{Steps: []stepView{{Asks: []askView{
		{Code: "A1", Kind: "question", Numbers: []numberView{{Code: "A1.1", Label: "n"}}}, {Code: "A2", Kind: "figures", Numbers: []numberView{{Code: "A2.1", Label: "n"}}},
		{Code: "K2", Kind: "words", Numbers: []numberView{{Code: "K2.1", Label: "n"}}},
	}}}}
}

// TestEveryTemplate draws every page file with everything there is to show, and with nothing, so that neither a misspelt field nor
// an orphan is left for a reader to find.
func TestEveryTemplate(t *testing.T) {
	w := newStage(t)
	static, err := loadStatic(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Options: w.options, static: static}
	catalogue, err := locale.Load(templates.Files, checklist.English())
	if err != nil {
		t.Fatal(err)
	}
	pages, err := parsePages(templates.Files, catalogue, w.options.Loc)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Languages() {
		t.Run(string(lang), func(t *testing.T) { s.drawAll(t, pages[lang], samples()) })
	}
}

func (s *server) drawAll(t *testing.T, pages map[string]page, values map[string]any) {
	t.Helper()
	for name, p := range pages {
		empty, known := values[name]
		if !known {
			t.Errorf("pages/%s.html has no sample: an orphan?", name)
			continue
		}
		delete(values, name)
		for _, verdict := range []string{"", "met", "conditional", "unmet"} {
			full, viewer := reflect.New(reflect.TypeOf(empty)).Elem(), &Viewer{}
			full.Set(reflect.ValueOf(empty))
			if verdict != "" {
				fill(full, verdict)
				fill(reflect.ValueOf(viewer).Elem(), verdict)
			}
			full.FieldByName("Frame").Set(reflect.ValueOf(Frame{verdict, verdict, s.staticURL, viewer}))
			var b bytes.Buffer
			if err := p.ExecuteTemplate(&b, "layout.html", full.Interface()); err != nil {
				t.Errorf("%s with %q: %v", name, verdict, err)
				continue
			}
			holds(t, name, b.String())
		}
	}
	for name := range values {
		t.Errorf("%s has no page file", name)
	}
}

// holds checks what every page owes.
func holds(t *testing.T, name, html string) {
	t.Helper()
	doc := parse(t, html)
	if strings.Contains(html, "<no value>") || strings.Contains(html, "ZgotmplZ") {
		t.Errorf("%s: a value is not what its place needs\n%s", name, html)
	}
	if doc.Find("h1").Length() != 1 || doc.Find("main#main").Length() != 1 || doc.Find("html[lang]").Length() != 1 || doc.Find(`a.skip[href="#main"]`).Length() != 1 {
		t.Errorf("%s: want one heading, one main part, a language and a way past the tabs", name)
	}
	if doc.Find("[style], script:not([src])").Length() != 0 {
		t.Errorf("%s: the security policy forbids inline style and script", name)
	}
	doc.Find(`input:not([type="hidden"], [hidden], [aria-hidden]), select, textarea`).Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		around := s.ParentsFiltered("label").Clone()
		around.Find("option").Remove()
		if words(around)+words(doc.Find(`label[for="`+id+`"]`)) == "" {
			t.Errorf("%s: a field has no label", name)
		}
	})
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if seen[id] {
			t.Errorf("%s: id %s twice", name, id)
		}
		seen[id] = true
	})
	doc.Find("[aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
		if id, _ := s.Attr("aria-labelledby"); !seen[id] {
			t.Errorf("%s: labelled by %s, which is not there", name, id)
		}
	})
}

// fill puts something into every field: a word where there is none, a number, one of each list.
func fill(v reflect.Value, word string) {
	switch v.Kind() {
	case reflect.String:
		if v.String() == "" {
			v.SetString(word)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), word)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), word)
		}
		if v.Len() > 0 {
			return
		}
		one := reflect.New(v.Type().Elem()).Elem()
		fill(one, word)
		v.Set(reflect.Append(v, one))
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); (f.IsExported() || f.Anonymous) && f.Name != "Frame" {
				fill(v.Field(i), word)
			}
		}
	}
}
