package browsertest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Page is one tab. Whatever it cannot do ends the test.
type Page struct {
	testing.TB
	ctx       context.Context
	taps      int
	off, slow bool

	mu         sync.Mutex
	complaints []string
	requests   []Request
	sent       map[network.RequestID]int // place in requests
}

func newPage(t testing.TB, ctx context.Context, closePage func()) *Page {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, lifetime)
	t.Cleanup(func() { closePage(); cancel() })
	p := &Page{TB: t, ctx: ctx, sent: map[network.RequestID]int{}}
	if err := chromedp.Listen(ctx, p.note); err != nil {
		t.Fatal(err)
	}
	return p
}

// Tab opens another tab of the same person: cookies, storage and workers are shared.
func (p *Page) Tab() *Page {
	p.Helper()
	ctx, closePage := chromedp.NewContext(p.ctx)
	return newPage(p.TB, ctx, closePage)
}

// Close closes the tab at once, without asking the page.
func (p *Page) Close() {
	p.Helper()
	p.must("close", chromedp.Cancel(p.ctx))
}

func (p *Page) must(what string, err error) {
	p.Helper()
	if err != nil {
		p.Fatalf("%s: %v", what, err)
	}
}

// Size makes the window so many CSS pixels wide and high.
func (p *Page) Size(width, height int64) {
	p.Helper()
	p.must("resize", chromedp.Do(p.ctx, chromedp.EmulateViewport(width, height)))
}

// Phone makes the window that of a phone in a hand, which is touched.
func (p *Page) Phone() {
	p.Helper()
	p.must("resize", chromedp.Do(p.ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)))
}

// Dark shows the page as somebody wants it who has chosen dark, or light, on his machine and in the program.
func (p *Page) Dark(on bool) {
	p.Helper()
	theme := map[bool]string{true: "dark", false: "light"}[on]
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
	p.must("choose theme", err)
	p.Do(`document.documentElement.dataset.theme = '` + theme + `', document.getAnimations().forEach(a => a.finish())`)
}

// Open goes to an address and waits for the page's heading.
func (p *Page) Open(address string) {
	p.Helper()
	p.must("open "+address, chromedp.Do(p.ctx, chromedp.Navigate(address)))
	p.Wait("main h1, header h1")
}

// Reload loads the page again.
func (p *Page) Reload() {
	p.Helper()
	p.must("reload", chromedp.Do(p.ctx, chromedp.Reload()))
}

// Path is the part of the address after the host.
func (p *Page) Path() string {
	p.Helper()
	return Eval[string](p, `location.pathname + location.search`)
}

// Eval gives what a script comes to; a promise is waited for.
func Eval[T any](p *Page, script string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	p.must("evaluate "+script[:min(len(script), 200)], err)
	return v
}

// Do runs a script on the page.
func (p *Page) Do(script string) { p.Helper(); Eval[bool](p, "("+script+", true)") }

// Has reports whether something on the page fits a selector.
func (p *Page) Has(selector string) bool { p.Helper(); return Eval[bool](p, found(selector)) }

// Text is what is written in the first element that a selector finds.
func (p *Page) Text(selector string) string {
	p.Helper()
	p.Wait(selector)
	return strings.Join(strings.Fields(Eval[string](p, `document.querySelector(`+quoted(selector)+`).textContent`)), " ")
}

// Wait waits until something on the page fits a selector.
func (p *Page) Wait(selector string) { p.Helper(); p.Eventually(selector, found(selector)) }

// Gone waits until nothing on the page fits a selector.
func (p *Page) Gone(selector string) { p.Helper(); p.Eventually("no "+selector, "!"+found(selector)) }

func found(selector string) string { return `(!!document.querySelector(` + quoted(selector) + `))` }

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// Eventually waits until a script is true. While a page goes and another comes it is neither.
func (p *Page) Eventually(what, script string) {
	p.Helper()
	p.Until(what, func() bool {
		v, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](script))
		return err == nil && v
	})
}

// Until waits until something holds, in the page or behind it.
func (p *Page) Until(what string, holds func() bool) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-ctx.Done():
			p.Errorf("waited in vain for %s at %s with %s\n%s", what, p.Path(), Eval[string](p, `JSON.stringify(document.documentElement.dataset)`),
				strings.Join(p.Heard(), "\n"))
			p.Shot("in-vain")
			p.FailNow()
		}
	}
}

// Fill replaces what stands in a field by typing.
func (p *Page) Fill(selector, text string) {
	p.Helper()
	p.Wait(selector)
	p.Do(`document.querySelector(` + quoted(selector) + `).value = ''`)
	p.must("fill "+selector, chromedp.Do(p.ctx, chromedp.SendKeys(chromedp.CSS(selector), text)))
}

// Press presses keys, one after the other, where the focus is.
func (p *Page) Press(keys string) {
	p.Helper()
	p.must("press "+keys, chromedp.Do(p.ctx, chromedp.KeyEvent(keys)))
}

// Upload chooses files in a file field. The page has to be whole: while one comes, the browser counts its nodes anew, and the field
// that was found is no longer known.
func (p *Page) Upload(selector string, files ...string) {
	p.Helper()
	p.Eventually("a whole page with "+selector, `document.readyState === 'complete' && `+found(selector))
	p.must("choose files", chromedp.Do(p.ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), files)))
}

// Photograph taps what opens the camera, and takes a photo: three taps, with the shutter and "use photo". It waits for the camera
// to be asked for, whatever was tapped.
func (p *Page) Photograph(selector, file string) {
	p.Helper()
	intercept := func(on bool) {
		_, err := chromedp.Call(p.ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: on})
		p.must("watch the camera", err)
	}
	intercept(true)
	at := p.aim(selector)
	asked, err := chromedp.Run(p.ctx, chromedp.WaitEvent(page.FileChooserOpened, nil, chromedp.TapXY(at[0], at[1])))
	p.must("open the camera by "+selector, err)
	p.taps += 3
	_, err = chromedp.Call(p.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, BackendNodeID: asked.BackendNodeID})
	p.must("take a photo", err)
	intercept(false)
}

// Click points at the middle of what a selector finds and clicks, when that is what lies on top there.
func (p *Page) Click(selector string) {
	p.Helper()
	p.Eventually("a whole page with "+selector, `document.readyState === 'complete' && `+found(selector)) // what has not been drawn yet hears no click
	at := p.aim(selector)
	p.must("click "+selector, chromedp.Do(p.ctx, chromedp.MouseClickXY(at[0], at[1])))
}

// Tap is Click by finger; taps are counted.
func (p *Page) Tap(selector string) {
	p.Helper()
	p.taps++
	at := p.aim(selector)
	p.must("tap "+selector, chromedp.Do(p.ctx, chromedp.TapXY(at[0], at[1])))
}

// Taps is how many taps were needed so far.
func (p *Page) Taps() int { return p.taps }

// aim brings an element into view and gives its middle, once nothing lies over it.
func (p *Page) aim(selector string) []float64 {
	p.Helper()
	var at []float64
	p.Until("something to hit at "+selector, func() bool {
		v, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]float64](strings.ReplaceAll(middle, "SELECTOR", quoted(selector))))
		at = v
		return err == nil && len(at) == 2
	})
	return at
}

const middle = `(() => {
	const e = document.querySelector(SELECTOR);
	if (!e || e.disabled) return [];
	let r = e.getBoundingClientRect();
	if (r.top < 0 || r.bottom > innerHeight) e.scrollIntoView({block: 'center', behavior: 'instant'});
	r = e.getBoundingClientRect();
	let x = r.left + r.width / 2, y = r.top + r.height / 2, top = document.elementFromPoint(x, y);
	if (top && !e.contains(top) && !top.contains(e)) {
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		r = e.getBoundingClientRect(); x = r.left + r.width / 2; y = r.top + r.height / 2; top = document.elementFromPoint(x, y);
	}
	return r.width && r.height && top && (e.contains(top) || top.closest('label') === e.closest('label') && e.closest('label')) ? [x, y] : [];
})()`

// Shot leaves a picture of the whole page among the artifacts of the test, where they are kept (-artifacts).
func (p *Page) Shot(name string) {
	p.Helper()
	if kept := flag.Lookup("test.artifacts"); kept == nil || kept.Value.String() != "true" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	p.must("photograph the page", err)
	p.keep(name+".png", picture)
}

// PDF prints the page on paper.
func (p *Page) PDF() []byte {
	p.Helper()
	paper, err := chromedp.Run(p.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()))
	p.must("print", err)
	return paper
}

func (p *Page) keep(name string, content []byte) {
	p.Helper()
	p.must("keep "+name, os.WriteFile(filepath.Join(p.ArtifactDir(), name), content, 0o600))
}

func (p *Page) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if strings.HasPrefix(e.Entry.Text, "Clear-Site-Data header") && strings.Contains(e.Entry.Text, "Cleared data types") {
			return // told when somebody signs out, as it should be
		}
		p.complaints = append(p.complaints, fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, "exception: "+thrown(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		p.complaints = append(p.complaints, fmt.Sprintf("console: %s", e.Type))
	default:
		p.count(event)
	}
}

func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Text + " " + d.Exception.Description
	}
	return d.Text
}

// Heard gives what the browser complained of since the last time: breaches of the security policy, errors of scripts, answers
// that were refusals.
func (p *Page) Heard() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.complaints
	p.complaints = nil
	return said
}
