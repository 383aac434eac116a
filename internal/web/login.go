package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"fugong/internal/account"
	"fugong/internal/fault"
)

// signInRefused is what every failed sign-in is told, whether there is such a user or not.
const signInRefused = "用户名或口令不正确，或账号不可用"

type loginPage struct {
	Frame
	Form   form
	Onward onward
	Notice string
}

func (s *server) loginForm(c echo.Context) error {
	if a, err := s.identify(c); err == nil && !a.Pending {
		return c.Redirect(http.StatusSeeOther, safeNext(c.QueryParam("next")))
	}
	p := loginPage{Frame: s.frame(""), Form: newForm(), Onward: onward{Next: safeNext(c.QueryParam("next"))}}
	switch c.QueryParam("notice") {
	case "out":
		p.Notice = "已退出登录。"
	case "chosen":
		p.Notice = "口令已设置，请登录。"
	}
	return s.render(c, http.StatusOK, "login", p)
}

func (s *server) login(c echo.Context) error {
	u, err := s.checkPassword(c, typedName(c.Request().PostForm.Get("username")), c.Request().PostForm.Get("password"))
	on := onwardOf(c)
	if err == nil {
		err = s.belongs(on, u)
	}
	if err != nil {
		return s.formAgain(c, "login", err, newForm("username").filled(c, "username"), func(f form) any {
			return loginPage{Frame: s.frame(""), Form: f, Onward: on}
		})
	}
	if err := s.enter(c, u, u.TOTP); err != nil {
		return err
	}
	switch {
	case u.TOTP && on.Unsent != "":
		return s.render(c, http.StatusOK, "code", codePage{s.frame(""), newForm("code"), on})
	case u.TOTP:
		return c.Redirect(http.StatusSeeOther, "/login/code?"+url.Values{"next": {on.Next}}.Encode())
	}
	return s.leadOn(c, on)
}

// checkPassword finds the user that a name and a password belong to. Unknown names, wrong passwords and disabled users get the
// same fault after the same work.
func (s *server) checkPassword(c echo.Context, name, password string) (account.User, error) {
	ctx, now := c.Request().Context(), s.Now()
	if err := s.attempts.take(c.RealIP(), now); err != nil {
		return account.User{}, err
	}
	u, err := s.Store.Attempt(ctx, name, s.device(c), now)
	if err != nil {
		return account.User{}, err
	}
	right, err := s.Hasher.Check(ctx, u.Hash, password)
	if err != nil {
		return account.User{}, err
	}
	if !right || !u.DisabledAt.IsZero() {
		if err := s.Store.FailedSignIn(ctx, u, "password", act(c), now); err != nil {
			return account.User{}, err
		}
		return account.User{}, fault.New(fault.Invalid, signInRefused)
	}
	s.attempts.giveBack(c.RealIP())
	return u, nil
}

// typedName is what was typed as a name in the form that names are kept in, as far as it can be one.
func typedName(text string) string {
	name := []rune(strings.ToLower(strings.TrimSpace(text)))
	return string(name[:min(len(name), 100)])
}

// formAgain answers a form that was refused: what was typed comes back with what is wrong with it.
func (s *server) formAgain(c echo.Context, name string, err error, f form, page func(form) any) error {
	f, status, unforeseen := f.refused(spoken(s.words(c), err))
	if unforeseen != nil {
		return unforeseen
	}
	advise(c, err, status)
	return s.render(c, status, name, page(f.named(s.words(c))))
}

type codePage struct {
	Frame
	Form   form
	Onward onward
}

func (s *server) codeForm(c echo.Context) error {
	if !actor(c).Pending {
		return c.Redirect(http.StatusSeeOther, safeNext(c.QueryParam("next")))
	}
	return s.render(c, http.StatusOK, "code", codePage{s.frame(""), newForm("code"), onward{Next: safeNext(c.QueryParam("next"))}})
}

// code takes the second factor. Each code works once, of whoever shows it first.
func (s *server) code(c echo.Context) error {
	a, on := actor(c), onwardOf(c)
	if !a.Pending {
		return s.leadOn(c, on)
	}
	token, err := s.checkCode(c, a, typedCode(c.Request().PostForm.Get("code")))
	if err != nil {
		return s.formAgain(c, "code", err, newForm("code"), func(f form) any { return codePage{s.frame(""), f, on} })
	}
	if err := s.begin(c, token); err != nil {
		return err
	}
	return s.leadOn(c, on)
}

func (s *server) checkCode(c echo.Context, a account.Actor, code string) (token string, err error) {
	ctx, now := c.Request().Context(), s.Now()
	if err := s.attempts.take(c.RealIP(), now); err != nil {
		return "", err
	}
	if _, err := s.Store.Attempt(ctx, a.User.Name, s.device(c), now); err != nil {
		return "", err
	}
	secret, last, err := s.Store.TOTPSecret(ctx, a.User.ID)
	if err != nil {
		return "", err
	}
	step, right := account.CheckTOTP(secret, code, last, now)
	if !right {
		if err := s.Store.FailedSignIn(ctx, a.User, "code", act(c), now); err != nil {
			return "", err
		}
		return "", wrong("code", "验证码不正确或已用过，请输入应用里最新的一个")
	}
	token, err = s.Store.FinishSecondFactor(ctx, a, step, s.device(c), now)
	if err == nil {
		s.attempts.giveBack(c.RealIP())
	}
	return token, err
}

// typedCode brings a code to plain digits: people type it in groups and with a full-width keyboard.
func typedCode(text string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(text)), "")
}

// logout ends the session here and in the database, and asks the browser to forget the pages it has seen.
func (s *server) logout(c echo.Context) error {
	a := actor(c)
	if err := s.Store.EndSession(c.Request().Context(), a.User.ID, a.Session, act(c), s.Now()); err != nil {
		return err
	}
	s.setCookie(c, sessionName, "", 0)
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect(http.StatusSeeOther, "/login?notice=out")
}

type confirmPage struct {
	Frame
	Form   form
	Onward onward
}

func (s *server) confirmForm(c echo.Context) error {
	return s.render(c, http.StatusOK, "confirm", confirmPage{s.frame(""), newForm("password"), onward{Next: safeNext(c.QueryParam("next"))}})
}

// confirm takes the password again, for what is asked for it.
func (s *server) confirm(c echo.Context) error {
	a, on := actor(c), onwardOf(c)
	err := s.checkOwnPassword(c, "password")
	if err == nil {
		err = s.Store.ConfirmSession(c.Request().Context(), a, s.Now())
	}
	if err != nil {
		return s.formAgain(c, "confirm", err, newForm("password"), func(f form) any { return confirmPage{s.frame(""), f, on} })
	}
	a.Confirmed = s.Now()
	s.become(c, a)
	return s.leadOn(c, on)
}

// checkOwnPassword asks for the password of who is signed in already, as strictly as signing in does: an open session must not
// be a place to guess it.
func (s *server) checkOwnPassword(c echo.Context, field string) error {
	_, err := s.checkPassword(c, actor(c).User.Name, c.Request().PostForm.Get(field))
	if fault.KindOf(err) == fault.Invalid {
		return wrong(field, "口令不正确")
	}
	return err
}
