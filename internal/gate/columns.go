package gate

import "fugong/internal/intake"

// Columns are the columns of the gate's log, in the order of an export.
var Columns = []intake.Column{
	{Name: "标段编号", Required: true, Synonyms: []string{"标段", "标段号", "标段代码", "标段编码", "工区", "所属标段"}},
	{Name: "证件号码", Required: true, Synonyms: []string{
		"身份证号码", "身份证号", "身份证", "证件号", "身份证件号码", "公民身份号码", "居民身份证号码", "证件编号"}},
	{Name: "时间", Required: true, Synonyms: []string{"进出时间", "通行时间", "刷卡时间", "核验时间", "登记时间", "打卡时间"}},
	{Name: "方向", Required: true, Synonyms: []string{"进出", "进出方向", "通行方向", "出入"}},
	{Name: "事由", Synonyms: []string{"原因", "外出事由", "进出事由"}},
	{Name: "审批人", Synonyms: []string{"批准人", "审核人", "审批"}},
	{Name: "姓名", Synonyms: []string{"人员姓名", "工人姓名"}},
	{Name: "证件类型", Synonyms: []string{"证件种类", "证件类别"}},
}
