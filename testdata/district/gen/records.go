package main

import "strconv"

func gateFile(t table) *file {
	s := &sheet{header: t.header, rows: plain(t.rows)}
	s.plant(0, "rejected WORD 方向", change{"时间": "2022-05-05 12:00:00", "方向": "过"}, "neither in nor out")
	s.plant(2, "rejected FUTURE 时间", change{"时间": "2022-05-06 18:00:00"}, "this evening")
	s.plant(4, "rejected ID_CHECKSUM 证件号码", change{"证件号码": wrongDigit(s.get(4, "证件号码"))}, "wrong check digit")
	s.plant(6, "rejected UNKNOWN_SECTION 标段编号", change{"标段编号": "ZZ99-1"}, "a section that does not exist")
	s.accept(8, change{"证件号码": secondUnknown, "时间": "2022-05-05 10:00:00", "方向": "进", "事由": "送货"}, "somebody whom no roster knows comes in")
	s.accept(9, change{"时间": "2022-05-05 10:40:00", "方向": "出"}, "and goes out again")
	s.repeat(0)
	return &file{name: "12门岗进出.csv", kind: "gate", sheets: []*sheet{s}, comma: ',', encoding: gb18030, dirt: []string{"GB18030"}}
}

func stockFile(t table) *file {
	s := &sheet{name: "物资", titles: titles("防疫物资结存表"), header: t.header, rows: plain(t.rows), total: true}
	for i := range s.rows {
		if n, err := strconv.ParseFloat(s.get(i, "结存"), 64); err == nil {
			s.rows[i].cells[s.at("结存")] = formula{text: strconv.FormatFloat(n-3, 'f', -1, 64) + "+3", value: n}
		}
	}
	s.plant(0, "rejected NUMBER 结存", change{"日期": "2022-05-01", "结存": "充足"}, "a word for a number")
	s.plant(2, "rejected WORD 物资", change{"物资": "雨衣"}, "goods nobody counts")
	s.plant(4, "rejected UNKNOWN_SECTION 标段编号", change{"标段编号": "ZZ99-1"}, "a section that does not exist")
	s.plant(6, "rejected RANGE 结存", change{"日期": "2022-05-01", "结存": "-20"}, "less than nothing")
	s.repeat(0)
	return &file{name: "13防疫物资.xlsx", kind: "stock", sheets: []*sheet{s}, dirt: []string{"numbers are formulas", "two merged title rows", "total row"}}
}

func documentFile(t table) *file {
	s := &sheet{header: t.header, rows: plain(t.rows)}
	s.plant(0, "rejected TIME_ORDER", change{"签发日期": "2022-05-04", "到期日期": "2022-04-04"}, "expires before it is issued")
	s.plant(2, "rejected TIME_FORMAT 签发日期", change{"签发日期": "四月"}, "no date")
	s.plant(4, "rejected UNKNOWN_SECTION 标段编号", change{"标段编号": "ZZ99-1"}, "a section that does not exist")
	s.plant(6, "rejected MISSING 类型", change{"类型": ""}, "no type")
	s.repeat(0)
	return &file{name: "14证照资料.csv", kind: "documents", sheets: []*sheet{s}, comma: ';', dirt: []string{"semicolons"}}
}

func checklistFile(t table) *file {
	s := &sheet{header: t.header, rows: plain(t.rows)}
	s.plant(0, "rejected WORD 项目编号", change{"项目编号": "Z9"}, "an item that is not on the form")
	s.plant(2, "rejected WORD 答案", change{"项目编号": "B1", "提交时间": "2022-05-03 16:59:00", "答案": "大概"}, "neither yes nor no")
	s.plant(4, "rejected UNKNOWN_SECTION 标段编号", change{"标段编号": "ZZ99-1"}, "a section that does not exist")
	s.plant(6, "rejected FUTURE", change{"日期": "2022-05-07", "提交时间": "2022-05-07 16:30:00"}, "sent tomorrow")
	s.repeat(0)
	return &file{name: "15每日自查.csv", kind: "checklists", sheets: []*sheet{s}, comma: '\t', encoding: gb18030, dirt: []string{"GB18030", "tabs"}}
}
