package web

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/store"
)

// historyExported is how many tables that were brought one file lists at most.
const historyExported = 10_000

// historyFile sends the tables that were brought, the newest first: all pages of the history.
func (s *server) historyFile(c echo.Context) error {
	batches, err := s.Store.Batches(c.Request().Context(), within(c), store.BatchFilter{Kinds: kindsOf(actor(c).User.Role), Limit: historyExported})
	if err != nil {
		return err
	}
	w := s.words(c)
	var rows [][]string
	for _, b := range batches {
		rows = append(rows, []string{strconv.FormatInt(b.ID, 10), w.Word("kind", b.Kind), w.Text(b.File), s.minute(b.RecordedAt), b.RecordedBy,
			strconv.FormatInt(b.Accepted, 10), strconv.FormatInt(b.Duplicate, 10), strconv.FormatInt(b.Quarantined, 10), strconv.FormatInt(b.Rejected, 10)})
	}
	return s.exportFirst(c, "imports", strings.Fields("导入编号 表 文件 导入时间 导入人 采用 重复 待处理 拒绝"), rows, len(rows) >= historyExported)
}

// badRows sends the rows that were not taken in, as they stand in the file, with what is wrong with each. They are the numbers of
// people in full: only whoever brought the file gets them, within its hour, and it is written down.
func (s *server) badRows(c echo.Context) error {
	ctx := c.Request().Context()
	w, err := s.Store.Uploaded(ctx, actor(c).User.ID, c.Param("token"), s.Now())
	if err != nil {
		return err
	}
	taken := act(c).Doing("import.errors", "upload", w.Kind, map[string]string{"rows": strconv.Itoa(len(w.Bad))})
	if err := s.Store.Audit(ctx, taken, s.Now()); err != nil {
		return err
	}
	words := s.words(c)
	header, rows := badTable(w, words)
	return sendWorkbook(c, words.T("upload.badrows")+"-"+w.Kind+".xlsx", header, rows)
}

// badTable puts the wrong rows of all sheets under the header of the first, each with its line and what is wrong.
func badTable(w store.Waiting, words locale.Words) (header []string, rows [][]string) {
	width := 0
	for _, sheet := range w.Sheets {
		width = max(width, len(sheet.Header))
	}
	for _, b := range w.Bad {
		width = max(width, len(b.Cells))
	}
	if len(w.Sheets) > 0 {
		header = slices.Clone(w.Sheets[0].Header)
	}
	for len(header) < width {
		header = append(header, "")
	}
	header = append(header, words.T("upload.problem"), words.T("upload.line"))
	for _, b := range w.Bad {
		row := slices.Clone(b.Cells)
		for len(row) < width {
			row = append(row, "")
		}
		line := strconv.Itoa(b.Line)
		if b.Sheet != "" {
			line = b.Sheet + " " + line
		}
		rows = append(rows, append(row, rowWords(words, b.Problem), line))
	}
	return header, rows
}

// importTemplate sends an empty table of a kind, with one row as an example.
func (s *server) importTemplate(c echo.Context) error {
	kind := c.Param("kind")
	if !slices.Contains(kindsOf(actor(c).User.Role), kind) {
		return fault.New(fault.NotFound, "no kind %q", kind)
	}
	columns, err := store.Columns(kind)
	if err != nil {
		return err
	}
	example := exampleRow()
	row := make([]string, len(columns))
	for i, col := range columns {
		row[i] = example[kind+"."+col.Name]
		if row[i] == "" {
			row[i] = example[col.Name]
		}
	}
	title := "填写说明：从第3行起填写；第3行是示例，导入前请删除"
	return sendWorkbook(c, kind+".xlsx", intake.Names(columns), [][]string{row}, title)
}

// exampleRow is what stands in the example, by column, or by kind and column. The section is none, and the number nobody's: should
// the row be left in the file, it is not taken in.
func exampleRow() map[string]string {
	return map[string]string{
		"项目编号": "示例", "checklists.项目编号": "B1", "项目名称": "示例项目", "标段编号": "示例-01", "标段名称": "一标段", "街道": "示例街道",
		"姓名": "张示例", "证件号码": "320699198506152024", "证件类型": "居民身份证", "手机号码": "13800000000", "进场时间": "2022-05-01 08:00",
		"班组": "钢筋班", "工种": "钢筋工", "人员类别": "劳务", "住宿方式": "场内", "房间号": "A-101", "是否市外": "否",
		"采样时间": "2022-05-05 07:30", "检测结果": "阴性", "报告时间": "2022-05-05 19:00", "采样管编号": "NT22050501001", "混采人数": "10", "检测类型": "核酸",
		"使用面积": "18", "床位数": "6", "用途": "宿舍", "床铺层数": "2", "入住时间": "2022-05-01 20:00",
		"区域编号": "Q1", "区域名称": "一号宿舍楼", "区域类型": "宿舍", "消毒时间": "2022-05-05 07:00", "药剂": "含氯消毒液", "操作人": "张示例",
		"测量时间": "2022-05-05 07:00", "体温": "36.5", "时间": "2022-05-05 07:00", "方向": "进",
		"日期": "2022-05-05", "物资": "口罩", "结存": "500", "日人均用量": "2", "类型": "应急预案", "签发日期": "2022-05-01",
		"提交时间": "2022-05-05 18:00", "答案": "是", "范围类型": "标段", "范围": "示例-01", "级别": "防范区", "开始时间": "2022-05-01 00:00",
	}
}

// sendWorkbook sends a table as a workbook that holds texts only: nothing in it is a formula.
func sendWorkbook(c echo.Context, name string, header []string, rows [][]string, titles ...string) error {
	var file bytes.Buffer
	if err := intake.WriteXLSX(&file, header, slices.Values(rows), titles...); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, xlsxType, file.Bytes())
}
