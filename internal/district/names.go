package district

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The word lists. All of it is invented; rare characters and names with a middle dot are in because rosters have them.
const (
	surnames = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
	mens     = "伟强磊军勇杰涛明超刚平辉鹏华飞波斌宇浩凯建国志海林根福贵永兴德才宝春生文武健康宁龙峰山松柏成庆祥云东南亮光荣"
	womens   = "芳娜敏静丽娟艳秀霞燕玲桂英梅兰红洁莉萍琴珍凤香月彩菊云芬"
)

// rareNames are what a printer's font and a database's collation stumble over.
func rareNames() []string {
	return []string{
		"买买提·艾力", "古丽娜尔·艾山", "阿卜杜拉·买买提", "扎西·次仁", "龚䶮", "王㛃", "李𬭚", "陶堃", "朱喆", "曹犇", "沈翀", "欧阳垚", "上官珺",
	}
}

func personName(r *rand.Rand, man bool) string {
	if r.IntN(90) == 0 {
		rare := rareNames()
		return rare[r.IntN(len(rare))]
	}
	given := mens
	if !man {
		given = womens
	}
	name := pickRune(r, surnames) + pickRune(r, given)
	if r.IntN(4) > 0 {
		name += pickRune(r, given)
	}
	return name
}

// pickRune takes one of a list of common Chinese characters, which are three bytes each.
func pickRune(r *rand.Rand, list string) string {
	i := 3 * r.IntN(len(list)/3)
	return list[i : i+3]
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// street is a street of the district with what is named after it.
type street struct {
	name        string
	communities []string
	roads       []string
}

const streetStems = "学苑 柳岸 望江 长虹 新桥 钟山 南山 东湖 平湖 春晖 百合 翠屏 青枫 云栖 松涛 石塘"

// streets gives as many streets as a district of so many sections has, six at least, sixteen at most.
func streets(sections int) []street {
	stems := strings.Fields(streetStems)
	n := min(max(6, sections/15), len(stems))
	all := make([]street, n)
	for i, stem := range stems[:n] {
		all[i] = street{
			name:        stem + "街道",
			communities: []string{stem + "社区", stem + "东社区", stem + "湾社区", stem + "里村"},
			roads:       []string{stem + "路", stem + "东路", stem + "大道", stem + "二巷"},
		}
	}
	return all
}

// projectName names a project after its place, as projects are named.
func projectName(r *rand.Rand, place string, serial int) string {
	place = strings.TrimSuffix(strings.TrimSuffix(place, "社区"), "村")
	return pick(r,
		place+"新村老旧小区改造", place+"世纪城"+pick(r, "二期", "三期"), place+"物流中心二期", place+"中学扩建", place+"路雨污分流改造",
		place+"农贸市场改造", place+"河整治工程", place+"人才公寓", place+"邻里中心", place+"产业园标准厂房",
		fmt.Sprintf("S%05d地块住宅项目", 10000+serial))
}

const sectionOrdinals = "一二三四"

func owners() []string {
	return []string{"示范区城投", "示例置业", "示范区教育投资公司", "示例产业园管委会", "云帆示例地产", "示范区市政中心"}
}

func contractors() []string {
	return []string{"江畔示例建设集团", "河西示例建工", "示例第三建筑公司", "云帆示例建设", "南桥示例安装工程", "海纳示例市政工程", "双桥示例建筑"}
}

func supervisors() []string {
	return []string{"示例监理", "示例监理二部", "经纬示例监理", "公衡示例咨询"}
}

func labourCompanies() []string {
	return []string{"同心示例劳务", "众和示例劳务", "鼎力示例劳务", "远航示例劳务", "诚信示例劳务"}
}

// crew is a team with the trade of its people.
type crew struct{ team, trade string }

func crews() []crew {
	return []crew{
		{"木工一班", "木工"}, {"钢筋班", "钢筋工"}, {"瓦工班", "瓦工"}, {"架子工班", "架子工"}, {"水电班", "电工"}, {"塔吊班", "起重机司机"},
		{"木工二班", "木工"}, {"防水班", "防水工"}, {"保温班", "保温工"}, {"管网班", "管道工"}, {"油漆班", "油漆工"}, {"普工班", "普工"},
	}
}

// origins tells where people come from and whether that is outside the city.
func origins(r *rand.Rand) (place string, outside bool) {
	if r.IntN(5) < 2 {
		return pick(r, "本市示范县", "本市海滨市", "本市通城镇"), false
	}
	return pick(r, "安徽", "河南", "四川", "江西", "湖北", "贵州", "新疆", "陕西"), true
}
