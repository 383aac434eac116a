package district

import (
	"slices"
	"strconv"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/supply"
)

// kept is what a section's own registers say, for whoever fills in its checklists to count from. Times are as written, which is
// in their order.
type kept struct {
	passages, cleanings, tests [][]string
}

func (p *plan) keptRows() kept {
	var k kept
	into := func(rows *[][]string) sink { return func(cells ...string) { *rows = append(*rows, cells) } }
	p.gateRows(into(&k.passages))
	p.disinfectionRows(into(&k.cleanings))
	p.resultRows(into(&k.tests))
	return k
}

// figures are the numbers of a day's checklist by their codes, as they stand when it is sent.
func (p *plan) figures(k kept, d calendar.Date, sent calendar.Instant) map[string]string {
	n := map[string]int{"A3.5": 0, "K1.1": 0, "K1.2": 0, "I1.1": p.present(sent)}
	p.heads(n, d, sent)
	p.passed(n, k, d, sent)
	p.tested(n, k, sent)
	p.measured(n, d, sent)
	p.apart(n, sent)
	p.cleaned(n, k, d, sent)
	p.stored(n, d.Add(-1))
	all := map[string]string{}
	for code, number := range n {
		all[code] = strconv.Itoa(number)
	}
	return all
}

// heads counts who is there, as what, and where they sleep.
func (p *plan) heads(n map[string]int, d calendar.Date, sent calendar.Instant) {
	from := d.Start(p.spec.loc())
	n["A2.3"], n["A2.4"] = 0, 0
	for _, one := range p.staff {
		if from <= one.entered && one.entered <= sent {
			n["A2.3"]++
		}
		if from <= one.left && one.left <= sent {
			n["A2.4"]++
		}
	}
	of := func(some ...roster.Category) int {
		return p.counted(sent, func(one person) bool {
			return slices.Contains(some, one.category)
		})
	}
	n["A2.1"] = p.present(sent)
	n["A3.1"], n["A3.2"], n["A3.3"] = of(roster.Management), of(roster.Labour), of(roster.Supervisor)
	n["A3.4"] = of(roster.Logistics, roster.Guard)
	n["A4.1"] = p.counted(sent, func(one person) bool { return one.offsite == "" })
	n["A4.2"] = n["A2.1"] - n["A4.1"]
}

// passed counts the gate's log of the day, and who is out by it.
func (p *plan) passed(n map[string]int, k kept, d calendar.Date, sent calendar.Instant) {
	from, to := p.clock(d.Start(p.spec.loc())), p.clock(sent)
	last := map[string][]string{}
	n["B3.1"], n["B3.2"], n["B3.3"] = 0, 0, 0
	for _, row := range k.passages {
		number, at, way := row[1], row[2], row[3]
		if at > to {
			continue
		}
		if before := last[number]; before == nil || before[2] <= at {
			last[number] = row
		}
		switch {
		case at < from:
		case way == string(gate.In):
			n["B3.1"]++
		default:
			n["B3.2"]++
		}
	}
	for _, one := range p.staff {
		if row := last[one.number]; row != nil && one.here(sent) && row[3] == string(gate.Out) {
			n["B3.3"]++
		}
	}
	n["A2.2"], n["A2.5"] = p.present(sent)-n["B3.3"], n["B3.3"] // nobody is out without leave
}

// tested counts the newest nucleic acid samples of the last 48 hours, and antigen tests of the day.
func (p *plan) tested(n map[string]int, k kept, sent calendar.Instant) {
	from, day, to := p.clock(sent.Add(-48*time.Hour)), p.clock(sent)[:len(time.DateOnly)], p.clock(sent)
	newest := map[string][]string{}
	n["C3.1"] = 0
	for _, row := range k.tests {
		number, at := row[0], row[1]
		switch {
		case at > to:
		case row[9] == string(screening.Antigen):
			if at >= day {
				n["C3.1"]++
			}
		case at >= from && (newest[number] == nil || newest[number][1] <= at):
			newest[number] = row
		}
	}
	n["C1.1"], n["C1.2"], n["C1.3"], n["C1.4"], n["C1.5"] = p.present(sent), 0, 0, 0, 0
	for _, one := range p.staff {
		row := newest[one.number]
		if row == nil || !one.here(sent) {
			continue
		}
		n["C1.2"]++
		switch {
		case row[8] == "" || row[8] > to:
			n["C1.4"]++
		case row[2] == "阳性":
			n["C1.5"]++
		default:
			n["C1.3"]++
		}
	}
}

// measured counts temperatures: everybody in the morning, by the afternoon the kitchen once more.
func (p *plan) measured(n map[string]int, d calendar.Date, sent calendar.Instant) {
	morning := d.At(7*time.Hour+5*time.Minute, p.spec.loc())
	n["D1.1"] = p.counted(sent, func(one person) bool { return one.here(morning) })
	n["D1.2"] = p.counted(sent, func(one person) bool { return one.trade == "炊事员" })
	n["D1.3"] = 0
	if one, at, had := p.pastFever(); had && calendar.On(at, p.spec.loc()) == d {
		n["D1.3"] = 1
		if one.trade != "炊事员" {
			n["D1.2"]++
		}
	}
}

// apart counts who is in isolation, each in a room of his own.
func (p *plan) apart(n map[string]int, sent calendar.Instant) {
	rooms := 0
	for _, r := range p.rooms {
		if r.use == housing.Isolation {
			rooms++
		}
	}
	n["D3.1"] = p.counted(sent, func(one person) bool { return !one.moved.IsZero() && one.moved <= sent })
	n["D3.2"], n["D3.3"] = n["D3.1"], rooms-n["D3.1"]
}

// cleaned counts the log of the day, and the areas in which something was left out so far.
func (p *plan) cleaned(n map[string]int, k kept, d calendar.Date, sent calendar.Instant) {
	from, to := p.clock(d.Start(p.spec.loc())), p.clock(sent)
	n["F1.1"], n["F1.2"], n["F1.3"] = len(p.areas()), 0, 0
	for _, row := range k.cleanings {
		if at := row[2]; from <= at && at <= to {
			n["F1.2"]++
		}
	}
	for _, a := range p.areas() {
		for _, clock := range a.clocks {
			if at := d.At(clock, p.spec.loc()); at <= sent && p.uncleaned(a, at) {
				n["F1.3"]++
				break
			}
		}
	}
}

// stored tells what was left on the evening before, and for how many days the scarcest of it lasts.
func (p *plan) stored(n map[string]int, evening calendar.Date) {
	codes := map[supply.Item]string{supply.Masks: "H1.1", supply.Disinfectant: "H1.2", supply.Thermometers: "H1.4", supply.Gowns: "H1.5",
		supply.AntigenKits: "H1.6"}
	least, known := 0, false
	for _, g := range p.goods() {
		left := p.inStore(g, evening)
		if code := codes[g.item]; code != "" {
			n[code] = left
		}
		if use := g.perDay * len(p.staff); use > 0 {
			if lasts := left * 1000 / use; !known || lasts < least {
				least, known = lasts, true
			}
		}
	}
	n["H1.7"] = least
}
