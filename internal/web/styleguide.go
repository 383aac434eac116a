package web

import (
	"html/template"
	"net/http"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
)

// styleguidePage shows each component of the stylesheet in its states, for whoever changes it: what is looked at first. What pages
// share is drawn by the same partials, of made-up values.
type styleguidePage struct {
	Frame
	Form     form
	Charts   guideCharts
	Open     []findingRow
	Met      template.HTML
	Step     stepView
	Grid     areaGrid
	Rooms    []roomCard
	Choices  []choices
	When     moment
	Links    []entryLink
	Route    routePanel
	Papers   papersCard
	Problems problemList
	Values   []valueGroup
	Leaf     leaf
	Keys     []shortcut
	Team     string
	Teams    []string
	Key      string
}

// guideCharts are the figures that the server draws.
type guideCharts struct{ Strip, Small, Rates, Counts, Trend, Tiles, NoData template.HTML }

// Verdicts are the states of a verdict, the one not given first.
func (p styleguidePage) Verdicts() []string { return []string{"", "met", "conditional", "unmet"} }

// Statuses are those of a criterion.
func (p styleguidePage) Statuses() []string { return []string{"pass", "warn", "fail", "na", "unknown"} }

// Levels are those of a section.
func (p styleguidePage) Levels() []string { return []string{"serious", "warning", "ok", "nodata"} }

// PhotoStates are those of a photo on the phone.
func (p styleguidePage) PhotoStates() []string { return []string{"waiting", "sent", "refused"} }

// Counts are what became of the rows of a file.
func (p styleguidePage) Counts() any {
	return struct{ Accepted, Duplicate, Quarantined, Rejected int }{186, 9, 3, 1}
}

// Field makes a field of text, in order or refused as the form says.
func (p styleguidePage) Field(name, label string) Input {
	return p.Form.Input(name, label, "text", "off", "")
}

// Listed is a field that offers what others typed before.
func (p styleguidePage) Listed() field {
	return field{Name: "listed", Label: "A-101", List: []string{"A-101", "A-102"}}
}

// Time is a field of a day and a time that came back.
func (p styleguidePage) Time() field {
	return field{Name: "time", Label: "A-102", Value: "2022-05-06T08:00", Wrong: "没有填写"}
}

func styleguideRoutes() []Route {
	return []Route{{http.MethodGet, "/styleguide", Policy{Roles: account.Roles(), Scope: ScopeNone}, (*server).styleguide}}
}

func (s *server) styleguide(c echo.Context) error {
	w := s.words(c)
	f, _, err := newForm("right", "wrong", "at").with("right", "186").with("wrong", "18b").refused(wrong("wrong", "应为导入的编号"))
	if err != nil {
		return err
	}
	met, err := s.drawMet(w, guideMet(w))
	if err != nil {
		return err
	}
	p := styleguidePage{Frame: s.frame(""), Form: f, Charts: newGuideCharts(w), Open: guideFindings(w), Met: met, Step: guideStep(w), Grid: guideGrid(), Rooms: guideRooms(),
		Choices: guideChoices(w), When: s.moment(f.with("when", "earlier"), w.T("styleguide.text")), Route: guideRoute(), Papers: guidePapers(), Problems: guideProblems(),
		Values: []valueGroup{{"tests", []valueRow{{"nat_valid_h", "48", "A-1"}}}}, Leaf: leaf{Total: 120, From: 51, To: 100, Before: "#main", After: "#main"}, Keys: sectionKeys(),
		Teams: []string{"A", "B"}, Team: "B"}
	for _, page := range []string{"areas", "temperatures", "tubes", "people", "beds", "checklists", "documents"} {
		p.Links = append(p.Links, entryLink{page, "#main"})
	}
	return s.render(c, http.StatusOK, "styleguide", p)
}
