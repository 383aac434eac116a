package web

import (
	"encoding/base32"
	"html/template"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/fault"
)

const issuer = "复工台账"

type totpPage struct {
	Frame
	Form            form
	Secret, Grouped string
	Address         template.URL // otpauth:…, which the template would not let into a link otherwise
	Must            bool
	Onward          onward
}

// factorPath is where the second factor is switched on, which is a page to pass for roles that must have one.
const factorPath = "/account/totp"

// totpForm offers a new secret. It counts only once a code from it was shown.
func (s *server) totpForm(c echo.Context) error {
	return s.render(c, http.StatusOK, "totp", s.totpPage(c, newForm("code"), account.NewTOTP(), onward{Next: factorPath}))
}

func (s *server) totpPage(c echo.Context, f form, secret string, on onward) totpPage {
	a := actor(c)
	return totpPage{s.frame("account"), f, secret, grouped(secret),
		template.URL(account.TOTPAddress(issuer, a.User.Name, secret)), s.mustEnrol(a.User), on} // #nosec G203 -- built from escaped parts
}

// grouped writes a secret in fours, as people type it.
func grouped(secret string) string {
	var text []byte
	for i := range len(secret) {
		if i > 0 && i%4 == 0 {
			text = append(text, ' ')
		}
		text = append(text, secret[i])
	}
	return string(text)
}

func (s *server) enrolTOTP(c echo.Context) error {
	secret, now, on := c.Request().PostForm.Get("secret"), s.Now(), onwardOf(c)
	if raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret); err != nil || len(raw) != 20 {
		return echo.NewHTTPError(http.StatusBadRequest, "表单不完整，请重新打开启用动态验证码的页面。")
	}
	a := actor(c)
	if a.User.TOTP {
		return fault.New(fault.Conflict, "动态验证码已经启用；要换一个，请先停用")
	}
	step, right := account.CheckTOTP(secret, typedCode(c.Request().PostForm.Get("code")), 0, now)
	if !right {
		err := wrong("code", "验证码不正确：请确认手机时间准确，输入应用里最新的一个")
		return s.formAgain(c, "totp", err, newForm("code"), func(f form) any { return s.totpPage(c, f, secret, on) })
	}
	if err := s.Store.SetTOTP(c.Request().Context(), a, secret, step, now); err != nil {
		return err
	}
	if on.Unsent != "" {
		a.User.TOTP = true
		s.become(c, a)
		return s.leadOn(c, on)
	}
	return c.Redirect(http.StatusSeeOther, "/account?notice=totp")
}

// removeTOTP takes the second factor away from an account whose password is good enough without one.
func (s *server) removeTOTP(c echo.Context) error {
	a := actor(c)
	err := s.mayRemoveTOTP(c, a.User)
	if err == nil {
		err = s.Store.SetTOTP(c.Request().Context(), a, "", 0, s.Now())
	}
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/account?notice=no-totp")
	}
	p, pageErr := s.accountPage(c)
	if pageErr != nil {
		return pageErr
	}
	return s.formAgain(c, "account", err, newForm("current"), func(f form) any { p.Factor = f; return p })
}

func (s *server) mayRemoveTOTP(c echo.Context, u account.User) error {
	if slices.Contains(s.TOTPRoles, u.Role) {
		return fault.New(fault.Conflict, "您的角色必须使用动态验证码；手机遗失请找管理员")
	}
	if err := s.checkOwnPassword(c, "current"); err != nil {
		return err
	}
	if err := s.Store.ConfirmSession(c.Request().Context(), actor(c), s.Now()); err != nil {
		return err
	}
	if account.ValidatePassword(u.Name, c.Request().PostForm.Get("current"), false) != nil {
		return wrong("current", "现在的口令太短，没有动态验证码就不够安全；请先修改口令")
	}
	return nil
}
