package main

import (
	"os"
	"strings"
	"testing"

	"fugong/internal/app"
)

// TestExitCodes: 0 done, 1 failed, 2 wrong usage, 3 done but some rows were kept back. Messages go to stderr only, but for
// what a command is asked to print.
func TestExitCodes(t *testing.T) {
	w := newDistrict(t)
	half := w.write("half.xlsx", halfWorkbook(w))
	for _, tt := range []struct {
		name string
		code int
		says string // on stderr
		args []string
	}{
		{"help", 0, "", []string{"--help"}},
		{"nothing", 0, "", nil},
		{"version", 0, "", []string{"version"}},
		{"flags", 0, "", []string{"flags"}},
		{"unknown command", 2, "nosuch", []string{"nosuch"}},
		{"unknown subcommand", 2, "nosuch", []string{"policy", "nosuch"}},
		{"unknown flag", 2, "--nosuch", []string{"evaluate", "--nosuch"}},
		{"superfluous argument", 2, "extra", []string{"evaluate", "extra"}},
		{"unknown KIND", 2, "nosuch", []string{"import", "nosuch", "a.csv"}},
		{"no FILE", 2, "KIND", []string{"import", "roster"}},
		{"export of an unknown KIND", 2, "nosuch", []string{"export", "nosuch", "--out", "-"}},
		{"export without a name", 2, "--out", []string{"export", "roster"}},
		{"export to an unknown format", 2, ".xlsx", []string{"export", "roster", "--out", w.path("roster.pdf")}},
		{"bad setting", 2, "FUGONG_TIMEZONE", []string{"flags", "--timezone", "Mars/Olympus"}},
		{"two bad settings", 2, "FUGONG_EVALUATE_EVERY", []string{"flags", "--timezone", "Mars/Olympus", "--evaluate-every", "1s"}},
		{"malformed --at", 2, "RFC 3339", []string{"evaluate", "--at", "yesterday"}},
		{"malformed --known-at", 2, "--known-at", []string{"evaluate", "--known-at", "2022-05-06"}},
		{"malformed --at of a sheet", 2, "RFC 3339", []string{"sheet", "--section", "XY-01", "--at", "08:00", "--out", "-"}},
		{"unknown copy", 2, "--copy", []string{"sheet", "--section", "XY-01", "--copy", "secret", "--out", "-"}},
		{"sheet of no section", 2, "--section", []string{"sheet", "--out", "-"}},
		{"sheet without a name", 2, "--out", []string{"sheet", "--section", "XY-01"}},
		{"meaningless --result-word", 2, "--result-word", []string{"import", "results", w.path("results.csv"), "--result-word", "1=maybe"}},
		{"district of no size", 2, "", []string{"generate", "--sections", "-1"}},
		{"unknown section", 1, "XY-99", []string{"evaluate", "--section", "XY-99"}},
		{"sheet of an unknown section", 1, "XY-99", []string{"sheet", "--section", "XY-99", "--out", "-"}},
		{"flags of an unknown section", 1, "XY-99", []string{"flags", "--section", "XY-99"}},
		{"sheets of an unknown street", 1, "没有可打印的标段", []string{"sheets", "--street", "无名街道", "--out", "-"}},
		{"unknown policy", 1, "nosuch", []string{"policy", "show", "nosuch"}},
		{"missing file", 1, "nosuch.csv", []string{"import", "roster", w.path("nosuch.csv")}},
		{"folder for a file", 1, "", []string{"import", "roster", w.dir}},
		{"half a workbook", 1, "half.xlsx", []string{"import", "sections", half}},
		{"no table", 1, "", []string{"import", "roster", w.write("empty.csv", "")}},
		{"another table", 1, "证件号码", []string{"import", "roster", w.path("sections.csv")}},
		{"folder that is not there", 1, "nosuch", []string{"export", "roster", "--out", w.path("nosuch/roster.csv")}},
		{"rejected rows", 3, "", []string{"import", "roster", w.write("bad.csv", strings.Replace(rosterCSV, "0013", "0014", 1))}},
		{"quarantined rows", 3, "", []string{"import", "results", w.write("strange.csv", "证件号码,采样时间,检测结果\n32069919910412018X,2022-05-05 09:00,阴性\n")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &world{t, w.dir, w.env}
			r := w.want(tt.code, tt.args...)
			if !strings.Contains(r.err, tt.says) {
				t.Errorf("stderr %q does not say %q", r.err, tt.says)
			}
			if tt.code == 1 || tt.code == 2 {
				if r.out != "" {
					t.Errorf("stdout %q, want nothing", r.out)
				}
				if last := r.err[strings.LastIndex(strings.TrimSuffix(r.err, "\n"), "\n")+1:]; !strings.HasPrefix(r.err, "fugong: ") && !strings.HasPrefix(last, "fugong: ") {
					t.Errorf("stderr %q does not end with the program's word", r.err)
				}
			}
		})
	}
}

// halfWorkbook is the first half of a real workbook.
func halfWorkbook(w *world) string {
	w.Helper()
	w.must("export", "roster", "--out", w.path("whole.xlsx"))
	whole := w.read("whole.xlsx")
	return string(whole[:len(whole)/2])
}

// TestNothingWritten: what fails leaves everything as it was.
func TestNothingWritten(t *testing.T) {
	w := newDistrict(t)
	before := w.registers()
	w.want(1, "import", "roster", w.write("half.xlsx", halfWorkbook(w)))
	w.want(2, "import", "nosuch", w.path("roster.csv"))
	w.want(1, "import", "roster", w.path("sections.csv"))
	for kind, text := range w.registers() {
		if text != before[kind] {
			t.Errorf("%s changed from\n%s to\n%s", kind, before[kind], text)
		}
	}
}

// TestSeveralFilesEndAtTheBroken: what was read before the broken file is done and told, and nothing after it.
func TestSeveralFilesEndAtTheBroken(t *testing.T) {
	w := newWorld(t)
	w.must("import", "sections", w.write("sections.csv", sectionsCSV))
	second := "标段编号,姓名,证件号码,进场时间\nXY-02,丁,320699199602290042,2022-04-20 08:00\n"
	r := w.want(1, "import", "roster", "--json", w.write("roster.csv", rosterCSV), w.path("nosuch.csv"), w.write("second.csv", second))
	var reports []map[string]any
	w.parse(r.out, &reports)
	if len(reports) != 1 || reports[0]["file"] != "roster.csv" || reports[0]["accepted"] != 3.0 {
		t.Errorf("reports %v, want that of roster.csv alone", reports)
	}
	if text := w.must("export", "roster", "--out", "-"); strings.Contains(text, "丁") || !strings.Contains(text, "丙") {
		t.Errorf("roster is\n%s", text)
	}
	r = w.want(1, "import", "roster", "--json", w.path("nosuch.csv"), w.path("second.csv"))
	if w.parse(r.out, &reports); len(reports) != 0 {
		t.Errorf("reports %v, want none", reports)
	}
}

// TestStreams: results go to stdout and everything else to stderr; there is no bar of progress where no terminal is.
func TestStreams(t *testing.T) {
	w := newDistrict(t)
	delete(w.env, "FUGONG_CLOCK") // whose announcement is a message
	for _, args := range [][]string{{"evaluate", "--at", morning}, {"evaluate", "--json"}, {"flags"}, {"policy", "list"}, {"routes"}, {"config"}} {
		if r := w.want(0, args...); r.err != "" || r.out == "" {
			t.Errorf("fugong %q: stderr %q, stdout of %d bytes", args, r.err, len(r.out))
		}
	}
	r := w.want(0, "sheets", "--out", "-")
	if !strings.HasPrefix(r.out, "%PDF-") || strings.Contains(r.out, "份核查表") {
		t.Errorf("stdout begins with %.20q", r.out)
	}
	oneLine(t, r.err, "2 份核查表")
	r = w.want(0, "export", "roster", "--out", "-")
	if strings.Count(r.out, "\n") != 4 {
		t.Errorf("stdout %q", r.out)
	}
	oneLine(t, r.err, "3 行")
	if r = w.want(0, "export", "roster", "--out", w.path("roster.xlsx")); r.out != "" {
		t.Errorf("stdout %q though --out is a file", r.out)
	}
}

// TestClockIsAnnounced: whoever reads the log learns that the time is not the real one.
func TestClockIsAnnounced(t *testing.T) {
	w := newWorld(t)
	if r := w.want(0, "flags"); !strings.Contains(r.err, "2022-05-06T08:00:00") {
		t.Errorf("stderr %q", r.err)
	}
}

func TestRoutes(t *testing.T) {
	w := newWorld(t)
	var got []struct {
		Method, Path, Scope string
		Roles               []string
	}
	w.parse(w.must("routes", "--json"), &got)
	table := w.must("routes")
	if len(got) != len(app.Routes()) || len(got) == 0 {
		t.Fatalf("%d routes, want %d", len(got), len(app.Routes()))
	}
	for i, r := range app.Routes() {
		if got[i].Method != r.Method || got[i].Path != r.Path || got[i].Scope == "" || len(got[i].Roles) == 0 {
			t.Errorf("route %d is %+v, want %s %s with its policy", i, got[i], r.Method, r.Path)
		}
		if !strings.Contains(table, r.Path) {
			t.Errorf("%s is not in the table", r.Path)
		}
	}
	if _, err := os.Stat(w.path("fugong.db")); err == nil {
		t.Error("listing routes made a database")
	}
}

// TestConfig: every setting is listed with its meaning, and no secret is.
func TestConfig(t *testing.T) {
	w := newWorld(t)
	w.env["FUGONG_DB"] = "postgres://fugong:geheim@db.example/fugong?sslpassword=auchgeheim"
	out := w.must("config", "--lang", "en")
	for _, word := range []string{"FUGONG_DB", "db.example", "FUGONG_LISTEN", "FUGONG_DATA", "FUGONG_KEY_FILE", "FUGONG_TIMEZONE", "Asia/Shanghai",
		"FUGONG_LANG", "FUGONG_EVALUATE_EVERY", "5m", "FUGONG_TRUSTED_PROXIES", "FUGONG_BASE_URL", "FUGONG_CLOCK", morning} {
		if !strings.Contains(out, word) {
			t.Errorf("%q is not shown:\n%s", word, out)
		}
	}
	if strings.Contains(out, "geheim") {
		t.Errorf("a secret is shown:\n%s", out)
	}
	if !strings.Contains(out, " en ") {
		t.Errorf("the flag does not go before the environment:\n%s", out)
	}
}

func TestVersion(t *testing.T) {
	w := newWorld(t)
	w.env["FUGONG_TIMEZONE"] = "Mars/Olympus" // whatever the settings are
	out := w.must("version")
	for _, word := range []string{"fugong ", "commit ", "go1."} {
		if !strings.Contains(out, word) {
			t.Errorf("%q is not in %q", word, out)
		}
	}
}
