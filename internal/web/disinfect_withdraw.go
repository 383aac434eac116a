package web

import (
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/evaluation"
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
	e, area, err := s.areaIn(c)
	if err != nil {
		return err
	}
	sent := c.Request().PostForm
	at, err := s.madeToday(e, sent.Get("fix"))
	if err != nil {
		return err
	}
	reason := answered(sent, "reason")
	if n := utf8.RuneCountInString(reason); n == 0 || n > longestWithdrawal {
		err = wrong("reason", "请写明撤回的原因，最多 200 字")
	} else {
		err = s.withdraw(c, store.Withdrawal{Section: e.Section.Code, Area: area, At: at, Reason: reason, Loc: s.Loc, Act: act(c), Now: s.Now()})
	}
	if err != nil {
		return s.withdrawAgain(c, err, e, area)
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(e.Section.Code)+"/areas?"+url.Values{"withdrawn": {area.Code}}.Encode())
}

// madeToday reads the name of an entry of today, whether it is still there or not: who sends the form again must get the answer again.
func (s *server) madeToday(e evaluation.Examined, name string) (calendar.Instant, error) {
	n, err := strconv.ParseInt(name, 10, 64)
	at := calendar.Instant(n)
	if err != nil || calendar.On(at, s.Loc) != calendar.On(e.At, s.Loc) {
		return 0, fault.New(fault.NotFound, "no disinfection %q today", name)
	}
	return at, nil
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
func (s *server) withdrawAgain(c echo.Context, err error, e evaluation.Examined, area disinfection.Area) error {
	fix, gone := s.toFix(e, area.ID, c.Request().PostForm.Get("fix"))
	if gone != nil {
		return gone
	}
	f := disinfectFields().as(fix.Entry).filled(c, "reason", "reason_other")
	return s.formAgain(c, "disinfect", err, f, func(f form) any {
		p := s.disinfectPage(s.words(c), e, area, f)
		p.entryFrame, p.Fix = p.again(c, f, err), fix
		return p
	})
}
