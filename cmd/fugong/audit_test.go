package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sectionsFile = "项目编号,项目名称,标段编号,标段名称,街道\nXY,幸福里,XY-01,一标段,城南街道\n"

func (m machine) file(name, content string) string {
	m.Helper()
	path := filepath.Join(m.settings["FUGONG_DATA"], name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		m.Fatal(err)
	}
	return path
}

func TestAuditFromTheCommandLine(t *testing.T) {
	m := newMachine(t)
	sections := m.file("sections.csv", sectionsFile)
	m.want(0, "", "import", "sections", sections)
	m.want(0, "", "export", "sections", "--out", "-")
	list := m.want(0, "", "audit", "list", "--limit", "9")
	lines := strings.Split(strings.TrimSpace(list), "\n")
	if len(lines) != 3 || !strings.Contains(lines[1], "export") || !strings.Contains(lines[2], "import") || !strings.Contains(lines[2], "命令行") {
		t.Errorf("list:\n%s", list)
	}
	if key := m.want(0, "", "audit", "key"); !strings.HasPrefix(key, "fugong-audit+") {
		t.Errorf("key %q", key)
	}
	if got := m.want(0, "", "audit", "verify"); !strings.Contains(got, "审计链完整：2 条") {
		t.Errorf("verify: %q", got)
	}
	m.want(2, "", "audit")
	m.want(2, "", "audit", "list", "--limit", "0")
}

// TestCutTrailIsFoundByTheCommand keeps a checkpoint in another file, cuts the trail and asks again.
func TestCutTrailIsFoundByTheCommand(t *testing.T) {
	m := newMachine(t)
	m.want(0, "", "import", "sections", m.file("sections.csv", sectionsFile))
	m.want(0, "", "export", "sections", "--out", "-")
	kept := filepath.Join(t.TempDir(), "kept.txt")
	m.want(0, "", "audit", "checkpoint", "--out", kept)
	m.want(0, "", "audit", "checkpoint", "--out", kept) // nothing new: nothing is added
	m.want(0, "", "export", "sections", "--out", "-")
	m.want(0, "", "audit", "checkpoint", "--out", kept)
	content, err := os.ReadFile(kept)
	if err != nil || strings.Count(string(content), "fugong/audit/v1\n") != 2 {
		t.Fatalf("%s, %v", content, err)
	}
	if got := m.want(0, "", "audit", "verify", "--checkpoint", kept, "--json"); !strings.Contains(got, `"whole": true`) {
		t.Errorf("verify: %s", got)
	}
	db, err := sql.Open("sqlite", m.settings["FUGONG_DB"])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{"DROP TRIGGER audit_keeps_all", "DROP TRIGGER checkpoints_keep_all", "DELETE FROM audit WHERE seq > 1", "DELETE FROM checkpoints"} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	m.want(0, "", "audit", "verify")
	if got := m.want(1, "", "audit", "verify", "--checkpoint", kept); !strings.Contains(got, "库中止于第 1 条") || !strings.Contains(got, "审计链已损坏") {
		t.Errorf("verify: %q", got)
	}
	m.want(1, "", "audit", "verify", "--checkpoint", kept+".missing")
	m.want(1, "", "audit", "verify", "--checkpoint", m.file("other.txt", "fugong/audit/v1\n1\n"))
}
