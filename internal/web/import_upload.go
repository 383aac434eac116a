package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/store"
)

// uploadPage is what would become of a file.
type uploadPage struct {
	Frame
	Kind, File, Token                          string
	Expires                                    calendar.Instant
	Accepted, Duplicate, Quarantined, Rejected int
	Sheets                                     []sheetLines
	Problems                                   problemList
	HasErrors                                  bool
	Unchecked                                  bool // what would become of it is not known
	GivenUp                                    bool // a step of it was begun and left everything as it was
}

type sheetLines struct {
	Name    string
	Rows    int
	Found   []intake.Found
	Unknown string
	Header  []string
	First   [][]string
}

// problemList is the rows with something wrong, as many as a page shows.
type problemList struct {
	Rows []problemLine
	More int
}

type problemLine struct {
	Sheet   string
	Line    int
	Outcome string
	Code    string
	Column  string // where the message does not name it
	Message string
}

// problemLines lists the rows on which somebody has to look; what they say of people stays back where the role may not read it.
func problemLines(rows []intake.Problem, w locale.Words, readable bool) problemList {
	var list problemList
	for _, r := range rows {
		if r.Outcome == intake.Duplicated {
			continue
		}
		if len(list.Rows) == badRowsShown {
			list.More++
			continue
		}
		message := rowWords(w, r)
		if !readable {
			message = w.Text(withheld)
		}
		line := problemLine{Sheet: r.Sheet, Line: r.Line, Outcome: string(r.Outcome), Code: string(r.Code), Message: message}
		if !strings.Contains(message, r.Column) {
			line.Column = r.Column
		}
		list.Rows = append(list.Rows, line)
	}
	return list
}

// preview shows what would become of a file that waits.
func (s *server) preview(c echo.Context, w store.Waiting) error {
	p := uploadPage{Frame: s.frame("imports"), Kind: w.Kind, File: w.File, Token: w.Token, Expires: w.ExpiresAt, Accepted: w.Report.Accepted,
		Unchecked: w.Unchecked, GivenUp: w.Work.Step != "",
		Duplicate: w.Report.Duplicate, Quarantined: w.Report.Quarantined, Rejected: w.Report.Rejected,
		Problems: problemLines(w.Report.Rows, s.words(c), true), HasErrors: len(w.Bad) > 0}
	for _, sheet := range w.Sheets {
		p.Sheets = append(p.Sheets, shown(sheet))
	}
	return s.render(c, http.StatusOK, "upload", p)
}

// shown makes a sheet ready to be looked at: of numbers of people the last four characters.
func shown(sheet store.PreviewSheet) sheetLines {
	lines := sheetLines{Name: sheet.Name, Rows: sheet.Rows, Found: sheet.Found, Unknown: strings.Join(sheet.Unknown, "、"), Header: sheet.Header}
	number := -1
	for _, f := range sheet.Found {
		if f.Column == "证件号码" {
			number = slices.Index(sheet.Header, f.Heading)
		}
	}
	for _, row := range sheet.First {
		cells := make([]string, len(sheet.Header))
		for i := range min(len(row), len(cells)) {
			cells[i] = audit.MaskedName(row[i])
			if i == number {
				cells[i] = maskedNumber(row[i])
			}
		}
		lines.First = append(lines.First, cells)
	}
	return lines
}

// maskedNumber leaves the last four characters of a number.
func maskedNumber(text string) string {
	if runes := []rune(text); len(runes) > 4 {
		return "****" + string(runes[len(runes)-4:])
	}
	return text
}

// confirmImport takes a file in that its user has looked at, once, and judges the sections that it concerns; one whose check was
// broken off is checked again, which nobody has to have looked at.
func (s *server) confirmImport(c echo.Context) error {
	step, token := store.Taking, c.Param("token")
	w, err := s.Store.Uploaded(c.Request().Context(), actor(c).User.ID, token, s.Now())
	if err != nil {
		return err
	}
	if again := c.Request().PostForm.Get("do") == "check"; again != w.Unchecked { // said of a page that is out of date
		return c.Redirect(http.StatusSeeOther, uploadURL(token))
	} else if again {
		step = store.Checking
	}
	if w.Batch != 0 {
		return c.Redirect(http.StatusSeeOther, fmt.Sprintf("%s/%d", importsPath, w.Batch))
	}
	if s.Works.of(token) == nil {
		err = s.Store.BeginWork(c.Request().Context(), actor(c).User.ID, token, step, s.Now())
	}
	if err != nil {
		return err
	}
	return s.goOn(c, token, step)
}

// dropImport forgets a file that is not to be taken in.
func (s *server) dropImport(c echo.Context) error {
	if err := s.Store.DropUpload(c.Request().Context(), actor(c).User.ID, c.Param("token")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, importsPath)
}
