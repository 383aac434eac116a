package criteria

import (
	"fugong/internal/locale"
	"fugong/internal/site"
)

// The general safety conditions are answered on the checklist (J1 to J11, E3) and by papers: 施工许可, 监督备案, 三级教育,
// 复工第一课, 特种作业证, 起重机械检测, 三方自查, 复工指令, 事故整改.
var safetyCriteria = []Criterion{
	{"saf.procedure", Safety, "法定手续齐全", needs("施工许可、监督备案有效", paper("施工许可"), paper("监督备案"))},
	{"saf.keypeople", Safety, "关键岗位人员到岗", needs("项目经理、安全员、总监在岗", item("J6"))},
	{"saf.training", Safety, "三级教育或复工第一课", safetyTraining},
	{"saf.specialop", Safety, "特种作业持证", needs("人人持证，证在有效期内", item("J6"), paper("特种作业证"))},
	{"saf.crane", Safety, "起重机械检查验收", needs("班前检查合格，检测报告有效", item("J1"), paper("起重机械检测"))},
	{"saf.pit", Safety, "深基坑安全", needs("监测正常，无积水", item("J2"))},
	{"saf.scaffold", Safety, "脚手架、模板支撑安全", needs("复验合格，防护完好", item("J3"))},
	{"saf.power", Safety, "临时用电安全", needs("巡检合格", item("J4"))},
	{"saf.fire", Safety, "消防安全", needs("动火审批、器材、宿舍用电合规", item("J5"), item("E3"))},
	{"saf.hazmat", Safety, "危化品存放", needs("单独存放、通风", item("J7"))},
	{"saf.major", Safety, "危大工程管理", needs("清单、方案、论证、监督齐全", item("J8"))},
	{
		"saf.selfcheck", Safety, "三方自查整改销号",
		needs("三方签字，隐患销号", item("J11"), evidence{paper: "三方自查", afterStop: true}),
	},
	{"saf.dust", Safety, "扬尘六个百分百", needs("六个百分百落实", item("J9"))},
	{"saf.drainage", Safety, "排水、临建抗风", needs("板房加固，排水畅通", item("J10"))},
	{
		"saf.order", Safety, "主管部门复工指令",
		onlyAfter(needs("停工后的复工指令", evidence{paper: "复工指令", afterStop: true}), site.Typhoon, site.Accident),
	},
	{
		"saf.accident", Safety, "事故整改完成",
		onlyAfter(needs("整改完成并书面申请复查", evidence{paper: "事故整改", afterStop: true}), site.Accident),
	},
}

// onlyAfter limits a check to some occasions of stopping; after any other it has nothing to ask.
func onlyAfter(check func(*Case) Finding, whys ...site.Occasion) func(*Case) Finding {
	return func(c *Case) Finding {
		for _, why := range whys {
			if c.Section.Occasion == why {
				return check(c)
			}
		}
		return c.notApplicable(locale.Say("非此类停工"))
	}
}

// safetyTraining takes either paper: the three levels of instruction (三级教育), or the first lesson after the stop (复工第一课).
func safetyTraining(c *Case) Finding {
	lesson, given := c.Document("复工第一课")
	if given && !lesson.IssuedOn.Before(c.Section.StoppedOn) {
		t := c.tally(locale.Say("三级教育，或停工后的复工第一课"))
		t.observed(issuedOn(lesson))
		t.pass()
		return t.finish()
	}
	return needs("三级教育，或停工后的复工第一课", paper("三级教育"))(c)
}
