package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/housing"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// bedRoutes are the map of who sleeps where, and moving somebody.
func bedRoutes() []Route {
	look := Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District, account.Health}, Scope: ScopeOwn}
	write := Policy{Roles: []account.Role{account.Manager}, Scope: ScopeOwn}
	return []Route{
		{http.MethodGet, "/sections/:code/beds", look, (*server).beds},
		{http.MethodGet, bedPath, write, (*server).bedForm},
		{http.MethodPost, bedPath, write, (*server).moveBed},
	}
}

// bedPath is where somebody of a section is given another bed.
const bedPath = "/sections/:code/beds/:worker"

type bedsPage struct {
	entryFrame
	Rooms, Beds, Heads, Free int
	Buildings                []building
	Bedless                  []sleeper // who should sleep here and has no bed
	Moved                    *sleeper
	MayMove                  bool
}

type building struct {
	Name      string
	Isolation bool // the isolation rooms of all buildings
	Rooms     []roomCard
}

// roomCard is a room with those who sleep there and what the criteria find wrong with it.
type roomCard struct {
	housing.Room
	Heads, Free int
	Squares     []string // one a bed, and one for each person without: taken, free, over
	Each        string   // m² a head; empty for nobody
	Sleepers    []sleeper
	Problems    []roomProblem
	Failed      bool
	MayMove     bool
}

// roomProblem is what a criterion finds of a room.
type roomProblem struct {
	Status          string
	Title           string
	Observed, Limit locale.Phrase
}

// sleeper is somebody with the bed he has, and had.
type sleeper struct {
	ID           roster.WorkerID
	Name, Team   string
	URL          string
	Room, Before string
	Since        calendar.Instant
	Guest, Gone  bool // belongs to another section; has left the site
}

func (s *server) beds(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	house := newHouse(e)
	p := bedsPage{entryFrame: s.entryFrame(e.Section, newForm()), Buildings: house.buildings(), Bedless: house.bedless(), MayMove: s.mayGet(bedPath, actor(c).User.Role)}
	p.Rooms, p.Beds, p.Free = house.size()
	for _, b := range p.Buildings {
		for i := range b.Rooms {
			r := &b.Rooms[i]
			r.MayMove, p.Heads = p.MayMove, p.Heads+r.Heads
		}
	}
	if id, err := strconv.ParseInt(c.QueryParam("done"), 10, 64); err == nil && p.MayMove {
		p.Moved = house.moved(roster.WorkerID(id))
	}
	return s.render(c, http.StatusOK, "beds", p)
}

// house is the rooms of a section at the instant it was examined, with the names of who sleeps there.
type house struct {
	evaluation.Examined
	rules  policy.Rules
	people map[roster.WorkerID]sleeper
	stays  map[housing.RoomID][]housing.Stay // that hold
	rooms  map[housing.RoomID]housing.Room
}

func newHouse(e evaluation.Examined) *house {
	h := &house{Examined: e, rules: e.Policy.Resolve(e.Section, site.ZoneAt(e.Snapshot.Zones, e.Section, e.At), e.At),
		people: map[roster.WorkerID]sleeper{}, stays: map[housing.RoomID][]housing.Stay{}, rooms: map[housing.RoomID]housing.Room{}}
	h.meet(e.Snapshot.Guests, true)
	h.meet(e.Snapshot.People, false)
	for _, r := range e.Snapshot.Rooms {
		h.rooms[r.ID] = r
	}
	for _, stay := range e.Snapshot.Stays {
		if stay.Holds(e.At) {
			h.stays[stay.RoomID] = append(h.stays[stay.RoomID], stay)
		}
	}
	return h
}

// meet notes people by their latest enrolment.
func (h *house) meet(all []roster.Enrolment, guests bool) {
	for i := range all {
		p := &all[i]
		present := p.Present(h.At)
		if known, ok := h.people[p.WorkerID]; ok && !known.Gone && !present {
			continue
		}
		h.people[p.WorkerID] = sleeper{ID: p.WorkerID, Name: p.Name, Team: p.Team, Guest: guests, Gone: !present,
			URL: sectionURL(h.Section.Code) + "/beds/" + strconv.FormatInt(int64(p.WorkerID), 10)}
	}
}

// buildings brings the rooms together by building, isolation rooms apart at the end.
func (h *house) buildings() []building {
	problems := h.problems()
	var all []building
	for _, isolation := range []bool{false, true} {
		for _, r := range h.Snapshot.Rooms {
			if (r.Use == housing.Isolation) != isolation {
				continue
			}
			of := building{Name: r.Building}
			if isolation {
				of = building{Isolation: true}
			}
			i := slices.IndexFunc(all, func(b building) bool { return b.Name == of.Name && b.Isolation == isolation })
			if i < 0 {
				i, all = len(all), append(all, of)
			}
			all[i].Rooms = append(all[i].Rooms, h.card(r, problems[r.ID]))
		}
	}
	return all
}

func (h *house) card(r housing.Room, problems []roomProblem) roomCard {
	card := roomCard{Room: r, Problems: problems}
	for _, stay := range h.stays[r.ID] {
		who := h.people[stay.WorkerID]
		who.Since, who.Room = stay.From, r.Number
		card.Sleepers = append(card.Sleepers, who)
	}
	card.Heads = len(card.Sleepers)
	card.Free = max(0, r.Beds-card.Heads)
	for i := range max(r.Beds, card.Heads) {
		card.Squares = append(card.Squares, squareOf(i, r.Beds, card.Heads))
	}
	if card.Heads > 0 && r.AreaCM2 > 0 {
		card.Each = criteria.AreaEach(r.AreaCM2, card.Heads, h.rules.AreaMinCM2)
	}
	card.Failed = slices.ContainsFunc(problems, func(p roomProblem) bool { return p.Status == criteria.Fail.String() })
	return card
}

func squareOf(i, beds, heads int) string {
	switch {
	case i >= beds:
		return "over"
	case i < heads:
		return "taken"
	}
	return "free"
}

// size is how many rooms and beds there are, and how many beds are free.
func (h *house) size() (rooms, beds, free int) {
	for _, r := range h.Snapshot.Rooms {
		rooms, beds, free = rooms+1, beds+r.Beds, free+max(0, r.Beds-len(h.stays[r.ID]))
	}
	return rooms, beds, free
}

// problems are what the criteria find of each room.
func (h *house) problems() map[housing.RoomID][]roomProblem {
	titles := titlesByCode()
	all := map[housing.RoomID][]roomProblem{}
	for _, f := range h.Findings {
		for _, subject := range f.Subjects {
			if subject.Kind == criteria.Room && f.Status != criteria.Pass {
				all[housing.RoomID(subject.ID)] = append(all[housing.RoomID(subject.ID)],
					roomProblem{f.Status.String(), titles[f.Code], subject.Observed, subject.Limit})
			}
		}
	}
	return all
}

// bedless are those who belong here, are not known to sleep outside, and have no bed.
func (h *house) bedless() []sleeper {
	housed := map[roster.WorkerID]bool{}
	for _, stays := range h.stays {
		for _, stay := range stays {
			housed[stay.WorkerID] = true
		}
	}
	var all []sleeper
	for i := range h.Snapshot.People {
		p := &h.Snapshot.People[i]
		if p.Present(h.At) && p.Lodging != roster.OffSite && !housed[p.WorkerID] {
			all = append(all, h.people[p.WorkerID])
		}
	}
	slices.SortStableFunc(all, func(a, b sleeper) int { return cmp.Or(strings.Compare(a.Team, b.Team), cmp.Compare(a.ID, b.ID)) })
	return all
}

// moved is somebody with the bed he has and the one he had last; nil for nobody of this section.
func (h *house) moved(id roster.WorkerID) *sleeper {
	who, ok := h.people[id]
	if !ok || who.Guest {
		return nil
	}
	if stay := h.stayOf(id); stay != nil {
		who.Room, who.Since = h.rooms[stay.RoomID].Number, stay.From
	}
	for _, stay := range h.Snapshot.Stays { // the last that is over
		if stay.WorkerID == id && !stay.Until.IsZero() && stay.Until <= h.At && stay.Until > stay.From {
			who.Before = h.rooms[stay.RoomID].Number
			if who.Room == "" {
				who.Since = stay.Until
			}
		}
	}
	return &who
}

// stayOf is the bed somebody has; nil for none.
func (h *house) stayOf(id roster.WorkerID) *housing.Stay {
	for i := range h.Snapshot.Stays {
		if stay := &h.Snapshot.Stays[i]; stay.WorkerID == id && stay.Holds(h.At) {
			return stay
		}
	}
	return nil
}
