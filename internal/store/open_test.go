package store_test

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/internal/vault"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func open(t *testing.T, dsn string, v *vault.Vault) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, v, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestMigrateAppliesEachStepOnce(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := open(t, dsn, storetest.Keys(t))
		before, err := s.Migrations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		first, err := s.Migrate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(first) != len(before) || len(first) == 0 || first[0] != "0001_registers" {
			t.Errorf("applied %v of %v", first, before)
		}
		again, err := s.Migrate(t.Context())
		if err != nil || len(again) != 0 {
			t.Errorf("again: %v, %v", again, err)
		}
		after, err := s.Migrations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i := range after {
			if before[i].Applied || !after[i].Applied {
				t.Errorf("%s: applied %v before, %v after", after[i].Name, before[i].Applied, after[i].Applied)
			}
		}
	})
}

func TestReplicasMigrateTogether(t *testing.T) {
	dsn, keys := storetest.Postgres(t), storetest.Keys(t)
	var wg sync.WaitGroup
	for range 4 {
		s := open(t, dsn, keys)
		wg.Go(func() {
			if _, err := s.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestOtherKeysAreRefused(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		keys := storetest.Keys(t)
		storetest.Open(t, dsn, keys)
		_, err := store.Open(t.Context(), dsn, storetest.Keys(t), quiet())
		if fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "\n") {
			t.Fatalf("got %v, want refusal in one line", err)
		}
		open(t, dsn, keys)
	})
}

func TestOtherKeysTouchNothing(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "f.db")
	s, err := store.Open(t.Context(), dsn, storetest.Keys(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(dsn)
	if _, err := store.Open(t.Context(), dsn, storetest.Keys(t), quiet()); err == nil {
		t.Fatal("opened with other keys")
	}
	after, _ := os.ReadFile(dsn)
	if !bytes.Equal(before, after) {
		t.Error("a refused start changed the database")
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		keys := storetest.Keys(t)
		s := storetest.Open(t, dsn, keys)
		if err := store.PretendNewer(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(t.Context()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("migrate: %v, want refusal", err)
		}
		if _, err := store.Open(t.Context(), dsn, keys, quiet()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("open: %v, want refusal", err)
		}
	})
}

func TestDatabaseFileIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data ?#%")
	dsn := filepath.Join(dir, "f.db")
	storetest.Open(t, dsn, storetest.Keys(t))
	for path, want := range map[string]os.FileMode{dir: os.ModeDir | 0o700, dsn: 0o600, dsn + "-wal": 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", filepath.Base(path), info.Mode(), want)
		}
	}
}
