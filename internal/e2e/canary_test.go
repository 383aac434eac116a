package e2e

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fugong/internal/app"
	"fugong/internal/store/storetest"
)

// What must stand nowhere in clear once it was taken in: ID numbers and telephones of people taken, kept aside and refused, what
// is said of their health, and what people sign in with.
func canaries() map[string][]string {
	return map[string][]string{
		"numbers": {"320699199003070013", "320699198511120027", "320699198810010055", "32069919910412018X", "810000199001010019"},
		"phones":  {"13812345678", "13987654321", "13800001234", "13611112222"},
		"health":  {"发热咽痛去医院", "王小明独自隔离在板房", "李红梅腹泻两天"},
		"words":   {bossWord, managerWord, "丙字库房里的七只白鹭都往南飞"},
	}
}

// What the first admin and the others sign in with.
const (
	bossWord    = "栗子树下的四匹马每晚都在喝凉茶"
	managerWord = "南桥头往西第三家铺子只卖竹笋干"
)

func everySecret() []string { return slices.Concat(slices.Collect(maps.Values(canaries()))...) }

// TestNothingLeaks lets the whole program run on each database, through its commands and over HTTP, on files that hold what must
// not be kept in clear, and then searches all it has left behind. The search is then shown to find what is planted.
func TestNothingLeaks(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		r := newRun(t, dsn)
		r.commands()
		r.serve(func(s *site) {
			s.comeIn()
			s.lookAround()
			s.hand()
			s.stumble()
		})
		r.leave()
		r.search()
		r.plant()
	})
}

// run is a program with folders that nothing else writes into.
type run struct {
	*testing.T
	*app.App
	dir, dsn string
	log      *os.File
}

// folder of a run: in holds the files that are brought, all others are searched.
func (r *run) folder(name string) string { return filepath.Join(r.dir, name) }

func (r *run) check(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// commands takes every kind of table in, good rows and bad ones, judges, prints, issues, exports and turns the keys.
func (r *run) commands() {
	r.Helper()
	for _, f := range registers() {
		reports, err := r.Import(r.Context(), f.kind, []string{r.file(f.kind+".csv", f.rows)}, app.ImportOptions{})
		r.check(err)
		if got := reports[0]; got.Accepted+got.Duplicate != f.taken || len(got.Rows) != f.refused {
			r.Errorf("%s: %d taken, %d refused, want %d and %d: %+v", f.kind, got.Accepted, len(got.Rows), f.taken, f.refused, got.Rows)
		}
	}
	_, err := r.Evaluate(r.Context(), app.JudgeQuery{Save: true})
	r.check(err)
	for _, which := range []string{"internal", "posted"} {
		var printed, issued bytes.Buffer
		_, err = r.Sheets(r.Context(), app.SheetQuery{Copy: which, Out: "-"}, &printed)
		r.check(err)
		_, err = r.IssueSheet(r.Context(), app.SheetQuery{Sections: []string{"XY-01"}, Copy: which, Out: "-"}, &issued)
		r.check(err)
		r.unread(printed.Bytes())
		r.unread(issued.Bytes())
	}
	var whole bytes.Buffer // for a round trip, to whoever may open every seal anyway
	for _, kind := range app.Kinds() {
		_, err := r.Export(r.Context(), kind, "-", &whole)
		r.check(err)
	}
	if len(storetest.Leaks(r, whole.Bytes(), "320699199003070013")) == 0 {
		r.Error("the search finds no number even where all are")
	}
	_, _, err = r.RotateKeys(r.Context())
	r.check(err)
	_, err = r.ResealKeys(r.Context())
	r.check(err)
	r.check(r.Checkpoint(r.Context(), filepath.Join(r.folder("data"), "checkpoint.txt"), io.Discard))
}

// file puts a table among what is brought.
func (r *run) file(name, rows string) string {
	r.Helper()
	lines := strings.Split(rows, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	path := filepath.Join(r.folder("in"), name)
	r.check(os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600))
	return path
}

// left is all that the run left behind, by where it lies.
func (r *run) left() map[string][]byte {
	r.Helper()
	all := map[string][]byte{}
	for _, name := range []string{"db", "data", "log", "tmp"} {
		r.check(filepath.WalkDir(r.folder(name), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			all[strings.TrimPrefix(path, r.dir)] = content
			return err
		}))
	}
	if strings.HasPrefix(r.dsn, "postgres") {
		maps.Copy(all, r.tables())
	}
	return all
}

// tables gives all rows of all tables of a PostgreSQL: texts as they are, bytes as bytes.
func (r *run) tables() map[string][]byte {
	r.Helper()
	db := r.database()
	defer db.Close()
	all := map[string][]byte{}
	names, err := db.QueryContext(r.Context(), "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'")
	r.check(err)
	var tables []string
	for names.Next() {
		var name string
		r.check(names.Scan(&name))
		tables = append(tables, name)
	}
	r.check(errors.Join(names.Err(), names.Close()))
	for _, table := range tables {
		rows, err := db.QueryContext(r.Context(), `SELECT * FROM "`+table+`"`)
		r.check(err)
		all["table "+table] = r.cells(rows)
	}
	return all
}

func (r *run) cells(rows *sql.Rows) []byte {
	r.Helper()
	columns, err := rows.Columns()
	r.check(err)
	cells, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range cells {
		targets[i] = &cells[i]
	}
	var all bytes.Buffer
	for rows.Next() {
		r.check(rows.Scan(targets...))
		for _, cell := range cells {
			if content, is := cell.([]byte); is {
				all.Write(content)
			} else {
				fmt.Fprint(&all, cell)
			}
			all.WriteByte('\n')
		}
	}
	r.check(errors.Join(rows.Err(), rows.Close()))
	return all.Bytes()
}

func (r *run) database() *sql.DB {
	r.Helper()
	driver, dsn := "sqlite", r.dsn
	if strings.HasPrefix(r.dsn, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, dsn)
	r.check(err)
	return db
}

// search looks for everything everywhere; of the temporary folder nothing at all may be left.
func (r *run) search() {
	r.Helper()
	left := r.left()
	for where, content := range left {
		for _, leak := range storetest.Leaks(r, content, everySecret()...) {
			r.Errorf("%s has %s", where, leak)
		}
		if strings.HasPrefix(where, "/tmp/") {
			r.Errorf("%s was left behind", where)
		}
	}
	if log := left["/log/serve.log"]; !bytes.Contains(log, []byte("/sections/:code")) {
		r.Error("not even the routes are in the log: the search is broken")
	}
	var all []byte
	for _, content := range left {
		all = append(all, content...)
	}
	if !bytes.Contains(all, []byte("王小明")) {
		r.Error("not even the name is found: the search is broken")
	}
}

// plant puts one secret of each kind into each place in each disguise, and looks whether the search finds it there.
func (r *run) plant() {
	r.Helper()
	db := r.database()
	defer db.Close()
	statement := "UPDATE workers SET number_sealed = ? WHERE name = '王小明'"
	if strings.HasPrefix(r.dsn, "postgres") {
		statement = strings.Replace(statement, "?", "$1", 1)
	}
	for _, kind := range canaries() {
		secret := kind[0]
		for form, bytes := range storetest.Disguises(r, secret) {
			planted := slices.Concat([]byte("some text before "), bytes, []byte(" and after"))
			_, err := db.ExecContext(r.Context(), statement, planted)
			r.check(err)
			places := 1
			for _, name := range []string{"data", "log", "tmp"} {
				places++
				r.check(os.WriteFile(filepath.Join(r.folder(name), "planted"), planted, 0o600))
			}
			found := 0
			for _, content := range r.left() {
				if slices.Contains(storetest.Leaks(r, content, secret), secret+" as "+form) {
					found++
				}
			}
			if found < places {
				r.Errorf("%s as %s was planted in %d places and found in %d", secret, form, places, found)
			}
		}
	}
}

// unread holds that of what was sent out, in print or as a table of a page, no whole number and nothing of anybody's health can
// be read; what is in a PDF is read as it is printed.
func (r *run) unread(content []byte) {
	r.Helper()
	if bytes.HasPrefix(content, []byte("%PDF")) {
		content = r.printed(content)
	}
	for _, leak := range storetest.Leaks(r, content, everySecret()...) {
		r.Errorf("what is sent out has %s", leak)
	}
}

func (r *run) printed(pdf []byte) []byte {
	r.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			r.Fatal("pdftotext (poppler-utils) is missing")
		}
		return nil
	}
	read := exec.CommandContext(r.Context(), "pdftotext", "-", "-")
	read.Stdin = bytes.NewReader(pdf)
	text, err := read.Output()
	r.check(err)
	if !bytes.Contains(text, []byte("XY-01")) {
		r.Errorf("not even the section can be read: %s", text)
	}
	return text
}
