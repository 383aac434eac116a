package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
)

// enrolPage adds somebody to the roster of a section, or mends what is recorded of him: Who is nil for somebody new. A number
// that was typed stands in the form that comes back, and in no address.
type enrolPage struct {
	entryFrame
	Who                                *sleeper
	Tail                               string
	Entered, Left                      calendar.Instant
	HasPhone                           bool
	Teams, Employers, Rooms            []string
	Type, Category, Lodging, Outsider  choices
	Officer                            choices
	When                               moment
	PeopleURL                          string
	NumberField, PhoneField, NameField Input
}

// More reports whether something is wrong, or written, among the fields that are folded away.
func (p enrolPage) More() bool {
	return slices.ContainsFunc([]string{"origin", "outsider", "declared", "restricted", "officer", "left"}, func(name string) bool {
		return p.Form.Wrong(name) != "" || p.Form.Value(name) != ""
	}) || p.Form.Wrong("type") != ""
}

// enrolColumns are the columns of the roster by the fields in which they are typed, in the order of the form.
func enrolColumns() [][2]string {
	return [][2]string{{"name", "姓名"}, {"number", "证件号码"}, {"type", "证件类型"}, {"entered", "进场时间"}, {"left", "退场时间"}, {"phone", "手机号码"},
		{"category", "人员类别"}, {"team", "班组"}, {"trade", "工种"}, {"employer", "所属单位"}, {"lodging", "住宿方式"}, {"address", "场外地址"},
		{"room", "房间号"}, {"origin", "来源地"}, {"outsider", "是否市外"}, {"declared", "健康申报时间"}, {"restricted", "限制至"}, {"officer", "防疫专员"}}
}

func enrolFields() []string {
	var names []string
	for _, c := range enrolColumns() {
		names = append(names, c[0])
	}
	return names
}

func enrolFieldOf(first string) func(int, intake.Fault) string {
	names := map[string]string{}
	for _, c := range enrolColumns() {
		names[c[1]] = c[0]
	}
	return columnFields(first, names)
}

func (s *server) enrolForm(c echo.Context) error {
	about, members, err := s.members(c)
	if err != nil {
		return err
	}
	f := newForm(enrolFields()...).with("entered", s.Now().In(s.Loc).Format(pickedTime))
	return s.render(c, http.StatusOK, "enrol", s.enrolPage(s.words(c), about, members, f))
}

func (s *server) enrolPage(w locale.Words, about site.Section, members []store.Member, f form) enrolPage {
	p := enrolPage{entryFrame: s.entryFrame(about, f), PeopleURL: sectionURL(about.Code) + "/people", When: s.moment(f, w.T("enrol.when"))}
	for i := range members {
		m := &members[i]
		p.Teams, p.Employers, p.Rooms = append(p.Teams, m.Team), append(p.Employers, m.Employer), append(p.Rooms, m.Room)
	}
	for _, list := range []*[]string{&p.Teams, &p.Employers, &p.Rooms} {
		slices.Sort(*list)
		*list = slices.DeleteFunc(slices.Compact(*list), func(word string) bool { return word == "" })
	}
	p.answers(w, f)
	p.NameField = f.Input("name", w.T("enrol.name"), "text", "off", "")
	p.NumberField = f.Input("number", w.T("enrol.number"), "text", "off", w.T("enrol.number.hint"))
	p.PhoneField = f.Input("phone", w.T("enrol.phone"), "tel", "off", "")
	return p
}

// answers are the fields that take one of a few words, or none.
func (p *enrolPage) answers(w locale.Words, f form) {
	unsaid, yesOrNo := choice{Label: w.T("enrol.unsaid")}, func(v string) string { return w.Word("answer", v) }
	p.Type = f.pick("type", w.T("enrol.type"), worded(choice{Label: w.T("enrol.type.any")}, func(v string) string { return w.Word("document", v) },
		roster.IdentityCard, roster.ResidencePermit, roster.HongKongPermit, roster.TaiwanPermit, roster.Passport, roster.PermanentResidence))
	p.Category = f.pick("category", w.T("enrol.category"), worded(unsaid, func(v string) string { return w.Word("category", v) }, "劳务", "管理", "监理", "后勤", "保安"))
	p.Lodging = f.pick("lodging", w.T("enrol.lodging"), worded(unsaid, func(v string) string { return w.Word("lodging", v) }, "场内", "场外"))
	p.Outsider = f.pick("outsider", w.T("enrol.outsider"), worded(unsaid, yesOrNo, "是", "否"))
	p.Officer = f.pick("officer", w.T("enrol.officer"), worded(unsaid, yesOrNo, "是", "否"))
}

// worded makes choices of values with their words in the language of the page, the first of them for none.
func worded(none choice, word func(string) string, values ...string) []choice {
	all := []choice{none}
	for _, v := range values {
		all = append(all, choice{Value: v, Label: word(v)})
	}
	return all
}

// enrol adds one person by the row that a roster would have.
func (s *server) enrol(c echo.Context) error {
	about, members, err := s.members(c)
	if err != nil {
		return err
	}
	_, err = s.record(c, entry{kind: "roster", rows: [][]string{s.typedPerson(c, map[string]string{"标段编号": about.Code})}, field: enrolFieldOf("number")})
	if err != nil {
		f := newForm(enrolFields()...).filled(c, enrolFields()...)
		return s.formAgain(c, "enrol", err, f, func(f form) any {
			p := s.enrolPage(s.words(c), about, members, f)
			p.entryFrame = p.again(c, f, err)
			return p
		})
	}
	to, err := s.newest(c)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(about.Code)+"/people?done="+to)
}

// typedPerson lays what was typed over what is known of a person, by column.
func (s *server) typedPerson(c echo.Context, known map[string]string) []string {
	for _, col := range enrolColumns() {
		if values, given := c.Request().PostForm[col[0]]; given && len(values) > 0 {
			known[col[1]] = strings.TrimSpace(values[0])
		}
	}
	return rowOf(roster.Columns, known)
}

// newest is the person who was recorded last on the section: nobody but he has just been added, and no number is in the address.
func (s *server) newest(c echo.Context) (string, error) {
	_, members, err := s.members(c)
	if err != nil || len(members) == 0 {
		return "", err
	}
	last := slices.MaxFunc(members, func(a, b store.Member) int { return int(a.Enrolment.ID - b.Enrolment.ID) })
	return strconv.FormatInt(int64(last.WorkerID), 10), nil
}

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
	p.Entered, p.Left, p.HasPhone = e.EnteredAt, e.LeftAt, record.Phone != ""
	p.Tail = strings.TrimPrefix(intake.Tail(record.Document.Number), "…")
	return p, record, nil
}

// shown is what the form shows of a person: all but the numbers.
func (s *server) shown(r roster.Record) form {
	f := newForm(enrolFields()...)
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
	f := newForm(enrolFields()...).filled(c, enrolFields()...)
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
	if cells["退场时间"] == "" {
		err = wrong("at", "没有填写")
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
