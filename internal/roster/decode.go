package roster

import (
	"time"

	"fugong/internal/intake"
)

// Decode reads the rows of a roster. It checks what one row alone can tell; whether the section is known, the clock and other
// rows it does not know.
func Decode(t intake.Table, loc *time.Location) ([]Record, []intake.Problem) {
	return intake.Decode(t, loc, decodeRow)
}

func decodeRow(r *intake.Reader) Record {
	record := Record{
		Row:         r.Row,
		SectionCode: r.Code("标段编号"),
		Document:    ReadDocument(r, "证件类型", "证件号码"),
		Phone:       r.Phone("手机号码"),
		Enrolment: Enrolment{
			Name:            r.Name("姓名"),
			Employer:        r.Text("所属单位"),
			Team:            r.Text("班组"),
			Trade:           r.Text("工种"),
			Category:        intake.Word(r, "人员类别", parseCategory, Labour, Management, Supervisor, Logistics, Guard),
			EnteredAt:       r.Time("进场时间"),
			LeftAt:          r.Time("退场时间"),
			Lodging:         intake.Word(r, "住宿方式", parseLodging, OnSite, OffSite),
			OffsiteAddress:  r.Text("场外地址"),
			Room:            ReadRoom(r, "房间号"),
			Origin:          r.Text("来源地"),
			FromOutside:     readTri(r, "是否市外"),
			DeclaredAt:      r.Time("健康申报时间"),
			RestrictedUntil: r.Time("限制至"),
			EpidemicOfficer: readTri(r, "防疫专员"),
		},
	}
	record.Enrolment.DocType = record.Document.Type
	record.Enrolment.HasPhone = record.Phone != ""
	r.Ordered("进场时间", "退场时间", record.Enrolment.EnteredAt, record.Enrolment.LeftAt)
	return record
}

// Cells writes a record in the order of Columns, so that Decode gives it back.
func Cells(r Record, loc *time.Location) []string {
	e := r.Enrolment
	return []string{
		r.SectionCode, e.Name, r.Document.Number, intake.FormatTime(e.EnteredAt, loc), r.Document.Type, r.Phone,
		e.Employer, e.Team, e.Trade, string(e.Category), intake.FormatTime(e.LeftAt, loc), string(e.Lodging), e.OffsiteAddress, e.Room,
		e.Origin, e.FromOutside.word(), intake.FormatTime(e.DeclaredAt, loc), intake.FormatTime(e.RestrictedUntil, loc),
		e.EpidemicOfficer.word(),
	}
}

func parseCategory(text string) (Category, bool) {
	switch text {
	case "劳务", "劳务人员", "工人", "建筑工人", "劳务工人", "作业人员", "务工人员":
		return Labour, true
	case "管理", "管理人员", "项目管理人员", "项目管理":
		return Management, true
	case "监理", "监理人员":
		return Supervisor, true
	case "后勤", "后勤人员", "食堂", "食堂人员", "保洁", "厨师":
		return Logistics, true
	case "保安", "门卫", "保安人员", "门岗":
		return Guard, true
	}
	return "", false
}

func parseLodging(text string) (Lodging, bool) {
	switch text {
	case "场内", "场内住宿", "住场内", "现场", "工地宿舍", "场内宿舍", "内":
		return OnSite, true
	case "场外", "场外住宿", "住场外", "场外租房", "租房", "场外宿舍", "外":
		return OffSite, true
	}
	return "", false
}

// answer is a Tri as it is written.
type answer string

func readTri(r *intake.Reader, column string) Tri {
	switch intake.Word(r, column, parseAnswer, "是", "否") {
	case "是":
		return Yes
	case "否":
		return No
	}
	return Unsaid
}

func parseAnswer(text string) (answer, bool) {
	switch text {
	case "是", "√", "Y", "y", "YES", "Yes", "yes", "TRUE", "true", "True", "有", "对":
		return "是", true
	case "否", "×", "N", "n", "NO", "No", "no", "FALSE", "false", "False", "不是", "不":
		return "否", true
	}
	return "", false
}

func (t Tri) word() string {
	switch t {
	case Yes:
		return "是"
	case No:
		return "否"
	}
	return ""
}

// ReadRoom reads a room's number; 201室 and 201 are one room.
func ReadRoom(r *intake.Reader, column string) string { return roomNumber(r.Code(column)) }

func roomNumber(code string) string {
	for _, suffix := range []string{"号房间", "号房", "房间", "室", "房"} {
		n := len(code) - len(suffix)
		if n > 0 && code[n:] == suffix && code[n-1] >= '0' && code[n-1] <= '9' {
			return code[:n]
		}
	}
	return code
}
