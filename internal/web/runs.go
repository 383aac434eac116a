package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// runsShown is how many runs of each job the page lists.
const runsShown = 50

type runsPage struct {
	Frame
	Rows []runRow
}

type runRow struct {
	Job, Slot, Finished, Note       string
	Judged, Changed, Failed, Missed int
}

func (s *server) runs(c echo.Context) error {
	runs, err := s.Store.Runs(c.Request().Context(), runsShown)
	if err != nil {
		return err
	}
	p := runsPage{Frame: s.frame("runs")}
	for _, r := range runs {
		p.Rows = append(p.Rows, runRow{jobWord(r.Job), s.minute(r.Slot), s.minute(r.FinishedAt), r.Note, r.Judged, r.Changed, r.Failed, r.Missed})
	}
	return s.render(c, http.StatusOK, "runs", p)
}

func jobWord(name string) string {
	switch name {
	case "full":
		return "全部标段"
	case "due":
		return "到期标段"
	}
	return name
}
