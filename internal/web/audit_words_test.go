package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fugong/internal/audit"
	"fugong/internal/locale"
)

// written are the acts and objects that the code writes into the trail.
type written struct{ acts, objects map[string]bool }

// writtenActs finds what is given to Doing anywhere in the program. Where the act is not a text there, it is what stands under the
// name action: what was set to it, by a constant or by a text, and what changeUser is handed.
func writtenActs(t *testing.T) written {
	t.Helper()
	w := written{map[string]bool{}, map[string]bool{}}
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err == nil {
				w.read(t, path, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w written) read(t *testing.T, path string, file *ast.File) {
	t.Helper()
	names := map[string]bool{} // of constants that action was set to
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if called(n) == "Doing" {
				w.done(t, path, n)
			} else if called(n) == "changeUser" {
				w.add(n.Args...)
			}
		case *ast.AssignStmt:
			if name, ok := n.Lhs[0].(*ast.Ident); ok && name.Name == "action" {
				w.add(n.Rhs...)
				if constant, ok := n.Rhs[0].(*ast.Ident); ok {
					names[constant.Name] = true
				}
			}
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if ok && names[v.Names[0].Name] {
			w.add(v.Values...)
		}
		if ok && len(v.Values) == 1 {
			if kind, _ := v.Type.(*ast.Ident); kind != nil && kind.Name == "covered" { // what is covered is shown or withheld
				name, _ := constant(v.Values[0])
				w.acts[name+".reveal"], w.acts[name+".withhold"] = true, true
			}
		}
		return true
	})
}

// done reads a call of Doing. A name that an act is put under is action, so that it is found.
func (w written) done(t *testing.T, path string, call *ast.CallExpr) {
	t.Helper()
	if name, ok := call.Args[0].(*ast.Ident); ok && name.Name != "action" {
		t.Errorf("%s: the act is called %s, not action", path, name.Name)
	}
	w.add(call.Args[0])
	object, fixed := constant(call.Args[1])
	if !fixed {
		t.Errorf("%s: what is acted on has no name of its own", path)
	}
	w.objects[object] = true
}

// add takes the texts among some expressions for acts.
func (w written) add(all ...ast.Expr) {
	for _, e := range all {
		if text, fixed := constant(e); fixed && text != "" { // an act without a name gets it afterwards
			w.acts[text] = true
		}
	}
}

// constant gives the text that an expression is.
func constant(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// TestEveryActHasItsWord: what the code writes into the trail is what its page knows, and has words in each language.
func TestEveryActHasItsWord(t *testing.T) {
	catalogue, found := loadWords(t), writtenActs(t)
	for _, kind := range []struct {
		vocabulary string
		found      map[string]bool
		known      []string
	}{{"act", found.acts, auditActs()}, {"actobject", found.objects, auditObjects()}} {
		for name := range kind.found {
			if !slices.Contains(kind.known, name) {
				t.Errorf("%s %s is written and the page does not know it", kind.vocabulary, name)
			}
		}
		for _, name := range kind.known {
			if !kind.found[name] {
				t.Errorf("%s %s is never written", kind.vocabulary, name)
			}
			for _, lang := range locale.Languages() {
				if len(catalogue.Texts(kind.vocabulary+"."+actKey(name), lang)) == 0 {
					t.Errorf("%s %s has no words in %s", kind.vocabulary, name, lang)
				}
			}
		}
	}
}

// TestTrailIsPaged: fifty entries at a time, forth and back by the same filter; a day that is none is said at its field and kept.
func TestTrailIsPaged(t *testing.T) {
	w := newStage(t)
	for i := range 120 {
		act := audit.Act{Actor: "命令行（root）", Role: "operator"}.Doing("sheet.print", "section", fmt.Sprint(i), map[string]string{"reason": "复查"})
		if err := w.store.Audit(t.Context(), act, w.now()); err != nil {
			t.Fatal(err)
		}
	}
	follow := func(address, rel string, want int) string {
		t.Helper()
		doc := w.page(http.StatusOK, address)
		if n := doc.Find("tbody tr").Length(); n != want {
			t.Errorf("%s lists %d entries, want %d", address, n, want)
		}
		href, _ := doc.Find(`a[rel="` + rel + `"]`).Attr("href")
		return href
	}
	second := follow("/audit?action=sheet.print", "next", 50)
	third := follow(second, "next", 50)
	if href := follow(third, "next", 20); href != "" {
		t.Errorf("behind the last entry the page leads to %s", href)
	}
	back := follow(third, "prev", 20)
	if got, want := texts(w.page(http.StatusOK, back), "summary"), texts(w.page(http.StatusOK, second), "summary"); !slices.Equal(got, want) {
		t.Errorf("back lists %q, want %q", got, want)
	}
	row := w.page(http.StatusOK, "/audit?action=sheet.print&id=7").Find("tbody tr")
	if got := words(row); !strings.HasPrefix(got, "2022-05-06 08:00命令行（root） 本机操作员打印核查表标段 7") || row.Find("details[open]").Length() != 0 {
		t.Errorf("an entry reads %q", got)
	}
	doc := w.page(http.StatusOK, "/audit?day=6.5.&action=sheet.print")
	day := doc.Find("[name=day]")
	if got, _ := day.Attr("value"); got != "6.5." || day.AttrOr("aria-invalid", "") != "true" || !strings.Contains(words(doc.Find("#m-day")), "2022-05-06") {
		t.Errorf("a day that is none: %q, %q", got, words(doc.Find("#m-day")))
	}
}
