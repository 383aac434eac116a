package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"fugong/internal/roster"
)

// How many characters the reason for seeing a number has, and for how many seconds the number stands on the page.
const (
	shortestReason = 4
	longestReason  = 200
	shownFor       = "60"
)

// numberPath is where a number is asked for and shown.
const numberPath = "/sections/:code/workers/:worker/number"

// numberPage asks why somebody's ID number has to be seen, and shows it once.
type numberPage struct {
	Frame
	Form                     form
	Code, Name, Tail, Number string
	Worker                   roster.WorkerID
}

func reasonForm() form { return newForm("reason") }

func (s *server) numberForm(c echo.Context) error {
	p, err := s.numberPage(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "number", p)
}

// numberPage finds the person on a section that the one who asks may see; a fault.NotFound otherwise.
func (s *server) numberPage(c echo.Context) (numberPage, error) {
	id, err := numberParam(c, "worker")
	if err != nil {
		return numberPage{}, err
	}
	who, err := s.Store.PersonOn(c.Request().Context(), within(c), c.Param("code"), roster.WorkerID(id))
	return numberPage{Frame: s.frame("sections"), Form: reasonForm(), Code: c.Param("code"), Worker: who.ID, Name: who.Name, Tail: who.Tail}, err
}

// number shows one ID number, for a reason that goes into the audit trail with it. It stands in this one answer and nowhere else.
func (s *server) number(c echo.Context) error {
	p, err := s.numberPage(c)
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(c.Request().PostForm.Get("reason"))
	if n := utf8.RuneCountInString(reason); n < shortestReason || n > longestReason {
		err = wrong("reason", "请写明查看原因，4 至 200 个字")
	} else {
		p.Number, err = s.Store.RevealNumber(c.Request().Context(), within(c), p.Code, p.Worker, reason, act(c), s.Now())
	}
	if err != nil {
		return s.formAgain(c, "number", err, reasonForm().filled(c, "reason"), func(f form) any { p.Form = f; return p })
	}
	c.Response().Header().Set("Refresh", shownFor+"; url=/sections/"+url.PathEscape(p.Code))
	return s.render(c, http.StatusOK, "number", p)
}
