package main

import (
	"slices"
	"strings"
)

func roomFile(t table) *file {
	t = t.as("标段编号", "楼栋", "房间号", "用途", "使用面积(㎡)=使用面积", "床位数", "床铺层数")
	s := &sheet{titles: []string{"宿舍房间台账"}, header: t.header, rows: plain(t.rows), total: true}
	s.smudge(1, "床位数", fullWidth, "full-width number")
	s.plant(0, "rejected NUMBER 床位数", change{"房间号": "Z-101", "床位数": "六张"}, "number in words")
	s.plant(2, "rejected RANGE 使用面积", change{"房间号": "Z-102", "使用面积(㎡)": "0"}, "a room without room")
	s.plant(4, "rejected UNKNOWN_SECTION 标段编号", change{"标段编号": "ZZ99-1"}, "a section that does not exist")
	s.plant(6, "rejected MISSING 使用面积", change{"房间号": "Z-103", "使用面积(㎡)": ""}, "no area")
	s.plant(8, "rejected WORD 用途", change{"房间号": "Z-104", "用途": "仓库"}, "a use nobody defined")
	s.repeat(0)
	return &file{name: "05宿舍房间.csv", kind: "rooms", sheets: []*sheet{s}, comma: '\t', encoding: gb18030, dirt: []string{"GB18030", "tabs", "title row", "total row", "unit in a heading"}}
}

func stayFile(t table) *file {
	t = t.as("标段编号", "房间号", "身份证号=证件号码", "入住时间", "离开时间")
	s := &sheet{name: "住宿", titles: titles("住宿人员登记"), header: t.header, rows: plain(t.rows), total: true, signature: signature}
	s.smudge(3, "身份证号", fullWidth, "full-width digits")
	other := otherRoom(s, 1)
	s.plant(0, "rejected UNKNOWN_ROOM 房间号", change{"房间号": "Z-909", "入住时间": "2022-05-05 08:00:00"}, "a room that is not in the list")
	s.plant(2, "rejected OVERLAP", change{"房间号": other, "入住时间": "2022-05-05 08:00:00"}, "somebody who has a bed already")
	s.plant(4, "quarantined NOT_ON_ROSTER 证件号码", change{"身份证号": unknownPerson}, "nobody on the roster")
	s.plant(6, "rejected TIME_ORDER", change{"入住时间": "2022-05-05 08:00:00", "离开时间": "2022-05-04 08:00:00"}, "left before he came")
	s.plant(8, "rejected ID_CHECKSUM 证件号码", change{"身份证号": wrongDigit(s.get(8, "身份证号"))}, "wrong check digit")
	s.plant(10, "rejected UNKNOWN_SECTION 标段编号", change{"标段编号": "ZZ99-1"}, "a section that does not exist")
	s.repeat(0)
	s.dates("入住时间")
	return &file{name: "06住宿人员.xlsx", kind: "stays", sheets: []*sheet{s}, dirt: []string{"two merged title rows", "times as spreadsheet numbers", "total and signature rows"}}
}

// otherRoom is a room of the same section in which somebody else sleeps.
func otherRoom(s *sheet, i int) string {
	at := slices.IndexFunc(s.rows, func(r row) bool {
		return r.cells[s.at("标段编号")] == s.rows[i].cells[s.at("标段编号")] && r.cells[s.at("房间号")] != s.rows[i].cells[s.at("房间号")]
	})
	return s.get(at, "房间号")
}

func areaFile(t table) *file {
	s := &sheet{header: t.header, rows: plain(t.rows)}
	s.plant(1, "rejected WORD 区域类型", change{"区域编号": "Z1", "区域类型": "车棚"}, "a kind nobody defined")
	s.plant(3, "rejected UNKNOWN_SECTION 标段编号", change{"标段编号": "ZZ99-1"}, "a section that does not exist")
	s.plant(5, "rejected MISSING 区域编号", change{"区域编号": ""}, "no code")
	s.repeat(0)
	return &file{name: "07消毒区域.csv", kind: "areas", sheets: []*sheet{s}, comma: ',', dirt: []string{"UTF-8 without BOM"}}
}

func disinfectionFile(t table) *file {
	t = t.as("消毒时间", "标段编号", "区域编号", "消毒药剂=药剂", "浓度", "作用时间(分钟)=作用时间", "操作人")
	s := &sheet{header: t.header, rows: plain(t.rows)}
	s.smudge(0, "消毒时间", chinese, "time written in Chinese")
	s.smudge(1, "消毒时间", slashed, "time with slashes")
	s.smudge(2, "浓度", func(text string) string { return strings.Replace(text, "mg/L", " MG/L", 1) }, "unit in capitals after a space")
	s.smudge(3, "浓度", always("500"), "concentration without a unit")
	s.plant(4, "rejected UNKNOWN_AREA 区域编号", change{"区域编号": "Z9"}, "an area that is not in the list")
	s.plant(6, "rejected UNKNOWN_SECTION 标段编号", change{"标段编号": "ZZ99-1"}, "a section that does not exist")
	s.plant(8, "rejected FUTURE 消毒时间", change{"消毒时间": "2022-05-07 08:00:00"}, "tomorrow")
	s.plant(10, "rejected TIME_FORMAT 消毒时间", change{"消毒时间": "早上8点"}, "no date")
	s.plant(12, "rejected NUMBER 作用时间", change{"消毒时间": "2022-05-04 23:11:00", "作用时间(分钟)": "半小时"}, "number in words")
	s.repeat(0)
	return &file{name: "08消毒记录.csv", kind: "disinfection", sheets: []*sheet{s}, comma: ';', encoding: utf8BOM, dirt: []string{"UTF-8 with BOM", "semicolons", "columns in another order"}}
}
