package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/fault"
	"fugong/internal/paper"
)

// paperCheckPage asks for the number of a paper.
type paperCheckPage struct {
	Frame
	Form form
}

// paperCheckRoutes are for those who hold papers: numbers can be counted through, so that not everybody may look by them.
func paperCheckRoutes() []Route {
	return []Route{{http.MethodGet, "/verify", Policy{Roles: issuers(), Scope: ScopeOwn}, (*server).checkPaper}}
}

var digits = regexp.MustCompile(`\d+`)

// checkPaper leads from the number of a paper to the page that its code leads to.
func (s *server) checkPaper(c echo.Context) error {
	p := paperCheckPage{Frame: s.frame("verify"), Form: newForm("number")}
	number := c.QueryParam("number")
	if number == "" {
		return s.render(c, http.StatusOK, "papercheck", p)
	}
	to, err := s.paperAddress(c, number)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, to)
	}
	refused, status, err := p.Form.with("number", number).refused(err)
	if err != nil {
		return err
	}
	p.Form = refused
	return s.render(c, status, "papercheck", p)
}

// paperAddress finds the paper of a number: a year and a place within it, whatever stands around them.
func (s *server) paperAddress(c echo.Context, number string) (string, error) {
	parts := digits.FindAllString(number, -1)
	if len(parts) < 2 {
		return "", wrong("number", "请填写年份和编号，如 2022-000015")
	}
	year, first := strconv.Atoi(parts[0])
	place, second := strconv.Atoi(parts[len(parts)-1])
	unknown := wrong("number", "没有这个编号的核查表，或不在所辖范围内")
	if first != nil || second != nil || year > 9999 || place > 999_999_999 {
		return "", unknown
	}
	p, err := s.Store.PaperByNumber(c.Request().Context(), within(c), year, place)
	if fault.KindOf(err) == fault.NotFound {
		return "", unknown
	}
	if err != nil {
		return "", err
	}
	return "/v/" + p.Content.ID + "?" + url.Values{"h": {paper.Proof(p.Hash)}}.Encode(), nil
}
