package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/audit"
)

const newPassword = "five camels eat melons"

func TestTheFirstAdmin(t *testing.T) {
	o := newOffice(t)
	token, err := o.store.CreateLink(t.Context(), audit.Act{Actor: "test"}, o.now())
	if err != nil {
		t.Fatal(err)
	}
	wantStatus(t, o.browser().get("/setup?token=wrong"), http.StatusNotFound)
	wantStatus(t, o.browser().get("/setup"), http.StatusNotFound)
	b := o.browser()
	wantStatus(t, b.get("/setup?token="+token), http.StatusOK)
	form := url.Values{"token": {token}, "username": {"bad name!"}, "password": {"short"}, "again": {"short"}}
	w := b.post("/setup", form)
	wantStatus(t, w, http.StatusUnprocessableEntity)
	doc := document(t, w)
	if name, _ := doc.Find("#f-username").Attr("value"); name != "bad name!" || strings.Contains(w.Body.String(), `value="short"`) {
		t.Error("what was typed did not come back, or the password did")
	}
	var links []string
	doc.Find("[role=alert] a").Each(func(_ int, a *goquery.Selection) { links = append(links, a.AttrOr("href", "")) })
	if !slices.Equal(links, []string{"#f-username", "#f-password"}) || doc.Find("#m-username,#m-password").Length() != 2 {
		t.Errorf("summary leads to %v", links)
	}
	form = url.Values{"token": {token}, "username": {"chief"}, "password": {newPassword}, "again": {newPassword + "x"}}
	wantStatus(t, b.post("/setup", form), http.StatusUnprocessableEntity)
	form.Set("again", newPassword)
	wantRedirect(t, b.post("/setup", form), "/users")
	if a := b.actor(); a.User.Role != account.Admin || !a.User.Scope.Everywhere {
		t.Errorf("set up as %+v", a.User)
	}
	form.Set("username", "second")
	wantStatus(t, o.browser().post("/setup", form), http.StatusNotFound)
	if token, err = o.store.CreateLink(t.Context(), audit.Act{Actor: "test"}, o.now()); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, o.browser().get("/setup?token="+token), http.StatusNotFound) // there is an admin already
}

// TestChoosingATheme by the buttons of the own account, and of the page where one signs in.
func TestChoosingATheme(t *testing.T) {
	o := newStage(t)
	for name, page := range map[string]struct {
		b       *browser
		address string
	}{"signed in": {o.enter(string(account.Inspector)), "/account"}, "signed out": {o.office.browser(), "/login"}} {
		current := func() (html, button string, offered int) {
			doc := document(t, page.b.get(page.address))
			return doc.Find("html").AttrOr("data-theme", ""), doc.Find("main .look [aria-current]").Text(), doc.Find("main .look button").Length()
		}
		if html, button, offered := current(); html != "light" || button != "浅色" || offered != 3 {
			t.Errorf("%s: begins %s, %q of %d", name, html, button, offered)
		}
		form := document(t, page.b.get(page.address)).Find("main .look")
		for theme, word := range map[string]string{"dark": "深色", "auto": "跟随系统"} {
			wantStatus(t, page.b.post(form.AttrOr("action", ""), url.Values{form.Find("button").AttrOr("name", ""): {theme}}), http.StatusSeeOther)
			if html, button, _ := current(); html != theme || button != word {
				t.Errorf("%s: chose %s, is %s, %q", name, theme, html, button)
			}
		}
	}
}

// invitation takes the link out of the page that shows it once.
func invitation(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	link := regexp.MustCompile(`/setup\?token=[\w-]+`).FindString(w.Body.String())
	if link == "" {
		t.Fatalf("no link on the page: %d %s", w.Code, text(w))
	}
	return link
}

// someKey is that of a form which is sent once.
const someKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func TestAdminsLookAfterUsers(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter("admin")
	w := b.post("/users", url.Values{"key": {someKey}, "name": {"Li.Na"}, "role": {"manager"}})
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if doc := document(t, w); doc.Find("#f-name").AttrOr("value", "") != "Li.Na" || doc.Find("#f-role option[selected]").AttrOr("value", "") != "manager" || doc.Find("#m-sections").Length() != 1 {
		t.Error("the form did not come back as it was, with the message at its field")
	}
	wantStatus(t, b.post("/users", url.Values{"key": {someKey}, "name": {"admin"}, "role": {"leader"}}), http.StatusConflict)
	form := url.Values{"key": {someKey}, "name": {"Li.Na"}, "role": {"manager"}, "sections": {"CH01，CH02"}, "status": {"x"}, "epoch": {"9"}}
	link := invitation(t, b.post("/users", form))
	if again := invitation(t, b.post("/users", form)); again != link {
		t.Error("the same request again made another link")
	}
	form.Set("name", "li.na2")
	wantStatus(t, b.post("/users", form), http.StatusConflict) // its key stands for another request
	u, err := o.store.UserByName(t.Context(), "li.na")
	if err != nil || u.Role != account.Manager || !slices.Equal(u.Scope.Sections, []string{"CH01", "CH02"}) || u.Hash != "" {
		t.Fatalf("added %+v, %v", u, err)
	}
	guest := o.browser()
	wantStatus(t, guest.get(link), http.StatusOK)
	token := strings.TrimPrefix(link, "/setup?token=")
	wantRedirect(t, guest.post("/setup", url.Values{"token": {token}, "password": {newPassword}, "again": {newPassword}}), "/login?notice=chosen")
	wantStatus(t, guest.post("/setup", url.Values{"token": {token}, "password": {newPassword}, "again": {newPassword}}), http.StatusNotFound)
	if spent := guest.get(link); spent.Code != http.StatusNotFound || !strings.Contains(text(spent), "取得新的一次性链接") {
		t.Errorf("a link that was used: %d %s", spent.Code, text(spent))
	}
	wantRedirect(t, guest.post("/login", url.Values{"username": {"li.na"}, "password": {newPassword}}), "/")
	path := "/users/" + strconv.Itoa(int(u.ID))
	wantRedirect(t, b.post(path, url.Values{"role": {"inspector"}, "streets": {"长虹街道"}}), path+"?notice=changed")
	wantStatus(t, b.post(path, url.Values{"role": {"king"}}), http.StatusUnprocessableEntity)
	if guest.signedIn() {
		t.Error("a session outlives the change of its role")
	}
	wantRedirect(t, b.post(path+"/disable", nil), path+"?notice=changed")
	wantRedirect(t, b.post(path+"/enable", nil), path+"?notice=changed")
	self := "/users/" + strconv.Itoa(int(b.actor().User.ID))
	wantStatus(t, b.post(self+"/disable", nil), http.StatusConflict) // the last admin
}

// Whatever is done to a user is felt at the next request, on every route, in every session and by every token.
func TestShuttingOutWorksAtOnce(t *testing.T) {
	by := audit.Act{Actor: "test"}
	ways := map[string]func(o *office, u account.User) error{
		"disabled": func(o *office, u account.User) error { return o.store.DisableUser(t.Context(), u.ID, by, o.now()) },
		"role changed": func(o *office, u account.User) error {
			return o.store.ChangeUser(t.Context(), u.ID, account.Leader, account.Everywhere(), by, o.now())
		},
		"password reset": func(o *office, u account.User) error {
			return o.store.SetPassword(t.Context(), u.ID, o.hash, by, o.now())
		},
	}
	for name, shut := range ways {
		o := newOffice(t)
		o.everyone()
		u := o.hire("li", account.Admin, account.Everywhere())
		b := o.enter("li")
		clear, err := o.store.AddToken(t.Context(), u, account.Token{Name: "x"}, by, o.now())
		if err != nil {
			t.Fatal(err)
		}
		if !b.signedIn() {
			t.Fatal("not signed in")
		}
		if err := shut(o, u); err != nil {
			t.Fatal(err)
		}
		for _, r := range Routes() {
			if slices.Contains(r.Roles, Anyone) {
				continue
			}
			w := b.do(httptest.NewRequest(r.Method, filledIn(r.Path), nil))
			if !strings.HasPrefix(w.Header().Get("Location"), "/login") && w.Code != http.StatusUnauthorized {
				t.Errorf("%s: %s %s still gives %d", name, r.Method, r.Path, w.Code)
			}
		}
		if _, err := o.store.TokenActor(t.Context(), account.HashToken(clear), o.now()); err == nil {
			t.Errorf("%s: the token still opens", name)
		}
	}
}

func TestChangingThePassword(t *testing.T) {
	o := newOffice(t)
	u := o.hire("li", account.District, account.Everywhere())
	b, other := o.enter("li"), o.enter("li")
	before := b.again()
	clear, err := o.store.AddToken(t.Context(), u, account.Token{Name: "x"}, audit.Act{Actor: "test"}, o.now())
	if err != nil {
		t.Fatal(err)
	}
	wantStatus(t, b.post("/account/password", url.Values{"old": {"wrong"}, "password": {newPassword}, "again": {newPassword}}), http.StatusUnprocessableEntity)
	w := b.post("/account/password", url.Values{"old": {goodPassword}, "password": {"li li li li li li"}, "again": {"li li li li li li"}})
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if document(t, w).Find("#m-password").Length() != 1 || strings.Contains(w.Body.String(), goodPassword) {
		t.Error("no message at the field, or a password came back")
	}
	if !other.signedIn() {
		t.Fatal("a refused change ended a session")
	}
	wantRedirect(t, b.post("/account/password", url.Values{"old": {goodPassword}, "password": {newPassword}, "again": {newPassword}}), "/account?notice=password")
	if !b.signedIn() || other.signedIn() || before.signedIn() {
		t.Errorf("signed in after the change: this %v, others %v, the old token %v", b.signedIn(), other.signedIn(), before.signedIn())
	}
	if _, err := o.store.TokenActor(t.Context(), account.HashToken(clear), o.now()); err == nil {
		t.Error("the API token still opens")
	}
	wantStatus(t, o.browser().post("/login", url.Values{"username": {"li"}, "password": {goodPassword}}), http.StatusUnprocessableEntity)
	wantRedirect(t, o.browser().post("/login", url.Values{"username": {"li"}, "password": {newPassword}}), "/")
}

// TestATakenNameIsRefusedInEnglish: what the database refuses is said in the reader's language, in the list and at the field.
func TestATakenNameIsRefusedInEnglish(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter("admin")
	b.header.Set("Accept-Language", "en")
	doc := document(t, b.post("/users", url.Values{"key": {someKey}, "name": {"admin"}, "role": {"leader"}}))
	if list, field := doc.Find(".probs li").Text(), doc.Find("#m-name").Text(); list != "This user name is taken" || field != list {
		t.Errorf("the list says %q, the field %q", list, field)
	}
}

// TestPasswordsAreRefusedInEnglish: what holds figures is said in the reader's language, too, in the list and at the field.
func TestPasswordsAreRefusedInEnglish(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	b := o.enter("li")
	b.header.Set("Accept-Language", "en")
	w := b.post("/account/password", url.Values{"old": {goodPassword}, "password": {"short"}, "again": {"short"}})
	wantStatus(t, w, http.StatusUnprocessableEntity)
	const want = "The password has 5 characters; without a one-time code it needs at least 15, and may be a sentence"
	doc := document(t, w)
	if got := doc.Find("#m-password").Text(); got != want {
		t.Errorf("the field says %q", got)
	}
	if got := doc.Find(".probs li").Text(); !strings.HasSuffix(got, want) {
		t.Errorf("the list says %q", got)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b, other, stranger := o.enter("manager"), o.enter("manager"), o.enter("leader")
	doc := document(t, b.get("/account"))
	hash := doc.Find("input[name=session]").AttrOr("value", "")
	if doc.Find("input[name=session]").Length() != 1 || hash != other.actor().Session {
		t.Fatalf("the page offers to end %q", hash)
	}
	stranger.post("/account/sessions/end", url.Values{"session": {hash}})
	if !other.signedIn() {
		t.Error("a stranger ended the session")
	}
	wantRedirect(t, b.post("/account/sessions/end", url.Values{"session": {hash}}), "/account?notice=ended")
	third := o.enter("manager")
	if other.signedIn() || !b.signedIn() || !third.signedIn() {
		t.Error("the wrong session ended")
	}
	b.post("/account/sessions/end", nil)
	if third.signedIn() || !b.signedIn() || !stranger.signedIn() {
		t.Error("ending all others ended the wrong ones")
	}
}

func TestTokens(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b, stranger := o.enter("manager"), o.enter("leader")
	w := b.post("/account/tokens", url.Values{"name": {""}, "days": {"1000"}})
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if doc := document(t, w); doc.Find("#m-name,#m-days").Length() != 2 || doc.Find("#f-days").AttrOr("value", "") != "1000" {
		t.Error("the form did not come back")
	}
	form := url.Values{"key": {someKey}, "name": {"看板"}, "days": {"30"}, "read_only": {"1"}}
	w = b.post("/account/tokens", form)
	wantStatus(t, w, http.StatusOK)
	clear := document(t, w).Find(".secret").Text()
	if again := document(t, b.post("/account/tokens", form)).Find(".secret").Text(); again != clear {
		t.Error("the same request again made another token")
	}
	form.Set("days", "60")
	wantStatus(t, b.post("/account/tokens", form), http.StatusConflict) // its key stands for another request
	wantStatus(t, b.post("/account/tokens", url.Values{"name": {"x"}, "days": {"30"}}), http.StatusUnprocessableEntity)
	a, err := o.store.TokenActor(t.Context(), account.HashToken(clear), o.now())
	if err != nil || !a.ReadOnly || a.User.Name != "manager" {
		t.Fatalf("the token is of %+v, %v", a, err)
	}
	path := "/account/tokens/" + strconv.FormatInt(a.Token, 10) + "/revoke"
	wantStatus(t, stranger.post(path, nil), http.StatusNotFound)
	wantRedirect(t, b.post(path, nil), "/account?notice=revoked")
	if strings.Contains(b.get("/account").Body.String(), clear) {
		t.Error("the token is shown again")
	}
}

func TestReadOnlyTokensOnlyRead(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	u, err := o.store.UserByName(t.Context(), "manager")
	if err != nil {
		t.Fatal(err)
	}
	done := func(_ *server, c echo.Context) error { return c.NoContent(http.StatusNoContent) }
	all := Policy{Roles: account.Roles(), Scope: ScopeOwn}
	o.rebuild(append(Routes(), Route{http.MethodGet, "/api/test", all, done}, Route{http.MethodPost, "/api/test", all, done}))
	for _, readOnly := range []bool{false, true} {
		clear, err := o.store.AddToken(t.Context(), u, account.Token{Name: "x", ReadOnly: readOnly}, audit.Act{Actor: "test"}, o.now())
		if err != nil {
			t.Fatal(err)
		}
		b := o.browser()
		b.header = http.Header{"Authorization": {"Bearer " + clear}}
		wantStatus(t, b.get("/api/test"), http.StatusNoContent)
		want := http.StatusNoContent
		if readOnly {
			want = http.StatusForbidden
		}
		wantStatus(t, b.post("/api/test", nil), want)
		wantRedirect(t, b.get("/account"), "/login?next=%2Faccount") // pages are for sessions
		b.header = http.Header{"Authorization": {"Bearer " + clear + "x"}}
		w := b.get("/api/test")
		wantStatus(t, w, http.StatusUnauthorized)
		if w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("headers %v", w.Header())
		}
	}
}

// TestTheHeaderNamesWhoLooks: the page of another account has a role of its own, which must not stand beside the name of the one who
// looks at it.
func TestTheHeaderNamesWhoLooks(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter("admin")
	for id := 1; ; id++ {
		w := b.get("/users/" + strconv.Itoa(id))
		if w.Code == http.StatusNotFound {
			if id == 1 {
				t.Fatal("no account was looked at")
			}
			return
		}
		if who := document(t, w).Find(".who a").Text(); who != "admin 管理员" {
			t.Errorf("the header of account %d names %q", id, who)
		}
	}
}
