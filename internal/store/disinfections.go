package store

import (
	"context"
	"fmt"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/site"
)

// Disinfections lists the log of a section within a scope from an instant on, by time. A section outside the scope has none.
func (s *Store) Disinfections(ctx context.Context, within account.Scope, id site.SectionID, from calendar.Instant) ([]disinfection.Entry, error) {
	var rows []disinfectionRow
	q := s.read.NewSelect().Model(&rows).Where("disinfection.section_id = ?", id).Where("disinfection.at >= ?", from).
		Where("disinfection.superseded_at IS NULL").Order("disinfection.at", "disinfection.id")
	if err := s.visible(q, "disinfection.section_id", within).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list disinfections of section %d: %w", id, translate(err))
	}
	log := make([]disinfection.Entry, len(rows))
	for i := range rows {
		log[i] = rows[i].entry()
	}
	return log, nil
}
