package store_test

import (
	"database/sql"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/account"
	"fugong/internal/policy"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/migrations"
)

// TestProblemsOutliveTheirMigration writes the problems of a list as they were kept before and brings them over again.
func TestProblemsOutliveTheirMigration(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn, storetest.Keys(t))
		deskDistrict(t, s)
		before, err := s.Desk(t.Context(), account.Everywhere(), store.DeskFilter{}, 0, 50)
		if err != nil || len(before) != 8 || len(before[0].Problems) != 2 {
			t.Fatalf("%d rows, %v", len(before), err)
		}
		driver, folder := "sqlite", "sqlite"
		if strings.HasPrefix(dsn, "postgres") {
			driver, folder = "pgx", "postgres"
		}
		db, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, row := range before {
			if _, err := db.Exec("UPDATE standings SET problems = $1 WHERE section_id = $2", asJSON(t, row.Problems), row.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Desk(t.Context(), account.Everywhere(), store.DeskFilter{}, 0, 50); err == nil {
			t.Error("problems as they were before are read without a word")
		}
		file, err := fs.ReadFile(migrations.Files, folder+"/0022_desk_lines.tx.up.sql")
		if err != nil {
			t.Fatal(err)
		}
		convert, _, _ := strings.Cut(string(file), "--bun:split")
		if _, err := db.Exec(convert); err != nil {
			t.Fatal(err)
		}
		after, err := s.Desk(t.Context(), account.Everywhere(), store.DeskFilter{}, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(problemsByCode(before), problemsByCode(after)); d != "" {
			t.Errorf("the list (-before +after):\n%s", d)
		}
	})
}

func problemsByCode(rows []store.Standing) map[string][]store.Problem {
	all := map[string][]store.Problem{}
	for _, row := range rows {
		all[row.Code] = row.Problems
	}
	return all
}

// asJSON writes problems as the list kept them up to migration 0018.
func asJSON(t *testing.T, problems []store.Problem) string {
	t.Helper()
	type problem struct {
		Code     string          `json:"code"`
		Status   string          `json:"status"`
		Severity policy.Severity `json:"severity"`
		Have     int             `json:"have,omitempty"`
		Of       int             `json:"of,omitempty"`
		Subjects int             `json:"subjects,omitempty"`
	}
	old := []problem{}
	for _, p := range problems {
		old = append(old, problem{string(p.Code), p.Status, p.Severity, p.Have, p.Of, p.Subjects})
	}
	text, err := json.Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
