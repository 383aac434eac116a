package app

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
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

// TestCheckpointsAreLeftWithoutTheirHour: issuing a paper and stopping leave one, so that nothing done before them can be cut off unseen.
func TestCheckpointsAreLeftWithoutTheirHour(t *testing.T) {
	a, _ := office(t)
	kept := func() string {
		t.Helper()
		file, err := os.ReadFile(filepath.Join(a.cfg.Data, "checkpoints.txt"))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return string(file)
	}
	head := func() string {
		t.Helper()
		seq, mac, err := a.store.AuditHead(t.Context())
		if err != nil || seq == 0 {
			t.Fatal(seq, err)
		}
		return fmt.Sprintf("fugong/audit/v1\n%d\n%s\n", seq, mac)
	}
	a.printer.Base = "https://fugong.example"
	if _, err := a.IssueSheet(t.Context(), SheetQuery{Sections: []string{"XY-01"}, Copy: "internal", Out: filepath.Join(t.TempDir(), "x.pdf")}, nil); err != nil {
		t.Fatal(err)
	}
	if file := kept(); !strings.Contains(file, head()) {
		t.Errorf("after a paper was issued: %q, head %q", file, head())
	}
	if err := a.store.Audit(t.Context(), operator().Doing("test.done", "", "", nil), a.clock.now()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := a.serveOn(stopped, listener); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if file := kept(); !strings.Contains(file, head()) {
		t.Errorf("after stopping: %q, head %q", file, head())
	}
}
