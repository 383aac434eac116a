package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
)

// rosterRoutes are the people of a section: the list, adding one, mending what is recorded of one, and that one has left.
func rosterRoutes() []Route {
	look := Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District}, Scope: ScopeOwn}
	write := Policy{Roles: []account.Role{account.Manager}, Scope: ScopeOwn}
	return []Route{
		{http.MethodGet, "/sections/:code/people", look, (*server).roster},
		{http.MethodGet, enrolPath, write, (*server).enrolForm},
		{http.MethodPost, enrolPath, write, (*server).enrol},
		{http.MethodGet, personPath, write, (*server).personForm},
		{http.MethodPost, personPath, write, (*server).mendPerson},
		{http.MethodPost, personPath + "/leave", write, (*server).leave},
	}
}

const (
	enrolPath  = "/sections/:code/people/new"
	personPath = "/sections/:code/people/:worker"
)

// peopleShown is how many people one page lists.
const peopleShown = 50

type rosterPage struct {
	entryFrame
	listFiles
	Query, Team    string
	Sorting        string // a head's name, with - before it the other way round
	Heads          []rosterHead
	Gone, MayWrite bool
	Teams          []string
	Total, Shown   int
	Rows           []rosterRow
	Done           *rosterRow
	Finding        *findingList // the list is of those of whom a finding speaks; nil for all
	Older, Newer   string       // addresses of the pages before and after; empty for none
}

// rosterHead is a head of the list: the address that sorts by it, and which way it is sorted.
type rosterHead struct{ Name, URL, Order string }

// rosterRow is somebody as the list shows him.
type rosterRow struct {
	store.Member
	URL, BedURL string
	Covered     wayIn // to what the role sees covered of him
	HasLeft     bool
	Observed    locale.Phrase // what a finding says of him, and what it asks for
	Limit       locale.Phrase
}

func (s *server) roster(c echo.Context) error {
	if c.QueryParams().Has("finding") {
		return s.findingPeople(c)
	}
	about, members, err := s.members(c)
	if err != nil {
		return err
	}
	p, q := s.rosterPage(c, about, members), c.QueryParams()
	p.listFiles = listFiles{p.link("people.csv", q, url.Values{}), p.link("people.xlsx", q, url.Values{})}
	p.page(q)
	p.heads(q)
	s.coverRows(c, p.URL, p.Rows)
	return s.render(c, http.StatusOK, "roster", p)
}

// rosterPage has all the rows that the address asks for.
func (s *server) rosterPage(c echo.Context, about site.Section, members []store.Member) rosterPage {
	q := c.QueryParams()
	p := rosterPage{entryFrame: s.entryFrame(about, newForm()), Query: strings.TrimSpace(q.Get("q")), Team: q.Get("team"), Gone: q.Get("gone") != "", Sorting: q.Get("sort"),
		MayWrite: s.mayGet(enrolPath, actor(c).User.Role)}
	p.URL = sectionURL(about.Code)
	p.fill(members, s.Now(), q.Get("done"))
	return p
}

// members lists the roster of the section that the address names; a fault.NotFound when whoever asks may not see it.
func (s *server) members(c echo.Context) (site.Section, []store.Member, error) {
	id, about, err := s.sectionBrief(c)
	if err != nil {
		return about, nil, err
	}
	members, err := s.Store.Members(c.Request().Context(), within(c), id)
	return about, members, err
}

// sectionBrief finds the section that the address names, with its names only.
func (s *server) sectionBrief(c echo.Context) (site.SectionID, site.Section, error) {
	code, err := sectionCode(c)
	if err != nil {
		return 0, site.Section{}, err
	}
	lines, err := s.Store.SectionList(c.Request().Context(), within(c), store.ListFilter{SectionFilter: store.SectionFilter{Codes: []string{code}}})
	if err == nil && len(lines) == 0 {
		err = fault.New(fault.NotFound, "no section %q", code)
	}
	if err != nil {
		return 0, site.Section{}, err
	}
	line := lines[0]
	return line.ID, site.Section{ID: line.ID, Code: line.Code, Name: line.Name, ProjectName: line.ProjectName, Street: line.Street}, nil
}

// fill chooses whom to list: those on the site, or those who have left, as it was asked to sort them, and by team and name.
func (p *rosterPage) fill(members []store.Member, now calendar.Instant, done string) {
	for _, m := range members {
		row := p.row(m, now)
		if done != "" && done == strconv.FormatInt(int64(m.WorkerID), 10) {
			p.Done = &row
		}
		if m.Team != "" && !slices.Contains(p.Teams, m.Team) {
			p.Teams = append(p.Teams, m.Team)
		}
		matches := (p.Team == "" || m.Team == p.Team) && strings.Contains(m.Name+" "+m.Tail+" "+m.Trade, p.Query)
		if row.HasLeft == p.Gone && matches {
			p.Rows = append(p.Rows, row)
		}
	}
	slices.Sort(p.Teams)
	first := rosterOrder(p.Sorting)
	slices.SortStableFunc(p.Rows, func(a, b rosterRow) int {
		return cmp.Or(first(a, b), strings.Compare(a.Team, b.Team), strings.Compare(a.Name, b.Name), cmp.Compare(a.WorkerID, b.WorkerID))
	})
	p.Total = len(p.Rows)
}

// rosterOrder compares as a head asks for; by nothing when there is no such head.
func rosterOrder(asked string) func(a, b rosterRow) int {
	name, back := strings.CutPrefix(asked, "-")
	text := func(r rosterRow) string {
		return map[string]string{"name": r.Name, "team": r.Team, "trade": r.Trade, "category": string(r.Category), "lodging": string(r.Lodging), "room": r.Room,
			"entered": r.EnteredAt.RFC3339(time.UTC)}[name]
	}
	return func(a, b rosterRow) int {
		if back {
			a, b = b, a
		}
		return strings.Compare(text(a), text(b))
	}
}

// heads are those of the table; pressed again they sort the other way round.
func (p *rosterPage) heads(q url.Values) {
	for _, name := range []string{"name", "team", "trade", "category", "lodging", "room", "entered"} {
		h, next := rosterHead{Name: name}, name
		switch p.Sorting {
		case name:
			h.Order, next = "ascending", "-"+name
		case "-" + name:
			h.Order = "descending"
		}
		h.URL = p.link("people", q, url.Values{"sort": {next}})
		p.Heads = append(p.Heads, h)
	}
}

// link is the address of the list as it is, or of its file, but for some of its values.
func (p *rosterPage) link(page string, q, values url.Values) string {
	for _, name := range []string{"q", "team", "gone", "finding", "sort"} {
		if q.Get(name) != "" && !values.Has(name) {
			values.Set(name, q.Get(name))
		}
	}
	if len(values) == 0 {
		return p.URL + "/" + page
	}
	return p.URL + "/" + page + "?" + values.Encode()
}

// coverRows adds the ways to what the role sees covered of people.
func (s *server) coverRows(c echo.Context, section string, rows []rosterRow) {
	for i := range rows {
		if id := int64(rows[i].WorkerID); id != 0 {
			rows[i].Covered = s.wayTo(section, id, actor(c).User.Role)
		}
	}
}

func (p *rosterPage) row(m store.Member, now calendar.Instant) rosterRow {
	id := strconv.FormatInt(int64(m.WorkerID), 10)
	row := rosterRow{Member: m, URL: p.URL + "/people/" + id, HasLeft: !m.LeftAt.IsZero() && m.LeftAt <= now}
	if m.Lodging != roster.OffSite {
		row.BedURL = p.URL + "/beds/" + id
	}
	return row
}

// page leaves one page of the rows.
func (p *rosterPage) page(q url.Values) {
	at, _ := strconv.Atoi(q.Get("page")) // what is no number is the first page
	last := max(0, (p.Total-1)/peopleShown)
	at = min(max(at, 0), last)
	link := func(page int) string { return p.link("people", q, url.Values{"page": {strconv.Itoa(page)}}) }
	if at > 0 {
		p.Newer = link(at - 1)
	}
	if at < last {
		p.Older = link(at + 1)
	}
	p.Rows = p.Rows[min(at*peopleShown, p.Total):min((at+1)*peopleShown, p.Total)]
	p.Shown = len(p.Rows)
}
