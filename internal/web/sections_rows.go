package web

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/chart"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/site"
	"fugong/internal/store"
)

// deskRow is a section in the list.
type deskRow struct {
	Code, Project, Name, Street, State, Reason string
	URL, Level                                 string
	Headcount, Housed                          int
	EvaluatedAt                                calendar.Instant
	Picked                                     bool
	Chips                                      []chip
	More                                       int
	Strip                                      template.HTML
	VisitedOn                                  calendar.Date // the last paper
	VisitedBy                                  string
}

// chip is a problem in a few words; Tone is bad, warn or none.
type chip struct{ Title, Figure, Tone string }

// deskRows are the rows of the page, with their last days and papers.
func (s *server) deskRows(c echo.Context, d deskQuery) ([]deskRow, error) {
	ctx, role := c.Request().Context(), actor(c).User.Role
	look := lensOf(role)
	standings, err := s.Store.Desk(ctx, within(c), d.filter(look), (d.page-1)*deskRows, deskRows)
	if err != nil {
		return nil, err
	}
	ids := make([]site.SectionID, len(standings))
	for i := range standings {
		ids[i] = standings[i].ID
	}
	today := calendar.On(s.Now(), s.Loc)
	strips, err := s.Store.Strips(ctx, within(c), ids, today, stripDays, s.Loc)
	if err != nil {
		return nil, err
	}
	visits, err := s.Store.LastPapers(ctx, within(c), ids)
	if err != nil {
		return nil, err
	}
	w, titles, in, days := s.words(c), titlesByCode(), d.values().Encode(), stripOf(today, stripDays, s.words(c))
	rows := make([]deskRow, len(standings))
	for i, st := range standings {
		rows[i] = deskRow{Code: st.Code, Project: st.ProjectName, Name: st.Name, Street: st.Street, State: string(st.State), Reason: st.Reason,
			URL: sectionIn(st.Code, in, (d.page-1)*deskRows+i+1), Level: st.Level.String(), Headcount: st.Headcount, Housed: st.HousedOnSite,
			EvaluatedAt: st.EvaluatedAt, Picked: slices.Contains(d.picked, st.Code), Strip: days.small(strips[st.ID])}
		if visit, ok := visits[st.ID]; ok {
			rows[i].VisitedOn, rows[i].VisitedBy = calendar.On(visit.At, s.Loc), visit.By
		}
		rows[i].Chips, rows[i].More = chipsOf(look.problems(st.Problems), titles, w)
	}
	return rows, nil
}

// sectionIn is the address of a section as one of a list, where it stands at a place.
func sectionIn(code, list string, place int) string {
	if list == "" {
		return sectionURL(code)
	}
	return sectionURL(code) + "?in=" + url.QueryEscape(list) + "&at=" + strconv.Itoa(place)
}

// problems leaves out what the role may not see.
func (l lens) problems(all []store.Problem) []store.Problem {
	return slices.DeleteFunc(all, func(p store.Problem) bool { return aboutHealth(p.Code) && !l.health })
}

func chipsOf(problems []store.Problem, titles map[criteria.Code]string, w locale.Words) (chips []chip, more int) {
	for _, p := range problems[:min(chipsShown, len(problems))] {
		chips = append(chips, chip{w.Text(cmp.Or(titles[p.Code], string(p.Code))), figureOf(p), tone(p.Grade())})
	}
	return chips, len(problems) - len(chips)
}

// figureOf is a problem in one figure: how much of all is in order, or how many are not.
func figureOf(p store.Problem) string {
	switch {
	case p.Grade() == criteria.Unknown:
		return ""
	case p.Of > 1:
		return chart.Percent(p.Have, p.Of)
	case p.Subjects > 1:
		return "×" + strconv.Itoa(p.Subjects)
	}
	return ""
}

func tone(st criteria.Status) string {
	switch st {
	case criteria.Fail:
		return "bad"
	case criteria.Warned:
		return "warn"
	}
	return "none"
}

// stripDay is a day of strips: its label, and for each verdict what the pointer tells.
type stripDay struct {
	label  string
	titles map[string]string
}

// stripWords are the days that the strips of a page show, the last of them today. Their words are the same in every row.
type stripWords struct {
	locale.Words
	days  []stripDay
	drawn map[string]template.HTML // small strips by their verdicts
}

func stripOf(today calendar.Date, n int, w locale.Words) stripWords {
	words := map[string]string{}
	for _, name := range []string{"none", criteria.Met.String(), criteria.Conditional.String(), criteria.Unmet.String()} {
		words[name] = w.Word("verdict", name)
	}
	all := stripWords{w, make([]stripDay, n), map[string]template.HTML{}}
	for i := range n {
		day := today.Add(i - n + 1).String()
		titles := make(map[string]string, len(words))
		for name, word := range words {
			titles[name] = day + " " + word
		}
		all.days[i] = stripDay{strings.TrimLeft(day[len("2006-01-"):], "0"), titles}
	}
	return all
}

// small draws the strip of a row. Many sections have had the same days, and theirs is drawn once.
func (s stripWords) small(verdicts []string) template.HTML {
	key := strings.Join(verdicts, " ")
	svg, ok := s.drawn[key]
	if !ok {
		svg = s.draw(verdicts, true).SVG()
		s.drawn[key] = svg
	}
	return svg
}

// draw draws the verdicts that stood at the end of the days; none where nothing is known.
func (s stripWords) draw(verdicts []string, small bool) chart.Strip {
	days := make([]chart.Day, len(verdicts))
	counts := map[string]int{}
	for i, word := range verdicts {
		name := cmp.Or(word, "none")
		counts[name]++
		days[i] = chart.Day{Label: s.days[i].label, Title: s.days[i].titles[name], Mark: markOf(word)}
	}
	said := chart.Said{Label: s.T("desk.strip", "days", len(verdicts), "met", counts["met"], "conditional", counts["conditional"], "unmet", counts["unmet"], "none", counts["none"])}
	return chart.Strip{Said: said, Days: days, Small: small}
}

func markOf(verdict string) chart.Mark {
	switch verdict {
	case criteria.Met.String():
		return chart.Good
	case criteria.Conditional.String():
		return chart.Warned
	case criteria.Unmet.String():
		return chart.Bad
	}
	return chart.NoRecord
}
