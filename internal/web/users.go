package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// usersPage lists the accounts, for admins.
type usersPage struct {
	Frame
	listFiles
	Key   string
	Form  form
	Roles []option
	Rows  []userLine
}

type userLine struct {
	ID                           account.UserID
	Name, Role, Scope, Made, Out string
	TOTP, NoPassword             bool
}

// userPage is one account, for admins.
type userPage struct {
	Frame
	userLine
	Key       string
	Form      form
	Roles     []option
	Link      string // a link that was just made: shown this once
	Notice    string
	TokenRows []tokenRow
}

func userForm() form { return newForm("name", "role", "sections", "streets") }

func (s *server) users(c echo.Context) error {
	p, err := s.usersPage(c, userForm())
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "users", p)
}

func (s *server) usersPage(c echo.Context, f form) (usersPage, error) {
	all, err := s.Store.Users(c.Request().Context())
	p := usersPage{Frame: s.frame("users"), listFiles: filesOf("/users", nil), Key: rand.Text(), Form: f, Roles: roleOptions(f.Value("role"))}
	for _, u := range all {
		p.Rows = append(p.Rows, s.userLine(u))
	}
	return p, err
}

func (s *server) userLine(u account.User) userLine {
	line := userLine{ID: u.ID, Name: u.Name, Role: string(u.Role), Scope: scopeWords(u.Scope), Made: s.minute(u.CreatedAt), TOTP: u.TOTP, NoPassword: u.Hash == ""}
	if !u.DisabledAt.IsZero() {
		line.Out = s.minute(u.DisabledAt)
	}
	return line
}

// usersFile sends the accounts as the list has them: nothing of how they come in but whether by a second factor.
func (s *server) usersFile(c echo.Context) error {
	all, err := s.Store.Users(c.Request().Context())
	if err != nil {
		return err
	}
	w := s.words(c)
	var rows [][]string
	for _, u := range all {
		line, state, factor := s.userLine(u), "", w.T("users.password_only")
		if line.Out != "" {
			state = w.T("users.out")
		} else if line.NoPassword {
			state = w.T("users.no_password")
		}
		if line.TOTP {
			factor = w.T("users.totp")
		}
		rows = append(rows, []string{line.Name, state, w.Word("role", line.Role), w.Text(line.Scope), factor, line.Made})
	}
	return s.exportTable(c, "users", strings.Fields("用户名 状态 角色 范围 登录方式 创建时间"), rows)
}

func roleOptions(selected string) []option {
	options := []option{{"", "", selected == ""}}
	for _, r := range account.Roles() {
		options = append(options, option{string(r), "", string(r) == selected})
	}
	return options
}

// typedUser reads role and scope; the places of a scope may be apart by any kind of comma or space.
func typedUser(c echo.Context) (account.Role, account.Scope, error) {
	typed := c.Request().PostForm
	role, err := account.ParseRole(typed.Get("role"))
	if err != nil {
		return "", account.Scope{}, wrong("role", "请选择角色")
	}
	scope, err := account.ScopeFor(role, places(typed.Get("sections")), places(typed.Get("streets")))
	if role == account.Inspector {
		return role, scope, renamed(err, "scope", "streets")
	}
	return role, scope, renamed(err, "scope", "sections")
}

func places(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;； \t\r\n\u3000", r) })
}

// addUser adds an account without a password and shows the link by which its owner chooses one.
func (s *server) addUser(c echo.Context) error {
	name, token, err := s.newUser(c)
	if err != nil {
		p, pageErr := s.usersPage(c, userForm().filled(c, "name", "role", "sections", "streets"))
		if pageErr != nil {
			return pageErr
		}
		p.Key = keyAgain(c, p.Key, err)
		return s.formAgain(c, "users", err, p.Form, func(f form) any { p.Form = f; return p })
	}
	u, err := s.Store.UserByName(c.Request().Context(), name)
	if err != nil {
		return err
	}
	return s.showInvitation(c, u, token)
}

func (s *server) newUser(c echo.Context) (name, token string, err error) {
	name, nameErr := account.UserName(c.Request().PostForm.Get("name"))
	role, scope, err := typedUser(c)
	if err := together(nameErr, err); err != nil {
		return "", "", err
	}
	request, err := formRequest(c, "")
	if err != nil {
		return "", "", err
	}
	token, err = s.Store.AddInvitedUser(c.Request().Context(), account.NewUser{Name: name, Role: role, Scope: scope}, request, act(c), s.Now())
	if e, ok := errors.AsType[*fault.Error](err); ok && len(e.Fields) > 0 {
		return "", "", err
	}
	return name, token, usedUp(err)
}

func (s *server) showInvitation(c echo.Context, u account.User, token string) error {
	p, err := s.userPage(c, u)
	if err != nil {
		return err
	}
	p.Link = s.absolute(c.Request(), "/setup?"+url.Values{"token": {token}}.Encode())
	return s.render(c, http.StatusOK, "user", p)
}

// absolute is the address of one of our pages as others reach it.
func (s *server) absolute(r *http.Request, path string) string {
	if s.proxies.base != nil {
		return strings.TrimSuffix(s.proxies.base.Scheme+"://"+s.proxies.base.Host, "/") + path
	}
	return s.proxies.scheme(r) + "://" + r.Host + path
}

func (s *server) user(c echo.Context) error {
	u, err := s.pathUser(c)
	if err != nil {
		return err
	}
	p, err := s.userPage(c, u)
	if err != nil {
		return err
	}
	p.Notice = map[string]string{"changed": "已保存；该用户的登录和令牌都已失效。"}[c.QueryParam("notice")]
	return s.render(c, http.StatusOK, "user", p)
}

func (s *server) pathUser(c echo.Context) (account.User, error) {
	id, err := numberParam(c, "id")
	if err != nil {
		return account.User{}, err
	}
	return s.Store.UserByID(c.Request().Context(), account.UserID(id))
}

func (s *server) userPage(c echo.Context, u account.User) (userPage, error) {
	tokens, err := s.Store.Tokens(c.Request().Context(), u.ID)
	f := userForm().with("role", string(u.Role)).with("sections", strings.Join(u.Scope.Sections, "、")).with("streets", strings.Join(u.Scope.Streets, "、"))
	live := slices.DeleteFunc(tokens, func(t account.Token) bool { return !t.RevokedAt.IsZero() })
	return userPage{Frame: s.frame("users"), Key: rand.Text(), userLine: s.userLine(u), Form: f, Roles: roleOptions(string(u.Role)), TokenRows: s.tokenRows(live)}, err
}

// changeUser gives an account another role and scope; whatever it had open ends.
func (s *server) changeUser(c echo.Context) error {
	u, err := s.pathUser(c)
	if err != nil {
		return err
	}
	role, scope, err := typedUser(c)
	if err == nil {
		err = s.Store.ChangeUser(c.Request().Context(), u.ID, role, scope, act(c), s.Now())
	}
	if err != nil {
		p, pageErr := s.userPage(c, u)
		if pageErr != nil {
			return pageErr
		}
		p.Roles = roleOptions(c.Request().PostForm.Get("role"))
		return s.formAgain(c, "user", err, userForm().filled(c, "role", "sections", "streets"), func(f form) any { p.Form = f; return p })
	}
	return s.backToUser(c, u.ID)
}

func (s *server) backToUser(c echo.Context, id account.UserID) error {
	return c.Redirect(http.StatusSeeOther, "/users/"+strconv.FormatInt(int64(id), 10)+"?notice=changed")
}

func (s *server) disableUser(c echo.Context) error { return s.doToUser(c, s.Store.DisableUser) }

func (s *server) enableUser(c echo.Context) error { return s.doToUser(c, s.Store.EnableUser) }

func (s *server) removeUserTOTP(c echo.Context) error { return s.doToUser(c, s.Store.RemoveTOTP) }

func (s *server) doToUser(c echo.Context, do func(context.Context, account.UserID, audit.Act, calendar.Instant) error) error {
	u, err := s.pathUser(c)
	if err != nil {
		return err
	}
	if err := do(c.Request().Context(), u.ID, act(c), s.Now()); err != nil {
		return err
	}
	return s.backToUser(c, u.ID)
}

// inviteUser makes a new link for a user who has not chosen a password yet or has lost it.
func (s *server) inviteUser(c echo.Context) error {
	u, err := s.pathUser(c)
	if err != nil {
		return err
	}
	request, err := formRequest(c, "")
	if err != nil {
		return err
	}
	token, err := s.Store.InviteUserOnce(c.Request().Context(), u, request, act(c), s.Now())
	if err != nil {
		return err
	}
	return s.showInvitation(c, u, token)
}

func (s *server) revokeUserToken(c echo.Context) error {
	u, err := s.pathUser(c)
	if err != nil {
		return err
	}
	if err := s.revoke(c, u.ID); err != nil {
		return err
	}
	return s.backToUser(c, u.ID)
}
