package web

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// daysExported is how many days of checklists a file holds; the page lists the last of them.
const daysExported = 1000

// checklistsFile sends the days for which checklists were handed in, each version in a row, the newest first.
func (s *server) checklistsFile(c echo.Context) error {
	code, days, err := s.filedDays(c, daysExported)
	if err != nil {
		return err
	}
	w := s.words(c)
	var rows [][]string
	for _, day := range days {
		for _, v := range day.Versions {
			late := ""
			if v.Late {
				late = w.T("checklist.late")
			}
			rows = append(rows, []string{code, day.Date.String(), strconv.Itoa(v.Version), s.minute(v.ReceivedAt), v.By, strconv.Itoa(v.Answers),
				strconv.Itoa(v.Refused), late})
		}
	}
	return s.exportFirst(c, "checklists-"+code, strings.Fields("标段编号 日期 版本 收到时间 报送人 已答项数 异常项数 迟报"), rows, len(days) >= daysExported)
}
