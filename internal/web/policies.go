package web

import (
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/policy"
)

// policyPath is the page of a version of a policy.
const policyPath = "/policies/:policy/:version"

type policiesPage struct {
	officeFrame
	Rows []policyRow
}

// policyRow is a version of a policy; Standing is now, coming or past.
type policyRow struct {
	policy.Policy
	Standing string
	Shipped  bool
}

type policyPage struct {
	officeFrame
	policyRow
	Values    []valueGroup
	Overrides []overrideRow
	Rules     []ruleGroup
}

type overrideRow struct {
	Kind, Place string // of the scope: zone, street or section
	From, Until calendar.Instant
	Values      []valueGroup
}

func (s *server) policies(c echo.Context) error {
	book, err := s.Store.Policies(c.Request().Context(), 0, s.Loc)
	if err != nil {
		return err
	}
	p := policiesPage{officeFrame: s.officeFrame(c, "register", "policies")}
	for i := range book {
		p.Rows = append(p.Rows, newPolicyRow(book, &book[i], s.Now()))
	}
	slices.SortFunc(p.Rows, func(a, b policyRow) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(b.Version, a.Version))
	})
	return s.render(c, http.StatusOK, "policies", p)
}

func newPolicyRow(book policy.Book, p *policy.Policy, now calendar.Instant) policyRow {
	row := policyRow{Policy: *p, Standing: "past", Shipped: p.RecordedAt.IsZero()}
	if p.EffectiveFrom > now {
		row.Standing = "coming"
	}
	for _, occasion := range p.Occasions {
		if in, err := book.InForce(occasion, now); err == nil && in.Name == p.Name && in.Version == p.Version {
			row.Standing = "now"
		}
	}
	return row
}

// findPolicy finds the version of a policy that the address names; fault.NotFound when there is none.
func (s *server) findPolicy(c echo.Context) (policyRow, error) {
	book, err := s.Store.Policies(c.Request().Context(), 0, s.Loc)
	if err != nil {
		return policyRow{}, err
	}
	for i := range book {
		if book[i].Name == c.Param("policy") && strconv.Itoa(book[i].Version) == c.Param("version") {
			return newPolicyRow(book, &book[i], s.Now()), nil
		}
	}
	return policyRow{}, fault.New(fault.NotFound, "没有这一版规则")
}

func (s *server) policy(c echo.Context) error {
	row, err := s.findPolicy(c)
	if err != nil {
		return err
	}
	w := s.words(c)
	p := policyPage{officeFrame: s.officeFrame(c, "register", "policies"), policyRow: row, Values: valueGroups(row.Parameters, w), Rules: ruleGroups(row.Criteria)}
	for _, o := range row.Policy.Overrides {
		or := overrideRow{From: o.From, Until: o.Until, Values: valueGroups(o.Parameters, w)}
		switch {
		case o.Section != "":
			or.Kind, or.Place = "section", o.Section
		case o.Street != "":
			or.Kind, or.Place = "street", o.Street
		default:
			or.Kind, or.Place = "zone", string(o.Zone)
		}
		p.Overrides = append(p.Overrides, or)
	}
	return s.render(c, http.StatusOK, "policy", p)
}

func (s *server) policySource(c echo.Context) error {
	row, err := s.findPolicy(c)
	if err != nil {
		return err
	}
	name := row.Name + "-" + strconv.Itoa(row.Version) + ".yaml"
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", []byte(row.Source))
}
