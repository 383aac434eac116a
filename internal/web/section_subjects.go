package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
)

// subjectsShown is how many subjects of a finding the page of a section lists; the page that All leads to lists them all.
const subjectsShown = 20

// subjectsPage is the page that lists all subjects of a finding, where the section's own does not and the role may see it.
func (s *server) subjectsPage(section string, f findingRow, role account.Role) string {
	if f.Of <= subjectsShown {
		return ""
	}
	page := map[criteria.Kind]string{criteria.Worker: "/people", criteria.Room: "/beds", criteria.Area: "/areas"}[f.Kind]
	if page == "" || !s.mayGet("/sections/:code"+page, role) {
		return ""
	}
	if f.Kind == criteria.Worker {
		page += "?" + url.Values{"finding": {f.Code}}.Encode()
	}
	return section + page
}

// cut leaves the first subjects where another page lists all of them.
func (f *findingRow) cut() {
	if f.All != "" {
		f.Subjects = f.Subjects[:subjectsShown]
	}
}

// covers adds the ways to what the role sees covered of the subjects of a finding.
func (s *server) covers(section string, f *findingRow, role account.Role) {
	for i := range f.Subjects {
		if subject := &f.Subjects[i]; subject.worker != 0 {
			subject.Covered = s.wayTo(section, subject.worker, role)
		}
	}
	if f.LeftOut > 0 && s.mayGet(patientsPath, role) {
		f.Patients = section + "/findings/" + url.PathEscape(f.Code) + "/people"
	}
}

// subjectKind is what the subjects of a finding are; empty where it has none, or has several kinds.
func subjectKind(f criteria.Finding) criteria.Kind {
	var kind criteria.Kind
	for i, subject := range f.Subjects {
		if i > 0 && subject.Kind != kind {
			return ""
		}
		kind = subject.Kind
	}
	return kind
}

// findingList is a finding whose people are listed.
type findingList struct {
	Code, Title, Status string
	Reason, Required    locale.Phrase
	CSV, XLSX           string
}

// findingOf judges the section that the address names and gives the finding that the query names; a fault.NotFound where there is
// none, a fault.Forbidden where the role sees only how many they are.
func (s *server) findingOf(c echo.Context) (f criteria.Finding, about rosterPage, members map[roster.WorkerID]store.Member, err error) {
	e, err := s.examined(c)
	if err != nil {
		return f, about, nil, err
	}
	if f, err = findingIn(lensOf(actor(c).User.Role).report(e.Report), c.QueryParam("finding")); err != nil {
		return f, about, nil, err
	}
	if lensOf(actor(c).User.Role).leftOut(e.Report)[f.Code] > 0 {
		return f, about, nil, fault.New(fault.Forbidden, "这条涉及健康，名单须在标段页上写明原因后查看")
	}
	members, err = s.memberMap(c, e.Section.ID)
	return f, rosterPage{entryFrame: s.entryFrame(e.Section, newForm())}, members, err
}

// memberMap gives those on the roster of a section by who they are, the last enrolment of each.
func (s *server) memberMap(c echo.Context, id site.SectionID) (map[roster.WorkerID]store.Member, error) {
	list, err := s.Store.Members(c.Request().Context(), within(c), id)
	members := make(map[roster.WorkerID]store.Member, len(list))
	for _, m := range list {
		if last, known := members[m.WorkerID]; !known || m.EnteredAt > last.EnteredAt {
			members[m.WorkerID] = m
		}
	}
	return members, err
}

func findingIn(r criteria.Report, code string) (criteria.Finding, error) {
	for _, f := range r.Findings {
		if string(f.Code) == code {
			return f, nil
		}
	}
	return criteria.Finding{}, fault.New(fault.NotFound, "no finding %q", code)
}

// findingPeople lists those of whom a finding speaks, in its order.
func (s *server) findingPeople(c echo.Context) error {
	f, p, members, err := s.findingOf(c)
	if err != nil {
		return err
	}
	query := "?" + url.Values{"finding": {string(f.Code)}}.Encode()
	p.Finding = &findingList{Code: string(f.Code), Title: titlesByCode()[f.Code], Status: f.Status.String(), Reason: f.Reason, Required: f.Required,
		CSV: p.URL + "/people.csv" + query, XLSX: p.URL + "/people.xlsx" + query}
	p.MayWrite = s.mayGet(enrolPath, actor(c).User.Role)
	p.Rows = p.namedBy(f, members, s.Now())
	p.Total = len(p.Rows)
	p.page(c.QueryParams())
	s.coverRows(c, p.URL, p.Rows)
	return s.render(c, http.StatusOK, "roster", p)
}

// namedBy makes rows of the people of whom a finding speaks. Who is not on the roster has no more than a name.
func (p *rosterPage) namedBy(f criteria.Finding, members map[roster.WorkerID]store.Member, now calendar.Instant) []rosterRow {
	var rows []rosterRow
	for _, subject := range f.Subjects {
		if subject.Kind != criteria.Worker {
			continue
		}
		row := rosterRow{}
		if m, known := members[roster.WorkerID(subject.ID)]; known {
			row = p.row(m, now)
		}
		row.Name, row.Team, row.Room = subject.Name, subject.Team, subject.Room
		row.Observed, row.Limit = subject.Observed, subject.Limit
		rows = append(rows, row)
	}
	return rows
}

// exportFinding sends those of whom a finding speaks as a table.
func (s *server) exportFinding(c echo.Context) error {
	f, p, members, err := s.findingOf(c)
	if err != nil {
		return err
	}
	w := s.words(c)
	var rows [][]string
	for _, m := range p.namedBy(f, members, s.Now()) {
		tail := ""
		if m.Tail != "" {
			tail = "**" + m.Tail
		}
		rows = append(rows, []string{p.Code, m.Name, tail, m.Team, m.Room, w.Say(m.Observed), w.Say(m.Limit)})
	}
	header := []string{w.T("desk.col.code"), w.T("roster.col.name"), w.T("roster.col.tail"), w.T("roster.team"), w.T("roster.col.room"), w.T("section.observed"), w.T("section.limit")}
	return s.exportTable(c, "people-"+p.Code+"-"+string(f.Code), header, rows)
}
