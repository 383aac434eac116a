package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
)

// diagPage shows what a browser can and cannot do, for whoever looks after phones: those inside other apps differ from what
// they call themselves.
type diagPage struct {
	Frame
	Agent string
	At    calendar.Instant
}

// Millis is the server's time as scripts count it.
func (p diagPage) Millis() int64 { return int64(p.At) / 1000 }

// Checks are the things that the page's script tries, in the order of the table; the key diag.<name> says what each is.
func (p diagPage) Checks() []string {
	all := []string{"secure", "worker", "kept", "locks", "uuid", "bitmap", "storage"}
	if p.Clock == "" { // under a demonstration's clock the difference says nothing of the phone
		all = append(all, "skew")
	}
	return append(all, "screen")
}

func diagRoutes() []Route {
	return []Route{{http.MethodGet, "/diag", Policy{Roles: account.Roles(), Scope: ScopeSelf}, (*server).diag}}
}

func (s *server) diag(c echo.Context) error {
	return s.render(c, http.StatusOK, "diag", diagPage{s.frame("account"), c.Request().UserAgent(), s.Now()})
}
