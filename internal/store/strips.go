package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/site"
)

// Strips gives for each section within a scope the verdict that stood at the end of each of some days, the last of them today; today's
// is the one that stands now. A day without a judgement by then has an empty word.
func (s *Store) Strips(ctx context.Context, within account.Scope, ids []site.SectionID, today calendar.Date, days int, loc *time.Location) (map[site.SectionID][]string, error) {
	strips := make(map[site.SectionID][]string, len(ids))
	if len(ids) == 0 || days <= 0 {
		return strips, nil
	}
	ends := make([]calendar.Instant, days)
	for i := range ends {
		ends[i] = today.Add(i - days + 2).Start(loc)
	}
	stood := "SELECT MAX(b.at) FROM verdicts AS b WHERE b.section_id = s.id AND b.at < ?" // at the end of the first day
	q := s.read.NewSelect().TableExpr("sections AS s").ColumnExpr("s.id, v.at, v.verdict").
		Join("LEFT JOIN verdicts AS v ON v.section_id = s.id AND v.at < ? AND v.at >= COALESCE(("+stood+"), 0)", ends[days-1], ends[0]).
		Where("s.id IN (?)", bun.List(ids)).OrderExpr("s.id, v.at, v.id")
	err := scanAll(ctx, s.read, s.visible(q, "s.id", within).String(), func(c *cells) {
		id, at, word := site.SectionID(c.number()), c.instant(), c.word()
		if strips[id] == nil {
			strips[id] = make([]string, days)
		}
		for place := days - 1; place >= 0 && ends[place] > at; place-- {
			strips[id][place] = word
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list verdicts of days: %w", translate(err))
	}
	return strips, nil
}

// Visit is the last paper that was issued about a section: somebody went there with it.
type Visit struct {
	At calendar.Instant
	By string
}

// LastPapers gives the last paper of each section within a scope that has one.
func (s *Store) LastPapers(ctx context.Context, within account.Scope, ids []site.SectionID) (map[site.SectionID]Visit, error) {
	visits := make(map[site.SectionID]Visit, len(ids))
	if len(ids) == 0 {
		return visits, nil
	}
	q := s.read.NewSelect().TableExpr("papers AS p").ColumnExpr("p.section_id, p.issued_at, p.issued_by").
		Where("p.section_id IN (?)", bun.List(ids)).OrderExpr("p.issued_at")
	err := scanAll(ctx, s.read, s.visible(q, "p.section_id", within).String(), func(c *cells) {
		visits[site.SectionID(c.number())] = Visit{c.instant(), c.word()}
	})
	if err != nil {
		return nil, fmt.Errorf("list last papers: %w", translate(err))
	}
	return visits, nil
}
