package web

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"
)

const requestIDName = "request_id"

func (s *server) requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()[:12]
		c.Set(requestIDName, id)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

// logRequests writes one line a request: the route, never the query, which may name people.
func (s *server) logRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := s.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		s.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request", slog.String("method", c.Request().Method),
			slog.String("route", c.Path()), slog.Int("status", c.Response().Status),
			slog.Duration("took", s.Now().Sub(begun)), slog.Any(requestIDName, c.Get(requestIDName)))
		return nil
	}
}

func (s *server) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// securityHeaders sets what browsers are asked to hold us to. The layout loosens no-referrer to same-origin for what a page of
// ours sends: without it a browser gives the origin of our own forms as null and, where there is no TLS, nothing else by which
// they could be told from those of others.
func (s *server) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "+
			"connect-src 'self'; form-action 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if s.proxies.secure(c.Request()) {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// onlyOwnNames refuses requests addressed to another host than the base URL names: a page elsewhere could point its own name
// at this machine, and links are built from the name that was asked for. Whether the program is up may be asked by any name.
func (s *server) onlyOwnNames(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if probe := c.Path() == "/healthz" || c.Path() == "/readyz"; !probe && !s.proxies.names(c.Request().Host) {
			return echo.NewHTTPError(http.StatusMisdirectedRequest, "请用 "+s.proxies.base.Host+" 访问本系统。")
		}
		return next(c)
	}
}
