package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/store/storetest"
)

const (
	reporters      = 50 // clients that report side by side
	ledgerSections = 10
	ledgerDays     = 20
	fewKills       = 6
	killsVariable  = "FUGONG_KILLS" // how often the server is killed, for each database
)

// TestLedger lets clients report with photos while the server is killed at random moments and started again. Each client sends a
// report until it is acknowledged. Afterwards every report is there once, as it was sent and acknowledged, with its photo.
func TestLedger(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		w := newWorld(t)
		w.env["FUGONG_DB"], w.env["FUGONG_LISTEN"] = dsn, freeAddress(t)
		l := &ledger{world: w, token: w.crew(), seed: rand.Uint64(), client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: reporters}}}
		s := w.serve()
		var all sync.WaitGroup
		for i := range reporters {
			all.Go(func() { l.report(i) })
		}
		s = l.kills(s)
		l.stop.Store(true)
		all.Wait()
		l.check()
		s.stop()
		w.must("audit", "verify")
	})
}

// freeAddress is one that a server can have again and again.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// crew makes the sections and a manager of all of them, and gives a token of his.
func (w *world) crew() string {
	w.Helper()
	var csv strings.Builder
	csv.WriteString("项目编号,项目名称,标段编号,标段名称,街道\n")
	args := []string{"user", "add", "--name", "crew", "--role", "manager", "--password-stdin"}
	for i := range ledgerSections {
		fmt.Fprintf(&csv, "S,项目,S-%02d,标段%d,学苑街道\n", i, i)
		args = append(args, "--section", fmt.Sprintf("S-%02d", i))
	}
	w.must("import", "sections", w.write("sections.csv", csv.String()))
	machine{w.T, w.env}.want(0, sentence, args...)
	return strings.TrimSpace(w.must("user", "token", "crew"))
}

// ledger keeps what the clients were told.
type ledger struct {
	*world
	token  string
	seed   uint64
	client *http.Client
	stop   atomic.Bool
	again  atomic.Int64 // requests that had to be sent again
	mu     sync.Mutex   // of told
	told   []entry
}

// entry is a report, and what it was acknowledged with.
type entry struct {
	key, uuid, section, day string
	body                    []byte
	photo                   struct {
		SHA256 string `json:"sha256"`
	}
	answer filedAnswer
}

type filedAnswer struct {
	ID         int64  `json:"id"`
	Section    string `json:"section"`
	Date       string `json:"date"`
	Version    int    `json:"version"`
	ReceivedAt string `json:"received_at"`
}

type sentAnswer struct {
	Item   string       `json:"item"`
	Answer *string      `json:"answer"`
	Number *json.Number `json:"number"`
	Remark string       `json:"remark"`
	Photos []string     `json:"photos"`
}

// kills ends the server as often as is asked for, each time at a random moment, and starts it again; it gives the last.
func (l *ledger) kills(s *server) *server {
	l.Helper()
	n := fewKills
	if asked := os.Getenv(killsVariable); asked != "" {
		var err error
		if n, err = strconv.Atoi(asked); err != nil {
			l.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(l.seed, reporters))
	var starting time.Duration
	for range n {
		time.Sleep(time.Duration(random.Int64N(int64(700 * time.Millisecond))))
		if err := s.cmd.Process.Kill(); err != nil {
			l.Fatalf("%v; log:\n%s", err, s.messages())
		}
		<-s.ended
		s.cmd.Wait()
		begun := time.Now()
		s = l.serve()
		starting += time.Since(begun)
	}
	l.Logf("seed %d: %d kills, each start %v", l.seed, n, (starting / time.Duration(max(n, 1))).Round(time.Millisecond))
	return s
}

// report hands in one report after the other.
func (l *ledger) report(client int) {
	random := rand.New(rand.NewPCG(l.seed, uint64(client)))
	for n := 0; !l.stop.Load(); n++ {
		e := l.compose(random, client, n)
		photo, ok := l.send(http.MethodPut, "/photos/"+e.uuid, "image/jpeg", "", picture(random))
		if !ok || json.Unmarshal(photo, &e.photo) != nil {
			return
		}
		answer, ok := l.send(http.MethodPost, "/sections/"+e.section+"/checklists", "application/json", e.key, e.body)
		if !ok {
			return
		}
		if err := json.Unmarshal(answer, &e.answer); err != nil {
			l.Errorf("read acknowledgement: %v", err)
		}
		l.mu.Lock()
		l.told = append(l.told, e)
		l.mu.Unlock()
		time.Sleep(time.Duration(random.Int64N(int64(100 * time.Millisecond))))
	}
}

func (l *ledger) compose(random *rand.Rand, client, n int) entry {
	e := entry{key: uuidOf(random), uuid: uuidOf(random), section: fmt.Sprintf("S-%02d", client%ledgerSections),
		day: calendar.Day(2022, 5, 6).Add(-n % ledgerDays).String()}
	yes, number := "yes", json.Number(strconv.Itoa(n))
	body, err := json.Marshal(map[string]any{"date": e.day, "answers": []sentAnswer{
		{Item: "B1", Answer: &yes, Remark: e.key, Photos: []string{e.uuid}}, {Item: "K1", Number: &number, Photos: []string{}}}})
	if err != nil {
		l.Error(err)
	}
	e.body = body
	return e
}

func uuidOf(random *rand.Rand) string {
	a, b := random.Uint64(), random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}

// picture is a small one like no other.
func picture(random *rand.Rand) []byte {
	img := image.NewGray(image.Rect(0, 0, 48, 32))
	for y := range 32 {
		for x := range 48 {
			img.SetGray(x, y, color.Gray{Y: uint8(random.IntN(256))})
		}
	}
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, img, nil); err != nil {
		panic(err) // into memory
	}
	return jpg.Bytes()
}

// send sends the same request until it is acknowledged, however long the server is being killed.
func (l *ledger) send(method, path, kind, key string, body []byte) ([]byte, bool) {
	for alive := time.Now(); time.Since(alive) < 3*patience; l.again.Add(1) {
		if !l.stop.Load() {
			alive = time.Now()
		}
		status, answer, err := l.ask(method, path, kind, key, body)
		switch {
		case err != nil || status >= http.StatusInternalServerError:
			time.Sleep(20 * time.Millisecond)
		case status >= http.StatusMultipleChoices:
			l.Errorf("%s %s: %d %s", method, path, status, answer)
			return nil, false
		default:
			return answer, true
		}
	}
	l.Errorf("%s %s was never acknowledged", method, path)
	return nil, false
}

// ask sends a request once.
func (l *ledger) ask(method, path, kind, key string, body []byte) (int, []byte, error) {
	q, err := http.NewRequestWithContext(l.Context(), method, "http://"+l.env["FUGONG_LISTEN"]+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	q.Header.Set("Authorization", "Bearer "+l.token)
	if body != nil {
		q.Header.Set("Content-Type", kind)
	}
	if key != "" {
		q.Header.Set("Idempotency-Key", key)
	}
	answer, err := l.client.Do(q)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	return answer.StatusCode, content, err
}

// check holds what is there to what was acknowledged.
func (l *ledger) check() {
	l.Helper()
	l.Logf("%d reports acknowledged, %d requests sent again", len(l.told), l.again.Load())
	if len(l.told) < reporters || l.again.Load() == 0 {
		l.Error("no kill met a request")
	}
	days := map[string][]entry{}
	for _, e := range l.told {
		path := "/sections/" + e.section + "/checklists?date=" + e.day
		days[path] = append(days[path], e)
	}
	for path, told := range days {
		l.checkDay(path, told)
	}
	for _, e := range l.told {
		l.checkPhoto(e)
	}
	for _, e := range l.told[max(0, len(l.told)-reporters):] { // once more is not twice
		content, _ := l.send(http.MethodPost, "/sections/"+e.section+"/checklists", "application/json", e.key, e.body)
		var answer filedAnswer
		if err := json.Unmarshal(content, &answer); err != nil || answer != e.answer {
			l.Errorf("sent again: %+v, want %+v; %v", answer, e.answer, err)
		}
	}
	for path, told := range days {
		l.checkDay(path, told)
	}
}

// checkDay holds the reports of a section and a day to those that were acknowledged.
func (l *ledger) checkDay(path string, told []entry) {
	l.Helper()
	content, _ := l.send(http.MethodGet, path, "", "", nil)
	var day struct {
		Versions []struct {
			filedAnswer
			Answers []sentAnswer `json:"answers"`
		} `json:"versions"`
	}
	if err := json.Unmarshal(content, &day); err != nil {
		l.Fatalf("%s: %v", path, err)
	}
	if len(day.Versions) != len(told) {
		l.Errorf("%s: %d reports, want %d", path, len(day.Versions), len(told))
	}
	slices.SortFunc(told, func(a, b entry) int { return a.answer.Version - b.answer.Version })
	for i := range min(len(told), len(day.Versions)) {
		var sent struct{ Answers []sentAnswer }
		if err := json.Unmarshal(told[i].body, &sent); err != nil {
			l.Fatal(err)
		}
		got := day.Versions[i]
		if got.filedAnswer != told[i].answer || got.Version != i+1 || !reflect.DeepEqual(got.Answers, sent.Answers) {
			l.Errorf("%s: report %d is %+v, want %+v with %s", path, i+1, got, told[i].answer, told[i].body)
		}
	}
}

// checkPhoto opens a photo.
func (l *ledger) checkPhoto(e entry) {
	l.Helper()
	content, _ := l.send(http.MethodGet, "/photos/"+e.uuid, "", "", nil)
	if size, err := jpeg.DecodeConfig(bytes.NewReader(content)); err != nil || size.Width != 48 || fmt.Sprintf("%x", sha256.Sum256(content)) != e.photo.SHA256 {
		l.Errorf("photo %s: %d bytes, %+v, %v", e.uuid, len(content), size, err)
	}
}
