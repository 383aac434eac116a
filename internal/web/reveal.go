package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/roster"
	"fugong/internal/store"
)

// How many characters the reason for seeing something covered has, and for how many seconds it stands on the page.
const (
	shortestReason = 4
	longestReason  = 200
	shownFor       = "60"
)

// Where what is covered is asked for and shown.
const (
	numberPath   = "/sections/:code/workers/:worker/number"
	phonePath    = "/sections/:code/workers/:worker/phone"
	passagesPath = "/sections/:code/workers/:worker/passages"
	remarksPath  = "/sections/:code/checklists/:file/remarks"
	patientsPath = "/sections/:code/findings/:criterion/people"
)

// covered is something that roles see covered and may look at for a reason. Find says what the address is about, a fault.NotFound
// where it is not there for the one who asks; open writes the look down and puts on the page what is shown.
type covered struct {
	kind, path string // a word of the vocabulary reveal.kind
	roles      []account.Role
	find       func(*server, echo.Context, *revealPage) error
	open       func(*server, echo.Context, *revealPage, store.Look) error
}

// coveredThings lists all that is covered: the ways of one person first, in the order in which they are offered.
func coveredThings() []covered {
	of := func(roles ...account.Role) []account.Role { return roles }
	return []covered{
		{"number", numberPath, of(account.Manager, account.Inspector, account.District), (*server).findPerson, (*server).openNumber},
		{"phone", phonePath, of(account.Inspector, account.District), (*server).findPerson, (*server).openPhone},
		{"passages", passagesPath, of(account.Manager, account.Inspector, account.District, account.Health), (*server).findPerson, (*server).openPassages},
		{"remarks", remarksPath, of(account.Inspector, account.District), (*server).findReport, (*server).openRemarks},
		{"people", patientsPath, of(account.District), (*server).findPatients, (*server).openPatients},
	}
}

// revealRoutes are the pages on which somebody says why he has to see what is covered, and sees it.
func revealRoutes() []Route {
	var routes []Route
	for _, x := range coveredThings() {
		p := Policy{Roles: x.roles, Scope: ScopeOwn, Fresh: true}
		routes = append(routes, Route{http.MethodGet, x.path, p, x.ask}, Route{http.MethodPost, x.path, p, x.show})
	}
	return routes
}

// revealPage asks why something covered has to be seen, and shows it once.
type revealPage struct {
	Frame
	Form                form
	Kind                string
	Code, Section, Here string
	Back                string // where one returns to after a minute
	Who                 store.Person
	Day                 calendar.Date
	Title               string // of the criterion whose people are asked for
	N                   int    // how many they are
	Others              []wayIn
	Open                bool
	Values              []shownValue
	People              []rosterRow
}

// wayIn leads to something that a role sees covered.
type wayIn struct{ Kind, URL string }

// shownValue is one line of what is shown: what it says, and when or to which item it was said.
type shownValue struct {
	At         calendar.Instant
	Item, Text string
	Word       string // how somebody went: in or out
}

func reasonForm() form { return newForm("reason") }

// revealPage begins the page with what every kind has.
func (s *server) revealPage(c echo.Context, x covered) (revealPage, error) {
	code, err := sectionCode(c)
	if err != nil {
		return revealPage{}, err
	}
	p := revealPage{Frame: s.frame("sections"), Form: reasonForm(), Kind: x.kind, Code: code, Section: sectionURL(code), Back: sectionURL(code),
		Here: c.Request().URL.EscapedPath()}
	return p, x.find(s, c, &p)
}

func (x covered) ask(s *server, c echo.Context) error {
	p, err := s.revealPage(c, x)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "reveal", p)
}

// show opens what is covered, for a reason that goes into the audit trail with it. It stands in this one answer and nowhere else.
func (x covered) show(s *server, c echo.Context) error {
	p, err := s.revealPage(c, x)
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(c.Request().PostForm.Get("reason"))
	if n := utf8.RuneCountInString(reason); n < shortestReason || n > longestReason {
		err = wrong("reason", "请写明查看原因，4 至 200 个字")
	} else {
		err = x.open(s, c, &p, store.Look{Within: within(c), Section: p.Code, Reason: reason, Act: act(c), Now: s.Now()})
	}
	if err != nil {
		return s.formAgain(c, "reveal", err, reasonForm().filled(c, "reason"), func(f form) any { p.Form = f; return p })
	}
	p.Open = true
	c.Response().Header().Set("Refresh", shownFor+"; url="+p.Back)
	return s.render(c, http.StatusOK, "reveal", p)
}

// findPerson finds somebody of the section; the last digits show to those who see them elsewhere.
func (s *server) findPerson(c echo.Context, p *revealPage) error {
	id, err := numberParam(c, "worker")
	if err != nil {
		return err
	}
	if p.Who, err = s.Store.PersonOn(c.Request().Context(), within(c), p.Code, roster.WorkerID(id)); err != nil {
		return err
	}
	role := actor(c).User.Role
	if !lensOf(role).tails {
		p.Who.Tail = ""
	}
	p.Others = slices.DeleteFunc(s.waysTo(p.Section, id, role), func(w wayIn) bool { return w.Kind == p.Kind })
	return nil
}

// waysTo are the pages on which a role may look at what is covered of a person.
func (s *server) waysTo(section string, worker int64, role account.Role) []wayIn {
	var ways []wayIn
	for _, x := range coveredThings() {
		if _, last, ofPerson := strings.Cut(x.path, ":worker/"); ofPerson && slices.Contains(x.roles, role) {
			ways = append(ways, wayIn{x.kind, section + "/workers/" + strconv.FormatInt(worker, 10) + "/" + last})
		}
	}
	return ways
}

// wayTo is the first of them, from which the others are reached; the zero wayIn where there is none.
func (s *server) wayTo(section string, worker int64, role account.Role) wayIn {
	if ways := s.waysTo(section, worker, role); len(ways) > 0 {
		return ways[0]
	}
	return wayIn{}
}

func (s *server) openNumber(c echo.Context, p *revealPage, look store.Look) error {
	number, err := s.Store.RevealNumber(c.Request().Context(), look, p.Who.ID)
	p.Values = []shownValue{{Text: number}}
	return err
}

func (s *server) openPhone(c echo.Context, p *revealPage, look store.Look) error {
	phone, err := s.Store.RevealPhone(c.Request().Context(), look, p.Who.ID)
	if phone != "" {
		p.Values = []shownValue{{Text: phone}}
	}
	return err
}

func (s *server) openPassages(c echo.Context, p *revealPage, look store.Look) error {
	passages, err := s.Store.RevealPassages(c.Request().Context(), look, p.Who.ID)
	for _, g := range passages {
		p.Values = append(p.Values, shownValue{At: g.At, Text: g.Reason, Word: string(g.Direction)})
	}
	return err
}

// findReport finds the day of a checklist.
func (s *server) findReport(c echo.Context, p *revealPage) (err error) {
	var kind string
	if p.Day, kind, err = dayFile(c.Param("file")); err != nil || kind != "" {
		return firstError(err, echo.ErrNotFound)
	}
	p.Back += "/checklists/" + p.Day.String()
	_, err = s.sectionID(c)
	return err
}

func (s *server) openRemarks(c echo.Context, p *revealPage, look store.Look) error {
	filed, err := s.Store.RevealRemarks(c.Request().Context(), look, p.Day)
	for _, f := range filed {
		for _, a := range f.Answers {
			p.Values = append(p.Values, shownValue{At: f.ReceivedAt, Item: a.Item, Text: a.Remark})
		}
	}
	return err
}

// findPatients judges the section and finds those of whom a finding about health speaks.
func (s *server) findPatients(c echo.Context, p *revealPage) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	f, err := findingIn(e.Report, c.Param("criterion"))
	if err == nil && !aboutHealth(f.Code) {
		err = echo.ErrNotFound
	}
	if err != nil {
		return err
	}
	members, err := s.memberMap(c, e.Section.ID)
	list := rosterPage{entryFrame: s.entryFrame(e.Section, newForm())}
	p.Title, p.People = titlesByCode()[f.Code], list.namedBy(f, members, s.Now())
	p.N = len(p.People)
	return err
}

func (s *server) openPatients(c echo.Context, p *revealPage, look store.Look) error {
	return s.Store.RevealPeople(c.Request().Context(), look, criteria.Code(c.Param("criterion")), p.N)
}
