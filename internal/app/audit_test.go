package app

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fugong/internal/config"
)

func TestNotesAreAddedWholeAndOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoints.txt")
	first, second := "fugong/audit/v1\n1\n\n— a b=\n", "fugong/audit/v1\n2\n\n— a c=\n"
	steps := []struct{ before, note, want string }{
		{"", first, first},
		{first, first, first},
		{first, second, first + "\n" + second},
		{first + "\nfugong/audit/v1\n2\n\n— a", second, first + "\n" + second}, // the machine stopped there
		{"fugong/au", first, first},
	}
	for _, s := range steps {
		if err := os.WriteFile(path, []byte(s.before), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := appendNote(path, s.note); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != s.want {
			t.Errorf("after %q: %q, want %q, %v", s.before, got, s.want, err)
		}
	}
	os.Remove(path)
	if err := appendNote(path, first); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// office is a program on a database of its own, with one import in its audit trail.
func office(t *testing.T) (*App, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	settings := map[string]string{"FUGONG_DB": filepath.Join(dir, "f.db"), "FUGONG_KEY_FILE": filepath.Join(dir, "key"), "FUGONG_DATA": dir}
	cfg, err := config.Load(func(name string) string { return settings[name] })
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	a, err := Open(t.Context(), cfg, Env{Stderr: &log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	file := filepath.Join(dir, "sections.csv")
	if err := os.WriteFile(file, []byte("项目编号,项目名称,标段编号,标段名称,街道\nXY,幸福里,XY-01,一标段,城南街道\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Import(t.Context(), "sections", []string{file}, ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	return a, &log
}

// TestJobsLeaveCheckpointsAndTellOfTheBreak lets the jobs run as the scheduler does, before and after the trail is cut.
func TestJobsLeaveCheckpointsAndTellOfTheBreak(t *testing.T) {
	a, log := office(t)
	for range 2 {
		if _, err := a.leaveCheckpoint(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(filepath.Join(a.cfg.Data, "checkpoints.txt"))
	if err != nil || strings.Count(string(kept), "fugong/audit/v1\n1\n") != 1 {
		t.Errorf("%s, %v", kept, err)
	}
	if outcome, err := a.watchAudit(t.Context(), 0); err != nil || outcome.Failed != 0 {
		t.Errorf("%+v, %v", outcome, err)
	}
	db, err := sql.Open("sqlite", a.cfg.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{"DROP TRIGGER audit_keeps_all", "DROP TRIGGER checkpoints_keep_all", "DELETE FROM audit", "DELETE FROM checkpoints"} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	outcome, err := a.watchAudit(t.Context(), 0)
	if err != nil || outcome.Failed != 1 || !strings.Contains(log.String(), "audit trail is broken") {
		t.Errorf("%+v, %v, log %s", outcome, err, log)
	}
	if _, err := a.Import(t.Context(), "sections", []string{filepath.Join(a.cfg.Data, "sections.csv")}, ImportOptions{}); err != nil {
		t.Errorf("a broken trail stops work: %v", err)
	}
}
