package screening

import "fugong/internal/intake"

// ResultColumns are the columns of the table of test results, in the order of an export.
var ResultColumns = []intake.Column{
	documentColumn,
	{Name: "采样时间", Required: true, Synonyms: []string{"采集时间", "采样日期", "采样日期时间", "核酸采样时间", "近一次核酸采样时间", "采集日期"}},
	{Name: "检测结果", Required: true, Synonyms: []string{"结果", "核酸结果", "核酸检测结果", "抗原结果", "检验结果", "检查结果"}},
	nameColumn,
	{Name: "采样管编号", Synonyms: []string{"采样管码", "采样管号", "试管编号", "试管码", "管号", "采样编码", "采样码", "样本编号", "条码号", "采样管条码"}},
	{Name: "混采人数", Synonyms: []string{"混样数", "混检人数", "混采数", "混采", "采样方式", "混检数", "采样模式"}},
	{Name: "接收时间", Synonyms: []string{"收样时间", "送检时间", "样本接收时间", "接样时间"}},
	{Name: "检测时间", Synonyms: []string{"检验时间", "检测日期"}},
	{Name: "报告时间", Synonyms: []string{"出报告时间", "报告日期", "结果时间", "发布时间", "出结果时间"}},
	{Name: "检测类型", Synonyms: []string{"检测项目", "检测方法", "检查项目"}},
	{Name: "采样点", Synonyms: []string{"采样地点", "采样机构", "采样点名称"}},
	{Name: "检测机构", Synonyms: []string{"检验机构", "检测单位", "检测实验室", "实验室"}},
	typeColumn,
}

// TemperatureColumns are the columns of the table of temperatures, in the order of an export.
var TemperatureColumns = []intake.Column{
	documentColumn,
	{Name: "测量时间", Required: true, Synonyms: []string{"测温时间", "时间", "测量日期", "检测时间", "登记时间"}},
	{Name: "体温", Required: true, Synonyms: []string{"温度", "体温值", "测量体温"}},
	nameColumn,
	typeColumn,
}

// The columns that name a person, alike in every table of this package.
var (
	documentColumn = intake.Column{Name: "证件号码", Required: true, Synonyms: []string{
		"身份证号码", "身份证号", "身份证", "证件号", "身份证件号码", "公民身份号码", "居民身份证号码", "证件编号"}}
	nameColumn = intake.Column{Name: "姓名", Synonyms: []string{"人员姓名", "工人姓名", "受检人", "被检人", "受检者姓名"}}
	typeColumn = intake.Column{Name: "证件类型", Synonyms: []string{"证件种类", "证件类别"}}
)
