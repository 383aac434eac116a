package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMigrate: each step is printed once, --status only lists, and serve may be told to refuse.
func TestMigrate(t *testing.T) {
	w := newWorld(t)
	status := w.must("migrate", "--status")
	steps := strings.Count(status, "pending ")
	if steps == 0 || strings.Contains(status, "applied ") {
		t.Errorf("status of a new database\n%s", status)
	}
	if again := w.must("migrate", "--status"); again != status {
		t.Errorf("listing changed it to\n%s", again)
	}
	if r := w.want(1, "serve", "--no-migrate"); !strings.Contains(r.err, "fugong migrate") {
		t.Errorf("serve --no-migrate said %q", r.err)
	}
	if out := w.must("migrate"); strings.Count(out, "applied ") != steps {
		t.Errorf("migrate printed\n%s", out)
	}
	if out := w.must("migrate"); strings.Contains(out, "applied ") || out == "" {
		t.Errorf("migrate again printed %q", out)
	}
	if out := w.must("migrate", "--status"); out != strings.ReplaceAll(status, "pending ", "applied ") {
		t.Errorf("status afterwards\n%s", out)
	}
}

// digests names the content of every file of a directory.
func (w *world) digests(dir string) map[string]string {
	w.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		w.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			w.Fatal(err)
		}
		sum := sha256.Sum256(content)
		all[filepath.Base(name)] = hex.EncodeToString(sum[:])
	}
	return all
}

// refused runs a command that must fail with one line and leave every file as it was.
func (w *world) refused(words ...string) {
	w.Helper()
	before := w.digests(w.dir)
	r := w.want(1, "import", "roster", w.path("roster.csv"))
	oneLine(w.T, r.err, words...)
	after := w.digests(w.dir)
	for name, sum := range after {
		if before[name] != sum {
			w.Errorf("%s was touched", name)
		}
	}
	for name := range before {
		if after[name] == "" {
			w.Errorf("%s is gone", name)
		}
	}
}

// TestRefusals: what is not this program's to work on is refused before anything is touched.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(w *world)
		says  string
	}{
		{"key file of another database", func(w *world) {
			other := newWorld(w.T)
			other.must("migrate")
			w.write("fugong.key", string(other.read("fugong.key")))
		}, "密钥"},
		{"key file that others can read", func(w *world) {
			if err := os.Chmod(w.path("fugong.key"), 0o644); err != nil {
				w.Fatal(err)
			}
		}, "chmod 600"},
		{"key file that is none", func(w *world) { w.write("fugong.key", "{}") }, "密钥"},
		{"key file that is gone", func(w *world) {
			if err := os.Remove(w.path("fugong.key")); err != nil {
				w.Fatal(err)
			}
		}, "密钥"},
		{"database of a newer program", func(w *world) {
			w.exec("INSERT INTO bun_migrations (name, group_id) VALUES ('9999', 9)")
		}, "9999"},
		{"database that is none", func(w *world) { w.write("fugong.db", strings.Repeat("not a database ", 500)) }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newDistrict(t)
			delete(w.env, "FUGONG_CLOCK") // whose announcement would be another line
			tt.spoil(w)
			w.refused("fugong: ", tt.says)
		})
	}
}

// exec runs SQL on the database behind the program's back.
func (w *world) exec(query string) {
	w.Helper()
	db, err := sql.Open("sqlite", w.path("fugong.db"))
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(w.Context(), query); err != nil {
		w.Fatal(err)
	}
}

// TestFirstStart makes what is missing, for its owner's eyes only, and says that the keys want a backup.
func TestFirstStart(t *testing.T) {
	w := newWorld(t)
	w.env["FUGONG_DB"], w.env["FUGONG_KEY_FILE"] = w.path("new/data/fugong.db"), w.path("keys/fugong.key")
	r := w.want(0, "migrate")
	if !strings.Contains(r.err, "密钥文件") || !strings.Contains(r.err, "备份") {
		t.Errorf("stderr %q", r.err)
	}
	for _, name := range []string{"new/data/fugong.db", "keys/fugong.key"} {
		info, err := os.Stat(w.path(name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	if r = w.want(0, "migrate"); strings.Contains(r.err, "密钥") {
		t.Errorf("the second start says %q", r.err)
	}
}

// TestNoPlainNumbers: what is at rest tells nobody a document or telephone number.
func TestNoPlainNumbers(t *testing.T) {
	w := newDistrict(t)
	for name := range w.digests(w.dir) {
		if strings.HasPrefix(name, "fugong.db") && strings.Contains(string(w.read(name)), "320699199003070013") {
			t.Errorf("%s holds an ID number", name)
		}
		if strings.HasPrefix(name, "fugong.db") && strings.Contains(string(w.read(name)), "13812345678") {
			t.Errorf("%s holds a telephone number", name)
		}
	}
}
