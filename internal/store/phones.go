package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/site"
)

// ManagerPhones gives the telephone numbers of the managers of sections within a scope as they were known at an instant
// (zero: now), where they are recorded, by opening only their seals.
func (s *Store) ManagerPhones(
	ctx context.Context, within account.Scope, ids []site.SectionID, knownAt calendar.Instant,
) (map[site.SectionID]string, error) {
	phones := make(map[site.SectionID]string, len(ids))
	err := chunks(ids, func(part []site.SectionID) error {
		var rows []struct {
			ID          site.SectionID
			Code        string
			PhoneSealed []byte
		}
		q := s.read.NewSelect().TableExpr("sections AS s").ColumnExpr("s.id, s.code, v.phone_sealed").
			Join("JOIN section_versions AS v ON v.section_id = s.id AND "+scope{knownAt: knownAt}.ever("v")).
			Where("s.id IN (?)", bun.List(part)).Where("v.phone_sealed IS NOT NULL")
		err := s.visible(q, "s.id", within).Scan(ctx, &rows)
		if err != nil {
			return translate(err)
		}
		for _, row := range rows {
			if phones[row.ID], err = s.vault.Unseal(managerPhoneField, row.Code, row.PhoneSealed); err != nil {
				return fmt.Errorf("open seal of section %s: %w", row.Code, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read phones of managers: %w", err)
	}
	return phones, nil
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	for _, db := range []*bun.DB{s.read, s.write} {
		if err := db.PingContext(ctx); err != nil {
			return translate(err)
		}
	}
	return nil
}
