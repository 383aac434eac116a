package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/schedule"
)

// runsKept is how long finished runs stay on record.
const runsKept = 30 * 24 * time.Hour

// runRow is one slot of a job.
type runRow struct {
	bun.BaseModel `bun:"table:runs,alias:run"`
	Job           string           `bun:",pk"`
	Slot          calendar.Instant `bun:",pk"`
	Attempt       int
	Holder        string
	ClaimedAt     calendar.Instant
	ClaimedUntil  calendar.Instant
	FinishedAt    calendar.Instant `bun:",nullzero"`
	Judged        int
	Changed       int
	Failed        int
	Missed        int
	Note          string
	Before        calendar.Instant `bun:",scanonly"`
}

// slotBefore is the slot of the same job that is on record before one.
const slotBefore = "LAG(slot) OVER (PARTITION BY job ORDER BY slot) AS before"

// ClaimSlot makes a slot the holder's until an instant, if nobody has claimed it, or whoever did has let the time pass without
// finishing. It gives the attempt, which fences an earlier holder out; 0 when the slot is not to be had.
func (s *Store) ClaimSlot(ctx context.Context, c schedule.Claim) (int, error) {
	var attempt int
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		attempt = 0
		var last sql.NullInt64
		err := tx.NewSelect().Table("runs").ColumnExpr("MAX(slot)").Where("job = ?", c.Job).Where("slot < ?", c.Slot).Scan(ctx, &last)
		if err != nil {
			return err
		}
		row := runRow{Job: c.Job, Slot: c.Slot, Attempt: 1, Holder: c.Holder, ClaimedAt: c.Now, ClaimedUntil: c.Until}
		if last.Valid && c.Every > 0 {
			row.Missed = max(0, int(c.Slot.Sub(calendar.Instant(last.Int64))/c.Every)-1)
		}
		err = tx.NewInsert().Model(&row).
			On("CONFLICT (job, slot) DO UPDATE").
			Set("attempt = run.attempt + 1").Set("holder = EXCLUDED.holder").
			Set("claimed_at = EXCLUDED.claimed_at").Set("claimed_until = EXCLUDED.claimed_until").
			Where("run.finished_at IS NULL AND run.claimed_until <= EXCLUDED.claimed_at").
			Returning("attempt").Scan(ctx, &attempt)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("claim slot of %s: %w", c.Job, err)
	}
	return attempt, nil
}

// FinishSlot records the outcome of a claimed slot and reports whether it counted: a slot that another holder has taken over
// meanwhile, or that is finished, stays as it is. Runs of long ago are forgotten on the way.
func (s *Store) FinishSlot(ctx context.Context, c schedule.Claim, attempt int, now calendar.Instant, o schedule.Outcome) (bool, error) {
	counted := false
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewUpdate().Model((*runRow)(nil)).
			Set("finished_at = ?", now).Set("judged = ?", o.Judged).Set("changed = ?", o.Changed).Set("failed = ?", o.Failed).
			Set("note = ?", o.Note).
			Where("job = ? AND slot = ?", c.Job, c.Slot).Where("holder = ? AND attempt = ?", c.Holder, attempt).
			Where("finished_at IS NULL").Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		counted = n == 1
		_, err = tx.NewDelete().Model((*runRow)(nil)).Where("job = ? AND slot < ?", c.Job, c.Slot.Add(-runsKept)).Exec(ctx)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("finish slot of %s: %w", c.Job, err)
	}
	return counted, nil
}

// Runs lists the last n runs of each job, all of them by their slots, newest first.
func (s *Store) Runs(ctx context.Context, n int) ([]schedule.Run, error) {
	var rows []runRow
	ranked := s.read.NewSelect().Table("runs").ColumnExpr("*, " + slotBefore).
		ColumnExpr("ROW_NUMBER() OVER (PARTITION BY job ORDER BY slot DESC) AS place")
	err := s.read.NewSelect().Model(&rows).ModelTableExpr("(?) AS run", ranked).ColumnExpr("?TableColumns, run.before").Where("run.place <= ?", n).
		OrderExpr("run.slot DESC, run.job").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", translate(err))
	}
	runs := make([]schedule.Run, len(rows))
	for i, r := range rows {
		runs[i] = schedule.Run{
			Job: r.Job, Slot: r.Slot, Attempt: r.Attempt, Holder: r.Holder, ClaimedAt: r.ClaimedAt, ClaimedUntil: r.ClaimedUntil,
			FinishedAt: r.FinishedAt, Before: r.Before, Missed: r.Missed,
			Outcome: schedule.Outcome{Judged: r.Judged, Changed: r.Changed, Failed: r.Failed, Note: r.Note},
		}
	}
	return runs, nil
}
