package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/templates"
)

func loadWords(t *testing.T) *locale.Catalogue {
	t.Helper()
	c, err := locale.Load(templates.Files, checklist.English())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	keyInTemplate  = regexp.MustCompile(`\bt "([^"]+)"`)
	wordInTemplate = regexp.MustCompile(`\bword "([^"]+)"`)
	hole           = regexp.MustCompile(`\{\w+\}`)
	han            = regexp.MustCompile(`\p{Han}`)
	marks          = regexp.MustCompile(`[\x{3000}-\x{303f}\x{ff00}-\x{ffef}]`) // of Chinese typesetting
	halfWidth      = regexp.MustCompile(`\p{Han}[,;:?!()]|[,;:?!()]\p{Han}`)
)

// used are the keys that templates and code name, and the vocabularies of which they take any word.
type used struct{ keys, vocabularies map[string]bool }

func usedWords(t *testing.T) used {
	t.Helper()
	u := used{map[string]bool{}, map[string]bool{}}
	for name, text := range templateTexts(t) {
		for _, m := range keyInTemplate.FindAllStringSubmatch(text, -1) {
			u.keys[m[1]] = true
		}
		for _, m := range wordInTemplate.FindAllStringSubmatch(text, -1) {
			u.vocabularies[m[1]] = true
		}
		if name == "" {
			t.Fatal("a template has no name")
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if !strings.HasSuffix(name, "_test.go") {
			u.readCode(t, name)
		}
	}
	return u
}

// readCode takes every string of a file for a key: those that are none do no harm. What is given to T has to be one, and what is
// given to Word a vocabulary.
func (u used) readCode(t *testing.T, name string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := loadWords(t).Keys()
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				if _, ok := slices.BinarySearch(known, text); ok {
					u.keys[text] = true
				}
			}
		case *ast.CallExpr:
			if method, key := calledWith(n); method == "T" {
				u.keys[key] = true
			} else if method == "Word" {
				u.vocabularies[key] = true
			}
		}
		return true
	})
}

// calledWith gives the method that is called and the fixed text that it is given first.
func calledWith(call *ast.CallExpr) (method, text string) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return "", ""
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return "", ""
	}
	return f.Sel.Name, text
}

func templateTexts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"layout.html", "partials/*.html", "pages/*.html"} {
		names, err := fs.Glob(templates.Files, pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(templates.Files, name)
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(data)
		}
	}
	return texts
}

// TestWordsAreThere holds templates and code against the catalogue, in both directions.
func TestWordsAreThere(t *testing.T) {
	catalogue, u := loadWords(t), usedWords(t)
	keys := catalogue.Keys()
	for key := range u.keys {
		if _, ok := slices.BinarySearch(keys, key); !ok {
			t.Errorf("%s is used and has no words", key)
		}
	}
	for vocabulary := range u.vocabularies {
		if !slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(key, vocabulary+".") }) {
			t.Errorf("the vocabulary %s is used and has no words", vocabulary)
		}
	}
	for _, key := range keys {
		vocabulary := key[:max(0, strings.LastIndex(key, "."))]
		if !u.keys[key] && !u.vocabularies[vocabulary] {
			t.Errorf("%s has words that nothing uses", key)
		}
	}
}

// TestWordsAreWellFormed: each text is there in each language with the same holes, and Chinese has its own punctuation.
func TestWordsAreWellFormed(t *testing.T) {
	catalogue := loadWords(t)
	for _, key := range catalogue.Keys() {
		want := holes(catalogue.Texts(key, locale.Chinese))
		for _, lang := range locale.Languages() {
			texts := catalogue.Texts(key, lang)
			if len(texts) == 0 || slices.Contains(texts, "") {
				t.Errorf("%s has no words in %s", key, lang)
			}
			if got := holes(texts); !slices.Equal(got, want) {
				t.Errorf("%s has the holes %q in %s, but %q in Chinese", key, got, lang, want)
			}
		}
		for _, text := range catalogue.Texts(key, locale.Chinese) {
			if odd := halfWidth.FindString(text); odd != "" {
				t.Errorf("%s: %q has half-width punctuation in %q", key, text, odd)
			}
		}
	}
	for chinese, texts := range catalogue.Phrases() {
		for _, english := range texts {
			if got, want := verbs(english), verbs(chinese); !slices.Equal(got, want) {
				t.Errorf("%q takes %q, but in English %q", chinese, want, got)
			}
			if odd := marks.FindString(english); odd != "" {
				t.Errorf("the English of %q holds %q", chinese, odd)
			}
		}
	}
}

// holes lists the holes of texts, each once, sorted.
func holes(texts []string) []string {
	all := hole.FindAllString(strings.Join(texts, " "), -1)
	slices.Sort(all)
	return slices.Compact(all)
}

var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// verbs lists what a format takes, by the place of the argument.
func verbs(format string) []string {
	found := verb.FindAllStringSubmatch(strings.ReplaceAll(format, "%%", ""), -1)
	for i, m := range found {
		if m[1] == "" {
			found[i][0] = fmt.Sprintf("%%[%d]%s", i+1, m[0][1:])
		}
	}
	all := make([]string, len(found))
	for i := range found {
		all[i] = found[i][0]
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestTemplatesHoldNoWords: what people read comes from the catalogue.
func TestTemplatesHoldNoWords(t *testing.T) {
	for name, text := range templateTexts(t) {
		if found := han.FindString(text); found != "" {
			t.Errorf("%s: holds Chinese: %q", name, found)
		}
	}
}

// TestLanguages: the user's own choice comes first, then the browser's here, then what it asks for, then Chinese.
func TestLanguages(t *testing.T) {
	w := newStage(t)
	read := func(b *browser) string {
		lang, _ := document(t, b.get("/sections")).Find("html").Attr("lang")
		return lang
	}
	if got := read(w.browser); got != "zh-Hans-CN" {
		t.Errorf("by itself the page speaks %s", got)
	}
	w.header.Set("Accept-Language", "fr, en-GB;q=0.8, zh;q=0.5")
	if got := read(w.browser); got != "en" {
		t.Errorf("asked for English the page speaks %s", got)
	}
	w.header.Set("Referer", "http://example.com/sections?q=x")
	wantRedirect(t, w.post("/preferences", map[string][]string{"lang": {"zh-CN"}, "theme": {"dark"}}), "/sections?q=x")
	if got := read(w.browser); got != "zh-Hans-CN" {
		t.Errorf("told to speak Chinese the page speaks %s", got)
	}
	w.browser = w.enter("district")
	w.header.Set("Accept-Language", "en")
	doc := document(t, w.get("/sections"))
	if theme, _ := doc.Find("html").Attr("data-theme"); read(w.browser) != "zh-Hans-CN" || theme != "dark" {
		t.Errorf("on another device the user's choice is forgotten: %s, %s", read(w.browser), theme)
	}
	stranger := w.office.browser()
	wantRedirect(t, stranger.post("/preferences", map[string][]string{"lang": {"en"}}), "/")
	if lang, _ := document(t, stranger.get("/login")).Find("html").Attr("lang"); lang != "en" {
		t.Errorf("for who is not signed in the page speaks %s", lang)
	}
}

// TestRulesSpeakEnglish: every title and every phrase in the code of the rules has its English.
func TestRulesSpeakEnglish(t *testing.T) {
	english := loadWords(t).Phrases()
	for _, c := range criteria.All() {
		if english[c.Title] == nil {
			t.Errorf("%s: %q has no English", c.Code, c.Title)
		}
	}
	files, err := filepath.Glob("../criteria/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		for _, text := range phrasesIn(t, name) {
			if english[text] == nil {
				t.Errorf("%s: %q has no English", name, text)
			}
		}
	}
}

// TestPagesSpeakEnglish: what the code of the pages says of itself has its English: faults, notices and phrases. Answers to programs
// stay as they are.
func TestPagesSpeakEnglish(t *testing.T) {
	english, seen := loadWords(t).Phrases(), 0
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "api") || name == "openapi.go" {
			continue
		}
		for _, text := range textsGiven(t, name, "wrong", "New", "Say", "Error") {
			if seen++; english[text] == nil {
				t.Errorf("%s: %q has no English", name, text)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d messages were found", seen)
	}
}

// TestFilesSpeakEnglish: what is said of a file that somebody brings over the web, of an account and of a password, has its English.
func TestFilesSpeakEnglish(t *testing.T) {
	english := loadWords(t).Phrases()
	for _, pattern := range []string{"../intake/*.go", "../album/*.go", "../photo/*.go", "../printing/*.go", "../store/uploads.go", "../store/settle.go", "../store/quarantine.go", "../store/import.go", "../store/errors.go", "../store/handin_photos.go", "../store/unsent.go", "../store/users.go", "../store/links.go", "../store/attempts.go", "../account/strength.go", "../account/user.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, name := range files {
			for _, text := range append(textsGiven(t, name, "wrong", "weak", "invalid", "refused", "New", "Say", "Error"), messagesIn(t, name)...) {
				if english[text] == nil {
					t.Errorf("%s: %q has no English", name, text)
				}
			}
		}
	}
}

// messagesIn lists the Chinese messages of the faults that a file makes without a function.
func messagesIn(t *testing.T, name string) (texts []string) {
	t.Helper()
	if strings.HasSuffix(name, "_test.go") {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		field, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, named := field.Key.(*ast.Ident)
		lit, fixed := field.Value.(*ast.BasicLit)
		if named && fixed && key.Name == "Message" {
			if text, err := strconv.Unquote(lit.Value); err == nil && han.MatchString(text) {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}

// called is the name of what is called, without what it belongs to.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// phrasesIn lists the Chinese of the phrases that a file makes.
func phrasesIn(t *testing.T, name string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if method, text := calledWith(call); method == "Say" && chinese.MatchString(text) && !strings.HasSuffix(name, "_test.go") {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}
