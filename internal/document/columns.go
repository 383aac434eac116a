package document

import "fugong/internal/intake"

// Columns are the columns of the table of documents, in the order of an export.
var Columns = []intake.Column{
	{Name: "标段编号", Required: true, Synonyms: []string{"标段", "标段号", "标段代码", "标段编码", "工区", "所属标段"}},
	{Name: "类型", Required: true, Synonyms: []string{"文件类型", "资料类型", "证照类型", "文件名称", "资料名称", "名称"}},
	{Name: "签发日期", Required: true, Synonyms: []string{"发证日期", "签署日期", "日期", "编制日期", "批准日期", "审批日期", "检测日期", "生效日期"}},
	{Name: "到期日期", Synonyms: []string{"有效期至", "有效期", "截止日期", "失效日期", "到期时间"}},
}
