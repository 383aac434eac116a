package main

import "slices"

func resultsOf(t table, numbers []string) table {
	return t.of("证件号码", numbers...).as("姓名", "证件号=证件号码", "采样管编号", "混采人数", "采样时间", "接收时间", "检测时间", "报告时间", "检测结果", "检测类型", "采样点", "检测机构")
}

// laboratoryFile is an export of the laboratory.
func laboratoryFile(t table, numbers []string) *file {
	one := resultsOf(t, numbers)
	s := &sheet{header: one.header, rows: plain(one.rows)}
	smudgeResults(s)
	plantNumbers(s)
	plantTimes(s)
	s.repeat(0)
	return &file{name: "09核酸_检验所.csv", kind: "results", sheets: []*sheet{s}, comma: ',', encoding: gb18030, dirt: []string{"GB18030", "numbers padded with tabs"}}
}

func smudgeResults(s *sheet) {
	for i := range s.rows {
		s.rows[i].cells[s.at("证件号")] = tabbed(s.get(i, "证件号"))
	}
	for i, word := range []string{"阴性(-)", "(-)", "未检出", "NEGATIVE", "－"} {
		s.smudge(i, "检测结果", always(word), "negative as "+word)
	}
	s.smudge(5, "证件号", fullWidth, "full-width digits")
	s.smudge(6, "采样时间", slashed, "time with slashes")
	s.smudge(7, "采样时间", compact, "time without any sign")
	s.smudge(8, "采样时间", chinese, "time written in Chinese")
	s.smudge(9, "采样时间", withZone, "time with its offset")
}

func plantNumbers(s *sheet) {
	s.plant(20, "rejected ID_SCI 证件号码", change{"采样管编号": "NT220505781", "证件号": destroyed}, "number destroyed by a spreadsheet")
	s.plant(22, "rejected ID_CHECKSUM 证件号码", change{"证件号": wrongDigit(s.get(22, "证件号")[1:])}, "wrong check digit")
	s.plant(24, "quarantined ID_MASKED 证件号码", change{"证件号": masked}, "masked number")
	s.plant(26, "quarantined NAME_MISMATCH 姓名", change{"姓名": "王晓明", "采样管编号": "NT220505777", "采样时间": "2022-05-05 11:00:00", "接收时间": "", "检测时间": "", "报告时间": "2022-05-05 19:00:00", "混采人数": "1"}, "the number of somebody of another name")
	s.plant(28, "quarantined NOT_ON_ROSTER 证件号码", change{"姓名": "示例午", "采样管编号": "NT220505779", "混采人数": "1", "证件号": unknownPerson}, "nobody on the roster")
	s.plant(30, "rejected MISSING 证件号码", change{"证件号": ""}, "no number")
	s.plant(32, "rejected NUMBER 混采人数", change{"采样管编号": "NT220505776", "混采人数": "十"}, "number in words")
	s.plant(34, "rejected RESULT_CODE 检测结果", change{"采样管编号": "NT220505775", "检测结果": "1"}, "a bare code, which means one thing here and the contrary there")
	s.plant(36, "rejected RESULT_CODE 检测结果", change{"采样管编号": "NT220505774", "检测结果": "合格"}, "a word that is no result")
}

func plantTimes(s *sheet) {
	s.plant(40, "rejected TIME_ORDER", change{"采样管编号": "NT220505773", "采样时间": "2022-05-05 10:00:00", "接收时间": "", "检测时间": "", "报告时间": "2022-05-05 09:00:00"}, "reported before it was sampled")
	s.plant(42, "rejected FUTURE 采样时间", change{"采样管编号": "NT220507772", "采样时间": "2022-05-07 10:00:00", "接收时间": "", "检测时间": "", "报告时间": ""}, "sampled tomorrow")
	s.plant(44, "rejected TIME_FORMAT 采样时间", change{"采样管编号": "NT220505771", "采样时间": "05-05 07:30"}, "no year")
	s.plant(46, "rejected MISSING 采样时间", change{"采样管编号": "NT220505770", "采样时间": ""}, "no time of sampling")
	s.accept(48, change{"采样管编号": "NT220506769", "混采人数": "1", "采样时间": "2022-05-06 06:50:00", "接收时间": "", "检测时间": "", "报告时间": "", "检测结果": ""}, "sampled this morning, no result yet")
}

// samplingFile is what the sampling point keeps.
func samplingFile(t table, numbers []string) *file {
	one := resultsOf(t, numbers)
	s := &sheet{name: "结果", titles: titles("核酸检测结果汇总"), header: one.header, rows: plain(one.rows), total: true}
	overfillTube(s)
	quarrel(s)
	s.repeat(3)
	s.dates("采样时间", "接收时间", "检测时间", "报告时间")
	return &file{name: "10核酸_采样点.xlsx", kind: "results", date1904: true, sheets: []*sheet{s, notice("参数")}, dirt: []string{"times are numbers of the 1904 date system", "two merged title rows", "total row", "hidden sheet"}}
}

// overfillTube puts an eleventh person into a tube of ten.
func overfillTube(s *sheet) {
	members := map[string]int{}
	for i := range s.rows {
		tube := s.get(i, "采样管编号")
		members[tube]++
		if members[tube] < 10 {
			continue
		}
		other := slices.IndexFunc(s.rows, func(r row) bool {
			return r.cells[s.at("采样管编号")] != s.rows[i].cells[s.at("采样管编号")] && r.cells[0] != s.rows[i].cells[0]
		})
		s.plant(i, "rejected POOL_OVERSIZE 采样管编号", change{"姓名": s.get(other, "姓名"), "证件号": s.get(other, "证件号")}, "an eleventh person in a tube of ten")
		return
	}
}

// quarrel adds a tube of two people that has two results.
func quarrel(s *sheet) {
	at := change{"采样管编号": "NT220504555", "采样时间": "2022-05-04 17:00:00", "接收时间": "2022-05-04 18:00:00", "检测时间": "2022-05-04 20:00:00", "报告时间": "2022-05-04 23:00:00", "检测结果": "阴性"}
	s.plant(60, "quarantined TUBE_CONFLICT", at, "the same tube as the next planted line, with another result")
	at["检测结果"] = "阳性"
	s.plant(62, "quarantined TUBE_CONFLICT", at, "the same tube as the planted line before, with another result")
}

func temperatureFile(t table) *file {
	t = t.as("测量时间", "证件号码", "体温(℃)=体温")
	s := &sheet{header: t.header, rows: plain(t.rows)}
	s.smudge(0, "体温(℃)", fullWidth, "full-width number")
	s.smudge(1, "测量时间", slashed, "time with slashes")
	s.plant(2, "rejected NUMBER 体温", change{"体温(℃)": "正常"}, "a word for a number")
	s.plant(4, "rejected RANGE 体温", change{"测量时间": "2022-05-05 12:00:00", "体温(℃)": "63.6"}, "digits swapped")
	s.plant(6, "rejected FUTURE 测量时间", change{"测量时间": "2022-05-06 17:50:00"}, "this evening")
	s.plant(8, "quarantined NOT_ON_ROSTER 证件号码", change{"证件号码": unknownPerson}, "nobody on the roster")
	s.plant(10, "rejected MISSING 体温", change{"测量时间": "2022-05-05 12:00:00", "体温(℃)": ""}, "no reading")
	s.repeat(0)
	return &file{name: "11体温登记.csv", kind: "temperatures", sheets: []*sheet{s}, comma: '\t', encoding: utf8BOM, dirt: []string{"UTF-8 with BOM", "tabs", "unit in a heading"}}
}
