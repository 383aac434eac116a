package web

import (
	"fmt"
	"html/template"
	"net/http"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/chart"
)

// styleguidePage shows each component of the stylesheet in its states, for whoever changes it: what is looked at first.
type styleguidePage struct {
	Frame
	Form          form
	Strip, Small  template.HTML
	Tiles, NoData template.HTML
}

// Verdicts are the states of a verdict, the one not given first.
func (p styleguidePage) Verdicts() []string { return []string{"", "met", "conditional", "unmet"} }

// Statuses are those of a criterion.
func (p styleguidePage) Statuses() []string { return []string{"pass", "warn", "fail", "na", "unknown"} }

// Levels are those of a section.
func (p styleguidePage) Levels() []string { return []string{"serious", "warning", "ok", "nodata"} }

// Right is a field in order, Wrong one that came back.
func (p styleguidePage) Right() Input { return p.Form.Input("right", "A-101", "text", "off", "") }

// Wrong is a field that came back with what was typed.
func (p styleguidePage) Wrong() Input { return p.Form.Input("wrong", "A-102", "text", "off", "") }

func styleguideRoutes() []Route {
	return []Route{{http.MethodGet, "/styleguide", Policy{Roles: account.Roles(), Scope: ScopeNone}, (*server).styleguide}}
}

func (s *server) styleguide(c echo.Context) error {
	w := s.words(c)
	f, _, err := newForm("right", "wrong").with("right", "186").with("wrong", "18b").refused(wrong("wrong", "应为导入的编号"))
	if err != nil {
		return err
	}
	strip := chart.Strip{Said: chart.Said{Label: w.T("styleguide.strip")}}
	for i := range 14 {
		strip.Days = append(strip.Days, chart.Day{Label: fmt.Sprint(i + 1), Mark: chart.Mark(i % 5)})
	}
	small := strip
	small.Small = true
	tiles := chart.Tiles{Said: chart.Said{Label: w.T("styleguide.tiles")}}
	for i, part := range []int{0, 60, 85, 93, 100} {
		tiles.Tiles = append(tiles.Tiles, chart.Tile{Rate: chart.Rate{Name: fmt.Sprintf("A-%d", i), Part: part, Whole: min(100, part*100)}})
	}
	return s.render(c, http.StatusOK, "styleguide", styleguidePage{s.frame(""), f, strip.SVG(), small.SVG(), tiles.SVG(), chart.Strip{}.SVG()})
}
