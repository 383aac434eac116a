package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
)

// SetPreferences keeps how a user wants pages to be; what is empty stays as it was. Nobody's rights change by it, so it is not in
// the audit trail.
func (s *Store) SetPreferences(ctx context.Context, id account.UserID, lang, theme string) error {
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewUpdate().Model((*userRow)(nil)).Where("u.id = ?", id).Set("id = id")
		if lang != "" {
			q = q.Set("lang = ?", lang)
		}
		if theme != "" {
			q = q.Set("theme = ?", theme)
		}
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("keep preferences: %w", err)
		}
		return nil
	})
}
