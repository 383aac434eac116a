package web

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/fault"
)

// tokenDays is how long an API token may live at most, and what is offered.
const (
	tokenDays    = 90
	maxTokenDays = 365
)

// accountPage is what a user sees of its own account.
type accountPage struct {
	Frame
	Password, Tokens, Factor form
	Scope                    string
	TOTP, MustTOTP           bool
	Sessions                 []sessionRow
	TokenRows                []tokenRow
	Clear                    string // a token that was just made: shown this once
	Key                      string
	Notice                   string
}

type sessionRow struct {
	Hash, Address, Agent, System, Since, Seen string
	Here                                      bool
}

type tokenRow struct {
	ID                           int64
	Name, Made, Used, Until, Out string
	ReadOnly                     bool
}

func passwordForm() form {
	return newForm("old", "password", "again").called("old", "account.old", "password", "account.new", "again", "form.again")
}
func tokenForm() form {
	return newForm("name", "days").called("name", "account.purpose", "days", "account.days").with("days", strconv.Itoa(tokenDays))
}

func (s *server) account(c echo.Context) error {
	p, err := s.accountPage(c)
	if err != nil {
		return err
	}
	p.Notice = map[string]string{ // #nosec G101 -- words, no password
		"password": "口令已修改，其他地方的登录和令牌都已失效。", "totp": "动态验证码已启用，其他地方的登录已失效。",
		"no-totp": "动态验证码已停用。", "ended": "登录已结束。", "revoked": "令牌已撤销。"}[c.QueryParam("notice")]
	return s.render(c, http.StatusOK, "account", p)
}

func (s *server) accountPage(c echo.Context) (accountPage, error) {
	a := actor(c)
	sessions, err := s.Store.Sessions(c.Request().Context(), a.User.ID, s.Now())
	if err != nil {
		return accountPage{}, err
	}
	tokens, err := s.Store.Tokens(c.Request().Context(), a.User.ID)
	if err != nil {
		return accountPage{}, err
	}
	p := accountPage{Frame: s.frame("account"), Key: rand.Text(), Password: passwordForm(), Tokens: tokenForm(), Factor: newForm("current"), Scope: scopeWords(a.User.Scope),
		TOTP: a.User.TOTP, MustTOTP: slices.Contains(s.TOTPRoles, a.User.Role), TokenRows: s.tokenRows(tokens)}
	for _, one := range sessions {
		p.Sessions = append(p.Sessions, sessionRow{one.Hash, one.Address, browserWord(one.Agent), system(one.Agent), s.minute(one.CreatedAt), s.minute(one.LastSeenAt), one.Hash == a.Session})
	}
	return p, nil
}

func (s *server) tokenRows(tokens []account.Token) []tokenRow {
	var rows []tokenRow
	for _, t := range tokens {
		row := tokenRow{ID: t.ID, Name: t.Name, Made: s.minute(t.CreatedAt), Used: s.minute(t.LastUsedAt), Until: s.minute(t.ExpiresAt), ReadOnly: t.ReadOnly}
		switch {
		case !t.RevokedAt.IsZero():
			row.Out = "已撤销"
		case !t.ExpiresAt.IsZero() && t.ExpiresAt <= s.Now():
			row.Out = "已到期"
		}
		rows = append(rows, row)
	}
	return rows
}

// scopeWords says in words what a user sees.
func scopeWords(scope account.Scope) string {
	switch {
	case scope.Everywhere:
		return "全区"
	case len(scope.Sections)+len(scope.Streets) == 0:
		return "无"
	}
	return strings.Join(append(append([]string{}, scope.Streets...), scope.Sections...), "、")
}

// browserWord makes a browser's long description readable.
func browserWord(agent string) string {
	for _, known := range [][2]string{{"MicroMessenger", "微信"}, {"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, known[0]) {
			return known[1]
		}
	}
	if agent == "" {
		return "未知程序"
	}
	return strings.SplitN(agent, " ", 2)[0]
}

func system(agent string) string {
	for _, known := range [][2]string{{"Android", "安卓"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, known[0]) {
			return known[1]
		}
	}
	return ""
}

// changePassword wants the old one first. All sessions and tokens end; this browser gets a new session.
func (s *server) changePassword(c echo.Context) error {
	err := s.setOwnPassword(c)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/account?notice=password")
	}
	p, pageErr := s.accountPage(c)
	if pageErr != nil {
		return pageErr
	}
	return s.formAgain(c, "account", err, passwordForm(), func(f form) any { p.Password = f; return p })
}

func (s *server) setOwnPassword(c echo.Context) error {
	a, ctx := actor(c), c.Request().Context()
	password, err := chosenPassword(c, a.User.Name, a.User.TOTP)
	if err != nil {
		return err
	}
	if err := s.checkOwnPassword(c, "old"); err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	if err := s.Store.SetPassword(ctx, a.User.ID, hash, act(c), s.Now()); err != nil {
		return err
	}
	u, err := s.Store.UserByID(ctx, a.User.ID)
	if err != nil {
		return err
	}
	return s.enter(c, u, false)
}

// endSession ends one other session, or all others when none is named.
func (s *server) endSession(c echo.Context) error {
	a, ctx := actor(c), c.Request().Context()
	hash := c.Request().PostForm.Get("session")
	var err error
	if hash == "" {
		err = s.Store.EndSessions(ctx, a.User.ID, a.Session, act(c), s.Now())
	} else {
		err = s.Store.EndSession(ctx, a.User.ID, hash, act(c), s.Now())
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/account?notice=ended")
}

// addToken makes an API token and shows it once.
func (s *server) addToken(c echo.Context) error {
	clear, err := s.newToken(c)
	p, pageErr := s.accountPage(c)
	if pageErr != nil {
		return pageErr
	}
	if err != nil {
		p.Key = keyAgain(c, p.Key, err)
		return s.formAgain(c, "account", err, tokenForm().filled(c, "name", "days", "read_only"), func(f form) any { p.Tokens = f; return p })
	}
	p.Clear = clear
	return s.render(c, http.StatusOK, "account", p)
}

func (s *server) newToken(c echo.Context) (clear string, err error) {
	typed, err := s.typedToken(c)
	if err != nil {
		return "", err
	}
	request, err := formRequest(c, "")
	if err != nil {
		return "", err
	}
	clear, err = s.Store.AddTokenOnce(c.Request().Context(), actor(c).User, typed, request, act(c), s.Now())
	return clear, usedUp(err)
}

func (s *server) typedToken(c echo.Context) (account.Token, error) {
	typed := c.Request().PostForm
	t := account.Token{Name: strings.TrimSpace(typed.Get("name")), ReadOnly: typed.Get("read_only") != ""}
	var nameErr, daysErr error
	if n := len([]rune(t.Name)); n == 0 || n > 60 {
		nameErr = wrong("name", "请写明用途，1 至 60 个字")
	}
	days, err := strconv.Atoi(strings.TrimSpace(typed.Get("days")))
	if err != nil || days < 1 || days > maxTokenDays {
		daysErr = wrong("days", "有效天数应为 1 至 365")
	}
	t.ExpiresAt = s.Now().Add(time.Duration(days) * 24 * time.Hour)
	return t, together(nameErr, daysErr)
}

func (s *server) revokeToken(c echo.Context) error {
	if err := s.revoke(c, actor(c).User.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/account?notice=revoked")
}

func (s *server) revoke(c echo.Context, owner account.UserID) error {
	id, err := numberParam(c, "token")
	if err != nil {
		return err
	}
	return s.Store.RevokeToken(c.Request().Context(), owner, id, act(c), s.Now())
}

// numberParam reads an id from the path; what is none names nothing.
func numberParam(c echo.Context, name string) (int64, error) {
	id, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != c.Param(name) {
		return 0, fault.New(fault.NotFound, "no %s %q", name, c.Param(name))
	}
	return id, nil
}
