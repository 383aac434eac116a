package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// temperatureRoutes is where the temperatures of a team are entered at once.
func temperatureRoutes() []Route {
	write := Policy{Roles: []account.Role{account.Manager}, Scope: ScopeOwn}
	return []Route{
		{http.MethodGet, temperaturesPath, write, (*server).temperatureForm},
		{http.MethodPost, temperaturesPath, write, (*server).addTemperatures},
	}
}

const temperaturesPath = "/sections/:code/temperatures"

// perPerson begins the names of the fields that there are one of for each person.
const perPerson = "t-"

type temperaturePage struct {
	entryFrame
	Team            string
	Teams           []string
	People          []measured
	Cut             int
	Today, Measured int // people on the site, and those of them with a reading today
	Saved           bool
	When            moment
	OwnURL          string
	Fevers          []measured // who has had a fever that is not cleared
	Confirm         string     // the fevers that were asked about once
	Limit           string
}

// measured is somebody with the readings of today; Field is where the next is typed.
type measured struct {
	ID         roster.WorkerID
	Name, Team string
	Readings   []reading
	Field      field
}

type reading struct {
	At    calendar.Instant
	Text  string
	Fever bool
}

func (s *server) temperatureForm(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	p := s.temperaturePage(c, e, newForm("at"), c.QueryParam("team"))
	p.Saved = c.QueryParam("done") != ""
	return s.render(c, http.StatusOK, "temperatures", p)
}

func (s *server) temperaturePage(c echo.Context, e evaluation.Examined, f form, team string) temperaturePage {
	rules := e.Policy.Resolve(e.Section, site.ZoneAt(e.Snapshot.Zones, e.Section, e.At), e.At)
	p := temperaturePage{entryFrame: s.entryFrame(e.Section, f), Team: team, OwnURL: sectionURL(e.Section.Code) + "/temperatures",
		When: s.moment(f, s.words(c).T("temp.when")), Limit: oneDecimal(int64(rules.Fever))}
	feverish := fevers(e.Report)
	for _, m := range s.readings(e, rules.Fever) {
		p.Today++
		if len(m.Readings) > 0 {
			p.Measured++
		}
		if feverish[m.ID] {
			p.Fevers = append(p.Fevers, m)
		}
		if m.Team != "" && !slices.Contains(p.Teams, m.Team) {
			p.Teams = append(p.Teams, m.Team)
		}
		name := perPerson + strconv.FormatInt(int64(m.ID), 10)
		m.Field = p.Field(name, m.Name)
		switch typed := m.Field.Value != "" || m.Field.Wrong != ""; {
		case !typed && team != "" && m.Team != team:
		case !typed && team == "" && len(p.People) >= peopleToPick:
			p.Cut++
		default:
			p.People = append(p.People, m)
		}
	}
	slices.Sort(p.Teams)
	return p
}

// oneDecimal writes tenths always with their digit, so that readings in a column compare.
func oneDecimal(tenths int64) string { return fmt.Sprintf("%d.%d", tenths/10, tenths%10) }

// fevers are those whose fever is not cleared.
func fevers(r criteria.Report) map[roster.WorkerID]bool {
	found := map[roster.WorkerID]bool{}
	for _, f := range r.Findings {
		for _, subject := range f.Subjects {
			if f.Code == "health.fever" && subject.Kind == criteria.Worker {
				found[roster.WorkerID(subject.ID)] = true
			}
		}
	}
	return found
}

// readings lists who belongs to the section now with the readings of today, by team and name.
func (s *server) readings(e evaluation.Examined, fever int) []measured {
	index, all := map[roster.WorkerID]int{}, []measured{}
	for i := range e.Snapshot.People {
		if p := &e.Snapshot.People[i]; p.Present(e.At) {
			index[p.WorkerID] = len(all)
			all = append(all, measured{ID: p.WorkerID, Name: p.Name, Team: p.Team})
		}
	}
	today := calendar.On(e.At, s.Loc)
	for _, t := range e.Snapshot.Temperatures {
		if i, here := index[t.WorkerID]; here && calendar.On(t.At, s.Loc) == today {
			all[i].Readings = append(all[i].Readings, reading{t.At, oneDecimal(int64(t.Tenths)), t.Tenths >= fever})
		}
	}
	slices.SortStableFunc(all, func(a, b measured) int {
		return cmp.Or(strings.Compare(a.Team, b.Team), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// addTemperatures registers what was typed; a field left empty says that nobody measured, never that all is well. A fever is asked
// about once.
func (s *server) addTemperatures(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	typed, team := typedTemperatures(c), c.Request().PostForm.Get("team")
	hot, err := s.takeTemperatures(c, e, typed)
	if err != nil {
		f := newForm(append([]string{"at"}, typed.names...)...).called(typed.labels(e)...).filled(c, append([]string{"when", "at"}, typed.names...)...)
		return s.formAgain(c, "temperatures", err, f, func(f form) any {
			p := s.temperaturePage(c, e, f, team)
			p.entryFrame, p.Confirm = p.again(c, f, err), hot
			return p
		})
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(e.Section.Code)+"/temperatures?"+url.Values{"team": {team}, "done": {"1"}}.Encode())
}

// typedReadings are the temperatures of a form: of whom, in which field, and what was typed.
type typedReadings struct {
	ids   []roster.WorkerID
	names []string
	texts []string
}

// labels name each field by the person whose reading is typed there.
func (t typedReadings) labels(e evaluation.Examined) []string {
	pairs := []string{"at", "temp.when"}
	for i, id := range t.ids {
		k := slices.IndexFunc(e.Snapshot.People, func(p roster.Enrolment) bool { return p.WorkerID == id })
		if k >= 0 {
			pairs = append(pairs, t.names[i], e.Snapshot.People[k].Name)
		}
	}
	return pairs
}

func typedTemperatures(c echo.Context) typedReadings {
	var t typedReadings
	sent := c.Request().PostForm
	for _, name := range slices.Sorted(keysWith(sent, perPerson)) {
		id, err := strconv.ParseInt(strings.TrimPrefix(name, perPerson), 10, 64)
		if text := strings.TrimSpace(sent.Get(name)); err == nil && text != "" {
			t.ids, t.names, t.texts = append(t.ids, roster.WorkerID(id)), append(t.names, name), append(t.texts, text)
		}
	}
	return t
}

// keysWith gives the names of fields that begin alike.
func keysWith(sent url.Values, prefix string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range sent {
			if strings.HasPrefix(name, prefix) && !yield(name) {
				return
			}
		}
	}
}

// takeTemperatures registers readings, unless something is wrong with them or a fever has not been asked about; hot names the fevers.
func (s *server) takeTemperatures(c echo.Context, e evaluation.Examined, t typedReadings) (hot string, err error) {
	if len(t.ids) == 0 {
		return "", fault.New(fault.Invalid, "还没有填写任何人的体温")
	}
	numbers, err := s.numbersOn(c, e.Section.Code, t.ids)
	if err != nil {
		return "", err
	}
	rows := make([][]string, len(t.ids))
	for i, id := range t.ids {
		rows[i] = rowOf(screening.TemperatureColumns, map[string]string{"证件号码": numbers[id], "测量时间": s.momentText(c, s.Now()), "体温": t.texts[i]})
	}
	made := entry{kind: "temperatures", rows: rows, field: func(row int, f intake.Fault) string {
		if f.Column == "测量时间" {
			return "at"
		}
		return t.names[row]
	}}
	hot, ask := s.feverish(c, e, t)
	if ask != nil && c.Request().PostForm.Get("confirm") != hot {
		if err := s.rehearse(c, made); err != nil { // what is mistyped goes first
			return "", err
		}
		return hot, ask
	}
	_, err = s.record(c, made)
	return hot, err
}

// feverish finds the readings that are a fever and asks about each at its field.
func (s *server) feverish(c echo.Context, e evaluation.Examined, t typedReadings) (hot string, ask error) {
	rules := e.Policy.Resolve(e.Section, site.ZoneAt(e.Snapshot.Zones, e.Section, e.At), e.At)
	fields := map[string]string{}
	for i, text := range t.texts {
		n, err := intake.ParseDecimal(text, 1, "℃", "°C", "度")
		if err == nil && n >= int64(rules.Fever) {
			hot += t.names[i] + "=" + intake.FormatDecimal(n, 1) + " "
			fields[t.names[i]] = s.words(c).T("temp.sure", "t", oneDecimal(n))
		}
	}
	if len(fields) == 0 {
		return "", nil
	}
	return hot, &fault.Error{Kind: fault.Invalid, Message: s.words(c).T("temp.ask"), Fields: fields}
}
