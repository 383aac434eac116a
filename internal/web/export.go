package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/intake"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// listFiles are where the list of a page is had as a table, for its links.
type listFiles struct{ CSV, XLSX string }

// filesOf gives the addresses of the files of a list, with what was asked for of it.
func filesOf(list string, query url.Values) listFiles {
	asked := ""
	if len(query) > 0 {
		asked = "?" + query.Encode()
	}
	return listFiles{list + ".csv" + asked, list + ".xlsx" + asked}
}

// exportTable sends what a page shows as a table: a workbook where the route ends in .xlsx, else CSV. The line above the header
// says who took it and when, and so does the audit trail, with the number of rows and the digest of the file: nothing of it is
// kept here. The name is that of the file without its ending. Whoever calls has masked what the role may not see.
func (s *server) exportTable(c echo.Context, name string, header []string, rows [][]string) error {
	return s.exportFirst(c, name, header, rows, false)
}

// exportFirst is exportTable for a list of which no more than so much is taken. Where it is full, the file says that there may be more:
// a list that ends unseen would be believed.
func (s *server) exportFirst(c echo.Context, name string, header []string, rows [][]string, full bool) error {
	kind, ending, write := "text/csv; charset=utf-8", ".csv", intake.WriteCSV
	if strings.EqualFold(path.Ext(c.Request().URL.Path), ".xlsx") {
		kind, ending, write = xlsxType, ".xlsx", intake.WriteXLSX
	}
	title := fmt.Sprintf("由 %s 于 %s 从复工导出，共 %d 行；证件号码只含后四位", actor(c).User.Name, s.minute(s.Now()), len(rows))
	if full {
		title += "；已到一次导出的上限，其后可能还有，未在本表内"
	}
	var file bytes.Buffer
	if err := write(&file, header, slices.Values(rows), title); err != nil {
		return fmt.Errorf("export %s: %w", name, err)
	}
	digest := sha256.Sum256(file.Bytes())
	taken := act(c).Doing("export", "page", name, map[string]string{
		"rows": strconv.Itoa(len(rows)), "format": ending[1:], "sha256": hex.EncodeToString(digest[:]),
	})
	if err := s.Store.Audit(c.Request().Context(), taken, s.Now()); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name + ending}))
	return c.Blob(http.StatusOK, kind, file.Bytes())
}
