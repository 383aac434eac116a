package document

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/intake"
)

// Decode reads the rows of a table of documents.
func Decode(t intake.Table, loc *time.Location) ([]Record, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) Record {
		d := Document{Type: commonType(r.Text("类型")), IssuedOn: r.Date("签发日期"), ExpiresOn: readExpiry(r)}
		if !d.IssuedOn.IsZero() && !d.ExpiresOn.IsZero() {
			r.Ordered("签发日期", "到期日期", d.IssuedOn.Start(loc), d.ExpiresOn.Start(loc))
		}
		return Record{Row: r.Row, SectionCode: r.Code("标段编号"), Document: d}
	})
}

// readExpiry reads until when a document holds; 长期 is for ever, and so is the last day that computers know.
func readExpiry(r *intake.Reader) calendar.Date {
	const lastSerial = "2958465"
	switch intake.Fold(r.Cell("到期日期").Text) {
	case "长期", "长期有效", "永久", "无期限", "9999-12-31", "9999/12/31", "9999.12.31", "9999年12月31日", "99991231", lastSerial:
		return calendar.Date{}
	}
	return r.Date("到期日期")
}

// commonType gives the name under which the criteria look for a type that people call by several; any other type is kept
// as written.
func commonType(text string) string {
	switch folded := intake.Fold(text); folded {
	case "复工承诺书", "疫情防控承诺书", "防疫承诺书", "复工复产承诺书", "企业承诺书":
		return "承诺书"
	case "防控方案", "疫情防控工作方案", "防疫方案", "复工方案", "复工复产方案", "复工防控方案":
		return "疫情防控方案"
	case "应急处置预案", "疫情应急预案", "疫情防控应急预案", "防疫应急预案":
		return "应急预案"
	case "专班", "疫情防控专班", "防控工作专班", "防控领导小组":
		return "防控专班"
	case "演练", "疫情应急演练", "防疫应急演练", "应急演练记录":
		return "应急演练"
	case "教育交底", "防疫培训", "防疫交底", "防疫教育交底":
		return "防疫教育"
	case "施工许可证", "建筑工程施工许可证":
		return "施工许可"
	case "食品经营许可证":
		return "食品经营许可"
	case "起重机械检测报告", "起重机械检验报告", "塔吊检测", "塔吊检测报告":
		return "起重机械检测"
	case "复工令", "复工通知":
		return "复工指令"
	default:
		return text
	}
}

// Cells writes a record in the order of Columns, so that Decode gives it back.
func Cells(r Record) []string {
	return []string{r.SectionCode, r.Document.Type, r.Document.IssuedOn.String(), r.Document.ExpiresOn.String()}
}
