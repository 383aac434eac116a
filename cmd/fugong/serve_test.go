package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// server is a serve of its own process.
type server struct {
	*world
	cmd    *exec.Cmd
	begun  time.Time
	url    string
	client *http.Client
	stdout strings.Builder
	mu     sync.Mutex // of log
	log    strings.Builder
	ended  chan struct{} // the log is read to its end
}

// patience is how long a test waits for what should take a moment.
const patience = 20 * time.Second

// serve starts a server and waits until it says where it listens.
func (w *world) serve(args ...string) *server {
	w.Helper()
	s := &server{world: w, cmd: w.command(append([]string{"serve"}, args...)...), begun: time.Now(), client: http.DefaultClient, ended: make(chan struct{})}
	s.cmd.Stdout = &s.stdout
	messages, err := s.cmd.StderrPipe()
	if err != nil {
		w.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			s.cmd.Process.Kill()
			s.cmd.Wait()
		}
	})
	address := make(chan string, 1)
	go s.listen(messages, address)
	select {
	case s.url = <-address:
	case <-time.After(patience):
		w.Fatalf("no address after %v; log:\n%s", patience, s.messages())
	}
	return s
}

// listen reads the log and looks for the address in it.
func (s *server) listen(messages io.Reader, address chan<- string) {
	defer close(s.ended)
	for lines := bufio.NewScanner(messages); lines.Scan(); {
		s.mu.Lock()
		fmt.Fprintln(&s.log, lines.Text())
		s.mu.Unlock()
		if _, rest, found := strings.Cut(lines.Text(), "address="); found && strings.Contains(lines.Text(), "msg=serving") {
			found, _, _ := strings.Cut(rest, " ")
			address <- found
		}
	}
}

func (s *server) messages() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// get asks for a page and gives status and body.
func (s *server) get(path string) (int, string) {
	s.Helper()
	response, err := s.client.Get(s.url + path)
	if err != nil {
		s.Fatalf("%v; log:\n%s", err, s.messages())
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// hire adds a user of the district, named like the role, whose password is sentence.
func (w *world) hire() {
	w.Helper()
	machine{w.T, w.env}.want(0, sentence, "user", "add", "--name", "district", "--role", "district", "--password-stdin")
}

// signIn comes in by the form and keeps the session.
func signIn(t *testing.T, address, name, password string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: patience}
	response, err := client.PostForm(address+"/login", url.Values{"username": {name}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if path := response.Request.URL.Path; response.StatusCode != http.StatusOK || path == "/login" {
		t.Fatalf("%s cannot sign in: %d at %s", name, response.StatusCode, path)
	}
	return client
}

// enter signs the user in whom hire has added.
func (s *server) enter() {
	s.Helper()
	s.client = signIn(s.T, s.url, "district", strings.TrimSpace(sentence))
}

// stop tells the server to stop, as a service manager does, and gives how long that took.
func (s *server) stop() time.Duration {
	s.Helper()
	begun := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.Fatalf("still running %v after SIGTERM", patience)
	}
	if err := s.cmd.Wait(); err != nil {
		s.Errorf("server ended with %v; log:\n%s", err, s.messages())
	}
	return time.Since(begun)
}

// lastRun is what the page of runs says of a job's newest run, once it is finished and judged at or after a clock reading.
type lastRun struct{ slot, judged, missed string }

func (s *server) lastRun(job, from string) lastRun {
	s.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		_, body := s.get("/runs")
		page, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			s.Fatal(err)
		}
		row := page.Find("tbody tr").FilterFunction(func(_ int, row *goquery.Selection) bool { return row.Find("th").Text() == job }).First()
		cell := func(label string) string { return row.Find(`[data-label="` + label + `"]`).Text() }
		if slot := cell("时点"); slot >= from && cell("完成于") != "进行中" {
			return lastRun{slot, cell("判定"), cell("补跑")}
		}
	}
	s.Fatalf("no finished run of %s since %s; log:\n%s", job, from, s.messages())
	return lastRun{}
}

// TestServe answers for its health, judges by the clock and stops when it is told to, also while a connection stays open.
func TestServe(t *testing.T) {
	w := newDistrict(t)
	w.hire()
	w.env["FUGONG_DATA"] = w.path("not/there/yet")
	s := w.serve()
	s.enter()
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if status, body := s.get(path); status != http.StatusOK || body != want {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	if run := s.lastRun("全部标段", "2022-05-06 08:00"); run.judged != "2" || run.missed != "0" {
		t.Errorf("first run %+v", run)
	}
	if open := w.flagged(); open["丙"].Name == "" {
		t.Errorf("flags %+v, want one on 丙", open)
	}
	if status, body := s.get("/sections/XY-01"); status != http.StatusOK || !strings.Contains(body, "丙") {
		t.Errorf("page of the section: %d\n%s", status, body)
	}
	if took := s.stop(); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if s.stdout.Len() != 0 {
		t.Errorf("stdout %q", s.stdout.String())
	}
}

// TestServeEverybody: who listens beyond this machine is warned of passwords in clear, gets the link for the first admin as long as
// there is no user, and nobody sees a page without signing in.
func TestServeEverybody(t *testing.T) {
	w := newDistrict(t)
	s := w.serve("--listen", "0.0.0.0:0")
	for _, want := range []string{"FUGONG_BASE_URL", "http://127.0.0.1:", "/setup?token="} {
		if !strings.Contains(s.messages(), want) {
			t.Errorf("%q is not in the log:\n%s", want, s.messages())
		}
	}
	s.client = &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/", "/sections", "/sections/XY-01", "/sections/XY-01/sheet.pdf", "/runs"} {
		if status, body := s.get(path); status != http.StatusSeeOther || strings.Contains(body, "XY-01") {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	s.stop()
	w.hire()
	s = w.serve("--listen", "0.0.0.0:0", "--base-url", "https://fugong.example")
	if said := s.messages(); strings.Contains(said, "/setup") || strings.Contains(said, "in clear") {
		t.Errorf("with a user and TLS in front the log says\n%s", said)
	}
	s.stop()
}

// TestServeCatchesUp: a server that was down judges the last slot as soon as it is back and says how many it missed.
func TestServeCatchesUp(t *testing.T) {
	w := newDistrict(t)
	w.hire()
	s := w.serve()
	s.enter()
	s.lastRun("全部标段", "2022-05-06 08:00")
	s.stop()
	w.env["FUGONG_CLOCK"] = "2022-05-06T20:03:00+08:00"
	s = w.serve()
	s.enter()
	run := s.lastRun("全部标段", "2022-05-06 20:00")
	missed, err := strconv.Atoi(run.missed)
	if err != nil || missed != 143 || run.judged != "2" { // every five minutes from 08:05 to 19:55
		t.Errorf("the run after twelve hours %+v, want 143 missed", run)
	}
	if open := w.flagged(); len(open) != 2 || open["乙"].Since == "" {
		t.Errorf("flags %+v, want 乙 and 丙", open)
	}
	s.stop()
}

// TestServeWithoutItsPort fails with a clear word, and so does a second server on the same port.
func TestServeWithoutItsPort(t *testing.T) {
	w := newWorld(t)
	s := w.serve()
	w.env["FUGONG_LISTEN"] = strings.TrimPrefix(s.url, "http://")
	r := w.want(1, "serve")
	if !strings.Contains(r.err, "address already in use") {
		t.Errorf("stderr %q", r.err)
	}
	s.stop()
}

// TestReadyNot: without its key file a server is not ready, though it is up.
func TestReadyNot(t *testing.T) {
	w := newWorld(t)
	s := w.serve()
	if err := exec.Command("rm", w.path("fugong.key")).Run(); err != nil {
		t.Fatal(err)
	}
	if status, body := s.get("/readyz"); status != http.StatusServiceUnavailable || body != "not ready\n" {
		t.Errorf("/readyz: %d %q", status, body)
	}
	if status, _ := s.get("/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}
	if !strings.Contains(s.messages(), "not ready") {
		t.Errorf("log:\n%s", s.messages())
	}
	s.stop()
}
