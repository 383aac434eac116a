package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
)

// logKey is what tells entries of the log of disinfections apart.
type logKey struct {
	area disinfection.AreaID
	at   calendar.Instant
}

func (r *disinfectionRow) key() logKey { return logKey{r.AreaID, r.At} }

// stayWithdrawn leaves out what a file brings of disinfections that a person has withdrawn. A file that is taken in again knows nothing
// of that; who enters one by hand means it. Where one was entered by hand since, a file that only repeats what was there before the
// withdrawal does not change it either.
func (l *load) stayWithdrawn(ctx context.Context, changes []change[disinfectionRow]) ([]change[disinfectionRow], error) {
	if l.up.Origin == FromForm || len(changes) == 0 {
		return changes, nil
	}
	past, err := l.pastEntries(ctx, changes)
	if err != nil {
		return nil, err
	}
	return keep(changes, func(i int) bool {
		c := &changes[i]
		before, withdrawn := beforeWithdrawal(past[c.row.key()], c.old)
		repeats := slices.ContainsFunc(before, func(r *disinfectionRow) bool { return same(r, &c.row) })
		if withdrawn.IsZero() || c.old != nil && !repeats {
			return true
		}
		l.duplicate(c.at, "这次消毒的登记已于%s撤回，没有重新登记；确实做过的，请在消毒登记页填写", withdrawn.Minute(l.up.Loc))
		return false
	}), nil
}

// beforeWithdrawal finds when an entry was withdrawn last, and what it said until then. A version is withdrawn when it was closed and
// none was recorded in its place.
func beforeWithdrawal(past []*disinfectionRow, now *disinfectionRow) (before []*disinfectionRow, withdrawn calendar.Instant) {
	began := map[calendar.Instant]bool{}
	for _, r := range past {
		began[r.RecordedAt] = true
	}
	if now != nil {
		began[now.RecordedAt] = true
	}
	for _, r := range past {
		if !began[r.SupersededAt] {
			withdrawn = max(withdrawn, r.SupersededAt)
		}
	}
	return slices.DeleteFunc(past, func(r *disinfectionRow) bool { return r.SupersededAt > withdrawn }), withdrawn
}

// pastEntries reads the versions that are not in force any more of what candidates name.
func (l *load) pastEntries(ctx context.Context, changes []change[disinfectionRow]) (map[logKey][]*disinfectionRow, error) {
	candidates := make([]candidate[disinfectionRow], len(changes))
	for i := range changes {
		candidates[i] = changes[i].candidate
	}
	times := span("at", candidates, func(r *disinfectionRow) calendar.Instant { return r.At })
	areas := keysOf(candidates, func(r *disinfectionRow) disinfection.AreaID { return r.AreaID })
	slices.Sort(areas)
	past := map[logKey][]*disinfectionRow{}
	err := chunks(slices.Compact(areas), func(ids []disinfection.AreaID) error {
		var rows []disinfectionRow
		q := l.tx.NewSelect().Model(&rows).Where("disinfection.superseded_at IS NOT NULL").Where("area.id IN (?)", bun.List(ids)).
			Join("JOIN areas AS area ON area.section_id = disinfection.section_id AND area.id = disinfection.area_id") // as the index of the log has them
		err := q.Where("disinfection.at BETWEEN ? AND ?", times.lo, times.hi).Scan(ctx)
		for i := range rows {
			past[rows[i].key()] = append(past[rows[i].key()], &rows[i])
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read past disinfections: %w", err)
	}
	return past, nil
}
