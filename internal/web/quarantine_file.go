package web

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/locale"
)

// casesExported is how many rows kept aside one file lists at most, the oldest; the page shows the first of them. Each masked number is
// compared with everybody on the rosters.
const casesExported = 1000

// quarantineFile sends the rows kept aside by why they are, with what the page shows of each and whom it may mean.
func (s *server) quarantineFile(c echo.Context) error {
	all, err := s.cases(c)
	if err != nil {
		return err
	}
	groups, err := s.caseGroups(c, all[:min(len(all), casesExported)], newForm())
	if err != nil {
		return err
	}
	w := s.words(c)
	var rows [][]string
	for _, g := range groups {
		for _, x := range g.Cases {
			rows = append(rows, s.caseCells(x, w))
		}
	}
	return s.exportFirst(c, "quarantine", strings.Fields("原因 表 内容 问题 文件 行 导入人 导入时间 可能的人员"), rows, len(all) > casesExported)
}

func (s *server) caseCells(x caseLine, w locale.Words) []string {
	var cells, people []string
	for _, cell := range x.Cells {
		cells = append(cells, cell.Column+" "+cell.Text)
	}
	for _, p := range x.People {
		people = append(people, joinWords(p.Name, p.Tail))
	}
	return []string{w.Word("flaw", x.Code), w.Word("kind", x.Kind), strings.Join(cells, "；"), x.Message, w.Text(x.File), strconv.Itoa(x.Line), x.By,
		s.minute(x.At), strings.Join(people, "；")}
}
