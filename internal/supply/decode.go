package supply

import (
	"time"

	"fugong/internal/intake"
)

// NotGiven is the DailyUse of a row that gave none.
const NotGiven = -1

const thousandths = 3

// Decode reads the rows of a table of stock.
func Decode(t intake.Table, loc *time.Location) ([]Record, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) Record {
		const most = 1e12
		units := []string{"个", "只", "瓶", "套", "把", "支", "件", "人份", "份", "台", "升", "L"}
		quantity, _ := r.Decimal("结存", thousandths, 0, most, units...)
		use, given := r.Decimal("日人均用量", thousandths, 0, most, units...)
		if !given {
			use = NotGiven
		}
		return Record{
			Row:         r.Row,
			SectionCode: r.Code("标段编号"),
			Stock: Stock{
				Date:     r.Date("日期"),
				Item:     intake.Word(r, "物资", parseItem, Masks, Disinfectant, AntigenKits, Gowns, Respirators, Thermometers),
				Quantity: quantity,
				DailyUse: use,
			},
		}
	})
}

func parseItem(text string) (Item, bool) {
	switch text {
	case "口罩", "医用口罩", "一次性口罩", "一次性医用口罩", "医用外科口罩", "外科口罩":
		return Masks, true
	case "消毒液", "84消毒液", "含氯消毒液", "消毒剂", "84":
		return Disinfectant, true
	case "抗原", "抗原试剂", "抗原检测试剂", "抗原试剂盒", "抗原自测盒", "抗原检测试剂盒":
		return AntigenKits, true
	case "防护服", "医用防护服":
		return Gowns, true
	case "N95", "n95", "N95口罩", "n95口罩", "KN95", "KN95口罩":
		return Respirators, true
	case "测温枪", "额温枪", "红外测温枪", "体温枪", "红外测温仪", "测温仪", "体温计":
		return Thermometers, true
	}
	return "", false
}

// Cells writes a record in the order of Columns, so that Decode gives it back.
func Cells(r Record) []string {
	use := ""
	if r.Stock.DailyUse >= 0 {
		use = intake.FormatDecimal(r.Stock.DailyUse, thousandths)
	}
	return []string{
		r.SectionCode, r.Stock.Date.String(), string(r.Stock.Item), intake.FormatDecimal(r.Stock.Quantity, thousandths), use,
	}
}
