package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/evaluation"
	"fugong/internal/locale"
	"fugong/internal/sheet"
	"fugong/internal/site"
)

// areaRoutes are the areas of a section, the codes for their doors, and the entry to which a code leads.
func areaRoutes() []Route {
	look := Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District}, Scope: ScopeOwn}
	write := Policy{Roles: []account.Role{account.Manager}, Scope: ScopeOwn}
	return []Route{
		{http.MethodGet, "/sections/:code/areas", look, (*server).areas},
		{http.MethodGet, "/sections/:code/areas.csv", look, (*server).areasFile},
		{http.MethodGet, "/sections/:code/areas.xlsx", look, (*server).areasFile},
		{http.MethodGet, "/sections/:code/areas/codes.pdf", look, (*server).areaCodes},
		{http.MethodGet, disinfectPath, write, (*server).disinfectForm},
		{http.MethodPost, disinfectPath, write, (*server).disinfect},
		{http.MethodPost, withdrawPath, write, (*server).withdrawDisinfection},
	}
}

// disinfectPath is where the code at an area's door leads. It holds no secret: whoever comes has to sign in.
const disinfectPath = "/sections/:code/areas/:area/disinfect"

type areasPage struct {
	entryFrame
	listFiles
	Areas, Late int
	Rows        []areaRow
	Done        *areaDone
	Next        *areaRow
	Withdrawn   *areaRow
	MayEnter    bool
	Grid        areaGrid
}

// areaRow is how an area stands: disinfected so often of so many times today and yesterday, and what criteria say of it.
type areaRow struct {
	Code, Name, URL               string
	Kind                          disinfection.Kind
	Today, Yesterday, Need        int
	Last                          calendar.Instant
	Gaps                          []gap
	Failed, Warned, Unlogged, Due bool
}

// areaDone is an area with what was just registered of it, and where that is corrected, as long as it may be.
type areaDone struct {
	areaRow
	At     calendar.Instant
	FixURL string
	Astray bool // it is dated another day than today
}

// justDone finds what was registered last of an area: whatever is wrong with its date, who has just typed it has to find it. Where
// nothing was registered today, that is what was done last; nil where nothing ever was.
func (s *server) justDone(c echo.Context, e evaluation.Examined, row *areaRow) (*areaDone, error) {
	i := slices.IndexFunc(e.Snapshot.Areas, func(a disinfection.Area) bool { return a.Code == row.Code })
	today, err := s.doneToday(c, e, e.Snapshot.Areas[i])
	switch {
	case err != nil:
		return nil, err
	case len(today) > 0:
		return &areaDone{*row, today[0].Entry.At, today[0].URL, today[0].Astray}, nil
	case row.Last.IsZero():
		return nil, nil
	}
	return &areaDone{areaRow: *row, At: row.Last}, nil
}

// gap is what is missing of an area, and what is asked for.
type gap struct{ Observed, Limit locale.Phrase }

func (s *server) areas(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	p := areasPage{entryFrame: s.entryFrame(e.Section, newForm()), listFiles: filesOf(sectionURL(e.Section.Code)+"/areas", nil), Rows: s.areaRows(e), MayEnter: s.mayGet(disinfectPath, actor(c).User.Role)}
	p.Areas = len(p.Rows)
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.Late() {
			p.Late++
		}
		if row.Code == c.QueryParam("done") {
			if p.Done, err = s.justDone(c, e, row); err != nil {
				return err
			}
		} else if row.Code == c.QueryParam("withdrawn") {
			p.Withdrawn = row
		} else if p.Next == nil && (row.Late() || row.Due) {
			p.Next = row
		}
	}
	log, err := s.gridLog(c, e)
	if err != nil {
		return err
	}
	p.Grid = gridOf(p.Rows, log, e.Snapshot.Areas, e.At, s.Loc)
	return s.render(c, http.StatusOK, "areas", p)
}

// gridLog reads what was done in the days that the grid has.
func (s *server) gridLog(c echo.Context, e evaluation.Examined) ([]disinfection.Entry, error) {
	from := calendar.On(e.At, s.Loc).Add(1 - gridDays).Start(s.Loc)
	return s.Store.Disinfections(c.Request().Context(), within(c), e.Section.ID, from)
}

// Tone is what is said of the area: bad, warn, none (no record), due (today), or ok.
func (r areaRow) Tone() string {
	switch {
	case r.Failed:
		return "bad"
	case r.Warned:
		return "warn"
	case r.Unlogged:
		return "none"
	case r.Due:
		return "due"
	}
	return "ok"
}

// Late reports whether the area has a gap already; what is only due today has none.
func (r areaRow) Late() bool { return r.Failed || r.Warned || r.Unlogged }

// areaRows lists the areas, those with gaps first and then those with the most to do today.
func (s *server) areaRows(e evaluation.Examined) []areaRow {
	rules := e.Policy.Resolve(e.Section, site.ZoneAt(e.Snapshot.Zones, e.Section, e.At), e.At)
	today := calendar.On(e.At, s.Loc)
	rows := make([]areaRow, len(e.Snapshot.Areas))
	index := map[disinfection.AreaID]*areaRow{}
	for i, a := range e.Snapshot.Areas {
		rows[i] = areaRow{Code: a.Code, Name: a.Name, Kind: a.Kind, URL: disinfectURL(e.Section.Code, a.Code), Need: criteria.DisinfectionsADay(&rules, a.Kind)}
		index[a.ID] = &rows[i]
	}
	for _, log := range e.Snapshot.Disinfections {
		row := index[log.AreaID]
		if row == nil || log.At > e.At {
			continue
		}
		row.Last = max(row.Last, log.At)
		switch calendar.On(log.At, s.Loc) {
		case today:
			row.Today++
		case today.Add(-1):
			row.Yesterday++
		}
	}
	tellGaps(index, e.Findings)
	for i := range rows {
		rows[i].Due = rows[i].Today < rows[i].Need
	}
	slices.SortStableFunc(rows, func(a, b areaRow) int { return cmp.Compare(b.urgency(), a.urgency()) })
	return rows
}

// tellGaps adds what the criteria find of each area. That an area is not covered is what its missing frequency says, too.
func tellGaps(index map[disinfection.AreaID]*areaRow, findings []criteria.Finding) {
	for _, f := range findings {
		if !strings.HasPrefix(string(f.Code), "dis.") || f.Status == criteria.Pass || f.Status == criteria.NotApplicable {
			continue
		}
		for _, subject := range f.Subjects {
			row := index[disinfection.AreaID(subject.ID)]
			if subject.Kind != criteria.Area || row == nil {
				continue
			}
			switch {
			case subject.Observed.IsZero():
				row.Unlogged = true
			case f.Status == criteria.Fail:
				row.Failed = true
			default:
				row.Warned = true
			}
			if f.Code != "dis.area_coverage" && !subject.Observed.IsZero() {
				row.Gaps = append(row.Gaps, gap{subject.Observed, subject.Limit})
			}
		}
	}
}

func (r areaRow) urgency() int {
	rank := r.Need - r.Today
	for i, is := range []bool{r.Warned, r.Unlogged, r.Failed} {
		if is {
			rank += 100 << i
		}
	}
	return rank
}

func disinfectURL(section, area string) string {
	return sectionURL(section) + "/areas/" + url.PathEscape(area) + "/disinfect"
}

// areaCodes prints the codes of all areas, to be cut apart and hung at the doors.
func (s *server) areaCodes(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	w := s.words(c)
	codes := sheet.Codes{Title: w.T("areas.scan"), Heading: joinWords(joinWords(e.Section.ProjectName, e.Section.Name), e.Section.Code), PrintedAt: s.Now()}
	base := s.reachedAt(c)
	for _, a := range e.Snapshot.Areas {
		codes.Codes = append(codes.Codes, sheet.Code{Name: a.Name, Detail: w.T("areas.number", "code", a.Code), Link: base + disinfectURL(e.Section.Code, a.Code)})
	}
	pdf, err := s.Printer.Paper.RenderCodes(codes)
	if err != nil {
		return err
	}
	return s.pdf(c, "codes.pdf", pdf)
}

// reachedAt is the address under which the pages are reached: the one that was set, or the one by which whoever asks came.
func (s *server) reachedAt(c echo.Context) string {
	if s.BaseURL != "" {
		return strings.TrimSuffix(s.BaseURL, "/")
	}
	return c.Scheme() + "://" + c.Request().Host
}
