package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/locale"
)

// runsFile sends the runs as the page has them, those with something to tell first.
func (s *server) runsFile(c echo.Context) error {
	p, err := s.runsPage(c)
	if err != nil {
		return err
	}
	header, cells := "任务 时点 完成时间 用时 判定 变化 失败 补跑 说明", s.runCells
	if p.Own != nil {
		header, cells = "任务 时点 完成时间 用时 变化标段 新增标记 消除标记 说明", s.ownRunCells
	}
	w := s.words(c)
	var rows [][]string
	for _, r := range slices.Concat(p.Rows, p.Quiet) {
		rows = append(rows, slices.Concat(s.runTimes(r, w), cells(r, w)))
	}
	return s.exportTable(c, "runs", strings.Fields(header), rows)
}

// runTimes are the cells that all read of a run.
func (s *server) runTimes(r runRow, w locale.Words) []string {
	finished := w.T("runs.running")
	if r.FinishedAt != 0 {
		finished = s.minute(r.FinishedAt)
	}
	return []string{w.Word("job", r.Job), s.minute(r.Slot), finished, r.Took}
}

func (s *server) runCells(r runRow, w locale.Words) []string {
	return []string{strconv.Itoa(r.Judged), strconv.Itoa(r.Changed), strconv.Itoa(r.Failed), strconv.Itoa(r.Missed), strings.TrimSpace(s.caughtUp(r, w) + w.Text(r.Note))}
}

func (s *server) ownRunCells(r runRow, w locale.Words) []string {
	note := s.caughtUp(r, w)
	if r.Failed > 0 {
		note += w.T("runs.own_failed")
	}
	return []string{strconv.Itoa(r.Changed), strconv.Itoa(r.Raised), strconv.Itoa(r.Cleared), strings.TrimSpace(note)}
}

// caughtUp tells what a run made up for; nothing where nothing was missed.
func (s *server) caughtUp(r runRow, w locale.Words) string {
	if r.Missed == 0 {
		return ""
	}
	told := w.T("runs.caught_up", "n", r.Missed)
	if r.Before != 0 {
		told += w.T("runs.caught_after") + s.minute(r.Before)
	}
	return told + " "
}
