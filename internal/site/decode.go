package site

import (
	"time"

	"fugong/internal/intake"
)

// DecodeSections reads the rows of a table of sections.
func DecodeSections(t intake.Table, loc *time.Location) ([]SectionRecord, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) SectionRecord {
		return SectionRecord{Row: r.Row, Section: Section{
			ProjectCode:      r.Code("项目编号"),
			ProjectName:      r.Text("项目名称"),
			Code:             r.Code("标段编号"),
			Name:             r.Text("标段名称"),
			Street:           r.Text("街道"),
			Community:        r.Text("社区"),
			Address:          r.Text("地址"),
			Longitude:        readDegrees(r, "经度", 180),
			Latitude:         readDegrees(r, "纬度", 90),
			Datum:            r.Text("坐标系"),
			Owner:            r.Text("建设单位"),
			Contractor:       r.Text("施工单位"),
			Supervisor:       r.Text("监理单位"),
			Manager:          r.Name("项目负责人"),
			Phone:            r.Phone("联系电话"),
			State:            intake.Word(r, "状态", parseState, NotResumed, Applied, Operating, Suspended, Finished),
			Occasion:         readOccasion(r),
			StoppedOn:        r.Date("停工日期"),
			NotResumedReason: r.Text("未复工原因"),
			ResponsibleUnit:  r.Text("责任单位"),
			ExpectedOn:       r.Date("预计复工日期"),
		}}
	})
}

// readDegrees reads a coordinate to a tenth of a millimetre or so, and gives it in plain decimal degrees.
func readDegrees(r *intake.Reader, column string, most int64) string {
	const digits = 9
	most *= 1e9
	n, ok := r.Decimal(column, digits, -most, most, "°")
	if !ok {
		return ""
	}
	return intake.FormatDecimal(n, digits)
}

func readOccasion(r *intake.Reader) Occasion {
	occasion := intake.Word(r, "停工类型", parseOccasion, Epidemic, Holiday, Typhoon, Accident)
	if occasion == "" {
		return Epidemic
	}
	return occasion
}

func parseState(text string) (State, bool) {
	switch text {
	case "未复工", "未申请", "待复工":
		return NotResumed, true
	case "已申请", "申请中", "已申请复工", "拟复工":
		return Applied, true
	case "施工中", "已复工", "在建", "复工", "正常施工", "施工":
		return Operating, true
	case "停工", "已停工", "责令停工", "暂停", "暂停施工":
		return Suspended, true
	case "完工", "已完工", "竣工", "已竣工", "退场":
		return Finished, true
	}
	return "", false
}

func parseOccasion(text string) (Occasion, bool) {
	switch text {
	case "疫情", "疫情防控", "疫情停工":
		return Epidemic, true
	case "节后", "春节", "节假日", "节后复工":
		return Holiday, true
	case "台风", "防台", "汛期", "台风停工":
		return Typhoon, true
	case "事故", "安全事故", "事故停工":
		return Accident, true
	}
	return "", false
}

// SectionCells writes a record in the order of SectionColumns, so that DecodeSections gives it back.
func SectionCells(record SectionRecord) []string {
	s := record.Section
	return []string{
		s.ProjectCode, s.ProjectName, s.Code, s.Name, s.Street, s.Community, s.Address, s.Longitude, s.Latitude, s.Datum,
		s.Owner, s.Contractor, s.Supervisor, s.Manager, s.Phone, string(s.State), string(s.Occasion), s.StoppedOn.String(),
		s.NotResumedReason, s.ResponsibleUnit, s.ExpectedOn.String(),
	}
}

// DecodeZones reads the rows of a table of control zones.
func DecodeZones(t intake.Table, loc *time.Location) ([]ZoneRecord, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) ZoneRecord {
		z := Zone{
			Scope:    intake.Word(r, "范围类型", parseScope, ScopeStreet, ScopeCommunity, ScopeSection),
			Place:    r.Text("范围"),
			Level:    intake.Word(r, "级别", parseLevel, Locked, Controlled, Precaution),
			From:     r.Time("开始时间"),
			Until:    r.Time("结束时间"),
			Document: r.Text("文号"),
		}
		if z.Scope == ScopeSection {
			z.Place = intake.Fold(z.Place)
		}
		r.Ordered("开始时间", "结束时间", z.From, z.Until)
		return ZoneRecord{Row: r.Row, Zone: z}
	})
}

func parseScope(text string) (Scope, bool) {
	switch text {
	case "街道", "镇街", "开发区", "镇":
		return ScopeStreet, true
	case "社区", "村", "社区村", "社区/村":
		return ScopeCommunity, true
	case "标段", "工地":
		return ScopeSection, true
	}
	return "", false
}

func parseLevel(text string) (ZoneLevel, bool) {
	switch text {
	case "封控区", "封控":
		return Locked, true
	case "管控区", "管控":
		return Controlled, true
	case "防范区", "防范":
		return Precaution, true
	}
	return NoZone, false
}

// ZoneCells writes a record in the order of ZoneColumns, so that DecodeZones gives it back.
func ZoneCells(record ZoneRecord, loc *time.Location) []string {
	z := record.Zone
	return []string{
		string(z.Scope), z.Place, string(z.Level), intake.FormatTime(z.From, loc), intake.FormatTime(z.Until, loc), z.Document,
	}
}
