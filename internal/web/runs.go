package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
)

// runsShown is how many runs of each job the page lists.
const runsShown = 50

type runsPage struct {
	Frame
	Rows []runRow
}

type runRow struct {
	Job, Note, Took                 string
	Slot, Finished                  calendar.Instant
	Judged, Changed, Failed, Missed int
}

func (s *server) runs(c echo.Context) error {
	runs, err := s.Store.Runs(c.Request().Context(), runsShown)
	if err != nil {
		return err
	}
	p := runsPage{Frame: s.frame("runs")}
	for _, r := range runs {
		row := runRow{Job: r.Job, Slot: r.Slot, Finished: r.FinishedAt, Note: r.Note, Judged: r.Judged, Changed: r.Changed, Failed: r.Failed, Missed: r.Missed}
		if r.FinishedAt != 0 {
			row.Took = strconv.FormatFloat(r.FinishedAt.Sub(r.ClaimedAt).Seconds(), 'f', 1, 64) + " s"
		}
		p.Rows = append(p.Rows, row)
	}
	return s.render(c, http.StatusOK, "runs", p)
}
