package web

import (
	"github.com/labstack/echo/v4"

	"fugong/internal/account"
)

// within is what whoever asks may see.
func within(c echo.Context) account.Scope { return actor(c).Scope() }
