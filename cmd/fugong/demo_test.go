package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDemo shows the whole way once and leaves nothing behind; two demonstrations give the same files to the byte.
func TestDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out [2]string
	w := [2]*world{newWorld(t), newWorld(t)}
	for i := range w {
		out[i] = w[i].must("demo", "--once", "--out", w[i].path("out"))
	}
	for _, want := range []string{`sections +接受 28，重复 0，待定 0，拒绝 0`, `results +接受 \d{4}`, `现有工人 \d{3,4} 人，其中 \d{3,4} 人住场内`,
		`符合 \d+，基本符合 \d+，不符合 \d+；有标记的标段 \d+ 个`, `\d+ 份核查表合并为一个 PDF`} {
		if !regexp.MustCompile(want).MatchString(out[0]) {
			t.Errorf("%q is not in\n%s", want, out[0])
		}
	}
	if strings.ReplaceAll(out[0], w[0].dir, "") != strings.ReplaceAll(out[1], w[1].dir, "") {
		t.Errorf("the second demonstration said\n%s", out[1])
	}
	one, two := w[0].digests(w[0].path("out/tables")), w[1].digests(w[1].path("out/tables"))
	if len(one) != 13 || len(two) != 13 {
		t.Errorf("%d and %d tables, want 13", len(one), len(two))
	}
	for name, sum := range one {
		if two[name] != sum {
			t.Errorf("%s differs", name)
		}
	}
	first := w[0].read("out/flagged.pdf")
	if string(first) != string(w[1].read("out/flagged.pdf")) {
		t.Error("the papers differ")
	}
	printed := regexp.MustCompile(`(\d+) 份核查表`).FindStringSubmatch(out[0])
	if n := decimal(outlined(string(first))); printed == nil || printed[1] != n {
		t.Errorf("%v told, %s entries in the outline", printed, n)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
	if _, err := os.Stat(w[0].path("fugong.db")); err == nil {
		t.Error("the demonstration made the operator's database")
	}
}

// TestGenerate: a district of the wanted size, into files or into the database, the same for the same seed.
func TestGenerate(t *testing.T) {
	w := newWorld(t)
	size := []string{"generate", "--sections", "3", "--workers", "12", "--days", "3", "--seed", "7"}
	w.must(append(size, "--out", w.path("a"))...)
	w.must(append(size, "--out", w.path("b"))...)
	a, b := w.digests(w.path("a")), w.digests(w.path("b"))
	for name, sum := range a {
		if b[name] != sum {
			t.Errorf("%s differs", name)
		}
	}
	w.must(size...)
	sections := w.must("export", "sections", "--out", "-")
	if len(a) != 13 || strings.Count(sections, "\n") != 4 {
		t.Errorf("%d tables; sections\n%s", len(a), sections)
	}
	files, err := filepath.Glob(w.path("a/*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		kind := regexp.MustCompile(`\d\d-(\w+)\.csv`).FindStringSubmatch(file)[1]
		var got report
		w.parse(w.must("import", kind, "--json", file), &got)
		if got.Accepted != 0 {
			t.Errorf("%s: %d rows are not in the database that the same district was generated into", kind, got.Accepted)
		}
	}
}
