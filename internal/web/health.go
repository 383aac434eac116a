package web

import (
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz tells whether database, key and disk are usable; what exactly is wrong goes to the log, not to strangers.
func (s *server) readyz(c echo.Context) error {
	if err := s.Ready(c.Request()); err != nil {
		s.Log.WarnContext(c.Request().Context(), "not ready", slog.Any("error", err))
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
