package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPapersFromTheCommandLine issues two papers, changes one's file and asks about each.
func TestPapersFromTheCommandLine(t *testing.T) {
	m := newMachine(t)
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, content string) string {
		t.Helper()
		if err := os.WriteFile(in(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return in(name)
	}
	m.want(0, "", "import", "sections", write("sections.csv", "项目编号,项目名称,标段编号,标段名称,街道\nXY,学苑示范项目,XY-01,一标段,学苑街道\n"))
	m.want(0, "", "sheet", "--issue", "--section", "XY-01", "--out", in("one.pdf"))
	piped := m.want(0, "", "sheet", "--issue", "--section", "XY-01", "--out", "-")
	if !strings.HasPrefix(piped, "%PDF-") {
		t.Errorf("standard output begins with %.20q", piped)
	}
	write("two.pdf", piped)
	write("changed.pdf", strings.Replace(piped, "/Producer (fugong)", "/Producer (forged)", 1))

	list := strings.Split(strings.TrimSpace(m.want(0, "", "paper", "list", "--section", "XY-01")), "\n")
	if len(list) != 3 || !strings.Contains(list[1], "第000002号") || !strings.Contains(list[1], "valid") || !strings.Contains(list[2], "superseded") {
		t.Fatalf("list %q", list)
	}
	fields := strings.Fields(list[1])
	number, id := fields[0], fields[len(fields)-1]
	for _, what := range []string{in("two.pdf"), id, number} {
		if said := m.want(0, "", "paper", "verify", what); !strings.Contains(said, "与签发时一致；状态：有效") || !strings.Contains(said, number) {
			t.Errorf("%s: %s", what, said)
		}
	}
	if said := m.want(0, "", "paper", "verify", in("one.pdf")); !strings.Contains(said, "状态：已被取代") {
		t.Errorf("the older paper: %s", said)
	}
	for what, reason := range map[string]string{in("changed.pdf"): "已被改动", in("sections.csv"): "没有签发过", "2099-000001": "没有签发过", strings.Repeat("A", 22): "没有签发过"} {
		if _, messages, code := m.run("", "paper", "verify", what); code != exitFailed || !strings.Contains(messages, reason) {
			t.Errorf("%s: exit %d, %s", what, code, messages)
		}
	}
	m.want(exitUsage, "", "paper", "revoke", number)
	m.want(0, "", "paper", "revoke", number, "--reason", "试验")
	if said := m.want(0, "", "paper", "verify", id); !strings.Contains(said, "状态：已撤销") {
		t.Errorf("the revoked paper: %s", said)
	}
}

func TestOrdersForPaperThatAreRefused(t *testing.T) {
	m := newMachine(t)
	out := filepath.Join(t.TempDir(), "x.pdf")
	m.want(exitUsage, "", "sheet", "--issue", "--section", "XY-01", "--out", out, "--at", "2022-05-06T08:00:00+08:00")
	m.want(exitUsage, "", "sheet", "--issue", "--section", "XY-01")
	m.want(exitFailed, "", "sheet", "--issue", "--section", "XY-01", "--out", out)
	m.want(exitUsage, "", "paper", "verify", "neither")
	m.want(exitUsage, "", "paper", "list")
	m.want(exitUsage, "", "--numbering", "第{number}号", "paper", "list", "--section", "XY-01")
}
