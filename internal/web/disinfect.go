package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/disinfection"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/locale"
)

// fixesShown is how many entries that may be corrected are in view; a file may have brought a month of them.
const fixesShown = 6

// chipsOffered is how many answers of the past a field offers.
const chipsOffered = 5

// disinfectPage registers that an area was disinfected: with what, how strong, for how long, by whom and when.
type disinfectPage struct {
	entryFrame
	Area                              disinfection.Area
	AreaURL                           string
	Last                              *disinfection.Entry // what was registered here last; nil for nothing
	Today, More                       []doneToday         // what may be corrected of what was registered here: the last few, and the rest
	Fix                               *doneToday          // what is corrected; nil where something new is registered
	Same                              bool                // the form is filled in as last time, and only to be confirmed
	Agents, Strengths, Times, Persons choices
	Reasons                           choices // for which what is corrected is taken back instead
	When                              moment
}

// mixture names what a disinfection is registered with. The register takes it without, for old logs; a form asks for all of it,
// because what is missing counts against the section at once.
var mixture = []string{"agent", "strength", "minutes", "operator"}

func disinfectFields() form {
	return newForm(append([]string{"at", "reason"}, mixture...)...).called("at", "disinfect.when", "reason", "disinfect.reason", "agent", "disinfect.agent", "strength", "disinfect.strength",
		"minutes", "disinfect.minutes", "operator", "disinfect.operator")
}

// as fills a form in with what was registered.
func (f form) as(e disinfection.Entry) form {
	return f.with("agent", e.Agent).with("strength", strengthOf(e)).with("minutes", minutesOf(e)).with("operator", e.Operator)
}

func (s *server) disinfectForm(c echo.Context) error {
	d, err := s.doorIn(c)
	if err != nil {
		return err
	}
	last, f := lastEntry(d.Snapshot.Disinfections, d.area.ID), disinfectFields()
	same := c.QueryParam("same") != "" && last != nil
	fix, err := s.toFix(c, d, c.QueryParam("fix"))
	switch {
	case err != nil:
		return err
	case fix.over():
		return s.disinfectAgain(c, dayOver(), d, fix, f.as(fix.Entry))
	case fix != nil:
		f = f.as(fix.Entry)
	case same:
		f = f.as(*last)
	}
	p := s.disinfectPage(s.words(c), d, f)
	if p.Fix, p.Same = fix, same && fix == nil && whole(*last); same && !p.Same {
		p.Last = nil // it is in the form already, which asks for what it lacks
	}
	return s.render(c, http.StatusOK, "disinfect", p)
}

// doorway is the area at whose door somebody stands, with what was registered of it today.
type doorway struct {
	evaluation.Examined
	area  disinfection.Area
	today []doneToday
}

// doorIn finds the area that the address names; a fault.NotFound when there is none that whoever asks may see.
func (s *server) doorIn(c echo.Context) (doorway, error) {
	e, err := s.examined(c)
	if err != nil {
		return doorway{}, err
	}
	code, err := pathWord(c, "area")
	if err != nil {
		return doorway{}, err
	}
	for _, a := range e.Snapshot.Areas {
		if a.Code == code {
			today, err := s.doneToday(c, e, a)
			return doorway{e, a, today}, err
		}
	}
	return doorway{}, fault.New(fault.NotFound, "no area %q", code)
}

func (s *server) disinfectPage(w locale.Words, d doorway, f form) disinfectPage {
	p := disinfectPage{entryFrame: s.entryFrame(d.Section, f), Area: d.area, AreaURL: disinfectURL(d.Section.Code, d.area.Code),
		Last: lastEntry(d.Snapshot.Disinfections, d.area.ID), Today: d.today[:min(len(d.today), fixesShown)], More: d.today[min(len(d.today), fixesShown):]}
	logs := slices.Clone(d.Snapshot.Disinfections)
	slices.SortStableFunc(logs, func(a, b disinfection.Entry) int { // what was used at this door before all
		return cmp.Or(cmp.Compare(door(b, d.area), door(a, d.area)), cmp.Compare(b.At, a.At))
	})
	gather := func(usual []string, of func(disinfection.Entry) string) []choice {
		var words []string
		for _, log := range logs {
			words = append(words, of(log))
		}
		return offered(append(words, usual...))
	}
	pick := func(name, label string, all []choice) choices { return f.orOther(f.pick(name, label, all)) }
	p.Agents = pick("agent", w.T("disinfect.agent"), gather([]string{"含氯消毒液", "75%酒精"}, func(e disinfection.Entry) string { return e.Agent }))
	p.Strengths = pick("strength", w.T("disinfect.strength"), gather([]string{"250mg/L", "500mg/L", "75%"}, strengthOf))
	p.Times = pick("minutes", w.T("disinfect.minutes"), gather([]string{"30", "60"}, minutesOf))
	p.Persons = pick("operator", w.T("disinfect.operator"), gather(nil, func(e disinfection.Entry) string { return e.Operator }))
	p.Reasons = reasons(f, w)
	p.When = s.moment(f, w.T("disinfect.when"))
	return p
}

// offered lists words once each, the first ones first.
func offered(words []string) []choice {
	var all []choice
	for _, word := range words {
		known := slices.ContainsFunc(all, func(c choice) bool { return c.Value == word })
		if word != "" && !known && len(all) < chipsOffered {
			all = append(all, choice{Value: word, Label: word})
		}
	}
	return all
}

// lastEntry is the newest entry of an area.
func lastEntry(logs []disinfection.Entry, area disinfection.AreaID) *disinfection.Entry {
	var last *disinfection.Entry
	for i := range logs {
		if logs[i].AreaID == area && (last == nil || logs[i].At >= last.At) {
			last = &logs[i]
		}
	}
	return last
}

// Strength and Lasting are what was registered last, as a field reads them.
func (p disinfectPage) Strength() string { return strengthOf(*p.Last) }

// Lasting is the contact time in minutes.
func (p disinfectPage) Lasting() string { return minutesOf(*p.Last) }

func strengthOf(e disinfection.Entry) string {
	if e.Unit == disinfection.NoUnit {
		return ""
	}
	return strconv.Itoa(e.Concentration) + string(e.Unit)
}

func minutesOf(e disinfection.Entry) string {
	if e.Minutes == 0 {
		return ""
	}
	return strconv.Itoa(e.Minutes)
}

// disinfect registers it, or puts right what was registered today.
func (s *server) disinfect(c echo.Context) error {
	d, err := s.doorIn(c)
	if err != nil {
		return err
	}
	fix, err := s.toFix(c, d, c.Request().PostForm.Get("fix"))
	if err != nil {
		return err
	}
	at := s.momentText(c, s.Now())
	if fix != nil {
		at = intake.FormatTime(fix.Entry.At, s.Loc)
	}
	err = mixed(c.Request().PostForm)
	if fix.over() && !fix.says(c.Request().PostForm) {
		err = dayOver()
	}
	if err == nil {
		_, err = s.record(c, disinfectEntry(c, d.Section.Code, d.area.Code, at))
	}
	if err != nil {
		f := disinfectFields().filled(c, "when", "at", "agent", "agent_other", "strength", "strength_other", "minutes", "minutes_other", "operator", "operator_other")
		return s.disinfectAgain(c, err, d, fix, f)
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(d.Section.Code)+"/areas?"+url.Values{"done": {d.area.Code}}.Encode())
}

// disinfectAgain shows the form once more with what is wrong with it.
func (s *server) disinfectAgain(c echo.Context, err error, d doorway, fix *doneToday, f form) error {
	return s.formAgain(c, "disinfect", err, f, func(f form) any {
		p := s.disinfectPage(s.words(c), d, f)
		p.entryFrame, p.Fix = p.again(c, f, err), fix
		return p
	})
}

// mixed is a fault where something is not answered.
func mixed(sent url.Values) error {
	var all []error
	for _, name := range mixture {
		if answered(sent, name) == "" {
			all = append(all, wrong(name, "没有填写"))
		}
	}
	return together(all...)
}

func disinfectEntry(c echo.Context, section, area, at string) entry {
	sent := c.Request().PostForm
	row := rowOf(disinfection.EntryColumns, map[string]string{
		"标段编号": section, "区域编号": area, "消毒时间": at, "药剂": answered(sent, "agent"), "浓度": answered(sent, "strength"),
		"作用时间": answered(sent, "minutes"), "操作人": answered(sent, "operator"),
	})
	return entry{kind: "disinfection", rows: [][]string{row}, field: columnFields("at", map[string]string{
		"消毒时间": "at", "药剂": "agent", "浓度": "strength", "作用时间": "minutes", "操作人": "operator"})}
}
