package checklist

import "slices"

// Input is what may be entered for an item; several may be combined.
type Input uint8

// The inputs: YesNo is 是/否/不适用, Count a number, Photo a photo that is demanded, RemarkOnNo a remark that is demanded
// with a 否 (what, who, by when), Words free text.
const (
	YesNo Input = 1 << iota
	Count
	Photo
	RemarkOnNo
	Words
)

// Has reports whether an item takes all of the given inputs.
func (i Input) Has(all Input) bool { return i&all == all }

// Copyable reports whether yesterday's answer may be offered again: photos and numbers have to be fresh.
func (i Input) Copyable() bool { return i&(Photo|Count) == 0 }

// Part is a heading of the checklist.
type Part string

// The parts, in the order they are filled in.
const (
	Basics     Part = "A 基本"
	Gate       Part = "B 出入口"
	Screening  Part = "C 核酸"
	Health     Part = "D 健康"
	Lodgings   Part = "E 宿舍"
	Cleaning   Part = "F 消杀"
	Meals      Part = "G 食堂"
	Goods      Part = "H 物资"
	Drills     Part = "I 教育应急"
	SiteSafety Part = "J 安全"
	Rectified  Part = "K 整改"
)

// Item is one line of the daily checklist. Code is what answers refer to, in files too; it is never reused.
type Item struct {
	Code  string
	Part  Part
	Text  string
	Input Input
}

// Find gives the item of a code.
func Find(code string) (Item, bool) {
	i := slices.IndexFunc(template, func(it Item) bool { return it.Code == code })
	if i < 0 {
		return Item{}, false
	}
	return template[i], true
}

// Template lists every item in the order it is filled in. The slice is the caller's own.
func Template() []Item { return slices.Clone(template) }

// template holds the items of the district's form. B5, D4, E4, I3 and J7 to J11 are ours: criteria of the policy that
// nothing on the form answered.
var template = []Item{
	{"A1", Basics, "今日是否施工（停工日照报“零报告”）；日期、天气", YesNo | Count},
	{"A2", Basics, "在册、在场、新进场、离场、请假人数", Count},
	{"A3", Basics, "其中管理、劳务、监理、后勤人员及访客人数", Count},
	{"A4", Basics, "住宿：场内人数、场外人数及地址", Count | RemarkOnNo},

	{"B1", Gate, "仅设一个人员出入口，24小时值守；另设的出入口为双门岗", YesNo | Photo | RemarkOnNo},
	{"B2", Gate, "进场人员全部扫场所码、查健康码、测温，并有书面记录", YesNo | RemarkOnNo},
	{"B3", Gate, "今日进出人次；闭环人员外出人数及审批", Count | RemarkOnNo},
	{"B4", Gate, "外来人员、车辆、物料登记与消杀；司机未下车", YesNo | Count | RemarkOnNo},
	{"B5", Gate, "围挡连续封闭，无缺口", YesNo | Photo | RemarkOnNo},

	{"C1", Screening, "应检、已采、已出阴性、未出、异常人数", Count},
	{"C2", Screening, "未检人员及原因", Words | RemarkOnNo},
	{"C3", Screening, "采样时间、采样点、检测机构；抗原检测人数", Count | Words},
	{"C4", Screening, "超48小时未检人员已停工并隔开", YesNo | RemarkOnNo},

	{"D1", Health, "晨检、晚检人数，体温异常（≥37.3℃）人数", Count},
	{"D2", Health, "有症状人员已隔离并报告街道（社区）；无症状人员填不适用", YesNo | Count | RemarkOnNo},
	{"D3", Health, "隔离观察人数、使用间数、剩余间数", Count},
	{"D4", Health, "隔离观察室与生活区硬隔离，独立卫生间，专人值守，Ⅰ、Ⅱ类分开，平面图标明应急处置区", YesNo | Photo | RemarkOnNo},

	{"E1", Lodgings, "宿舍无超员、无通铺、无混住", YesNo | RemarkOnNo},
	{"E2", Lodgings, "宿舍每日通风不少于2次，每次不少于30分钟", YesNo},
	{"E3", Lodgings, "宿舍无大功率电器、无飞线、无电动车入室", YesNo | Photo | RemarkOnNo},
	{"E4", Lodgings, "宿舍通道宽度不小于0.9米，窗可开启", YesNo | RemarkOnNo},

	{"F1", Cleaning, "各登记区域消杀次数、时间、药剂、浓度、作业人（取自消毒记录）", Count | Photo},
	{"F2", Cleaning, "消毒记录上墙张贴", YesNo | Photo},

	{"G1", Meals, "分时分餐，未聚集", YesNo | RemarkOnNo},
	{"G2", Meals, "从业人员每日测温3次，佩戴口罩", YesNo | RemarkOnNo},
	{"G3", Meals, "食品留样48小时，每样不少于125克", YesNo | RemarkOnNo},
	{"G4", Meals, "食品经营许可证、从业人员健康证有效", YesNo | RemarkOnNo},

	{"H1", Goods, "口罩、消毒液、酒精、测温枪、防护服、抗原结存及可用天数", Count},
	{"H2", Goods, "废弃口罩专用带盖桶，每日清运消毒", YesNo | Photo},

	{"I1", Drills, "今日防疫交底、教育人数和主题", Count | Photo},
	{"I2", Drills, "应急演练按期，防疫专员在岗，应急处置区完好", YesNo | RemarkOnNo},
	{"I3", Drills, "监理单位今日已检查防疫工作，问题已发通知", YesNo | RemarkOnNo},

	{"J1", SiteSafety, "起重机械班前检查合格", YesNo | RemarkOnNo},
	{"J2", SiteSafety, "深基坑监测正常，无积水，临边防护完好", YesNo | RemarkOnNo},
	{"J3", SiteSafety, "脚手架、模板支撑、临边洞口完好", YesNo | Photo | RemarkOnNo},
	{"J4", SiteSafety, "临时用电巡检合格，接地、漏保有效", YesNo | RemarkOnNo},
	{"J5", SiteSafety, "动火审批齐全，消防器材、水源有效", YesNo | RemarkOnNo},
	{"J6", SiteSafety, "特种作业持证在岗；项目经理、安全员、总监在岗", YesNo | RemarkOnNo},
	{"J7", SiteSafety, "危险化学品单独存放、通风良好", YesNo | RemarkOnNo},
	{"J8", SiteSafety, "危大工程有清单、专项方案、专家论证和专人监督", YesNo | RemarkOnNo},
	{"J9", SiteSafety, "扬尘控制“六个百分百”落实", YesNo | Photo | RemarkOnNo},
	{"J10", SiteSafety, "活动板房加固，排水沟畅通", YesNo | Photo | RemarkOnNo},
	{"J11", SiteSafety, "复工前隐患已整改销号", YesNo | RemarkOnNo},

	{"K1", Rectified, "未销号隐患数；今日销号数", Count | Photo},
	{"K2", Rectified, "其他需报告事项（无则填“无”）", Words},
}
