package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fugong/internal/app"
)

// asProgram makes the test's own executable be the program, for tests that need a process to signal, to limit or to kill.
const asProgram = "FUGONG_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// morning is when the tests play.
const morning = "2022-05-06T08:00:00+08:00"

// The small district of these tests: three people of one section, tested 23, 48 and 49 hours before, and an empty section.
const (
	sectionsCSV = `项目编号,项目名称,标段编号,标段名称,街道
XY,学苑示范项目,XY-01,一标段,学苑街道
XY,学苑示范项目,XY-02,二标段,南安桥街道
`
	rosterCSV = `标段编号,姓名,证件号码,进场时间,手机号码
XY-01,甲,320699199003070013,2022-04-20 08:00,13812345678
XY-01,乙,320699198511120027,2022-04-20 08:00,
XY-01,丙,320699198810010055,2022-04-20 08:00,
`
	resultsCSV = `证件号码,采样时间,检测结果,报告时间
320699199003070013,2022-05-05 09:00,阴性,2022-05-05 18:00
320699198511120027,2022-05-04 08:00:00,阴性,2022-05-04 18:00
320699198810010055,2022-05-04 07:00,阴性,2022-05-04 18:00
`
)

// world is an installation in a directory of its own.
type world struct {
	*testing.T
	dir string
	env map[string]string
}

// newWorld is an empty installation whose clock starts on the morning.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir()}
	w.env = map[string]string{
		"FUGONG_DB": w.path("fugong.db"), "FUGONG_KEY_FILE": w.path("fugong.key"), "FUGONG_DATA": w.dir,
		"FUGONG_LISTEN": "127.0.0.1:0", "FUGONG_CLOCK": morning,
	}
	return w
}

// newDistrict is an installation with the small district in it.
func newDistrict(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.takeDistrict()
	return w
}

func (w *world) takeDistrict() {
	w.Helper()
	w.must("import", "sections", w.write("sections.csv", sectionsCSV))
	w.must("import", "roster", w.write("roster.csv", rosterCSV))
	w.must("import", "results", w.write("results.csv", resultsCSV))
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// write makes a file and gives its path.
func (w *world) write(name, content string) string {
	w.Helper()
	if err := os.WriteFile(w.path(name), []byte(content), 0o600); err != nil {
		w.Fatal(err)
	}
	return w.path(name)
}

func (w *world) read(name string) []byte {
	w.Helper()
	content, err := os.ReadFile(w.path(name))
	if err != nil {
		w.Fatal(err)
	}
	return content
}

// result is what a command left behind.
type result struct {
	code     int
	out, err string
}

// run is one command line, within this process.
func (w *world) run(args ...string) result {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute) // a server that should have refused to start ends, too
	defer cancel()
	var out, err bytes.Buffer
	code := run(ctx, args, func(name string) string { return w.env[name] }, &out, &err)
	return result{code, out.String(), err.String()}
}

// must is run for commands that have to succeed; it gives what they print.
func (w *world) must(args ...string) string {
	w.Helper()
	r := w.run(args...)
	if r.code != 0 {
		w.Fatalf("fugong %q: exit %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r.out
}

// want is run for commands whose exit code is of interest.
func (w *world) want(code int, args ...string) result {
	w.Helper()
	r := w.run(args...)
	if r.code != code {
		w.Errorf("fugong %q: exit %d, want %d\n%s%s", args, r.code, code, r.out, r.err)
	}
	return r
}

// command is one command line as a process of its own.
func (w *world) command(args ...string) *exec.Cmd {
	w.Helper()
	self, err := os.Executable()
	if err != nil {
		w.Fatal(err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(w.Context()), self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	for name, value := range w.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// parse reads JSON into v, which may not know less than the text says when it is a struct.
func (w *world) parse(text string, v any) {
	w.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		w.Fatalf("parse %s: %v", text, err)
	}
	if dec.More() {
		w.Fatalf("more than one JSON value in %s", text)
	}
}

// registers gives everything that can be exported, by kind.
func (w *world) registers() map[string]string {
	w.Helper()
	all := map[string]string{}
	for _, kind := range app.Kinds() {
		all[kind] = w.must("export", kind, "--out", "-")
	}
	return all
}

// oneLine fails unless a text is one line that holds all the words.
func oneLine(t *testing.T, text string, words ...string) {
	t.Helper()
	if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		t.Errorf("want one line, got %q", text)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q does not say %q", text, word)
		}
	}
}
