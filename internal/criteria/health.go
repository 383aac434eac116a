package criteria

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

// Codes (健康码) and symptoms are answered on the checklist: B2 everybody who comes in is checked, D2 whoever has symptoms is
// isolated and reported.
var healthCriteria = []Criterion{
	{"health.code", People, "进场查验健康码、行程", needs("全部查验，绿码进场", item("B2"))},
	{"health.temp", People, "每日测温次数", dailyTemperatures},
	{"health.fever", People, "无未排除的体温异常", fever},
	{"health.symptom", People, "无未处置的症状人员", symptoms},
	{"health.declaration", People, "进场前健康申报", declaration},
}

// dailyTemperatures: on the last complete day everyone who was there from its start was measured temps_per_day times, the first and
// the last temps_gap_h apart; kitchen staff more often. Today counts only where that can no longer be reached.
func dailyTemperatures(c *Case) Finding {
	u := &c.rules
	last, today := c.wholeDay(c.LastDay()), c.wholeDay(c.Today())
	due := 0
	t := c.each(locale.Say("每日%d次，相隔不少于%d小时", u.TempsPerDay, hours(u.TempsGap)), func(t *tally, p *Person) {
		if p.EnteredAt > today.start {
			t.pass()
			return
		}
		due++
		wanted := c.temperaturesWanted(p)
		if p.EnteredAt <= last.start && !c.measured(t, p, last, wanted) {
			return
		}
		if c.missedToday(p, today, wanted) {
			t.warn(p.subject(locale.Say("%s已测不满%d次", today.date.String(), wanted), locale.Say("%d次", wanted)))
			return
		}
		t.pass()
	})
	if due == 0 && t.unknowns == 0 {
		return c.notApplicable(locale.Say("上一日无应测人员"))
	}
	t.say(Warned, locale.Say("%d人测温次数不足", t.warned))
	t.say(Unknown, locale.Say("%d人无测温记录", t.unknowns))
	return t.finish()
}

// temperaturesWanted is how often a person has to be measured a day.
func (c *Case) temperaturesWanted(p *Person) int {
	kitchen := func(word string) bool { return strings.Contains(p.Trade+p.Team, word) }
	if p.Category == roster.Logistics && slices.ContainsFunc([]string{"食堂", "厨", "炊"}, kitchen) {
		return max(c.rules.TempsPerDay, c.rules.TempsCanteen)
	}
	return c.rules.TempsPerDay
}

// measured judges a complete day and adds the person as a subject unless it is in order.
func (c *Case) measured(t *tally, p *Person, on wholeDay, wanted int) bool {
	readings := on.of(c.TemperaturesOf(p))
	n, span := len(readings), spread(readings)
	if n >= wanted && (wanted < 2 || span >= c.rules.TempsGap) {
		return true
	}
	limit := locale.Say("%d次", wanted)
	switch {
	case n == 0:
		t.unknown(p.subject(locale.Say("%s无记录", on.date.String()), limit))
	case n >= wanted:
		t.warn(p.subject(locale.Say("%s首末次相隔%s", on.date.String(), lasting(span)),
			locale.Say("相隔%d小时", hours(c.rules.TempsGap))))
	default:
		t.warn(p.subject(locale.Say("%s测温%d次", on.date.String(), n), limit))
	}
	return false
}

// missedToday reports whether what a person wants today can no longer be reached: what is measured from now on cannot be
// temps_gap_h from the first reading before midnight.
func (c *Case) missedToday(p *Person, today wholeDay, wanted int) bool {
	if wanted < 2 {
		return false
	}
	first := c.At
	if readings := today.of(c.TemperaturesOf(p)); len(readings) > 0 {
		first = readings[0].At
		if spread(readings) >= c.rules.TempsGap {
			return false
		}
	} else {
		c.today(today.end.Add(-c.rules.TempsGap) - 1)
	}
	return first.Add(c.rules.TempsGap) >= today.end
}

// wholeDay is a day and the instants from its start to before its end.
type wholeDay struct {
	date       calendar.Date
	start, end calendar.Instant
}

func (c *Case) wholeDay(d calendar.Date) wholeDay {
	return wholeDay{d, d.Start(c.Loc), d.Add(1).Start(c.Loc)}
}

// of cuts a person's readings down to those of the day.
func (d wholeDay) of(rows []screening.Temperature) []screening.Temperature {
	hi := len(rows)
	for hi > 0 && rows[hi-1].At >= d.end {
		hi--
	}
	lo := hi
	for lo > 0 && rows[lo-1].At >= d.start {
		lo--
	}
	return rows[lo:hi]
}

// spread is the time from the first reading to the last.
func spread(rows []screening.Temperature) time.Duration {
	if len(rows) == 0 {
		return 0
	}
	return rows[len(rows)-1].At.Sub(rows[0].At)
}

// fever: a reading at or over the limit opens a case; the next two close it when both are normal. A second abnormal one among the
// three means isolation, which no reading ends. Readings that are older than yesterday do not show that nobody has a fever.
func fever(c *Case) Finding {
	readings, lately := false, c.LastDay().Start(c.Loc)
	t := c.each(locale.Say("体温低于%s℃", degrees(c.rules.Fever)), func(t *tally, p *Person) {
		rows := c.TemperaturesOf(p)
		readings = readings || len(rows) > 0 && rows[len(rows)-1].At >= lately
		opened, isolated := c.feverCase(rows)
		if opened == nil {
			t.pass()
			return
		}
		s := p.subject(locale.Say("%s℃（%s），待复测", degrees(opened.Tenths), c.Minute(opened.At)), locale.Say("复测两次正常"))
		if isolated {
			s.Observed = locale.Say("%s℃（%s），复测异常，须隔离", degrees(opened.Tenths), c.Minute(opened.At))
			s.Limit = locale.Say("医学证明和复检阴性")
		}
		s.Since = opened.At
		t.fail(s)
	})
	if !readings {
		t.silent(locale.Say("昨日和今日无测温记录"))
	}
	t.say(Fail, locale.Say("%d人体温异常未排除", t.failed))
	return t.finish()
}

// feverCase gives the reading that opened the case which is not closed, nil when none is, and whether it means isolation.
func (c *Case) feverCase(rows []screening.Temperature) (opened *screening.Temperature, isolated bool) {
	for i := 0; i < len(rows); i++ {
		if rows[i].Tenths < c.rules.Fever {
			continue
		}
		next := rows[i+1 : min(i+3, len(rows))]
		if slices.ContainsFunc(next, func(t screening.Temperature) bool { return t.Tenths >= c.rules.Fever }) {
			return &rows[i], true
		}
		if len(next) < 2 {
			return &rows[i], false
		}
		i += len(next)
	}
	return nil, false
}

// degrees writes tenths as 37.3.
func degrees(tenths int) string { return fmt.Sprintf("%d.%d", tenths/10, tenths%10) }

// symptoms: the checklist says that nobody has any, or that whoever has is isolated and reported.
func symptoms(c *Case) Finding {
	t := c.tally(locale.Say("症状人员为0，或已隔离并报告"))
	a, _ := c.Answer("D2")
	if a.Choice != checklist.Number {
		t.answer("D2")
		return t.finish()
	}
	if strings.Trim(a.Number, "0.") == "" {
		t.pass()
		return t.finish()
	}
	t.fail(Subject{Kind: Item, Name: "D2", Observed: locale.Say("%s人", a.Number), Limit: locale.Say("0人"), Since: a.SubmittedAt})
	t.say(Fail, locale.Say("%s人有症状", a.Number))
	return t.finish()
}

// declaration: everyone declared his health and where he had been before he entered.
func declaration(c *Case) Finding {
	t := c.each(locale.Say("进场前申报健康和%d天行程", c.rules.TravelDays), func(t *tally, p *Person) {
		limit := locale.Say("不晚于%s进场", c.Minute(p.EnteredAt))
		switch {
		case p.DeclaredAt.IsZero() || p.DeclaredAt > c.At:
			c.before(p.DeclaredAt)
			t.unknown(p.subject(noRecord(), limit))
		case p.DeclaredAt > p.EnteredAt:
			s := p.subject(locale.Say("%s申报", c.Minute(p.DeclaredAt)), limit)
			s.Since = p.EnteredAt
			t.fail(s)
		default:
			t.pass()
		}
	})
	t.say(Fail, locale.Say("%d人进场后才申报", t.failed))
	t.say(Unknown, locale.Say("%d人无健康申报记录", t.unknowns))
	return t.finish()
}
