// Package storetest runs the same test on both databases and builds the few rows a test needs, through the doors that
// operators use.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fugong/internal/store"
	"fugong/internal/vault"
)

// Variable names the PostgreSQL that tests may use; each test makes a schema of its own there.
const Variable = "FUGONG_TEST_POSTGRES"

// Each runs a test on a fresh, migrated database of each kind. Without a PostgreSQL that half is skipped, except in CI,
// where it fails.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn string) { test(t, Open(t, dsn, Keys(t))) })
}

// EachDSN is Each for tests that open and migrate the empty database themselves.
func EachDSN(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "fugong.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// Keys makes keys that live as long as the test.
func Keys(tb testing.TB) *vault.Vault {
	tb.Helper()
	v, err := vault.Generate()
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// Open opens and migrates a database and closes it after the test.
func Open(tb testing.TB, dsn string, v *vault.Vault) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), dsn, v, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		tb.Fatalf("open store: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close store: %v", err)
		}
	})
	if _, err := s.Migrate(tb.Context()); err != nil {
		tb.Fatalf("migrate: %v", err)
	}
	return s
}

// Postgres makes a schema on the test server, dropped after the test, and gives the DSN that leads into it.
func Postgres(tb testing.TB) string {
	tb.Helper()
	dsn := os.Getenv(Variable)
	if dsn == "" {
		missing(tb)
	}
	server, err := sql.Open("pgx", dsn)
	if err != nil {
		tb.Fatal(err)
	}
	schema := "test_" + strings.ToLower(rand.Text())
	if _, err := server.ExecContext(tb.Context(), "CREATE SCHEMA "+schema); err != nil {
		tb.Fatalf("make schema: %v", err)
	}
	tb.Cleanup(func() {
		if _, err := server.ExecContext(context.Background(), "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			tb.Errorf("drop schema: %v", err)
		}
		server.Close()
	})
	u, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func missing(tb testing.TB) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s is not set, and in CI nothing is skipped", Variable)
	}
	tb.Skipf("%s is not set: no PostgreSQL to test on", Variable)
}

// Empty takes all facts out of a PostgreSQL schema that Postgres made and leaves its tables and keys, for tests that want a
// fresh database many times and would wait for the migrations each time.
func Empty(tb testing.TB, dsn string) {
	tb.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	var tables string
	err = db.QueryRowContext(tb.Context(), `
		SELECT string_agg(quote_ident(table_name), ', ') FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
			AND table_name NOT LIKE 'bun_%' AND table_name <> 'key_check'`).Scan(&tables)
	if err != nil {
		tb.Fatalf("list tables: %v", err)
	}
	const guards = "ALTER TABLE audit %[1]s TRIGGER USER; ALTER TABLE checkpoints %[1]s TRIGGER USER"
	for _, step := range []string{fmt.Sprintf(guards, "DISABLE"), "TRUNCATE " + tables, fmt.Sprintf(guards, "ENABLE")} {
		if _, err := db.ExecContext(tb.Context(), step); err != nil {
			tb.Fatalf("empty tables: %v", err)
		}
	}
}
