package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
)

// FuzzForms sends whatever comes to every form of the program, as somebody who may use it. There is no answer of ours that says
// the program failed, and none sends a browser to another host.
func FuzzForms(f *testing.F) {
	f.Add(uint(0), "username=li&password=x&next=//evil.example", false)
	f.Add(uint(12), "name=%E6%9D%8E&role=manager&sections=XY-01&sections=x", true)
	f.Add(uint(3), "a=%zz&;=&=&code=１２３", false)
	f.Add(uint(7), `{"a":"\u0000"}`, true)
	f.Add(uint(5), "secret=AAAA&code=1", false)
	var forms []Route
	for _, r := range Routes() {
		if !safeMethod(r.Method) {
			forms = append(forms, r)
		}
	}
	o := newOffice(f)
	o.everyone()
	f.Fuzz(func(t *testing.T, which uint, body string, json bool) {
		o.TB = t
		r := forms[which%uint(len(forms))]
		b := o.browser()
		if r.Roles[0] != Anyone {
			b = o.enterAs(t, r.Roles[0])
		}
		request := httptest.NewRequest(r.Method, filledIn(r.Path), strings.NewReader(body))
		request.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
		if json {
			request.Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
		}
		w := b.do(request)
		if w.Code >= http.StatusInternalServerError && w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s %s with %q: %d %s", r.Method, r.Path, body, w.Code, text(w))
		}
		to, err := url.Parse(w.Header().Get("Location"))
		if err != nil || to.Host != "" || strings.HasPrefix(w.Header().Get("Location"), "//") {
			t.Errorf("%s %s with %q leads to %q", r.Method, r.Path, body, w.Header().Get("Location"))
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

// enterAs gives a new session of the user of a role, who may have been changed by what came before.
func (o *office) enterAs(t *testing.T, role account.Role) *browser {
	t.Helper()
	users, err := o.store.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		if u.Role == role && u.DisabledAt.IsZero() {
			return o.enter(u.Name)
		}
	}
	return o.browser()
}
