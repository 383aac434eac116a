package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/fault"
	"fugong/internal/store"
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

func TestAPITakesChecklists(t *testing.T) {
	a := newAPI(t)
	w := a.submit("manager", "XY-01", keyOne, goodChecklist)
	first := decoded[checklistAnswer](t, w)
	if w.Code != http.StatusCreated || first.Version != 1 || first.Late || first.Section != "XY-01" || first.ReceivedAt != "2022-05-06T08:00:00+08:00" || first.ID == 0 {
		t.Fatalf("first: %d %s", w.Code, w.Body)
	}
	a.pass(9 * time.Hour) // 17:00 is still in time
	if second := decoded[checklistAnswer](t, a.submit("manager", "XY-01", keyTwo, goodChecklist)); second.Version != 2 || second.Late {
		t.Errorf("second: %+v", second)
	}
	a.pass(time.Minute)
	third := strings.Replace(keyOne, "3f", "4f", 1)
	if late := decoded[checklistAnswer](t, a.submit("manager", "XY-01", third, goodChecklist)); late.Version != 3 || !late.Late {
		t.Errorf("third: %+v", late)
	}
	list := decoded[checklistsAnswer](t, a.get("inspector", "/sections/XY-01/checklists?date=2022-05-06"))
	if len(list.Versions) != 3 || list.Versions[0].SubmittedBy != "manager" || *list.Versions[0].DeviceTime != "2022-05-06T07:59:00+08:00" || !list.Versions[2].Late {
		t.Fatalf("list: %+v", list)
	}
	answers := list.Versions[1].Answers
	if len(answers) != 3 || *answers[0].Answer != "yes" || answers[0].Number != nil || answers[1].Answer != nil || *answers[1].Number != "2" ||
		*answers[2].Answer != "yes" || *answers[2].Number != "12.5" || answers[1].Remark != "两项" {
		t.Errorf("answers: %+v", answers)
	}
	if none := decoded[checklistsAnswer](t, a.get("manager", "/sections/XY-01/checklists?date=2022-05-05")); len(none.Versions) != 0 {
		t.Errorf("the day before: %+v", none)
	}
	wantProblem(t, a.get("manager", "/sections/XY-01/checklists?date=6.5."), http.StatusUnprocessableEntity, "date")
	wantProblem(t, a.get("health", "/sections/XY-01/checklists"), http.StatusForbidden)
	due, err := a.store.Due(t.Context(), a.now())
	if err != nil || len(due) == 0 {
		t.Errorf("due: %v, %v", due, err)
	}
	if body := a.get("manager", "/sections/XY-01/verdict").Body.String(); !strings.Contains(body, `"observed":"2项未销号"`) {
		t.Errorf("the verdict does not know of the checklist: %s", body)
	}
}

func TestAPIRefusesChecklists(t *testing.T) {
	a := newAPI(t)
	answer := func(a string) string { return `{"date":"2022-05-06","answers":[` + a + `]}` }
	tests := []struct {
		name, body string
		status     int
		fields     string
	}{
		{"nothing", `{}`, 422, "answers date"},
		{"null", `null`, 422, "answers date"},
		{"a list", `[]`, 422, "body"},
		{"no answers", `{"date":"2022-05-06","answers":[]}`, 422, "answers"},
		{"tomorrow", `{"date":"2022-05-07","answers":[{"item":"B1","answer":"yes"}]}`, 422, "date"},
		{"no day of the calendar", `{"date":"2022-02-30","answers":[{"item":"B1","answer":"yes"}]}`, 422, "date"},
		{"a number for a day", `{"date":20220506,"answers":[{"item":"B1","answer":"yes"}]}`, 422, "date"},
		{"no moment", `{"date":"2022-05-06","answers":[{"item":"B1","answer":"yes"}],"device_time":"8 o'clock"}`, 422, "device_time"},
		{"unknown field", `{"date":"2022-05-06","answers":[{"item":"B1","answer":"yes"}],"late":false}`, 422, "late"},
		{"unknown field in an answer", answer(`{"item":"B1","answer":"yes","id":1}`), 422, "id"},
		{"unknown item", answer(`{"item":"Z9","answer":"yes"}`), 422, "answers[0].item"},
		{"no item", answer(`{"answer":"yes"}`), 422, "answers[0].item"},
		{"unknown word", answer(`{"item":"B1","answer":"是"}`), 422, "answers[0].answer"},
		{"blank", answer(`{"item":"B1"}`), 422, "answers[0].answer"},
		{"word for a count", answer(`{"item":"A2","answer":"yes"}`), 422, "answers[0].answer"},
		{"count for a question", answer(`{"item":"B1","answer":"yes"},{"item":"B2","number":1}`), 422, "answers[1].number"},
		{"no count", answer(`{"item":"K1"}`), 422, "answers[0].number"},
		{"less than nothing", answer(`{"item":"K1","number":-1}`), 422, "answers[0].number"},
		{"too exact", answer(`{"item":"K1","number":0.0001}`), 422, "answers[0].number"},
		{"too large", answer(`{"item":"K1","number":1e400}`), 422, "answers[0].number"},
		{"a word for a number", answer(`{"item":"K1","number":"two"}`), 422, "number"},
		{"no without a remark", answer(`{"item":"B1","answer":"no"}`), 422, "answers[0].remark"},
		{"no with blanks for a remark", answer(`{"item":"B1","answer":"no","remark":"  "}`), 422, "answers[0].remark"},
		{"long remark", answer(`{"item":"B1","answer":"yes","remark":"` + strings.Repeat("长", 501) + `"}`), 422, "answers[0].remark"},
		{"twice", answer(`{"item":"B1","answer":"yes"},{"item":"B1","answer":"na"}`), 422, "answers[1].item"},
		{"a photo nobody sent", answer(`{"item":"B1","answer":"yes","photos":["` + keyOne + `"]}`), 422, "answers[0].photos"},
		{"several", `{"date":"","answers":[{"item":"B1"},{"item":"Z9"}]}`, 422, "answers[0].answer answers[1].item date"},
		{"broken", `{"date":`, 400, ""},
		{"two documents", `{} {}`, 400, ""},
		{"no text", "{\"date\":\"\xff\"}", 400, ""},
		{"NUL", `{"date":"2022-05-06","answers":[{"item":"B1","answer":"yes","remark":"\u0000"}]}`, 400, ""},
		{"empty", ``, 400, ""},
		{"too much", `{"date":"` + strings.Repeat("1", bodyLimit) + `"}`, 413, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, a.submit("manager", "XY-01", keyOne, tt.body), tt.status, strings.Fields(tt.fields)...)
		})
	}
	path := apiRoot + "/sections/XY-01/checklists"
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, idempotencyKey: {keyOne}}
	wantProblem(t, a.send("manager", http.MethodPost, path, form, "date=2022-05-06"), http.StatusUnsupportedMediaType)
	wantProblem(t, a.send("manager", http.MethodPost, path, http.Header{idempotencyKey: {keyOne}}, goodChecklist), http.StatusUnsupportedMediaType)
	wantProblem(t, a.send("manager", http.MethodPost, path+"?dry_run=true", jsonWith(keyOne), goodChecklist), http.StatusUnprocessableEntity, "dry_run")
	if list := decoded[checklistsAnswer](t, a.get("manager", "/sections/XY-01/checklists")); len(list.Versions) != 0 {
		t.Errorf("something of it was kept: %+v", list)
	}
	if w := a.submit("manager", "XY-01", keyOne, goodChecklist); w.Code != http.StatusCreated {
		t.Errorf("the key is spent: %d %s", w.Code, w.Body)
	}
}

func TestAPIRequestsHaveOneEffect(t *testing.T) {
	a := newAPI(t)
	first := a.submit("manager", "XY-01", keyOne, goodChecklist)
	a.pass(time.Hour)
	again := a.submit("manager", "XY-01", strings.ToUpper(keyOne), goodChecklist)
	if again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replay") != "true" {
		t.Errorf("again: %d %s %v", again.Code, again.Body, again.Header())
	}
	if first.Header().Get("Idempotent-Replay") != "" {
		t.Error("the first is called a replay")
	}
	wantProblem(t, a.submit("manager", "XY-01", keyOne, strings.Replace(goodChecklist, "两项", "三项", 1)), http.StatusConflict)
	for name, keys := range map[string][]string{"none": nil, "empty": {""}, "no UUID": {"1"}, "two": {keyOne, keyTwo}, "quoted": {`"` + keyOne + `"`}} {
		h := jsonWith("")
		if keys != nil {
			h[idempotencyKey] = keys
		}
		t.Run(name, func(t *testing.T) {
			w := a.send("manager", http.MethodPost, apiRoot+"/sections/XY-01/checklists", h, goodChecklist)
			wantProblem(t, w, http.StatusUnprocessableEntity, idempotencyKey)
		})
	}
	a.token("other", account.Manager, account.Scope{Sections: []string{"XY-01", "XY-02"}}, account.Token{Name: "test"})
	if w := a.submit("other", "XY-01", keyOne, goodChecklist); w.Code != http.StatusCreated || w.Header().Get("Idempotent-Replay") != "" {
		t.Errorf("another user's key: %d %s", w.Code, w.Body)
	}
	wantProblem(t, a.submit("other", "XY-02", keyOne, goodChecklist), http.StatusConflict)
	list := decoded[checklistsAnswer](t, a.get("manager", "/sections/XY-01/checklists"))
	if len(list.Versions) != 2 {
		t.Errorf("%d versions", len(list.Versions))
	}
}

func TestAPIRequestsAtOnceHaveOneEffect(t *testing.T) {
	a := newAPI(t)
	var all sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 10)
	for i := range answers {
		all.Go(func() { answers[i] = a.submit("manager", "XY-01", keyOne, goodChecklist) })
	}
	all.Wait()
	made := 0
	for _, w := range answers {
		if w.Header().Get("Idempotent-Replay") == "" {
			made++
		}
		if w.Code != http.StatusCreated || w.Body.String() != answers[0].Body.String() {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if made != 1 {
		t.Errorf("%d had an effect", made)
	}
}

const rooms = "标段编号,房间号,使用面积,床位数\nXY-01,101,20,4\nNO-01,102,20,4\n"

func TestAPIImports(t *testing.T) {
	a := newAPI(t)
	dry := a.upload("district", "/imports/rooms?dry_run=true", "", "rooms.csv", rooms)
	if dry.Code != http.StatusOK || !strings.Contains(dry.Body.String(), `"dry_run":true,"accepted":1`) {
		t.Errorf("dry run: %d %s", dry.Code, dry.Body)
	}
	first := a.upload("district", "/imports/rooms", keyOne, "rooms.csv", rooms)
	for _, part := range []string{`"kind":"rooms","file":"rooms.csv","dry_run":false,"accepted":1,"duplicate":0,"quarantined":0,"rejected":1`, `"line":3,"outcome":"rejected","code":"UNKNOWN_SECTION"`} {
		if first.Code != http.StatusOK || !strings.Contains(first.Body.String(), part) {
			t.Errorf("import: %d %s, want %s", first.Code, first.Body, part)
		}
	}
	again := a.upload("district", "/imports/rooms", keyOne, "rooms.csv", rooms)
	if again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replay") != "true" {
		t.Errorf("again: %d %s", again.Code, again.Body)
	}
	wantProblem(t, a.upload("district", "/imports/rooms", keyOne, "rooms.csv", rooms+"XY-01,103,20,4\n"), http.StatusConflict)
	wantProblem(t, a.upload("district", "/imports/areas", keyOne, "rooms.csv", "标段编号,区域编号,区域名称,区域类型\nXY-01,A1,一号宿舍,宿舍\n"), http.StatusConflict)
	if anew := a.upload("district", "/imports/rooms", keyTwo, "rooms.csv", rooms); !strings.Contains(anew.Body.String(), `"accepted":0,"duplicate":1`) {
		t.Errorf("anew: %s", anew.Body)
	}
	entries, err := a.store.AuditEntries(t.Context(), store.AuditFilter{Action: "import", Actor: "district", Limit: 9})
	if err != nil || len(entries) != 2 || entries[0].Act.RequestID == "" || entries[0].Act.Role != "district" {
		t.Errorf("audit: %+v, %v", entries, err)
	}
	results := "证件号码,采样时间,检测结果\n320699199003070013,2022-05-06 07:00,阴性\n"
	if w := a.upload("health", "/imports/results", keyOne, "lab.csv", results); w.Code != http.StatusOK {
		t.Errorf("results of the health office: %d %s", w.Code, w.Body)
	}
	wantProblem(t, a.upload("health", "/imports/rooms", keyTwo, "rooms.csv", rooms), http.StatusForbidden)
	wantProblem(t, a.upload("manager", "/imports/rooms", keyTwo, "rooms.csv", rooms), http.StatusForbidden)
}

func TestAPIRefusesFiles(t *testing.T) {
	a := newAPI(t)
	wantProblem(t, a.upload("district", "/imports/dogs", keyOne, "rooms.csv", rooms), http.StatusNotFound)
	wantProblem(t, a.upload("district", "/imports/rooms", "", "rooms.csv", rooms), http.StatusUnprocessableEntity, idempotencyKey)
	wantProblem(t, a.upload("district", "/imports/rooms?dry_run=perhaps", keyOne, "rooms.csv", rooms), http.StatusUnprocessableEntity, "dry_run")
	wantProblem(t, a.upload("district", "/imports/rooms?dryrun=true", keyOne, "rooms.csv", rooms), http.StatusUnprocessableEntity, "dryrun")
	for name, content := range map[string]string{
		"empty.csv": "", "other.csv": "a,b\n1,2\n", "old.xls": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "broken.xlsx": "PK\x03\x04broken", "image.png": "\x89PNG\r\n\x1a\n",
	} {
		t.Run(name, func(t *testing.T) {
			wantProblem(t, a.upload("district", "/imports/rooms", keyOne, name, content), http.StatusUnprocessableEntity, "file")
		})
	}
	long := rooms + strings.Repeat(" ", uploadLimit)
	wantProblem(t, a.upload("district", "/imports/rooms", keyOne, "rooms.csv", long), http.StatusRequestEntityTooLarge)
	wantProblem(t, a.upload("district", "/imports/rooms", keyOne, "rooms.csv", long+strings.Repeat(" ", 2*formMemory)), http.StatusRequestEntityTooLarge)
	wantProblem(t, a.send("district", http.MethodPost, apiRoot+"/imports/rooms", jsonWith(keyOne), `{}`), http.StatusUnsupportedMediaType)
	parts := func(write func(m *multipart.Writer) error) *httptest.ResponseRecorder {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		if err := errors.Join(write(m), m.Close()); err != nil {
			t.Fatal(err)
		}
		h := http.Header{"Content-Type": {m.FormDataContentType()}, idempotencyKey: {keyOne}}
		return a.send("district", http.MethodPost, apiRoot+"/imports/rooms", h, b.String())
	}
	file := func(m *multipart.Writer, field string) error {
		w, err := m.CreateFormFile(field, "rooms.csv")
		if err == nil {
			_, err = w.Write([]byte(rooms))
		}
		return err
	}
	wantProblem(t, parts(func(m *multipart.Writer) error { return nil }), http.StatusUnprocessableEntity, "file")
	wantProblem(t, parts(func(m *multipart.Writer) error { return errors.Join(file(m, "file"), file(m, "file")) }), http.StatusUnprocessableEntity, "file")
	wantProblem(t, parts(func(m *multipart.Writer) error { return file(m, "table") }), http.StatusUnprocessableEntity, "table")
	wantProblem(t, parts(func(m *multipart.Writer) error { return errors.Join(file(m, "file"), m.WriteField("by", "me")) }), http.StatusUnprocessableEntity, "by")
	if list := decoded[sectionsAnswer](t, a.get("district", "/sections")); len(list.Sections) != 3 {
		t.Errorf("sections %+v", list)
	}
}

// An upload goes through temporary files, which are gone when it is answered.
func TestAPILeavesNoTemporaryFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	a := newAPI(t)
	a.upload("district", "/imports/rooms", keyOne, "rooms.csv", rooms+strings.Repeat("XY-01,101,20,4\n", 300_000))
	a.upload("manager", "/imports/rooms", keyOne, "rooms.csv", rooms+strings.Repeat("XY-01,101,20,4\n", 300_000))
	err := filepath.WalkDir(os.TempDir(), func(path string, d fs.DirEntry, err error) error {
		if strings.Contains(d.Name(), "multipart") {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

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
