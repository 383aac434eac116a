package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/audit"
)

// typeMixture fills in what was used, of which the form asks for all.
func typeMixture(sent url.Values) {
	for name, text := range map[string]string{"agent_other": "含氯泡腾片", "strength_other": "750mg/L", "minutes": "10", "operator": "孙八"} {
		sent.Set(name, text)
	}
}

// tooLate fills in the form at the door of an area, lets the session run out and sends it.
func tooLate(t *testing.T) (h *hands, sent, passing url.Values) {
	t.Helper()
	h = newHands(t)
	sent = h.opened(gatePage, gatePage)
	typeMixture(sent)
	h.pass(account.SessionIdle + time.Second)
	passing = stoppedBy(t, h.post(gatePage, sent), "/login")
	if passing.Get(unsentName) == "" || len(h.rows("disinfection", "2022-05-06")) > 0 {
		t.Fatal("nothing is carried along, or it was registered")
	}
	passing.Set("password", goodPassword)
	return h, sent, passing
}

// TestWhatWasTypedIsSentOnceAfterSigningIn signs in once, sees what was typed, sends it once more, and it is there once.
func TestWhatWasTypedIsSentOnceAfterSigningIn(t *testing.T) {
	h, sent, passing := tooLate(t)
	back := h.post("/login", passing)
	wantStatus(t, back, http.StatusOK)
	if said := words(document(t, back).Find(".told")); !strings.Contains(said, "还没有提交") || len(h.rows("disinfection", "2022-05-06")) > 0 {
		t.Errorf("the page says %q, registered is %q", said, h.rows("disinfection", "2022-05-06"))
	}
	form := h.form(back, gatePage)
	if form.Get("key") != sent.Get("key") || form.Get("agent_other") != "含氯泡腾片" {
		t.Errorf("the form came back as %q", form)
	}
	for range 2 {
		wantRedirect(t, h.post(gatePage, form), "/sections/XY-01/areas?done=G1")
	}
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 || !strings.Contains(got[0], "含氯泡腾片,750mg/L") {
		t.Errorf("registered is %q", got)
	}
}

// TestWhatWasSentBeforeIsNotSentTwice: the answer was lost, the form is sent again, and the session has ended between.
func TestWhatWasSentBeforeIsNotSentTwice(t *testing.T) {
	h := newHands(t)
	sent := h.opened(gatePage+"?same=1", gatePage)
	wantStatus(t, h.post(gatePage, sent), http.StatusSeeOther)
	h.pass(account.SessionIdle + time.Second)
	passing := stoppedBy(t, h.post(gatePage, sent), "/login")
	passing.Set("password", goodPassword)
	form := h.form(h.post("/login", passing), gatePage)
	wantRedirect(t, h.post(gatePage, form), "/sections/XY-01/areas?done=G1")
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 {
		t.Errorf("registered is %q", got)
	}
}

// TestAnotherUserGetsNothingOfIt: phones are shared. Who signs in with another account is told, comes in only without what was
// typed, and sees none of it.
func TestAnotherUserGetsNothingOfIt(t *testing.T) {
	h, _, passing := tooLate(t)
	h.hire("other", account.Manager, account.Scope{Sections: []string{"XY-01"}})
	passing.Set("username", "other")
	refused := h.post("/login", passing)
	wantStatus(t, refused, http.StatusUnprocessableEntity)
	if h.signedIn() || strings.Contains(refused.Body.String(), "泡腾片") || document(t, refused).Find("#m-username").Length() != 1 {
		t.Errorf("another user is let in with it: %s", text(refused))
	}
	if kept := fieldsOf(document(t, refused)).Get(unsentName); kept != passing.Get(unsentName) {
		t.Error("its owner cannot go on any more")
	}
	passing.Del(unsentName)
	wantRedirect(t, h.post("/login", passing), "/")
}

// TestAFormIsNotSentByWhoSignedInSince: the page of one is still open when another has signed in on the same phone.
func TestAFormIsNotSentByWhoSignedInSince(t *testing.T) {
	h := newHands(t)
	h.hire("other", account.Manager, account.Scope{Sections: []string{"XY-01"}})
	sent := h.opened(gatePage, gatePage)
	typeMixture(sent)
	h.cookies[sessionName] = h.enter("other").cookies[sessionName]
	answer := h.post(gatePage, sent)
	passing := stoppedBy(t, answer, "/login")
	if len(h.rows("disinfection", "2022-05-06")) > 0 || passing.Get("username") != "manager" || strings.Contains(answer.Body.String(), "泡腾片") {
		t.Errorf("for %q, registered is %q", passing.Get("username"), h.rows("disinfection", "2022-05-06"))
	}
	passing.Set("password", goodPassword)
	if form := h.form(h.post("/login", passing), gatePage); form.Get("agent_other") != "含氯泡腾片" || h.actor().User.Name != "manager" {
		t.Errorf("%s gets %q back", h.actor().User.Name, form)
	}
	h.pass(account.ConfirmedFor + time.Minute) // now the password would be asked for again, but of whom?
	number := url.Values{"reason": {"核对身份"}, formTokenName: {h.enter("other").actor().FormToken}}
	if passing := stoppedBy(t, h.post("/sections/XY-01/workers/1/number", number), "/login"); passing.Get("username") != "other" {
		t.Errorf("the page is for %q", passing.Get("username"))
	}
	sent.Set(formTokenName, h.enter("manager").actor().FormToken) // of another session of the same user
	wantStatus(t, h.post(gatePage, sent), http.StatusSeeOther)
}

// TestWhatIsCarriedCannotBeChanged: neither what was typed nor where it goes.
func TestWhatIsCarriedCannotBeChanged(t *testing.T) {
	h, _, passing := tooLate(t)
	sealed := passing.Get(unsentName)
	elsewhere := stoppedBy(t, h.post(slashed, url.Values{"agent_other": {"x"}, formTokenName: {h.enter("inspector").actor().FormToken}}), "/login")
	for name, changed := range map[string]string{
		"a byte": sealed[:40] + string(rune('A'+(sealed[40]+1)%26)) + sealed[41:], "cut off": sealed[:len(sealed)-8], "no base64": "!" + sealed, "of another user": elsewhere.Get(unsentName),
	} {
		passing.Set(unsentName, changed)
		if answer := h.post("/login", passing); answer.Code != http.StatusUnprocessableEntity || h.signedIn() {
			t.Errorf("%s: status %d", name, answer.Code)
		}
	}
	passing.Set(unsentName, sealed)
	passing.Set("next", "//evil.example")
	back := h.post("/login", passing)
	if doc := document(t, back); doc.Find("main form[method=post]").Length() != 1 || len(h.form(back, gatePage)) == 0 {
		t.Error("it comes back to another form than its own")
	}
}

func TestWhatIsCarriedRunsOut(t *testing.T) {
	h, _, passing := tooLate(t)
	h.pass(account.SessionLife + time.Second)
	answer := h.post("/login", passing)
	wantStatus(t, answer, http.StatusConflict)
	if !h.signedIn() || !strings.Contains(text(answer), "12 小时") || strings.Contains(answer.Body.String(), "泡腾片") {
		t.Errorf("page: %s", text(answer))
	}
}

// TestTooMuchIsNotCarried: what is larger than a page can carry is said to be lost, also when it is larger than what would be read.
func TestTooMuchIsNotCarried(t *testing.T) {
	h := newHands(t)
	token := h.actor().FormToken
	h.pass(account.SessionIdle + time.Second)
	for size, want := range map[int]bool{unsentLimit - 1<<10: true, unsentLimit + 1: false, 8 << 20: false} {
		answer := h.bring("roster", "", nil, formTokenName, token, "paste", strings.Repeat("a", size))
		passing := stoppedBy(t, answer, "/login")
		if kept := passing.Get(unsentName) != ""; kept != want || strings.Contains(text(answer), "700 KB") == want {
			t.Errorf("%d bytes: kept %v: %s", size, kept, text(answer))
		}
		if len(passing.Get(unsentName)) > bodyLimit-32<<10 {
			t.Errorf("%d bytes take %d on the way, more than is let through", size, len(passing.Get(unsentName)))
		}
	}
	answer := h.bring("roster", "big.csv", make([]byte, uploadLimit+2*formMemory), formTokenName, token)
	wantRedirect(t, answer, "/login") // of which the end was not read, where the token is
}

// TestFilesStayBehind: a file cannot be carried, which is said on the way and in the form.
func TestFilesStayBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	h := newHands(t)
	token := h.actor().FormToken
	h.pass(account.SessionIdle + time.Second)
	answer := h.bring("results", "lab.csv", make([]byte, 3*formMemory), formTokenName, token, "words", "0=阴性")
	passing := stoppedBy(t, answer, "/login")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 || !strings.Contains(text(answer), "重新选择") {
		t.Errorf("%d files of a stranger were kept, %v: %s", len(left), err, text(answer))
	}
	passing.Set("password", goodPassword)
	back := h.post("/login", passing)
	doc := document(t, back)
	if !shows(doc.Find(`form[action="/imports/results"]`), "words", "0=阴性") || doc.Find("input[type=file]").Length() != 1 {
		t.Errorf("the form comes back as %s", text(back))
	}
	pasted := stoppedBy(t, func() *httptest.ResponseRecorder {
		token = h.actor().FormToken
		h.pass(account.SessionIdle + time.Second)
		return h.bring("rooms", "b.csv", []byte("x"), formTokenName, token, "paste", "标段编号,房间号,使用面积,床位数\nXY-01,B-1,16,4")
	}(), "/login")
	pasted.Set("password", goodPassword)
	back = h.post("/login", pasted)
	if said := words(document(t, back).Find(".told")); !strings.Contains(said, "文件和照片没有带过来") || !strings.Contains(document(t, back).Find("textarea[name=paste]").Text(), "B-1") {
		t.Errorf("the form says %q: %s", said, text(back))
	}
}

// TestSecretsAreNotCarried looks into what is carried, and at all forms for fields that hold secrets.
func TestSecretsAreNotCarried(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	u, err := o.store.UserByName(t.Context(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	b := o.enter("admin")
	form := url.Values{"name": {"neu"}, formTokenName: {b.actor().FormToken}}
	for _, name := range secretFields() {
		form.Set(name, "a secret in "+name)
	}
	o.pass(account.SessionIdle + time.Second)
	text, err := o.store.OpenUnsent(u.ID, stoppedBy(t, b.post("/users", form), "/login").Get(unsentName))
	if err != nil || !strings.Contains(text, "neu") || strings.Contains(text, "a secret") || strings.Contains(text, form.Get(formTokenName)) {
		t.Errorf("carried is %s, %v", text, err)
	}
	for route, forms := range everyForm(workplace(t)) {
		for _, form := range forms {
			form.Find(`[type=password], [autocomplete="one-time-code"], [name=secret], [name=token]`).Each(func(_ int, e *goquery.Selection) {
				if name := e.AttrOr("name", ""); !slices.Contains(secretFields(), name) {
					t.Errorf("%s is a secret of %s and would be carried", name, route)
				}
			})
		}
	}
	b = o.enter("admin")
	form = url.Values{"old": {goodPassword}, "password": {"five horses drink tea"}, "again": {"five horses drink tea"}, formTokenName: {b.actor().FormToken}}
	b.header.Set("Referer", "http://example.com/account")
	o.pass(account.SessionIdle + time.Second)
	answer := b.post("/account/password", form)
	if passing := stoppedBy(t, answer, "/login"); passing.Has(unsentName) || passing.Get("next") != "/account" || strings.Contains(answer.Body.String(), "five horses") {
		t.Errorf("on the way is %q", passing)
	}
}

// TestTheSecondFactorCarriesOn: with a second factor there are two pages to pass, and the session that waits for it may run out, too.
func TestTheSecondFactorCarriesOn(t *testing.T) {
	h := newHands(t)
	secret := h.enrol()
	sent := h.opened(gatePage, gatePage)
	typeMixture(sent)
	h.pass(account.SessionIdle + time.Second)
	passing := stoppedBy(t, h.post(gatePage, sent), "/login")
	passing.Set("password", goodPassword)
	second := stoppedBy(t, h.post("/login", passing), "/login/code")
	second.Set("code", "000000")
	second = stoppedAgain(t, h.post("/login/code", second), "/login/code")
	h.pass(account.PendingLife + time.Second)
	second.Set("code", h.code(secret))
	first := stoppedBy(t, h.post("/login/code", second), "/login")
	first.Set("username", "manager")
	first.Set("password", goodPassword)
	second = stoppedBy(t, h.post("/login", first), "/login/code")
	second.Set("code", h.code(secret))
	form := h.form(h.post("/login/code", second), gatePage)
	if form.Get("agent_other") != "含氯泡腾片" || form.Get("key") != sent.Get("key") {
		t.Errorf("the form came back as %q", form)
	}
	wantRedirect(t, h.post(gatePage, form), "/sections/XY-01/areas?done=G1")
}

// stoppedAgain wants a page to pass back, because what was typed on it is wrong.
func stoppedAgain(t *testing.T, answer *httptest.ResponseRecorder, page string) url.Values {
	t.Helper()
	wantStatus(t, answer, http.StatusUnprocessableEntity)
	answer.Code = http.StatusUnauthorized
	return stoppedBy(t, answer, page)
}

// mustEnrol makes the second factor a duty of managers from now on, of whom some are at work.
func (h *hands) mustEnrol() {
	h.options.TOTPRoles = []account.Role{account.Manager}
	h.rebuild(Routes())
}

// enrolled switches the second factor on, on the page that carries a form along, and gives the form at the door.
func (h *hands) enrolled(t *testing.T, enrolling url.Values) url.Values {
	t.Helper()
	enrolling.Set("code", h.code(enrolling.Get("secret")))
	back := h.post(factorPath, enrolling)
	wantStatus(t, back, http.StatusOK)
	if said := words(document(t, back).Find(".told")); !strings.Contains(said, "还没有提交") || len(h.rows("disinfection", "2022-05-06")) > 0 {
		t.Errorf("the page says %q, registered is %q", said, h.rows("disinfection", "2022-05-06"))
	}
	return h.form(back, gatePage)
}

// TestEnrollingCarriesOn: who has to switch the second factor on after signing in does so, though a code is mistyped and the session
// runs out meanwhile, and has the form back, to be sent once.
func TestEnrollingCarriesOn(t *testing.T) {
	h, sent, passing := tooLate(t)
	h.mustEnrol()
	enrolling := stoppedBy(t, h.post("/login", passing), factorPath)
	secret := enrolling.Get("secret")
	enrolling.Set("code", "000000")
	if enrolling = stoppedAgain(t, h.post(factorPath, enrolling), factorPath); enrolling.Get("secret") != secret {
		t.Error("after a wrong code there is another secret")
	}
	enrolling.Set("code", "000000")
	h.pass(account.SessionIdle + time.Second)
	again := stoppedBy(t, h.post(factorPath, enrolling), "/login")
	again.Set("username", "manager")
	again.Set("password", goodPassword)
	form := h.enrolled(t, stoppedBy(t, h.post("/login", again), factorPath))
	if form.Get("agent_other") != "含氯泡腾片" || form.Get("key") != sent.Get("key") {
		t.Errorf("the form came back as %q", form)
	}
	wantRedirect(t, h.post(gatePage, form), "/sections/XY-01/areas?done=G1")
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 {
		t.Errorf("registered is %q", got)
	}
}

// TestADutyToEnrolLosesNothing: the session lives, and from now on the role asks for a second factor. The password is asked for first
// where it was not given lately, also when that is so by the time that the code is typed.
func TestADutyToEnrolLosesNothing(t *testing.T) {
	for name, wait := range map[string]time.Duration{"at once": 0, "later": account.ConfirmedFor + time.Minute} {
		t.Run(name, func(t *testing.T) {
			h := newHands(t)
			sent := h.opened(gatePage, gatePage)
			typeMixture(sent)
			h.mustEnrol()
			h.pass(wait)
			confirm := func(answer *httptest.ResponseRecorder) url.Values {
				t.Helper()
				asked := stoppedBy(t, answer, "/confirm")
				asked.Set("password", goodPassword)
				return stoppedBy(t, h.post("/confirm", asked), factorPath)
			}
			answer := h.post(gatePage, sent)
			var enrolling url.Values
			if wait == 0 {
				enrolling = stoppedBy(t, answer, factorPath)
				h.pass(account.ConfirmedFor + time.Minute)
				enrolling = confirm(h.post(factorPath, enrolling))
			} else {
				enrolling = confirm(answer)
			}
			if form := h.enrolled(t, enrolling); form.Get("agent_other") != "含氯泡腾片" || form.Get("key") != sent.Get("key") {
				t.Errorf("the form came back as %q", form)
			}
		})
	}
}

// TestThePasswordAskedForAgainLosesNothing: ten minutes after the password was given the session lives, and some forms want it again.
func TestThePasswordAskedForAgainLosesNothing(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	b := o.enter("admin")
	o.pass(account.ConfirmedFor + time.Minute)
	sent := url.Values{"name": {"neu"}, "role": {"leader"}, "next": {"/users"}, "key": {"0123456789abcdef"}, formTokenName: {b.actor().FormToken}}
	passing := stoppedBy(t, b.post("/users", sent), "/confirm")
	passing.Set("password", "wrong")
	passing = stoppedAgain(t, b.post("/confirm", passing), "/confirm")
	passing.Set("password", goodPassword)
	back := b.post("/confirm", passing)
	wantStatus(t, back, http.StatusOK)
	if forms := document(t, back).Find(`form[action="/users"]`); !shows(forms, "name", "neu") || !shows(forms, "role", "leader") {
		t.Errorf("the form comes back as %s", text(back))
	}
	if _, err := o.store.UserByName(t.Context(), "neu"); err == nil {
		t.Error("the account was added without being sent")
	}
}

// TestOnlyFormsOfOursAreKept: what has no token that we signed leads to the page to sign in, as anything does; so do scripts learn.
func TestOnlyFormsOfOursAreKept(t *testing.T) {
	h := newHands(t)
	sent := h.opened(gatePage, gatePage)
	token := sent.Get(formTokenName)
	h.pass(account.SessionIdle + time.Second)
	for name, forged := range map[string]string{"none": "", "made up": "1.x.y", "of another": "2" + token[1:], "cut": token[:len(token)-1], "longer": token + "0"} {
		sent.Set(formTokenName, forged)
		if answer := h.post(gatePage, sent); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/login" {
			t.Errorf("%s: %d", name, answer.Code)
		}
	}
	sent.Set(formTokenName, token)
	h.header.Set("Accept", "application/json")
	wantStatus(t, h.post(gatePage, sent), http.StatusUnauthorized)
	h.header.Del("Accept")
	h.header.Set("HX-Request", "true")
	if answer := h.post(gatePage, sent); answer.Code != http.StatusUnauthorized || answer.Header().Get("HX-Redirect") != "/login" {
		t.Errorf("a part of a page is answered with %d and %v", answer.Code, answer.Header())
	}
	h.header.Del("HX-Request")
	h.header.Set("Sec-Fetch-Site", "cross-site")
	wantStatus(t, h.post(gatePage, sent), http.StatusForbidden)
	h.header.Set("Sec-Fetch-Site", "same-origin")
	sent.Set("agent_other", "\xff")
	wantStatus(t, h.post(gatePage, sent), http.StatusBadRequest)
	wantRedirect(t, h.post("/logout", url.Values{formTokenName: {token}}), "/login")
}

// TestWhatOneMayNoMoreIsNotShown: the role was taken away meanwhile; the form goes through the door as any request.
func TestWhatOneMayNoMoreIsNotShown(t *testing.T) {
	h, _, passing := tooLate(t)
	u, err := h.store.UserByName(t.Context(), "manager")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.ChangeUser(t.Context(), u.ID, account.Manager, account.Scope{Sections: []string{"XY-02"}}, audit.Act{Actor: "test"}, h.now()); err != nil {
		t.Fatal(err)
	}
	back := h.post("/login", passing)
	wantStatus(t, back, http.StatusNotFound)
	if strings.Contains(back.Body.String(), "应急处置区") {
		t.Errorf("it shows a foreign area: %s", text(back))
	}
}
