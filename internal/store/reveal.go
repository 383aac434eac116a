package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/roster"
)

// RevealsAnHour is how many ID numbers one user may see in full within an hour.
const RevealsAnHour = 30

// Actions of the audit trail: a number was shown, or was not because the actor had seen too many.
const (
	revealed = "number.reveal"
	withheld = "number.withhold"
)

// Person is somebody of a section, by name and the last four of the ID number.
type Person struct {
	ID   roster.WorkerID
	Name string
	Tail string
}

// PersonOn finds somebody who is or was on a section within a scope: on its roster, in a room of it or at its gate. It returns a
// fault.NotFound when there is no such section within the scope or no such person on it.
func (s *Store) PersonOn(ctx context.Context, within account.Scope, section string, id roster.WorkerID) (Person, error) {
	row, number, err := s.personOn(ctx, s.read, within, section, id)
	if err != nil {
		return Person{}, err
	}
	return Person{ID: row.ID, Name: row.Name, Tail: tail(number)}, nil
}

func (s *Store) personOn(ctx context.Context, db bun.IDB, within account.Scope, section string, id roster.WorkerID) (workerRow, string, error) {
	var row workerRow
	if !within.Everywhere {
		seen, err := s.sectionsWithin(within).Where("z.code = ?", section).Conn(db).Exists(ctx)
		if err != nil || !seen {
			return row, "", notOn(err, section, id)
		}
	}
	q := db.NewSelect().Model(&row).Column("id", "name", "doc_type", "row_key", "number_sealed").Where("worker.id = ?", id)
	if err := s.visibleWorkers(q, "worker.id", account.Scope{Sections: []string{section}}).Scan(ctx); err != nil {
		return row, "", translate(err)
	}
	number, err := s.vault.Unseal(numberField, row.RowKey, []byte(row.NumberSealed))
	if err != nil {
		return row, "", fmt.Errorf("open seal of worker %d: %w", id, err)
	}
	return row, number, nil
}

func notOn(err error, section string, id roster.WorkerID) error {
	if err != nil {
		return fmt.Errorf("find section %s: %w", section, translate(err))
	}
	return fault.New(fault.NotFound, "标段 %s 没有内部编号为 %d 的人员", section, id)
}

// RevealNumber gives somebody's ID number in full and writes down who saw it and why, in one transaction: what is not written
// down is not shown. It returns a fault.NotFound as PersonOn does, and a fault.Limited when the actor has seen as many within
// the last hour as one may, which is written down, too: who asks on is after more than one case.
func (s *Store) RevealNumber(
	ctx context.Context, within account.Scope, section string, id roster.WorkerID, reason string, act audit.Act, now calendar.Instant,
) (string, error) {
	var number string
	var held error
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		var err error
		if _, number, err = s.personOn(ctx, tx, within, section, id); err != nil {
			return err
		}
		if err := s.waitForTrail(ctx, tx); err != nil { // so that two at once are counted one after the other
			return err
		}
		action := revealed
		if held = mayReveal(ctx, tx, act.Actor, now); held != nil {
			if fault.KindOf(held) != fault.Limited {
				return held
			}
			action = withheld
		}
		asked := act.Doing(action, "worker", fmt.Sprint(id), map[string]string{"section": section, "reason": reason})
		return s.writeAudit(ctx, tx, asked, now)
	})
	if err := cmp.Or(err, held); err != nil {
		return "", err
	}
	return number, nil
}

// mayReveal counts what the actor has seen within the last hour, by the trail itself.
func mayReveal(ctx context.Context, tx bun.IDB, actor string, now calendar.Instant) error {
	var times []calendar.Instant
	err := tx.NewSelect().Table("audit").Column("at").Where("actor = ?", actor).Where("action = ?", revealed).
		Where("at > ?", now.Add(-time.Hour)).Order("at DESC").Limit(RevealsAnHour).Scan(ctx, &times)
	if err != nil {
		return fmt.Errorf("count numbers seen: %w", err)
	}
	if len(times) < RevealsAnHour {
		return nil
	}
	return &fault.Error{Kind: fault.Limited, Wait: times[len(times)-1].Add(time.Hour).Sub(now),
		Message: fmt.Sprintf("一小时内最多查看 %d 个证件号码，请稍后再试", RevealsAnHour)}
}
