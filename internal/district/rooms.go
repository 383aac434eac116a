package district

import (
	"fmt"
	"math/rand/v2"

	"fugong/internal/housing"
	"fugong/internal/roster"
)

// room is a room of the section's living area; area counts in tenths of a square metre.
type room struct {
	number string
	use    housing.Use
	area   int
	beds   int
	heads  int
	team   string
	man    bool
}

const (
	headsMax      = 6  // who sleeps in a room at most, where all is well
	roomsPerFloor = 8  // for the numbers on the doors
	isolationPer  = 50 // people for each isolation room; two there are at least
)

// lodge gives every team its rooms, men and women apart, and adds the isolation rooms and a spare one.
func (p *plan) lodge(r *rand.Rand) {
	for i := range p.staff {
		if p.staff[i].offsite != "" {
			p.staff[i].room = noRoom
			continue
		}
		p.staff[i].room = p.bedFor(r, p.staff[i])
		p.rooms[p.staff[i].room].heads++
	}
	p.addRoom(r)
	p.crowd()
	for i := range max(2, (len(p.staff)+isolationPer-1)/isolationPer) {
		p.rooms = append(p.rooms, room{number: fmt.Sprintf("%s-G%d", p.building(), i+1), use: housing.Isolation, area: 120, beds: 1})
	}
}

func (p *plan) bedFor(r *rand.Rand, one person) int {
	for i, room := range p.rooms {
		if room.team == one.team && room.man == one.man && room.heads < room.beds {
			return i
		}
	}
	i := p.addRoom(r)
	p.rooms[i].team, p.rooms[i].man = one.team, one.man
	return i
}

// addRoom adds a room whose size allows its beds.
func (p *plan) addRoom(r *rand.Rand) int {
	i := len(p.rooms)
	beds := headsMax - 2*(r.IntN(3)/2)
	p.rooms = append(p.rooms, room{
		number: fmt.Sprintf("%s-%d%02d", p.building(), 1+i/roomsPerFloor, 1+i%roomsPerFloor),
		use:    housing.Dormitory,
		area:   beds*26 + 5*r.IntN(6),
		beds:   beds,
	})
	return i
}

func (p *plan) building() string { return string(rune('A' + p.index%6)) }

// crowd works the troubles of housing into the rooms.
func (p *plan) crowd() {
	switch p.trouble {
	case eightBeds:
		for i := range min(3, len(p.rooms)) {
			p.rooms[i].beds, p.rooms[i].area = 8, 205
		}
	case roomOverfull:
		p.overfill()
	case teamsMixed:
		p.mix()
	}
}

// overfill puts seven into a room of sixteen square metres with nine beds: its team first, then whoever else there is.
func (p *plan) overfill() {
	full := p.fullestRoom()
	team := p.rooms[full].team
	p.fill(full, func(one person) bool { return one.team == team })
	p.fill(full, func(one person) bool { return one.category == roster.Labour })
	p.fill(full, func(person) bool { return true })
	p.rooms[full].area, p.rooms[full].beds = 160, 9
}

// fill moves people of the right kind into a room, men to men, until it holds one too many.
func (p *plan) fill(full int, right func(person) bool) {
	for i, one := range p.staff {
		if p.rooms[full].heads > headsMax {
			return
		}
		if one.room != noRoom && one.room != full && one.man == p.rooms[full].man && right(one) {
			p.move(i, full)
		}
	}
}

func (p *plan) fullestRoom() int {
	full := 0
	for i, room := range p.rooms {
		if room.heads > p.rooms[full].heads {
			full = i
		}
	}
	return full
}

// mix moves one worker in with another team that has a bed free.
func (p *plan) mix() {
	for i := len(p.staff) - 1; i > 0; i-- {
		for j, room := range p.rooms {
			if room.heads > 0 && room.heads < room.beds && room.man == p.staff[i].man && room.team != p.staff[i].team && p.staff[i].room != noRoom {
				p.move(i, j)
				return
			}
		}
	}
}

func (p *plan) move(person, to int) {
	p.rooms[p.staff[person].room].heads--
	p.rooms[to].heads++
	p.staff[person].room = to
}

// isolationRoom is the first room kept for isolation.
func (p *plan) isolationRoom() int {
	for i, room := range p.rooms {
		if room.use == housing.Isolation {
			return i
		}
	}
	return noRoom
}
