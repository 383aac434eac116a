package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/site"
	"fugong/internal/store"
)

// missing is the expiry of a paper that is asked for and not there.
const missing store.Expiry = "missing"

type documentsPage struct {
	officeFrame
	Query, Street, Expiry string
	Sort                  string // as the address has it
	Heads                 []paperHead
	Streets               []option
	Shelves               []shelf
	Rows                  []store.DocumentLine
	Leaf                  leaf
	CSV, XLSX             string
}

// shelf is one of the parts of a list with how much is in it.
type shelf struct {
	ID, URL string
	N       int
	Current bool
}

// URL is the address of a section's page.
func (documentsPage) URL(code string) string { return sectionURL(code) }

func (s *server) documentFilter(c echo.Context) store.DocumentFilter {
	sort, backwards := paperOrder(c.QueryParam("sort"))
	return store.DocumentFilter{Sort: sort, Backwards: backwards, Today: calendar.On(s.Now(), s.Loc), Query: strings.TrimSpace(c.QueryParam("q")), Street: c.QueryParam("street"),
		Type: c.QueryParam("type"), Expiry: store.Expiry(c.QueryParam("expiry"))}
}

func (s *server) documents(c echo.Context) error {
	f, at := s.documentFilter(c), offset(c)
	lines, err := s.missingPapers(c, f)
	if err != nil {
		return err
	}
	counts, err := s.Store.CountDocuments(c.Request().Context(), within(c), f)
	if err != nil {
		return err
	}
	counts[missing] = len(lines)
	streets, err := s.streets(c)
	if err != nil {
		return err
	}
	if f.Expiry == missing {
		lines = lines[min(at, len(lines)):min(at+officeRows, len(lines))]
	} else {
		f.Limit, f.Offset = officeRows, at
		if lines, err = s.Store.Documents(c.Request().Context(), within(c), f); err != nil {
			return err
		}
	}
	query := askedFor(c, "q", "street", "type", "expiry", "sort")
	p := documentsPage{officeFrame: s.officeFrame(c, s.documentsTab(actor(c).User.Role), "documents"), Query: f.Query, Street: f.Street, Expiry: string(f.Expiry), Rows: lines, Sort: query.Get("sort"), Heads: paperHeads(query),
		Streets: anyOf(f.Street, streets...), CSV: "/documents.csv?" + query.Encode(), XLSX: "/documents.xlsx?" + query.Encode()}
	p.shelves(c, f.Expiry, counts)
	p.Leaf = newLeaf("/documents", query, at, len(lines), p.total(f.Expiry, counts))
	return s.render(c, http.StatusOK, "documents", p)
}

func (p *documentsPage) shelves(c echo.Context, current store.Expiry, counts map[store.Expiry]int) {
	for _, e := range []store.Expiry{"", missing, store.Expired, store.ThisWeek, store.ThisMonth, store.Valid, store.Unlimited} {
		query := askedFor(c, "q", "street", "type", "sort")
		part := shelf{ID: string(e), N: p.total(e, counts), Current: e == current}
		if e == "" {
			part.ID = "all"
		} else {
			query.Set("expiry", string(e))
		}
		part.URL = "/documents?" + query.Encode()
		p.Shelves = append(p.Shelves, part)
	}
}

// total is how many papers there are of an expiry; of all, those that are missing are none.
func (documentsPage) total(e store.Expiry, counts map[store.Expiry]int) (n int) {
	if e != "" {
		return counts[e]
	}
	for expiry, of := range counts {
		if expiry != missing {
			n += of
		}
	}
	return n
}

// missingPapers lists the papers that judging asked for and did not find.
func (s *server) missingPapers(c echo.Context, f store.DocumentFilter) ([]store.DocumentLine, error) {
	filter := store.FlagFilter{}
	if f.Street != "" {
		filter.Streets = []string{f.Street}
	}
	flags, err := s.Store.Flags(c.Request().Context(), within(c), filter)
	if err != nil {
		return nil, err
	}
	known, err := s.Store.Register(c.Request().Context(), within(c), store.RegisterFilter{Query: f.Query, Street: f.Street})
	if err != nil {
		return nil, err
	}
	sections := make(map[site.SectionID]site.Section, len(known))
	for _, sec := range known {
		sections[sec.ID] = sec
	}
	var lines []store.DocumentLine
	for _, flag := range flags {
		_, asked := checklist.Find(flag.Name)
		sec, chosen := sections[flag.SectionID]
		if asked || flag.Name == "" || flag.Status != criteria.Unknown || !criteria.AsksForPaper(flag.Code) ||
			!chosen || f.Type != "" && f.Type != flag.Name {
			continue
		}
		lines = append(lines, store.DocumentLine{SectionID: flag.SectionID, Section: sec.Code, SectionName: sec.Name,
			ProjectName: sec.ProjectName, Street: sec.Street, Responsible: sec.ResponsibleUnit, Type: flag.Name, Expiry: missing})
	}
	arrange(lines, f)
	return lines, nil
}

func (s *server) documentsFile(c echo.Context) error {
	f, w := s.documentFilter(c), s.words(c)
	lines, err := s.missingPapers(c, f)
	if err == nil && f.Expiry != missing {
		lines, err = s.Store.Documents(c.Request().Context(), within(c), f)
	}
	if err != nil {
		return err
	}
	var rows [][]string
	for _, l := range lines {
		rows = append(rows, []string{l.Section, joinWords(l.ProjectName, l.SectionName), l.Street, l.Type, l.IssuedOn.String(), l.ExpiresOn.String(),
			w.Word("expiry", l.Expiry), l.Responsible})
	}
	return s.exportTable(c, "documents", strings.Fields("标段编号 标段名称 街道 类型 签发日期 到期日期 状态 责任单位"), rows)
}

// documentsTab is under which main part a role finds the papers.
func (s *server) documentsTab(role account.Role) string {
	if s.mayGet("/register", role) {
		return "register"
	}
	return "documents"
}
