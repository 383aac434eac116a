package disinfection

import "fugong/internal/intake"

// AreaColumns are the columns of the table of areas, in the order of an export.
var AreaColumns = []intake.Column{
	sectionColumn,
	areaColumn,
	{Name: "区域名称", Required: true, Synonyms: []string{"名称", "消毒区域名称", "消毒区域"}},
	{Name: "区域类型", Required: true, Synonyms: []string{"类型", "区域类别", "消毒区域类型"}},
}

// EntryColumns are the columns of the log of disinfections, in the order of an export.
var EntryColumns = []intake.Column{
	sectionColumn,
	areaColumn,
	{Name: "消毒时间", Required: true, Synonyms: []string{"消杀时间", "作业时间", "时间", "消毒日期", "消杀日期"}},
	{Name: "药剂", Synonyms: []string{"消毒药剂", "消毒剂", "药剂名称", "消毒液", "消杀药剂", "消毒剂名称"}},
	{Name: "浓度", Synonyms: []string{"配比浓度", "药剂浓度", "消毒浓度", "有效氯浓度"}},
	{Name: "作用时间", Synonyms: []string{"作用时长", "作用分钟", "作用时间分钟"}},
	{Name: "操作人", Synonyms: []string{"作业人", "消毒人", "消杀人", "消毒人员", "消杀人员", "操作人员", "作业人员"}},
}

// The columns that name an area, alike in both tables.
var (
	sectionColumn = intake.Column{Name: "标段编号", Required: true, Synonyms: []string{
		"标段", "标段号", "标段代码", "标段编码", "工区", "所属标段"}}
	areaColumn = intake.Column{Name: "区域编号", Required: true, Synonyms: []string{
		"区域", "区域代码", "区域编码", "消毒区域编号", "编号"}}
)
