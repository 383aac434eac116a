package supply

import "fugong/internal/intake"

// Columns are the columns of the table of stock, in the order of an export.
var Columns = []intake.Column{
	{Name: "标段编号", Required: true, Synonyms: []string{"标段", "标段号", "标段代码", "标段编码", "工区", "所属标段"}},
	{Name: "日期", Required: true, Synonyms: []string{"盘点日期", "结存日期", "统计日期", "登记日期"}},
	{Name: "物资", Required: true, Synonyms: []string{"物资名称", "名称", "品名", "防疫物资", "物品", "物资种类"}},
	{Name: "结存", Required: true, Synonyms: []string{"库存", "结存数量", "库存数量", "数量", "现有数量", "库存量"}},
	{Name: "日人均用量", Synonyms: []string{"人均日用量", "日均用量", "每人每日用量", "人均用量"}},
}
