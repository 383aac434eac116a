package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"fugong/internal/account"
)

// TestCompressed: pages and static files come compressed to whoever takes it, and are the same.
func TestCompressed(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	plain, small := o.enter(string(account.District)), o.enter(string(account.District))
	small.header.Set("Accept-Encoding", "br, gzip;q=0.8")
	css, _ := parse(t, plain.get("/runs").Body.String()).Find(`link[rel="stylesheet"]`).Attr("href")
	for _, path := range []string{"/account", css, "/sw.js"} {
		want, got := plain.get(path), small.get(path)
		if want.Header().Get("Content-Encoding") != "" || got.Header().Get("Content-Encoding") != "gzip" || got.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: encoded %q and %q, varies by %q", path, want.Header().Get("Content-Encoding"), got.Header().Get("Content-Encoding"), got.Header().Get("Vary"))
			continue
		}
		if ratio := float64(got.Body.Len()) / float64(want.Body.Len()); ratio > 0.6 {
			t.Errorf("%s: compressed to %.0f %%", path, ratio*100)
		}
		if path == css && unzipped(t, got) != want.Body.String() {
			t.Errorf("%s is another when compressed", path)
		}
	}
	for _, refused := range []string{"", "gzip;q=0", "br"} {
		small.header.Set("Accept-Encoding", refused)
		if coding := small.get("/account").Header().Get("Content-Encoding"); coding != "" {
			t.Errorf("who takes %q got %q", refused, coding)
		}
	}
}

// TestCompressedLength: how long a compressed page is does not tell what is in it.
func TestCompressedLength(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter(string(account.District))
	b.header.Set("Accept-Encoding", "gzip")
	lengths := map[int]bool{}
	for range 20 {
		lengths[b.get("/account").Body.Len()] = true
	}
	if len(lengths) < 5 {
		t.Errorf("the same page has only %d lengths", len(lengths))
	}
}

func unzipped(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	r, err := gzip.NewReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestServiceWorker: it comes from the top, is asked for each time, and keeps its name.
func TestServiceWorker(t *testing.T) {
	w := newOffice(t).browser().get("/sw.js")
	wantStatus(t, w, http.StatusOK)
	if kind := w.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/javascript") || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%s, %s", kind, w.Header().Get("Cache-Control"))
	}
}

// TestOtherAccount: what a phone kept for one person is not handed in by another.
func TestOtherAccount(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter(string(account.District))
	put := func(as string) int {
		r := httptest.NewRequest(http.MethodPost, apiRoot+"/imports/sections?dry_run=true", nil)
		r.Header.Set(accountHeader, as)
		return b.do(r).Code
	}
	const in = http.StatusUnsupportedMediaType // let in, though with nothing
	for as, want := range map[string]int{"": in, "district": in, "distric%74": in, "manager": http.StatusUnauthorized, "%zz": http.StatusUnauthorized} {
		if got := put(as); got != want {
			t.Errorf("as %q: %d, want %d", as, got, want)
		}
	}
}

// TestLean: scripts and style sheets go without their comments and indentation, and what is not ours goes as it is.
func TestLean(t *testing.T) {
	const script = "// why\nconst a = 'http://x'; // kept\n\n  f(a);\n"
	if got, want := string(lean("a.js", []byte(script))), "const a = 'http://x'; // kept\nf(a);\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	const sheet = "/* why\n   so */\n.a{b:c}/* d */.e{f:g}\n"
	if got, want := string(lean("a.css", []byte(sheet))), ".a{b:c}.e{f:g}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := string(lean("a.css", []byte(script))), "// why\nconst a = 'http://x'; // kept\nf(a);\n"; got != want {
		t.Errorf("what is no comment in a style sheet: got %q, want %q", got, want)
	}
	if string(lean("a.min.js", []byte(script))) != script {
		t.Error("a.min.js was changed")
	}
}

// TestPagesAtOnce: what pages are written into is used again and again, and still each gets its own.
func TestPagesAtOnce(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	var all sync.WaitGroup
	for _, role := range account.Roles() {
		b := o.enter(string(role))
		b.header.Set("Accept-Encoding", "gzip")
		all.Go(func() {
			for range 20 {
				page := unzipped(t, b.get("/account"))
				if !strings.Contains(page, "<b>"+string(role)+"</b>") || !strings.HasSuffix(strings.TrimSpace(page), "</html>") || strings.Count(page, "<html") != 1 {
					t.Errorf("the page of %s is another's", role)
				}
			}
		})
	}
	all.Wait()
}
