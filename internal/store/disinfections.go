package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/fault"
	"fugong/internal/site"
)

// Disinfections lists the log of a section within a scope from an instant on, by time. A section outside the scope has none.
func (s *Store) Disinfections(ctx context.Context, within account.Scope, id site.SectionID, from calendar.Instant) ([]disinfection.Entry, error) {
	return s.logged(ctx, within, id, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("disinfection.at >= ?", from).Order("disinfection.at", "disinfection.id")
	})
}

// LoggedSince lists what of the log of an area within a scope is dated from an instant on, or was recorded from then on, whenever it
// is dated; what was recorded last comes first.
func (s *Store) LoggedSince(ctx context.Context, within account.Scope, area disinfection.Area, from calendar.Instant) ([]disinfection.Entry, error) {
	return s.logged(ctx, within, area.SectionID, func(q *bun.SelectQuery) *bun.SelectQuery {
		return loggedSince(q.Where("disinfection.area_id = ?", area.ID), from).Order("disinfection.recorded_at DESC", "disinfection.id DESC")
	})
}

func loggedSince[Q interface{ Where(string, ...any) Q }](q Q, from calendar.Instant) Q {
	return q.Where("disinfection.at >= ? OR disinfection.recorded_at >= ?", from, from)
}

func (s *Store) logged(ctx context.Context, within account.Scope, id site.SectionID, which func(*bun.SelectQuery) *bun.SelectQuery) ([]disinfection.Entry, error) {
	var rows []disinfectionRow
	q := which(s.read.NewSelect().Model(&rows).Where("disinfection.section_id = ?", id).Where("disinfection.superseded_at IS NULL"))
	if err := s.visible(q, "disinfection.section_id", within).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list disinfections of section %d: %w", id, translate(err))
	}
	log := make([]disinfection.Entry, len(rows))
	for i := range rows {
		log[i] = rows[i].entry()
	}
	return log, nil
}

// Withdrawal is a wish to take an entry of the log back that should not be there, for a reason that goes into the audit trail.
type Withdrawal struct {
	Section string
	Area    disinfection.Area
	At      calendar.Instant // of the entry, of which an area has one
	Since   calendar.Instant // what is dated and was recorded before that stays
	Reason  string
	Loc     *time.Location
	Act     audit.Act
	Now     calendar.Instant
}

// WithdrawDisinfection takes an entry of the log of a section within a scope back, once however often the request comes, and gives
// the section, which is due then. The entry is superseded by nothing: what was judged with it before can be judged so again. It
// returns a fault.NotFound when there is no such entry within the scope.
func (s *Store) WithdrawDisinfection(ctx context.Context, within account.Scope, w Withdrawal, r Request) (id site.SectionID, err error) {
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		given, err := s.once(ctx, tx, r, w.Now, func() (Answer, error) {
			id, err := s.withdraw(ctx, tx, within, w)
			if err != nil {
				return Answer{}, err
			}
			body, err := json.Marshal(id)
			return Answer{Body: body}, err
		})
		if err != nil {
			return err
		}
		return json.Unmarshal(given.Body, &id)
	})
	if err != nil {
		return 0, fmt.Errorf("withdraw disinfection: %w", translate(err))
	}
	return id, nil
}

func (s *Store) withdraw(ctx context.Context, tx bun.Tx, within account.Scope, w Withdrawal) (site.SectionID, error) {
	if err := waitForImports(ctx, tx); err != nil {
		return 0, err
	}
	id, err := s.sectionWithin(ctx, tx, within, w.Section)
	if err != nil {
		return 0, err
	}
	q := tx.NewUpdate().Model((*disinfectionRow)(nil)).Set("superseded_at = ?", w.Now).
		Where("section_id = ? AND area_id = ? AND at = ?", id, w.Area.ID, w.At).Where("superseded_at IS NULL")
	result, err := loggedSince(q, w.Since).Exec(ctx)
	if err != nil {
		return 0, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return 0, cmp.Or(err, fault.New(fault.NotFound, "no disinfection of %s at %s", w.Area.Code, w.At.Minute(w.Loc)))
	}
	if err := markDue(ctx, tx, []site.SectionID{id}, w.Now); err != nil {
		return 0, err
	}
	return id, s.writeAudit(ctx, tx, w.Act.Doing("disinfection.withdraw", "section", w.Section,
		map[string]string{"area": w.Area.Code, "entry": w.At.Minute(w.Loc), "reason": w.Reason}), w.Now)
}
