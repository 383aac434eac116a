package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
)

// home leads each role to what it needs first.
func (s *server) home(c echo.Context) error {
	if actor(c).User.Role == account.Manager {
		return s.managerHome(c)
	}
	return c.Redirect(http.StatusSeeOther, homeOf(actor(c).User.Role))
}

func homeOf(role account.Role) string {
	switch role {
	case account.Inspector:
		return "/sections?flagged=1"
	case account.Health:
		return "/sections?positive=1"
	case account.Leader:
		return "/totals"
	case account.Admin:
		return "/users"
	}
	return "/sections"
}
