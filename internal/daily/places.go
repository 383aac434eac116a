package daily

import (
	"strconv"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/supply"
)

// disinfection says of every registered area what was done in it today.
func (c *counter) disinfection() {
	if len(c.Areas) == 0 {
		return
	}
	times, short := 0, 0
	for _, a := range c.Areas {
		day := AreaDay{Name: a.Name, Required: criteria.DisinfectionsADay(&c.rules, a.Kind), Over: c.over}
		for _, e := range c.Disinfections {
			if e.AreaID != a.ID || !c.today(e.At) {
				continue
			}
			day.Done++
			day.Last, day.Agent, day.Concentration, day.Unit, day.Operator = e.At, e.Agent, e.Concentration, e.Unit, e.Operator
		}
		times += day.Done
		if day.Lacks() {
			short++
		}
		c.facts.Areas = append(c.facts.Areas, day)
	}
	c.set("areas", len(c.Areas))
	c.set("disinfections", times)
	c.set("areas_short", short)
	c.facts.Later["areas_short"] = short > 0 && !c.over
}

// stock takes the last count of each kind of goods, and for how many whole days the scarcest of them lasts everyone here.
func (c *counter) stock() {
	today := calendar.On(c.at, c.loc)
	last := map[supply.Item]supply.Stock{}
	for _, s := range c.Stocks {
		if !s.Date.After(today) {
			last[s.Item] = s
		}
	}
	names := map[supply.Item]string{supply.Masks: "stock_masks", supply.Disinfectant: "stock_disinfectant", supply.Gowns: "stock_gowns",
		supply.AntigenKits: "stock_antigen", supply.Thermometers: "stock_thermometers"}
	for item, s := range last {
		if name := names[item]; name != "" {
			c.facts.Numbers[name] = thousandths(s.Quantity)
		}
	}
	least, known := int64(0), false
	for _, item := range []supply.Item{supply.Masks, supply.Disinfectant, supply.AntigenKits} {
		s, counted := last[item]
		use := s.DailyUse * int64(len(c.here))
		if !counted || use <= 0 {
			continue
		}
		if days := s.Quantity / use; !known || days < least {
			least, known = days, true
		}
	}
	if known {
		c.facts.Numbers["stock_days"] = strconv.FormatInt(least, 10)
	}
}

func thousandths(n int64) string { return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64) }

// rooms names the rooms that a finding is about.
func (c *counter) rooms(r criteria.Report) {
	named := map[string]bool{}
	for _, f := range r.Findings {
		if f.Status != criteria.Fail && f.Status != criteria.Warned {
			continue
		}
		for _, s := range f.Subjects {
			if s.Kind == criteria.Room && !named[s.Name] {
				named[s.Name] = true
				c.facts.Rooms = append(c.facts.Rooms, s.Name)
			}
		}
	}
}
