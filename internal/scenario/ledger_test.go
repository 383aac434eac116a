package scenario

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/intake"
	"fugong/internal/policy"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestLoadingChangesNothing takes the scenarios of the criteria in as uploads and judges them through the database: every
// finding has to be word for word what it is from memory, where nothing is left out for being long ago.
func TestLoadingChangesNothing(t *testing.T) {
	all := ofCriteria(t)
	t.Run("sqlite", func(t *testing.T) {
		for _, s := range all {
			t.Run(s.base(), func(t *testing.T) {
				through(t, storetest.Open(t, filepath.Join(t.TempDir(), "fugong.db"), storetest.Keys(t)), s)
			})
		}
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := storetest.Postgres(t)
		db := storetest.Open(t, dsn, storetest.Keys(t))
		for _, s := range all {
			storetest.Empty(t, dsn)
			t.Run(s.base(), func(t *testing.T) { through(t, db, s) })
		}
	})
}

func (s *Scenario) base() string { return strings.TrimSuffix(filepath.Base(s.Name), ".txtar") }

func through(t *testing.T, db *store.Store, s *Scenario) {
	world := NewWorld()
	for _, step := range s.Steps {
		world.Record(step.Tables...)
		take(t, db, step)
		compare(t, db, world, step.Want)
	}
}

func ofCriteria(t *testing.T) []*Scenario {
	t.Helper()
	var all []*Scenario
	for _, pattern := range []string{"*.txtar", "*/*.txtar"} {
		files, err := filepath.Glob(filepath.Join("..", "criteria", "testdata", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Parse(file, data)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		t.Fatal("found no scenarios beside the criteria")
	}
	return all
}

// take imports what a step records; in a scenario every row has to be accepted, or to repeat one that was.
func take(t *testing.T, db *store.Store, step Step) {
	t.Helper()
	for _, source := range step.Policies {
		p, err := policy.Parse([]byte(source), Zone())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.PublishPolicy(t.Context(), audit.Act{Actor: "test"}, p, step.Want.At, Zone()); err != nil {
			t.Fatal(err)
		}
	}
	tables := slices.Clone(step.Tables)
	slices.SortStableFunc(tables, func(a, b Table) int { return cmp.Compare(a.Recorded, b.Recorded) })
	for _, table := range tables {
		report, _, err := db.Import(t.Context(), store.Upload{
			Kind: table.Kind, File: table.Kind + ".csv", Content: []byte(table.Content), Loc: Zone(), Now: table.Recorded, By: "scenario",
			Within: account.Everywhere(),
		})
		if err != nil {
			t.Fatal(err)
		}
		if report.Rejected+report.Quarantined > 0 || len(table.Report) > 0 {
			outcomes(t, table, report)
		}
	}
}

// outcomes compares what became of the rows with what the scenario says.
func outcomes(t *testing.T, table Table, report intake.Report) {
	t.Helper()
	var got []string
	for _, p := range report.Rows {
		got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Outcome, p.Code))
	}
	if !slices.Equal(got, table.Report) {
		t.Errorf("import %s:\nwant %q\ngot  %q", table.Kind, table.Report, got)
	}
}

func compare(t *testing.T, db *store.Store, world *World, want Want) {
	t.Helper()
	got := throughDatabase(t, db, want)
	if diff := want.Diff(got); diff != "" {
		t.Errorf("through the database: %s", diff)
	}
	book, err := db.Policies(t.Context(), 0, Zone())
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := world.Snapshot(want.Section, want.KnownAt)
	if err != nil {
		t.Fatal(err)
	}
	pure, err := criteria.Evaluate(snapshot, book, want.At, Zone())
	if err != nil {
		t.Fatal(err)
	}
	if a, b := words(pure), words(got); a != b {
		t.Errorf("%s at %s:\n%s", want.Section, show(want.At), differing(a, b))
	}
}

func throughDatabase(t *testing.T, db *store.Store, want Want) criteria.Report {
	t.Helper()
	ids, err := db.SectionIDs(t.Context(), account.Everywhere(), store.SectionFilter{Codes: []string{want.Section}})
	if err != nil {
		t.Fatal(err)
	}
	judge := evaluation.Evaluator{
		Ledger: db, Loc: Zone(), Now: func() calendar.Instant { return want.At },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	judged, err := judge.Judge(t.Context(), ids, want.At, want.KnownAt)
	if err != nil || len(judged) != 1 {
		t.Fatalf("judge %s: %d reports, %v", want.Section, len(judged), err)
	}
	return judged[0].Report
}

// words writes everything a report says but the numbers the database gave.
func words(r criteria.Report) string {
	r.SectionID = site.SectionID(0)
	var b strings.Builder
	b.WriteString(r.Verdict().String() + " until " + show(r.HoldsUntil) + "\n")
	for _, f := range r.Findings {
		b.WriteString(string(f.Severity) + " " + everything(f).text())
	}
	return b.String()
}

// differing keeps the lines that stand in one text only.
func differing(pure, loaded string) string {
	a, b := strings.Split(pure, "\n"), strings.Split(loaded, "\n")
	var out strings.Builder
	for _, line := range a {
		if !slices.Contains(b, line) {
			out.WriteString("from memory:          " + line + "\n")
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out.WriteString("through the database: " + line + "\n")
		}
	}
	return out.String()
}
