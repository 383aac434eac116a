package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/hotp"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/store/storetest"
)

// The kinds of bodies that are sent to forms.
const (
	formBody uint8 = iota
	jsonBody
	fileBody
	photoBody
)

func bodyTypes() []string {
	return []string{echo.MIMEApplicationForm, echo.MIMEApplicationJSON, "multipart/form-data; boundary=form", "image/png"}
}

// reachedForm is a body that gets as far as the code of its own route, and the status with which that answers.
type reachedForm struct {
	body string
	kind uint8
	want int
	as   string // who sends it; empty for a user of the route's first role
}

// unsafeRoutes are those that may change something.
func unsafeRoutes() []Route {
	var all []Route
	for _, r := range Routes() {
		if !safeMethod(r.Method) {
			all = append(all, r)
		}
	}
	return all
}

// reachedForms gives a good body for every unsafe route, by its method and path. Those that are answered with 422 are refused for what
// stands in one of their fields.
func (w *world) reachedForms() map[string]reachedForm {
	w.Helper()
	typed := func(want int, values ...string) reachedForm {
		v := url.Values{}
		for i := 0; i < len(values); i += 2 {
			v.Add(values[i], values[i+1])
		}
		return reachedForm{body: v.Encode(), want: want}
	}
	by := func(actor string, f reachedForm) reachedForm { f.as = actor; return f }
	const done, field = http.StatusSeeOther, http.StatusUnprocessableEntity
	return map[string]reachedForm{
		"POST /login":                                    typed(done, "username", "insp_a", "password", goodPassword),
		"POST /login/code":                               by("pending", typed(field, "code", "000000")),
		"POST /logout":                                   typed(done),
		"POST /setup":                                    typed(done, "token", w.names["invitation"], "password", "five horses drink tea", "again", "five horses drink tea"),
		"POST /confirm":                                  typed(done, "password", goodPassword),
		"POST /account/password":                         typed(done, "old", goodPassword, "password", "five horses drink tea", "again", "five horses drink tea"),
		"POST /account/sessions/end":                     typed(done, "session", "others"),
		"POST /account/tokens":                           typed(http.StatusOK, "name", "test", "days", "7"),
		"POST /account/tokens/:token/revoke":             typed(done),
		"POST /account/totp":                             typed(done, "secret", totpSecret, "code", w.totpCode()),
		"POST /account/totp/remove":                      typed(done, "current", goodPassword),
		"POST /users":                                    typed(http.StatusOK, "name", "new", "role", "inspector", "streets", "甲柳街道"),
		"POST /users/:id":                                typed(done, "role", "manager", "sections", "QA1"),
		"POST /users/:id/disable":                        typed(done),
		"POST /users/:id/enable":                         typed(done),
		"POST /users/:id/invite":                         typed(http.StatusOK),
		"POST /users/:id/totp/remove":                    typed(done),
		"POST /users/:id/tokens/:token/revoke":           typed(done),
		"POST /preferences":                              typed(done, "lang", "en", "theme", "dark", "next", "/login"),
		"POST /route":                                    typed(done, "do", "add", "sel", "QA1"),
		"POST /sections/:code/sheet":                     typed(done, "copy", "internal"),
		"POST " + numberPath:                             typed(http.StatusOK, "reason", "核对身份"),
		"POST " + phonePath:                              typed(http.StatusOK, "reason", "核对身份"),
		"POST " + passagesPath:                           typed(http.StatusOK, "reason", "核对身份"),
		"POST " + remarksPath:                            typed(http.StatusOK, "reason", "核对身份"),
		"POST " + patientsPath:                           typed(http.StatusOK, "reason", "核对身份"),
		"POST " + disinfectPath:                          typed(done, "agent", "含氯消毒液", "strength", "500mg/L", "minutes", "30", "operator", "钱七", "when", "now"),
		"POST " + withdrawPath:                           typed(done, "fix", fixName(storetest.At("2022-05-06 07:00")), "reason", "区域选错"),
		"POST " + bedPath:                                typed(done, "room", "101", "when", "now"),
		"POST " + enrolPath:                              typed(done, "name", "戊金生", "number", "320699199602290042", "entered", "2022-05-06T07:00", "team", "钢筋班"),
		"POST " + personPath:                             typed(done, "team", "木工班", "phone", "13912345678"),
		"POST " + personPath + "/leave":                  typed(done, "when", "earlier", "at", "2022-05-06T07:00"),
		"POST " + newTubePath:                            typed(done, "tube", "T-1", "size", "10", "who", w.names["wA1"], "when", "now"),
		"POST " + tubePath:                               typed(done, "outcome", "阴性", "when", "now"),
		"POST " + temperaturesPath:                       typed(done, "t-"+w.names["wA1"], "36.5", "when", "now"),
		"POST " + checklistPath:                          typed(field, "date", "2022-05-06", "step", "submit", "answer.B1", "yes"),
		"POST /imports/:kind":                            typed(done, "paste", "标段编号,姓名,证件号码,进场时间\nQA1,戊金生,320699199602290042,2022-05-06 07:00"),
		"POST " + uploadPath:                             typed(done),
		"POST " + uploadPath + "/drop":                   typed(done),
		"POST " + quarantinePath:                         typed(done),
		"POST /quarantine/:id":                           typed(done, "do", "dismiss", "reason", "不是本工地的人"),
		"POST " + apiRoot + "/sections/:code/checklists": {body: goodChecklist, kind: jsonBody, want: http.StatusCreated},
		"POST " + apiRoot + "/imports/:kind": {body: "--form\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\n\r\n标段编号,姓名,证件号码,进场时间\r\n--form--\r\n",
			kind: fileBody, want: http.StatusOK},
		"PUT " + apiRoot + photoPath: {body: onePicture, kind: photoBody, want: http.StatusCreated},
	}
}

const totpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

func (w *world) totpCode() string {
	w.Helper()
	code, err := hotp.GenerateCode(totpSecret, uint64(int64(w.now())/30_000_000))
	if err != nil {
		w.Fatal(err)
	}
	return code
}

// newFormWorld is a district in which every form can be sent by somebody, about something that is there.
func newFormWorld(tb testing.TB) *world {
	w := newWorld(tb)
	u, err := w.store.UserByName(w.Context(), "insp_b")
	if err != nil {
		tb.Fatal(err)
	}
	w.close()
	w.open(w.file)
	if w.names["invitation"], err = w.store.InviteUser(w.Context(), u, audit.Act{Actor: "test"}, w.now()); err != nil {
		tb.Fatal(err)
	}
	w.close()
	w.again()
	return w
}

// actorOf is somebody who may use a route, and sees the first object of every kind.
func actorOf(r Route) string {
	if r.Roles[0] == Anyone {
		return "nobody"
	}
	return map[account.Role]string{account.Manager: "mgr_A1", account.Inspector: "insp_A", account.District: "district", account.Admin: "admin",
		account.Leader: "leader", account.Health: "health"}[r.Roles[0]]
}

// submit sends a body to a route about the first object there is; a key makes it the form of a page that was opened only once.
func (w *world) submit(r Route, f reachedForm, key string) *httptest.ResponseRecorder {
	w.Helper()
	body := f.body
	if key != "" && f.kind == formBody {
		body = strings.TrimPrefix(body+"&key="+key, "&")
	}
	request := httptest.NewRequest(r.Method, w.objects(r.Path)[0].path, strings.NewReader(body))
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set(echo.HeaderContentType, bodyTypes()[f.kind])
	if key != "" {
		request.Header.Set(idempotencyKey, key)
	}
	if f.as == "" {
		f.as = actorOf(r)
	}
	return w.send(f.as, request)
}

// requestKeyOf makes the n-th key of a request.
func requestKeyOf(n int) string { return fmt.Sprintf("0192f0c1-7c1e-7cc0-8000-%012x", n) }

// TestEveryFormIsReached holds that the bodies from which FuzzForms sets out get as far as the code of their own form: the object is
// there, the key is taken, and what is refused is refused at a field.
func TestEveryFormIsReached(t *testing.T) {
	w := newFormWorld(t)
	forms := w.reachedForms()
	for i, r := range unsafeRoutes() {
		name := r.Method + " " + r.Path
		f, known := forms[name]
		if !known {
			t.Errorf("%s: there is no body to begin with", name)
			continue
		}
		delete(forms, name)
		answer := w.submit(r, f, requestKeyOf(i))
		if answer.Code != f.want || wordOf(answer) == "confirm" || wordOf(answer) == "login" && r.Path != "/logout" && r.Path != "/setup" {
			t.Errorf("%s: %d to %q, want %d: %s", name, answer.Code, answer.Header().Get("Location"), f.want, text(answer))
		}
		if f.want == http.StatusUnprocessableEntity && document(t, answer).Find(".probs, .bad, [aria-invalid]").Length() == 0 {
			t.Errorf("%s is refused at none of its fields: %s", name, text(answer))
		}
		w.close()
		w.again()
	}
	for name := range forms {
		t.Errorf("%s has no route any more", name)
	}
}
