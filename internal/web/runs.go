package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/schedule"
	"fugong/internal/store"
)

// runsShown is how many runs of each job the page lists.
const runsShown = 50

// fullJob is the job that judges every section.
const fullJob = "full"

type runsPage struct {
	Frame
	listFiles
	Own    *ownPart // of who does not see the whole district
	Last   *runRow  // of all sections, the last that came to its end
	Missed int      // slots that passed while nothing ran, of the runs listed
	Failed int      // runs that failed, or in which something did
	Rows   []runRow // in which something came about, the last first
	Quiet  []runRow // the others
}

// ownPart is how far the sections that one sees have come.
type ownPart struct{ Sections, Unjudged int }

// runRow is a run. Of who sees a part of the district it tells what changed there; Failed is then 1 where anything failed.
type runRow struct {
	schedule.Run
	Took            string
	Raised, Cleared int // flags, in the own part
}

// failed reports whether a run came to grief: what is noted of a run is an error or what an inspection found wrong.
func (r runRow) failed() bool { return r.Failed > 0 || r.Note != "" }

// quiet reports whether a run came to its end with nothing to tell.
func (r runRow) quiet() bool {
	return r.FinishedAt != 0 && r.Judged == 0 && r.Changed == 0 && r.Missed == 0 && !r.failed()
}

func (s *server) runs(c echo.Context) error {
	p, err := s.runsPage(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "runs", p)
}

func (s *server) runsPage(c echo.Context) (runsPage, error) {
	p := runsPage{Frame: s.frame("runs"), listFiles: filesOf("/runs", nil)}
	if !within(c).Everywhere {
		err := s.ownRuns(c, &p)
		return p, err
	}
	runs, err := s.Store.Runs(c.Request().Context(), runsShown)
	for _, r := range runs {
		p.add(newRunRow(r))
	}
	return p, err
}

// ownRuns are the runs that judged, for who sees a part of the district: what they did elsewhere is not told.
func (s *server) ownRuns(c echo.Context, p *runsPage) error {
	ctx := c.Request().Context()
	runs, err := s.Store.Judgings(ctx, within(c), runsShown)
	if err != nil {
		return err
	}
	p.Own = &ownPart{}
	for _, r := range runs {
		p.add(newOwnRow(r))
	}
	if p.Last == nil {
		return nil
	}
	judged, all, err := s.Store.JudgedSince(ctx, within(c), p.Last.ClaimedAt)
	p.Own = &ownPart{Sections: all, Unjudged: all - judged}
	return err
}

func newOwnRow(j store.Judging) runRow {
	run := schedule.Run{Job: j.Job, Slot: j.Slot, ClaimedAt: j.ClaimedAt, FinishedAt: j.FinishedAt, Before: j.Before, Missed: j.Missed}
	run.Changed = j.Changed
	if j.Failed {
		run.Failed = 1
	}
	row := newRunRow(run)
	row.Raised, row.Cleared = j.Raised, j.Cleared
	return row
}

func newRunRow(r schedule.Run) runRow {
	row := runRow{Run: r}
	if r.FinishedAt != 0 {
		row.Took = strconv.FormatFloat(r.FinishedAt.Sub(r.ClaimedAt).Seconds(), 'f', 1, 64) + " s"
	}
	return row
}

func (p *runsPage) add(r runRow) {
	p.Missed += r.Missed
	if r.failed() {
		p.Failed++
	}
	if p.Last == nil && r.Job == fullJob && r.FinishedAt != 0 {
		p.Last = &r
	}
	if r.quiet() {
		p.Quiet = append(p.Quiet, r)
		return
	}
	p.Rows = append(p.Rows, r)
}
