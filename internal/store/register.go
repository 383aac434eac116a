package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/site"
)

// RegisterFilter chooses and pages through the register of sections; what is empty does not choose.
type RegisterFilter struct {
	Query         string // part of a code or a name of section or project
	Street        string
	State         site.State
	Resting       bool // neither working nor finished, those that have stood still the longest first
	Limit, Offset int  // Limit 0: no limit
}

// Register gives what is known of the sections within a scope, in the order of their codes. The managers' phones stay sealed.
func (s *Store) Register(ctx context.Context, within account.Scope, f RegisterFilter) ([]site.Section, error) {
	var rows []struct {
		bun.BaseModel `bun:"table:section_versions,alias:v"`
		sectionVersionRow
		Code    string
		FactsAt calendar.Instant
	}
	q := s.register(s.read.NewSelect().Model(&rows), within, f).ColumnExpr("v.*, s.code, s.facts_at")
	if f.Resting {
		q = q.OrderExpr("COALESCE(v.stopped_on, '9999')")
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit)).Offset(int64(f.Offset))
	}
	if err := q.OrderExpr("s.code").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the register of sections: %w", translate(err))
	}
	sections := make([]site.Section, len(rows))
	for i := range rows {
		r := &rows[i]
		sections[i] = r.section(&sectionRow{ID: r.SectionID, Code: r.Code, FactsAt: r.FactsAt})
	}
	return sections, nil
}

// CountRegister counts what Register would list without a limit.
func (s *Store) CountRegister(ctx context.Context, within account.Scope, f RegisterFilter) (int, error) {
	n, err := s.register(s.read.NewSelect().TableExpr("section_versions AS v"), within, f).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the register of sections: %w", translate(err))
	}
	return int(n), nil
}

func (s *Store) register(q *bun.SelectQuery, within account.Scope, f RegisterFilter) *bun.SelectQuery {
	q = q.Join("JOIN sections AS s ON s.id = v.section_id").Where("v.superseded_at IS NULL")
	if f.Street != "" {
		q = q.Where("v.street = ?", f.Street)
	}
	if f.State != "" {
		q = q.Where("v.state = ?", f.State)
	}
	if f.Resting {
		q = q.Where("v.state NOT IN (?)", bun.List([]site.State{site.Operating, site.Finished}))
	}
	return s.visible(matching(q, f.Query), "s.id", within)
}

// Overdue counts the sections within a scope that were to work again before a day and do not, and says since when the first of
// them should.
func (s *Store) Overdue(ctx context.Context, within account.Scope, day calendar.Date) (n int, since calendar.Date, err error) {
	q := s.register(s.read.NewSelect().TableExpr("section_versions AS v"), within, RegisterFilter{Resting: true}).
		Where("v.expected_on < ?", day).ColumnExpr("COUNT(*), MIN(v.expected_on)")
	if err = scanAll(ctx, s.read, q.String(), func(c *cells) { n, since = c.count(), c.date() }); err != nil {
		return 0, since, fmt.Errorf("count sections overdue: %w", translate(err))
	}
	return n, since, nil
}

// Zones lists the control zones as they stand, the latest begun first.
func (s *Store) Zones(ctx context.Context) ([]site.Zone, error) {
	var rows []zoneRow
	if err := s.read.NewSelect().Model(&rows).Where("superseded_at IS NULL").Order("from_at DESC", "id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list zones: %w", translate(err))
	}
	zones := make([]site.Zone, len(rows))
	for i := range rows {
		zones[i] = rows[i].zone()
	}
	return zones, nil
}
