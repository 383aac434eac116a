package criteria

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/locale"
)

// recordQuality looks at the entries of the last complete day and today: what is missing in them, and what looks written
// afterwards (疑似补记), being recorded long after the time it states, or one person's areas all in one minute.
func recordQuality(c *Case) Finding {
	from := c.Today().Add(-1)
	bursts := c.bursts(from)
	t := c.inAreas(locale.Say("药剂、浓度、操作人齐全，及时登记"), func(t *tally, a disinfection.Area, logs []disinfection.Entry) {
		recent := c.since(logs, from)
		var doubt Subject
		for _, e := range recent {
			if what, limit := c.doubt(e, bursts); !what.IsZero() {
				doubt = areaSubject(a, what, limit)
				doubt.Since = e.At
			}
		}
		switch {
		case doubt.Name != "":
			t.warn(doubt)
		case len(recent) > 0:
			t.pass()
		}
	})
	t.say(Warned, locale.Say("%d个区域记录不完整或疑似补记", t.warned))
	t.say(Unknown, locale.Say("近两日消杀无记录"))
	return t.finish()
}

// doubt says what is wrong with an entry and how it should be; nothing when it is in order.
func (c *Case) doubt(e disinfection.Entry, bursts map[round]int) (what, limit locale.Phrase) {
	var missing []string
	for _, part := range []struct {
		name  string
		given bool
	}{{"药剂", e.Agent != ""}, {"浓度", e.Unit != disinfection.NoUnit}, {"操作人", e.Operator != ""}} {
		if !part.given {
			missing = append(missing, part.name)
		}
	}
	if len(missing) > 0 {
		return locale.Say("%s缺%s", c.Minute(e.At), locale.List(missing...)), locale.Say("齐全")
	}
	if late := e.RecordedAt.Sub(e.At); e.RecordedAt != 0 && late > c.Rules().BackdateLimit {
		return locale.Say("%s的消杀于%s后登记，疑似补记", c.Minute(e.At), lasting(late)),
			locale.Say("%s内登记", lasting(c.Rules().BackdateLimit))
	}
	if n := bursts[roundOf(e)]; n > c.Rules().BurstAreas {
		return locale.Say("%s %s一分钟内消杀%d个区域，疑似补记", c.Minute(e.At), e.Operator, n),
			locale.Say("%d个区域", c.Rules().BurstAreas)
	}
	return locale.Phrase{}, locale.Phrase{}
}

// round is one person disinfecting within one minute.
type round struct {
	operator string
	minute   calendar.Instant
}

func roundOf(e disinfection.Entry) round {
	return round{e.Operator, e.At / calendar.Instant(time.Minute/time.Microsecond)}
}

// bursts counts the areas of each round since a day.
func (c *Case) bursts(from calendar.Date) map[round]int {
	count := map[round]int{}
	for _, a := range c.Areas {
		last := round{}
		for _, e := range c.since(c.LogsOf(a.ID), from) {
			if r := roundOf(e); e.Operator != "" && r != last {
				count[r]++
				last = r
			}
		}
	}
	return count
}
