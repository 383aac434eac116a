package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/locale"
)

// chipsOffered is how many answers of the past a field offers.
const chipsOffered = 5

// disinfectPage registers that an area was disinfected: with what, how strong, for how long, by whom and when.
type disinfectPage struct {
	entryFrame
	Area                              disinfection.Area
	AreaURL                           string
	Last                              *disinfection.Entry // what was registered here last; nil for nothing
	Same                              bool                // the form is filled in as last time, and only to be confirmed
	Agents, Strengths, Times, Persons choices
	When                              moment
}

func disinfectFields() form { return newForm("at", "agent", "strength", "minutes", "operator") }

func (s *server) disinfectForm(c echo.Context) error {
	e, area, err := s.areaIn(c)
	if err != nil {
		return err
	}
	last := lastEntry(e.Snapshot.Disinfections, area.ID)
	f := disinfectFields()
	same := c.QueryParam("same") != "" && last != nil
	if same {
		f = f.with("agent", last.Agent).with("strength", strengthOf(*last)).with("minutes", minutesOf(*last)).with("operator", last.Operator)
	}
	p := s.disinfectPage(s.words(c), e, area, f)
	p.Last, p.Same = last, same
	return s.render(c, http.StatusOK, "disinfect", p)
}

// areaIn finds the area that the address names; a fault.NotFound when there is none that whoever asks may see.
func (s *server) areaIn(c echo.Context) (evaluation.Examined, disinfection.Area, error) {
	e, err := s.examined(c)
	if err != nil {
		return e, disinfection.Area{}, err
	}
	code, err := pathWord(c, "area")
	if err != nil {
		return e, disinfection.Area{}, err
	}
	for _, a := range e.Snapshot.Areas {
		if a.Code == code {
			return e, a, nil
		}
	}
	return e, disinfection.Area{}, fault.New(fault.NotFound, "no area %q", code)
}

func (s *server) disinfectPage(w locale.Words, e evaluation.Examined, area disinfection.Area, f form) disinfectPage {
	p := disinfectPage{entryFrame: s.entryFrame(e.Section, f), Area: area, AreaURL: disinfectURL(e.Section.Code, area.Code)}
	logs := slices.Clone(e.Snapshot.Disinfections)
	slices.SortStableFunc(logs, func(a, b disinfection.Entry) int { return int(min(max(b.At-a.At, -1), 1)) })
	gather := func(usual []string, of func(disinfection.Entry) string) []choice {
		var words []string
		for _, log := range logs {
			words = append(words, of(log))
		}
		return offered(append(words, usual...))
	}
	p.Agents = f.pick("agent", w.T("disinfect.agent"), gather([]string{"含氯消毒液", "75%酒精"}, func(e disinfection.Entry) string { return e.Agent }))
	p.Strengths = f.pick("strength", w.T("disinfect.strength"), gather([]string{"250mg/L", "500mg/L", "75%"}, strengthOf))
	p.Times = f.pick("minutes", w.T("disinfect.minutes"), gather([]string{"30", "60"}, minutesOf))
	p.Persons = f.pick("operator", w.T("disinfect.operator"), gather(nil, func(e disinfection.Entry) string { return e.Operator }))
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

// disinfect registers it. What is typed beside the answers to tap goes before them.
func (s *server) disinfect(c echo.Context) error {
	e, area, err := s.areaIn(c)
	if err != nil {
		return err
	}
	_, err = s.record(c, s.disinfectEntry(c, e.Section.Code, area.Code, s.Now()))
	if err != nil {
		f := disinfectFields().filled(c, "when", "at", "agent", "agent_other", "strength", "strength_other", "minutes", "minutes_other", "operator", "operator_other")
		return s.formAgain(c, "disinfect", err, f, func(f form) any {
			p := s.disinfectPage(s.words(c), e, area, f)
			p.entryFrame = p.again(c, f, err)
			p.Last = lastEntry(e.Snapshot.Disinfections, area.ID)
			return p
		})
	}
	return c.Redirect(http.StatusSeeOther, sectionURL(e.Section.Code)+"/areas?"+url.Values{"done": {area.Code}}.Encode())
}

func (s *server) disinfectEntry(c echo.Context, section, area string, now calendar.Instant) entry {
	typed := func(name string) string {
		form := c.Request().PostForm
		if other := form.Get(name + "_other"); other != "" {
			return other
		}
		return form.Get(name)
	}
	row := rowOf(disinfection.EntryColumns, map[string]string{
		"标段编号": section, "区域编号": area, "消毒时间": s.momentText(c, now), "药剂": typed("agent"), "浓度": typed("strength"),
		"作用时间": typed("minutes"), "操作人": typed("operator"),
	})
	return entry{kind: "disinfection", rows: [][]string{row}, field: columnFields("at", map[string]string{
		"消毒时间": "at", "药剂": "agent", "浓度": "strength", "作用时间": "minutes", "操作人": "operator"})}
}
