package criteria

import (
	"fmt"
	"strings"

	"fugong/internal/locale"
	"fugong/internal/supply"
)

var supplyCriteria = []Criterion{
	{"ppe.stock", Supplies, "防疫物资储备足够", stock},
	{"ppe.kit", Supplies, "应急物资配备", kit},
	{"waste.masks", Supplies, "废弃口罩专用桶日清", needs("专用带盖桶，每日清运消毒", item("H2"))},
}

// stock compares for how many days masks, disinfectant and, where they are used, antigen kits last the population: under the
// least number of days fails, under the larger one warns. An item nobody uses is not counted.
func stock(c *Case) Finding {
	people := len(c.P())
	t := c.tally(locale.Say("不少于%d天用量，低于%d天提示", c.Rules().PPEDays, c.Rules().PPEWarnDays))
	if people == 0 {
		t.say(Unknown, locale.Say("无在场人员记录"))
		return t.finish()
	}
	idle := 0
	for _, what := range []supply.Item{supply.Masks, supply.Disinfectant, supply.AntigenKits} {
		s, found := c.StockOf(what)
		switch {
		case !found && what == supply.AntigenKits && c.Rules().AntigenPerDay == 0:
			continue
		case !found:
			t.unknown(Subject{Kind: Item, Name: string(what), Limit: locale.Say("%d天", c.Rules().PPEDays)})
		case s.DailyUse == 0:
			idle++
		default:
			c.lasting(t, s, people)
		}
	}
	if t.total() == 0 && idle > 0 {
		return c.notApplicable(locale.Say("无日用量"))
	}
	t.say(Fail, locale.Say("%d种物资不足%d天", t.failed, c.Rules().PPEDays))
	t.say(Warned, locale.Say("%d种物资不足%d天", t.warned, c.Rules().PPEWarnDays))
	t.say(Unknown, locale.Say("%d种物资无结存或用量记录", t.unknowns))
	return t.finish()
}

// lasting grades one kind of goods. Days are compared by multiplying, so that nothing is rounded.
func (c *Case) lasting(t *tally, s supply.Stock, people int) {
	least, enough := c.Rules().PPEDays, c.Rules().PPEWarnDays
	subject := Subject{Kind: Item, Name: string(s.Item), Limit: locale.Say("%d天", least)}
	if s.DailyUse < 0 {
		subject.Observed = locale.Say("未填日人均用量")
		t.unknown(subject)
		return
	}
	use := s.DailyUse * int64(people)
	subject.Observed = locale.Say("可用%s天（结存%s）", tenths(s.Quantity, use), thousandths(s.Quantity))
	subject.Since = s.Date.Start(c.Loc)
	switch {
	case s.Quantity < use*int64(least):
		t.fail(subject)
	case s.Quantity < use*int64(enough):
		subject.Limit = locale.Say("%d天", enough)
		t.warn(subject)
	default:
		t.pass()
	}
}

// tenths writes a quotient with one digit, cut and not rounded, so that it never looks like more than there is.
func tenths(n, by int64) string {
	q := n * 10 / by
	if q%10 == 0 {
		return fmt.Sprint(q / 10)
	}
	return fmt.Sprintf("%d.%d", q/10, q%10)
}

func thousandths(n int64) string {
	text := fmt.Sprintf("%d.%03d", n/1000, n%1000)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// kit looks for what an emergency needs at once: thermometers for the gate, gowns and respirators for some days.
func kit(c *Case) Finding {
	r := c.Rules()
	t := c.tally(locale.Say("测温枪%d把，防护服、N95各%d件", r.KitThermometers, r.KitDays))
	for _, want := range []struct {
		item supply.Item
		n    int
	}{{supply.Thermometers, r.KitThermometers}, {supply.Gowns, r.KitDays}, {supply.Respirators, r.KitDays}} {
		s, found := c.StockOf(want.item)
		subject := Subject{Kind: Item, Name: string(want.item), Limit: locale.Say("%d", want.n)}
		switch {
		case !found:
			t.unknown(subject)
		case s.Quantity < int64(want.n)*1000:
			subject.Observed, subject.Since = locale.Say("%s", thousandths(s.Quantity)), s.Date.Start(c.Loc)
			t.warn(subject)
		default:
			t.pass()
		}
	}
	t.say(Warned, locale.Say("%d种应急物资不足", t.warned))
	t.say(Unknown, locale.Say("%d种应急物资无记录", t.unknowns))
	return t.finish()
}
