package web

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/hotp"

	"fugong/internal/account"
	"fugong/internal/album"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/internal/vault"
	"fugong/templates"
)

const goodPassword = "four horses drink tea"

// office is the program with its pages, on a database of its own and with a clock that the test holds.
type office struct {
	testing.TB
	store   *store.Store
	handler *echo.Echo
	options Options
	hash    string
	mu      sync.Mutex
	clock   calendar.Instant
	photos  string // the folder of the album
}

func (o *office) now() calendar.Instant { o.mu.Lock(); defer o.mu.Unlock(); return o.clock }

func (o *office) pass(d time.Duration) { o.mu.Lock(); defer o.mu.Unlock(); o.clock = o.clock.Add(d) }

func newOffice(tb testing.TB, change ...func(*Options)) *office {
	tb.Helper()
	return newReplica(tb, filepath.Join(tb.TempDir(), "fugong.db"), storetest.Keys(tb), change...)
}

// newReplica is an office on a database that others may share, with their keys.
func newReplica(tb testing.TB, dsn string, keys *vault.Vault, change ...func(*Options)) *office {
	tb.Helper()
	o := &office{TB: tb, clock: storetest.At("2022-05-06 08:00"), photos: filepath.Join(tb.TempDir(), "photos")}
	o.store = storetest.Open(tb, dsn, keys)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	paper, err := sheet.NewPrinter()
	if err != nil {
		tb.Fatal(err)
	}
	judge := &evaluation.Evaluator{Ledger: o.store, Loc: storetest.Shanghai(), Now: o.now, Log: log}
	options := Options{
		Store: o.store, Evaluator: judge, Hasher: account.NewHasher(2), Templates: templates.Files, Loc: storetest.Shanghai(),
		Printer: &printing.Printer{Store: o.store, Evaluator: judge, Paper: paper, Loc: storetest.Shanghai(), Now: o.now,
			Signer: keys, Base: "https://fugong.example"},
		Album: album.New(o.store, keys, o.photos, o.now),
		Now:   o.now, Clock: time.Now, Log: log, Ready: func(*http.Request) error { return nil },
	}
	for _, c := range change {
		c(&options)
	}
	options.Works = NewWorks()
	tb.Cleanup(func() { options.Works.Stop(context.Background()) })
	o.options = options
	o.rebuild(Routes())
	if o.hash, err = account.HashPassword(goodPassword); err != nil {
		tb.Fatal(err)
	}
	return o
}

// rebuild serves another table of routes.
func (o *office) rebuild(routes []Route) {
	o.Helper()
	var err error
	if o.handler, err = newEcho(o.options, routes); err != nil {
		o.Fatal(err)
	}
}

// hire adds a user whose password is goodPassword.
func (o *office) hire(name string, role account.Role, scope account.Scope) account.User {
	o.Helper()
	u, err := o.store.AddUser(o.Context(), account.NewUser{Name: name, Role: role, Scope: scope, Hash: o.hash}, audit.Act{Actor: "test"}, o.now())
	if err != nil {
		o.Fatal(err)
	}
	return u
}

// everyone adds one user of each role, named like it.
func (o *office) everyone() {
	for _, role := range account.Roles() {
		o.hire(string(role), role, account.Everywhere())
	}
}

// browser keeps cookies as a browser does, and says where its requests come from.
type browser struct {
	*office
	cookies map[string]string
	header  http.Header
	address string
	site    string // host and port of a server to reach over the network; empty: the handler is called
}

func (o *office) browser() *browser {
	return &browser{o, map[string]string{}, http.Header{"Sec-Fetch-Site": {"same-origin"}}, "192.0.2.1:4000", ""}
}

// enter is a browser with a session of a user, begun without the page, which takes its time over passwords.
func (o *office) enter(name string) *browser {
	o.Helper()
	b := o.browser()
	u, err := o.store.UserByName(o.Context(), name)
	if err != nil {
		o.Fatal(err)
	}
	token, err := o.store.StartSession(o.Context(), u, account.SessionInfo{Address: "192.0.2.1"}, audit.Act{}, o.now())
	if err != nil {
		o.Fatal(err)
	}
	b.cookies[sessionName] = token
	return b
}

// signIn is a browser that has signed in on the page.
func (o *office) signIn(name string) *browser {
	o.Helper()
	b := o.browser()
	if w := b.post("/login", url.Values{"username": {name}, "password": {goodPassword}}); w.Code != http.StatusSeeOther {
		o.Fatalf("%s cannot sign in: %d %s", name, w.Code, text(w))
	}
	return b
}

// again is another browser with the same cookies.
func (b *browser) again() *browser {
	return &browser{b.office, maps.Clone(b.cookies), b.header.Clone(), b.address, b.site}
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *browser) post(path string, form url.Values) *httptest.ResponseRecorder {
	return b.send(http.MethodPost, path, form)
}

func (b *browser) send(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	return b.do(r)
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for name, values := range b.header {
		if r.Header.Get(name) == "" {
			r.Header[name] = values
		}
	}
	r.RemoteAddr = b.address
	w := httptest.NewRecorder()
	if b.site == "" {
		b.handler.ServeHTTP(w, r)
	} else {
		b.fetch(w, r)
	}
	for _, c := range w.Result().Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

// fetch asks the server that the browser reaches over the network.
func (b *browser) fetch(w *httptest.ResponseRecorder, r *http.Request) {
	b.Helper()
	r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", b.site
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.Error(err)
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	maps.Copy(w.Header(), answer.Header)
	w.WriteHeader(answer.StatusCode)
	if _, err := io.Copy(w, answer.Body); err != nil {
		b.Error(err)
	}
}

// signedIn reports whether the browser's session still lives.
func (b *browser) signedIn() bool { return b.get("/account").Code == http.StatusOK }

// actor is who the browser is taken for.
func (b *browser) actor() account.Actor {
	b.Helper()
	a, err := b.store.SessionActor(b.Context(), account.HashToken(b.cookies[sessionName]), b.now())
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// enrol gives the user of a browser a second factor, without the page.
func (b *browser) enrol() (secret string) {
	b.Helper()
	secret = account.NewTOTP()
	if err := b.store.SetTOTP(b.Context(), b.actor(), secret, 0, b.now()); err != nil {
		b.Fatal(err)
	}
	return secret
}

func (o *office) code(secret string) string {
	o.Helper()
	code, err := hotp.GenerateCode(secret, uint64(int64(o.now())/30_000_000))
	if err != nil {
		o.Fatal(err)
	}
	return code
}

func document(tb testing.TB, w *httptest.ResponseRecorder) *goquery.Document {
	tb.Helper()
	return parse(tb, w.Body.String())
}

// text is what a person reads in the main part of a page.
func text(w *httptest.ResponseRecorder) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		return w.Body.String()
	}
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

func wantStatus(tb testing.TB, w *httptest.ResponseRecorder, want int) {
	tb.Helper()
	if w.Code != want {
		tb.Errorf("status %d, want %d: %s", w.Code, want, text(w))
	}
}

func wantRedirect(tb testing.TB, w *httptest.ResponseRecorder, to string) {
	tb.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		tb.Errorf("status %d to %q, want 303 to %q: %s", w.Code, w.Header().Get("Location"), to, text(w))
	}
}

// filledIn puts values for the parameters of a route's path.
func filledIn(path string) string {
	return strings.NewReplacer(":code", "CH01", ":id", "1", ":token", "1", ":name", "app.css", ":kind", "roster", ":uuid", "0192f0c1-7c1e-7cc0-8000-000000000000").Replace(path)
}
