package criteria

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/gate"
	"fugong/internal/locale"
)

// The gate's log (进出记录) answers loop.movement; the rest of the gate is answered on the checklist: B1 one entrance, B2 what
// is written down of everybody who comes in, B4 visitors, vehicles and goods, B5 the hoarding.
var gateCriteria = []Criterion{
	{"loop.single_gate", Loop, "单一出入口，24小时值守", needs("每区一个人员出入口", item("B1"))},
	{"loop.movement", Loop, "闭环人员外出经审批并按时返回", movement},
	{"loop.enclosure", Loop, "围挡封闭", needs("围挡连续封闭", item("B5"))},
	{"gate.visitors", Loop, "外来人员逐人登记", needs("登记、查码、测温齐全", item("B2"), item("B4"))},
	{"gate.vehicles", Loop, "车辆、物料登记消杀", needs("登记、消杀，司机不下车", item("B4"))},
}

// movement judges everybody's ways out of the loop. Who went out without reason and approver, or stayed out too long, comes
// back as a newcomer: the breach stands until his silent days after the return are over.
func movement(c *Case) Finding {
	limit := c.Rules().AbsenceLimit
	required := locale.Say("有事由、有审批，%d小时内返回", int(limit/time.Hour))
	if !c.gateRecorded() {
		t := c.tally(required)
		t.say(Unknown, locale.Say("门岗进出无记录"))
		return t.finish()
	}
	t := c.each(required, func(t *tally, p *Person) {
		if s, broken := c.breach(p); broken {
			t.fail(s)
		} else {
			t.pass()
		}
	})
	t.say(Fail, locale.Say("%d人外出未经审批或逾时未归", t.failed))
	return t.finish()
}

// breach finds the last of a person's ways out that broke the loop and is not yet made good. One that went out before the
// days that are looked at counts only while he is still out.
func (c *Case) breach(p *Person) (Subject, bool) {
	passages := c.PassagesOf(p)
	seen := c.Today().Add(-movementDays).Start(c.Loc)
	for i := len(passages) - 1; i >= 0; i-- {
		out := passages[i]
		if out.Direction != gate.Out || out.At < p.EnteredAt {
			continue
		}
		back := returned(passages[i+1:])
		if out.At < seen && back != 0 {
			break
		}
		if s, broken := c.excursion(p, out, back); broken {
			c.before(calendar.On(out.At, c.Loc).Add(movementDays + 1).Start(c.Loc))
			return s, true
		}
	}
	return Subject{}, false
}

func returned(later []gate.Passage) calendar.Instant {
	for _, p := range later {
		if p.Direction == gate.In {
			return p.At
		}
	}
	return 0
}

// excursion judges one way out and the return from it; back is zero while the person is out.
func (c *Case) excursion(p *Person, out gate.Passage, back calendar.Instant) (Subject, bool) {
	limit := c.Rules().AbsenceLimit
	due := out.At.Add(limit)
	approved := out.Reason != "" && out.Approver != ""
	late := back > due || (back == 0 && c.At > due)
	if back == 0 && !late {
		c.until(due)
	}
	if approved && !late {
		return Subject{}, false
	}
	if back != 0 {
		settled := back.Add(time.Duration(c.Rules().SilentDays) * 24 * time.Hour)
		if c.At > settled {
			return Subject{}, false
		}
		c.until(settled)
	}
	if !approved {
		s := p.subject(locale.Say("%s外出无事由或审批", c.Minute(out.At)), locale.Say("有事由和审批人"))
		s.Since = out.At
		return s, true
	}
	s := p.subject(locale.Say("%s外出，未按时返回", c.Minute(out.At)), locale.Say("%d小时内返回", int(limit/time.Hour)))
	s.Since = due
	return s, true
}
