package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/store"
)

// travellers have a route of the day.
func travellers() []account.Role { return []account.Role{account.Inspector, account.District} }

// routePanel is where the user means to go today, in the order of the visits. Back is the page to come back to.
type routePanel struct {
	Shown     bool
	FormToken string
	Back      string
	Stops     []store.Standing
	SheetsURL string
}

func (s *server) routePanel(c echo.Context, back string) (routePanel, error) {
	a := actor(c)
	if !slices.Contains(travellers(), a.User.Role) {
		return routePanel{}, nil
	}
	ctx := c.Request().Context()
	codes, err := s.Store.Route(ctx, within(c), a.User.ID, calendar.On(s.Now(), s.Loc))
	if err != nil {
		return routePanel{}, err
	}
	stops, err := s.Store.Named(ctx, within(c), codes)
	if err != nil {
		return routePanel{}, err
	}
	p := routePanel{Shown: true, FormToken: a.FormToken, Back: back, Stops: stops}
	if len(codes) > 0 {
		p.SheetsURL = "/sheets.pdf?" + url.Values{"sel": codes}.Encode()
	}
	return p, nil
}

// changeRoute adds what is picked to the user's route of today, or moves or removes a stop: do is add, clear, or up, down or remove
// with a code behind a colon. Adding what is there changes nothing, so that sending it twice does no harm.
func (s *server) changeRoute(c echo.Context) error {
	form, a := c.Request().PostForm, actor(c)
	what, code, _ := strings.Cut(form.Get("do"), ":")
	d := newDeskQuery(form)
	err := s.Store.ChangeRoute(c.Request().Context(), within(c), a.User.ID, calendar.On(s.Now(), s.Loc), act(c), s.Now(), func(codes []string) []string {
		return changedRoute(codes, what, code, d.picked)
	})
	if err != nil {
		return err
	}
	if back := form.Get("next"); back != "" {
		return c.Redirect(http.StatusSeeOther, safeNext(back))
	}
	d.picked = nil
	d.page = newDeskQuery(c.QueryParams()).page
	return c.Redirect(http.StatusSeeOther, d.address())
}

func changedRoute(codes []string, what, code string, picked []string) []string {
	at := slices.Index(codes, code)
	switch {
	case what == "clear":
		return nil
	case what == "remove" && at >= 0:
		return slices.Delete(codes, at, at+1)
	case what == "up" && at > 0:
		codes[at-1], codes[at] = codes[at], codes[at-1]
	case what == "down" && at >= 0 && at+1 < len(codes):
		codes[at+1], codes[at] = codes[at], codes[at+1]
	case what == "" || what == "add":
		for _, more := range picked {
			if !slices.Contains(codes, more) {
				codes = append(codes, more)
			}
		}
	}
	return codes
}
