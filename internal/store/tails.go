package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/roster"
)

// tailLength is how much of an ID number an inspector may see beside a name.
const tailLength = 4

// Tails gives the last four characters of the ID numbers of workers within a scope, by opening only their seals.
func (s *Store) Tails(ctx context.Context, within account.Scope, ids []roster.WorkerID) (map[roster.WorkerID]string, error) {
	tails, err := s.Numbers(ctx, within, ids)
	for id, number := range tails {
		tails[id] = number[max(0, len(number)-tailLength):]
	}
	return tails, err
}

// Numbers gives the ID numbers of workers within a scope, by opening only their seals. Whoever asks has to mask them before
// anyone sees them.
func (s *Store) Numbers(ctx context.Context, within account.Scope, ids []roster.WorkerID) (map[roster.WorkerID]string, error) {
	numbers := make(map[roster.WorkerID]string, len(ids))
	err := chunks(ids, func(part []roster.WorkerID) error {
		var rows []workerRow
		q := s.read.NewSelect().Model(&rows).Column("id", "row_key", "number_sealed").Where("worker.id IN (?)", bun.List(part))
		err := s.visibleWorkers(q, "worker.id", within).Scan(ctx)
		if err != nil {
			return translate(err)
		}
		for _, row := range rows {
			number, err := s.vault.Unseal(numberField, row.RowKey, []byte(row.NumberSealed))
			if err != nil {
				return fmt.Errorf("open seal of worker %d: %w", row.ID, err)
			}
			numbers[row.ID] = number
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read ID numbers: %w", err)
	}
	return numbers, nil
}
