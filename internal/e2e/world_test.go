// Package e2e walks the whole way on both databases: files in, verdicts and flags, papers out.
package e2e

import (
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/intake"
	"fugong/internal/store"
)

// world is a program without its edges: a store, an evaluator and a clock that the test holds.
type world struct {
	*testing.T
	store *store.Store
	judge *evaluation.Evaluator
	loc   *time.Location
	now   calendar.Instant
}

func newWorld(t *testing.T, s *store.Store) *world {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, store: s, loc: loc}
	w.now = w.at("2022-05-06 08:00:00")
	w.judge = &evaluation.Evaluator{
		Ledger: s, Loc: loc, Now: func() calendar.Instant { return w.now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	return w
}

// at reads a clock reading of the district.
func (w *world) at(clock string) calendar.Instant {
	w.Helper()
	t, err := time.ParseInLocation(time.DateTime, clock, w.loc)
	if err != nil {
		w.Fatal(err)
	}
	return calendar.Moment(t)
}

func (w *world) upload(kind, file string, content []byte) store.Upload {
	return store.Upload{Kind: kind, File: file, Content: content, Loc: w.loc, Now: w.now, By: "test", Within: account.Everywhere()}
}

func (w *world) take(kind, file string, content []byte) intake.Report {
	w.Helper()
	report, _, err := w.store.Import(w.Context(), w.upload(kind, file, content))
	if err != nil {
		w.Fatalf("import %s: %v", file, err)
	}
	return report
}

// judged judges every section now, saves the outcome and gives the reports by section code.
func (w *world) judged() map[string]evaluation.Judged {
	w.Helper()
	ids, err := w.store.EverySection(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	all, err := w.judge.Sections(w.Context(), ids, evaluation.Requested)
	if err != nil {
		w.Fatal(err)
	}
	byCode := map[string]evaluation.Judged{}
	for _, j := range all {
		byCode[j.Section.Code] = j
	}
	return byCode
}

// finding gives a report's finding of a code.
func finding(j evaluation.Judged, code criteria.Code) criteria.Finding {
	for _, f := range j.Findings {
		if f.Code == code {
			return f
		}
	}
	return criteria.Finding{}
}

// amiss lists the findings that are not in order and count for the verdict, as code=status.
func amiss(j evaluation.Judged) []string {
	var all []string
	for _, f := range j.Findings {
		if f.Status != criteria.Pass && f.Status != criteria.NotApplicable && f.Severity != "info" {
			all = append(all, fmt.Sprintf("%s=%s", f.Code, f.Status))
		}
	}
	return all
}

// names lists the names of a finding's subjects.
func names(f criteria.Finding) []string {
	var all []string
	for _, s := range f.Subjects {
		all = append(all, s.Name)
	}
	return all
}

// expected is what the list beside some files says must come of one of them.
type expected struct {
	file, kind                                 string
	accepted, duplicate, quarantined, rejected int
	rows                                       []expectedRow
}

type expectedRow struct {
	sheet                 string
	line                  int
	outcome, code, column string
}

// expectations reads counts.csv and rows.csv of a folder, in the order of import.
func expectations(t *testing.T, dir string) []expected {
	t.Helper()
	rows := map[string][]expectedRow{}
	for _, r := range readCSV(t, filepath.Join(dir, "rows.csv")) {
		rows[r[0]] = append(rows[r[0]], expectedRow{sheet: r[1], line: number(t, r[2]), outcome: r[3], code: r[4], column: r[5]})
	}
	var all []expected
	for _, r := range readCSV(t, filepath.Join(dir, "counts.csv")) {
		all = append(all, expected{
			file: r[0], kind: r[1], accepted: number(t, r[2]), duplicate: number(t, r[3]), quarantined: number(t, r[4]),
			rejected: number(t, r[5]), rows: rows[r[0]],
		})
	}
	return all
}

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// check compares what came of a file with what must.
func (e expected) check(t *testing.T, got intake.Report) {
	t.Helper()
	if got.Accepted != e.accepted || got.Duplicate != e.duplicate || got.Quarantined != e.quarantined || got.Rejected != e.rejected {
		t.Errorf("%s: accepted %d, duplicate %d, quarantined %d, rejected %d; want %d, %d, %d, %d",
			e.file, got.Accepted, got.Duplicate, got.Quarantined, got.Rejected, e.accepted, e.duplicate, e.quarantined, e.rejected)
	}
	want := map[string]expectedRow{}
	for _, r := range e.rows {
		want[fmt.Sprintf("%s:%d", r.sheet, r.line)] = r
	}
	for _, p := range got.Rows {
		key := fmt.Sprintf("%s:%d", p.Sheet, p.Line)
		w, known := want[key]
		delete(want, key)
		if !known {
			t.Errorf("%s line %s: %s %s %s, want it accepted (%s)", e.file, key, p.Outcome, p.Code, p.Column, p.Message)
			continue
		}
		if string(p.Outcome) != w.outcome || string(p.Code) != w.code || w.column != "" && p.Column != w.column {
			t.Errorf("%s line %s: %s %s %s, want %s %s %s (%s)", e.file, key, p.Outcome, p.Code, p.Column, w.outcome, w.code, w.column, p.Message)
		}
		if p.Message == "" {
			t.Errorf("%s line %s: no message", e.file, key)
		}
	}
	for key, r := range want {
		t.Errorf("%s line %s was accepted, want %s %s", e.file, key, r.outcome, r.code)
	}
}
