package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/store"
)

// A form that is sent when its sender has to prove first who he is, most often because the session is over, is not taken. What was
// typed into it waits on his screen, sealed for him alone, on whichever page he has to pass, and is then shown to him in its own
// form once more, for him to send. Nothing is sent for him.

const (
	unsentName  = "unsent"  // the hidden field in which the pages to pass carry it along
	unsentLimit = 700 << 10 // bytes, which base64 makes a third larger; more is not carried, for bodyLimit holds for the pages to pass, too
)

// unsent is a form as it was sent.
type unsent struct {
	To     string           `json:"to"` // the address, with its query
	At     calendar.Instant `json:"at"`
	Fields url.Values       `json:"fields"`
	Files  bool             `json:"files"` // there were some, which stay behind
}

// onward is where one goes on to from a page to pass: a page, or a form that was not taken yet.
type onward struct {
	Next   string
	Unsent string // sealed
	Shut   bool   // something was sent and not taken
	Why    string // it was not, where it is known
	Files  bool   // files were with it
	Large  bool   // it was too much to be carried along
}

// onwardOf reads where to go on to from the form of a page to pass.
func onwardOf(c echo.Context) onward {
	sent := c.Request().PostForm
	return onward{Next: safeNext(sent.Get("next")), Unsent: sent.Get(unsentName), Shut: sent.Has(unsentName)}
}

// secretFields are never carried along, not even sealed.
func secretFields() []string {
	return []string{"password", "again", "old", "current", "code", "secret", "token"}
}

// stopped is a form that was not taken, with the page that has to be passed first.
type stopped struct {
	error
	page string
	whom string // the user that the form belongs to
	onward
}

func (s stopped) Unwrap() error { return s.error }

// pagesToPass names the pages on which one proves who one is, or enrols what will prove it, by their addresses.
func pagesToPass() map[string]string {
	return map[string]string{"/login": "login", "/login/code": "code", "/confirm": "confirm", factorPath: "totp"}
}

// passing reports whether a form that was sent is that of a page to pass. The second factor is switched on by choice, too.
func passing(p Policy, path string, sent url.Values) bool {
	return p.Pending || pagesToPass()[path] != "" && (path != factorPath || sent.Get(unsentName) != "")
}

// keep answers a form that was refused because its sender has to prove first who he is with the page to do it on, which carries the
// form along. Only forms of ours are kept: their token says whose they are. Other refusals stay what they are.
func (s *server) keep(c echo.Context, p Policy, whole io.Reader, err error) error {
	r := c.Request()
	if err == nil || safeMethod(r.Method) || byScript(c) || c.Response().Committed {
		return err
	}
	to, _, _ := strings.Cut(sendTo(err), "?")
	page := pagesToPass()[to]
	if page == "" {
		return err
	}
	sent, readErr := readSent(r)
	if passing(p, r.URL.Path, sent.fields) {
		return carriedOn(err, page, sent.fields)
	}
	id, ours := s.Store.FormOwner(sent.fields.Get(formTokenName))
	if !ours {
		return err
	}
	if uncleanValues(sent.fields) {
		return badText("表单")
	}
	if sent.large = sent.large || readErr != nil; sent.large { // a browser that is cut short shows no answer
		_, _ = io.CopyN(io.Discard, whole, bodyHeardOut)
	}
	switch a := actor(c); {
	case a.User.ID != 0 && a.User.ID != id:
		page, err = "login", anotherAccount()
	case page == "totp" && !a.RecentlyConfirmed(s.Now()):
		page = "confirm" // which comes before it
	}
	u, userErr := s.Store.UserByID(r.Context(), id)
	if userErr != nil {
		return userErr
	}
	on, sealErr := s.seal(sent, u.ID, r.URL.RequestURI())
	if sealErr != nil {
		return sealErr
	}
	on.Next = backFrom(r, sent.fields)
	return stopped{err, page, u.Name, on}
}

// carriedOn takes what a page to pass carried along to the next one: the session was over before it was passed.
func carriedOn(err error, page string, sent url.Values) error {
	if sent.Get(unsentName) == "" {
		return err
	}
	return stopped{err, page, "", onward{Next: safeNext(sent.Get("next")), Unsent: sent.Get(unsentName), Shut: true}}
}

// backFrom is the page to go back to after a form was not taken: the one it was on.
func backFrom(r *http.Request, sent url.Values) string {
	if from := cameFrom(r); from != "/" {
		return from
	}
	return safeNext(sent.Get("next"))
}

// seal closes up what was typed, as far as there is anything.
func (s *server) seal(sent sentForm, id account.UserID, to string) (onward, error) {
	fields := url.Values{}
	typed := false
	for name, values := range sent.fields {
		if slices.Contains(secretFields(), name) || name == formTokenName {
			continue
		}
		fields[name] = values
		typed = typed || name != "key" && name != "next" && strings.Join(values, "") != ""
	}
	text, err := json.Marshal(unsent{To: to, At: s.Now(), Fields: fields, Files: sent.files})
	on := onward{Shut: true, Files: sent.files, Large: sent.large || len(text) > unsentLimit}
	if err != nil || on.Large || !typed && !sent.files {
		return on, err
	}
	on.Unsent, err = s.Store.SealUnsent(id, string(text))
	return on, err
}

// stop shows the page to pass.
func (s *server) stop(c echo.Context, stop stopped) error {
	status, why := answer(stop.error)
	stop.Why = why
	switch stop.page {
	case "code":
		return s.render(c, status, "code", codePage{s.frame(""), newForm("code"), stop.onward})
	case "confirm":
		return s.render(c, status, "confirm", confirmPage{s.frame(""), newForm("password"), stop.onward})
	case "totp":
		stop.Why = "" // the page says it itself
		return s.render(c, status, "totp", s.totpPage(c, newForm("code"), account.NewTOTP(), stop.onward))
	}
	f := newForm().with("username", stop.whom)
	return s.render(c, status, "login", loginPage{Frame: s.frame(""), Form: f, Onward: stop.onward})
}

// belongs reports whether what is carried along was typed by this user; nothing belongs to everybody.
func (s *server) belongs(on onward, u account.User) error {
	if on.Unsent == "" {
		return nil
	}
	if _, err := s.Store.OpenUnsent(u.ID, on.Unsent); err != nil {
		return wrong("username", "刚才填写的内容不属于这个账号，请用原来的账号登录；要用这个账号登录，请先放弃那些内容")
	}
	return nil
}

// leadOn leads on from a page to pass.
func (s *server) leadOn(c echo.Context, on onward) error {
	if on.Unsent == "" {
		return c.Redirect(http.StatusSeeOther, on.Next)
	}
	if s.mustEnrol(actor(c).User) {
		return s.render(c, http.StatusOK, "totp", s.totpPage(c, newForm("code"), account.NewTOTP(), on))
	}
	text, err := s.Store.OpenUnsent(actor(c).User.ID, on.Unsent)
	if err != nil {
		return err
	}
	var form unsent
	if err := json.Unmarshal([]byte(text), &form); err != nil {
		return err
	}
	if s.Now().Sub(form.At) > account.SessionLife {
		return fault.New(fault.Conflict, "刚才填写的内容已超过 12 小时，没有提交。请重新打开表单填写")
	}
	return s.showAgain(c, form, on.Next)
}

// lookedAgain is why nothing is written while a form is shown again.
type lookedAgain struct{}

func (lookedAgain) Error() string { return "shown again" }

func shownAgain(err error) bool {
	_, again := errors.AsType[lookedAgain](err)
	return again
}

// showAgain takes the form to its address as if it had been refused there: through the door, with all that is to be checked, to
// whoever answers it, and with the database shut. So it comes back as any form does in which something is wrong: with what was
// typed, and to be sent by its sender. What is no form to come back, such as a button, leads to the page it was on.
func (s *server) showAgain(c echo.Context, form unsent, back string) error {
	form.Fields.Set(formTokenName, actor(c).FormToken)
	why := &fault.Error{Kind: fault.Invalid, Message: "已确认身份。刚才填写的内容都在，还没有提交，请核对后再提交", Err: lookedAgain{}}
	if form.Files {
		why.Message = "已确认身份。刚才填写的内容都在，还没有提交；文件和照片没有带过来，请重新选择后再提交"
	}
	whole, path := c.Request(), c.Path()
	r, err := http.NewRequestWithContext(store.WithoutWrites(whole.Context(), why), http.MethodPost, form.To, strings.NewReader(form.Fields.Encode()))
	if err != nil {
		return err
	}
	r.Header, r.Host, r.RemoteAddr, r.TLS = whole.Header.Clone(), whole.Host, whole.RemoteAddr, whole.TLS
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	c.SetRequest(r)
	defer func() { c.SetRequest(whole); c.SetPath(path) }() // the log tells of what was asked for
	c.Echo().Router().Find(r.Method, echo.GetPath(r), c)
	if err := c.Handler()(c); !shownAgain(err) {
		return err
	}
	return c.Redirect(http.StatusSeeOther, back)
}
