package e2e

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"fugong/internal/browsertest"
	"fugong/templates"
)

// The budgets of pages, in bytes on the way.
const (
	cssBudget     = 14 << 10
	phoneBudget   = 40 << 10
	desktopBudget = 70 << 10
	pageBudget    = 25 << 10
	mostRequests  = 6
)

// TestStylesheetBudget: one stylesheet for everything must stay small.
func TestStylesheetBudget(t *testing.T) {
	css, err := templates.Files.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(css); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() > cssBudget {
		t.Errorf("the stylesheet weighs %d bytes compressed, at most %d", b.Len(), cssBudget)
	}
}

// TestPageBudgets: what the first visit to a page takes, with an empty cache.
func TestPageBudgets(t *testing.T) {
	p := newPhone(t, here)
	for _, visit := range []struct {
		path   string
		budget int
	}{{p.path(), phoneBudget}, {"/", desktopBudget}, {"/sections", desktopBudget}, {"/sections/" + p.section, desktopBudget}} {
		fresh := p.Tab()
		fresh.EmptyCache()
		fresh.Forget()
		fresh.Open(p.base + visit.path)
		if visit.path == p.path() {
			fresh.Wait(`html[data-ready='1']`)
		}
		requests, bytes := weigh(t, fresh, p.base, visit.path)
		if bytes > visit.budget || visit.path == p.path() && requests > mostRequests {
			t.Errorf("%s takes %d requests and %d bytes, at most %d", visit.path, requests, bytes, visit.budget)
		}
		fresh.Close()
	}
}

// weigh counts what a page loaded; none of it may be a page that is too heavy.
func weigh(t *testing.T, p *browsertest.Page, base, path string) (requests, bytes int) {
	t.Helper()
	for _, r := range p.Requests() {
		if !strings.HasPrefix(r.URL, base) || strings.HasSuffix(r.URL, "/sw.js") {
			continue // pictures within the page, and the worker, which comes when all is there
		}
		requests++
		bytes += r.Bytes
		if strings.HasSuffix(r.URL, path) && r.Bytes > pageBudget {
			t.Errorf("the page %s itself weighs %d bytes, at most %d", path, r.Bytes, pageBudget)
		}
	}
	t.Logf("%s: %d requests, %d bytes", path, requests, bytes)
	return requests, bytes
}

// TestSlowPaint logs when the largest part of the checklist is painted on a slow network; bytes are what is held, times are not.
func TestSlowPaint(t *testing.T) {
	p := newPhone(t, here)
	fresh := p.Tab()
	fresh.Phone()
	fresh.EmptyCache()
	fresh.Slow()
	fresh.Open(p.base + p.path())
	fresh.Wait(`html[data-ready='1']`)
	at := browsertest.Eval[float64](fresh, `new Promise(done => new PerformanceObserver(l => done(l.getEntries().pop().startTime)).observe({type: 'largest-contentful-paint', buffered: true}))`)
	t.Logf("largest paint after %.0f ms", at)
	if at <= 0 {
		t.Error("nothing was painted")
	}
}
