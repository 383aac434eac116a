package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// tubeResultPage registers the one result of a tube for everybody whose sample is in it.
type tubeResultPage struct {
	entryFrame
	Tube      tubeRow
	Members   []screening.ResultRecord
	Outcome   choices
	When      moment
	TubesURL  string
	Confirmed string // the outcome that was asked about once already
}

func tubeResultFields() form {
	return newForm("outcome", "at", "lab").called("outcome", "tube.outcome", "at", "tube.reported", "lab", "tube.lab")
}

func (s *server) tubeResultForm(c echo.Context) error {
	about, records, err := s.tubeIn(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "tube", s.tubeResultPage(c, about, records, tubeResultFields()))
}

// tubeIn finds the tube that the address names; a fault.NotFound when nobody of the section has a sample in it.
func (s *server) tubeIn(c echo.Context) (site.Section, []screening.ResultRecord, error) {
	_, about, err := s.sectionBrief(c)
	if err != nil {
		return about, nil, err
	}
	code, err := tubeCode(c)
	if err != nil {
		return about, nil, err
	}
	records, err := s.Store.TubeOf(c.Request().Context(), within(c), about.Code, code)
	if err == nil && len(records) == 0 {
		err = fault.New(fault.NotFound, "no tube %q", code)
	}
	return about, records, err
}

func (s *server) tubeResultPage(c echo.Context, about site.Section, records []screening.ResultRecord, f form) tubeResultPage {
	w := s.words(c)
	p := tubeResultPage{entryFrame: s.entryFrame(about, f), Members: records, TubesURL: sectionURL(about.Code) + "/tubes", When: s.moment(f, w.T("tube.reported"))}
	p.Tube = tubeRow{Code: records[0].Result.Tube, SampledAt: records[0].Result.SampledAt, URL: p.TubesURL + "/" + url.PathEscape(records[0].Result.Tube)}
	for i := range records {
		p.Tube.take(records[i].Result)
	}
	var all []choice
	for _, o := range []screening.Outcome{screening.Negative, screening.Positive, screening.Suspect, screening.Invalid} {
		all = append(all, choice{Value: o.String(), Label: w.Word("outcome", o.String())})
	}
	p.Outcome = f.pick("outcome", w.T("tube.outcome"), all)
	return p
}

// tubeResult writes the result into the rows of all its members. What is not a negative is asked about once.
func (s *server) tubeResult(c echo.Context) error {
	about, records, err := s.tubeIn(c)
	if err != nil {
		return err
	}
	sent := c.Request().PostForm
	outcome := sent.Get("outcome")
	err = given(sent, "outcome")
	if err == nil && outcome != screening.Negative.String() && sent.Get("confirm") != outcome {
		err = wrong("outcome", s.words(c).T("tube.sure"))
	}
	if err == nil {
		_, err = s.record(c, entry{kind: "results", rows: s.resultRows(c, records, s.Now()),
			field: columnFields("outcome", map[string]string{"报告时间": "at", "检测机构": "lab"})})
	}
	if err != nil {
		return s.formAgain(c, "tube", err, tubeResultFields().filled(c, "outcome", "when", "at", "lab"), func(f form) any {
			p := s.tubeResultPage(c, about, records, f)
			p.entryFrame, p.Confirmed = p.again(c, f, err), outcome
			return p
		})
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(about.Code)+"/tubes?"+url.Values{"done": {records[0].Result.Tube}}.Encode())
}

// resultRows lays the result over the samples as they are registered.
func (s *server) resultRows(c echo.Context, records []screening.ResultRecord, now calendar.Instant) [][]string {
	sent := c.Request().PostForm
	var rows [][]string
	for _, r := range records {
		cells := map[string]string{}
		for i, text := range screening.ResultCells(r, s.Loc) {
			cells[screening.ResultColumns[i].Name] = text
		}
		cells["检测结果"], cells["报告时间"] = sent.Get("outcome"), s.momentText(c, now)
		if lab := sent.Get("lab"); lab != "" {
			cells["检测机构"] = lab
		}
		rows = append(rows, rowOf(screening.ResultColumns, cells))
	}
	return rows
}
