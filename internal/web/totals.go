package web

import (
	"cmp"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/site"
	"fugong/internal/store"
)

// totalsPage is the district in numbers: how many people work and where they live, what has resumed and what has not, and why.
// Whoever may only count reads no section's name on it.
type totalsPage struct {
	Frame
	At, JudgedAt                 calendar.Instant
	Sections, Streets            int
	People                       heads
	Resumed, Resting, NoReason   int
	Rate, Rise                   string // in percent, and against a week ago; no Rise: nothing is known of then
	ToCheck, Serious, Unreported int
	Deadline                     string
	Overdue, OverdueDays         int
	Rates, Trend, Reasons, Tiles template.HTML
	Goal                         Goal
	Rows                         []streetRow
	Moves                        []moveRow
	Standstill                   []standstillRow
	Problems, MoreProblems       []problemRow
	Named                        bool // sections stand with their names, and lead to their pages
}

// streetRow is a street in numbers. Rate is in percent.
type streetRow struct {
	Street, URL, Rate          string
	Sections, Resumed, ToCheck int
	People                     heads
	people                     people
}

// moveRow is what changed since yesterday: so many sections, and the first of them where they are named.
type moveRow struct {
	Kind     string
	Sections int
	Names    []link
}

type link struct{ Text, URL string }

// standstillRow is a section at rest.
type standstillRow struct {
	Name, URL, Street, Reason, Unit string
	State                           site.State
	Stopped, Expected               calendar.Date
	Days                            int
}

type problemRow struct {
	Title    string // in Chinese, as the criterion has it
	Sections string
}

// totalsFacts are what the page is made of.
type totalsFacts struct {
	at         calendar.Instant
	evenings   []calendar.Instant
	tallies    []store.Tally
	reported   int // today
	flags      []store.FlagLine
	progress   []store.StateCount
	moves      []store.Move
	standstill []site.Section
	judgedAt   calendar.Instant
	overdue    int
	overdueOn  calendar.Date
	deadline   string
}

// How many sections at rest the page lists, how many of those that moved it names, how many problems stand open on it, and how
// far back the trend goes.
const (
	standstillShown = 10
	movesNamed      = 3
	problemsShown   = 10
	trendDays       = 14
)

func (s *server) totals(c echo.Context) error {
	facts, err := s.totalsFacts(c)
	if err != nil {
		return err
	}
	p := s.totalsPage(s.words(c), facts, s.mayGet("/sections/:code", actor(c).User.Role))
	return s.render(c, http.StatusOK, "totals", p)
}

func (s *server) totalsFacts(c echo.Context) (f totalsFacts, err error) {
	f.at = s.Now()
	ctx, seen, today := c.Request().Context(), within(c), calendar.On(f.at, s.Loc)
	f.evenings = evenings(f.at, s.Loc)
	if f.tallies, err = s.Store.DeskTallies(ctx, seen, store.DeskFilter{}); err != nil {
		return f, err
	}
	if f.reported, err = s.Store.DeskReported(ctx, seen, store.DeskFilter{}, today); err != nil {
		return f, err
	}
	if f.flags, err = s.Store.Flags(ctx, seen, store.FlagFilter{}); err != nil {
		return f, err
	}
	if f.progress, err = s.Store.Progress(ctx, seen, f.evenings); err != nil {
		return f, err
	}
	if f.moves, err = s.Store.Moves(ctx, seen, today.Start(s.Loc)-1); err != nil {
		return f, err
	}
	if f.standstill, err = s.Store.Register(ctx, seen, store.RegisterFilter{Resting: true, Limit: standstillShown}); err != nil {
		return f, err
	}
	if f.overdue, f.overdueOn, err = s.Store.Overdue(ctx, seen, today); err != nil {
		return f, err
	}
	if f.judgedAt, err = s.Store.JudgedAt(ctx, seen); err != nil {
		return f, err
	}
	f.deadline, err = s.deadlineWord(c, today)
	return f, err
}

// evenings are the ends of the last days, and now in place of today's.
func evenings(now calendar.Instant, loc *time.Location) []calendar.Instant {
	var ends []calendar.Instant
	for back := trendDays - 1; back > 0; back-- {
		ends = append(ends, calendar.On(now, loc).Add(1-back).Start(loc)-1)
	}
	return append(ends, now)
}

// deadlineWord says by when the reports of a day are due by the policy of the epidemic; empty where none is in force.
func (s *server) deadlineWord(c echo.Context, day calendar.Date) (string, error) {
	book, err := s.Store.Policies(c.Request().Context(), 0, s.Loc)
	if err != nil {
		return "", err
	}
	noon := day.At(12*time.Hour, s.Loc)
	inForce, err := book.InForce(site.Epidemic, noon)
	if err != nil {
		return "", nil // no policy, so nothing is due
	}
	due := day.At(inForce.Resolve(site.Section{}, site.Zone{}, noon).ReportDeadline, s.Loc)
	return due.In(s.Loc).Format("15:04"), nil
}

func (s *server) totalsPage(w locale.Words, f totalsFacts, named bool) totalsPage {
	p := totalsPage{Frame: s.frame("totals"), At: f.at, JudgedAt: f.judgedAt, Deadline: f.deadline,
		Overdue: f.overdue, Goal: s.Goal, Named: named}
	if f.overdue > 0 {
		p.OverdueDays = f.overdueOn.Until(calendar.On(f.at, s.Loc))
	}
	p.Problems = problemRows(w, f.flags, named)
	p.Problems, p.MoreProblems = p.Problems[:min(problemsShown, len(p.Problems))], p.Problems[min(problemsShown, len(p.Problems)):]
	p.count(w, f.tallies)
	p.Unreported = max(0, p.Sections-f.reported)
	p.Rate = percentWord(p.Resumed, p.Sections)
	points := s.points(f)
	p.Rise = rise(points)
	p.drawRates(w)
	p.drawTiles(w, s.Places)
	p.drawTrend(w, points)
	p.drawReasons(w, f.tallies)
	p.Moves = moveRows(f.moves, named)
	for _, sec := range f.standstill {
		p.Standstill = append(p.Standstill, newStandstillRow(sec, calendar.On(f.at, s.Loc), named))
	}
	return p
}

// count adds the tallies up by street; finished sections count only for the people on them.
func (p *totalsPage) count(w locale.Words, tallies []store.Tally) {
	rows := map[string]*streetRow{}
	for _, t := range tallies {
		row := rows[t.Street]
		if row == nil {
			row = &streetRow{Street: t.Street, URL: "/sections?" + url.Values{"street": {t.Street}}.Encode()}
			rows[t.Street] = row
		}
		row.people.housed += t.HousedOnSite
		row.people.other += t.Headcount - t.HousedOnSite
		if t.State == site.Finished {
			continue
		}
		row.Sections += t.Sections
		switch {
		case t.State == site.Operating:
			row.Resumed += t.Sections
		case t.Reason == "":
			p.NoReason += t.Sections
		}
		if t.Level != criteria.InOrder {
			row.ToCheck += t.Sections
		}
		if t.Level == criteria.Serious {
			p.Serious += t.Sections
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		p.Rows = append(p.Rows, *rows[name])
	}
	p.add(w)
}

// add makes the sums of the streets; of few people it tells numbers only to who reads those of every section anyway.
func (p *totalsPage) add(w locale.Words) {
	groups, everyone := make([]people, len(p.Rows)), people{}
	for i, row := range p.Rows {
		groups[i] = row.people
		everyone.housed += row.people.housed
		everyone.other += row.people.other
		p.Sections += row.Sections
		p.Resumed += row.Resumed
		p.ToCheck += row.ToCheck
	}
	p.Resting, p.Streets = p.Sections-p.Resumed, len(p.Rows)
	few, hidden, all := w.T("totals.few"), make([]hiding, len(groups)), hiding{}
	if !p.Named {
		hidden, all = hush(groups), hush([]people{everyone})[0]
	}
	for i := range p.Rows {
		p.Rows[i].People, p.Rows[i].Rate = groups[i].shown(hidden[i], few), percentWord(p.Rows[i].Resumed, p.Rows[i].Sections)
	}
	p.People = everyone.shown(all, few)
}

// moveRows brings the changes of state together: what works again, what stands still again, what applied, what is finished.
func moveRows(moves []store.Move, named bool) []moveRow {
	var rows []moveRow
	for _, kind := range []string{"resumed", "stopped", "applied", "finished"} {
		row := moveRow{Kind: kind}
		for _, m := range moves {
			if moveKind(m) != kind {
				continue
			}
			row.Sections++
			if named && len(row.Names) < movesNamed {
				row.Names = append(row.Names, link{joinWords(m.ProjectName, m.Name), sectionURL(m.Code)})
			}
		}
		if row.Sections > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

func moveKind(m store.Move) string {
	switch {
	case m.To == site.Operating:
		return "resumed"
	case m.To == site.Finished:
		return "finished"
	case m.From == site.Operating:
		return "stopped"
	case m.To == site.Applied:
		return "applied"
	}
	return ""
}

func newStandstillRow(sec site.Section, today calendar.Date, named bool) standstillRow {
	row := standstillRow{Street: sec.Street, State: sec.State, Reason: sec.NotResumedReason, Unit: sec.ResponsibleUnit, Stopped: sec.StoppedOn,
		Expected: sec.ExpectedOn}
	if !sec.StoppedOn.IsZero() {
		row.Days = sec.StoppedOn.Until(today)
	}
	if named {
		row.Name, row.URL = joinWords(sec.ProjectName, sec.Name), sectionURL(sec.Code)
	}
	return row
}

// problemRows counts the sections on which each criterion stands open, the most frequent first. Of tests and health few sections
// mean few people, whom nobody shall be told of to whom no section is named.
func problemRows(w locale.Words, flags []store.FlagLine, named bool) []problemRow {
	sections := map[criteria.Code]map[site.SectionID]bool{}
	for _, f := range flags {
		if sections[f.Code] == nil {
			sections[f.Code] = map[site.SectionID]bool{}
		}
		sections[f.Code][f.SectionID] = true
	}
	shown := func(code criteria.Code) int {
		if n := len(sections[code]); named || !aboutHealth(code) || !small(n) {
			return n
		}
		return 0
	}
	codes := slices.SortedFunc(maps.Keys(sections), func(a, b criteria.Code) int {
		return cmp.Or(cmp.Compare(shown(b), shown(a)), cmp.Compare(a, b))
	})
	titles := titlesByCode()
	var rows []problemRow
	for _, code := range codes {
		row := problemRow{titles[code], locale.Number(int64(len(sections[code])))}
		if shown(code) == 0 {
			row.Sections = w.T("totals.few")
		}
		rows = append(rows, row)
	}
	return rows
}

func titlesByCode() map[criteria.Code]string {
	all := criteria.All()
	titles := make(map[criteria.Code]string, len(all))
	for _, c := range all {
		titles[c.Code] = c.Title
	}
	return titles
}
