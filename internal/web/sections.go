package web

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/chart"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/site"
	"fugong/internal/store"
)

const (
	chipsShown = 4 // problems that a row names before it only counts them
	stripDays  = 7 // of a row
)

// deskRoutes are the lists of sections and what is made of them.
func deskRoutes() []Route {
	printers := []account.Role{account.Manager, account.Inspector, account.District}
	see := Policy{Roles: append(slices.Clone(printers), account.Admin, account.Health), Scope: ScopeOwn}
	return []Route{
		{http.MethodGet, "/sections", see, (*server).sections},
		{http.MethodGet, "/sections.xlsx", see, (*server).exportSections},
		{http.MethodGet, "/sections.csv", see, (*server).exportSections},
		{http.MethodGet, "/sheets.pdf", Policy{Roles: printers, Scope: ScopeOwn, Time: uploadTime}, (*server).sheets},
		{http.MethodPost, "/route", Policy{Roles: travellers(), Scope: ScopeOwn}, (*server).changeRoute},
	}
}

// sectionsPage is the desk: the sections of a list in figures, one page of them, and the day's route.
type sectionsPage struct {
	Frame
	Flagged, Positive, Empty   bool
	JudgedAt                   calendar.Instant
	Figures                    deskFigures
	Query                      url.Values // what the form keeps hidden
	Search, Clear              string
	Levels                     []segment
	Selects                    []deskSelect
	Heads                      []deskHead
	Rows                       []deskRow
	Drawn                      []template.HTML // the rows
	Picked                     []string        // on other pages
	PickedCount                int
	Chosen                     []chosen
	Unknown                    []string // asked for, and no choice
	Total, First, Last         int
	Page, Pages, Before, After int
	Export, SheetsURL, FormURL string
	MayPrint                   bool
	Route                      routePanel
	Keys                       []shortcut
}

// deskSelect is a field of the list's form that offers choices.
type deskSelect struct {
	Name, Label string
	Options     []option
}

type option struct {
	Value, Label string
	Selected     bool
}

// segment is a level that the list can be narrowed to, with how many sections it has; the empty one is all of them.
type segment struct {
	Value string
	Count int
	On    bool
}

// deskFigures are the sections of a list in numbers, whatever their level.
type deskFigures struct {
	Sections, Streets, Headcount, Housed, NotHoused int
	Resumed, AtRest, Unreasoned                     int
	ToCheck, Serious, NotReported                   int
	ResumedRate                                     string
	levels                                          map[criteria.Level]int
}

// deskHead is a head of the table by which one may sort; Next is the order that its button asks for.
type deskHead struct{ Name, Next, Order string }

// chosen is a choice that narrows the list, with the address of the list without it.
type chosen struct{ Label, Without string }

func (s *server) sections(c echo.Context) error {
	d := newDeskQuery(c.QueryParams())
	p, err := s.sectionsPage(c, d)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "sections", p)
}

func (s *server) sectionsPage(c echo.Context, d deskQuery) (sectionsPage, error) {
	p := sectionsPage{Frame: s.frame("sections"), Flagged: d.flagged, Positive: d.positive, Search: d.q, Query: d.kept()}
	p.Frame.Tab = d.tab()
	role := actor(c).User.Role
	p.MayPrint = s.mayGet("/sheets.pdf", role)
	if c.QueryParam("pick") == "none" {
		d.picked = nil
	}
	if err := s.countDesk(c, d, &p); err != nil {
		return p, err
	}
	p.Pages = max(1, (p.Total+deskRows-1)/deskRows)
	p.Page = min(d.page, p.Pages)
	d.page = p.Page
	var err error
	if p.Rows, err = s.deskRows(c, d); err != nil {
		return p, err
	}
	if c.QueryParam("pick") == "page" {
		d = d.pickingAll(p.Rows)
	}
	if p.Route, err = s.routePanel(c, d.address()); err != nil {
		return p, err
	}
	if len(p.Rows) > 0 {
		p.First, p.Last = (p.Page-1)*deskRows+1, (p.Page-1)*deskRows+len(p.Rows)
	}
	for _, row := range p.Rows {
		p.JudgedAt = max(p.JudgedAt, row.EvaluatedAt)
	}
	p.Before, p.After = p.Page-1, p.Page+1
	p.pick(d)
	p.addresses(d)
	if p.Drawn, err = s.drawRows(s.words(c), p.Rows, p.MayPrint); err != nil {
		return p, err
	}
	p.Heads, p.Keys = d.heads(), deskKeys()
	p.Chosen, p.Unknown = d.chosen(s.words(c)), d.unknown
	return p, nil
}

// kept are the choices that the form has no visible field for.
func (d deskQuery) kept() url.Values {
	v := d.values()
	for _, shown := range []string{"q", "street", "criterion", "state", "reason"} {
		v.Del(shown)
	}
	return v
}

// pickingAll picks every row of a page, as far as picks go.
func (d deskQuery) pickingAll(rows []deskRow) deskQuery {
	for i := range rows {
		if !rows[i].Picked && len(d.picked) < deskPicked {
			rows[i].Picked = true
			d.picked = append(d.picked, rows[i].Code)
		}
	}
	return d
}

// pick tells the picks of this page from those of others.
func (p *sectionsPage) pick(d deskQuery) {
	onPage := map[string]bool{}
	for _, row := range p.Rows {
		onPage[row.Code] = true
	}
	for _, code := range d.picked {
		if !onPage[code] {
			p.Picked = append(p.Picked, code)
		}
	}
	p.PickedCount = len(d.picked)
}

func (p *sectionsPage) addresses(d deskQuery) {
	v := d.values()
	p.Export = "/sections.xlsx?" + v.Encode()
	p.Clear = deskAddress(url.Values{})
	if d.flagged {
		p.Clear = "/sections?flagged=1"
	}
	p.FormURL = "/route?page=" + strconv.Itoa(p.Page)
	if p.MayPrint && p.Total > 0 {
		p.SheetsURL = "/sheets.pdf?" + v.Encode()
	}
}

// countDesk fills in the figures and what can be chosen.
func (s *server) countDesk(c echo.Context, d deskQuery, p *sectionsPage) error {
	ctx, look := c.Request().Context(), lensOf(actor(c).User.Role)
	f := d.filter(look)
	f.Levels = nil
	tallies, err := s.Store.DeskTallies(ctx, within(c), f)
	if err != nil {
		return err
	}
	groups := groupsOf(tallies)
	if d.narrows() {
		if groups, err = s.Store.DeskGroups(ctx, within(c)); err != nil {
			return err
		}
	}
	p.Empty = len(groups) == 0
	p.Figures = newDeskFigures(tallies)
	reported, err := s.Store.DeskReported(ctx, within(c), f, calendar.On(s.Now(), s.Loc))
	if err != nil {
		return err
	}
	p.Figures.NotReported = max(0, p.Figures.Resumed+p.Figures.AtRest-reported)
	w := s.words(c)
	p.Levels, p.Total = levelSegments(d, p.Figures.levels)
	rest := option{notResumedAny, w.T("desk.state.rest"), d.state == notResumedAny}
	unsaid := option{store.NoReason, w.T("desk.reason.none"), d.reason == store.NoReason}
	p.Selects = []deskSelect{
		{"street", w.T("desk.street"), deskOptions(w.T("desk.street.all"), d.street, w.Text, fields(groups, func(g store.Group) string { return g.Street }))},
		{"criterion", w.T("desk.criterion"), criterionOptions(d.criterion, look, w)},
		{"state", w.T("desk.state"), append(deskOptions(w.T("desk.state.all"), d.state, w.Text, fields(groups, func(g store.Group) string { return string(g.State) })), rest)},
		{"reason", w.T("desk.reason"), append(deskOptions(w.T("desk.reason.all"), d.reason, func(r string) string { return reasonWords(w, r) }, fields(groups, func(g store.Group) string { return g.Reason })), unsaid)},
	}
	return nil
}

// narrows reports whether the list is not of all sections, levels aside.
func (d deskQuery) narrows() bool {
	return d.q+d.verdict+d.street+d.criterion+d.state+d.reason != "" || d.positive
}

func newDeskFigures(tallies []store.Tally) deskFigures {
	n := deskFigures{levels: map[criteria.Level]int{}}
	streets := map[string]bool{}
	for _, t := range tallies {
		n.Sections += t.Sections
		n.Headcount += t.Headcount
		n.Housed += t.HousedOnSite
		n.levels[t.Level] += t.Sections
		streets[t.Street] = true
		switch t.State {
		case site.Operating:
			n.Resumed += t.Sections
		case site.Finished:
		default:
			n.AtRest += t.Sections
			if t.Reason == "" {
				n.Unreasoned += t.Sections
			}
		}
	}
	n.Streets, n.NotHoused = len(streets), n.Headcount-n.Housed
	n.Serious = n.levels[criteria.Serious]
	n.ToCheck = n.Sections - n.levels[criteria.InOrder]
	n.ResumedRate = chart.Percent(n.Resumed, n.Resumed+n.AtRest)
	return n
}

func levelSegments(d deskQuery, counts map[criteria.Level]int) (segments []segment, total int) {
	sum := 0
	for _, l := range d.deskLevels() {
		sum += counts[l]
		segments = append(segments, segment{l.String(), counts[l], d.level == l.String()})
	}
	total = sum
	if chosen, ok := criteria.ParseLevel(d.level); ok {
		total = counts[chosen]
	}
	return slices.Insert(segments, 0, segment{"", sum, d.level == ""}), total
}

func groupsOf(tallies []store.Tally) []store.Group {
	groups := make([]store.Group, len(tallies))
	for i, t := range tallies {
		groups[i] = t.Group
	}
	return groups
}

// fields lists the different values of groups, sorted, without the empty one.
func fields(groups []store.Group, of func(store.Group) string) []string {
	var all []string
	for _, g := range groups {
		if v := of(g); v != "" {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// deskOptions are the options of a field; a value that nothing has stays chosen, so that the form says what the address says.
func deskOptions(all, selected string, said func(string) string, values []string) []option {
	options := []option{{"", all, selected == ""}}
	if selected != "" && selected != store.NoReason && selected != notResumedAny && !slices.Contains(values, selected) {
		values = append(values, selected)
	}
	for _, v := range values {
		options = append(options, option{v, said(v), v == selected})
	}
	return options
}

func criterionOptions(selected string, l lens, w locale.Words) []option {
	options := []option{{"", w.T("desk.criterion.all"), selected == ""}}
	for _, k := range criteria.All() {
		if l.health || !aboutHealth(k.Code) {
			options = append(options, option{string(k.Code), w.Text(k.Title), string(k.Code) == selected})
		}
	}
	return options
}

// heads are the heads of the table with the orders that they ask for: pressed again, the other way round.
func (d deskQuery) heads() []deskHead {
	heads := []deskHead{{Name: "level"}, {Name: "name"}, {Name: "problems"}, {Name: "heads"}, {Name: "strip"}, {Name: "state"}}
	for i := range heads {
		name := heads[i].Name
		switch name {
		case "problems", "strip":
			continue
		case "level":
			name = ""
		}
		heads[i].Next = cmp.Or(name, "level")
		if d.sorting == name || d.sorting == heads[i].Next {
			heads[i].Next, heads[i].Order = "-"+heads[i].Next, "down"
		} else if d.sorting == "-"+heads[i].Next {
			heads[i].Order = "up"
		}
	}
	return heads
}

// chosen lists what narrows the list, each with the way to take it back.
func (d deskQuery) chosen(w locale.Words) []chosen {
	var all []chosen
	add := func(name, value, label string) {
		if value != "" {
			all = append(all, chosen{label, d.without(name)})
		}
	}
	add("q", d.q, w.T("desk.chosen.search", "q", d.q))
	add("street", d.street, d.street)
	add("criterion", d.criterion, w.Text(cmp.Or(titlesByCode()[criteria.Code(d.criterion)], d.criterion)))
	add("verdict", d.verdict, w.Word("verdict", d.verdict))
	if d.state == notResumedAny {
		add("state", d.state, w.T("desk.state.rest"))
	} else {
		add("state", d.state, w.Text(d.state))
	}
	if d.reason == store.NoReason {
		add("reason", d.reason, w.T("desk.reason.none"))
	} else {
		add("reason", d.reason, w.Text(d.reason))
	}
	add("positive", tick(d.positive), w.T("desk.positive"))
	return all
}
