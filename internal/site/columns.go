package site

import "fugong/internal/intake"

// SectionColumns are the columns of the table of sections, in the order of an export.
var SectionColumns = []intake.Column{
	{Name: "项目编号", Required: true, Synonyms: []string{"项目代码", "项目编码", "工程编号"}},
	{Name: "项目名称", Required: true, Synonyms: []string{"工程名称", "项目"}},
	{Name: "标段编号", Required: true, Synonyms: []string{"标段代码", "标段编码", "标段号"}},
	{Name: "标段名称", Required: true, Synonyms: []string{"标段", "工区", "工区名称"}},
	{Name: "街道", Required: true, Synonyms: []string{"所属街道", "街道名称", "所在街道", "属地街道", "街道开发区", "所属镇街"}},
	{Name: "社区", Synonyms: []string{"所属社区", "所在社区", "社区村"}},
	{Name: "地址", Synonyms: []string{"工程地址", "项目地址", "工地地址", "详细地址"}},
	{Name: "经度"},
	{Name: "纬度"},
	{Name: "坐标系", Synonyms: []string{"坐标系统"}},
	{Name: "建设单位", Synonyms: []string{"业主", "业主单位", "建设单位名称"}},
	{Name: "施工单位", Synonyms: []string{"总包单位", "施工总承包", "施工总承包单位", "总包"}},
	{Name: "监理单位", Synonyms: []string{"监理", "监理公司"}},
	{Name: "项目负责人", Synonyms: []string{"项目经理", "负责人"}},
	{Name: "联系电话", Synonyms: []string{"电话", "手机", "手机号码", "联系方式", "负责人电话"}},
	{Name: "状态", Synonyms: []string{"复工状态", "标段状态", "当前状态"}},
	{Name: "停工类型", Synonyms: []string{"停工原因类型", "复工类型"}},
	{Name: "停工日期", Synonyms: []string{"停工时间"}},
	{Name: "未复工原因", Synonyms: []string{"未复工的原因"}},
	{Name: "责任单位", Synonyms: []string{"牵头单位"}},
	{Name: "预计复工日期", Synonyms: []string{"预计复工时间", "拟复工日期", "计划复工日期"}},
}

// ZoneColumns are the columns of the table of control zones, in the order of an export.
var ZoneColumns = []intake.Column{
	{Name: "范围类型", Required: true, Synonyms: []string{"类型", "区域类型"}},
	{Name: "范围", Required: true, Synonyms: []string{"区域", "范围名称", "管控范围"}},
	{Name: "级别", Required: true, Synonyms: []string{"管控级别", "区域级别", "风险级别"}},
	{Name: "开始时间", Required: true, Synonyms: []string{"起始时间", "开始日期", "划定时间"}},
	{Name: "结束时间", Synonyms: []string{"解除时间", "结束日期", "截止时间"}},
	{Name: "文号", Synonyms: []string{"通告文号", "文件号", "依据"}},
}
