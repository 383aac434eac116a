package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
)

// flagsShown is how many flags, open and past, the page lists.
const flagsShown = 200

type sectionPage struct {
	Frame
	Code, URL, Name, Project, Street, Community string
	Address                                     string
	Contractor, Manager, State, Reason, Zone    string
	Verdict, Summary, Policy, At, HoldsUntil    string
	PolicyVersion, Headcount, Housed            int
	Open, Passed                                []findingRow
	Flags                                       []flagRow
	MaySheet, MayReveal                         bool // print the section, see a whole ID number
	Entries                                     []entryLink
	Papers                                      papersCard
}

type findingRow struct {
	Code, Title, Status, Severity          string
	Reason, Observed, Required, HoldsUntil string
	Remedy                                 string // page where what is missing is entered
	Subjects                               []subjectRow
	rank                                   int
}

// subjectRow is what a finding is about; Worker is 0 for other things than people.
type subjectRow struct {
	Name, Tail, Where, Observed, Limit string
	Worker                             int64
}

type flagRow struct{ Title, Names, Since, Cleared string }

// section judges a section as of now: what a person reads is never older than the page.
func (s *server) section(c echo.Context) error {
	examined, err := s.examined(c)
	if err != nil {
		return err
	}
	role := actor(c).User.Role
	look := lensOf(role)
	examined.Report = look.report(examined.Report)
	tails, err := s.tails(c, look, examined.Judged)
	if err != nil {
		return err
	}
	flags, err := s.Store.Flags(c.Request().Context(), within(c), store.FlagFilter{Sections: []string{examined.Section.Code}, Cleared: true, Limit: flagsShown})
	if err != nil {
		return err
	}
	p := s.sectionPage(examined, tails, look.flags(flags))
	p.MaySheet, p.MayReveal = mayGet("/sections/:code/sheet.pdf", role), mayGet(numberPath, role)
	p.Entries = entryLinks(p.URL, role)
	for i := range p.Open {
		p.Open[i].Remedy = remedy(p.URL, criteria.Code(p.Open[i].Code), role)
	}
	if p.Papers, err = s.papersCard(c, examined.Section.ID, examined.Section.Code); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "section", p)
}

// tails opens the last digits of those whom a report names, for roles that see them.
func (s *server) tails(c echo.Context, look lens, j evaluation.Judged) (map[roster.WorkerID]string, error) {
	if !look.tails {
		return nil, nil
	}
	return s.Store.Tails(c.Request().Context(), within(c), evaluation.Workers[roster.WorkerID]([]evaluation.Judged{j}))
}

// sectionURL is the address of a section's page. Codes are the district's own words and may hold any character.
func sectionURL(code string) string { return "/sections/" + url.PathEscape(code) }

// sectionCode reads the code out of the address.
func sectionCode(c echo.Context) (code string, err error) { return pathWord(c, "code") }

// pathWord reads a word of the district's own out of the address, which may hold any character. The router leaves it escaped
// where the escapes mattered for the way.
func pathWord(c echo.Context, name string) (word string, err error) {
	word = c.Param(name)
	if c.Request().URL.RawPath != "" {
		word, err = url.PathUnescape(word)
	}
	if err != nil || !utf8.ValidString(word) || strings.ContainsRune(word, 0) {
		return "", echo.ErrNotFound
	}
	return word, nil
}

// examined judges the section that the address names as of now, for a page about it; a fault.NotFound when whoever asks may not
// see it.
func (s *server) examined(c echo.Context) (evaluation.Examined, error) {
	id, err := s.sectionID(c)
	if err != nil {
		return evaluation.Examined{}, err
	}
	var examined evaluation.Examined
	err = s.Evaluator.Visit(c.Request().Context(), []site.SectionID{id}, s.Now(), 0, func(e evaluation.Examined) error { examined = e; return nil })
	return examined, err
}

// sectionID finds the section whose code the address names; fault.NotFound when there is none that the one who asks may see.
func (s *server) sectionID(c echo.Context) (site.SectionID, error) {
	code, err := sectionCode(c)
	if err != nil {
		return 0, err
	}
	ids, err := s.Store.SectionIDs(c.Request().Context(), within(c), store.SectionFilter{Codes: []string{code}})
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

func (s *server) sectionPage(judged evaluation.Examined, tails map[roster.WorkerID]string, flags []store.FlagLine) sectionPage {
	sec, r := judged.Section, judged.Report
	p := sectionPage{Frame: s.frame("sections"), Code: sec.Code, URL: sectionURL(sec.Code), Name: sec.Name, Project: sec.ProjectName, Street: sec.Street,
		Community: sec.Community, Address: sec.Address, Contractor: sec.Contractor, Manager: sec.Manager, State: string(sec.State),
		Reason: sec.NotResumedReason, Zone: s.zone(judged.Snapshot, r.At), Verdict: r.Verdict().String(), Policy: r.Policy,
		PolicyVersion: r.PolicyVersion, At: s.minute(r.At), HoldsUntil: s.minute(r.HoldsUntil), Headcount: r.Headcount, Housed: r.HousedOnSite}
	titles := titlesByCode()
	blocking, warnings := 0, 0
	for _, f := range r.Findings {
		row := s.findingRow(f, titles[f.Code], tails)
		if f.Status == criteria.Pass || f.Status == criteria.NotApplicable {
			p.Passed = append(p.Passed, row)
			continue
		}
		p.Open = append(p.Open, row)
		if f.Severity == policy.Block && f.Status != criteria.Warned {
			blocking++
		} else if f.Severity != policy.Info {
			warnings++
		}
	}
	slices.SortStableFunc(p.Open, func(a, b findingRow) int { return cmp.Compare(a.rank, b.rank) })
	p.Summary = fmt.Sprintf("%s：阻断 %d 项，预警 %d 项", r.Verdict().Chinese(), blocking, warnings)
	p.Flags = s.flagRows(flags, titles)
	return p
}

func (s *server) findingRow(f criteria.Finding, title string, tails map[roster.WorkerID]string) findingRow {
	row := findingRow{Code: string(f.Code), Title: title, Status: f.Status.String(), Severity: severityWord(f.Severity),
		Reason: f.Reason.String(), Observed: f.Observed.String(), Required: f.Required.String(), HoldsUntil: s.minute(f.HoldsUntil), rank: rank(f)}
	for _, subject := range f.Subjects {
		sr := subjectRow{Name: subject.Name, Observed: subject.Observed.String(), Limit: subject.Limit.String()}
		if subject.Kind == criteria.Worker {
			sr.Worker = subject.ID
			sr.Tail, sr.Where = tails[roster.WorkerID(subject.ID)], joinWords(subject.Team, subject.Room)
		}
		row.Subjects = append(row.Subjects, sr)
	}
	return row
}

// rank puts what blocks first: failed, then not recorded, then the warnings.
func rank(f criteria.Finding) int {
	order := map[criteria.Status]int{criteria.Fail: 0, criteria.Unknown: 1, criteria.Warned: 2}[f.Status]
	if f.Severity != policy.Block {
		order += 10
	}
	return order
}

func joinWords(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

func severityWord(sv policy.Severity) string {
	switch sv {
	case policy.Block:
		return "阻断"
	case policy.Warn:
		return "预警"
	}
	return "提示"
}

// flagRows brings the episodes of one criterion that began and ended together into one line.
func (s *server) flagRows(flags []store.FlagLine, titles map[criteria.Code]string) []flagRow {
	var rows []flagRow
	index := map[flagRow]int{}
	for _, f := range flags {
		row := flagRow{Title: titles[f.Code], Since: s.minute(f.Since), Cleared: s.minute(f.ClearedAt)}
		i, known := index[row]
		if !known {
			i = len(rows)
			index[row] = i
			rows = append(rows, row)
		}
		rows[i].Names = joinWords(rows[i].Names, f.Name)
	}
	return rows
}

func (s *server) zone(snapshot *criteria.Snapshot, at calendar.Instant) string {
	z := site.ZoneAt(snapshot.Zones, snapshot.Section, at)
	if z.Level == site.NoZone {
		return ""
	}
	until := "另行通知"
	if !z.Until.IsZero() {
		until = s.minute(z.Until)
	}
	return fmt.Sprintf("%s（%s 起，至 %s）", z.Level, s.minute(z.From), until)
}
