package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
)

func TestSigningIn(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.browser()
	wantRedirect(t, b.post("/login", url.Values{"username": {" Admin "}, "password": {goodPassword}, "next": {"/users?x=1"}}), "/users?x=1")
	wantStatus(t, b.get("/users"), http.StatusOK)
	wantRedirect(t, b.get("/login"), "/")
	wantRedirect(t, b.get("/"), "/users")
	wantRedirect(t, o.signIn("inspector").get("/"), "/sections?flagged=1")
}

func TestAFailedSignInComesBack(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	w := o.browser().post("/login", url.Values{"username": {"li"}, "password": {"not the password"}, "next": {"/runs"}})
	wantStatus(t, w, http.StatusUnprocessableEntity)
	doc := document(t, w)
	if name, _ := doc.Find("#f-username").Attr("value"); name != "li" {
		t.Errorf("the name comes back as %q", name)
	}
	if next, _ := doc.Find("input[name=next]").Attr("value"); next != "/runs" {
		t.Errorf("next comes back as %q", next)
	}
	if strings.Contains(w.Body.String(), "not the password") || doc.Find("[role=alert]").Length() != 1 {
		t.Errorf("page: %s", w.Body)
	}
}

// Whether there is such a user shows in neither status, nor body, nor the number of hashes.
func TestNamesAreNotGivenAway(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	gone := o.hire("wu", account.District, account.Everywhere())
	o.hire("xu", account.District, account.Everywhere())
	if err := o.store.DisableUser(t.Context(), gone.ID, audit.Act{Actor: "test"}, o.now()); err != nil {
		t.Fatal(err)
	}
	typed := regexp.MustCompile(`name="username" type="text" value="[^"]*"`)
	answer := func(name, password string) string {
		b := o.browser()
		w := b.post("/login", url.Values{"username": {name}, "password": {password}})
		return http.StatusText(w.Code) + typed.ReplaceAllString(w.Body.String(), "")
	}
	want := answer("li", "wrong")
	for name, password := range map[string]string{"ma": "wrong", "wu": goodPassword, "xu": "", "a b<>": "wrong", "": "wrong again", strings.Repeat("x", 300): "wrong"} {
		if got := answer(name, password); got != want {
			t.Errorf("%q is answered differently", name)
		}
	}
	slow := func(name string) time.Duration {
		begun := time.Now()
		for range 3 {
			answer(name, "wrong")
		}
		return time.Since(begun)
	}
	if known, unknown := slow("xu"), slow("nobody"); unknown < known/3 {
		t.Errorf("an unknown name takes %v, a known one %v", unknown, known)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	home := o.signIn("li") // a device that is known
	checked, limited := 0, 0
	for i := range 100 {
		b := o.browser()
		b.address = "198.51.100." + string(rune('0'+i%10)) + ":1" // from many sides
		w := b.post("/login", url.Values{"username": {"li"}, "password": {"wrong"}})
		switch w.Code {
		case http.StatusUnprocessableEntity:
			checked++
		case http.StatusTooManyRequests:
			limited++
			if w.Header().Get("Retry-After") == "" {
				t.Fatal("no Retry-After")
			}
		}
	}
	if checked > 6 || checked+limited != 100 {
		t.Errorf("%d guesses checked, %d refused", checked, limited)
	}
	wantStatus(t, o.browser().post("/login", url.Values{"username": {"li"}, "password": {goodPassword}}), http.StatusTooManyRequests)
	delete(home.cookies, sessionName)
	wantRedirect(t, home.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}}), "/")
	o.pass(time.Minute)
	o.signIn("li")
}

func TestTooManyAtOnceAreToldToComeBack(t *testing.T) {
	busy := account.NewHasher(1)
	o := newOffice(t, func(o *Options) { o.Hasher = busy })
	o.hire("li", account.District, account.Everywhere())
	var group sync.WaitGroup
	codes := make([]*httptest.ResponseRecorder, 120)
	for i := range codes {
		group.Go(func() {
			b := o.browser()
			b.address = "198.51.100." + string(rune('0'+i%10)) + string(rune('0'+i/10%10)) + ":1"
			codes[i] = b.post("/login", url.Values{"username": {"li" + string(rune('a'+i%26)) + string(rune('a'+i/26))}, "password": {"x"}})
		})
	}
	group.Wait()
	refused := 0
	for _, w := range codes {
		if w.Code == http.StatusServiceUnavailable {
			if refused++; w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		} else if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("status %d", w.Code)
		}
	}
	if refused == 0 {
		t.Error("nobody was refused: there is no bound on waiting")
	}
}

func TestAPlantedSessionIsWorthNothing(t *testing.T) {
	o := newOffice(t)
	o.hire("evil", account.Manager, account.Scope{})
	o.hire("li", account.District, account.Everywhere())
	planted := o.enter("evil")
	victim := o.browser()
	victim.cookies[sessionName] = planted.cookies[sessionName]
	wantRedirect(t, victim.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}}), "/")
	if victim.cookies[sessionName] == planted.cookies[sessionName] || planted.signedIn() {
		t.Error("the planted session survives signing in")
	}
	if a := victim.actor(); a.User.Name != "li" {
		t.Errorf("signed in as %s", a.User.Name)
	}
	made := o.browser()
	made.cookies[sessionName] = "a token of my own"
	wantRedirect(t, made.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}}), "/")
	if made.cookies[sessionName] == "a token of my own" {
		t.Error("a token from outside was taken over")
	}
}

func TestLoggingOut(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	b := o.enter("li")
	before := b.again()
	wantStatus(t, b.get("/logout"), http.StatusMethodNotAllowed)
	w := b.post("/logout", nil)
	wantRedirect(t, w, "/login?notice=out")
	if !strings.Contains(w.Header().Get("Clear-Site-Data"), `"cache"`) || b.cookies[sessionName] != "" {
		t.Errorf("headers %v", w.Header())
	}
	if before.signedIn() {
		t.Error("the old cookie still opens")
	}
	wantRedirect(t, before.post("/logout", nil), "/login")
}

// A slow request that runs beside the logout notes the session's use; it must not bring the session back.
func TestLogoutWinsAgainstRequestsUnderWay(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	for range 200 {
		b := o.enter("li")
		o.pass(2 * time.Minute) // so that the use is noted
		slow := b.again()
		var group sync.WaitGroup
		group.Go(func() { slow.get("/account") })
		group.Go(func() { b.post("/logout", nil) })
		group.Wait()
		if slow.again().signedIn() {
			t.Fatal("the session came back")
		}
	}
}

func TestSessionsRunOut(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	b := o.enter("li")
	o.pass(account.SessionIdle + time.Second)
	if b.signedIn() {
		t.Error("lives after half an hour without use")
	}
	b = o.enter("li")
	for range 40 {
		o.pass(20 * time.Minute)
		b.get("/account")
	}
	if b.signedIn() {
		t.Error("lives longer than twelve hours")
	}
}

func TestTheSecondFactor(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	secret := o.enter("li").enrol()
	b := o.browser()
	wantRedirect(t, b.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}, "next": {"/runs"}}), "/login/code?next=%2Fruns")
	for _, r := range Routes() {
		if slices.Contains(r.Roles, Anyone) || r.Pending {
			continue
		}
		w := b.do(httptest.NewRequest(r.Method, filledIn(r.Path), nil))
		if !strings.HasPrefix(w.Header().Get("Location"), "/login/code") && w.Code != http.StatusUnauthorized {
			t.Errorf("%s %s before the code: %d %s", r.Method, r.Path, w.Code, w.Header().Get("Location"))
		}
	}
	wantStatus(t, b.get("/login/code"), http.StatusOK)
	pending := b.again()
	wantStatus(t, b.post("/login/code", url.Values{"code": {"000000"}}), http.StatusUnprocessableEntity)
	code := o.code(secret)
	wantRedirect(t, b.post("/login/code", url.Values{"code": {code[:3] + " " + code[3:]}, "next": {"/runs"}}), "/runs")
	wantStatus(t, b.get("/runs"), http.StatusOK)
	if pending.signedIn() || pending.cookies[sessionName] == b.cookies[sessionName] {
		t.Error("the session kept its token when it was raised")
	}
	again := o.browser()
	again.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}})
	wantStatus(t, again.post("/login/code", url.Values{"code": {code}}), http.StatusUnprocessableEntity)
	if again.signedIn() {
		t.Error("the code worked twice")
	}
}

func TestACodeLetsOneIn(t *testing.T) {
	o := newOffice(t, func(o *Options) { o.Hasher = account.NewHasher(8) })
	o.hire("li", account.District, account.Everywhere())
	owner := o.enter("li")
	secret := owner.enrol()
	var browsers []*browser
	for range account.MaxSessions - 1 {
		b := o.browser()
		b.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}})
		browsers = append(browsers, b)
	}
	var in atomic.Int64
	var group sync.WaitGroup
	code := o.code(secret)
	for i := range 50 {
		b := browsers[i%len(browsers)].again()
		b.address = "198.51.100." + string(rune('0'+i%10)) + ":1"
		group.Go(func() {
			if b.post("/login/code", url.Values{"code": {code}}).Code == http.StatusSeeOther && b.signedIn() {
				in.Add(1)
			}
		})
	}
	group.Wait()
	if in.Load() != 1 {
		t.Errorf("%d came in with one code", in.Load())
	}
}

func TestCodesCannotBeGuessed(t *testing.T) {
	o := newOffice(t)
	o.hire("li", account.District, account.Everywhere())
	o.enter("li").enrol()
	b := o.browser()
	b.post("/login", url.Values{"username": {"li"}, "password": {goodPassword}})
	checked := 0
	for range 50 {
		if b.post("/login/code", url.Values{"code": {"123456"}}).Code == http.StatusUnprocessableEntity {
			checked++
		}
	}
	if checked > 6 {
		t.Errorf("%d codes were checked", checked)
	}
}

func TestRolesThatMustEnrol(t *testing.T) {
	o := newOffice(t, func(o *Options) { o.TOTPRoles = []account.Role{account.Admin} })
	o.everyone()
	b := o.signIn("admin")
	for _, path := range []string{"/", "/users", "/account", "/runs"} {
		wantRedirect(t, b.get(path), "/account/totp")
	}
	wantStatus(t, o.enter("manager").get("/account"), http.StatusOK)
	doc := document(t, b.get("/account/totp"))
	secret, _ := doc.Find("input[name=secret]").Attr("value")
	wantStatus(t, b.post("/account/totp", url.Values{"secret": {secret}, "code": {"000000"}}), http.StatusUnprocessableEntity)
	wantRedirect(t, b.post("/account/totp", url.Values{"secret": {secret}, "code": {o.code(secret)}}), "/account?notice=totp")
	wantStatus(t, b.get("/users"), http.StatusOK)
	wantStatus(t, b.post("/account/totp/remove", nil), http.StatusConflict)
	if !strings.Contains(text(b.get("/account")), "必须使用") {
		t.Error("the page offers to remove it")
	}
}

func TestThePasswordIsAskedForAgain(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter("admin")
	o.pass(account.ConfirmedFor + time.Minute)
	wantRedirect(t, b.get("/account/totp"), "/confirm?next=%2Faccount%2Ftotp")
	wantRedirect(t, b.post("/users", url.Values{"name": {"x"}, "next": {"/users"}}), "/confirm?next=%2Fusers")
	wantRedirect(t, b.post("/users", url.Values{"next": {"//evil.example"}}), "/confirm?next=%2F")
	wantStatus(t, b.post("/confirm", url.Values{"password": {"wrong"}, "next": {"/users"}}), http.StatusUnprocessableEntity)
	wantRedirect(t, b.post("/confirm", url.Values{"password": {goodPassword}, "next": {"/users"}}), "/users")
	wantStatus(t, b.post("/users", url.Values{"name": {"x"}, "next": {"/users"}}), http.StatusUnprocessableEntity)
}

func TestRemovingTheSecondFactor(t *testing.T) {
	o := newOffice(t)
	u := o.hire("li", account.District, account.Everywhere())
	o.enter("li").enrol()
	b := o.enter("li")
	wantStatus(t, b.post("/account/totp/remove", url.Values{"current": {"wrong"}}), http.StatusUnprocessableEntity)
	short, err := account.HashPassword("8 teeth.")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.SetPassword(t.Context(), u.ID, short, audit.Act{Actor: "test"}, o.now()); err != nil {
		t.Fatal(err)
	}
	b = o.enter("li")
	w := b.post("/account/totp/remove", url.Values{"current": {"8 teeth."}})
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if document(t, w).Find("#m-current").Length() != 1 {
		t.Error("no message at the field")
	}
	wantRedirect(t, b.post("/account/password", url.Values{"old": {"8 teeth."}, "password": {goodPassword}, "again": {goodPassword}}), "/account?notice=password")
	wantRedirect(t, b.post("/account/totp/remove", url.Values{"current": {goodPassword}}), "/account?notice=no-totp")
	wantRedirect(t, o.browser().post("/login", url.Values{"username": {"li"}, "password": {goodPassword}}), "/")
}
