package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/fault"
	"fugong/internal/store"
)

const (
	actorKey     = "actor"
	apiPrefix    = "/api/"
	deviceLife   = 365 * 24 * time.Hour
	sessionName  = "fugong"
	deviceName   = "fugong-device"
	hostPrefix   = "__Host-" // a browser takes such a cookie only over TLS, from this very host, for all of its paths
	bearerPrefix = "Bearer "
)

// actor is who makes the request, the zero Actor for nobody who has signed in.
func actor(c echo.Context) account.Actor {
	a, _ := c.Get(actorKey).(account.Actor)
	return a
}

// act begins the audit entry of what the request does.
func act(c echo.Context) audit.Act {
	a := store.By(actor(c))
	a.RequestID, _ = c.Get(requestIDName).(string)
	a.Address = c.RealIP()
	return a
}

// elsewhere says that something has to be done on another page first; an API call is refused with the reason.
type elsewhere struct {
	to     string
	status int // of an API call
	reason string
}

func (e elsewhere) Error() string { return e.reason }

// identify finds out who makes the request, by its session cookie or, for the API, its bearer token. Role, scope and state are
// read anew each time. It returns a fault.Unauthenticated for nobody.
func (s *server) identify(c echo.Context) (account.Actor, error) {
	if a := actor(c); a.User.ID != 0 {
		return a, nil
	}
	a, err := s.whoever(c.Request())
	if err != nil {
		return account.Actor{}, err
	}
	a = s.become(c, a)
	if err := s.Store.TouchSession(c.Request().Context(), a, s.Now()); err != nil { // a full disk must not lock readers out
		s.Log.WarnContext(c.Request().Context(), "use of session not noted", slog.Any("error", err))
	}
	return a, nil
}

// become says who makes the request from here on.
func (s *server) become(c echo.Context, a account.Actor) account.Actor {
	a.Address, a.Device = c.RealIP(), s.device(c)
	a.RequestID, _ = c.Get(requestIDName).(string)
	c.Set(actorKey, a)
	return a
}

func (s *server) whoever(r *http.Request) (account.Actor, error) {
	if header := r.Header.Get(echo.HeaderAuthorization); header != "" && strings.HasPrefix(r.URL.Path, apiPrefix) {
		token, isBearer := strings.CutPrefix(header, bearerPrefix)
		if !isBearer {
			return account.Actor{}, fault.New(fault.Unauthenticated, "Authorization 应为 Bearer 令牌")
		}
		return s.Store.TokenActor(r.Context(), account.HashToken(token), s.Now())
	}
	cookie, err := r.Cookie(s.cookieName(r, sessionName))
	if err != nil {
		return account.Actor{}, fault.New(fault.Unauthenticated, "请先登录")
	}
	return s.Store.SessionActor(r.Context(), account.HashToken(cookie.Value), s.Now())
}

// admit enforces a route's policy on whoever makes the request, before anything else is looked at. All that is missing and all
// that is not for the role is answered alike whatever the address names, so that nobody learns what exists.
func (s *server) admit(c echo.Context, p Policy) error {
	if slices.Contains(p.Roles, Anyone) {
		return nil
	}
	a, err := s.identify(c)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated:
		return elsewhere{"/login" + nextQuery(c.Request()), http.StatusUnauthorized, err.Error()}
	case err != nil:
		return err
	case a.Pending && !p.Pending:
		return elsewhere{"/login/code" + nextQuery(c.Request()), http.StatusUnauthorized, "还没有输入动态验证码"}
	case !slices.Contains(p.Roles, a.User.Role):
		return s.deny(c, "这个页面不属于您的角色。")
	case a.ReadOnly && !safeMethod(c.Request().Method):
		return s.deny(c, "这个令牌只能读取。")
	case s.mustEnrol(a.User) && !p.Pending && !p.Enrolling:
		return elsewhere{factorPath, http.StatusForbidden, "您的角色须先启用动态验证码"}
	}
	return nil
}

// deny refuses an actor and writes it down.
func (s *server) deny(c echo.Context, why string) error {
	denied := act(c).Doing("access.deny", "route", c.Request().Method+" "+c.Path(), nil)
	if err := s.Store.Audit(c.Request().Context(), denied, s.Now()); err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "%s", why)
}

// mustEnrol reports whether a user's role asks for a second factor that the user has not got yet.
func (s *server) mustEnrol(u account.User) bool {
	return !u.TOTP && slices.Contains(s.TOTPRoles, u.Role)
}

// confirmed asks for the password again where a policy wants it given within the last minutes.
func (s *server) confirmed(c echo.Context, p Policy) error {
	if !p.Fresh || actor(c).RecentlyConfirmed(s.Now()) {
		return nil
	}
	next := c.Request().PostForm.Get("next")
	if safeMethod(c.Request().Method) {
		next = c.Request().URL.RequestURI()
	}
	return elsewhere{"/confirm?" + url.Values{"next": {safeNext(next)}}.Encode(), http.StatusForbidden, "须先重新输入口令"}
}

// nextQuery carries the page that was asked for through signing in.
func nextQuery(r *http.Request) string {
	next := safeNext(r.URL.RequestURI())
	if !safeMethod(r.Method) || next == "/" {
		return ""
	}
	return "?" + url.Values{"next": {next}}.Encode()
}

// cookieName is a cookie's name; over TLS one that nobody but this host can set.
func (s *server) cookieName(r *http.Request, name string) string {
	if s.proxies.secure(r) {
		return hostPrefix + name
	}
	return name
}

func (s *server) setCookie(c echo.Context, name, value string, life time.Duration) {
	cookie := &http.Cookie{ // #nosec G124 -- Secure wherever there is TLS; on a plain trial a browser would drop it
		Name: s.cookieName(c.Request(), name), Value: value, Path: "/", HttpOnly: true,
		Secure: s.proxies.secure(c.Request()), SameSite: http.SameSiteLaxMode, MaxAge: int(life / time.Second)}
	if value == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
}

// enter gives the browser the token of a new session. What session it had before is over: a token planted in somebody's
// browser is worth nothing after signing in.
func (s *server) enter(c echo.Context, u account.User, pending bool) error {
	ctx := c.Request().Context()
	if old, err := s.whoever(c.Request()); err == nil && old.Session != "" {
		ending := act(c)
		ending.Actor, ending.Role = old.User.Name, string(old.User.Role)
		if err := s.Store.EndSession(ctx, old.User.ID, old.Session, ending, s.Now()); err != nil {
			return err
		}
	}
	info := account.SessionInfo{Address: c.RealIP(), Agent: c.Request().UserAgent(), Device: s.device(c), Pending: pending}
	token, err := s.Store.StartSession(ctx, u, info, act(c), s.Now())
	if err != nil {
		return err
	}
	return s.begin(c, token)
}

// begin gives the browser the token of a session, in which the request goes on.
func (s *server) begin(c echo.Context, token string) error {
	a, err := s.Store.SessionActor(c.Request().Context(), account.HashToken(token), s.Now())
	if err != nil {
		return err
	}
	a = s.become(c, a)
	s.setCookie(c, sessionName, token, 0)
	if !a.Pending {
		s.setCookie(c, deviceName, s.Store.DeviceCookie(a.User), deviceLife)
	}
	return nil
}

func (s *server) device(c echo.Context) string {
	cookie, err := c.Cookie(s.cookieName(c.Request(), deviceName))
	if err != nil {
		return ""
	}
	return cookie.Value
}
