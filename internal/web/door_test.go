package web

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
)

func TestEveryRouteHasAPolicy(t *testing.T) {
	o := newOffice(t)
	known := map[string]bool{}
	for _, r := range Routes() {
		known[r.Method+" "+r.Path] = true
	}
	registered := 0
	for _, r := range o.handler.Routes() {
		if r.Method == echo.RouteNotFound || r.Method == http.MethodHead && known["GET "+r.Path] {
			continue
		}
		registered++
		if !known[r.Method+" "+r.Path] {
			t.Errorf("%s %s is not in the table", r.Method, r.Path)
		}
	}
	if registered != len(known) {
		t.Errorf("%d routes registered, %d in the table", registered, len(known))
	}
	own, do := []account.Role{account.Manager}, (*server).healthz
	for name, bad := range map[string][]Route{
		"no roles":       {{http.MethodGet, "/x", Policy{Scope: ScopeOwn}, do}},
		"no scope":       {{http.MethodGet, "/x", Policy{Roles: own}, do}},
		"nothing to do":  {{http.MethodGet, "/x", Policy{Roles: own, Scope: ScopeOwn}, nil}},
		"unknown role":   {{http.MethodGet, "/x", Policy{Roles: []account.Role{"boss"}, Scope: ScopeOwn}, do}},
		"anyone and one": {{http.MethodGet, "/x", Policy{Roles: []account.Role{Anyone, account.Admin}, Scope: ScopeOwn}, do}},
		"twice":          {{http.MethodGet, "/x", Policy{Roles: own, Scope: ScopeOwn}, do}, {http.MethodGet, "/x", Policy{Roles: own, Scope: ScopeOwn}, do}},
	} {
		if _, err := newEcho(Options{}, bad); err == nil {
			t.Errorf("%s: the program starts", name)
		}
	}
}

// TestHeadAnswersAsGet: for nobody and for somebody with too small a role the door is the same, and so is what is answered but the body.
func TestHeadAnswersAsGet(t *testing.T) {
	o := newOffice(t)
	server := httptest.NewServer(o.handler)
	defer server.Close()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path string) (int, string, int) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		w, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Body.Close()
		body, err := io.ReadAll(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		return w.StatusCode, w.Header.Get("Content-Type"), len(body)
	}
	for _, r := range Routes() {
		if r.Method != http.MethodGet || strings.HasPrefix(r.Path, "/v/") { // whose visits are counted
			continue
		}
		status, kind, _ := ask(http.MethodGet, filledIn(r.Path))
		got, gotKind, length := ask(http.MethodHead, filledIn(r.Path))
		if got != status || gotKind != kind || length != 0 {
			t.Errorf("HEAD %s gives %d %q with %d bytes, GET gives %d %q", r.Path, got, gotKind, length, status, kind)
		}
	}
	o.everyone()
	manager := o.enter("manager")
	for path, want := range map[string]int{"/users": http.StatusForbidden, "/sections": http.StatusOK} {
		wantStatus(t, manager.do(httptest.NewRequest(http.MethodHead, path, nil)), want)
	}
}

// open routes that change something are few: each takes a secret instead of a session, or keeps only the language and theme.
func TestFewChangesAreOpenToAnyone(t *testing.T) {
	var open []string
	for _, r := range Routes() {
		if !safeMethod(r.Method) && slices.Contains(r.Roles, Anyone) {
			open = append(open, r.Path)
		}
	}
	if !slices.Equal(open, []string{"/login", "/setup", "/preferences"}) {
		t.Errorf("changes open to anyone: %v", open)
	}
}

func TestNobodyIsSentToSignIn(t *testing.T) {
	o := newOffice(t)
	for _, r := range Routes() {
		if slices.Contains(r.Roles, Anyone) {
			continue
		}
		path := filledIn(r.Path)
		w := o.browser().do(httptest.NewRequest(r.Method, path, nil))
		switch {
		case strings.HasPrefix(path, apiPrefix):
			wantStatus(t, w, http.StatusUnauthorized)
		case r.Method == http.MethodGet && safeNext(path) != "/":
			wantRedirect(t, w, "/login?"+url.Values{"next": {path}}.Encode())
		default:
			wantRedirect(t, w, "/login")
		}
		if len(w.Result().Cookies()) > 0 {
			t.Errorf("%s %s sets a cookie for nobody", r.Method, path)
		}
	}
}

func TestRolesAreKeptApart(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	for _, role := range account.Roles() {
		b := o.enter(string(role))
		for _, r := range Routes() {
			if slices.Contains(r.Roles, Anyone) || slices.Contains(r.Roles, role) {
				continue
			}
			w := b.do(httptest.NewRequest(r.Method, filledIn(r.Path), nil))
			if w.Code != http.StatusForbidden {
				t.Errorf("%s: %s %s gives %d", role, r.Method, r.Path, w.Code)
			}
		}
		if !b.signedIn() {
			t.Errorf("%s is out after being refused", role)
		}
	}
}

func TestWhatIsDeniedDoesNotTellWhatExists(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	manager, admin := o.enter("manager"), o.enter("admin")
	if own, missing := manager.get("/users/1"), manager.get("/users/999"); own.Body.String() != missing.Body.String() || own.Code != missing.Code {
		t.Errorf("a user that exists is refused with %d, one that does not with %d", own.Code, missing.Code)
	}
	for _, path := range []string{"/users/999", "/users/-1", "/users/01", "/users/x", "/users/9999999999999999999", "/users/1%20"} {
		w := admin.get(path)
		wantStatus(t, w, http.StatusNotFound)
		if w.Body.String() != admin.get("/users/999").Body.String() {
			t.Errorf("%s has another body than a missing user", path)
		}
	}
}

// The rows of the matrix are those of a signed-in browser's POST: what it says about where the request comes from.
func TestForeignPagesChangeNothing(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	rows := []struct {
		name, site, origin string
		token              bool
		refused            bool
	}{
		{"same origin", "same-origin", "", false, false},
		{"typed by the user", "none", "", false, false},
		{"same origin, old browser", "", "http://example.com", false, false},
		{"cross-site", "cross-site", "", true, true},
		{"cross-site with our origin", "cross-site", "http://example.com", true, true},
		{"sub-domain", "same-site", "", true, true},
		{"garbage", "moon", "", true, true},
		{"foreign origin", "", "http://evil.example", true, true},
		{"null origin", "", "null", true, true},
		{"neither, with the form's token", "", "", true, false},
		{"neither, without it", "", "", false, true},
	}
	for _, r := range Routes() {
		if safeMethod(r.Method) || slices.Contains(r.Roles, Anyone) {
			continue
		}
		name := string(r.Roles[0])
		for _, row := range rows {
			b := o.enter(name)
			b.header = http.Header{}
			form := url.Values{"password": {"wrong"}}
			if row.token {
				form.Set(formTokenName, b.actor().FormToken)
			}
			if row.site != "" {
				b.header.Set("Sec-Fetch-Site", row.site)
			}
			if row.origin != "" {
				b.header.Set("Origin", row.origin)
			}
			w := b.send(r.Method, filledIn(r.Path), form)
			if refused := w.Code == http.StatusForbidden; refused != row.refused {
				t.Errorf("%s %s, %s: status %d", r.Method, r.Path, row.name, w.Code)
			}
			if row.refused && !b.signedIn() {
				t.Errorf("%s %s, %s: refused, and yet something happened", r.Method, r.Path, row.name)
			}
			o.pass(61e9) // neither delays nor limits of sign-ins are the matter here
		}
	}
}

func TestSigningInFromForeignPagesIsRefused(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.browser()
	b.header.Set("Sec-Fetch-Site", "cross-site")
	w := b.post("/login", url.Values{"username": {"admin"}, "password": {goodPassword}})
	wantStatus(t, w, http.StatusForbidden)
	if len(b.cookies) > 0 {
		t.Errorf("got cookies %v", b.cookies)
	}
}

func TestSafeNext(t *testing.T) {
	for asked, want := range map[string]string{
		"/sections": "/sections", "/sections?verdict=unmet&q=%E8%B7%AF": "/sections?verdict=unmet&q=%E8%B7%AF", "/": "/",
		"": "/", "sections": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/", `\\evil.example`: "/",
		"/\t/evil.example": "/", "/%09/evil.example": "/", "/%5cevil.example": "/", "/%2f/evil.example": "/", "/%2fevil.example": "/",
		"https://evil.example": "/", "https:evil.example": "/", "javascript:alert(1)": "/", "//user@evil.example": "/", "/..//evil.example": "/",
		"/sections/../login": "/", "/login": "/", "/login/code": "/", "/logout": "/", "/setup?token=x": "/", "/a\r\nSet-Cookie: x": "/",
		"/sections#x": "/sections", "/\u0000": "/", "http:///evil.example": "/", "/\\/evil.example": "/", " //evil.example": "/",
	} {
		if got := safeNext(asked); got != want {
			t.Errorf("safeNext(%q) = %q, want %q", asked, got, want)
		}
	}
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	for _, next := range []string{"//evil.example", `/\evil.example`, "/%09/evil.example", "https://evil.example"} {
		w := o.browser().post("/login", url.Values{"username": {"li"}, "password": {goodPassword}, "next": {next}})
		wantRedirect(t, w, "/")
		b := o.enter("li")
		wantRedirect(t, b.get("/login?"+url.Values{"next": {next}}.Encode()), "/")
	}
}

func TestBrokenTextIsRefusedAtTheDoor(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter("admin")
	for _, path := range []string{"/sections/%00", "/sections?q=%00", "/sections?q=%ff%fe", "/sections/%ff", "/sections?%00=1", "/sections?q=%zz"} {
		wantStatus(t, b.get(path), http.StatusBadRequest)
	}
	for _, value := range []string{"a\x00b", "\xff", "\xed\xa0\x80"} {
		wantStatus(t, b.post("/users", url.Values{"name": {value}}), http.StatusBadRequest)
		wantStatus(t, b.post("/users", url.Values{value: {"x"}}), http.StatusBadRequest)
		wantStatus(t, o.browser().post("/login", url.Values{"username": {value}, "password": {"x"}}), http.StatusBadRequest)
		wantStatus(t, b.do(upload(t, "/users", value, []byte("x"))), http.StatusBadRequest)
	}
	for body, want := range map[string]int{
		"{\"a\":\"b\\u0000\"}": http.StatusBadRequest, "{\"a\":\"\xff\"}": http.StatusBadRequest, "{\"a\":": http.StatusBadRequest,
		"{\"\\u0000\":1}": http.StatusBadRequest, "{\"a\":\"\\\\u0000\"}": http.StatusUnprocessableEntity,
		`{"a":"\ud800"}`: http.StatusBadRequest, `{"a":"x\udc00\ud800y"}`: http.StatusBadRequest, `{"\uD83D\u0041":1}`: http.StatusBadRequest,
		`{"a":"\ud83d`: http.StatusBadRequest, `{"a":"\ud83d\ude00\udE00"}`: http.StatusBadRequest,
		`{"a":"\uD83D\uDE00 \\ud800 \uFFFD"}`: http.StatusUnprocessableEntity,
	} {
		r := httptest.NewRequest(http.MethodPost, "/users", strings.NewReader(body))
		r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
		if w := b.do(r); w.Code != want {
			t.Errorf("%q: status %d, want %d", body, w.Code, want)
		}
	}
}

// upload makes a form with a file; name is its file name and a field's value.
func upload(tb testing.TB, path, name string, content []byte) *http.Request {
	tb.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	err := w.WriteField("name", name)
	if err != nil {
		tb.Fatal(err)
	}
	file, err := w.CreateFormFile("file", "table.csv")
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := file.Write(content); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set(echo.HeaderContentType, w.FormDataContentType())
	return r
}

func TestUploadsLeaveNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	o := newOffice(t)
	o.everyone()
	var seen int
	receive := func(s *server, c echo.Context) error {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		seen = len(entries)
		if c.QueryParam("fail") != "" {
			panic("on the way")
		}
		return c.NoContent(http.StatusNoContent)
	}
	table := append(Routes(), Route{http.MethodPost, "/upload", Policy{Roles: account.Roles(), Scope: ScopeOwn, Body: uploadLimit, Time: uploadTime}, receive})
	b := o.enter("manager")
	o.rebuild(table)
	for _, path := range []string{"/upload", "/upload?fail=1"} {
		if b.do(upload(t, path, "x", bytes.Repeat([]byte("x"), 8<<20))); seen == 0 {
			t.Fatal("the file was never on disk: the test shows nothing")
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("%s: %d files left, %v", path, len(left), err)
		}
	}
	wantStatus(t, b.do(upload(t, "/upload", "x", make([]byte, uploadLimit))), http.StatusRequestEntityTooLarge)
}

func TestLargeBodiesAreRefused(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	wantStatus(t, o.browser().post("/login", url.Values{"username": {strings.Repeat("x", bodyLimit)}}), http.StatusRequestEntityTooLarge)
	wantStatus(t, o.enter("admin").do(upload(t, "/users", "x", make([]byte, bodyLimit))), http.StatusRequestEntityTooLarge)
}

func TestAddressesCannotBeMadeUp(t *testing.T) {
	const tried = 40
	wrong := url.Values{"username": {"li"}, "password": {"wrong"}}
	tries := func(o *office, header func(i int) string) (refused int) {
		for i := range tried {
			b := o.browser()
			b.header.Set("X-Forwarded-For", header(i))
			b.header.Set("X-Real-Ip", fmt.Sprintf("203.0.113.%d", i))
			b.header.Set("Forwarded", fmt.Sprintf("for=203.0.113.%d", i))
			wrong.Set("username", fmt.Sprintf("li%d", i)) // the delay of one account is another matter
			if b.post("/login", wrong).Code == http.StatusTooManyRequests {
				refused++
			}
		}
		return refused
	}
	madeUp := func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }
	if got := tries(newOffice(t), madeUp); got != tried-signInsAMinute {
		t.Errorf("without a proxy %d of 40 were refused, want %d", got, tried-signInsAMinute)
	}
	behind := func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")} }
	if got := tries(newOffice(t, behind), func(i int) string { return madeUp(i) + ", 198.51.100.7" }); got != tried-signInsAMinute {
		t.Errorf("behind a proxy %d of 40 from one address were refused, want %d", got, tried-signInsAMinute)
	}
	if got := tries(newOffice(t, behind), madeUp); got != 0 {
		t.Errorf("behind a proxy %d of 40 from different addresses were refused", got)
	}
	elsewhere := func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} }
	if got := tries(newOffice(t, elsewhere), madeUp); got != tried-signInsAMinute {
		t.Errorf("beside another's proxy %d of 40 were refused", got)
	}
}

func TestLimiter(t *testing.T) {
	o := newOffice(t)
	s, err := newServer(o.options, Routes())
	if err != nil {
		t.Fatal(err)
	}
	l := s.attempts
	start := o.now()
	for i := range signInsAMinute {
		if err := l.take(fmt.Sprintf("2001:db8::%x", i), start); err != nil {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	if l.take("2001:db8::ffff", start) == nil {
		t.Error("a network of 64 bits counts as many addresses")
	}
	if l.take("2001:db8:0:1::1", start) != nil || l.take("192.0.2.9", start) != nil || l.take("::ffff:192.0.2.9", start) != nil {
		t.Error("others are refused too")
	}
	if l.take("2001:db8::1", start.Add(59e9)) == nil {
		t.Error("let in before the minute is over")
	}
	if err := l.take("2001:db8::1", start.Add(120e9)); err != nil {
		t.Errorf("still refused after two minutes: %v", err)
	}
	for i := range 3 * addressesKept {
		_ = l.take(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), start.Add(120e9))
	}
	if n := len(l.now) + len(l.before); n > 2*addressesKept {
		t.Errorf("%d addresses are remembered", n)
	}
}

// With no-referrer alone a browser says "Origin: null" of our own forms; without TLS it says nothing else, and nobody could
// sign in. Seen in Chromium on a plain address of the local network.
func TestOurFormsMaySayWhereTheyComeFrom(t *testing.T) {
	w := newOffice(t).browser().get("/login")
	policy := document(t, w).Find("meta[name=referrer]").AttrOr("content", "")
	if policy != "same-origin" || w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("page says %q, header %q", policy, w.Header().Get("Referrer-Policy"))
	}
}

func TestOverTLSCookiesAreBoundToTheHost(t *testing.T) {
	proxied := func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")} }
	named := func(o *Options) { o.BaseURL = "https://example.com" }
	for name, change := range map[string]func(*Options){"proxy": proxied, "base URL": named} {
		o := newOffice(t, change)
		o.hire("li", account.District, account.Everywhere())
		b := o.browser()
		if name == "proxy" {
			b.header.Set("X-Forwarded-Proto", "https")
		}
		w := b.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}})
		if hsts := w.Header().Get("Strict-Transport-Security"); !strings.Contains(hsts, "max-age=31536000") {
			t.Errorf("%s: HSTS %q", name, hsts)
		}
		for _, c := range w.Result().Cookies() {
			if !strings.HasPrefix(c.Name, hostPrefix) || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: cookie %+v", name, c)
			}
		}
		if !b.signedIn() {
			t.Errorf("%s: not signed in", name)
		}
	}
	o := newOffice(t) // nobody is trusted: a client cannot say that it came over TLS
	o.hire("li", account.District, account.Everywhere())
	b := o.browser()
	b.header.Set("X-Forwarded-Proto", "https")
	w := b.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}})
	if c := w.Result().Cookies()[0]; c.Name != sessionName || c.Secure || w.Header().Get("Strict-Transport-Security") != "" {
		t.Errorf("a made-up header was believed: %+v", c)
	}
}

// TestOnlyTheBaseURLsHost: no page elsewhere can point its own name here and read on. Who is turned away learns the right name
// and nothing else; whether the program is up is told under any name.
func TestOnlyTheBaseURLsHost(t *testing.T) {
	o := newOffice(t, func(o *Options) { o.BaseURL = "https://fugong.example" })
	for host, welcome := range map[string]bool{
		"fugong.example": true, "localhost": true, "localhost:8080": true, "127.0.0.1": true, "127.0.0.1:8080": true, "127.8.9.10": true, "[::1]": true, "[::1]:8080": true,
		"evil.example": false, "evil.example:8080": false, "fugong.example.evil.example": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false,
		"0.0.0.0:8080": false, "192.0.2.1": false, "192.168.1.5": false, "[::]": false, "": false, "[": false, "[]": false, "localhost@evil.example": false,
	} {
		for _, address := range []string{"/login", "/sections", "/nosuch", "/static/app.css"} {
			answer := o.browser().asked(host, address)
			if turnedAway := answer.Code == http.StatusMisdirectedRequest; turnedAway == welcome {
				t.Errorf("%s of host %q: %d", address, host, answer.Code)
			}
			if !welcome && !strings.Contains(text(answer), "fugong.example") {
				t.Errorf("host %q is told %q", host, text(answer))
			}
		}
		wantStatus(t, o.browser().asked(host, "/healthz"), http.StatusOK)
	}
}

// asked gets a page under a name of the host.
func (b *browser) asked(host, address string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Host = host
	return b.do(r)
}

func TestPanicsAreAnswered(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter("admin")
	o.rebuild(append(Routes(), Route{http.MethodGet, "/panic", Policy{Roles: account.Roles(), Scope: ScopeOwn}, func(*server, echo.Context) error { panic("secret") }}))
	w := b.get("/panic")
	wantStatus(t, w, http.StatusInternalServerError)
	if strings.Contains(w.Body.String(), "secret") || !strings.Contains(text(w), w.Header().Get(echo.HeaderXRequestID)) {
		t.Errorf("page says %q", text(w))
	}
}
