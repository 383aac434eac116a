package roster

import "fugong/internal/intake"

// Columns are the columns of the roster's table, in the order of an export.
var Columns = []intake.Column{
	{Name: "标段编号", Required: true, Synonyms: []string{"标段", "标段号", "标段代码", "标段编码", "工区", "所属标段"}},
	{Name: "姓名", Required: true, Synonyms: []string{"人员姓名", "工人姓名", "名字", "员工姓名"}},
	{Name: "证件号码", Required: true, Synonyms: []string{
		"身份证号码", "身份证号", "身份证", "证件号", "身份证件号码", "公民身份号码", "居民身份证号码", "身份证证件号码", "证件编号"}},
	{Name: "进场时间", Required: true, Synonyms: []string{"进场日期", "入场日期", "入场时间", "进入时间", "到岗时间"}},
	{Name: "证件类型", Synonyms: []string{"证件种类", "证件类别"}},
	{Name: "手机号码", Synonyms: []string{"手机", "手机号", "联系方式", "联系电话", "电话", "电话号码", "移动电话"}},
	{Name: "所属单位", Synonyms: []string{"劳务公司", "参建单位", "单位", "单位名称", "用工单位", "所在单位", "所属企业"}},
	{Name: "班组", Synonyms: []string{"班组名称", "施工队", "所属班组", "所在班组"}},
	{Name: "工种", Synonyms: []string{"岗位", "职务", "工种岗位", "岗位工种"}},
	{Name: "人员类别", Synonyms: []string{"人员类型", "类别"}},
	{Name: "退场时间", Synonyms: []string{"退场日期", "离场时间", "离场日期", "出场时间"}},
	{Name: "住宿方式", Synonyms: []string{"住宿", "住宿类型", "居住方式"}},
	{Name: "场外地址", Synonyms: []string{"场外住址", "场外住宿地址", "居住地址"}},
	{Name: "房间号", Synonyms: []string{"宿舍号", "宿舍", "房号", "宿舍房间号", "房间", "房间编号"}},
	{Name: "来源地", Synonyms: []string{"来自", "来源地区", "何地来", "出发地"}},
	{Name: "是否市外", Synonyms: []string{"市外", "市外来返", "是否外地", "是否市外人员", "是否市外来返"}},
	{Name: "健康申报时间", Synonyms: []string{"健康申报", "申报时间", "健康申报日期"}},
	{Name: "限制至", Synonyms: []string{"管控至", "限制截止", "限制截止时间", "管控截止时间"}},
	{Name: "防疫专员", Synonyms: []string{"是否防疫专员", "专员"}},
}
