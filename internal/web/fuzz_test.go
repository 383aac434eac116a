package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// FuzzForms sends whatever comes to every form of the program, about what is there, as somebody who may use it; with a key as from a
// page that was just opened, and without one. There is no answer of ours that says the program failed, and none sends a browser to
// another host.
func FuzzForms(f *testing.F) {
	w := newFormWorld(f)
	good, forms := w.reachedForms(), unsafeRoutes()
	for i, r := range forms {
		sent := good[r.Method+" "+r.Path]
		f.Add(uint(i), sent.body, sent.kind, true)
	}
	f.Add(uint(0), "username=li&password=x&next=//evil.example", formBody, false)
	f.Add(uint(12), "name=%E6%9D%8E&role=manager&sections=XY-01&sections=x", jsonBody, true)
	f.Add(uint(3), "a=%zz&;=&=&code=１２３", formBody, false)
	f.Add(uint(7), `{"a":"\u0000"}`, jsonBody, true)
	f.Add(uint(5), "secret=AAAA&code=1", formBody, false)
	sent := 0
	f.Fuzz(func(t *testing.T, which uint, body string, kind uint8, keyed bool) {
		w.TB = t
		r, key := forms[which%uint(len(forms))], ""
		if sent++; keyed {
			key = requestKeyOf(sent)
		}
		answer := w.submit(r, reachedForm{body: body, kind: kind % uint8(len(bodyTypes())), as: good[r.Method+" "+r.Path].as}, key)
		if answer.Code >= http.StatusInternalServerError && answer.Code != http.StatusServiceUnavailable {
			t.Errorf("%s %s with %q: %d %s", r.Method, r.Path, body, answer.Code, text(answer))
		}
		to, err := url.Parse(answer.Header().Get("Location"))
		if err != nil || to.Host != "" || strings.HasPrefix(answer.Header().Get("Location"), "//") {
			t.Errorf("%s %s with %q leads to %q", r.Method, r.Path, body, answer.Header().Get("Location"))
		}
		if answer.Code < http.StatusBadRequest { // what is there must be there for the next one, too
			w.close()
			w.again()
		}
	})
}

// FuzzNext holds that a browser that follows what safeNext gives stays here.
func FuzzNext(f *testing.F) {
	for _, seed := range []string{"/sections?q=1", "//evil.example", `/\evil.example`, "/%09/x", "https://evil.example", "/..//x"} {
		f.Add(seed)
	}
	here, err := url.Parse("https://fugong.example/login")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, asked string) {
		next := safeNext(asked)
		to, err := here.Parse(next)
		if err != nil || to.Host != here.Host || to.Scheme != here.Scheme || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\t\r\n\x00") {
			t.Errorf("safeNext(%q) = %q leads to %v, %v", asked, next, to, err)
		}
		if again := safeNext(next); again != next {
			t.Errorf("safeNext(%q) = %q, and of that %q", asked, next, again)
		}
	})
}
