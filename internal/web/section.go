package web

import (
	"cmp"
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/chart"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
)

// flagsShown is how many flags, open and past, the page lists.
const flagsShown = 200

// stripLength is how many days the strip of a section goes back.
const stripLength = 14

type sectionPage struct {
	Frame
	Code, URL, Name, Project, Street, Community string
	Address, Contractor, Manager, State, Reason string
	ExpectedOn                                  calendar.Date
	Level, Verdict, Policy, Here                string
	Rules                                       string // page of the policy, where one may see it
	PolicyVersion, Headcount, Housed            int
	Rooms, Beds, Free                           int
	Failed, Warned, Unrecorded                  int
	Summary                                     string // of how many findings are what, without those of which there is none
	At, HoldsUntil                              calendar.Instant
	Zone                                        zoneFact
	Open                                        []findingRow
	Passed                                      []metRow
	Met                                         template.HTML // those passed
	Flags                                       []flagRow
	Today                                       calendar.Date
	Strip                                       chart.Strip
	Past                                        []pastRun
	MaySheet, MayRoute                          bool // print the section, plan a visit
	Entries                                     []entryLink
	Papers                                      papersCard
	List                                        listPlace
	Keys                                        []shortcut
}

// findingRow is a finding in the reader's words. They are said here: a template calls a function by its name, which costs more than saying.
type findingRow struct {
	Code, Title, Status        string
	Severity                   policy.Severity
	Reason, Observed, Required string
	HoldsUntil                 calendar.Instant
	Calc                       *calc
	Sources                    []store.Source
	Remedy, Rows               string // page where what is missing is entered, and where what was judged stands
	Rule                       string // and where the rule stands
	Subjects                   []subjectRow
	Of                         int           // subjects in all
	LeftOut                    int           // people among them whom the role sees for a reason only
	Patients                   string        // page where it does
	Kind                       criteria.Kind // of the subjects
	All                        string        // page that lists them all, where not all are here
	rank                       int
}

// metRow is a criterion that is met, or asks nothing of the section, in a line.
type metRow struct{ Title, Status, Said string }

// calc is a finding's arithmetic: of All things looked at Have are in order. Unit is worker, room, area or item.
type calc struct {
	All, Have, Lack int
	Unknown         bool // what lacks is not recorded
	Unit, Percent   string
	Share           chart.Share
}

// subjectRow is what a finding is about.
type subjectRow struct {
	Name, Tail, Where string
	Observed, Limit   string
	worker            int64 // 0 for other things than people
	Covered           wayIn // to what the role sees covered of him
}

// flagRow is what stood open of a criterion in a line; of Several episodes it tells the days, of a single one the minutes.
type flagRow struct {
	Title, Names   string
	Since, Cleared calendar.Instant
	Begun, Over    calendar.Date
	Several        bool
}

// zoneFact is the control zone that a section lies in; without a level there is none.
type zoneFact struct {
	Level       string
	From, Until calendar.Instant
}

// pastRun is a judgement on record, with the sheet that says the same.
type pastRun struct {
	At       calendar.Instant
	Verdict  string
	SheetURL string
}

// listPlace is where the section stands in the list that it was opened from.
type listPlace struct {
	store.Place
	Flagged            bool
	Tab                string // of the list
	URL, Before, After string
}

// section judges a section as of now: what a person reads is never older than the page.
func (s *server) section(c echo.Context) error {
	examined, err := s.examined(c)
	if err != nil {
		return err
	}
	role := actor(c).User.Role
	look := lensOf(role)
	level, verdict := examined.Report.Level(), examined.Report.Verdict() // of all findings, also of those that do not show
	leftOut := look.leftOut(examined.Report)
	examined.Report = look.report(examined.Report)
	tails, err := s.tails(c, look, examined.Report)
	if err != nil {
		return err
	}
	flags, err := s.Store.Flags(c.Request().Context(), within(c), store.FlagFilter{Sections: []string{examined.Section.Code}, Cleared: true, Limit: flagsShown})
	if err != nil {
		return err
	}
	p := s.sectionPage(c, examined, leftOut, tails, look.flags(flags))
	p.Verdict, p.Level, p.Here = verdict.String(), level.String(), c.Request().URL.RequestURI()
	p.MaySheet, p.MayRoute = s.mayGet("/sections/:code/sheet.pdf", role), slices.Contains(travellers(), role)
	p.Policy = examined.Policy.Title
	if s.mayGet(policyPath, role) {
		p.Rules = "/policies/" + examined.Report.Policy + "/" + strconv.Itoa(examined.Report.PolicyVersion)
	}
	if p.Met, err = s.drawMet(s.words(c), p.Passed); err != nil {
		return err
	}
	p.Entries = s.entryLinks(p.Code, role)
	if err := s.surround(c, examined, &p); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "section", p)
}

// surround adds what stands around the findings: where the data come from, the last days, earlier runs, papers, the place in the list.
func (s *server) surround(c echo.Context, e evaluation.Examined, p *sectionPage) error {
	ctx, role, id := c.Request().Context(), actor(c).User.Role, e.Section.ID
	sources, err := s.Store.Sources(ctx, within(c), id)
	if err != nil {
		return err
	}
	for i := range p.Open {
		f := &p.Open[i]
		if p.Rules != "" {
			f.Rule = p.Rules + "#c-" + f.Code
		}
		f.Remedy = s.remedy(p.URL, criteria.Code(f.Code), role)
		f.Sources = sourcesOf(criteria.Code(f.Code), sources)
		f.Rows = s.rowsPage(p.URL, criteria.Code(f.Code), role)
		f.All = s.subjectsPage(p.URL, *f, role)
		f.cut()
		s.covers(p.URL, f, role)
	}
	p.Rooms, p.Beds, p.Free = newHouse(e).size()
	p.Today = calendar.On(s.Now(), s.Loc)
	strips, err := s.Store.Strips(ctx, within(c), []site.SectionID{id}, p.Today, stripLength, s.Loc)
	if err != nil {
		return err
	}
	p.Strip = stripOf(p.Today, stripLength, s.words(c)).draw(strips[id], false)
	marks, err := s.Store.History(ctx, within(c), id, p.Today.Add(1-stripLength).Start(s.Loc))
	if err != nil {
		return err
	}
	p.Past = s.pastRuns(marks, p.URL)
	if p.List, err = s.listPlace(c, e.Section.Code); err != nil {
		return err
	}
	p.Frame.Tab = cmp.Or(p.List.Tab, p.Frame.Tab)
	p.Papers, err = s.papersCard(c, id, e.Section.Code)
	return err
}

// pastShown is how many earlier judgements the page offers to print.
const pastShown = 30

// pastRuns lists judgements, the newest first; the sheet of each is of the same instant by the same knowledge.
func (s *server) pastRuns(marks []store.Mark, section string) []pastRun {
	var runs []pastRun
	for _, m := range slices.Backward(marks) {
		v := url.Values{"at": {m.At.RFC3339(s.Loc)}}
		if m.KnownAt != 0 {
			v.Set("known_at", m.KnownAt.RFC3339(s.Loc))
		}
		runs = append(runs, pastRun{m.At, m.Verdict.String(), section + "/sheet.pdf?" + v.Encode()})
		if len(runs) == pastShown {
			break
		}
	}
	return runs
}

// hintOf is where the address says that the section stood in its list; 0 when it does not say.
func hintOf(c echo.Context) int {
	hint, err := strconv.Atoi(c.QueryParam("at"))
	if err != nil || hint < 0 || hint > math.MaxInt32 {
		return 0
	}
	return hint
}

// listPlace finds the section in the list that the address says it was opened from.
func (s *server) listPlace(c echo.Context, code string) (listPlace, error) {
	in := c.QueryParam("in")
	if in == "" {
		return listPlace{URL: "/sections"}, nil
	}
	v, err := url.ParseQuery(in)
	if err != nil || uncleanValues(v) {
		return listPlace{URL: "/sections"}, nil
	}
	d := newDeskQuery(v)
	d.picked = nil
	place, err := s.Store.DeskPlace(c.Request().Context(), within(c), d.filter(lensOf(actor(c).User.Role)), code, hintOf(c))
	if err != nil {
		return listPlace{}, err
	}
	list := listPlace{Place: place, Flagged: d.flagged, Tab: d.tab()}
	d.page = (place.Position-1)/deskRows + 1
	list.URL, in = d.address(), d.values().Encode()
	if place.Before != "" {
		list.Before = sectionIn(place.Before, in, place.Position-1)
	}
	if place.After != "" {
		list.After = sectionIn(place.After, in, place.Position+1)
	}
	return list, nil
}

// tails opens the last digits of those whom the page names, for roles that see them.
func (s *server) tails(c echo.Context, look lens, r criteria.Report) (map[roster.WorkerID]string, error) {
	if !look.tails {
		return nil, nil
	}
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Subjects = f.Subjects[:min(len(f.Subjects), subjectsShown)]
	}
	return s.Store.Tails(c.Request().Context(), within(c), evaluation.Workers[roster.WorkerID]([]evaluation.Judged{{Report: r}}))
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

func (s *server) sectionPage(
	c echo.Context, judged evaluation.Examined, leftOut map[criteria.Code]int, tails map[roster.WorkerID]string, flags []store.FlagLine,
) sectionPage {
	sec, r := judged.Section, judged.Report
	p := sectionPage{Frame: s.frame("sections"), Code: sec.Code, URL: sectionURL(sec.Code), Name: sec.Name, Project: sec.ProjectName, Street: sec.Street,
		Community: sec.Community, Address: sec.Address, Contractor: sec.Contractor, Manager: sec.Manager, State: string(sec.State),
		Reason: sec.NotResumedReason, ExpectedOn: sec.ExpectedOn, Zone: zoneOf(judged.Snapshot, r.At), Policy: r.Policy,
		PolicyVersion: r.PolicyVersion, At: r.At, HoldsUntil: r.HoldsUntil, Headcount: r.Headcount, Housed: r.HousedOnSite, Keys: sectionKeys()}
	titles, w := titlesByCode(), s.words(c)
	for _, f := range r.Findings {
		if f.Status == criteria.Pass || f.Status == criteria.NotApplicable {
			p.Passed = append(p.Passed, newMetRow(f, titles[f.Code], w))
			continue
		}
		p.Open = append(p.Open, newFindingRow(f, leftOut[f.Code], titles[f.Code], tails, w))
		switch {
		case !f.Wanting():
		case f.Status == criteria.Fail:
			p.Failed++
		case f.Status == criteria.Unknown:
			p.Unrecorded++
		default:
			p.Warned++
		}
	}
	p.Summary = p.summary(w)
	slices.SortStableFunc(p.Open, func(a, b findingRow) int { return cmp.Compare(a.rank, b.rank) })
	p.Flags = flagRows(flags, titles, w, s.Loc)
	return p
}

// summary counts the findings that are not in order; there may be none.
func (p *sectionPage) summary(w locale.Words) string {
	var all []string
	for _, part := range []struct {
		key string
		n   int
	}{{"section.summary.failed", p.Failed}, {"section.summary.warned", p.Warned}, {"section.summary.unrecorded", p.Unrecorded}} {
		if part.n > 0 {
			all = append(all, w.T(part.key, "n", part.n))
		}
	}
	return strings.Join(all, w.T("totals.comma"))
}

func zoneOf(snapshot *criteria.Snapshot, at calendar.Instant) zoneFact {
	z := site.ZoneAt(snapshot.Zones, snapshot.Section, at)
	return zoneFact{string(z.Level), z.From, z.Until}
}
