package district

import (
	"fmt"
	"strconv"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// registers is every KIND in the order it can be imported, with the columns the files of this district have.
var registers = []register{
	{kind: "sections", header: words("项目编号 项目名称 标段编号 标段名称 街道 社区 地址 经度 纬度 坐标系 建设单位 施工单位 监理单位 项目负责人 联系电话 状态 停工类型 停工日期 未复工原因 责任单位 预计复工日期"), each: (*plan).sectionRow, moved: (*plan).movedRow},
	{kind: "zones", header: words("范围类型 范围 级别 开始时间 结束时间 文号"), common: (*plan).streetZones, each: (*plan).sectionZones},
	{kind: "roster", header: words("标段编号 姓名 证件号码 进场时间 证件类型 手机号码 所属单位 班组 工种 人员类别 退场时间 住宿方式 场外地址 房间号 来源地 是否市外 健康申报时间 限制至 防疫专员"), each: (*plan).rosterRows},
	{kind: "rooms", header: words("标段编号 房间号 使用面积 床位数 楼栋 用途 床铺层数"), each: (*plan).roomRows},
	{kind: "stays", header: words("证件号码 标段编号 房间号 入住时间 离开时间"), each: (*plan).stayRows},
	{kind: "areas", header: words("标段编号 区域编号 区域名称 区域类型"), each: (*plan).areaRows},
	{kind: "disinfection", header: words("标段编号 区域编号 消毒时间 药剂 浓度 作用时间 操作人"), when: "消毒时间", each: (*plan).disinfectionRows},
	{kind: "results", header: words("证件号码 采样时间 检测结果 姓名 采样管编号 混采人数 接收时间 检测时间 报告时间 检测类型 采样点 检测机构"), when: "报告时间", each: (*plan).resultRows},
	{kind: "temperatures", header: words("证件号码 测量时间 体温"), when: "测量时间", each: (*plan).temperatureRows},
	{kind: "gate", header: words("标段编号 证件号码 时间 方向 事由 审批人"), when: "时间", each: (*plan).gateRows},
	{kind: "stock", header: words("标段编号 日期 物资 结存 日人均用量"), when: "日期", each: (*plan).stockRows},
	{kind: "documents", header: words("标段编号 类型 签发日期 到期日期"), when: "签发日期", each: (*plan).documentRows},
	{kind: "checklists", header: words("标段编号 日期 提交时间 项目编号 答案 备注"), when: "提交时间", each: (*plan).answerRows},
}

func words(s string) []string { return strings.Fields(s) }

func (p *plan) sectionRow(out sink) { p.sectionRowAt(out, p.spec.Now) }

// sectionRowAt writes the section as it was sent in by an instant.
func (p *plan) sectionRowAt(out sink, at calendar.Instant) {
	state, reason, unit := p.standing(at)
	stopped, expected := "", ""
	if state != site.Operating {
		stopped = p.opened.Add(-21 - p.index%9).String()
		expected = p.spec.today().Add(2 + p.index%12).String()
		if p.resumed > 0 {
			expected = p.resumption().String()
		}
	}
	out(p.projectCode, p.projectName, p.code, p.name, p.street, p.community, p.address, p.longitude, p.latitude, "CGCS2000",
		p.owner, p.contractor, p.supervisor, p.manager, phone(p.index*p.spec.stride()), string(state), string(p.occasion),
		stopped, reason, unit, expected)
}

// resumption is the day of the delivery that told of it.
func (p *plan) resumption() calendar.Date { return p.spec.today().Add(1 - p.resumed) }

// appliedFor is how many days a section waits for leave to resume.
const appliedFor = 2

// standing is the state of the section as it was told by an instant. One that works again had applied for it first.
func (p *plan) standing(at calendar.Instant) (state site.State, reason, unit string) {
	switch waits := p.resumption().Until(calendar.On(at, p.spec.loc())); {
	case p.resumed == 0 || waits >= 0:
		return p.state, p.reason, p.unit
	case waits >= -appliedFor:
		return site.Applied, "", ""
	}
	return site.NotResumed, "未申请", "施工单位"
}

// movedRow writes the section anew where its state has changed between two sendings.
func (p *plan) movedRow(out sink, after, at calendar.Instant) {
	before, _, _ := p.standing(after)
	if now, _, _ := p.standing(at); after.IsZero() || before != now {
		p.sectionRowAt(out, at)
	}
}

// streetZones closes one street until ten o'clock this evening and watches a community of another.
func (p *plan) streetZones(out sink) {
	all := streets(p.spec.Sections)
	today, loc := p.spec.today(), p.spec.loc()
	clock := func(days, hour int) string { return p.clock(today.Add(days).Start(loc).Add(hours(hour))) }
	out(string(site.ScopeStreet), all[2].name, string(site.Controlled), clock(-3, 6), clock(0, 22), "示防指〔2022〕41号")
	out(string(site.ScopeCommunity), all[4].communities[0], string(site.Precaution), clock(-5, 0), "", "示防指〔2022〕38号")
	out(string(site.ScopeStreet), all[1].name, string(site.Precaution), clock(-9, 0), clock(-4, 22), "示防指〔2022〕35号")
}

// sectionZones locks the section of a person who has come back positive.
func (p *plan) sectionZones(out sink) {
	if p.trouble == singlePositive {
		from := p.spec.today().Start(p.spec.loc()).Add(hours(6))
		out(string(site.ScopeSection), p.code, string(site.Locked), p.clock(from), "", fmt.Sprintf("示防指〔2022〕%d号", 42+p.index))
	}
}

func (p *plan) rosterRows(out sink) {
	for _, one := range p.staff {
		lodging, door := roster.OnSite, ""
		if one.room == noRoom {
			lodging = roster.OffSite
		} else {
			door = p.rooms[one.room].number
		}
		out(p.code, one.name, one.number, p.clock(one.entered), "居民身份证", one.phone, one.employer, one.team, one.trade,
			string(one.category), p.clock(one.left), string(lodging), one.offsite, door, one.origin, yesNo(one.outside),
			p.clock(one.declared), p.clock(one.restricted), yesNo(one.officer))
	}
}

func yesNo(yes bool) string {
	if yes {
		return "是"
	}
	return "否"
}

func (p *plan) roomRows(out sink) {
	for _, r := range p.rooms {
		levels := 2
		if r.beds == 1 {
			levels = 1
		}
		area := fmt.Sprintf("%d.%d", r.area/10, r.area%10)
		out(p.code, r.number, area, strconv.Itoa(r.beds), p.building()+"栋", string(r.use), strconv.Itoa(levels))
	}
}

func (p *plan) stayRows(out sink) {
	for _, one := range p.staff {
		if one.room == noRoom {
			continue
		}
		until := one.left
		if !one.moved.IsZero() {
			until = one.moved
		}
		out(one.number, p.code, p.rooms[one.room].number, p.clock(one.entered), p.clock(until))
		if !one.moved.IsZero() {
			out(one.number, p.code, p.rooms[one.isolation].number, p.clock(one.moved), "")
		}
	}
}
