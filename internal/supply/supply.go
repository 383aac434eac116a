// Package supply knows what protective goods (防疫物资) a section has in stock.
package supply

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/site"
)

// Item is a kind of goods (物资).
type Item string

// The goods that are counted.
const (
	Masks        Item = "口罩"
	Disinfectant Item = "消毒液"
	AntigenKits  Item = "抗原"
	Gowns        Item = "防护服"
	Respirators  Item = "N95"
	Thermometers Item = "测温枪"
)

// Stock is what a section had of an item on a day. Quantity and DailyUse (for one person and day) are in thousandths, so
// that 0.1 bottles are exact; DailyUse is negative when it was not given.
type Stock struct {
	ID        int64
	SectionID site.SectionID
	Date      calendar.Date
	Item      Item
	Quantity  int64
	DailyUse  int64
}

// Record is a row of stock as it stands in a file.
type Record struct {
	Row         intake.Row
	SectionCode string
	Stock       Stock
}
