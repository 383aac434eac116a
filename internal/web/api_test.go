package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/fault"
	"fugong/internal/store/storetest"
)

// api is an office whose interface is used with tokens. Each answer is held against openapi.json.
type api struct {
	*office
	openAPI description
	tokens  map[string]string
}

// newAPI has three sections on two streets, one person with a test on the first, and a user of each role named like it; the
// manager has XY-01, the inspector its street.
func newAPI(tb testing.TB) *api {
	tb.Helper()
	a := &api{newOffice(tb), newDescription(tb), map[string]string{}}
	storetest.Import(tb, a.store, "sections", `项目编号,项目名称,标段编号,标段名称,街道,停工日期
		XY,星原项目,XY-01,一标段,小塘街道,2022-04-01
		XY,星原项目,XY-02,二标段,小塘街道,
		QZ,青竹项目,QZ-01,青竹一标,青竹街道,`)
	storetest.Import(tb, a.store, "roster", `标段编号,姓名,证件号码,进场时间
		XY-01,甲,320699199003070013,2022-05-01 08:00`)
	storetest.Import(tb, a.store, "results", `证件号码,采样时间,检测结果
		320699199003070013,2022-05-03 08:00,阴性`)
	if _, err := a.options.Evaluator.All(tb.Context(), "scheduled"); err != nil {
		tb.Fatal(err)
	}
	scopes := map[account.Role]account.Scope{account.Manager: {Sections: []string{"XY-01"}}, account.Inspector: {Streets: []string{"小塘街道"}}}
	for _, role := range account.Roles() {
		scope, narrow := scopes[role]
		if !narrow {
			scope = account.Everywhere()
		}
		a.token(string(role), role, scope, account.Token{Name: "test"})
	}
	return a
}

func (a *api) token(name string, role account.Role, scope account.Scope, t account.Token) {
	a.Helper()
	u := a.hire(name, role, scope)
	clear, err := a.store.AddToken(a.Context(), u, t, audit.Act{Actor: "test"}, a.now())
	if err != nil {
		a.Fatal(err)
	}
	a.tokens[name] = clear
}

// send makes a request as a user; headers may be nil.
func (a *api) send(user, method, path string, headers http.Header, body string) *httptest.ResponseRecorder {
	a.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for name, values := range headers {
		r.Header[name] = values
	}
	if user != "" {
		r.Header.Set(echo.HeaderAuthorization, "Bearer "+a.tokens[user])
	}
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	a.described(r, w)
	return w
}

// described holds an answer against the description of its route.
func (a *api) described(r *http.Request, w *httptest.ResponseRecorder) {
	a.Helper()
	for _, route := range apiRoutes() {
		pattern := "^" + regexp.MustCompile(`:\w+`).ReplaceAllString(regexp.QuoteMeta(route.Path), `[^/]+`) + "$"
		if r.Method == route.Method && regexp.MustCompile(pattern).MatchString(r.URL.EscapedPath()) {
			a.openAPI.holds(route, w)
			return
		}
	}
}

func (a *api) get(user, path string) *httptest.ResponseRecorder {
	a.Helper()
	return a.send(user, http.MethodGet, apiRoot+path, nil, "")
}

const (
	keyOne = "3f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d10"
	keyTwo = "3f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d11"
)

func jsonWith(key string) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if key != "" {
		h.Set(idempotencyKey, key)
	}
	return h
}

func (a *api) submit(user, section, key, body string) *httptest.ResponseRecorder {
	a.Helper()
	return a.send(user, http.MethodPost, apiRoot+"/sections/"+section+"/checklists", jsonWith(key), body)
}

// upload sends a file; its boundary is another each time, as with real clients.
func (a *api) upload(user, path, key, name, content string) *httptest.ResponseRecorder {
	a.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		a.Fatal(err)
	}
	fmt.Fprint(part, content)
	if err := m.Close(); err != nil {
		a.Fatal(err)
	}
	h := http.Header{"Content-Type": {m.FormDataContentType()}}
	if key != "" {
		h.Set(idempotencyKey, key)
	}
	return a.send(user, http.MethodPost, apiRoot+path, h, b.String())
}

func decoded[T any](tb testing.TB, w *httptest.ResponseRecorder) T {
	tb.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		tb.Fatalf("%v: %s", err, w.Body)
	}
	return v
}

// wantProblem wants a problem document whose errors name the fields.
func wantProblem(tb testing.TB, w *httptest.ResponseRecorder, status int, fields ...string) {
	tb.Helper()
	p := decoded[problemDocument](tb, w)
	var named []string
	for _, e := range p.Errors {
		named = append(named, e.Field)
	}
	if w.Code != status || p.Status != status || p.RequestID == "" || p.Detail == "" || strings.Join(named, " ") != strings.Join(fields, " ") {
		tb.Errorf("status %d, problem %+v; want %d with errors at %q", w.Code, p, status, fields)
	}
	if w.Header().Get(echo.HeaderXRequestID) != p.RequestID {
		tb.Error("the request id is not that of the header")
	}
}

func TestAPIListsSectionsWithinTheScope(t *testing.T) {
	a := newAPI(t)
	tests := []struct{ user, query, sections string }{
		{"district", "", "QZ-01 XY-01 XY-02"},
		{"admin", "", "QZ-01 XY-01 XY-02"},
		{"health", "", "QZ-01 XY-01 XY-02"},
		{"inspector", "", "XY-01 XY-02"},
		{"manager", "", "XY-01"},
		{"district", "?street=" + url.QueryEscape("青竹街道"), "QZ-01"},
		{"manager", "?street=" + url.QueryEscape("青竹街道"), ""},
		{"inspector", "?q=" + url.QueryEscape("青竹"), ""},
		{"district", "?q=xy-", "XY-01 XY-02"},
		{"district", "?q=%25", ""},
		{"district", "?q=" + url.QueryEscape("' OR 1=1 --"), ""},
		{"district", "?verdict=met", ""},
		{"district", "?verdict=unmet", "QZ-01 XY-01 XY-02"},
		{"manager", "?verdict=unmet", "XY-01"},
		{"district", "?verdict=none", ""},
	}
	for _, tt := range tests {
		w := a.get(tt.user, "/sections"+tt.query)
		var codes []string
		for _, s := range decoded[sectionsAnswer](t, w).Sections {
			codes = append(codes, s.Section)
		}
		if got := strings.Join(codes, " "); w.Code != http.StatusOK || got != tt.sections {
			t.Errorf("%s %s: %d %q, want %q", tt.user, tt.query, w.Code, got, tt.sections)
		}
	}
	wantProblem(t, a.get("leader", "/sections"), http.StatusForbidden)
	wantProblem(t, a.get("district", "/sections?verdict=good&limit=0&cursor=%2F"), http.StatusUnprocessableEntity, "cursor", "limit", "verdict")
	wantProblem(t, a.get("district", "/sections?limit=501"), http.StatusUnprocessableEntity, "limit")
	wantProblem(t, a.get("district", "/sections?verdict=met&verdict=unmet"), http.StatusUnprocessableEntity, "verdict")
	wantProblem(t, a.get("district", "/sections?cursor="+cursorTo("\x00")), http.StatusUnprocessableEntity, "cursor")
}

func TestAPIPagesThroughSections(t *testing.T) {
	a := newAPI(t)
	var codes []string
	path := "/sections?limit=1"
	for range 4 {
		page := decoded[sectionsAnswer](t, a.get("district", path))
		for _, s := range page.Sections {
			codes = append(codes, s.Section)
		}
		if page.NextCursor == nil {
			break
		}
		path = "/sections?limit=1&cursor=" + *page.NextCursor
	}
	if got := strings.Join(codes, " "); got != "QZ-01 XY-01 XY-02" {
		t.Errorf("page by page: %s", got)
	}
	if page := decoded[sectionsAnswer](t, a.get("district", "/sections?limit=3")); page.NextCursor != nil {
		t.Error("a page that holds all leads to another")
	}
}

// What is out of the scope, what is not there, and what cannot be there are answered alike, but for the number of the request.
func TestAPITellsNothingOfForeignSections(t *testing.T) {
	a := newAPI(t)
	blank := func(w *httptest.ResponseRecorder) string {
		return strings.ReplaceAll(w.Body.String(), w.Header().Get(echo.HeaderXRequestID), "")
	}
	for _, rest := range []string{"", "/verdict", "/flags", "/checklists", "/verdict?at=2022-05-06T08:00:00Z"} {
		own := a.get("manager", "/sections/XY-01"+rest)
		if own.Code != http.StatusOK {
			t.Errorf("own section%s: %d %s", rest, own.Code, own.Body)
		}
		missing := a.get("manager", "/sections/NO-01"+rest)
		wantProblem(t, missing, http.StatusNotFound)
		for _, code := range []string{"XY-02", "QZ-01", "xy-01", "XY-01%20", "..%2fXY-01", "%27"} {
			w := a.get("manager", "/sections/"+code+rest)
			if w.Code != http.StatusNotFound || blank(w) != blank(missing) {
				t.Errorf("%s%s: %d %s", code, rest, w.Code, w.Body)
			}
		}
	}
	foreign, missing := a.submit("manager", "XY-02", keyOne, `{"date":"2022-05-06","answers":[]}`), a.submit("manager", "NO-01", keyOne, `{}`)
	if foreign.Code != http.StatusNotFound || blank(foreign) != blank(missing) {
		t.Errorf("submitting to a foreign section: %d %s", foreign.Code, foreign.Body)
	}
	wantProblem(t, a.get("manager", "/sections/%00"), http.StatusBadRequest)
	wantProblem(t, a.get("manager", "/sections/%ff"), http.StatusBadRequest)
	wantProblem(t, a.get("manager", "/nothing"), http.StatusNotFound)
	wantProblem(t, a.send("manager", http.MethodDelete, apiRoot+"/sections/XY-01", nil, ""), http.StatusMethodNotAllowed)
}

func TestAPIJudges(t *testing.T) {
	a := newAPI(t)
	type doc struct {
		At       string
		KnownAt  *string `json:"known_at"`
		Sections []struct {
			Section, Verdict string
			Headcount        int
			Findings         []struct {
				Criterion, Status, Reason string
				Subjects                  []struct {
					Name, Observed string
					IDTail         string `json:"id_tail"`
				}
			}
		}
	}
	latest := func(w *httptest.ResponseRecorder) (status, name, tail string) {
		for _, f := range decoded[doc](t, w).Sections[0].Findings {
			if f.Criterion == "nat.latest_negative" {
				status = f.Status
				if len(f.Subjects) > 0 {
					name, tail = f.Subjects[0].Name, f.Subjects[0].IDTail
				}
			}
		}
		return status, name, tail
	}
	w := a.get("manager", "/sections/XY-01/verdict")
	now := decoded[doc](t, w)
	if now.At != "2022-05-06T08:00:00+08:00" || now.KnownAt != nil || now.Sections[0].Verdict != "unmet" || now.Sections[0].Headcount != 1 {
		t.Errorf("now: %s", w.Body)
	}
	if status, name, tail := latest(w); status != "fail" || name != "甲" || tail != "0013" {
		t.Errorf("now 72 hours old: %s %s %s", status, name, tail)
	}
	if status, _, _ := latest(a.get("manager", "/sections/XY-01/verdict?at=2022-05-04T08:00:00%2B08:00")); status != "pass" {
		t.Errorf("24 hours old: %s", status)
	}
	if known := decoded[doc](t, a.get("manager", "/sections/XY-01/verdict?known_at=2022-05-06T00:00:00Z")); *known.KnownAt != "2022-05-06T08:00:00+08:00" {
		t.Errorf("known at %s", *known.KnownAt)
	}
	if _, name, tail := latest(a.get("admin", "/sections/XY-01/verdict")); name != "" || tail != "" {
		t.Errorf("the admin reads of %s %s", name, tail)
	}
	if strings.Contains(a.get("admin", "/sections/XY-01/flags").Body.String(), "甲") {
		t.Error("the admin reads names in flags")
	}
	wantProblem(t, a.get("manager", "/sections/XY-01/verdict?at=yesterday&known_at=2022-05-06"), http.StatusUnprocessableEntity, "at", "known_at")
	wantProblem(t, a.get("manager", "/sections/XY-01/verdict?at=2000-01-01T00:00:00Z"), http.StatusUnprocessableEntity, "at")
	for _, at := range []string{"9999-12-31T23:59:59Z", "2999-12-31T23:59:59Z", "1900-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "2262-04-11T23:47:16Z"} {
		if w := a.get("manager", "/sections/XY-01/verdict?at="+at); w.Code >= http.StatusInternalServerError {
			t.Errorf("at %s: %d", at, w.Code)
		}
	}
	open := decoded[flagsAnswer](t, a.get("manager", "/sections/XY-01/flags"))
	if len(open.Flags) == 0 || open.Flags[0].Section != "XY-01" || open.Flags[0].ClearedAt != nil {
		t.Errorf("flags %+v", open)
	}
	wantProblem(t, a.get("manager", "/sections/XY-01/flags?all=maybe"), http.StatusUnprocessableEntity, "all")
}

const goodChecklist = `{"date":"2022-05-06","answers":[{"item":"B1","answer":"yes","number":null,"remark":"","photos":[]},
	{"item":"K1","answer":null,"number":2,"remark":"两项"},{"item":"B4","answer":"yes","number":12.5}],"device_time":"2022-05-06T07:59:00+08:00"}`

func TestAPILetsIn(t *testing.T) {
	a := newAPI(t)
	wantProblem(t, a.get("", "/sections"), http.StatusUnauthorized)
	a.tokens["wrong"] = "no such token"
	wantProblem(t, a.get("wrong", "/sections"), http.StatusUnauthorized)
	w := a.send("", http.MethodGet, apiRoot+"/sections", http.Header{"Authorization": {"Basic ZGlzdHJpY3Q6eA=="}}, "")
	wantProblem(t, w, http.StatusUnauthorized)
	if w.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Error("it does not say how to come in")
	}
	a.token("reader", account.Manager, account.Scope{Sections: []string{"XY-01"}}, account.Token{Name: "test", ReadOnly: true})
	if w := a.get("reader", "/sections/XY-01"); w.Code != http.StatusOK {
		t.Errorf("reading with a token for reading: %d", w.Code)
	}
	wantProblem(t, a.submit("reader", "XY-01", keyOne, goodChecklist), http.StatusForbidden)
	if w := a.get("", "/openapi.json"); w.Code != http.StatusOK || w.Body.Len() != len(openAPI) {
		t.Errorf("the description: %d", w.Code)
	}
}

// A browser's session may use the interface, too; what changes something then has to come from our own pages.
func TestAPITakesSessions(t *testing.T) {
	a := newAPI(t)
	b := a.enter("manager")
	if w := b.get(apiRoot + "/sections/XY-01"); w.Code != http.StatusOK {
		t.Errorf("reading: %d %s", w.Code, w.Body)
	}
	submit := func(key string, header http.Header) *httptest.ResponseRecorder {
		again := b.again()
		again.header = header
		r := httptest.NewRequest(http.MethodPost, apiRoot+"/sections/XY-01/checklists", strings.NewReader(goodChecklist))
		r.Header = jsonWith(key)
		return again.do(r)
	}
	for i, h := range []http.Header{{"Sec-Fetch-Site": {"same-origin"}}, {formTokenHeader: {b.actor().FormToken}}, {"Origin": {"http://example.com"}}} {
		if w := submit(fmt.Sprintf("3f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d2%d", i), h); w.Code != http.StatusCreated {
			t.Errorf("%v: %d %s", h, w.Code, w.Body)
		}
	}
	for _, h := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {}, {formTokenHeader: {"x"}}, {"Origin": {"http://evil.example"}}} {
		wantProblem(t, submit(keyTwo, h), http.StatusForbidden)
	}
}

func TestAPISaysWhenToComeBack(t *testing.T) {
	o := newOffice(t)
	for want, err := range map[string]error{"10": context.DeadlineExceeded, "7": &fault.Error{Kind: fault.Busy, Message: "忙", Wait: 7 * time.Second}} {
		open := Policy{Roles: []account.Role{Anyone}, Scope: ScopeNone}
		o.rebuild([]Route{{http.MethodGet, apiRoot + "/busy", open, func(*server, echo.Context) error { return err }}})
		w := o.browser().get(apiRoot + "/busy")
		wantProblem(t, w, http.StatusServiceUnavailable)
		if got := w.Header().Get(echo.HeaderRetryAfter); got != want {
			t.Errorf("%v: Retry-After %q, want %q", err, got, want)
		}
	}
}
