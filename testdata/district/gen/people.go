package main

import "slices"

// sections are the codes of the district, in order.
func sections(tables map[string]table) []string {
	t := tables["sections"]
	var all []string
	for _, r := range t.rows {
		all = append(all, r[t.at("标段编号")])
	}
	return all
}

func files(tables map[string]table) []*file {
	codes := sections(tables)
	early, late := codes[:4], codes[4:]
	return []*file{
		sectionFile(tables["sections"]),
		zoneFile(tables["zones"]),
		rosterBySection(tables["roster"], early),
		rosterOfRest(tables["roster"], late),
		roomFile(tables["rooms"]),
		stayFile(tables["stays"]),
		areaFile(tables["areas"]),
		disinfectionFile(tables["disinfection"]),
		laboratoryFile(tables["results"], numbersOf(tables["roster"], early)),
		samplingFile(tables["results"], numbersOf(tables["roster"], late)),
		temperatureFile(tables["temperatures"]),
		gateFile(tables["gate"]),
		stockFile(tables["stock"]),
		documentFile(tables["documents"]),
		checklistFile(tables["checklists"]),
	}
}

func numbersOf(roster table, codes []string) []string {
	var all []string
	for _, r := range roster.of("标段编号", codes...).rows {
		all = append(all, r[roster.at("证件号码")])
	}
	return all
}

func notice(name string) *sheet {
	return &sheet{name: name, hidden: true, header: []string{"本表由劳资员维护，勿删"}, rows: plain([][]string{{"姓名"}, {"示例甲"}})}
}

func titles(title string) []string {
	return []string{title, "填报单位：江畔示例建设集团        填报时间：2022年5月5日"}
}

const signature = "填表人：示例员    审核人：            （盖章）"

func sectionFile(t table) *file {
	t = t.as("序号", "项目编号", "项目名称", "标段编号", "标段名称", "所属街道=街道", "社区", "工程地址=地址", "经度", "纬度", "坐标系", "建设单位", "施工单位",
		"监理单位", "项目负责人", "联系电话", "复工状态=状态", "停工类型", "停工日期", "未复工原因", "责任单位", "预计复工日期")
	s := &sheet{name: "标段", titles: titles("复工复产标段信息表"), header: t.header, rows: plain(t.rows), total: true, signature: signature}
	s.smudge(0, "项目名称", nonBreaking, "non-breaking and wide spaces around the name")
	s.plant(2, "rejected MISSING 标段编号", change{"标段编号": ""}, "no section code")
	s.plant(4, "rejected WORD 状态", change{"标段编号": "ZZ99-1", "复工状态": "开工"}, "a state nobody defined")
	s.repeat(1)
	s.number()
	return &file{name: "01标段信息.xlsx", kind: "sections", sheets: []*sheet{s, notice("说明")}, dirt: []string{"two merged title rows", "total and signature rows", "hidden sheet", "unknown column 序号", "header synonyms"}}
}

func zoneFile(t table) *file {
	t = t.as("级别", "范围类型", "范围", "开始时间", "结束时间", "文号")
	s := &sheet{header: t.header, rows: plain(t.rows)}
	s.smudge(0, "开始时间", chinese, "time written in Chinese")
	s.smudge(1, "开始时间", slashed, "time with slashes")
	s.plant(0, "rejected WORD 级别", change{"级别": "高风险区"}, "a level of another year")
	s.plant(2, "rejected TIME_ORDER", change{"开始时间": "2022-05-05 06:00:00", "结束时间": "2022-05-04 06:00:00"}, "ends before it begins")
	s.repeat(0)
	return &file{name: "02防控区域.csv", kind: "zones", sheets: []*sheet{s}, comma: ';', encoding: utf8BOM, dirt: []string{"UTF-8 with BOM", "semicolons", "columns in another order"}}
}

func rosterHeadings() []string {
	return []string{"序号", "标段=标段编号", "人员姓名=姓名", "身份证号=证件号码", "联系方式=手机号码", "参建单位=所属单位", "施工队=班组", "岗位=工种", "人员类别",
		"入场日期=进场时间", "退场日期=退场时间", "住宿方式", "场外地址", "宿舍号=房间号", "来源地", "是否市外", "健康申报时间", "限制至", "防疫专员"}
}

func rosterBySection(t table, codes []string) *file {
	f := &file{name: "03花名册_前四标段.xlsx", kind: "roster", dirt: []string{"one sheet a section", "the section's code in one merged cell a sheet", "hidden sheet", "header synonyms"}}
	for _, code := range codes {
		one := t.of("标段编号", code).as(rosterHeadings()...)
		s := &sheet{name: code, titles: titles(code + "实名制花名册"), header: one.header, rows: plain(one.rows), merged: "标段", total: true, signature: signature}
		f.sheets = append(f.sheets, s)
	}
	smudgeRoster(f.sheets[0])
	plantRoster(f.sheets[1], f.sheets[0])
	plantUnknown(f.sheets[3])
	for _, s := range f.sheets {
		s.number()
	}
	f.sheets = append(f.sheets, notice("说明"))
	return f
}

// smudgeRoster makes numbers and names look as they do after passing through many hands.
func smudgeRoster(s *sheet) {
	x := slices.IndexFunc(s.rows, func(r row) bool { text, _ := r.cells[3].(string); return text[len(text)-1] == 'X' })
	if x >= 0 {
		s.smudge(x, "身份证号", lowerSpaced, "lower-case x and spaces")
	}
	s.smudge(1, "身份证号", fullWidth, "full-width digits")
	s.smudge(2, "身份证号", apostrophe, "leading apostrophe")
	s.smudge(3, "身份证号", zeroWidth, "zero-width characters")
	s.smudge(4, "人员姓名", nonBreaking, "non-breaking and wide spaces")
	s.smudge(5, "人员姓名", func(name string) string { r := []rune(name); return string(r[:1]) + " " + string(r[1:]) }, "space inside a Chinese name")
	s.smudge(6, "联系方式", func(phone string) string { return "+86 " + phone[:3] + "-" + phone[3:7] + "-" + phone[7:] }, "phone with country code and dashes")
	s.smudge(7, "入场日期", chinese, "time written in Chinese")
	s.smudge(8, "入场日期", dotted, "time with dots")
	s.smudge(9, "入场日期", slashed, "time with slashes")
	s.dates("健康申报时间")
	s.remark(0, "declaration time as a spreadsheet number, as in all rows of this sheet")
}

// plantRoster adds people who cannot be taken up.
func plantRoster(s, other *sheet) {
	wrong := wrongDigit(s.get(0, "身份证号"))
	s.plant(0, "rejected ID_CHECKSUM 证件号码", change{"人员姓名": "示例丁", "身份证号": wrong}, "wrong check digit")
	s.plant(1, "rejected ID_SCI 证件号码", change{"人员姓名": "示例戊", "身份证号": destroyed}, "number destroyed by a spreadsheet, as text")
	s.plant(2, "rejected ID_SCI 证件号码", change{"人员姓名": "示例己", "身份证号": 320699198810010055.0}, "number kept as a number, last digits lost")
	s.plant(3, "quarantined ID_MASKED 证件号码", change{"人员姓名": "示例庚", "身份证号": masked}, "masked number")
	s.plant(4, "rejected ID_DATE 证件号码", change{"人员姓名": "示例辛", "身份证号": noSuchDay}, "29 February of a common year")
	s.plant(5, "rejected ID_LENGTH 证件号码", change{"人员姓名": "示例壬", "身份证号": fifteenDigits}, "number of the old kind, fifteen digits")
	s.plant(6, "rejected MISSING 姓名", change{"人员姓名": "", "身份证号": unknownPerson}, "no name")
	s.plant(7, "rejected MISSING 证件号码", change{"人员姓名": "示例癸", "身份证号": ""}, "no number")
	s.plant(8, "quarantined NAME_MISMATCH 姓名", change{"人员姓名": "示例子", "身份证号": other.get(0, "身份证号")}, "the number of somebody of another name")
	s.repeat(0)
}

func plantUnknown(s *sheet) {
	s.plant(3, "rejected UNKNOWN_SECTION 标段编号", change{"标段": "ZZ99-1", "人员姓名": "示例丑", "身份证号": unknownPerson}, "a section that does not exist")
	s.plant(4, "rejected TIME_FORMAT 进场时间", change{"人员姓名": "示例寅", "身份证号": unknownPerson, "入场日期": "五月初"}, "no date")
	s.plant(5, "rejected TIME_ORDER", change{"人员姓名": "示例卯", "身份证号": unknownPerson, "入场日期": "2022-05-03 08:00:00", "退场日期": "2022-05-01 08:00:00"}, "left before he came")
	s.plant(6, "rejected WORD 人员类别", change{"人员姓名": "示例辰", "身份证号": unknownPerson, "人员类别": "临时工"}, "a category nobody defined")
}

func rosterOfRest(t table, codes []string) *file {
	one := t.of("标段编号", codes...).as(rosterHeadings()...)
	s := &sheet{name: "花名册", titles: []string{"后四标段实名制花名册"}, header: one.header, rows: plain(one.rows), merged: "标段"}
	s.repeat(2)
	s.dates("入场日期", "退场日期", "健康申报时间")
	s.number()
	return &file{name: "04花名册_后四标段.xlsx", kind: "roster", date1904: true, sheets: []*sheet{s}, dirt: []string{"times are numbers of the 1904 date system", "section codes in merged cells"}}
}
