package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/criteria"
	"fugong/internal/policy"
	"fugong/internal/site"
	"fugong/internal/store"
)

// chipsShown is how many problems a row names before it only counts them.
const chipsShown = 4

type sectionsPage struct {
	Frame
	Heading, JudgedAt, Query, SheetsURL string
	Headcount, Housed, NotHoused        int
	Met, Conditional, Unmet, Unjudged   int
	Verdicts, Streets                   []option
	Rows                                []sectionRow
	Empty                               bool
}

type option struct {
	Value, Label string
	Selected     bool
}

type sectionRow struct {
	Code, URL, Name        string
	Project, Street        string
	Verdict, State, Reason string
	Headcount, Housed      int
	Chips                  []chip
	More                   int
}

// chip is a problem in a few words; Tone is bad, warn or none.
type chip struct{ Text, Tone string }

// sectionFilter chooses sections of the list; positive: only those with an open flag about positive tests.
type sectionFilter struct {
	q, verdict, street string
	positive           bool
}

func (s *server) sections(c echo.Context) error {
	f := newSectionFilter(c)
	all, err := s.Store.SectionList(c.Request().Context(), within(c), store.ListFilter{})
	if err != nil {
		return err
	}
	flags, err := s.Store.Flags(c.Request().Context(), within(c), store.FlagFilter{})
	if err != nil {
		return err
	}
	role := actor(c).User.Role
	p := s.sectionsPage(all, lensOf(role).flags(flags), f)
	if !mayGet("/sheets.pdf", role) {
		p.SheetsURL = ""
	}
	return s.render(c, http.StatusOK, "sections", p)
}

func newSectionFilter(c echo.Context) sectionFilter {
	return sectionFilter{strings.TrimSpace(c.QueryParam("q")), c.QueryParam("verdict"), c.QueryParam("street"), c.QueryParam("positive") != ""}
}

func (s *server) sectionsPage(all []store.SectionLine, flags []store.FlagLine, f sectionFilter) sectionsPage {
	p := sectionsPage{Frame: s.frame("sections"), Heading: "全部标段", Query: f.q, Empty: len(all) == 0}
	if f.verdict == "unmet" {
		p.Frame.Tab, p.Heading = "flagged", "重点核查名单"
	}
	p.Verdicts, p.Streets = verdictOptions(f.verdict), streetOptions(all, f.street)
	problems := chipsBySection(flags)
	if f.positive {
		p.Heading = "有阳性或待复核的标段"
		all = withPositives(all, flags)
	}
	for _, r := range all {
		if !f.matches(r) {
			continue
		}
		p.count(r)
		p.JudgedAt = max(p.JudgedAt, s.minute(r.EvaluatedAt))
		p.Rows = append(p.Rows, newSectionRow(r, problems[r.ID]))
	}
	slices.SortStableFunc(p.Rows, func(a, b sectionRow) int { return cmp.Compare(b.urgency(), a.urgency()) })
	if len(p.Rows) > 0 {
		p.SheetsURL = "/sheets.pdf?" + f.query().Encode()
	}
	return p
}

func (f sectionFilter) matches(r store.SectionLine) bool {
	text := strings.ToLower(r.Code + " " + r.ProjectName + " " + r.Name)
	return (f.verdict == "" || f.verdict == verdictWord(r)) && (f.street == "" || f.street == r.Street) &&
		strings.Contains(text, strings.ToLower(f.q))
}

// withPositives leaves the sections that have an open flag about positive tests.
func withPositives(all []store.SectionLine, flags []store.FlagLine) []store.SectionLine {
	positive := map[site.SectionID]bool{}
	for _, f := range flags {
		positive[f.SectionID] = positive[f.SectionID] || aboutPositives(f.Code) && f.Status != criteria.Unknown
	}
	return slices.DeleteFunc(all, func(r store.SectionLine) bool { return !positive[r.ID] })
}

func (f sectionFilter) query() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"q": f.q, "verdict": f.verdict, "street": f.street} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

func (p *sectionsPage) count(r store.SectionLine) {
	p.Headcount += r.Headcount
	p.Housed += r.HousedOnSite
	p.NotHoused = p.Headcount - p.Housed
	switch verdictWord(r) {
	case criteria.Met.String():
		p.Met++
	case criteria.Conditional.String():
		p.Conditional++
	case criteria.Unmet.String():
		p.Unmet++
	default:
		p.Unjudged++
	}
}

func newSectionRow(r store.SectionLine, problems []chip) sectionRow {
	shown := problems[:min(chipsShown, len(problems))]
	return sectionRow{Code: r.Code, URL: sectionURL(r.Code), Name: r.Name, Project: r.ProjectName, Street: r.Street,
		Verdict: verdictWord(r), State: string(r.State), Reason: r.Reason, Headcount: r.Headcount, Housed: r.HousedOnSite,
		Chips: shown, More: len(problems) - len(shown)}
}

// verdictWord is the public word of a section's verdict; empty before its first judgement.
func verdictWord(r store.SectionLine) string {
	if !r.Judged {
		return ""
	}
	return r.Verdict.String()
}

// urgency orders rows: the worst verdict first, then the most problems.
func (r sectionRow) urgency() int {
	rank := map[string]int{"unmet": 3, "": 2, "conditional": 1}[r.Verdict]
	return rank*1000 + len(r.Chips) + r.More
}

// chipsBySection names each criterion with open flags once, blocking ones first.
func chipsBySection(flags []store.FlagLine) map[site.SectionID][]chip {
	titles := titlesByCode()
	seen := map[site.SectionID]map[criteria.Code]bool{}
	chips := map[site.SectionID][]chip{}
	slices.SortStableFunc(flags, func(a, b store.FlagLine) int { return cmp.Compare(weight(b), weight(a)) })
	for _, f := range flags {
		if seen[f.SectionID] == nil {
			seen[f.SectionID] = map[criteria.Code]bool{}
		}
		if !seen[f.SectionID][f.Code] {
			seen[f.SectionID][f.Code] = true
			chips[f.SectionID] = append(chips[f.SectionID], chip{titles[f.Code], tone(f.Status)})
		}
	}
	return chips
}

func weight(f store.FlagLine) int {
	blocks := 0
	if f.Severity == policy.Block {
		blocks = 10
	}
	return blocks + map[criteria.Status]int{criteria.Fail: 3, criteria.Unknown: 2, criteria.Warned: 1}[f.Status]
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

func verdictOptions(selected string) []option {
	options := []option{{"", "全部判定", false}, {"unmet", "不符合", false}, {"conditional", "基本符合", false}, {"met", "符合", false}}
	for i := range options {
		options[i].Selected = options[i].Value == selected
	}
	return options
}

func streetOptions(all []store.SectionLine, selected string) []option {
	var streets []string
	for _, r := range all {
		streets = append(streets, r.Street)
	}
	slices.Sort(streets)
	options := []option{{"", "全部街道", selected == ""}}
	for _, name := range slices.Compact(streets) {
		options = append(options, option{name, name, name == selected})
	}
	return options
}
