package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/site"
)

// Expiry is how soon a document is to be renewed.
type Expiry string

// The expiries. The empty one is any.
const (
	Expired   Expiry = "expired"   // its last day is past
	ThisWeek  Expiry = "week"      // it expires within 7 days
	ThisMonth Expiry = "month"     // it expires within 8 to 30 days
	Valid     Expiry = "valid"     // for longer
	Unlimited Expiry = "unlimited" // it does not expire
)

// DocumentFilter chooses documents; what is empty does not choose. Today says what has expired.
type DocumentFilter struct {
	Today         calendar.Date
	Expiry        Expiry
	Street, Type  string
	Query         string // part of a code or a name of section or project
	Sort          string // a name documentOrder knows; anything else: those that expire first at the top
	Backwards     bool
	Limit, Offset int // Limit 0: no limit
}

// DocumentLine is the document of a type that counts for a section: of those issued, the one that holds longest.
type DocumentLine struct {
	SectionID                                              site.SectionID
	Section, SectionName, ProjectName, Street, Responsible string
	Type                                                   string
	IssuedOn, ExpiresOn                                    calendar.Date // no ExpiresOn: it does not expire
	Expiry                                                 Expiry
}

// documentOrder is an order of the list, by the name that addresses use. Section and type make every order a definite one.
func documentOrder(name string, backwards bool) string {
	first, known := map[string]string{"code": "", "type": "d.type", "issued": "d.issued_on", "street": "v.street", "unit": "COALESCE(v.responsible_unit, '')"}[name]
	if !known {
		first = "COALESCE(d.expires_on, '9999')"
	}
	way, order := "", ""
	if backwards {
		way = " DESC"
	}
	if first != "" {
		order = first + way + ", "
	}
	return order + "s.code" + way + ", d.type" + way
}

// Documents lists the documents that count within a scope.
func (s *Store) Documents(ctx context.Context, within account.Scope, f DocumentFilter) ([]DocumentLine, error) {
	q := s.documents(within, f).OrderExpr(documentOrder(f.Sort, f.Backwards)).
		ColumnExpr("s.id, s.code, v.name, v.project_name, v.street, v.responsible_unit, d.type, d.issued_on, d.expires_on")
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit)).Offset(int64(f.Offset))
	}
	lines := []DocumentLine{}
	err := scanAll(ctx, s.read, q.String(), func(c *cells) {
		line := DocumentLine{site.SectionID(c.number()), c.text(), c.text(), c.text(), c.word(), c.word(), c.word(), c.date(), c.date(), ""}
		line.Expiry = expiryOf(line.ExpiresOn, f.Today)
		lines = append(lines, line)
	})
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", translate(err))
	}
	return lines, nil
}

// CountDocuments counts, by expiry, the documents that Documents would list if it were not for the filter's expiry.
func (s *Store) CountDocuments(ctx context.Context, within account.Scope, f DocumentFilter) (map[Expiry]int, error) {
	f.Expiry = ""
	counts := map[Expiry]int{}
	q := s.documents(within, f).GroupExpr("1").ColumnExpr(
		"CASE WHEN d.expires_on IS NULL THEN ? WHEN d.expires_on < ? THEN ? WHEN d.expires_on <= ? THEN ? WHEN d.expires_on <= ? THEN ? ELSE ? END",
		Unlimited, f.Today, Expired, f.Today.Add(7), ThisWeek, f.Today.Add(30), ThisMonth, Valid).ColumnExpr("COUNT(*)")
	err := scanAll(ctx, s.read, q.String(), func(c *cells) { counts[Expiry(c.word())] = c.count() })
	if err != nil {
		return nil, fmt.Errorf("count documents: %w", translate(err))
	}
	return counts, nil
}

func expiryOf(last, today calendar.Date) Expiry {
	switch {
	case last.IsZero():
		return Unlimited
	case last.Before(today):
		return Expired
	case !last.After(today.Add(7)):
		return ThisWeek
	case !last.After(today.Add(30)):
		return ThisMonth
	}
	return Valid
}

// documents leaves of each section and type the one that counts: issued by today, holding longest, issued last.
func (s *Store) documents(within account.Scope, f DocumentFilter) *bun.SelectQuery {
	q := s.read.NewSelect().TableExpr("documents AS d").
		Join("JOIN sections AS s ON s.id = d.section_id").
		Join("JOIN section_versions AS v ON v.section_id = s.id AND v.superseded_at IS NULL").
		Where("d.superseded_at IS NULL AND d.issued_on <= ?", f.Today).
		Where(`NOT EXISTS (SELECT 1 FROM documents e WHERE e.section_id = d.section_id AND e.type = d.type AND e.superseded_at IS NULL
			AND e.issued_on <= ? AND (COALESCE(e.expires_on, '9999') > COALESCE(d.expires_on, '9999')
				OR COALESCE(e.expires_on, '9999') = COALESCE(d.expires_on, '9999') AND e.issued_on > d.issued_on))`, f.Today)
	switch f.Expiry {
	case Expired:
		q = q.Where("d.expires_on < ?", f.Today)
	case ThisWeek:
		q = q.Where("d.expires_on BETWEEN ? AND ?", f.Today, f.Today.Add(7))
	case ThisMonth:
		q = q.Where("d.expires_on BETWEEN ? AND ?", f.Today.Add(8), f.Today.Add(30))
	case Valid:
		q = q.Where("d.expires_on > ?", f.Today.Add(30))
	case Unlimited:
		q = q.Where("d.expires_on IS NULL")
	}
	if f.Street != "" {
		q = q.Where("v.street = ?", f.Street)
	}
	if f.Type != "" {
		q = q.Where("d.type = ?", f.Type)
	}
	return s.visible(matching(q, f.Query), "s.id", within)
}
