package district

import (
	"fmt"
	"math/rand/v2"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/gate"
)

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// area is a place that is cleaned, with the clock readings at which it is.
type area struct {
	code, name string
	kind       disinfection.Kind
	clocks     []time.Duration
}

func (p *plan) areas() []area {
	at := func(minutes ...int) []time.Duration {
		var all []time.Duration
		for _, m := range minutes {
			all = append(all, time.Duration(m)*time.Minute)
		}
		return all
	}
	all := []area{
		{"D1", "宿舍区", disinfection.Dormitory, at(8*60+15, 12*60+40, 19*60)},
		{"S1", "食堂", disinfection.Canteen, at(9*60+10, 18*60+10)},
		{"W1", "厕所及盥洗间", disinfection.Toilet, at(9*60+30, 18*60+40)},
		{"O1", "项目部办公区", disinfection.Office, at(8*60+40, 13*60, 17*60+40)},
		{"P1", "门岗及活动区", disinfection.Public, at(10*60, 17*60)},
		{"Q1", "应急处置区", disinfection.Isolation, at(50, 5*60+50, 10*60+50, 15*60+50, 20*60+20)},
	}
	if len(p.staff) > 60 {
		all = append(all, area{"D2", "二号宿舍楼", disinfection.Dormitory, at(8*60+25, 12*60+55, 19*60+20)})
	}
	return all
}

func (p *plan) areaRows(out sink) {
	if p.trouble == nothingKnown {
		return
	}
	for _, a := range p.areas() {
		out(p.code, a.code, a.name, string(a.kind))
	}
}

func (p *plan) disinfectionRows(out sink) {
	if p.trouble == nothingKnown {
		return
	}
	r := chance(p.spec.Seed, chanceCleaning, p.index)
	for _, a := range p.areas() {
		for _, d := range p.days() {
			for _, clock := range a.clocks {
				p.clean(out, r, a, d.At(clock, p.spec.loc()).Add(time.Duration(r.IntN(540))*time.Second))
			}
		}
	}
}

// clean writes one line of the log unless it is still to come or was left out.
func (p *plan) clean(out sink, r *rand.Rand, a area, at calendar.Instant) {
	if at > p.spec.Now || p.uncleaned(a, at) {
		return
	}
	agent, strength := "含氯消毒液", "500mg/L"
	switch {
	case p.trouble == weakAgent && a.kind == disinfection.Canteen:
		strength = "50mg/L"
	case a.kind == disinfection.Office && p.index%3 == 0:
		agent, strength = "酒精", "75%"
	}
	out(p.code, a.code, p.clock(at), agent, strength, "30", "消杀员"+pickRune(r, "甲乙丙"))
}

func (p *plan) uncleaned(a area, at calendar.Instant) bool {
	yesterday := p.spec.today().Add(-1).Start(p.spec.loc())
	switch p.trouble {
	case dormUncleaned:
		return a.kind == disinfection.Dormitory && at >= yesterday
	case isolationGap:
		return a.kind == disinfection.Isolation && at >= yesterday.Add(hours(21))
	}
	return false
}

// temperatureRows writes the readings before and after the shift, the kitchen's at noon too.
func (p *plan) temperatureRows(out sink) {
	r := chance(p.spec.Seed, chanceHealth, p.index)
	for i, one := range p.staff {
		for _, d := range p.days() {
			p.reading(out, r, one, d.At(6*time.Hour+40*time.Minute, p.spec.loc()))
			if one.trade == "炊事员" {
				p.reading(out, r, one, d.At(12*time.Hour+5*time.Minute, p.spec.loc()))
			}
			if p.trouble != oneReading || i%9 != 3 {
				p.reading(out, r, one, d.At(17*time.Hour+50*time.Minute, p.spec.loc()))
			}
		}
	}
	p.fevers(out)
}

func (p *plan) reading(out sink, r *rand.Rand, one person, at calendar.Instant) {
	at = at.Add(time.Duration(r.IntN(1500)) * time.Second)
	if at > p.spec.Now || !one.here(at) {
		return
	}
	p.temperature(out, one, at, 360+r.IntN(10))
}

func (p *plan) temperature(out sink, one person, at calendar.Instant, tenths int) {
	out(one.number, p.clock(at), fmt.Sprintf("%d.%d", tenths/10, tenths%10))
}

// fevers adds what was measured out of turn: some time ago one that was gone on measuring again, today one that was not
// measured again.
func (p *plan) fevers(out sink) {
	if len(p.staff) == 0 {
		return
	}
	one, noon, had := p.pastFever()
	if had {
		for i, tenths := range []int{374, 368, 367} {
			p.temperature(out, one, noon.Add(time.Duration(5*i)*time.Minute), tenths)
		}
	}
	if p.trouble == feverThisMorning {
		p.temperature(out, one, p.spec.Now.Add(-22*time.Minute), 378)
	}
}

// pastFever is whose temperature was too high some days ago at noon, in some of the sections.
func (p *plan) pastFever() (one person, noon calendar.Instant, had bool) {
	one, noon = p.staff[len(p.staff)/2], p.spec.today().Add(-2).At(13*time.Hour, p.spec.loc())
	return one, noon, p.index%4 == 1 && p.spec.Days > 2 && one.here(noon)
}

// gateRows writes who came, who left for good, who went out with leave, and the daily way of those who sleep elsewhere.
func (p *plan) gateRows(out sink) {
	r := chance(p.spec.Seed, chanceGate, p.index)
	for _, one := range p.staff {
		p.passage(out, one.number, one.entered, gate.In, "进场", "")
		if one.offsite != "" {
			p.commute(out, one)
		} else if r.IntN(15) == 0 {
			p.errand(out, r, one)
		}
		if !one.left.IsZero() {
			p.passage(out, one.number, one.left.Add(-10*time.Minute), gate.Out, "退场", p.manager)
		}
	}
	if p.trouble == strangersInside {
		for i := range strangers {
			number := identityNumber((p.index+1)*p.spec.stride()-1-i, true)
			p.passage(out, number, p.spec.Now.Add(-time.Duration(95+7*i)*time.Minute), gate.In, "零工", "")
		}
	}
}

func (p *plan) passage(out sink, number string, at calendar.Instant, way gate.Direction, reason, approver string) {
	out(p.code, number, p.clock(at), string(way), reason, approver)
}

func (p *plan) commute(out sink, one person) {
	for _, d := range p.days() {
		in, away := d.At(7*time.Hour+5*time.Minute, p.spec.loc()), d.At(18*time.Hour+20*time.Minute, p.spec.loc())
		if one.entered < in && in <= p.spec.Now {
			p.passage(out, one.number, in, gate.In, "上班（点对点接送）", "")
		}
		if one.entered < away && away <= p.spec.Now {
			p.passage(out, one.number, away, gate.Out, "下班（点对点接送）", p.manager)
		}
	}
}

// errand lets somebody out for two hours with leave.
func (p *plan) errand(out sink, r *rand.Rand, one person) {
	away := p.spec.today().Add(-1-r.IntN(3)).At(hours(14), p.spec.loc()).Add(time.Duration(r.IntN(90)) * time.Minute)
	if one.entered < away && one.here(away.Add(hours(3))) && one.moved.IsZero() {
		p.passage(out, one.number, away, gate.Out, pick(r, "就医", "采购物资", "办理工资卡"), p.manager)
		p.passage(out, one.number, away.Add(hours(2)), gate.In, "返回", "")
	}
}
