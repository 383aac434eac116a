// Package arrows checks the architecture: which package may import which, who may ask the time, and where a database's
// dialect may be named. Changing the house means changing this table in the same commit, where a reviewer sees it.
package arrows

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	places    = "calendar fault intake locale site"
	registers = places + " roster screening housing disinfection checklist supply gate document"
	nouns     = registers + " policy criteria flag"
)

// allowed says, for each package, which of ours and which of others' it may import.
func allowed() map[string]string {
	return map[string]string{
		"calendar": "", "fault": "", "locale": "", "chart": "calendar",
		"intake": "calendar fault locale github.com/xuri/excelize/v2 golang.org/x/text",
		"site":   places, "roster": places, "disinfection": places, "checklist": places, "supply": places, "document": places,
		"screening": places + " roster", "housing": places + " roster", "gate": places + " roster",
		"policy":     places + " go.yaml.in/yaml/v3",
		"criteria":   registers + " policy",
		"daily":      registers + " policy criteria",
		"flag":       "calendar locale site policy criteria",
		"sheet":      nouns + " sheet/fonts github.com/boombuler/barcode github.com/jung-kurt/gofpdf golang.org/x/image golang.org/x/text",
		"evaluation": "calendar fault locale site roster policy criteria flag",
		"schedule":   "calendar github.com/robfig/cron/v3",
		"account":    "calendar fault site github.com/pquerna/otp golang.org/x/crypto golang.org/x/text",
		"audit":      "calendar fault golang.org/x/mod/sumdb/note",
		"paper":      nouns,
		"photo":      "fault golang.org/x/image",
		"vault":      "fault github.com/tink-crypto/tink-go/v2 google.golang.org/protobuf",
		"store": nouns + " account audit paper photo schedule vault migrations github.com/uptrace/bun github.com/jackc/pgx/v5 modernc.org/sqlite" +
			" golang.org/x/text",
		"district":   registers + " policy",
		"printing":   nouns + " account audit paper sheet store evaluation",
		"album":      "account audit calendar fault photo store vault golang.org/x/sync",
		"web":        nouns + " account album audit daily chart paper printing sheet store evaluation schedule templates github.com/labstack/echo/v4 golang.org/x/text",
		"config":     "account",
		"app":        nouns + " account album audit paper printing sheet store evaluation schedule vault config web district templates golang.org/x/net",
		"migrations": "", "templates": "",
		"cmd/fugong": "app audit config calendar fault intake github.com/spf13/cobra golang.org/x/term",
		// Tools that are run by hand, and support of tests.
		"sheet/fonts": "", "sheet/fonts/cut": "* ", "sheet/sheettest": "*", "store/storetest": "*", "scenario": "*",
		"browsertest": "github.com/chromedp/chromedp github.com/chromedp/cdproto",
	}
}

// pure packages hold no technology: they read no file, open no socket, write no log and know no database.
func pure() []string {
	return []string{"calendar", "fault", "locale", "intake", "site", "roster", "screening", "housing", "disinfection", "checklist",
		"supply", "gate", "document", "policy", "criteria", "daily", "flag", "sheet", "account", "audit", "paper", "chart", "photo"}
}

func impure(pkg, path string) bool {
	if pkg == "calendar" && path == "database/sql/driver" || path == "net/url" { // which only reads and writes text
		return false
	}
	return path == "os" || path == "net" || strings.HasPrefix(path, "net/") || path == "log" || strings.HasPrefix(path, "log/") ||
		strings.HasPrefix(path, "database/sql")
}

type file struct {
	pkg, path string
	ast       *ast.File
}

func sources(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		all = append(all, file{strings.TrimPrefix(filepath.ToSlash(rel), "internal/"), path, parsed})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d files found: the walk is wrong", len(all))
	}
	return all
}

func TestArrows(t *testing.T) {
	rules := allowed()
	for _, f := range sources(t) {
		rule, known := rules[f.pkg]
		if !known {
			t.Errorf("%s: package %s has no row in the table", f.path, f.pkg)
			continue
		}
		for _, spec := range f.ast.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if !strings.Contains(path, ".") && !strings.HasPrefix(path, "fugong/") {
				if slices.Contains(pure(), f.pkg) && impure(f.pkg, path) {
					t.Errorf("%s: %s is pure and may not import %s", f.path, f.pkg, path)
				}
				continue
			}
			if !permits(rule, path) {
				t.Errorf("%s: %s may not import %s", f.path, f.pkg, path)
			}
		}
	}
}

func permits(rule, path string) bool {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "fugong/"), "internal/")
	for _, allowed := range strings.Fields(rule) {
		third := strings.Contains(allowed, ".") && strings.HasPrefix(path, allowed+"/")
		if allowed == "*" || path == allowed || third {
			return true
		}
	}
	return false
}

func TestOnlyAppAsksTheTime(t *testing.T) {
	for _, f := range sources(t) {
		if f.pkg == "app" || f.pkg == "store/storetest" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if id, isIdent := identOf(sel, ok); isIdent && id == "time" && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
				t.Errorf("%s uses time.%s: take an instant instead", f.path, sel.Sel.Name)
			}
			return true
		})
	}
}

func identOf(sel *ast.SelectorExpr, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	id, isIdent := sel.X.(*ast.Ident)
	if !isIdent {
		return "", false
	}
	return id.Name, true
}

func TestNoInitAndDialectsBehindTheirDoor(t *testing.T) {
	for _, f := range sources(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init", f.path)
			}
		}
		door := f.pkg == "store" && slices.Contains([]string{"open.go", "errors.go"}, filepath.Base(f.path))
		if door || f.pkg == "store/storetest" || f.pkg == "config" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && (id.Name == "pgdialect" || id.Name == "sqlitedialect" || id.Name == "pgx" || id.Name == "pgconn") {
				t.Errorf("%s names a dialect (%s): that belongs into store/open.go or store/errors.go", f.path, id.Name)
			}
			return true
		})
	}
}

// tables names the package variables that are no state: lists of criteria, columns, formats and parameters, patterns and
// embedded files. Anything else at package level must be a constant.
func TestPackageVariablesAreTables(t *testing.T) {
	for _, f := range sources(t) {
		for _, d := range f.ast.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				checkVariable(t, f, gen, spec.(*ast.ValueSpec))
			}
		}
	}
}

func checkVariable(t *testing.T, f file, gen *ast.GenDecl, v *ast.ValueSpec) {
	t.Helper()
	stamped := f.pkg == "cmd/fugong" && v.Names[0].Name == "version" // by the linker
	if gen.Doc != nil && strings.Contains(commentText(gen), "go:embed") || v.Names[0].Name == "_" || stamped {
		return
	}
	for _, value := range v.Values {
		switch x := value.(type) {
		case *ast.CompositeLit:
			continue
		case *ast.CallExpr:
			if name, ok := x.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"MustCompile", "New", "NewReplacer"}, name.Sel.Name) {
				continue
			}
			if id, ok := x.Fun.(*ast.Ident); ok && id.Name != "make" && id.Name != "new" {
				continue
			}
		}
		t.Errorf("%s: variable %s is neither a table, a pattern nor an embedded file", f.path, v.Names[0].Name)
	}
	if len(v.Values) == 0 {
		t.Errorf("%s: variable %s is mutable state", f.path, v.Names[0].Name)
	}
}

func commentText(gen *ast.GenDecl) string {
	var b strings.Builder
	for _, c := range gen.Doc.List {
		b.WriteString(c.Text)
	}
	return b.String()
}
