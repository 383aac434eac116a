package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/store/storetest"
)

// notTyped are the routes that take a POST and have nothing to bring back, each with its reason. A form of any other route has to
// come back with all that was typed: a new one is held to it by itself.
func notTyped() map[string]string {
	return map[string]string{
		"/login":                          "one signs in on it",
		"/login/code":                     "on the way in: it carries others' forms on",
		"/confirm":                        "on the way in: it carries others' forms on",
		"/setup":                          "open to whoever has the link, without a session",
		"/preferences":                    "open to anyone, without a session",
		"/logout":                         "the session is over, as was asked",
		"/account/password":               "holds passwords only",
		"/account/totp":                   "holds a secret and its code only",
		"/account/totp/remove":            "holds a password only",
		"/account/sessions/end":           "a button",
		"/account/tokens/:token/revoke":   "a button",
		"/users/:id/disable":              "a button",
		"/users/:id/enable":               "a button",
		"/users/:id/invite":               "a button",
		"/users/:id/totp/remove":          "a button",
		"/users/:id/tokens/:token/revoke": "a button",
		"/imports/uploads/:token":         "a button",
		"/imports/uploads/:token/drop":    "a button",
		"/quarantine":                     "a button",
		"/route":                          "buttons beside ticks that the address keeps",
		"/sections/:code/sheet":           "two buttons",
	}
}

// foundForm is a form of a page, as a person sees it.
type foundForm struct {
	role, page, action string
	*goquery.Selection
}

// workplace is an installation in which every form is on some page.
func workplace(t *testing.T) *filling {
	t.Helper()
	f := newFilling(t)
	for _, table := range [][2]string{{"areas", handAreas}, {"rooms", handRooms}, {"stays", handStays},
		{"disinfection", "标段编号,区域编号,消毒时间,药剂\nXY-01,G1,2022-05-06 07:00,酒精"},
		{"results", "证件号码,采样时间,检测结果,采样管编号,混采人数\n320699199003070013,2022-05-06 07:00,,T1,10"},
		{"checklists", "标段编号,日期,提交时间,项目编号,答案,备注\nXY-01,2022-05-05,2022-05-05 16:00,D2,否,一人发热"}} {
		storetest.Import(t, f.store, table[0], table[1])
	}
	f.judge()
	kept := f.manager.bring("temperatures", "t.csv", []byte("证件号码,姓名,测量时间,体温\n810000199001010019,客人,2022-05-06 07:00,36.5\n3206**********0027,,2022-05-06 07:00,36.5"))
	wantStatus(t, f.manager.post(kept.Header().Get("Location"), url.Values{}), http.StatusSeeOther)
	leader := f.enter("leader")
	leader.enrol()
	wantStatus(t, f.enter("admin").post("/account/tokens", url.Values{"name": {"x"}, "days": {"9"}, "key": {"0123456789abcdef"}}), http.StatusOK)
	gone := f.hire("gone", account.Leader, account.Everywhere())
	if err := f.store.DisableUser(t.Context(), gone.ID, audit.Act{Actor: "test"}, f.now()); err != nil {
		t.Fatal(err)
	}
	return f
}

// pattern is the route that an address leads to.
func (o *office) pattern(method, address string) string {
	path, _, _ := strings.Cut(address, "?")
	c := o.handler.NewContext(nil, nil)
	o.handler.Router().Find(method, path, c)
	return c.Path()
}

// everyForm follows the links of everybody from the first page and collects the forms, a few of each route.
func everyForm(f *filling) map[string][]foundForm {
	found := map[string][]foundForm{}
	for _, role := range []string{"wang", "inspector", "district", "admin", "leader"} {
		seen := map[string]int{}
		b := f.enter(role)
		f.enter(role) // another session, to be ended
		waiting := []string{"/"}
		if role == "admin" {
			waiting = append(waiting, f.userPages(role, "leader", "gone")...)
		}
		if role == "wang" {
			waiting = append(waiting, b.bring("roster", "r.csv", []byte("标段编号,姓名,证件号码,进场时间\nXY-01,新来的,"+numbered(7)+",2022-05-05 08:00")).Header().Get("Location"))
		}
		for asked := map[string]bool{}; len(waiting) > 0; {
			address := waiting[0]
			waiting = waiting[1:]
			path, query, _ := strings.Cut(address, "?")
			asks, _ := url.ParseQuery(query)
			kind := fmt.Sprint(f.pattern(http.MethodGet, path), len(asks))
			if asked[address] || seen[kind] > 3 || !strings.HasPrefix(address, "/") {
				continue
			}
			asked[address] = true
			answer := b.get(address)
			if to := answer.Header().Get("Location"); to != "" {
				waiting = append(waiting, to)
			}
			if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") || answer.Code != http.StatusOK {
				continue
			}
			seen[kind]++
			doc := document(f, answer)
			doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
				to, _, _ := strings.Cut(a.AttrOr("href", ""), "#")
				waiting = append(waiting, to)
			})
			doc.Find("form").Each(func(_ int, form *goquery.Selection) {
				action := form.AttrOr("action", "")
				if own := form.Find("[formmethod=post]"); own.Length() > 0 {
					action = own.AttrOr("formaction", "")
				} else if form.AttrOr("method", "get") != "post" {
					return
				}
				route := f.pattern(http.MethodPost, action)
				if len(found[route]) < 4 {
					found[route] = append(found[route], foundForm{role, address, action, form})
				}
			})
		}
	}
	return found
}

// userPages are the pages of some accounts.
func (o *office) userPages(names ...string) []string {
	o.Helper()
	var pages []string
	for _, name := range names {
		u, err := o.store.UserByName(o.Context(), name)
		if err != nil {
			o.Fatal(err)
		}
		pages = append(pages, fmt.Sprintf("/users/%d", u.ID))
	}
	return pages
}

// fields are those of a form in which people put something, by what a browser does with them.
func (f foundForm) fields() *goquery.Selection {
	return f.Find("input, select, textarea").FilterFunction(func(_ int, e *goquery.Selection) bool {
		kind := e.AttrOr("type", "text")
		return kind != "hidden" && kind != "file" && kind != "password" && e.AttrOr("name", "") != "" &&
			e.AttrOr("autocomplete", "") != "one-time-code" && e.AttrOr("hidden", "-") == "-"
	})
}

// fill puts something into every field, and the hidden ones as they are.
func (f foundForm) fill() (form url.Values, typed url.Values) {
	form, typed = url.Values{}, url.Values{}
	f.Find("input[type=hidden]").Each(func(_ int, e *goquery.Selection) { form.Add(e.AttrOr("name", ""), e.AttrOr("value", "")) })
	f.fields().Each(func(i int, e *goquery.Selection) {
		name := e.AttrOr("name", "")
		switch kind := e.AttrOr("type", goquery.NodeName(e)); kind {
		case "radio":
			typed.Set(name, e.AttrOr("value", ""))
		case "checkbox":
			typed.Add(name, e.AttrOr("value", ""))
		case "select":
			typed.Set(name, e.Find("option").Last().AttrOr("value", ""))
		case "datetime-local":
			typed.Set(name, "2022-05-06T07:15")
		default:
			typed.Set(name, fmt.Sprintf("打字%d", i))
		}
	})
	for name, values := range typed {
		form[name] = values
	}
	if button := f.Find("button[name][type=submit]").First(); button.Length() > 0 && !form.Has(button.AttrOr("name", "")) {
		form.Set(button.AttrOr("name", ""), button.AttrOr("value", ""))
	}
	return form, typed
}

// shows reports whether a field of a page's forms shows a value.
func shows(forms *goquery.Selection, name, value string) bool {
	named := forms.Find(fmt.Sprintf("[name=%q]", name))
	return named.FilterFunction(func(_ int, e *goquery.Selection) bool {
		_, checked := e.Attr("checked")
		switch kind := e.AttrOr("type", goquery.NodeName(e)); kind {
		case "radio", "checkbox":
			return checked && e.AttrOr("value", "") == value
		case "select":
			return e.Find("option[selected]").AttrOr("value", "") == value
		case "textarea":
			return e.Text() == value
		}
		return e.AttrOr("value", "") == value
	}).Length() > 0
}

// stoppedBy wants the page on which one has to show first who one is, and gives its form.
func stoppedBy(t *testing.T, answer *httptest.ResponseRecorder, page string) url.Values {
	t.Helper()
	doc := document(t, answer)
	form := doc.Find(fmt.Sprintf("main form[action=%q]", page))
	if form.Length() != 1 || answer.Code != http.StatusUnauthorized && answer.Code != http.StatusForbidden && answer.Code != http.StatusOK {
		t.Fatalf("%d, no form for %s: %s", answer.Code, page, text(answer))
	}
	return fieldsOf(doc)
}

// TestEveryFormComesBackAfterSigningIn fills in every form there is, lets the session run out, sends it, signs in, and finds it again
// with all that was typed. Buttons lead back to their page.
func TestEveryFormComesBackAfterSigningIn(t *testing.T) {
	f := workplace(t)
	found := everyForm(f)
	for _, r := range Routes() {
		reason := notTyped()[r.Path]
		if safeMethod(r.Method) || strings.HasPrefix(r.Path, apiPrefix) || slices.Contains(r.Roles, Anyone) {
			continue
		}
		if len(found[r.Path]) == 0 && pagesToPass()[r.Path] == "" {
			t.Errorf("no form for %s was found", r.Path)
		}
		for i, form := range found[r.Path] {
			t.Run(fmt.Sprint(form.role, r.Path, i), func(t *testing.T) {
				switch _, typed := form.fill(); {
				case r.Pending:
				case reason == "" && len(typed) > 0:
					f.comesBack(t, form)
				default:
					f.leadsBack(t, form)
				}
			})
		}
	}
}

func (f *filling) sendLate(t *testing.T, form foundForm) (b *browser, sent, typed, passing url.Values) {
	t.Helper()
	if fix := form.Find("[name=fix]"); fix.Length() > 0 {
		fix.SetAttr("value", f.nextMorning(t))
	}
	b = f.enter(form.role)
	sent, typed = form.fill()
	sent.Set(formTokenName, b.actor().FormToken)
	b.header.Set("Referer", "http://example.com"+form.page)
	f.pass(account.SessionIdle + time.Second)
	answer := b.post(form.action, sent)
	passing = stoppedBy(t, answer, "/login")
	for name, values := range typed {
		if _, shown := passing[name]; shown {
			t.Errorf("%s = %q is on the page in clear", name, values)
		}
	}
	if passing.Get("username") != form.role {
		t.Errorf("the page is for %q", passing.Get("username"))
	}
	passing.Set("password", goodPassword)
	return b, sent, typed, passing
}

// nextMorning goes on to the next day, on which something was entered at the door, and names that: only what is of the day is mended.
func (f *filling) nextMorning(t *testing.T) string {
	t.Helper()
	day := calendar.On(f.now(), f.options.Loc).Add(1)
	f.pass(day.At(8*time.Hour, f.options.Loc).Sub(f.now()))
	storetest.ImportAt(t, f.store, f.now(), "disinfection", "标段编号,区域编号,消毒时间,药剂\nXY-01,G1,"+day.String()+" 07:00,酒精")
	return fixName(day.At(7*time.Hour, f.options.Loc))
}

func (f *filling) comesBack(t *testing.T, form foundForm) {
	b, sent, typed, passing := f.sendLate(t, form)
	back := b.post("/login", passing)
	if back.Code != http.StatusOK && back.Code != http.StatusUnprocessableEntity {
		t.Fatalf("status %d: %s", back.Code, text(back))
	}
	forms := document(t, back).Find(fmt.Sprintf("form[action=%q]", form.action))
	for name, values := range typed {
		for _, value := range values {
			if !shows(forms, name, value) {
				t.Errorf("%s was %q and is lost", name, value)
			}
		}
	}
	for _, name := range []string{"key", "date", "team"} {
		if sent.Has(name) && !shows(forms, name, sent.Get(name)) {
			t.Errorf("%s has changed from %q", name, sent.Get(name))
		}
	}
	if !shows(forms, formTokenName, b.actor().FormToken) {
		t.Error("the form has no token of the new session")
	}
}

func (f *filling) leadsBack(t *testing.T, form foundForm) {
	b, _, _, passing := f.sendLate(t, form)
	if form.role == "leader" { // who has a second factor
		return
	}
	answer := b.post("/login", passing)
	if answer.Code == http.StatusOK && document(t, answer).Find(fmt.Sprintf("form[action=%q]", form.action)).Length() > 0 {
		return
	}
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != safeNext(form.page) {
		t.Errorf("%s leads to %d %q, want %q: %s", form.action, answer.Code, answer.Header().Get("Location"), form.page, text(answer))
	}
}
