package screening

import (
	"time"

	"fugong/internal/intake"
	"fugong/internal/roster"
)

// A living person's temperature in tenths of a degree; what lies outside is a typing error.
const (
	coldest = 300
	hottest = 450
)

// DecodeTemperatures reads the rows of a table of temperatures.
func DecodeTemperatures(t intake.Table, loc *time.Location) ([]TemperatureRecord, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) TemperatureRecord {
		return TemperatureRecord{
			Row:         r.Row,
			Document:    roster.ReadDocument(r, "证件类型", "证件号码"),
			Name:        r.Name("姓名"),
			Temperature: Temperature{At: r.Time("测量时间"), Tenths: readTenths(r)},
		}
	})
}

// readTenths reads a temperature. One that lacks its decimal point is pointed out, never mended: nobody but the writer knows.
func readTenths(r *intake.Reader) int {
	const column = "体温"
	units := []string{"℃", "°C", "度", "C", "摄氏度"}
	n, ok := r.Decimal(column, 1, 0, 1e9, units...)
	if !ok || n >= coldest && n <= hottest {
		return int(n)
	}
	flaw := intake.NewFlaw(intake.Range, "%s不像体温，应在30.0至45.0之间", intake.Quote(r.Text(column)))
	if n%10 == 0 && n/10 >= coldest && n/10 <= hottest {
		flaw = intake.NewFlaw(intake.Range, "%s超出范围，是否漏了小数点（%s）？请核对后重新填写", intake.Quote(r.Text(column)), intake.FormatDecimal(n/10, 1))
	}
	r.Fail(column, flaw)
	return 0
}

// TemperatureCells writes a record in the order of TemperatureColumns, so that DecodeTemperatures gives it back.
func TemperatureCells(t TemperatureRecord, loc *time.Location) []string {
	return []string{
		t.Document.Number, intake.FormatTime(t.Temperature.At, loc), intake.FormatDecimal(int64(t.Temperature.Tenths), 1),
		t.Name, t.Document.Type,
	}
}
