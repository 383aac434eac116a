package web

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/fault"
)

// formTokenName is the hidden field, and formTokenHeader the header, that tells a form of ours where the browser does not say
// where a request comes from.
const (
	formTokenName   = "form_token"
	formTokenHeader = "X-Form-Token" // #nosec G101 -- the name of a header
)

// accountHeader names, percent-encoded, the user for whom a phone kept what it sends now.
const accountHeader = "X-Account"

// newCrossOrigin makes the check of Sec-Fetch-Site and Origin. Behind a proxy that changes the Host the base URL is ours too.
func newCrossOrigin(p proxies) (*http.CrossOriginProtection, error) {
	check := http.NewCrossOriginProtection()
	if p.base == nil {
		return check, nil
	}
	if err := check.AddTrustedOrigin(p.base.Scheme + "://" + p.base.Host); err != nil {
		return nil, fmt.Errorf("base URL: %w", err)
	}
	return check, nil
}

func (s *server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.crossOrigin.Check(c.Request()) != nil {
			return echo.NewHTTPError(http.StatusForbidden, "这个请求来自别的网站，没有执行。请从本系统的页面上操作。")
		}
		return next(c)
	}
}

// ownForm asks for the session's form token where a browser, too old or made to look so, says neither Sec-Fetch-Site nor
// Origin. Requests with a bearer token need none: no other site can make a browser send it.
func ownForm(r *http.Request, actor account.Actor) error {
	if safeMethod(r.Method) || actor.Session == "" || r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" {
		return nil
	}
	given := r.Header.Get(formTokenHeader)
	if given == "" {
		given = r.PostForm.Get(formTokenName)
	}
	if actor.FormToken == "" || subtle.ConstantTimeCompare([]byte(given), []byte(actor.FormToken)) != 1 {
		return echo.NewHTTPError(http.StatusForbidden, "无法确认这个请求来自本系统的页面，没有执行。请刷新页面后重试。")
	}
	return nil
}

// sameAccount holds that what a phone kept for one person, or a page that was shown to one, is not handed in by another who has
// signed in since: such a request says whose it is, and is told to sign in as long as somebody else is. Anybody may sign out.
func (s *server) sameAccount(r *http.Request, actor account.Actor, p Policy) error {
	name, err := url.PathUnescape(r.Header.Get(accountHeader))
	owner, known := s.Store.FormOwner(r.PostForm.Get(formTokenName))
	foreign := known && owner != actor.User.ID && actor.User.ID != 0 && !p.Pending
	if err != nil || name != "" && name != actor.User.Name || foreign {
		return anotherAccount()
	}
	return nil
}

func anotherAccount() error {
	return fault.New(fault.Unauthenticated, "现在登录的是另一个账号，请用原来的账号登录后再提交")
}

func safeMethod(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
