package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/criteria"
	"fugong/internal/site"
	"fugong/internal/store"
)

// fewest is the smallest group of people whose number is shown where nobody may be recognised: of a smaller one it says so.
const fewest = 5

const tooFew = "少于5"

// totalsPage is the district in numbers, without a section or a person in it.
type totalsPage struct {
	Frame
	JudgedAt                                    string
	Sections, Met, Conditional, Unmet, Unjudged int
	Headcount, Housed, NotHoused                string
	Rows                                        []totalsRow
	Problems                                    []problemRow
}

// totalsRow is a street in numbers.
type totalsRow struct {
	Street                                      string
	Sections, Met, Conditional, Unmet, Unjudged int
	Headcount, Housed, NotHoused                string
}

type problemRow struct{ Title, Sections string }

func (s *server) totals(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.Store.SectionList(ctx, within(c), store.ListFilter{})
	if err != nil {
		return err
	}
	flags, err := s.Store.Flags(ctx, within(c), store.FlagFilter{})
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "totals", s.totalsPage(all, flags))
}

func (s *server) totalsPage(all []store.SectionLine, flags []store.FlagLine) totalsPage {
	whole, streets := verdictCounts{}, map[string]*verdictCounts{}
	p := totalsPage{Frame: s.frame("totals"), Sections: len(all), Problems: problemRows(flags)}
	for _, line := range all {
		if streets[line.Street] == nil {
			streets[line.Street] = &verdictCounts{}
		}
		streets[line.Street].count(line)
		whole.count(line)
		p.JudgedAt = max(p.JudgedAt, s.minute(line.EvaluatedAt))
	}
	p.Met, p.Conditional, p.Unmet, p.Unjudged = whole.Met, whole.Conditional, whole.Unmet, whole.Unjudged
	names := slices.Sorted(maps.Keys(streets))
	groups := make([]people, len(names))
	for i, name := range names {
		groups[i] = people{streets[name].Housed, streets[name].NotHoused}
	}
	hidden := hush(groups)
	for i, name := range names {
		n := streets[name]
		row := totalsRow{Street: name, Sections: n.Met + n.Conditional + n.Unmet + n.Unjudged, Met: n.Met, Conditional: n.Conditional, Unmet: n.Unmet, Unjudged: n.Unjudged}
		row.Headcount, row.Housed, row.NotHoused = groups[i].words(hidden[i])
		p.Rows = append(p.Rows, row)
	}
	total := people{whole.Housed, whole.NotHoused}
	p.Headcount, p.Housed, p.NotHoused = total.words(hush([]people{total})[0])
	return p
}

// verdictCounts are sections and their people, counted by verdict.
type verdictCounts struct {
	Met, Conditional, Unmet, Unjudged int
	Headcount, Housed, NotHoused      int
}

func (n *verdictCounts) count(r store.SectionLine) {
	n.Headcount += r.Headcount
	n.Housed += r.HousedOnSite
	n.NotHoused = n.Headcount - n.Housed
	switch {
	case !r.Judged:
		n.Unjudged++
	case r.Verdict == criteria.Met:
		n.Met++
	case r.Verdict == criteria.Conditional:
		n.Conditional++
	default:
		n.Unmet++
	}
}

// people are those of a group who are housed on site and those who are not.
type people struct{ housed, other int }

func (g people) sum() int { return g.housed + g.other }

// hiding says which numbers of a group are not shown.
type hiding struct{ sum, parts bool }

func small(n int) bool { return n > 0 && n < fewest }

// hush chooses the numbers that are not shown: those of fewer than five people, and one group more where a single hidden one
// could be worked out from the others and their total.
func hush(groups []people) []hiding {
	hidden := make([]hiding, len(groups))
	for i, g := range groups {
		hidden[i].sum = small(g.sum())
		hidden[i].parts = small(g.housed) || small(g.other)
	}
	hideAnother(groups, hidden, func(h *hiding) *bool { return &h.sum })
	for i := range hidden {
		hidden[i].parts = hidden[i].parts || hidden[i].sum
	}
	hideAnother(groups, hidden, func(h *hiding) *bool { return &h.parts })
	return hidden
}

// hideAnother hides the smallest group beside a single hidden one.
func hideAnother(groups []people, hidden []hiding, of func(*hiding) *bool) {
	count, next := 0, -1
	for i := range hidden {
		switch {
		case *of(&hidden[i]):
			count++
		case groups[i].sum() > 0 && (next < 0 || groups[i].sum() < groups[next].sum()):
			next = i
		}
	}
	if count == 1 && next >= 0 {
		*of(&hidden[next]) = true
	}
}

func (g people) words(h hiding) (sum, housed, other string) {
	sum, housed, other = strconv.Itoa(g.sum()), strconv.Itoa(g.housed), strconv.Itoa(g.other)
	if h.sum {
		sum = "—"
		if small(g.sum()) {
			sum = tooFew
		}
	}
	if h.parts {
		housed, other = "—", "—"
	}
	return sum, housed, other
}

// problemRows counts the sections on which each criterion stands open, the most frequent first. Of tests and health few sections
// mean few people.
func problemRows(flags []store.FlagLine) []problemRow {
	sections := map[criteria.Code]map[site.SectionID]bool{}
	for _, f := range flags {
		if sections[f.Code] == nil {
			sections[f.Code] = map[site.SectionID]bool{}
		}
		sections[f.Code][f.SectionID] = true
	}
	codes := slices.SortedFunc(maps.Keys(sections), func(a, b criteria.Code) int {
		return cmp.Or(cmp.Compare(shownCount(b, sections), shownCount(a, sections)), cmp.Compare(a, b))
	})
	titles := titlesByCode()
	var rows []problemRow
	for _, code := range codes {
		row := problemRow{titles[code], strconv.Itoa(len(sections[code]))}
		if shownCount(code, sections) == 0 {
			row.Sections = tooFew
		}
		rows = append(rows, row)
	}
	return rows
}

func shownCount(code criteria.Code, sections map[criteria.Code]map[site.SectionID]bool) int {
	if n := len(sections[code]); !aboutHealth(code) || !small(n) {
		return n
	}
	return 0
}

func titlesByCode() map[criteria.Code]string {
	titles := map[criteria.Code]string{}
	for _, c := range criteria.All() {
		titles[c.Code] = c.Title
	}
	return titles
}
