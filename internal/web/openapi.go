package web

import (
	_ "embed"
	"net/http"

	"github.com/labstack/echo/v4"
)

// openAPI describes the programming interface. Tests hold it against the table of routes and against real answers.
//
//go:embed openapi.json
var openAPI []byte

func (s *server) apiDescription(c echo.Context) error {
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, openAPI)
}
