package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// many is how many people the large tables of these tests hold.
const many = 3000

// numberOf makes the valid document number of an invented person: area code 320699 is nobody's.
func numberOf(i int) string {
	born := time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%12000)
	body := "320699" + born.Format("20060102") + fmt.Sprintf("%03d", i/12000*2+1)
	sum := 0
	for k, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(body[k]-'0')
	}
	return body + string("10X98765432"[sum%11])
}

// crowd is the roster of many people.
func crowd() string {
	var b strings.Builder
	b.WriteString("标段编号,姓名,证件号码,进场时间,班组\n")
	for i := range many {
		fmt.Fprintf(&b, "XY-01,工友%d,%s,2022-04-20 08:00,钢筋班\n", i, numberOf(i))
	}
	return b.String()
}

// people counts the rows of the roster and holds the database to be sound.
func (w *world) people() int {
	w.Helper()
	db, err := sql.Open("sqlite", w.env["FUGONG_DB"])
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	var sound string
	if err := db.QueryRowContext(w.Context(), "PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		w.Errorf("integrity: %q %v", sound, err)
	}
	rows, err := db.QueryContext(w.Context(), "PRAGMA foreign_key_check")
	if err != nil {
		w.Fatal(err)
	}
	if rows.Next() {
		w.Error("a row refers to one that is not there")
	}
	if err := rows.Close(); err != nil {
		w.Fatal(err)
	}
	return strings.Count(w.must("export", "roster", "--out", "-"), "\n") - 1
}

// completes takes the same file in once more: whatever was there before, all is there afterwards.
func (w *world) completes(file string) {
	w.Helper()
	var r report
	w.parse(w.must("import", "roster", "--json", file), &r)
	if r.Accepted+r.Duplicate != many || w.people() != many {
		w.Errorf("after another import %v, %d people; want %d", r.counts(), w.people(), many)
	}
}

// TestKilledImport kills an import at several points: what is found afterwards is the state before or the state after it, never
// half of it, and the same import then completes.
func TestKilledImport(t *testing.T) {
	w := newWorld(t)
	sections, file := w.write("sections.csv", sectionsCSV), w.write("crowd.csv", crowd())
	w.must("import", "sections", sections)
	begun := time.Now()
	if out, err := w.command("import", "roster", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(begun)
	const points = 6
	survived := 0
	for i := range points {
		w.env["FUGONG_DB"], w.env["FUGONG_KEY_FILE"] = w.path(fmt.Sprintf("%d.db", i)), w.path(fmt.Sprintf("%d.key", i))
		w.must("import", "sections", sections)
		after := time.Duration((float64(i) + rand.Float64()) / points * float64(whole))
		w.killAfter(after, "import", "roster", file)
		n := w.people()
		if n != 0 && n != many {
			t.Errorf("killed after %v of %v: %d people, want none or %d", after, whole, n, many)
		}
		if n == 0 {
			survived++
		}
		w.completes(file)
	}
	if survived == 0 {
		t.Errorf("no import was killed before its end (%v)", whole)
	}
}

// killAfter starts a process and ends it without a word.
func (w *world) killAfter(after time.Duration, args ...string) {
	w.Helper()
	cmd := w.command(args...)
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	time.Sleep(after)
	if err := cmd.Process.Kill(); err != nil {
		w.Logf("kill: %v", err) // it had come to its end
	}
	cmd.Wait()
}

// TestStoppedImport: told to stop in the middle, an import leaves the state before it and says that it failed.
func TestStoppedImport(t *testing.T) {
	w := newWorld(t)
	sections, file := w.write("sections.csv", sectionsCSV), w.write("crowd.csv", crowd())
	whole := patience
	for _, part := range []float64{1, 0.7, 0.6, 0.5, 0.4, 0.3} { // the first shows how long it takes
		w.env["FUGONG_DB"], w.env["FUGONG_KEY_FILE"] = w.path(fmt.Sprint(part)+".db"), w.path(fmt.Sprint(part)+".key")
		w.must("import", "sections", sections)
		begun := time.Now()
		code, messages := w.stopAfter(time.Duration(part*float64(whole)), "import", "roster", file)
		if code == 0 { // it came to its end before the signal
			whole = min(whole, time.Since(begun))
			continue
		}
		if n := w.people(); n != 0 || code != 1 || !strings.HasPrefix(lastLine(messages), "fugong: 已按要求中止") {
			t.Errorf("stopped after %v of %v: exit %d, %d people, stderr %q", part, whole, code, n, messages)
		}
		w.completes(file)
		return
	}
	t.Errorf("no import was stopped before its end (%v)", whole)
}

// stopAfter starts a process, asks it to stop unless it has ended, and gives its exit code and its messages.
func (w *world) stopAfter(after time.Duration, args ...string) (int, string) {
	w.Helper()
	cmd := w.command(args...)
	var messages bytes.Buffer
	cmd.Stderr = &messages
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	stop := time.AfterFunc(after, func() { cmd.Process.Signal(syscall.SIGTERM) })
	defer stop.Stop()
	cmd.Wait()
	return cmd.ProcessState.ExitCode(), messages.String()
}

// TestFullDisk: an import that the disk cannot hold fails with a clear word and leaves the state before it; with room, it
// completes.
func TestFullDisk(t *testing.T) {
	w := newWorld(t)
	file := w.write("crowd.csv", crowd())
	disk := w.smallDisk()
	w.env["FUGONG_DB"] = disk.dir + "/fugong.db"
	w.must("import", "sections", w.write("sections.csv", sectionsCSV))
	cmd := disk.limit(w.command("import", "roster", file))
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != 1 || out.Len() != 0 {
		t.Errorf("%v, stdout %q, stderr %q; want exit 1", err, out.String(), messages.String())
	}
	if last := lastLine(messages.String()); !strings.HasPrefix(last, "fugong: ") || !strings.Contains(last, disk.says) {
		t.Errorf("stderr %q does not end by saying %q", messages.String(), disk.says)
	}
	disk.grow()
	if n := w.people(); n != 0 {
		t.Errorf("%d people after an import that failed", n)
	}
	w.completes(file)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// smallDisk is somewhere with little room. Where the test may not mount a disk, a limit on the size of files stands in for it.
type smallDisk struct {
	dir   string
	says  string
	limit func(*exec.Cmd) *exec.Cmd
	grow  func()
}

func (w *world) smallDisk() smallDisk {
	w.Helper()
	d := smallDisk{dir: w.path("disk"), says: "磁盘已满"}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		w.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, "size=1500k"); err != nil {
		w.Logf("no disk may be mounted (%v): a limit on the size of files instead", err)
		d.limit = func(cmd *exec.Cmd) *exec.Cmd {
			limited := exec.Command("sh", append([]string{"-c", `ulimit -f 2000; exec "$@"`, "sh", cmd.Path}, cmd.Args[1:]...)...)
			limited.Env = cmd.Env
			return limited
		}
		d.grow = func() {}
		return d
	}
	w.Cleanup(func() {
		if err := syscall.Unmount(d.dir, 0); err != nil {
			w.Errorf("unmount: %v", err)
		}
	})
	d.limit = func(cmd *exec.Cmd) *exec.Cmd { return cmd }
	d.grow = func() {
		if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT, "size=100m"); err != nil {
			w.Fatal(err)
		}
	}
	return d
}
