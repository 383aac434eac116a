package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// Route is one address of the program with its policy: who may use it, and how far he sees.
type Route struct {
	Method string   `json:"method"`
	Path   string   `json:"path"`
	Roles  []string `json:"roles"`
	Scope  string   `json:"scope"`
	handle func(*server, echo.Context) error
}

// Routes lists every address. Until there is sign-in the pages are for whoever sits at this machine (role "operator"),
// which is why the program refuses to listen anywhere else.
func Routes() []Route {
	operator, anyone := []string{"operator"}, []string{"anyone"}
	return []Route{
		{http.MethodGet, "/", operator, "district", (*server).home},
		{http.MethodGet, "/sections", operator, "district", (*server).sections},
		{http.MethodGet, "/sections/:code", operator, "district", (*server).section},
		{http.MethodGet, "/sections/:code/sheet.pdf", operator, "district", (*server).sheet},
		{http.MethodGet, "/sheets.pdf", operator, "district", (*server).sheets},
		{http.MethodGet, "/runs", operator, "district", (*server).runs},
		{http.MethodGet, "/static/:name", anyone, "none", (*server).staticFile},
		{http.MethodGet, "/healthz", anyone, "none", (*server).healthz},
		{http.MethodGet, "/readyz", anyone, "none", (*server).readyz},
	}
}
