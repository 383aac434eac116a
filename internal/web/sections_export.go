package web

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/locale"
	"fugong/internal/store"
)

// exportedAtMost is how many sections one table holds.
const exportedAtMost = 20_000

// exportSections sends the list that a page shows, all its pages, as a table.
func (s *server) exportSections(c echo.Context) error {
	d, look, w := newDeskQuery(c.QueryParams()), lensOf(actor(c).User.Role), s.words(c)
	standings, err := s.Store.Desk(c.Request().Context(), within(c), d.filter(look), 0, exportedAtMost)
	if err != nil {
		return err
	}
	titles := titlesByCode()
	rows := make([][]string, len(standings))
	for i, st := range standings {
		problems := look.problems(st.Problems)
		texts := make([]string, len(problems))
		for k, p := range problems {
			texts[k] = strings.TrimSpace(w.Text(titles[p.Code]) + " " + figureOf(p))
		}
		rows[i] = s.exportedSection(st, strings.Join(texts, "；"), w)
	}
	name := "sections"
	if d.flagged {
		name = "sections-flagged"
	}
	return s.exportTable(c, name, sectionColumns(w), rows)
}

// sectionColumns are not those of an import: what goes out here is for reading.
func sectionColumns(w locale.Words) []string {
	return []string{w.T("desk.col.level"), w.T("desk.col.verdict"), w.T("desk.col.code"), w.T("desk.col.project"), w.T("desk.col.name"), w.T("desk.col.street"),
		w.T("desk.col.contractor"), w.T("desk.col.heads"), w.T("desk.col.housed"), w.T("desk.col.problems"), w.T("desk.col.state"), w.T("desk.col.reason"), w.T("desk.col.judged")}
}

func (s *server) exportedSection(st store.Standing, problems string, w locale.Words) []string {
	verdict := "none"
	if st.Judged {
		verdict = st.Verdict.String()
	}
	return []string{w.Word("level", st.Level.String()), w.Word("verdict", verdict), st.Code, st.ProjectName, st.Name, st.Street, st.Contractor,
		strconv.Itoa(st.Headcount), strconv.Itoa(st.HousedOnSite), problems, w.Text(string(st.State)), w.Text(st.Reason), s.minute(st.EvaluatedAt)}
}
