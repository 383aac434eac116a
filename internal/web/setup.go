package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/fault"
)

// setupPage is where a one-time link leads: to the account of the first admin, or to an invited user's choice of a password.
type setupPage struct {
	Frame
	Form  form
	Token string
	Name  string // of the invited user; empty for the first admin, who chooses it
	Hint  string // how long the password must be
}

func (s *server) setupPage(f form, token string, u account.User) setupPage {
	p := setupPage{s.frame(""), f, token, u.Name, "至少 15 个字符，用一句话最好记"}
	if u.TOTP {
		p.Hint = "至少 8 个字符"
	}
	return p
}

func (s *server) setupForm(c echo.Context) error {
	token := c.QueryParam("token")
	u, err := s.linkUser(c, token)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "setup", s.setupPage(setupFields(), token, u))
}

func setupFields() form { return newForm("username", "password", "again") }

// linkUser tells whom a link is for, at no more guesses a minute than sign-ins. A link for the first admin leads nowhere once
// there is a user.
func (s *server) linkUser(c echo.Context, token string) (account.User, error) {
	if err := s.attempts.take(c.RealIP(), s.Now()); err != nil {
		return account.User{}, err
	}
	u, err := s.Store.LinkUser(c.Request().Context(), token, s.Now())
	if fault.KindOf(err) == fault.NotFound {
		return account.User{}, spentLink()
	}
	if err != nil {
		return account.User{}, err
	}
	if u.ID == 0 {
		taken, err := s.Store.AnyUser(c.Request().Context())
		if err != nil || taken {
			return account.User{}, firstError(err, spentLink())
		}
	}
	s.attempts.giveBack(c.RealIP())
	return u, nil
}

// spentLink says the same of every link that leads nowhere, and how to get another.
func spentLink() error {
	return elsewhere{status: http.StatusNotFound, reason: "这个链接已经用过、过期或不完整。请联系管理员取得新的一次性链接；口令已经设置的，请直接登录。"}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *server) setup(c echo.Context) error {
	token := c.Request().PostForm.Get("token")
	u, err := s.linkUser(c, token)
	if err != nil {
		return err
	}
	if u.ID == 0 {
		err = s.setUpAdmin(c, token)
	} else {
		err = s.acceptInvitation(c, token, u)
	}
	if err != nil {
		return s.formAgain(c, "setup", err, setupFields().filled(c, "username"), func(f form) any {
			return s.setupPage(f, token, u)
		})
	}
	return nil
}

func (s *server) setUpAdmin(c echo.Context, token string) error {
	name, nameErr := account.UserName(c.Request().PostForm.Get("username"))
	nameErr = renamed(nameErr, "name", "username")
	password, err := chosenPassword(c, name, false)
	if err := together(nameErr, err); err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(c.Request().Context(), password)
	if err != nil {
		return err
	}
	u, err := s.Store.UseLink(c.Request().Context(), token, account.NewUser{Name: name, Hash: hash}, act(c), s.Now())
	if err != nil {
		return renamed(err, "name", "username")
	}
	if err := s.enter(c, u, false); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/users")
}

func (s *server) acceptInvitation(c echo.Context, token string, u account.User) error {
	password, err := chosenPassword(c, u.Name, u.TOTP)
	if err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(c.Request().Context(), password)
	if err != nil {
		return err
	}
	if err := s.Store.UseInvitation(c.Request().Context(), token, hash, act(c), s.Now()); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/login?notice=chosen")
}

// chosenPassword takes a new password that was typed twice and must be a good one.
func chosenPassword(c echo.Context, name string, secondFactor bool) (string, error) {
	password := c.Request().PostForm.Get("password")
	err := account.ValidatePassword(name, password, secondFactor)
	if err == nil && c.Request().PostForm.Get("again") != password {
		err = wrong("again", "两次输入的口令不一致")
	}
	return password, err
}
