package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// tubePage registers that several people were sampled into one tube. The result comes later, for all of them at once.
type tubePage struct {
	entryFrame
	Team      string
	Teams     []string
	People    []candidate
	Cut       int // how many are not offered, for want of a team
	Size      choices
	When      moment
	TubesURL  string
	TubeField field
}

func tubeFields() form {
	return newForm("tube", "size", "at", "who", "point").called("tube", "tube.number", "size", "tube.size", "at", "tube.sampled", "who", "tube.people", "point", "tube.point")
}

func (s *server) tubeForm(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	f := tubeFields()
	if rows := tubeRows("", e.Snapshot.Results); len(rows) > 0 { // the same tubes are used again
		f = f.with("size", strconv.Itoa(slices.MaxFunc(rows, func(a, b tubeRow) int { return int(min(max(a.SampledAt-b.SampledAt, -1), 1)) }).Size))
	}
	return s.render(c, http.StatusOK, "tube_new", s.tubePage(s.words(c), e, f, c.QueryParam("team"), nil))
}

func (s *server) tubePage(w locale.Words, e evaluation.Examined, f form, team string, chosen []roster.WorkerID) tubePage {
	p := tubePage{entryFrame: s.entryFrame(e.Section, f), Team: team, TubesURL: sectionURL(e.Section.Code) + "/tubes", When: s.moment(f, w.T("tube.sampled"))}
	rules := e.Policy.Resolve(e.Section, site.ZoneAt(e.Snapshot.Zones, e.Section, e.At), e.At)
	for _, person := range candidates(e.Snapshot.People, e.Snapshot.Results, rules, e.At) {
		if person.Team != "" && !slices.Contains(p.Teams, person.Team) {
			p.Teams = append(p.Teams, person.Team)
		}
		person.Chosen = slices.Contains(chosen, person.ID)
		switch {
		case !person.Chosen && team != "" && person.Team != team:
		case !person.Chosen && team == "" && len(p.People) >= peopleToPick:
			p.Cut++
		default:
			p.People = append(p.People, person)
		}
	}
	slices.Sort(p.Teams)
	sizes := []choice{{Value: "1", Label: w.T("tube.size.single")}}
	for _, n := range []string{"5", "10", "20"} {
		sizes = append(sizes, choice{Value: n, Label: w.T("tube.size.of", "n", n)})
	}
	p.Size = f.pick("size", w.T("tube.size"), sizes)
	return p
}

// addTube registers the samples: a row of results for each, without a result.
func (s *server) addTube(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	sent := c.Request().PostForm
	ids, pickErr := workerIDs(sent["who"])
	rows, err := s.sampleRows(c, e.Section.Code, ids)
	if err = together(pickErr, err); err == nil {
		_, err = s.record(c, entry{kind: "results", rows: rows, field: tubeField})
	}
	if err != nil {
		f := tubeFields().filled(c, "tube", "size", "when", "at", "point")
		return s.formAgain(c, "tube_new", err, f, func(f form) any {
			p := s.tubePage(s.words(c), e, f, sent.Get("team"), ids)
			p.entryFrame = p.again(c, f, err)
			return p
		})
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(e.Section.Code)+"/tubes?"+url.Values{"done": {intake.Fold(sent.Get("tube"))}}.Encode())
}

// tubeField tells at the people that they are too many for the tube, and the rest at its own field.
func tubeField(_ int, f intake.Fault) string {
	if f.Code == intake.PoolOversize || f.Column == "证件号码" {
		return "who"
	}
	return columnFields("tube", map[string]string{"采样时间": "at", "混采人数": "size", "采样点": "point"})(0, f)
}

func (s *server) sampleRows(c echo.Context, section string, ids []roster.WorkerID) ([][]string, error) {
	form, now := c.Request().PostForm, s.Now()
	if err := together(given(form, "tube"), given(form, "size"), given(form, "who")); err != nil {
		return nil, err
	}
	numbers, err := s.numbersOn(c, section, ids)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, id := range ids {
		rows = append(rows, rowOf(screening.ResultColumns, map[string]string{"证件号码": numbers[id], "采样时间": s.momentText(c, now),
			"采样管编号": form.Get("tube"), "混采人数": form.Get("size"), "采样点": form.Get("point")}))
	}
	return rows, nil
}

// numbersOn opens the ID numbers of people of a section, to register something of them; a fault of the form when one is not of
// the section.
func (s *server) numbersOn(c echo.Context, section string, ids []roster.WorkerID) (map[roster.WorkerID]string, error) {
	numbers, err := s.Store.Numbers(c.Request().Context(), account.Scope{Sections: []string{section}}, ids)
	if err != nil {
		return nil, err
	}
	if len(numbers) < len(ids) {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "有人不在本标段，请重新勾选人员", Fields: map[string]string{"who": "有人不在本标段，请重新勾选人员"}}
	}
	return numbers, nil
}
