package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/policy"
	"fugong/internal/roster"
)

// leaving stands for no room at all.
const leaving = "-"

// bedPage gives somebody another bed: first the rooms, then what the move would change, then it is done.
type bedPage struct {
	entryFrame
	Who           sleeper
	Choices       []roomChoice
	Chosen        *roomChoice
	Leaving       bool
	Brings, Mends []roomProblem // what the criteria would find, of the room that is chosen all of it, and find no more after the move
	When          moment
	BedsURL       string
}

// roomChoice is a room somebody may move into, as it would be then.
type roomChoice struct {
	roomCard
	URL                                   string
	Then                                  int // heads
	EachThen                              string
	OverBeds, OverMax, TooSmall, Isolated bool
	Most                                  int
	Least                                 string
}

func bedFields() form { return newForm("room", "at").called("room", "bed.room", "at", "bed.when") }

func (s *server) bedForm(c echo.Context) error {
	h, who, err := s.lodger(c)
	if err != nil {
		return err
	}
	p, err := s.bedPage(c, h, who, bedFields().with("room", c.QueryParam("room")))
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "bed", p)
}

// lodger finds the person that the address names among those of the section; a fault.NotFound for guests of others, too.
func (s *server) lodger(c echo.Context) (*house, sleeper, error) {
	e, err := s.examined(c)
	if err != nil {
		return nil, sleeper{}, err
	}
	id, err := numberParam(c, "worker")
	if err != nil {
		return nil, sleeper{}, err
	}
	h := newHouse(e)
	who := h.moved(roster.WorkerID(id))
	if who == nil {
		return nil, sleeper{}, fault.New(fault.NotFound, "nobody %d on the section", id)
	}
	return h, *who, nil
}

func (s *server) bedPage(c echo.Context, h *house, who sleeper, f form) (bedPage, error) {
	p := bedPage{entryFrame: s.entryFrame(h.Section, f), Who: who, When: s.moment(f, s.words(c).T("bed.when")), BedsURL: sectionURL(h.Section.Code) + "/beds"}
	p.Choices = h.choices(who)
	room := f.Value("room")
	p.Leaving = room == leaving
	for i := range p.Choices {
		if p.Choices[i].Number == room {
			p.Chosen = &p.Choices[i]
		}
	}
	if p.Chosen == nil && !p.Leaving {
		return p, nil
	}
	var err error
	p.Brings, p.Mends, err = s.foresee(h, who, p.Chosen)
	return p, err
}

// choices are the other rooms, those with a free bed and nothing against them first.
func (h *house) choices(who sleeper) []roomChoice {
	var all []roomChoice
	for _, b := range h.buildings() {
		for _, card := range b.Rooms {
			if card.Number != who.Room {
				all = append(all, h.choice(who, card))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b roomChoice) int { return cmp.Compare(a.doubts(), b.doubts()) })
	return all
}

func (h *house) choice(who sleeper, card roomCard) roomChoice {
	then, most := card.Heads+1, min(h.rules.RoomMax, h.rules.RoomHardMax)
	r := roomChoice{roomCard: card, Then: then, Most: most, Least: intake.FormatDecimal(h.rules.AreaMinCM2/100, 2),
		URL:      who.URL + "?" + url.Values{"room": {card.Number}}.Encode(),
		OverBeds: then > card.Beds, OverMax: then > most, Isolated: card.Use == housing.Isolation,
		TooSmall: card.AreaCM2 > 0 && card.AreaCM2 < h.rules.AreaMinCM2*int64(then)}
	if card.AreaCM2 > 0 {
		r.EachThen = criteria.AreaEach(card.AreaCM2, then, h.rules.AreaMinCM2)
	}
	return r
}

func (r roomChoice) doubts() int {
	n := 0
	for i, is := range []bool{r.Isolated, r.TooSmall, r.OverMax, r.OverBeds} {
		if is {
			n += 1 << i
		}
	}
	return n
}

// foresee judges the section as it would be after the move and tells what would be found of rooms that is not found now, and
// the reverse. Of the room that is chosen all is told that would be found: what is wrong there gets worse with one more. It is the judgement itself that is asked, so that it cannot say anything else afterwards.
func (s *server) foresee(h *house, who sleeper, to *roomChoice) (brings, mends []roomProblem, err error) {
	snapshot := *h.Snapshot
	snapshot.Stays = nil
	for _, stay := range h.Snapshot.Stays {
		if stay.WorkerID == who.ID && stay.Holds(h.At) {
			stay.Until = h.At
		}
		snapshot.Stays = append(snapshot.Stays, stay)
	}
	if to != nil {
		snapshot.Stays = append(snapshot.Stays, housing.Stay{WorkerID: who.ID, RoomID: to.ID, SectionID: h.Section.ID, From: h.At})
	}
	slices.SortStableFunc(snapshot.Stays, func(a, b housing.Stay) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.From, b.From))
	})
	report, err := criteria.Evaluate(&snapshot, policy.Book{*h.Policy}, h.At, s.Loc)
	if err != nil {
		return nil, nil, fmt.Errorf("foresee a move on %s: %w", h.Section.Code, err)
	}
	brings, mends = lodgingNews(h.Report, report, to), lodgingNews(report, h.Report, nil)
	return brings, mends, nil
}

// lodgingNews are the subjects of findings about lodging in one report that are not in another, and those of a room.
func lodgingNews(before, after criteria.Report, room *roomChoice) []roomProblem {
	type about struct {
		code criteria.Code
		kind criteria.Kind
		id   int64
	}
	known := map[about]bool{}
	for _, f := range before.Findings {
		for _, subject := range f.Subjects {
			into := room != nil && subject.Kind == criteria.Room && subject.ID == int64(room.ID)
			known[about{f.Code, subject.Kind, subject.ID}] = !into
		}
	}
	titles := titlesByCode()
	var news []roomProblem
	for _, f := range after.Findings {
		for _, subject := range f.Subjects {
			if aboutLodging(f.Code) && !known[about{f.Code, subject.Kind, subject.ID}] {
				news = append(news, roomProblem{f.Status.String(), titles[f.Code], subject.Observed, subject.Limit})
			}
		}
	}
	return news
}

// aboutLodging tells the criteria that a move may change.
func aboutLodging(code criteria.Code) bool {
	return slices.ContainsFunc([]string{"room.", "iso.", "loop.lodging_known", "entry.newcomer"}, func(prefix string) bool {
		return len(code) >= len(prefix) && string(code[:len(prefix)]) == prefix
	})
}

// moveBed ends one stay and begins the next. What the criteria have against it becomes a finding; it was said before.
func (s *server) moveBed(c echo.Context) error {
	h, who, err := s.lodger(c)
	if err != nil {
		return err
	}
	rows, err := s.stayRows(c, h, who, s.Now())
	if err == nil {
		_, err = s.record(c, entry{kind: "stays", rows: rows, field: columnFields("room", map[string]string{"入住时间": "at", "离开时间": "at"})})
	}
	if err != nil {
		p, pageErr := s.bedPage(c, h, who, bedFields().filled(c, "room", "when", "at"))
		if pageErr != nil {
			return pageErr
		}
		return s.formAgain(c, "bed", err, p.Form, func(f form) any {
			p.entryFrame, p.When = p.again(c, f, err), s.moment(f, p.When.Label)
			return p
		})
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(h.Section.Code)+"/beds?done="+fmt.Sprint(who.ID))
}

func (s *server) stayRows(c echo.Context, h *house, who sleeper, now calendar.Instant) ([][]string, error) {
	numbers, err := s.Store.Numbers(c.Request().Context(), within(c), []roster.WorkerID{who.ID})
	if err != nil {
		return nil, err
	}
	room, at := c.Request().PostForm.Get("room"), s.momentText(c, now)
	row := func(room, from, until string) []string {
		return rowOf(housing.StayColumns, map[string]string{"证件号码": numbers[who.ID], "标段编号": h.Section.Code, "房间号": room, "入住时间": from, "离开时间": until})
	}
	if room == "" {
		return nil, wrong("room", "请选择房间")
	}
	if s.toCome(at) {
		return nil, wrong("at", "搬动时间不能晚于现在")
	}
	var rows [][]string
	if stay := h.stayOf(who.ID); stay != nil {
		if stay.SectionID != h.Section.ID {
			return nil, wrong("room", "此人的床位登记在别的标段，请先由那个标段登记离开")
		}
		rows = append(rows, row(h.rooms[stay.RoomID].Number, intake.FormatTime(stay.From, s.Loc), at))
		if at == "" { // an end that is not given would mean that he stays
			return nil, wrong("at", "没有填写")
		}
	}
	if room != leaving {
		rows = append(rows, row(room, at, ""))
	}
	return rows, nil
}
