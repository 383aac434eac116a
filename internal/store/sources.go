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

// Source is what was last recorded in a register about a section: when, and by which file or whom. Batch is 0, and File and By are
// empty, where the row names none.
type Source struct {
	Register   string // a kind of Kinds
	RecordedAt calendar.Instant
	Batch      int64
	File       string
	By         string
}

// registerRows gives the rows r of each register that speak of the sections of a scope.
func registerRows() [][2]string {
	const people = "r.worker_id IN (SELECT e.worker_id FROM enrolments e WHERE e.section_id IN (IDS) AND EVER(e))"
	return [][2]string{
		{"sections", "section_versions r WHERE r.section_id IN (IDS)"},
		{"roster", "enrolments r WHERE r.section_id IN (IDS)"},
		{"results", "results r WHERE " + people},
		{"temperatures", "temperatures r WHERE " + people},
		{"rooms", "room_versions r WHERE r.room_id IN (SELECT o.id FROM rooms o WHERE o.section_id IN (IDS))"},
		{"stays", "stays r WHERE r.section_id IN (IDS)"},
		{"areas", "area_versions r WHERE r.area_id IN (SELECT a.id FROM areas a WHERE a.section_id IN (IDS))"},
		{"disinfection", "disinfections r WHERE r.section_id IN (IDS)"},
		{"checklists", "answers r WHERE r.section_id IN (IDS)"},
		{"stock", "stocks r WHERE r.section_id IN (IDS)"},
		{"gate", "passages r WHERE r.section_id IN (IDS)"},
		{"documents", "documents r WHERE r.section_id IN (IDS)"},
	}
}

// sourcesQuery asks for the newest row of each register.
func sourcesQuery() string {
	var parts []string
	for _, register := range registerRows() {
		parts = append(parts, "SELECT * FROM (SELECT '"+register[0]+"' AS register, r.recorded_at, r.batch_id FROM "+register[1]+
			" AND EVER(r) ORDER BY r.recorded_at DESC LIMIT 1) AS "+register[0]+"_last")
	}
	return "SELECT l.register, l.recorded_at, l.batch_id, b.file, b.recorded_by FROM (" + strings.Join(parts, " UNION ALL ") +
		") AS l LEFT JOIN batches b ON b.id = l.batch_id"
}

// Sources tells of each register that holds something about a section what was recorded last. Of a section outside the scope it tells
// nothing.
func (s *Store) Sources(ctx context.Context, within account.Scope, id site.SectionID) (map[string]Source, error) {
	sources := map[string]Source{}
	inside, err := s.visible(s.read.NewSelect().TableExpr("sections AS s").Where("s.id = ?", id), "s.id", within).Exists(ctx)
	if err != nil || !inside {
		return sources, translate(err)
	}
	err = s.readingCompiled(ctx, func(ctx context.Context, tx bun.Tx) error {
		return s.snapshotScope([]site.SectionID{id}, criteria.Window{}, 0).each(ctx, tx, sourcesQuery(), func(c *cells) {
			src := Source{Register: c.text(), RecordedAt: c.instant(), Batch: c.number(), File: c.text(), By: c.text()}
			sources[src.Register] = src
		})
	})
	if err != nil {
		return nil, fmt.Errorf("find sources of section %d: %w", id, translate(err))
	}
	return sources, nil
}
