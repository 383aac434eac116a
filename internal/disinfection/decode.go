package disinfection

import (
	"time"

	"fugong/internal/intake"
)

// DecodeAreas reads the rows of a table of areas.
func DecodeAreas(t intake.Table, loc *time.Location) ([]AreaRecord, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) AreaRecord {
		return AreaRecord{
			Row:         r.Row,
			SectionCode: r.Code("标段编号"),
			Area: Area{
				Code: r.Code("区域编号"),
				Name: r.Text("区域名称"),
				Kind: intake.Word(r, "区域类型", parseKind, Dormitory, Canteen, Toilet, Office, Public, Isolation),
			},
		}
	})
}

func parseKind(text string) (Kind, bool) {
	switch text {
	case "宿舍", "宿舍区", "生活区", "住宿区":
		return Dormitory, true
	case "食堂", "餐厅", "厨房", "食堂区":
		return Canteen, true
	case "厕所", "卫生间", "洗手间", "厕所浴室", "盥洗室", "浴室", "公厕":
		return Toilet, true
	case "办公", "办公区", "办公室", "会议室":
		return Office, true
	case "公共", "公共区", "公共区域", "其他":
		return Public, true
	case "隔离", "隔离区", "隔离室", "应急处置区", "隔离观察区", "隔离观察室":
		return Isolation, true
	}
	return "", false
}

// AreaCells writes a record in the order of AreaColumns, so that DecodeAreas gives it back.
func AreaCells(record AreaRecord) []string {
	return []string{record.SectionCode, record.Area.Code, record.Area.Name, string(record.Area.Kind)}
}

// DecodeEntries reads the rows of a log of disinfections.
func DecodeEntries(t intake.Table, loc *time.Location) ([]EntryRecord, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) EntryRecord {
		const longest = 24 * 60
		agent := r.Text("药剂")
		amount, unit := readConcentration(r, agent)
		minutes, _ := r.Count("作用时间", 0, longest, "分钟", "分", "min", "mins", "'")
		return EntryRecord{
			Row:         r.Row,
			SectionCode: r.Code("标段编号"),
			AreaCode:    r.Code("区域编号"),
			Entry: Entry{
				At: r.Time("消毒时间"), Agent: agent, Concentration: amount, Unit: unit, Minutes: minutes, Operator: r.Name("操作人"),
			},
		}
	})
}

// EntryCells writes a record in the order of EntryColumns, so that DecodeEntries gives it back.
func EntryCells(record EntryRecord, loc *time.Location) []string {
	e := record.Entry
	concentration := ""
	if e.Unit != NoUnit {
		concentration = intake.FormatCount(e.Concentration, true) + string(e.Unit)
	}
	return []string{
		record.SectionCode, record.AreaCode, intake.FormatTime(e.At, loc), e.Agent, concentration,
		intake.FormatCount(e.Minutes, e.Minutes > 0), e.Operator,
	}
}
