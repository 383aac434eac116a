package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/roster"
)

func (s *server) personForm(c echo.Context) error {
	p, _, err := s.personPage(c, nil)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "enrol", p)
}

// personPage shows what is recorded of somebody, with what was typed laid over it.
func (s *server) personPage(c echo.Context, typed *form) (enrolPage, roster.Record, error) {
	about, members, err := s.members(c)
	if err != nil {
		return enrolPage{}, roster.Record{}, err
	}
	id, err := numberParam(c, "worker")
	if err != nil {
		return enrolPage{}, roster.Record{}, err
	}
	record, err := s.Store.Enrolled(c.Request().Context(), within(c), about.Code, roster.WorkerID(id))
	if err != nil {
		return enrolPage{}, record, err
	}
	f := s.shown(record)
	if typed != nil {
		f = *typed
	}
	p := s.enrolPage(s.words(c), about, members, f)
	e := record.Enrolment
	p.Who = &sleeper{ID: e.WorkerID, Name: e.Name, Team: e.Team, URL: p.PeopleURL + "/" + fmt.Sprint(id), Gone: !e.Present(s.Now())}
	p.Entered, p.Left = e.EnteredAt, e.LeftAt
	if record.Phone != "" {
		p.PhoneField.Hint = s.words(c).T("enrol.phone.kept")
	}
	p.Tail = strings.TrimPrefix(intake.Tail(record.Document.Number), "…")
	return p, record, nil
}

// shown is what the form shows of a person: all but the numbers.
func (s *server) shown(r roster.Record) form {
	f := newEnrolForm()
	cells := cellsOf(r, s)
	for _, col := range enrolColumns() {
		switch col[0] {
		case "name", "number", "phone", "entered":
		case "left", "declared", "restricted":
			f = f.with(col[0], picked(cells[col[1]]))
		default:
			f = f.with(col[0], cells[col[1]])
		}
	}
	return f
}

// cellsOf gives the texts of a record by column.
func cellsOf(r roster.Record, s *server) map[string]string {
	cells := map[string]string{}
	for i, text := range roster.Cells(r, s.Loc) {
		cells[roster.Columns[i].Name] = text
	}
	return cells
}

// picked writes a time as a browser's field for times reads it.
func picked(text string) string { return strings.TrimSuffix(strings.Replace(text, " ", "T", 1), ":00") }

// mendPerson records what has changed of somebody; who he is and since when he is there stays.
func (s *server) mendPerson(c echo.Context) error {
	f := newEnrolForm().filled(c, enrolFields()...)
	p, record, err := s.personPage(c, &f)
	if err != nil {
		return err
	}
	_, err = s.record(c, entry{kind: "roster", rows: [][]string{s.mended(c, record)}, field: enrolFieldOf("team")})
	if err != nil {
		return s.personAgain(c, p, f, err)
	}
	return c.Redirect(http.StatusSeeOther, p.PeopleURL+"?done="+fmt.Sprint(p.Who.ID))
}

func (s *server) personAgain(c echo.Context, p enrolPage, f form, err error) error {
	return s.formAgain(c, "enrol", err, f, func(f form) any {
		p := p
		p.When = s.moment(f, p.When.Label)
		p.PhoneField.Wrong = f.Wrong("phone")
		p.entryFrame = p.again(c, f, err)
		return p
	})
}

// mended is the row of a person with what was typed in it. What the form showed and came back as it was is left as it is: the
// form shows minutes, the record may know seconds. A phone number that is not typed stays.
func (s *server) mended(c echo.Context, r roster.Record) []string {
	form, cells, before := c.Request().PostForm, cellsOf(r, s), s.shown(r)
	for _, col := range enrolColumns() {
		typed := strings.TrimSpace(form.Get(col[0]))
		switch {
		case !form.Has(col[0]) || col[0] == "name" || col[0] == "number" || col[0] == "entered" || col[0] == "type":
		case col[0] == "phone" && typed == "", typed == before.Value(col[0]):
		default:
			cells[col[1]] = typed
		}
	}
	return rowOf(roster.Columns, cells)
}

// leave records that somebody has left, and that his bed is free since. The bed goes first: when it cannot be given up, he has
// not left yet, and when he cannot have left, nothing is tried.
func (s *server) leave(c echo.Context) error {
	p, record, err := s.personPage(c, nil)
	if err != nil {
		return err
	}
	cells, now := cellsOf(record, s), s.Now()
	cells["退场时间"] = s.momentText(c, now)
	left := entry{kind: "roster", rows: [][]string{rowOf(roster.Columns, cells)}, field: columnFields("at", nil)}
	switch {
	case cells["退场时间"] == "":
		err = wrong("at", "没有填写")
	case s.toCome(cells["退场时间"]):
		err = wrong("at", "退场时间不能晚于现在")
	}
	if err == nil {
		err = s.rehearse(c, left)
	}
	if err == nil {
		err = s.leaveBed(c, p, record, cells["退场时间"])
	}
	if err == nil {
		_, err = s.record(c, left)
	}
	if err != nil {
		return s.personAgain(c, p, s.shown(record).filled(c, "when", "at"), err)
	}
	return c.Redirect(http.StatusSeeOther, p.PeopleURL+"?done="+fmt.Sprint(p.Who.ID))
}

// leaveBed ends the stay of somebody who leaves; none, or one in another section's rooms, is left alone.
func (s *server) leaveBed(c echo.Context, p enrolPage, r roster.Record, at string) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	h := newHouse(e)
	stay := h.stayOf(p.Who.ID)
	if stay == nil || stay.SectionID != e.Section.ID {
		return nil
	}
	row := rowOf(housing.StayColumns, map[string]string{"证件号码": r.Document.Number, "证件类型": r.Document.Type, "标段编号": e.Section.Code,
		"房间号": h.rooms[stay.RoomID].Number, "入住时间": intake.FormatTime(stay.From, s.Loc), "离开时间": at})
	_, err = s.record(c, entry{kind: "stays", rows: [][]string{row}, field: columnFields("at", nil), step: ":bed"})
	return err
}

// rehearse tells what would be wrong with an entry, and changes nothing.
func (s *server) rehearse(c echo.Context, e entry) error {
	up, err := s.byHand(c, e)
	if err != nil {
		return err
	}
	up.DryRun = true
	_, _, err = s.Store.Import(c.Request().Context(), up)
	return typed(err, s.words(c), e.field)
}
