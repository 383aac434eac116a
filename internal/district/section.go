package district

import (
	"fmt"
	"math/rand/v2"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/roster"
)

const (
	day       = 24 * time.Hour
	strangers = 2 // people whom no roster knows, on the section that lets them in
)

// person is somebody on a section's roster. room is an index into the plan's rooms, noRoom for those who sleep elsewhere.
type person struct {
	number, name, phone   string
	man                   bool
	employer, team, trade string
	category              roster.Category
	entered, left         calendar.Instant
	offsite               string
	room                  int
	moved                 calendar.Instant // into isolation, from room; zero: not
	isolation             int              // the room moved to
	origin                string
	outside               bool
	declared              calendar.Instant
	restricted            calendar.Instant
	officer               bool
}

const noRoom = -1

// plan is one section in full: everything the registers write is read off it.
type plan struct {
	place
	profile
	spec    Spec
	index   int
	opened  calendar.Date // when the first people came
	manager string
	staff   []person
	rooms   []room
	phase   int // of the section's testing rounds
}

func (d *layout) section(i int) *plan {
	p := &plan{place: d.places[i], profile: d.profiles[i], spec: d.spec, index: i}
	r := chance(d.spec.Seed, chanceStaff, i)
	p.manager = personName(r, true)
	p.opened = d.spec.today().Add(-max(d.spec.Days, fewestDays) + r.IntN(2))
	p.phase = p.testPhase(r)
	if p.trouble == nothingKnown {
		return p
	}
	p.hire(r)
	p.lodge(chance(d.spec.Seed, chanceRooms, i))
	p.unsettle()
	return p
}

// fewestDays is how long people have been there at least, however few days the registers go back.
const fewestDays = 8

// hire makes up the people: the office, the supervisors, kitchen, guards, and crews until the section is full.
func (p *plan) hire(r *rand.Rand) {
	size := max(12, p.spec.Workers/2+r.IntN(p.spec.Workers+1))
	p.office(r, size)
	all := crews()
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for c := 0; len(p.staff) < size; c++ {
		crew := all[c%len(all)]
		employer := pick(r, labourCompanies()...)
		for range min(5+r.IntN(8), size-len(p.staff)) {
			p.add(r, person{man: r.IntN(12) > 0, employer: employer, team: crew.team, trade: crew.trade, category: roster.Labour})
		}
	}
}

// office hires whom every section needs; who of them is the epidemic officer (防疫专员) goes by the head count.
func (p *plan) office(r *rand.Rand, size int) {
	p.add(r, person{name: p.manager, man: true, employer: p.contractor, team: "项目部", trade: "项目经理", category: roster.Management})
	for range (size + 99) / 100 {
		p.add(r, person{man: r.IntN(3) > 0, employer: p.contractor, team: "项目部", trade: "安全员", category: roster.Management, officer: true})
	}
	for _, trade := range []string{"施工员", "质量员", "资料员"}[:1+min(2, size/25)] {
		p.add(r, person{man: trade != "资料员", employer: p.contractor, team: "项目部", trade: trade, category: roster.Management})
	}
	p.add(r, person{man: true, employer: p.supervisor, team: "监理部", trade: "总监理工程师", category: roster.Supervisor})
	for range 1 + size/60 {
		p.add(r, person{man: r.IntN(2) > 0, employer: p.contractor, team: "后勤组", trade: "炊事员", category: roster.Logistics})
	}
	p.add(r, person{employer: p.contractor, team: "后勤组", trade: "保洁员", category: roster.Logistics})
	for range 2 {
		p.add(r, person{man: true, employer: p.contractor, team: "保安班", trade: "门卫", category: roster.Guard})
	}
}

// add gives the person a name, a number and an arrival in one of three batches.
func (p *plan) add(r *rand.Rand, one person) {
	n := p.index*p.spec.stride() + len(p.staff)
	if one.name == "" {
		one.name = personName(r, one.man)
	}
	one.number = identityNumber(n, one.man)
	one.phone = phone(n)
	one.origin, one.outside = origins(r)
	batch := r.IntN(3)
	if one.category != roster.Labour {
		batch = 0
	}
	one.entered = p.opened.Add(batch).At(pick(r, 8*time.Hour, 9*time.Hour, 14*time.Hour), p.spec.loc())
	one.declared = one.entered.Add(-8*day - time.Duration(r.IntN(600))*time.Minute)
	if one.category == roster.Supervisor {
		one.offsite = p.street + "人才公寓" + fmt.Sprint(1+r.IntN(9)) + "幢"
	}
	p.staff = append(p.staff, one)
}

// unsettle works the troubles that concern people into the staff.
func (p *plan) unsettle() {
	last := &p.staff[len(p.staff)-1]
	switch p.trouble {
	case stillRestricted:
		last.restricted = p.spec.today().Add(3).Start(p.spec.loc())
	case newcomersMixed:
		for i := len(p.staff) - 2; i < len(p.staff); i++ {
			p.staff[i].entered = p.spec.today().Add(-1).At(15*time.Hour, p.spec.loc())
			p.staff[i].declared = p.staff[i].entered.Add(-8 * day)
		}
	case isolationGap:
		p.isolate(last)
	case singlePositive:
		p.isolate(&p.staff[p.victim()])
	default:
		p.dismiss(last)
	}
}

// isolate moves the person into an isolation room yesterday morning.
func (p *plan) isolate(one *person) {
	one.isolation = p.isolationRoom()
	one.moved = p.spec.today().Add(-1).At(9*time.Hour, p.spec.loc())
}

// dismiss lets a worker of a larger section go, as happens everywhere.
func (p *plan) dismiss(one *person) {
	if len(p.staff) > 20 && p.index%2 == 0 && one.category == roster.Labour {
		one.left = p.spec.today().Add(-2).At(10*time.Hour, p.spec.loc())
	}
}

// here reports whether the person belongs to the section at an instant.
func (one person) here(at calendar.Instant) bool {
	return one.entered <= at && (one.left.IsZero() || at < one.left)
}

// present counts who belongs to the section at an instant.
func (p *plan) present(at calendar.Instant) int {
	n := 0
	for _, one := range p.staff {
		if one.here(at) {
			n++
		}
	}
	return n
}

// days lists the days the daily registers cover, today included.
func (p *plan) days() []calendar.Date {
	first := p.spec.today().Add(-p.spec.Days)
	if first.Before(p.opened) {
		first = p.opened
	}
	var all []calendar.Date
	for d := first; !d.After(p.spec.today()); d = d.Add(1) {
		all = append(all, d)
	}
	return all
}

// clock writes an instant as tables do; nothing for none.
func (p *plan) clock(at calendar.Instant) string {
	return p.spec.written(at)
}
