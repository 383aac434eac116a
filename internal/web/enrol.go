package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
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

// newEnrolForm makes the form of them, with the moment at which somebody leaves.
func newEnrolForm() form {
	f := newForm(enrolFields()...).called("at", "enrol.when")
	for _, name := range enrolFields() {
		f = f.called(name, "enrol."+name)
	}
	return f
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
	f := newEnrolForm().with("entered", s.Now().In(s.Loc).Format(pickedTime))
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
		f := newEnrolForm().filled(c, enrolFields()...)
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
