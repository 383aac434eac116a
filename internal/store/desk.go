package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/site"
)

// DeskFilter chooses and orders the sections of a list; what is empty does not choose.
type DeskFilter struct {
	Query     string // part of a code, or of a name of section, project or builder
	Levels    []criteria.Level
	Verdict   string // met, conditional, unmet, or none for those never judged
	Street    string
	State     site.State
	Reason    string          // 未复工原因; NoReason for those not working that gave none
	AtRest    bool            // not working: neither operating nor finished
	Criteria  []criteria.Code // one of them stands open
	Found     bool            // and was found wanting, not only not recorded
	Sort      string          // a name deskOrder knows; anything else: the most urgent first
	Backwards bool
}

// NoReason asks for sections at rest whose reason nobody gave.
const NoReason = "-"

// Standing is a section as the desk shows it. Judged is false, and what was found is empty, before its first judgement.
type Standing struct {
	ID           site.SectionID
	Code         string
	Name         string
	ProjectCode  string
	ProjectName  string
	Street       string
	Community    string
	Contractor   string
	State        site.State
	Reason       string // 未复工原因
	ExpectedOn   calendar.Date
	Level        criteria.Level
	Judged       bool
	Verdict      criteria.Verdict
	Headcount    int
	HousedOnSite int
	Since        calendar.Instant // since when what was found has been so
	EvaluatedAt  calendar.Instant
	Problems     []Problem // blocking ones first
}

// deskOrder is an order of the list, by the name that addresses use. Codes make every order a definite one.
func deskOrder(name string, backwards bool) string {
	orders := map[string][2]string{
		"":       {"d.level DESC, d.problem_count DESC, d.code DESC", "d.level, d.problem_count, d.code"},
		"code":   {"d.code", "d.code DESC"},
		"name":   {"d.title, d.code", "d.title DESC, d.code DESC"},
		"street": {"d.street, d.code", "d.street DESC, d.code DESC"},
		"heads":  {"d.headcount DESC, d.code DESC", "d.headcount, d.code"},
		"state":  {"d.state, d.reason, d.code", "d.state DESC, d.reason DESC, d.code DESC"},
		"since":  {"d.since DESC, d.code DESC", "d.since, d.code"},
	}
	order, known := orders[name]
	if !known {
		order = orders[""]
	}
	if backwards {
		return order[1]
	}
	return order[0]
}

// Desk lists one page of the sections within a scope, with what was last found of each.
func (s *Store) Desk(ctx context.Context, within account.Scope, f DeskFilter, offset, limit int) ([]Standing, error) {
	order := deskOrder(f.Sort, f.Backwards)
	chosen := s.deskRows(within, f).ColumnExpr("d.section_id").OrderExpr(order).Limit(int64(limit)).Offset(int64(offset))
	q := s.read.NewSelect().TableExpr("(?) AS chosen", chosen).
		Join("JOIN standings AS d ON d.section_id = chosen.section_id").
		Join("JOIN sections AS s ON s.id = d.section_id").
		Join("JOIN section_versions AS v ON v.section_id = d.section_id AND v.superseded_at IS NULL").
		ColumnExpr(`d.section_id, d.code, v.name, v.project_code, v.project_name, d.street, v.community, v.contractor, d.state, d.reason, v.expected_on,
			d.level, d.verdict, d.headcount, d.housed_on_site, d.since, s.evaluated_at, d.problems`).OrderExpr(order)
	var rows []Standing
	var failure error
	err := scanAll(ctx, s.read, q.String(), func(c *cells) {
		row, err := readStanding(c)
		if err != nil {
			failure = err
		}
		rows = append(rows, row)
	})
	if err == nil {
		err = failure
	}
	if err != nil {
		return nil, fmt.Errorf("list desk: %w", translate(err))
	}
	return rows, nil
}

func readStanding(c *cells) (Standing, error) {
	st := Standing{
		ID: site.SectionID(c.number()), Code: c.text(), Name: c.text(), ProjectCode: c.text(), ProjectName: c.text(), Street: c.word(),
		Community: c.word(), Contractor: c.word(), State: site.State(c.word()), Reason: c.word(), ExpectedOn: c.date(), Level: criteria.Level(c.small()),
	}
	word := c.word()
	st.Judged, st.Verdict = word != "", verdictOf(word)
	st.Headcount, st.HousedOnSite, st.Since, st.EvaluatedAt = c.count(), c.count(), c.instant(), c.instant()
	var err error
	if st.Problems, err = readProblems(c.text()); err != nil {
		return st, fmt.Errorf("read problems of %s: %w", st.Code, err)
	}
	return st, nil
}

// deskRows asks for the standings d that a filter chooses within a scope.
func (s *Store) deskRows(within account.Scope, f DeskFilter) *bun.SelectQuery {
	q := deskVisible(s.read.NewSelect().TableExpr("standings AS d"), within)
	if f.Street != "" {
		q = q.Where("d.street = ?", f.Street)
	}
	if f.State != "" {
		q = q.Where("d.state = ?", f.State)
	}
	if len(f.Levels) > 0 {
		q = q.Where("d.level IN (?)", bun.List(f.Levels))
	}
	switch f.Verdict {
	case "":
	case "none":
		q = q.Where("d.verdict = ''")
	default:
		q = q.Where("d.verdict = ?", f.Verdict)
	}
	if f.AtRest || f.Reason == NoReason {
		q = q.Where("d.state NOT IN (?)", bun.List([]site.State{site.Operating, site.Finished}))
	}
	switch f.Reason {
	case "":
	case NoReason:
		q = q.Where("d.reason = ''")
	default:
		q = q.Where("d.reason = ?", f.Reason)
	}
	if len(f.Criteria) > 0 {
		open := s.read.NewSelect().TableExpr("flags AS f").ColumnExpr("1").Where("f.section_id = d.section_id AND f.cleared_at IS NULL").
			Where("f.code IN (?)", bun.List(f.Criteria))
		if f.Found {
			open = open.Where("f.status <> ?", criteria.Unknown)
		}
		q = q.Where("EXISTS (?)", open)
	}
	if f.Query != "" {
		q = q.Where(`d.search LIKE ? ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(f.Query))+"%")
	}
	return q
}

// deskVisible is visible for standings, whose rows say themselves which section they are and where it lies.
func deskVisible(q *bun.SelectQuery, within account.Scope) *bun.SelectQuery {
	if within.Everywhere {
		return q
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("1 = 0")
		if len(within.Sections) > 0 {
			q = q.WhereOr("d.code IN (?)", bun.List(within.Sections))
		}
		if len(within.Streets) > 0 {
			q = q.WhereOr("d.street IN (?)", bun.List(within.Streets))
		}
		return q
	})
}

// Group is what the sections of a list are counted by.
type Group struct {
	Street string
	Level  criteria.Level
	State  site.State
	Reason string
}

// Tally counts the sections of one group.
type Tally struct {
	Group
	Sections     int
	Headcount    int
	HousedOnSite int
}

// groupColumns are the columns of Group, as the index of counts has them in order.
const groupColumns = "d.street, d.level, d.state, d.reason"

func readGroup(c *cells) Group {
	return Group{c.word(), criteria.Level(c.small()), site.State(c.word()), c.word()}
}

// DeskGroups lists the groups that sections within a scope are of, by street.
func (s *Store) DeskGroups(ctx context.Context, within account.Scope) ([]Group, error) {
	q := s.deskRows(within, DeskFilter{}).Distinct().ColumnExpr(groupColumns).OrderExpr(groupColumns)
	var all []Group
	if err := scanAll(ctx, s.read, q.String(), func(c *cells) { all = append(all, readGroup(c)) }); err != nil {
		return nil, fmt.Errorf("list groups of desk: %w", translate(err))
	}
	return all, nil
}

// DeskTallies counts what a filter chooses within a scope, group by group.
func (s *Store) DeskTallies(ctx context.Context, within account.Scope, f DeskFilter) ([]Tally, error) {
	q := s.deskRows(within, f).ColumnExpr(groupColumns).
		ColumnExpr("COUNT(*), CAST(SUM(d.headcount) AS BIGINT), CAST(SUM(d.housed_on_site) AS BIGINT)").
		GroupExpr(groupColumns).OrderExpr(groupColumns)
	var all []Tally
	err := scanAll(ctx, s.read, q.String(), func(c *cells) { all = append(all, Tally{readGroup(c), c.count(), c.count(), c.count()}) })
	if err != nil {
		return nil, fmt.Errorf("count desk: %w", translate(err))
	}
	return all, nil
}

// DeskReported counts the sections that a filter chooses within a scope and that have handed in a checklist for a day; finished ones
// are left out. Both sides come in the order of an index, so that they are merged and none is looked up.
func (s *Store) DeskReported(ctx context.Context, within account.Scope, f DeskFilter, day calendar.Date) (int, error) {
	working := s.deskRows(within, f).ColumnExpr("d.section_id").Where("d.state <> ?", site.Finished)
	reported := s.read.NewSelect().TableExpr("submissions AS x").ColumnExpr("x.section_id").Where("x.date = ?", day)
	n := 0
	q := s.read.NewSelect().ColumnExpr("COUNT(*)").TableExpr("(? INTERSECT ? ORDER BY 1) AS both_of", bun.Safe(working.String()), bun.Safe(reported.String()))
	if err := scanAll(ctx, s.read, q.String(), func(c *cells) { n = c.count() }); err != nil {
		return 0, fmt.Errorf("count what has reported: %w", translate(err))
	}
	return n, nil
}

// Place is where a section stands in a list, counted from 1, and which come before and after it; all zero when the filter does not
// choose it.
type Place struct {
	Position, Total int
	Before, After   string // codes; empty at the ends
}

// DeskPlace finds a section in a list. hint is where it stood when the list was shown, counted from 1; while it still stands there, the
// list need not be numbered to find it.
func (s *Store) DeskPlace(ctx context.Context, within account.Scope, f DeskFilter, code string, hint int) (Place, error) {
	if hint > 0 {
		p, err := s.placeAt(ctx, within, f, code, hint)
		if err != nil || p.Total > 0 {
			return p, err
		}
	}
	over := "OVER (ORDER BY " + deskOrder(f.Sort, f.Backwards) + ")"
	listed := s.deskRows(within, f).ColumnExpr("d.code AS code, ROW_NUMBER() " + over + " AS place, COUNT(*) OVER () AS total, LAG(d.code) " + over +
		" AS before, LEAD(d.code) " + over + " AS after")
	var p Place
	q := s.read.NewSelect().TableExpr("(?) AS listed", listed).ColumnExpr("place, total, before, after").Where("code = ?", code)
	err := scanAll(ctx, s.read, q.String(), func(c *cells) { p = Place{c.count(), c.count(), c.text(), c.text()} })
	if err != nil {
		return Place{}, fmt.Errorf("find section in list: %w", translate(err))
	}
	return p, nil
}

// placeAt looks whether a section stands at a place; the zero Place when it does not.
func (s *Store) placeAt(ctx context.Context, within account.Scope, f DeskFilter, code string, position int) (Place, error) {
	first := max(position-2, 0)
	var codes []string
	q := s.deskRows(within, f).ColumnExpr("d.code").OrderExpr(deskOrder(f.Sort, f.Backwards)).Offset(int64(first)).Limit(3)
	if err := scanAll(ctx, s.read, q.String(), func(c *cells) { codes = append(codes, c.text()) }); err != nil {
		return Place{}, fmt.Errorf("look at place in list: %w", translate(err))
	}
	at := position - 1 - first
	if at >= len(codes) || codes[at] != code {
		return Place{}, nil
	}
	total, err := s.deskRows(within, f).Count(ctx)
	if err != nil {
		return Place{}, fmt.Errorf("count list: %w", translate(err))
	}
	p := Place{Position: position, Total: int(total)}
	if at > 0 {
		p.Before = codes[at-1]
	}
	if at+1 < len(codes) {
		p.After = codes[at+1]
	}
	return p, nil
}

// DeskCodes lists the codes that a filter chooses, in its order, limit of them at most.
func (s *Store) DeskCodes(ctx context.Context, within account.Scope, f DeskFilter, limit int) ([]string, error) {
	var codes []string
	q := s.deskRows(within, f).ColumnExpr("d.code").OrderExpr(deskOrder(f.Sort, f.Backwards)).Limit(int64(limit))
	if err := scanAll(ctx, s.read, q.String(), func(c *cells) { codes = append(codes, c.text()) }); err != nil {
		return nil, fmt.Errorf("list codes: %w", translate(err))
	}
	return codes, nil
}

// Named gives the sections of codes within a scope, in the order of the codes; codes of no section there are left out.
func (s *Store) Named(ctx context.Context, within account.Scope, codes []string) ([]Standing, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	byCode := make(map[string]Standing, len(codes))
	q := deskVisible(s.read.NewSelect().TableExpr("standings AS d"), within).
		Join("JOIN section_versions AS v ON v.section_id = d.section_id AND v.superseded_at IS NULL").
		ColumnExpr("d.section_id, d.code, v.name, v.project_name, d.street, d.level, d.verdict, d.headcount, d.housed_on_site").Where("d.code IN (?)", bun.List(codes))
	err := scanAll(ctx, s.read, q.String(), func(c *cells) {
		st := Standing{ID: site.SectionID(c.number()), Code: c.text(), Name: c.text(), ProjectName: c.text(), Street: c.word(), Level: criteria.Level(c.small())}
		word := c.word()
		st.Judged, st.Verdict, st.Headcount, st.HousedOnSite = word != "", verdictOf(word), c.count(), c.count()
		byCode[st.Code] = st
	})
	if err != nil {
		return nil, fmt.Errorf("find sections by code: %w", translate(err))
	}
	var found []Standing
	for _, code := range codes {
		if st, ok := byCode[code]; ok {
			found = append(found, st)
			delete(byCode, code)
		}
	}
	return found, nil
}
