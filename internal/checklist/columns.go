package checklist

import "fugong/internal/intake"

// Columns are the columns of the table of answers, in the order of an export.
var Columns = []intake.Column{
	{Name: "标段编号", Required: true, Synonyms: []string{"标段", "标段号", "标段代码", "标段编码", "工区", "所属标段"}},
	{Name: "日期", Required: true, Synonyms: []string{"自查日期", "填报日期", "检查日期"}},
	{Name: "提交时间", Required: true, Synonyms: []string{"填报时间", "上报时间", "提交日期"}},
	{Name: "项目编号", Required: true, Synonyms: []string{"自查项编号", "检查项编号", "项目", "检查项目", "编号", "自查项"}},
	{Name: "答案", Required: true, Synonyms: []string{"结果", "检查结果", "回答", "自查结果", "填报内容"}},
	{Name: "备注", Synonyms: []string{"说明", "整改说明", "情况说明"}},
}
