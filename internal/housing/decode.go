package housing

import (
	"time"

	"fugong/internal/intake"
	"fugong/internal/roster"
)

// What a room on a building site may be; what lies outside is a typing error. Areas are in cm².
const (
	smallestArea = 1 * 10_000
	largestArea  = 2000 * 10_000
	mostBeds     = 200
	mostLevels   = 5
)

// DecodeRooms reads the rows of a table of rooms.
func DecodeRooms(t intake.Table, loc *time.Location) ([]RoomRecord, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) RoomRecord {
		area, _ := r.Decimal("使用面积", 4, smallestArea, largestArea, "平方米", "平米", "㎡", "m²", "平")
		beds, _ := r.Count("床位数", 0, mostBeds, "张", "床", "个")
		return RoomRecord{
			Row:         r.Row,
			SectionCode: r.Code("标段编号"),
			Room: Room{
				Building:   r.Text("楼栋"),
				Number:     roster.ReadRoom(r, "房间号"),
				Use:        readUse(r),
				AreaCM2:    area,
				Beds:       beds,
				BunkLevels: readLevels(r),
			},
		}
	})
}

func readUse(r *intake.Reader) Use {
	use := intake.Word(r, "用途", parseUse, Dormitory, Isolation)
	if use == "" {
		return Dormitory
	}
	return use
}

func parseUse(text string) (Use, bool) {
	switch text {
	case "宿舍", "住宿", "住人", "工人宿舍", "职工宿舍", "管理人员宿舍":
		return Dormitory, true
	case "隔离", "隔离室", "隔离间", "隔离观察", "隔离观察室", "应急隔离", "隔离宿舍":
		return Isolation, true
	}
	return "", false
}

func readLevels(r *intake.Reader) int {
	switch intake.Fold(r.Cell("床铺层数").Text) {
	case "单层", "单", "单层床", "平铺":
		return 1
	case "双层", "双", "上下铺", "双层床", "高低床":
		return 2
	}
	n, _ := r.Count("床铺层数", 1, mostLevels, "层")
	return n
}

// RoomCells writes a record in the order of RoomColumns, so that DecodeRooms gives it back.
func RoomCells(record RoomRecord) []string {
	r := record.Room
	return []string{
		record.SectionCode, r.Number, intake.FormatDecimal(r.AreaCM2, 4), intake.FormatCount(r.Beds, true), r.Building,
		string(r.Use), intake.FormatCount(r.BunkLevels, r.BunkLevels > 0),
	}
}

// DecodeStays reads the rows of a table of stays.
func DecodeStays(t intake.Table, loc *time.Location) ([]StayRecord, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) StayRecord {
		record := StayRecord{
			Row:         r.Row,
			Document:    roster.ReadDocument(r, "证件类型", "证件号码"),
			SectionCode: r.Code("标段编号"),
			RoomNumber:  roster.ReadRoom(r, "房间号"),
			Name:        r.Name("姓名"),
			Stay:        Stay{From: r.Time("入住时间"), Until: r.Time("离开时间")},
		}
		r.Ordered("入住时间", "离开时间", record.Stay.From, record.Stay.Until)
		return record
	})
}

// StayCells writes a record in the order of StayColumns, so that DecodeStays gives it back.
func StayCells(record StayRecord, loc *time.Location) []string {
	return []string{
		record.Document.Number, record.SectionCode, record.RoomNumber, intake.FormatTime(record.Stay.From, loc),
		intake.FormatTime(record.Stay.Until, loc), record.Name, record.Document.Type,
	}
}
