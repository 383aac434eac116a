package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/site"
)

// SectionFilter chooses sections; what is empty does not choose.
type SectionFilter struct {
	Codes   []string
	Streets []string
	Flagged bool // something stands open on them
}

// EverySection lists all sections in the order of their codes.
func (s *Store) EverySection(ctx context.Context) ([]site.SectionID, error) {
	return s.SectionIDs(ctx, account.Everywhere(), SectionFilter{})
}

// SectionIDs lists the sections within a scope in the order of their codes. A code that no section there has gives a
// fault.NotFound.
func (s *Store) SectionIDs(ctx context.Context, within account.Scope, f SectionFilter) ([]site.SectionID, error) {
	var found []sectionRow
	q := s.read.NewSelect().TableExpr("sections AS s").ColumnExpr("s.id, s.code").OrderExpr("s.code")
	q = s.visible(f.choose(q), "s.id", within)
	if len(f.Streets) > 0 {
		q = q.Join("JOIN section_versions AS v ON v.section_id = s.id AND v.superseded_at IS NULL")
	}
	if err := q.Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list sections: %w", translate(err))
	}
	ids := make([]site.SectionID, len(found))
	for i, row := range found {
		ids[i] = row.ID
	}
	if len(f.Streets) > 0 || f.Flagged {
		return ids, nil
	}
	return ids, missing(f.Codes, found)
}

func missing(codes []string, found []sectionRow) error {
	var unknown []string
	for _, code := range codes {
		if !slices.ContainsFunc(found, func(r sectionRow) bool { return r.Code == code }) {
			unknown = append(unknown, code)
		}
	}
	if len(unknown) > 0 {
		return fault.New(fault.NotFound, "没有标段：%s", strings.Join(unknown, "、"))
	}
	return nil
}

func (f SectionFilter) choose(q *bun.SelectQuery) *bun.SelectQuery {
	if len(f.Codes) > 0 {
		q = q.Where("s.code IN (?)", bun.List(f.Codes))
	}
	if len(f.Streets) > 0 {
		q = q.Where("v.street IN (?)", bun.List(f.Streets))
	}
	if f.Flagged {
		q = q.Where("EXISTS (SELECT 1 FROM flags o WHERE o.section_id = s.id AND o.cleared_at IS NULL)")
	}
	return q
}

// ListFilter chooses and pages through sections for a list.
type ListFilter struct {
	SectionFilter
	Verdict string // met, conditional, unmet, or none for those never judged
	Query   string // part of a code or a name of section or project
	After   string // the code after which to go on
	Limit   int    // 0: no limit
}

// SectionLine is a section as lists show it. Judged is false, and what was found is zero, before its first judgement.
type SectionLine struct {
	ID           site.SectionID
	Code         string
	Name         string
	ProjectCode  string
	ProjectName  string
	Street       string
	Community    string
	State        site.State
	Reason       string // 未复工原因
	StoppedOn    calendar.Date
	Judged       bool
	Verdict      criteria.Verdict
	Headcount    int
	HousedOnSite int
	Blocking     int // criteria that block
	Flags        int // flags that stand open
	EvaluatedAt  calendar.Instant
	VerdictAt    calendar.Instant // since when the verdict and its findings have been so
	HoldsUntil   calendar.Instant
}

// SectionList lists the sections within a scope with what was last found of each, in the order of their codes, by one query.
func (s *Store) SectionList(ctx context.Context, within account.Scope, f ListFilter) ([]SectionLine, error) {
	open := s.read.NewSelect().TableExpr("flags AS o").Where("o.cleared_at IS NULL").GroupExpr("o.section_id").
		ColumnExpr("o.section_id, COUNT(*) AS flags").
		ColumnExpr("COUNT(DISTINCT CASE WHEN o.severity = 'block' AND o.status IN (?, ?) THEN o.code END) AS blocking",
			criteria.Unknown, criteria.Fail)
	q := s.read.NewSelect().TableExpr("sections AS s").
		ColumnExpr(`s.id, s.code, v.name, v.project_code, v.project_name, v.street, v.community, v.state, v.not_resumed_reason,
			v.stopped_on, j.verdict, j.headcount, j.housed_on_site, o.blocking, o.flags, s.evaluated_at, j.at, j.holds_until`).
		Join("JOIN section_versions AS v ON v.section_id = s.id AND v.superseded_at IS NULL").
		Join("LEFT JOIN verdicts AS j ON j.id = ("+lastVerdict+")").
		Join("LEFT JOIN (?) AS o ON o.section_id = s.id", open).
		OrderExpr("s.code")
	var lines []SectionLine
	err := scanAll(ctx, s.read, s.visible(f.choose(q), "s.id", within).String(), func(c *cells) { lines = append(lines, readLine(c)) })
	if err != nil {
		return nil, fmt.Errorf("list sections: %w", translate(err))
	}
	return lines, nil
}

func readLine(c *cells) SectionLine {
	line := SectionLine{
		ID: site.SectionID(c.number()), Code: c.text(), Name: c.text(), ProjectCode: c.text(), ProjectName: c.text(),
		Street: c.word(), Community: c.word(), State: site.State(c.word()), Reason: c.word(), StoppedOn: c.date(),
	}
	word := c.word()
	line.Judged, line.Verdict = word != "", verdictOf(word)
	line.Headcount, line.HousedOnSite, line.Blocking, line.Flags = c.count(), c.count(), c.count(), c.count()
	line.EvaluatedAt, line.VerdictAt, line.HoldsUntil = c.instant(), c.instant(), c.instant()
	return line
}

func (f ListFilter) choose(q *bun.SelectQuery) *bun.SelectQuery {
	q = f.SectionFilter.choose(q)
	switch f.Verdict {
	case "":
	case "none":
		q = q.Where("j.id IS NULL")
	default:
		q = q.Where("j.verdict = ?", f.Verdict)
	}
	q = matching(q, f.Query)
	if f.After != "" {
		q = q.Where("s.code > ?", f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	return q
}

// matching narrows a query over sections s, as they are now v, to those of whose code or names a text is a part.
func matching(q *bun.SelectQuery, text string) *bun.SelectQuery {
	if text == "" {
		return q
	}
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(text)) + "%"
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		for _, column := range []string{"s.code", "v.name", "v.project_code", "v.project_name"} {
			q = q.WhereOr("LOWER("+column+`) LIKE ? ESCAPE '\'`, like)
		}
		return q
	})
}
