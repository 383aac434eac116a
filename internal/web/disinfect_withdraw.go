package web

import (
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/locale"
	"fugong/internal/site"
	"fugong/internal/store"
)

// withdrawPath is where an entry of today is taken back.
const withdrawPath = disinfectPath + "/withdraw"

// longestWithdrawal is how many characters a reason may have.
const longestWithdrawal = 200

// reasons are those to tap for which an entry is taken back.
func reasons(f form, w locale.Words) choices {
	all := offered([]string{w.T("disinfect.wrong_area"), w.T("disinfect.wrong_time"), w.T("disinfect.twice")})
	return f.orOther(f.pick("reason", w.T("disinfect.reason"), all))
}

// withdrawDisinfection takes an entry of today back that should not be there at all: at another door, at another time, or twice.
func (s *server) withdrawDisinfection(c echo.Context) error {
	d, err := s.doorIn(c)
	if err != nil {
		return err
	}
	sent := c.Request().PostForm
	at, err := fixed(sent.Get("fix"))
	if err != nil {
		return err
	}
	reason := answered(sent, "reason")
	if n := utf8.RuneCountInString(reason); n == 0 || n > longestWithdrawal {
		err = wrong("reason", "请写明撤回的原因，最多 200 字")
	} else {
		err = s.withdraw(c, store.Withdrawal{Section: d.Section.Code, Area: d.area, At: at, Since: s.todayBegan(d.Examined), Reason: reason,
			Loc: s.Loc, Act: act(c), Now: s.Now()})
	}
	if err != nil {
		return s.withdrawAgain(c, err, d)
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(d.Section.Code)+"/areas?"+url.Values{"withdrawn": {d.area.Code}}.Encode())
}

// fixed reads the name of an entry, whether it is still there or not: who sends the form again must get the answer again.
func fixed(name string) (calendar.Instant, error) {
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "no disinfection %q", name)
	}
	return calendar.Instant(n), nil
}

func (s *server) withdraw(c echo.Context, w store.Withdrawal) error {
	request, err := formRequest(c, "withdraw")
	if err != nil {
		return err
	}
	id, err := s.Store.WithdrawDisinfection(c.Request().Context(), within(c), w, request)
	if err != nil {
		return usedUp(err)
	}
	s.judgeSections(c.Request().Context(), []site.SectionID{id})
	return nil
}

// withdrawAgain shows the form once more with what is wrong with it.
func (s *server) withdrawAgain(c echo.Context, err error, d doorway) error {
	fix, gone := s.toFix(c, d, c.Request().PostForm.Get("fix"))
	if gone != nil {
		return gone
	}
	f := disinfectFields().as(fix.Entry).filled(c, "reason", "reason_other")
	if fix.over() {
		err = dayOver()
	}
	return s.disinfectAgain(c, err, d, fix, f)
}
