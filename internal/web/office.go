package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/site"
	"fugong/internal/store"
)

// officeRows is how many rows the lists of the district's pages have at once.
const officeRows = 100

// officeRoutes are the pages of the district and of those who look after the rules: registers, zones, papers, policies, the trail.
func officeRoutes() []Route {
	district := Policy{Roles: []account.Role{account.District, account.Admin}, Scope: ScopeDistrict}
	papers := Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District, account.Admin}, Scope: ScopeOwn}
	own := Policy{Roles: account.Roles(), Scope: ScopeSelf}
	return []Route{
		{http.MethodGet, "/register", district, (*server).register},
		{http.MethodGet, "/register.csv", district, (*server).registerFile},
		{http.MethodGet, "/register.xlsx", district, (*server).registerFile},
		{http.MethodGet, "/zones", district, (*server).zones},
		{http.MethodGet, "/zones.csv", district, (*server).zonesFile},
		{http.MethodGet, "/zones.xlsx", district, (*server).zonesFile},
		{http.MethodGet, "/documents", papers, (*server).documents},
		{http.MethodGet, "/documents.csv", papers, (*server).documentsFile},
		{http.MethodGet, "/documents.xlsx", papers, (*server).documentsFile},
		{http.MethodGet, "/policies", district, (*server).policies},
		{http.MethodGet, policyPath, district, (*server).policy},
		{http.MethodGet, "/policies/:policy/:version/source", district, (*server).policySource},
		{http.MethodGet, "/audit", own, (*server).audit},
		{http.MethodGet, "/audit.csv", own, (*server).auditFile},
		{http.MethodGet, "/audit.xlsx", own, (*server).auditFile},
	}
}

// officeFrame is around the district's pages, with the way from one to the other.
type officeFrame struct {
	Frame
	Office []Tab // of which the current one is Part
	Part   string
}

func (s *server) officeFrame(c echo.Context, tab, part string) officeFrame {
	f := officeFrame{Frame: s.frame(tab), Part: part}
	for _, t := range []Tab{{"register", "/register"}, {"zones", "/zones"}, {"documents", "/documents"}, {"policies", "/policies"}, {"audit", "/audit"}} {
		if s.mayGet(t.Path, actor(c).User.Role) {
			f.Office = append(f.Office, t)
		}
	}
	return f
}

// leaf is a page of a long list.
type leaf struct {
	Total, From, To int
	Before, After   string // addresses; empty at the ends
}

// newLeaf pages through a list at an address by the parameter offset.
func newLeaf(address string, query url.Values, offset, shown, total int) leaf {
	l := leaf{Total: total, From: min(offset+1, total), To: offset + shown}
	at := func(offset int) string {
		query.Set("offset", strconv.Itoa(offset))
		return address + "?" + query.Encode()
	}
	if offset > 0 {
		l.Before = at(max(0, offset-officeRows))
	}
	if offset+shown < total {
		l.After = at(offset + officeRows)
	}
	return l
}

// offset reads where a page begins; nonsense is the beginning.
func offset(c echo.Context) int {
	n, err := strconv.Atoi(c.QueryParam("offset"))
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n
}

// askedFor gives the parameters of a request that were filled in.
func askedFor(c echo.Context, names ...string) url.Values {
	v := url.Values{}
	for _, name := range names {
		if text := strings.TrimSpace(c.QueryParam(name)); text != "" {
			v.Set(name, text)
		}
	}
	return v
}

type registerPage struct {
	officeFrame
	Query, Street, State string
	Streets, States      []option
	Rows                 []site.Section
	Leaf                 leaf
	CSV, XLSX            string
}

// URL is the address of a section's page.
func (registerPage) URL(code string) string { return sectionURL(code) }

func registerFilter(c echo.Context) store.RegisterFilter {
	f := store.RegisterFilter{Query: strings.TrimSpace(c.QueryParam("q")), Street: c.QueryParam("street")}
	if state := c.QueryParam("state"); state == "resting" {
		f.Resting = true
	} else {
		f.State = site.State(state)
	}
	return f
}

func (s *server) register(c echo.Context) error {
	ctx, f, at := c.Request().Context(), registerFilter(c), offset(c)
	total, err := s.Store.CountRegister(ctx, within(c), f)
	if err != nil {
		return err
	}
	f.Limit, f.Offset = officeRows, at
	rows, err := s.Store.Register(ctx, within(c), f)
	if err != nil {
		return err
	}
	streets, err := s.streets(c)
	if err != nil {
		return err
	}
	query := askedFor(c, "q", "street", "state")
	p := registerPage{officeFrame: s.officeFrame(c, "register", "register"), Query: f.Query, Street: f.Street, State: c.QueryParam("state"), Rows: rows,
		Streets: anyOf(f.Street, streets...), States: anyOf(c.QueryParam("state"), "resting", "未复工", "已申请", "施工中", "停工", "完工"),
		CSV: "/register.csv?" + query.Encode(), XLSX: "/register.xlsx?" + query.Encode()}
	p.Leaf = newLeaf("/register", query, at, len(rows), total)
	return s.render(c, http.StatusOK, "register", p)
}

// anyOf makes the options of a select; the first, of no value, is all.
func anyOf(selected string, values ...string) []option {
	options := []option{{Selected: selected == ""}}
	for _, v := range values {
		options = append(options, option{Value: v, Label: v, Selected: v == selected})
	}
	return options
}

// streets lists the streets of the sections that one sees.
func (s *server) streets(c echo.Context) ([]string, error) {
	groups, err := s.Store.DeskGroups(c.Request().Context(), within(c))
	names := fields(groups, func(g store.Group) string { return g.Street })
	return names, err
}

func (s *server) registerFile(c echo.Context) error {
	sections, err := s.Store.Register(c.Request().Context(), within(c), registerFilter(c))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, sec := range sections {
		rows = append(rows, []string{sec.ProjectCode, sec.ProjectName, sec.Code, sec.Name, sec.Street, sec.Community, sec.Address, sec.Owner,
			sec.Contractor, sec.Supervisor, sec.Manager, string(sec.State), string(sec.Occasion), sec.StoppedOn.String(), sec.NotResumedReason,
			sec.ResponsibleUnit, sec.ExpectedOn.String()})
	}
	header := strings.Fields("项目编号 项目名称 标段编号 标段名称 街道 社区 地址 建设单位 施工单位 监理单位 项目负责人 状态 停工类型 停工日期 未复工原因 责任单位 预计复工日期")
	return s.exportTable(c, "sections", header, rows)
}

type zonesPage struct {
	officeFrame
	listFiles
	Now, Coming, Past []zoneRow
}

type zoneRow struct {
	site.Zone
	Sections int
}

func (s *server) zones(c echo.Context) error {
	p, err := s.zonesPage(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "zones", p)
}

func (s *server) zonesPage(c echo.Context) (zonesPage, error) {
	ctx, now := c.Request().Context(), s.Now()
	p := zonesPage{officeFrame: s.officeFrame(c, "register", "zones"), listFiles: filesOf("/zones", nil)}
	zones, err := s.Store.Zones(ctx)
	if err != nil {
		return p, err
	}
	sections, err := s.Store.Register(ctx, within(c), store.RegisterFilter{})
	for _, z := range zones {
		row := zoneRow{Zone: z}
		for _, sec := range sections {
			if z.Concerns(sec) {
				row.Sections++
			}
		}
		p.add(row, now)
	}
	return p, err
}

// zonesFile sends the zones as the page has them, those in force first.
func (s *server) zonesFile(c echo.Context) error {
	p, err := s.zonesPage(c)
	if err != nil {
		return err
	}
	w := s.words(c)
	var rows [][]string
	for _, part := range []struct {
		standing string
		zones    []zoneRow
	}{{w.T("zones.now"), p.Now}, {w.T("zones.coming"), p.Coming}, {w.T("zones.past"), p.Past}} {
		for _, z := range part.zones {
			until := w.T("zones.open")
			if !z.Until.IsZero() {
				until = s.minute(z.Until)
			}
			rows = append(rows, []string{part.standing, z.Place, w.Text(string(z.Scope)), w.Text(string(z.Level)), s.minute(z.From), until, z.Document,
				strconv.Itoa(z.Sections)})
		}
	}
	return s.exportTable(c, "zones", strings.Fields("状态 范围 范围类型 级别 开始时间 结束时间 文号 涉及标段数"), rows)
}

func (p *zonesPage) add(row zoneRow, now calendar.Instant) {
	switch {
	case row.From > now:
		p.Coming = append(p.Coming, row)
	case !row.Until.IsZero() && row.Until <= now:
		p.Past = append(p.Past, row)
	default:
		p.Now = append(p.Now, row)
	}
}

// Strict reports whether nobody may move in a zone.
func (z zoneRow) Strict() bool { return z.Level == site.Locked }
