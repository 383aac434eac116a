package criteria

import (
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/housing"
	"fugong/internal/locale"
	"fugong/internal/policy"
)

var disinfectionCriteria = []Criterion{
	{"dis.frequency", Disinfection, "消杀频次达标", frequency},
	{"dis.max_gap", Disinfection, "隔离区域消杀间隔不超限", maxGap},
	{"dis.concentration", Disinfection, "消毒剂浓度和作用时间达标", concentration},
	{"dis.record_quality", Disinfection, "消杀记录完整可信", recordQuality},
	{"dis.area_coverage", Disinfection, "登记区域全部消杀", areaCoverage},
}

// inAreas judges every registered area by its log. An area without any log, or no area at all, is Unknown.
func (c *Case) inAreas(required locale.Phrase, judge func(*tally, disinfection.Area, []disinfection.Entry)) *tally {
	t := c.tally(required)
	for _, a := range c.Areas {
		logs := c.LogsOf(a.ID)
		if len(logs) == 0 {
			t.unknown(areaSubject(a, locale.Phrase{}, locale.Phrase{}))
			t.say(Unknown, locale.Say("消杀无记录"))
			continue
		}
		judge(t, a, logs)
	}
	if len(c.Areas) == 0 {
		t.say(Unknown, locale.Say("消毒区域无记录"))
	}
	return t
}

func (c *Case) perDay(k disinfection.Kind) int { return DisinfectionsADay(c.Rules(), k) }

// DisinfectionsADay is how often an area of a kind has to be disinfected on a day.
func DisinfectionsADay(r *policy.Rules, k disinfection.Kind) int {
	switch k {
	case disinfection.Dormitory:
		return r.DisDormitory
	case disinfection.Office:
		return r.DisOffice
	case disinfection.Canteen:
		return r.DisCanteen
	case disinfection.Toilet:
		return r.DisToilet
	case disinfection.Isolation:
		return r.DisIsolation
	}
	return r.DisPublic
}

// frequency counts each area's disinfections on the last complete day: none fails, too few warns. Of today nothing is
// judged: until midnight its count can still be reached.
func frequency(c *Case) Finding {
	day := c.Today().Add(-1)
	t := c.inAreas(locale.Say("每日按区域类型达到次数"), func(t *tally, a disinfection.Area, logs []disinfection.Entry) {
		need, done := c.perDay(a.Kind), len(c.onDay(logs, day))
		s := areaSubject(a, locale.Say("%s消杀%d次", day.String(), done), locale.Say("%d次", need))
		s.Since = c.Today().Start(c.Loc)
		switch {
		case done >= need:
			t.pass()
		case done == 0:
			t.fail(s)
		default:
			t.warn(s)
		}
	})
	t.say(Fail, locale.Say("%d个区域%s未消杀", t.failed, day.String()))
	t.say(Warned, locale.Say("%d个区域%s消杀次数不足", t.failed+t.warned, day.String()))
	return t.finish()
}

// areaCoverage asks for at least one disinfection of every area on the last complete day. It blocks where people sleep, eat or
// are isolated.
func areaCoverage(c *Case) Finding {
	day := c.Today().Add(-1)
	t := c.inAreas(locale.Say("每个登记区域每日至少1次"), func(t *tally, a disinfection.Area, logs []disinfection.Entry) {
		if len(c.onDay(logs, day)) > 0 {
			t.pass()
			return
		}
		s := areaSubject(a, locale.Say("%s未消杀", day.String()), locale.Say("1次"))
		s.Since = c.Today().Start(c.Loc)
		switch a.Kind {
		case disinfection.Isolation, disinfection.Dormitory, disinfection.Canteen:
			t.fail(s)
		default:
			t.warn(s)
		}
	})
	t.say(Fail, locale.Say("%d个区域%s未消杀", t.failed+t.warned, day.String()))
	t.say(Warned, locale.Say("%d个区域%s未消杀", t.warned, day.String()))
	return t.finish()
}

// maxGap measures round the clock how long ago each isolation area was disinfected. Too long ago fails while someone is in an
// isolation room, and warns while nobody is. What was mended says so, with the time of the log that ended the gap.
func maxGap(c *Case) Finding {
	limit := c.Rules().DisIsolationGap
	t := c.tally(locale.Say("间隔不超过%s", lasting(limit)))
	occupied := c.anyoneIsolated()
	for _, a := range c.Areas {
		if a.Kind == disinfection.Isolation {
			c.gap(t, a, occupied)
		}
	}
	if len(c.Areas) > 0 && t.total() == 0 {
		return c.notApplicable(locale.Say("未登记隔离区域"))
	}
	t.say(Fail, locale.Say("%d个隔离区域超过间隔未消杀，隔离室内有人", t.failed))
	t.say(Warned, locale.Say("%d个隔离区域超过间隔未消杀，隔离室内无人", t.warned))
	t.say(Unknown, locale.Say("消杀无记录"))
	return t.finish()
}

func (c *Case) gap(t *tally, a disinfection.Area, occupied bool) {
	limit := c.Rules().DisIsolationGap
	logs := c.LogsOf(a.ID)
	if len(logs) == 0 {
		t.unknown(areaSubject(a, locale.Phrase{}, locale.Say("%s", lasting(limit))))
		return
	}
	last := logs[len(logs)-1].At
	due := last.Add(limit)
	if c.At <= due {
		t.pass()
		c.until(due)
		c.mendedGap(t, a, logs)
		return
	}
	s := areaSubject(a,
		locale.Say("%s（最近%s）", lasting(c.At.Sub(last)), c.Minute(last)),
		locale.Say("%s", lasting(limit)))
	s.Since = due
	if occupied {
		t.fail(s)
	} else {
		t.warn(s)
	}
}

// mendedGap notes which log of the last days ended the last gap that was too long.
func (c *Case) mendedGap(t *tally, a disinfection.Area, logs []disinfection.Entry) {
	first := c.Today().Add(-logDays).Start(c.Loc)
	for i := len(logs) - 1; i > 0 && logs[i].At >= first; i-- {
		if logs[i].At.Sub(logs[i-1].At) > c.Rules().DisIsolationGap {
			t.mend(Mend{Kind: Area, ID: int64(a.ID), Name: a.Name, At: logs[i].At})
			return
		}
	}
}

func (c *Case) anyoneIsolated() bool {
	for _, r := range c.Rooms {
		if r.Use == housing.Isolation && len(c.StaysIn(r.ID)) > 0 {
			return true
		}
	}
	return false
}

// concentration looks at each area's latest entry out of range on the last complete day and today. An entry that states no
// concentration is left to dis.record_quality; when none does, nothing is known.
func concentration(c *Case) Finding {
	from := c.Today().Add(-1)
	t := c.inAreas(locale.Say("含氯%d至%dmg/L且不少于%d分钟，酒精%d%%",
		c.Rules().ChlorineMin, c.Rules().ChlorineMax, c.Rules().ContactMinutes, c.Rules().AlcoholPercent),
		func(t *tally, a disinfection.Area, logs []disinfection.Entry) {
			measured, wrong := 0, Subject{}
			for _, e := range c.since(logs, from) {
				if e.Unit == disinfection.NoUnit {
					continue
				}
				measured++
				if s, bad := c.mixture(a, e); bad {
					wrong = s
				}
			}
			switch {
			case wrong.Name != "":
				t.warn(wrong)
			case measured > 0:
				t.pass()
			}
		})
	t.say(Warned, locale.Say("%d个区域浓度或作用时间不当", t.warned))
	t.say(Unknown, locale.Say("消杀浓度无记录"))
	return t.finish()
}

// mixture judges one entry by its agent's strength and contact time.
func (c *Case) mixture(a disinfection.Area, e disinfection.Entry) (Subject, bool) {
	if c.wellMixed(e) {
		return Subject{}, false
	}
	r, when := c.Rules(), c.Minute(e.At)
	strength := locale.Say("%s %d%s", when, e.Concentration, string(e.Unit))
	excess := locale.Say("%s %d%s，过度消毒", when, e.Concentration, string(e.Unit))
	var s Subject
	switch {
	case mixed(e.Agent):
		s = areaSubject(a, locale.Say("%s 混用%s，过度消毒", when, e.Agent), locale.Say("不混用"))
	case e.Unit == disinfection.Percent && e.Concentration != r.AlcoholPercent:
		s = areaSubject(a, strength, locale.Say("%d%%", r.AlcoholPercent))
	case e.Concentration > r.ChlorineExcess:
		s = areaSubject(a, excess, locale.Say("%dmg/L", r.ChlorineMax))
	case e.Concentration < r.ChlorineMin || e.Concentration > r.ChlorineMax:
		s = areaSubject(a, strength, locale.Say("%d至%dmg/L", r.ChlorineMin, r.ChlorineMax))
	default:
		s = areaSubject(a, locale.Say("%s 作用%d分钟", when, e.Minutes), locale.Say("%d分钟", r.ContactMinutes))
	}
	s.Since = e.At
	return s, true
}

// wellMixed reports whether there is nothing to say against an entry; of alcohol the time it acts is not asked.
func (c *Case) wellMixed(e disinfection.Entry) bool {
	r := c.Rules()
	switch {
	case mixed(e.Agent):
		return false
	case e.Unit == disinfection.Percent:
		return e.Concentration == r.AlcoholPercent
	}
	strength := e.Concentration >= r.ChlorineMin && e.Concentration <= r.ChlorineMax
	return strength && (e.Minutes == 0 || e.Minutes >= r.ContactMinutes)
}

// mixed reports whether a line of the log names several agents at once.
func mixed(agent string) bool { return strings.ContainsAny(agent, "+＋混/、") }

// onDay gives the entries of the last complete day. Its count can change at midnight only while something is logged since.
func (c *Case) onDay(logs []disinfection.Entry, day calendar.Date) []disinfection.Entry {
	there := c.since(logs, day)
	end := day.Add(1).Start(c.Loc)
	for i, e := range there {
		if e.At >= end {
			return there[:i]
		}
	}
	return there
}

// since gives the entries from the beginning of a day on.
func (c *Case) since(logs []disinfection.Entry, day calendar.Date) []disinfection.Entry {
	from := day.Start(c.Loc)
	for i, e := range logs {
		if e.At >= from {
			c.until(c.endOfToday())
			return logs[i:]
		}
	}
	return nil
}

func areaSubject(a disinfection.Area, observed, limit locale.Phrase) Subject {
	return Subject{Kind: Area, ID: int64(a.ID), Name: a.Name, Observed: observed, Limit: limit}
}
