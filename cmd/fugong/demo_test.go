package main

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// TestDemo shows the whole way once and leaves nothing behind. A second demonstration gives the same files to the byte, and, if
// not told to stop after the work, pages at the address it prints.
func TestDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	once, shown := newWorld(t), newWorld(t)
	out := once.must("demo", "--once", "--out", once.path("out"))
	// Every section, and twelve times one whose state has changed.
	for _, want := range []string{`（28 个标段，`, `sections +接受 40，重复 0，待定 0，拒绝 0`, `results +接受 \d{4}`, `现有工人 \d{3,4} 人，其中 \d{3,4} 人住场内`,
		`符合 \d+，基本符合 \d+，不符合 \d+；有标记的标段 \d+ 个`, `\d+ 份核查表合并为一个 PDF`} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	again := shown.demoServing("--out", shown.path("out"))
	if strings.ReplaceAll(out, once.dir, "") != strings.ReplaceAll(again, shown.dir, "") {
		t.Errorf("the second demonstration said\n%s, the first\n%s", again, out)
	}
	sameTables(t, once.digests(once.path("out/tables")), shown.digests(shown.path("out/tables")))
	papers := once.read("out/flagged.pdf")
	if !bytes.Equal(papers, shown.read("out/flagged.pdf")) {
		t.Error("the papers differ")
	}
	printed := regexp.MustCompile(`(\d+) 份核查表`).FindStringSubmatch(out)
	if n := decimal(outlined(string(papers))); printed == nil || printed[1] != n {
		t.Errorf("%v told, %s entries in the outline", printed, n)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
	if _, err := os.Stat(once.path("fugong.db")); err == nil {
		t.Error("the demonstration made the operator's database")
	}
}

// sameTables holds two demonstrations to the same tables, one of each kind.
func sameTables(t *testing.T, one, two map[string]string) {
	t.Helper()
	if len(one) != 13 || len(two) != 13 {
		t.Errorf("%d and %d tables, want 13", len(one), len(two))
	}
	for name, sum := range one {
		if two[name] != sum {
			t.Errorf("%s differs", name)
		}
	}
}

// demoServing runs a demonstration that shows its pages, opens the list of sections, stops it and gives what it said before it
// told its address.
func (w *world) demoServing(args ...string) string {
	w.Helper()
	cmd := w.command(append([]string{"demo"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	defer cmd.Process.Kill()
	stop := func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			w.Fatal(err)
		}
	}
	defer time.AfterFunc(patience, func() { cmd.Process.Kill() }).Stop()
	var said strings.Builder
	var address string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) > 1 && strings.HasSuffix(words[0], "打开"):
			address = words[1]
		case address == "":
			said.WriteString(lines.Text() + "\n")
		case len(words) > 3 && words[1] == "district":
			w.opens(signIn(w.T, address, words[1], words[3]), address+"/sections?verdict=unmet")
			stop()
		}
	}
	if err := cmd.Wait(); err != nil {
		w.Errorf("the demonstration ended with %v", err)
	}
	return said.String()
}

func (w *world) opens(client *http.Client, address string) {
	w.Helper()
	response, err := client.Get(address)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	page, err := goquery.NewDocumentFromReader(response.Body)
	if err != nil || page.Find("tbody tr").Length() == 0 {
		w.Errorf("%d sections on the list: %v", page.Find("tbody tr").Length(), err)
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
