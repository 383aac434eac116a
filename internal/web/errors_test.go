package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestNotFound: a section that is not there is told from any other missing page by nobody.
func TestNotFound(t *testing.T) {
	w := newDistrict(t)
	said := func(address string) string {
		answer := w.get(address)
		if answer.Code != http.StatusNotFound {
			t.Errorf("%s: %d", address, answer.Code)
		}
		return strings.ReplaceAll(answer.Body.String(), answer.Header().Get("X-Request-Id"), "ID")
	}
	missing := said("/nosuch/page")
	for _, address := range []string{"/sections/XY-99", "/sections/XY-99/sheet.pdf", "/sections/XY-99/sheet.pdf?copy=posted", "/sections/XY-01/nosuch",
		"/sections/%2e%2e%2fruns", "/sections/", "/static/nosuch.css", "/static/..%2flayout.html", "/sheets.pdf?q=nosuch"} {
		if got := said(address); got != missing {
			t.Errorf("%s says\n%s, a missing page\n%s", address, got, missing)
		}
	}
	if doc := parse(t, missing); words(doc.Find("h1")) != "没有找到" || doc.Find(`main a[href="/"]`).Length() != 1 {
		t.Errorf("a missing page is\n%s", missing)
	}
}

// TestMisunderstood: what cannot be meant is answered by saying what was found and what is wanted.
func TestMisunderstood(t *testing.T) {
	w := newDistrict(t)
	for query, wants := range map[string][]string{
		"copy=secret":           {"secret", "internal", "posted"},
		"at=yesterday":          {"yesterday", "RFC 3339", "2022-05-06T08:00:00+08:00"},
		"at=2022-05-06+08:00":   {"2022-05-06 08:00", "RFC 3339"},
		"known_at=yesterday":    {"yesterday", "RFC 3339"},
		"copy=<b>&at=yesterday": {"<b>"},
	} {
		for _, path := range []string{"/sections/XY-01/sheet.pdf?", "/sheets.pdf?"} {
			doc := w.page(http.StatusUnprocessableEntity, path+query)
			for _, want := range wants {
				if !strings.Contains(doc.Find("main").Text(), want) {
					t.Errorf("%s%s says %q, without %q", path, query, words(doc.Find("main")), want)
				}
			}
		}
	}
	if strings.Contains(w.log.String(), "level=ERROR") {
		t.Errorf("a misunderstanding is logged as an error:\n%s", w.log)
	}
}

// TestUnwelcomeMethods change nothing, there is nothing to change yet.
func TestUnwelcomeMethods(t *testing.T) {
	w := newDistrict(t)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if answer := w.do(httptest.NewRequest(method, "/sections/XY-01", nil)); answer.Code != http.StatusMethodNotAllowed || !strings.Contains(answer.Body.String(), "不支持") {
			t.Errorf("%s: %d", method, answer.Code)
		}
	}
}

// TestPanic: a bug shows the number under which the log tells more, and nothing else.
func TestPanic(t *testing.T) {
	w := newDistrict(t)
	w.ready = func(*http.Request) error { panic("the secret is 42") }
	answer := w.get("/readyz")
	id := answer.Header().Get("X-Request-Id")
	doc := parse(t, answer.Body.String())
	if answer.Code != http.StatusInternalServerError || id == "" || !strings.Contains(words(doc.Find("main")), "请求编号 "+id) {
		t.Errorf("%d, request %q: %s", answer.Code, id, words(doc.Find("main")))
	}
	for _, secret := range []string{"secret", "goroutine", ".go:", "panic"} {
		if strings.Contains(answer.Body.String(), secret) {
			t.Errorf("the page says %q", secret)
		}
	}
	for _, word := range []string{"level=ERROR", "the secret is 42", "request_id=" + id, "errors_test.go"} {
		if !strings.Contains(w.log.String(), word) {
			t.Errorf("%q is not in the log:\n%s", word, w.log)
		}
	}
	if strings.Count(w.log.String(), "level=ERROR") != 1 {
		t.Errorf("told more than once:\n%s", w.log)
	}
	if w.get("/sections").Code != http.StatusOK {
		t.Error("the next request suffers from it")
	}
}

// TestWithoutDatabase: every page that needs it fails as one of ours, readiness says so, and the program is still up.
func TestWithoutDatabase(t *testing.T) {
	w := newDistrict(t)
	w.ready = func(r *http.Request) error { return w.store.Ping(r.Context()) }
	if answer := w.get("/readyz"); answer.Code != http.StatusOK || answer.Body.String() != "ready\n" {
		t.Errorf("/readyz: %d %q", answer.Code, answer.Body)
	}
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	if answer := w.get("/readyz"); answer.Code != http.StatusServiceUnavailable || answer.Body.String() != "not ready\n" {
		t.Errorf("/readyz without a database: %d %q", answer.Code, answer.Body)
	}
	if answer := w.get("/healthz"); answer.Code != http.StatusOK || answer.Body.String() != "ok\n" {
		t.Errorf("/healthz: %d %q", answer.Code, answer.Body)
	}
	for _, address := range []string{"/sections", "/sections/XY-01", "/sections/XY-01/sheet.pdf", "/sheets.pdf", "/runs"} {
		answer := w.get(address)
		if answer.Code != http.StatusInternalServerError || strings.Contains(answer.Body.String(), "sql") || strings.Contains(answer.Body.String(), "closed") {
			t.Errorf("%s: %d\n%s", address, answer.Code, answer.Body)
		}
	}
}

func TestReadinessTellsWhyOnlyTheLog(t *testing.T) {
	w := newStage(t)
	w.ready = func(*http.Request) error { return errors.New("key file: /secret/place") }
	if body := w.get("/readyz").Body.String(); strings.Contains(body, "secret") {
		t.Errorf("/readyz says %q", body)
	}
	if !strings.Contains(w.log.String(), "/secret/place") {
		t.Errorf("log:\n%s", w.log)
	}
}

// TestLog: a request leaves its route and its outcome, not what was asked for; that may name people.
func TestLog(t *testing.T) {
	w := newDistrict(t)
	w.log.Reset()
	id := w.get("/sections/XY-01?q=" + url.QueryEscape("王小明") + "&token=geheim").Header().Get("X-Request-Id")
	w.get("/nosuch/geheim")
	for _, secret := range []string{"geheim", "王小明", "XY-01", url.QueryEscape("王小明")} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, w.log)
		}
	}
	for _, word := range []string{"method=GET", "route=/sections/:code", "status=200", "status=404", "request_id=" + id} {
		if !strings.Contains(w.log.String(), word) {
			t.Errorf("%q is not in the log:\n%s", word, w.log)
		}
	}
}

// TestHeaders stand on every answer, whatever becomes of the request.
func TestHeaders(t *testing.T) {
	w := newDistrict(t)
	w.ready = func(*http.Request) error { panic("bug") }
	style, _ := w.page(http.StatusOK, "/sections").Find(`link[rel="stylesheet"]`).Attr("href")
	for _, address := range []string{"/", "/sections", "/sections/XY-01", "/sections/XY-01/sheet.pdf", "/sheets.pdf", "/runs", "/healthz", "/readyz", "/nosuch",
		"/sections/XY-99", "/sheets.pdf?copy=nosuch", "/login", "/account", "/users", "/users/999", style} {
		h := w.get(address).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", address, name, h.Get(name), want)
			}
		}
		for _, rule := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "style-src 'self'"} {
			if !strings.Contains(h.Get("Content-Security-Policy"), rule) {
				t.Errorf("%s: no %s in %q", address, rule, h.Get("Content-Security-Policy"))
			}
		}
		if policy := h.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: policy %q", address, policy)
		}
		if cache := h.Get("Cache-Control"); address != style && cache != "no-store" {
			t.Errorf("%s: Cache-Control %q", address, cache)
		}
		if h.Get("X-Request-Id") == "" || h.Get("Server") != "" {
			t.Errorf("%s: request %q, server %q", address, h.Get("X-Request-Id"), h.Get("Server"))
		}
	}
	if one, other := w.get("/").Header().Get("X-Request-Id"), w.get("/").Header().Get("X-Request-Id"); one == other {
		t.Errorf("two requests are both %q", one)
	}
}
