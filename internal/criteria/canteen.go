package criteria

import (
	"fugong/internal/disinfection"
	"fugong/internal/locale"
)

// A section has a canteen when an area of kind 食堂 is registered. Papers: 食品经营许可, and 健康证 for its workers together,
// expiring with the first of theirs. Checklist: G1 and G3.
var canteenCriteria = []Criterion{
	{"canteen.licence", Canteen, "食堂许可、健康证有效", inCanteen(needs("许可证、健康证在有效期内", paper("食品经营许可"), paper("健康证")))},
	{"canteen.mode", Canteen, "错峰分餐、不聚集", inCanteen(needs("分时分餐", item("G1")))},
	{"canteen.sample", Canteen, "食品留样", inCanteen(needs("留样48小时", item("G3")))},
}

func inCanteen(check func(*Case) Finding) func(*Case) Finding {
	return func(c *Case) Finding {
		for _, a := range c.Areas {
			if a.Kind == disinfection.Canteen {
				return check(c)
			}
		}
		return c.notApplicable(locale.Say("未登记食堂"))
	}
}
