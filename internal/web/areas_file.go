package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/disinfection"
	"fugong/internal/evaluation"
	"fugong/internal/locale"
)

// areasFile sends the log of the days that the grid has, area by area in the order of the page, beside how each area stands. An area
// of which nothing was recorded in these days is there, too.
func (s *server) areasFile(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	log, err := s.gridLog(c, e)
	if err != nil {
		return err
	}
	done, w := logByArea(log, e), s.words(c)
	var rows [][]string
	for _, area := range s.areaRows(e) {
		stands, of := s.areaCells(e.Section.Code, area, w), done[area.Code]
		if len(of) == 0 {
			of = []disinfection.Entry{{}}
		}
		for _, entry := range of {
			rows = append(rows, slices.Concat(stands, []string{s.minute(entry.At), w.Text(entry.Agent), strengthOf(entry), minutesOf(entry), entry.Operator}))
		}
	}
	header := "标段编号 区域编号 区域名称 区域类型 状态 问题 每日应消毒次数 今日次数 昨日次数 最近 消毒时间 药剂 浓度 作用分钟 操作人"
	return s.exportTable(c, "areas-"+e.Section.Code, strings.Fields(header), rows)
}

// logByArea sorts what was done until the section was examined by the code of the area.
func logByArea(log []disinfection.Entry, e evaluation.Examined) map[string][]disinfection.Entry {
	codes := make(map[disinfection.AreaID]string, len(e.Snapshot.Areas))
	for _, a := range e.Snapshot.Areas {
		codes[a.ID] = a.Code
	}
	done := map[string][]disinfection.Entry{}
	for _, entry := range log {
		if entry.At <= e.At {
			done[codes[entry.AreaID]] = append(done[codes[entry.AreaID]], entry)
		}
	}
	return done
}

// areaCells are how an area stands, as its row on the page says it.
func (s *server) areaCells(section string, r areaRow, w locale.Words) []string {
	var problems []string
	for _, g := range r.Gaps {
		problem := w.Say(g.Observed)
		if !g.Limit.IsZero() {
			problem += " " + w.T("areas.limit") + " " + w.Say(g.Limit)
		}
		problems = append(problems, problem)
	}
	if r.Unlogged {
		problems = append(problems, w.T("areas.unlogged"))
	}
	return []string{section, r.Code, r.Name, w.Word("areakind", r.Kind), w.Word("areas.tone", r.Tone()), strings.Join(problems, "；"),
		strconv.Itoa(r.Need), strconv.Itoa(r.Today), strconv.Itoa(r.Yesterday), s.minute(r.Last)}
}
