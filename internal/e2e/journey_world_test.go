package e2e

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fugong/internal/app"
	"fugong/internal/browsertest"
	"fugong/internal/config"
)

var (
	chromium browsertest.Chromium
	live     running
)

func TestMain(m *testing.M) {
	code := m.Run()
	for _, err := range []error{chromium.Close(), os.RemoveAll(live.dir)} {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

const (
	password = "four horses drink tea"
	today    = "2022-05-06"
)

// running is the program with a made-up district, started once for all journeys. Each journey has a section and a manager of its
// own.
type running struct {
	once  sync.Once
	dir   string
	app   *app.App
	base  string
	err   error
	mu    sync.Mutex
	taken map[int]bool // sections, counted from 0, that have their phone
}

// take gives the first section that is wanted and that nobody has.
func (r *running) take(wanted func(int) bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.taken == nil {
		r.taken = map[int]bool{}
	}
	n := 0
	for r.taken[n] || !wanted(n) {
		n++
	}
	r.taken[n] = true
	return n
}

func (r *running) start() {
	dir, err := os.MkdirTemp("", "fugong-journeys-")
	if r.dir = dir; err != nil {
		r.err = err
		return
	}
	settings := map[string]string{"FUGONG_DB": filepath.Join(dir, "fugong.db"), "FUGONG_DATA": dir, "FUGONG_KEY_FILE": filepath.Join(dir, "fugong.key"),
		"FUGONG_CLOCK": today + "T08:00:00+08:00", "FUGONG_LISTEN": "127.0.0.1:0", "FUGONG_EVALUATE_EVERY": "1h"}
	cfg, err := config.Load(func(name string) string { return settings[name] })
	if err != nil {
		r.err = err
		return
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		r.err = err
		return
	}
	if r.app, r.err = app.Open(context.Background(), cfg, app.Env{Stderr: log, Verbose: true}); r.err != nil {
		return
	}
	if r.err = r.app.Generate(context.Background(), app.GenerateOptions{Sections: 40, Workers: 12, Days: 2, Seed: 7}); r.err != nil {
		return
	}
	ended := make(chan error, 1)
	go func() { ended <- r.app.Serve(context.Background()) }()
	r.base, r.err = reached(log.Name(), ended)
}

// reached reads from the log where the program listens.
func reached(log string, ended <-chan error) (string, error) {
	address := regexp.MustCompile(`msg=serving address=(http://127\.0\.0\.1:\d+)`)
	for range 500 {
		content, err := os.ReadFile(log)
		if err != nil {
			return "", err
		}
		if found := address.FindSubmatch(content); found != nil {
			return string(found[1]), nil
		}
		select {
		case err := <-ended:
			return "", fmt.Errorf("serve: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return "", fmt.Errorf("the program does not serve")
}

// phone is a manager with a phone, on a network that the test can spoil.
type phone struct {
	*browsertest.Page
	name, section, base string
	password            string       // empty: that of all journeys
	lost                atomic.Int32 // how many more answers to reports get lost
	sent                atomic.Int32 // how often a report reached the program
	cut                 atomic.Bool  // nothing comes through at all
}

// newPhone gives a new manager of a section of his own, signed in.
func newPhone(t *testing.T, host string) *phone {
	t.Helper()
	return takeSection(t, host, func(n int) bool { return n%troubles != 0 })
}

// calmPhone is one whose section has no troubles.
func calmPhone(t *testing.T, host string) *phone {
	t.Helper()
	return takeSection(t, host, func(n int) bool { return n%troubles == 0 })
}

// troubles is after how many sections most troubles come again; the first section has none at all.
const troubles = 10

// takeSection gives a manager of the first section that nobody has yet and that is wanted, counted from 0.
func takeSection(t *testing.T, host string, wanted func(int) bool) *phone {
	t.Helper()
	page := chromium.Page(t) // which skips without a browser
	if live.once.Do(live.start); live.err != nil {
		t.Fatal(live.err)
	}
	n := live.take(wanted)
	p := &phone{Page: page, name: fmt.Sprintf("manager%d", n), section: sectionCode(t, n)}
	if err := live.app.AddUser(t.Context(), app.UserQuery{Name: p.name, Role: "manager", Sections: []string{p.section}}, password); err != nil {
		t.Fatal(err)
	}
	p.base = strings.Replace(p.road(t), "127.0.0.1", host, 1)
	p.Phone()
	p.signIn()
	return p
}

func sectionCode(t *testing.T, n int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sections.csv")
	if _, err := live.app.Export(t.Context(), "sections", name, nil); err != nil {
		t.Fatal(err)
	}
	rows := readCSV(t, name)
	return rows[n][2]
}

// road leads to the program; on it answers to reports can get lost.
func (p *phone) road(t *testing.T) string {
	t.Helper()
	target, err := url.Parse(live.base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	road := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.cut.Load() {
			hangUp(w)
			return
		}
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/checklist") {
			proxy.ServeHTTP(w, r)
			return
		}
		p.sent.Add(1)
		if p.lost.Add(-1) < 0 {
			proxy.ServeHTTP(w, r)
			return
		}
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		hangUp(w)
	}))
	t.Cleanup(road.Close)
	return road.URL
}

// hangUp breaks a connection off before anything is answered.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		conn.Close()
	}
}

func (p *phone) signIn() {
	p.Helper()
	p.Open(p.base + "/login")
	p.enter()
}

// enter fills in the sign-in form that is shown.
func (p *phone) enter() {
	p.Helper()
	p.Fill(`main input[name="username"]`, p.name)
	p.Fill(`main input[name="password"]`, cmp.Or(p.password, password))
	p.Click(`main form:not([action="/preferences"]) button[type="submit"]`)
	p.Gone(`main input[name="password"]`)
}

func (p *phone) path() string { return "/sections/" + p.section + "/checklist" }

// checklist opens the form and waits until its script has taken over.
func (p *phone) checklist() {
	p.Helper()
	p.Open(p.base + p.path())
	p.Wait("html[data-ready='1']")
}

// fill answers whatever is asked as on a day like any other, the way fingers would, but all at once.
func (p *phone) fill() {
	p.Helper()
	p.Do(`document.querySelectorAll('#checklist input[data-typed]').forEach(n => {
		n.value = n.dataset.known || n.dataset.yesterday || '3'; n.dispatchEvent(new Event('input', {bubbles: true})) })`)
	p.Do(`document.querySelectorAll('#checklist .chk-nums input').forEach(n => {
		if (!n.value) { n.value = '0'; n.dispatchEvent(new Event('input', {bubbles: true})) } })`)
	p.Do(`document.querySelectorAll('#checklist input[data-usual], #checklist .chk-words input.chk-o').forEach(r => r.checked || r.closest('[data-drawn]') || r.click())`)
}

// evidence takes the photos that were drawn, by what confirms their items.
func (p *phone) evidence(photo string) (taken int) {
	p.Helper()
	items := browsertest.Eval[[]string](p.Page, `[...document.querySelectorAll('fieldset[data-drawn]')].map(f => f.id)`)
	for _, item := range items {
		p.Photograph(`#`+item+` label.o`, photo)
		p.Wait(`#` + item + ` .shot[data-photo]`)
	}
	return len(items)
}

// handIn goes through the review.
func (p *phone) handIn() {
	p.Helper()
	p.Tap(`.dock button[value="review"]`)
	p.Do(`document.querySelectorAll('#chk-look [data-slot=questions] input').forEach(b => b.click())`)
	p.Tap(`#chk-look [data-act="submit"]`)
}

// arrived waits for the report, and holds that it is the only one and that so many of its photos are there to be seen.
func (p *phone) arrived(photos int) {
	p.Helper()
	p.Until("a report to arrive", func() bool { return p.reports() > 0 })
	p.Wait(`html[data-waiting="0"][data-photos="0"][data-fixing="0"]`)
	if n := p.reports(); n != 1 {
		p.Errorf("the program has %d reports of %s, want one", n, p.section)
	}
	shown := browsertest.Eval[int](p.Page, p.given(`Promise.all(d.versions[0].answers.flatMap(a => a.photos).map(id => fetch('/photos/' + id)
		.then(r => r.ok && r.headers.get('Content-Type') === 'image/jpeg' ? 1 : 0))).then(all => all.reduce((a, b) => a + b, 0))`))
	if shown != photos {
		p.Errorf("%d photos of the report are shown, want %d", shown, photos)
	}
}

// reports is how many of today the program has.
func (p *phone) reports() int {
	p.Helper()
	return browsertest.Eval[int](p.Page, p.given(`d.versions.length`))
}

// given is a script that works something out from d, today's reports as the program has them.
func (p *phone) given(script string) string {
	return `fetch('/api/v1/sections/` + p.section + `/checklists?date=` + today + `').then(r => r.json()).then(d => ` + script + `)`
}

// snapshot is a photo as a camera takes it, of so many pixels.
func snapshot(t *testing.T, width, height int) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	r := rand.New(rand.NewPCG(7, 7))
	for y := range height {
		for x := range width {
			n := uint8(r.IntN(24))
			img.SetRGBA(x, y, color.RGBA{uint8(x*200/width) + n, uint8(y*200/height) + n, 90 + n, 255})
		}
	}
	name := filepath.Join(t.TempDir(), "现场.jpg")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(f, img, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}
