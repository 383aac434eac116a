package intake_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/checklist"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/fault"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

func TestMatchHeader(t *testing.T) {
	tests := []struct {
		name    string
		content string
		want    []string
		unknown []string
	}{
		{"titles above", "核酸名单,,\n单位：甲公司,2022年,\n姓名,证件号码,采样时间\n甲,1,a\n", []string{"4:甲|1|a"}, nil},
		{"any order", "采样时间,证件号码,姓名\na,1,甲\n", []string{"2:甲|1|a"}, nil},
		{"synonyms", "人员姓名,身份证号,采样日期\n甲,1,a\n", []string{"2:甲|1|a"}, nil},
		{"stars, units, breaks and space", "★姓 名,证件号码（18位）,\"采样\n时间(时分)\"\n甲,1,a\n", []string{"2:甲|1|a"}, nil},
		{"full-width and colon", "姓名：,＊证件号码,采样时间\n甲,1,a\n", []string{"2:甲|1|a"}, nil},
		{"unknown columns", "序号,姓名,证件号码,民族\n1,甲,1,汉\n", []string{"2:甲|1|"}, []string{"序号", "民族"}},
		{"the name beats a synonym", "身份证号,姓名,证件号码\n9,甲,1\n", []string{"2:甲|1|"}, []string{"身份证号"}},
		{"named twice, the first counts", "姓名,证件号码,姓名\n甲,1,乙\n", []string{"2:甲|1|"}, []string{"姓名"}},
		{"two rows, merged across", "姓名,证件,,采样\n,类型,号码,时间\n甲,身,1,a\n", []string{"3:甲|1|a"}, []string{"类型"}},
		{"two rows, names repeated", "姓名,证件,证件,采样\n姓名,证件类型,证件号码,采样时间\n甲,身,1,a\n", []string{"3:甲|1|a"}, []string{"证件类型"}},
		{"units in a second row", "姓名,证件号码,采样时间\n,（18位）,（时分）\n甲,1,a\n", []string{"3:甲|1|a"}, nil},
		{"data are no second header", "姓名,证件号码,备注\n甲,1,采样时间\n", []string{"2:甲|1|"}, []string{"备注"}},
		{"header again on the next page", "姓名,证件号码\n甲,1\n姓名,证件号码\n乙,2\n", []string{"2:甲|1|", "4:乙|2|"}, nil},
		{"header only", "姓名,证件号码\n", nil, nil},
		{"numbered rows never filled in", "序号,姓名,证件号码\n1,甲,1\n2,,\n3,,\n", []string{"2:甲|1|"}, []string{"序号"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(t, []byte(tt.content))); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.unknown, matchFile(t, "t", []byte(tt.content), people())[0].Unknown); diff != "" {
				t.Errorf("unknown columns (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMatchFooter(t *testing.T) {
	const head = "序号,姓名,证件号码,采样时间\n1,甲,1,a\n"
	tests := []struct {
		name, row string
		kept      bool
	}{
		{"total", "合计,46,,", false},
		{"total, spread out", "合  计,46,,", false},
		{"total of every column", "合计,46,46,46", false},
		{"total with its number", "合计：46人,,,", false},
		{"total with brackets", "小计(人),46,,", false},
		{"total not in the first cell", ",总计,46,", false},
		{"signatures", "填表人：甲    审核人：乙,,,", false},
		{"stamp", "（盖章）,,,", false},
		{"note", "备注：以上人员均已检测,,,", false},
		{"note in the column of names", ",注：以上属实,,", false},
		{"a row without its ID", "2,乙,,b", true},
		{"a row without its name", "2,,2,b", true},
		{"a row with its ID alone", ",,2,", true},
		{"a person whose name begins like a footer", "2,单位和,2,b", true},
		{"a name that begins like a footer, full row, no number", ",共同,2,b", true},
		{"a name that begins like a total", "2,合计明,2,b", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := len(lines(t, []byte(head+tt.row+"\n3,丙,3,c\n")))
			want := 2
			if tt.kept {
				want = 3
			}
			if got != want {
				t.Errorf("%d rows, want %d", got, want)
			}
		})
	}
}

func TestMatchMissingColumn(t *testing.T) {
	tests := []struct {
		name, content string
		says          []string
	}{
		{"one is missing", "名单\n姓名,采样时间\n甲,a\n", []string{"文件“名册.csv”", "缺少列：证件号码", "第2行的表头是：姓名、采样时间", "需要的列：姓名、证件号码"}},
		{"no header", "甲,1\n乙,2\n", []string{"没有找到表头", "需要的列：姓名、证件号码"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sheets, err := intake.Read("名册.csv", strings.NewReader(tt.content), intake.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = intake.Match(sheets[0], people())
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("got %v, want a fault", err)
			}
			for _, says := range tt.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%q does not say %q", err, says)
				}
			}
		})
	}
}

// kinds are the columns of every table of the contract.
func kinds() map[string][]intake.Column {
	return map[string][]intake.Column{
		"sections": site.SectionColumns, "zones": site.ZoneColumns, "roster": roster.Columns, "results": screening.ResultColumns,
		"rooms": housing.RoomColumns, "stays": housing.StayColumns, "areas": disinfection.AreaColumns,
		"disinfection": disinfection.EntryColumns, "temperatures": screening.TemperatureColumns, "gate": gate.Columns,
		"stock": supply.Columns, "documents": document.Columns, "checklists": checklist.Columns,
	}
}

// TestColumns holds that the tables are those of the contract: its names first, in its order, its stars; and that no heading
// could mean two columns.
func TestColumns(t *testing.T) {
	contract := map[string]string{
		"sections":     "项目编号★ 项目名称★ 标段编号★ 标段名称★ 街道★ 社区 地址 经度 纬度 坐标系 建设单位 施工单位 监理单位 项目负责人 联系电话 状态 停工类型 停工日期 未复工原因 责任单位 预计复工日期",
		"zones":        "范围类型★ 范围★ 级别★ 开始时间★ 结束时间 文号",
		"roster":       "标段编号★ 姓名★ 证件号码★ 进场时间★ 证件类型 手机号码 所属单位 班组 工种 人员类别 退场时间 住宿方式 场外地址 房间号 来源地 是否市外 健康申报时间 限制至 防疫专员",
		"results":      "证件号码★ 采样时间★ 检测结果★ 姓名 采样管编号 混采人数 接收时间 检测时间 报告时间 检测类型 采样点 检测机构",
		"rooms":        "标段编号★ 房间号★ 使用面积★ 床位数★ 楼栋 用途 床铺层数",
		"stays":        "证件号码★ 标段编号★ 房间号★ 入住时间★ 离开时间",
		"areas":        "标段编号★ 区域编号★ 区域名称★ 区域类型★",
		"disinfection": "标段编号★ 区域编号★ 消毒时间★ 药剂 浓度 作用时间 操作人",
		"temperatures": "证件号码★ 测量时间★ 体温★",
		"gate":         "标段编号★ 证件号码★ 时间★ 方向★ 事由 审批人",
		"stock":        "标段编号★ 日期★ 物资★ 结存★ 日人均用量",
		"documents":    "标段编号★ 类型★ 签发日期★ 到期日期",
		"checklists":   "标段编号★ 日期★ 提交时间★ 项目编号★ 答案★ 备注",
	}
	for kind, columns := range kinds() {
		t.Run(kind, func(t *testing.T) {
			var names []string
			seen := map[string]string{}
			for _, c := range columns {
				name := c.Name
				if c.Required {
					name += "★"
				}
				names = append(names, name)
				for _, heading := range append([]string{c.Name}, c.Synonyms...) {
					if other, ok := seen[heading]; ok {
						t.Errorf("%s names both %s and %s", heading, other, c.Name)
					}
					seen[heading] = c.Name
				}
			}
			want := strings.Fields(contract[kind])
			if diff := cmp.Diff(want, names[:min(len(want), len(names))]); diff != "" {
				t.Errorf("columns (-contract +ours):\n%s", diff)
			}
		})
	}
}
