package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// gate holds works where they are: each that has settled as many rows of its file as it is set to waits until it is let through.
type gate struct {
	at           int
	held         chan store.Headway
	pass, opened chan struct{}
	open         func() // lets works through from now on, and the one that is held
}

func newGate(works *Works, at int) *gate {
	g := &gate{at: at, held: make(chan store.Headway), pass: make(chan struct{}), opened: make(chan struct{})}
	g.open = sync.OnceFunc(func() { close(g.opened) })
	works.told = func(h store.Headway) {
		if h.Done < g.at || h.Total == 0 {
			return
		}
		select {
		case g.held <- h:
		case <-g.opened:
			return
		case <-works.ctx.Done():
			return
		}
		select {
		case <-g.pass:
		case <-g.opened:
		case <-works.ctx.Done():
		}
	}
	return g
}

// crowd is a table of people of the first section, and one of results of theirs of some days, with a wrong row at its end.
func crowd(people, days int) (roster string, results []byte) {
	var r, x strings.Builder
	r.WriteString("标段编号,姓名,证件号码,进场时间\n")
	x.WriteString("证件号码,采样时间,检测结果,报告时间\n")
	for i := range people {
		fmt.Fprintf(&r, "XY-01,人%d,%s,2022-03-20 08:00\n", i, numbered(i))
	}
	for d := range days {
		for i := range people {
			fmt.Fprintf(&x, "%s,2022-04-%02d 09:%02d,阴性,2022-04-%02d 19:00\n", numbered(i), 1+d, i%60, 1+d)
		}
	}
	x.WriteString("320699199003070014,2022-04-01 09:00,阴性,\n")
	return r.String(), []byte(x.String())
}

// numbered makes the number of somebody who is nobody.
func numbered(i int) string {
	digits := fmt.Sprintf("320699%04d0101%03d", 1950+i/900, 100+i%900)
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(digits[i]-'0') * weight
	}
	return digits + "10X98765432"[sum%11:sum%11+1]
}

// slow is a district in which no request waits for its work, with a table of 1,200 results and a wrong row.
func slow(t *testing.T) (*stage, []byte) {
	t.Helper()
	w := newDistrict(t)
	roster, results := crowd(400, 3)
	storetest.Import(t, w.store, "roster", roster)
	w.options.Patience = time.Nanosecond
	w.rebuild(Routes())
	return w, results
}

// results counts what is registered.
func (w *stage) results() int {
	w.Helper()
	_, rows, err := w.store.Export(w.Context(), storetest.Order("results"))
	if err != nil {
		w.Fatal(err)
	}
	return len(rows)
}

// until polls a page as htmx does, until it is told to come as a whole.
func (w *stage) until(at string) {
	w.Helper()
	w.header.Set("HX-Request", "true")
	defer w.header.Del("HX-Request")
	for deadline := time.After(time.Minute); ; {
		answer := w.get(at)
		if answer.Code == http.StatusNoContent && answer.Header().Get("HX-Refresh") == "true" {
			return
		}
		if answer.Code != http.StatusOK || document(w, answer).Find("#work").Length() != 1 {
			w.Fatalf("polled: %d %s", answer.Code, answer.Body)
		}
		select {
		case <-deadline:
			w.Fatal("the work does not end")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// bar is what a page says of a work: how much of how much.
func bar(t testing.TB, page *goquery.Document) string {
	t.Helper()
	p := page.Find("#work progress")
	if p.Length() != 1 {
		t.Fatalf("no bar: %s", words(page.Find("main")))
	}
	return p.AttrOr("value", "") + "/" + p.AttrOr("max", "")
}

// TestLongImportShowsHeadway: a file that takes its time leads to a page that shows how far it is, from its check to its result.
func TestLongImportShowsHeadway(t *testing.T) {
	w, table := slow(t)
	before, other := w.results(), &stage{browser: w.enter("health"), log: w.log}
	g := newGate(w.options.Works, 501)
	at := w.bring("results", "lab.csv", table).Header().Get("Location")
	<-g.held
	page := w.page(200, at)
	if got := bar(t, page); got != "501/1201" || !strings.Contains(words(page.Find("main")), "正在核对：检测结果lab.csv") || words(page.Find("#work dd").Last()) != "1" {
		t.Errorf("the check shows %s: %s", got, words(page.Find("main")))
	}
	if refresh := page.Find("head noscript").Text(); !strings.Contains(refresh, `http-equiv="refresh"`) || page.Find("#work").AttrOr("hx-get", "") != at {
		t.Errorf("nobody asks again: %q", refresh)
	}
	g.open()
	w.until(at)
	page = w.page(200, at)
	if text := words(page.Find("main")); !strings.Contains(text, "确认导入 1200 行") || w.results() != before || page.Find(".told--warn").Length() != 0 {
		t.Errorf("the preview says %s, %d results", text, w.results())
	}
	g = newGate(w.options.Works, 501)
	for range 3 {
		if to := w.post(at, nil).Header().Get("Location"); to != at {
			t.Errorf("confirmed and sent to %s", to)
		}
	}
	<-g.held
	if got := bar(t, w.page(200, at)); got != "501/1201" {
		t.Errorf("taking it in shows %s", got)
	}
	wantStatus(t, other.get(at), http.StatusNotFound)
	g.open()
	w.until(at)
	result := w.get(at)
	wantStatus(t, result, http.StatusSeeOther)
	w.holds(result.Header().Get("Location"), "导入结果：检测结果", "1200")
	if w.results() != before+1200 || w.post(at, nil).Header().Get("Location") != result.Header().Get("Location") {
		t.Errorf("%d results after %d", w.results(), before)
	}
	if batches, err := w.store.Batches(t.Context(), account.Everywhere(), store.BatchFilter{Kinds: []string{"results"}, Limit: 9}); err != nil || len(batches) != 2 {
		t.Errorf("%d batches, %v", len(batches), err)
	}
}

// TestStoppedImportLeavesNothing: a server that is told to go breaks a work off; the page says so, and the next server goes on from there.
func TestStoppedImportLeavesNothing(t *testing.T) {
	w, table := slow(t)
	before := w.results()
	for _, step := range []store.Step{store.Checking, store.Taking} {
		at, fields, button := "", url.Values{"do": {"check"}}, "再核对一次"
		if step == store.Checking {
			g := newGate(w.options.Works, 501)
			at = w.bring("results", "lab.csv", table).Header().Get("Location")
			<-g.held
		} else {
			at, fields, button = w.bring("results", "lab.csv", table).Header().Get("Location"), nil, "确认导入 1200 行"
			w.until(at)
			g := newGate(w.options.Works, 501)
			w.post(at, nil)
			<-g.held
		}
		w.replace()
		if w.results() != before {
			t.Errorf("%s: %d results after %d", step, w.results(), before)
		}
		page := w.page(200, at)
		if text := words(page.Find("main")); !strings.Contains(text, "没有写入任何数据") || !strings.Contains(text, button) {
			t.Errorf("%s: the page says %s", step, text)
		}
		if to := w.post(at, fields).Header().Get("Location"); to != at {
			t.Errorf("%s: again leads to %s", step, to)
		}
		w.until(at)
	}
	if w.results() != before+1200 {
		t.Errorf("%d results after %d", w.results(), before)
	}
}

// replace tells the server to go at once and puts another in its place.
func (w *stage) replace() {
	w.Helper()
	now, cancel := context.WithCancel(w.Context())
	cancel()
	w.options.Works.Stop(now)
	works := NewWorks()
	w.Cleanup(func() { works.Stop(context.Background()) })
	w.options.Works = works
	w.rebuild(Routes())
}

// TestKilledServer: of a server that fell silent the page says so after a while, to whichever server it comes; before, that it works.
func TestKilledServer(t *testing.T) {
	w, table := slow(t)
	begun := storetest.Upload(w.now(), "results", string(table))
	who, err := w.store.UserByName(t.Context(), "district")
	if err != nil {
		t.Fatal(err)
	}
	token, err := w.store.Receive(t.Context(), who.ID, begun, "")
	if err != nil {
		t.Fatal(err)
	}
	at := uploadURL(token)
	if got := bar(t, w.page(200, at)); got != "/" {
		t.Errorf("of another server's work is known %s", got)
	}
	w.clock = w.clock.Add(21 * time.Second)
	w.holds(at, "核对中断了，没有写入任何数据", "再核对一次")
	if to := w.post(at, nil).Header().Get("Location"); to != at || w.options.Works.of(token) != nil {
		t.Error("a file that was not checked is taken in")
	}
	w.post(at, url.Values{"do": {"check"}})
	w.until(at)
	if err := w.store.BeginWork(t.Context(), who.ID, token, store.Taking, w.now()); err != nil {
		t.Fatal(err)
	}
	w.header.Set("Accept-Language", "en")
	w.holds(at, "Importing: Test results", "Reading the file")
	w.clock = w.clock.Add(21 * time.Second)
	w.holds(at, "The work was broken off and nothing was written", "Import 1200 rows")
}

// TestTwoBringAtOnce: each of two people sees the way of his own file, and both are taken in whole.
func TestTwoBringAtOnce(t *testing.T) {
	w, table := slow(t)
	before, other := w.results(), &stage{browser: w.enter("health"), log: w.log}
	second := []byte(strings.ReplaceAll(string(table), "2022-04-0", "2022-04-1"))
	mine, theirs := w.bring("results", "a.csv", table).Header().Get("Location"), other.bring("results", "b.csv", second).Header().Get("Location")
	w.until(mine)
	other.until(theirs)
	w.post(mine, nil)
	other.post(theirs, nil)
	w.until(mine)
	other.until(theirs)
	if got := w.results() - before; got != 2400 {
		t.Errorf("%d results were taken in", got)
	}
}

// TestWorks: there are no more works than a server bears, one for a file, none after it was stopped, and one that panics harms nobody.
func TestWorks(t *testing.T) {
	works, free := NewWorks(), make(chan struct{})
	hold := func(context.Context, *work) error { <-free; return nil }
	for i := range worksKept {
		if _, err := works.begin(fmt.Sprint(i), store.Checking, hold); err != nil {
			t.Fatal(err)
		}
	}
	first, err := works.begin("0", store.Taking, hold)
	if err != nil || first.step != store.Checking {
		t.Errorf("a second work on a file: %+v, %v", first, err)
	}
	if _, err := works.begin("more", store.Checking, hold); fault.KindOf(err) != fault.Busy {
		t.Errorf("one too many: %v", err)
	}
	close(free)
	<-first.done
	wild, err := works.begin("wild", store.Checking, func(context.Context, *work) error { panic("no") })
	for fault.KindOf(err) == fault.Busy { // until the first have ended
		time.Sleep(time.Millisecond)
		wild, err = works.begin("wild", store.Checking, func(context.Context, *work) error { panic("no") })
	}
	<-wild.done
	if wild.err == nil || !strings.Contains(wild.err.Error(), "panic: no") {
		t.Errorf("a panic is %v", wild.err)
	}
	ended := make(chan error, 1)
	if _, err := works.begin("long", store.Taking, func(ctx context.Context, _ *work) error { <-ctx.Done(); ended <- ctx.Err(); return ctx.Err() }); err != nil {
		t.Fatal(err)
	}
	now, cancel := context.WithCancel(t.Context())
	cancel()
	works.Stop(now)
	if err := <-ended; err == nil || len(works.all) != 0 {
		t.Errorf("stopped: %v, %d works left", err, len(works.all))
	}
	if _, err := works.begin("late", store.Checking, hold); fault.KindOf(err) != fault.Busy {
		t.Errorf("begun after the end: %v", err)
	}
}

// TestHeadwayInTheBrowser brings a file as large as may be: the bar is seen to move, and its page leads to the result by itself.
func TestHeadwayInTheBrowser(t *testing.T) {
	w := newDistrict(t)
	roster, results := crowd(1900, 10)
	storetest.Import(t, w.store, "roster", roster)
	w.options.Patience = time.Nanosecond
	w.rebuild(Routes())
	before, file := w.results(), filepath.Join(t.TempDir(), "lab.csv")
	if err := os.WriteFile(file, results, 0o600); err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(w.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.signIn(site.URL, account.District)
	b.Size(1440, 900)
	b.Open(site.URL + "/imports?kind=results")
	const value = `Number(document.querySelector('#work progress')?.getAttribute('value') ?? -1)`
	watch := func(what string, begin func()) {
		g := newGate(w.options.Works, 2000)
		begin()
		for _, least := range []int{6000, 12000} {
			h := <-g.held
			b.Eventually(fmt.Sprintf("%s: %d rows", what, h.Done), fmt.Sprintf("%s === %d", value, h.Done))
			b.Accessible(what)
			b.nothing(what+" sticks out", tooWide)
			b.Shot(fmt.Sprintf("working-%s-%d", what, h.Done))
			g.at = least
			g.pass <- struct{}{}
		}
		<-g.held
		g.open()
	}
	watch("check", func() { b.Upload("#f-file", file); b.Click(".form button[type=submit]") })
	b.Wait(".imp__go .btn--xl")
	b.Size(390, 844)
	b.Click(".nav__lang")
	b.Wait(`html[lang^="zh"] .imp__go .btn--xl`)
	watch("take", func() { b.Click(".imp__go .btn--xl") })
	b.Eventually("the result", `/^\/imports\/\d+$/.test(location.pathname)`)
	if got := w.results() - before; got != 19_000 {
		t.Errorf("%d results were taken in", got)
	}
}
