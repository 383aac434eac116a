package gate

import (
	"time"

	"fugong/internal/intake"
	"fugong/internal/roster"
)

// Decode reads the rows of a gate's log.
func Decode(t intake.Table, loc *time.Location) ([]Record, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) Record {
		record := Record{
			Row:         r.Row,
			SectionCode: r.Code("标段编号"),
			Document:    roster.ReadDocument(r, "证件类型", "证件号码"),
			Name:        r.Name("姓名"),
			Passage: Passage{
				At:        r.Time("时间"),
				Direction: intake.Word(r, "方向", parseDirection, In, Out),
				Reason:    r.Text("事由"),
				Approver:  r.Name("审批人"),
			},
		}
		record.Passage.Name = record.Name
		return record
	})
}

func parseDirection(text string) (Direction, bool) {
	switch text {
	case "进", "入", "进场", "入场", "进入", "进门", "进门岗", "返回", "in", "IN", "In":
		return In, true
	case "出", "离", "出场", "离场", "外出", "出门", "离开", "出门岗", "out", "OUT", "Out":
		return Out, true
	}
	return "", false
}

// Cells writes a record in the order of Columns, so that Decode gives it back.
func Cells(r Record, loc *time.Location) []string {
	return []string{
		r.SectionCode, r.Document.Number, intake.FormatTime(r.Passage.At, loc), string(r.Passage.Direction), r.Passage.Reason,
		r.Passage.Approver, r.Name, r.Document.Type,
	}
}
