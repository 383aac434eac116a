package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/locale"
)

// The cookies by which a browser keeps how pages shall be, for who is not signed in.
const (
	langCookie      = "fugong-lang"
	themeCookie     = "fugong-theme"
	preferencesLife = 365 * 24 * time.Hour
)

func themes() []string { return []string{"light", "dark", "auto"} }

func preferenceRoutes() []Route {
	open := Policy{Roles: []account.Role{Anyone}, Scope: ScopeNone}
	return []Route{{http.MethodPost, "/preferences", open, (*server).setPreferences}}
}

// setPreferences keeps the language or the theme that was chosen, in the browser and with the user.
func (s *server) setPreferences(c echo.Context) error {
	form := c.Request().PostForm
	lang, _ := locale.ParseLang(form.Get("lang"))
	theme := form.Get("theme")
	if !slices.Contains(themes(), theme) {
		theme = ""
	}
	if lang != "" {
		s.setCookie(c, langCookie, string(lang), preferencesLife)
	}
	if theme != "" {
		s.setCookie(c, themeCookie, theme, preferencesLife)
	}
	a, err := s.identify(c)
	if err == nil {
		err = s.Store.SetPreferences(c.Request().Context(), a.User.ID, string(lang), theme)
	}
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		return err
	}
	return c.Redirect(http.StatusSeeOther, cameFrom(c.Request()))
}

// cameFrom is the page of ours from which a request was made; the first page where the browser does not say. Other sites' pages
// never get here: the door refuses what they send.
func cameFrom(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil {
		return safeNext("")
	}
	return safeNext((&url.URL{Path: from.Path, RawPath: from.RawPath, RawQuery: from.RawQuery}).String())
}

// words speaks the language of whoever asks: the user's own, then what the browser was told here, then what it asks for.
func (s *server) words(c echo.Context) locale.Words { return s.catalogue.In(s.lang(c)) }

func (s *server) lang(c echo.Context) locale.Lang {
	if lang, ok := locale.ParseLang(actor(c).User.Lang); ok {
		return lang
	}
	if lang, ok := locale.ParseLang(s.cookieValue(c, langCookie)); ok {
		return lang
	}
	for _, tag := range strings.Split(c.Request().Header.Get("Accept-Language"), ",") {
		name, _, _ := strings.Cut(tag, ";")
		if lang, ok := locale.ParseLang(name); ok {
			return lang
		}
	}
	if lang, ok := locale.ParseLang(s.Lang); ok {
		return lang
	}
	return locale.Chinese
}

// theme is light unless another was chosen: the sun shines on sites.
func (s *server) theme(c echo.Context) string {
	for _, chosen := range []string{actor(c).User.Theme, s.cookieValue(c, themeCookie)} {
		if slices.Contains(themes(), chosen) {
			return chosen
		}
	}
	return themes()[0]
}

func (s *server) cookieValue(c echo.Context, name string) string {
	cookie, err := c.Cookie(s.cookieName(c.Request(), name))
	if err != nil {
		return ""
	}
	return cookie.Value
}
