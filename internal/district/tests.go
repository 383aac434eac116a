package district

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// Everybody is tested in rounds of five days: the mornings, evenings and noons below are 38, 40 and 42 hours apart. The phase of
// a section says how many days before today its five days began, and so how old its last result is.
const poolSize = 10

func roundClocks() []time.Duration {
	return []time.Duration{6*time.Hour + 30*time.Minute, day + 20*time.Hour + 30*time.Minute, 3*day + 12*time.Hour + 30*time.Minute}
}

// testPhase chooses when the last round was: sections that want to resume need two within three days.
func (p *plan) testPhase(r *rand.Rand) int {
	phase := r.IntN(5)
	switch {
	case p.trouble == poolPositive || p.trouble == singlePositive:
		return 2 // last round last night, the one before it two days ago
	case p.state != site.Operating && (phase == 0 || phase == 3):
		return 1
	}
	return phase
}

// rounds lists when the section was tested since it opened, oldest first.
func (p *plan) rounds() []calendar.Instant {
	var all []calendar.Instant
	first := p.spec.today().Add(-p.phase)
	for first.After(p.opened) {
		first = first.Add(-5)
	}
	for ; !first.After(p.spec.today()); first = first.Add(5) {
		for _, clock := range roundClocks() {
			at := first.Start(p.spec.loc()).Add(clock)
			if at <= p.spec.Now && p.opened.Start(p.spec.loc()) <= at {
				all = append(all, at)
			}
		}
	}
	return all
}

// resultRows writes the test before arrival, round after round in tubes of ten, what was sampled again, and antigen.
func (p *plan) resultRows(out sink) {
	r := chance(p.spec.Seed, chanceTests, p.index)
	for i, one := range p.staff {
		if !p.untested(i) {
			at := one.entered.Add(-time.Duration(14*60+r.IntN(300)) * time.Minute)
			p.sample(out, r, one, tube{code: p.tubeCode(at, 500+i), size: 1, at: at, outcome: p.negative(), point: "来源地采样点"})
		}
	}
	for _, at := range p.rounds() {
		for serial, members := range p.tubes(at) {
			p.sampleTube(out, r, at, serial, members)
		}
	}
	p.singles(out, r)
	p.antigen(out)
}

// tube is one test tube on its way.
type tube struct {
	code    string
	size    int
	at      calendar.Instant
	outcome string
	point   string
}

// tubes says who shares a tube in a round: the kitchen each for himself, all others in tens as they come.
func (p *plan) tubes(at calendar.Instant) [][]int {
	var all [][]int
	open := false
	for i, one := range p.staff {
		if !one.here(at) || p.skips(i, at) {
			continue
		}
		alone := one.trade == "炊事员"
		if alone || !open {
			all = append(all, nil)
		}
		last := &all[len(all)-1]
		*last = append(*last, i)
		open = !alone && len(*last) < poolSize
	}
	return all
}

func (p *plan) sampleTube(out sink, r *rand.Rand, round calendar.Instant, serial int, members []int) {
	t := tube{
		code: p.tubeCode(round, serial), size: poolSize, at: round.Add(time.Duration(serial*4) * time.Minute),
		outcome: p.negative(), point: p.street + "便民采样点",
	}
	if len(members) == 1 {
		t.size = 1
	}
	if round == p.positiveRound() && slices.Contains(members, p.victim()) {
		t.outcome = "阳性"
	}
	for _, i := range members {
		p.sample(out, r, p.staff[i], t)
	}
}

func (p *plan) tubeCode(at calendar.Instant, serial int) string {
	return fmt.Sprintf("NT%s%05d%03d", at.In(p.spec.loc()).Format("060102"), p.index, serial)
}

// sample writes one person's share of a tube; what would be known only after Now is left open.
func (p *plan) sample(out sink, r *rand.Rand, one person, t tube) {
	sampled := t.at.Add(time.Duration(r.IntN(180)) * time.Second)
	reported := t.at.Add(7*time.Hour + time.Duration(p.index%4*20)*time.Minute)
	outcome := t.outcome
	if reported > p.spec.Now {
		outcome = "检测中"
	}
	out(one.number, p.clock(sampled), outcome, one.name, t.code, strconv.Itoa(t.size), p.past(t.at.Add(100*time.Minute)),
		p.past(t.at.Add(4*time.Hour)), p.past(reported), string(screening.NucleicAcid), t.point, "示例医学检验所")
}

// past writes an instant unless it has not come yet.
func (p *plan) past(at calendar.Instant) string {
	if at > p.spec.Now {
		return ""
	}
	return p.clock(at)
}

// negative is the word in one of the ways laboratories write it.
func (p *plan) negative() string {
	return [...]string{"阴性", "阴性", "阴性(-)", "未检出"}[p.index%4]
}

// untested reports who never was tested for this section.
func (p *plan) untested(i int) bool {
	return p.trouble == testsMissing && p.staff[i].category == roster.Labour && i%2 == 1
}

// skips reports who was away when a round was taken.
func (p *plan) skips(i int, at calendar.Instant) bool {
	switch p.trouble {
	case testsMissing:
		return p.untested(i)
	case testsExpired:
		return i >= len(p.staff)-3 && at > p.spec.Now.Add(-50*time.Hour)
	case singlePositive:
		return i == p.victim() && at > p.positiveRound()
	}
	return false
}

// victim is whom the positive tube is about: the first of the crews.
func (p *plan) victim() int {
	return slices.IndexFunc(p.staff, func(one person) bool { return one.category == roster.Labour })
}

// positiveRound is the round with a positive tube: the last one, or where it was sampled again since, the one before; zero
// where there is none.
func (p *plan) positiveRound() calendar.Instant {
	switch p.trouble {
	case poolPositive:
		return p.roundBack(1)
	case singlePositive:
		return p.roundBack(2)
	}
	return 0
}

// roundBack is the n-th last round.
func (p *plan) roundBack(n int) calendar.Instant {
	all := p.rounds()
	return all[len(all)-n]
}

// singles writes the tubes of one person: all of a positive tube once more, and daily whoever is in isolation.
func (p *plan) singles(out sink, r *rand.Rand) {
	if p.trouble == isolationGap {
		one := p.staff[len(p.staff)-1]
		at := one.moved.Add(time.Hour)
		p.sample(out, r, one, tube{code: p.tubeCode(at, 900), size: 1, at: at, outcome: p.negative(), point: "隔离点上门采样"})
	}
	if p.trouble != singlePositive {
		return
	}
	round := p.positiveRound()
	for _, members := range p.tubes(round) {
		for n, i := range members {
			if !slices.Contains(members, p.victim()) {
				break
			}
			at := round.Add(14*time.Hour + time.Duration(n)*time.Minute)
			t := tube{code: p.tubeCode(at, 900+n), size: 1, at: at, outcome: p.negative(), point: "隔离点上门采样"}
			if i == p.victim() {
				t.outcome = "阳性"
			}
			p.sample(out, r, p.staff[i], t)
		}
	}
}

// antigen writes the self-tests of kitchen and guards, which some sections take before breakfast.
func (p *plan) antigen(out sink) {
	if p.index%5 != 2 {
		return
	}
	for _, d := range p.days() {
		at := d.At(6*time.Hour, p.spec.loc())
		for _, one := range p.staff {
			if one.here(at) && at <= p.spec.Now && (one.category == roster.Logistics || one.category == roster.Guard) {
				out(one.number, p.clock(at), "阴性", one.name, "", "1", p.clock(at), p.clock(at), p.clock(at.Add(15*time.Minute)),
					string(screening.Antigen), "本标段", "")
			}
		}
	}
}
