package store

import (
	"context"
	"fmt"
	"strings"

	"fugong/internal/account"
	"fugong/internal/calendar"
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

// registerRows gives the current rows r of each register that speak of section %[1]d.
func registerRows() [][2]string {
	const people = "r.worker_id IN (SELECT e.worker_id FROM enrolments e WHERE e.section_id = %[1]d AND e.superseded_at IS NULL)"
	return [][2]string{
		{"sections", "section_versions r WHERE r.section_id = %[1]d"},
		{"roster", "enrolments r WHERE r.section_id = %[1]d"},
		{"results", "results r WHERE " + people},
		{"temperatures", "temperatures r WHERE " + people},
		{"rooms", "room_versions r WHERE r.room_id IN (SELECT o.id FROM rooms o WHERE o.section_id = %[1]d)"},
		{"stays", "stays r WHERE r.section_id = %[1]d"},
		{"areas", "area_versions r WHERE r.area_id IN (SELECT a.id FROM areas a WHERE a.section_id = %[1]d)"},
		{"disinfection", "disinfections r WHERE r.section_id = %[1]d"},
		{"checklists", "answers r WHERE r.section_id = %[1]d"},
		{"stock", "stocks r WHERE r.section_id = %[1]d"},
		{"gate", "passages r WHERE r.section_id = %[1]d"},
		{"documents", "documents r WHERE r.section_id = %[1]d"},
	}
}

// Sources tells of each register that holds something about a section what was recorded last. Of a section outside the scope it tells
// nothing.
func (s *Store) Sources(ctx context.Context, within account.Scope, id site.SectionID) (map[string]Source, error) {
	sources := map[string]Source{}
	inside, err := s.visible(s.read.NewSelect().TableExpr("sections AS s").Where("s.id = ?", id), "s.id", within).Exists(ctx)
	if err != nil || !inside {
		return sources, translate(err)
	}
	var parts []string
	for _, register := range registerRows() {
		parts = append(parts, fmt.Sprintf("SELECT * FROM (SELECT '"+register[0]+"' AS register, r.recorded_at, r.batch_id FROM "+register[1]+
			" AND r.superseded_at IS NULL ORDER BY r.recorded_at DESC LIMIT 1) AS "+register[0]+"_last", int64(id)))
	}
	query := "SELECT l.register, l.recorded_at, l.batch_id, b.file, b.recorded_by FROM (" + strings.Join(parts, " UNION ALL ") +
		") AS l LEFT JOIN batches b ON b.id = l.batch_id"
	err = scanAll(ctx, s.read, query, func(c *cells) {
		src := Source{Register: c.text(), RecordedAt: c.instant(), Batch: c.number(), File: c.text(), By: c.text()}
		sources[src.Register] = src
	})
	if err != nil {
		return nil, fmt.Errorf("find sources of section %d: %w", id, translate(err))
	}
	return sources, nil
}
