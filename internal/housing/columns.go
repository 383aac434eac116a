package housing

import "fugong/internal/intake"

// RoomColumns are the columns of the table of rooms, in the order of an export.
var RoomColumns = []intake.Column{
	sectionColumn,
	roomColumn,
	{Name: "使用面积", Required: true, Synonyms: []string{"面积", "房间面积", "使用面积平方米", "室内面积", "建筑使用面积"}},
	{Name: "床位数", Required: true, Synonyms: []string{"床位", "床数", "床铺数", "床位数量"}},
	{Name: "楼栋", Synonyms: []string{"宿舍楼", "楼号", "栋号", "楼栋号", "楼"}},
	{Name: "用途", Synonyms: []string{"房间用途", "房间类型", "类型"}},
	{Name: "床铺层数", Synonyms: []string{"床层数", "层数", "床铺层", "铺位层数"}},
}

// StayColumns are the columns of the table of stays, in the order of an export.
var StayColumns = []intake.Column{
	{Name: "证件号码", Required: true, Synonyms: []string{
		"身份证号码", "身份证号", "身份证", "证件号", "身份证件号码", "公民身份号码", "居民身份证号码", "证件编号"}},
	sectionColumn,
	roomColumn,
	{Name: "入住时间", Required: true, Synonyms: []string{"入住日期", "住入时间", "入宿时间"}},
	{Name: "离开时间", Synonyms: []string{"退宿时间", "搬离时间", "离开日期", "退房时间", "搬出时间"}},
	{Name: "姓名", Synonyms: []string{"人员姓名", "工人姓名", "住宿人员", "入住人"}},
	{Name: "证件类型", Synonyms: []string{"证件种类", "证件类别"}},
}

// The columns that name a room, alike in both tables.
var (
	sectionColumn = intake.Column{Name: "标段编号", Required: true, Synonyms: []string{
		"标段", "标段号", "标段代码", "标段编码", "工区", "所属标段"}}
	roomColumn = intake.Column{Name: "房间号", Required: true, Synonyms: []string{
		"宿舍号", "房号", "宿舍房间号", "房间", "房间编号", "宿舍"}}
)
