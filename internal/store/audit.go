package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/calendar"
)

type auditRow struct {
	bun.BaseModel `bun:"table:audit,alias:audit"`
	Seq           int64 `bun:",pk"`
	At            calendar.Instant
	Actor         string
	Role          string
	Action        string
	Object        string
	ObjectID      string
	RequestID     string
	Address       string
	Detail        string
	Previous      string
	MAC           string `bun:"mac"`
}

func auditRowOf(e audit.Entry) auditRow {
	return auditRow{
		Seq: e.Seq, At: e.At, Actor: e.Act.Actor, Role: e.Act.Role, Action: e.Act.Action, Object: e.Act.Object, ObjectID: e.Act.ObjectID,
		RequestID: e.Act.RequestID, Address: e.Act.Address, Detail: audit.DetailText(e.Act.Detail), Previous: e.Previous, MAC: e.MAC,
	}
}

func (r *auditRow) entry(detail map[string]string) audit.Entry {
	return audit.Entry{Seq: r.Seq, At: r.At, Previous: r.Previous, MAC: r.MAC, Act: audit.Act{
		Actor: r.Actor, Role: r.Role, Action: r.Action, Object: r.Object, ObjectID: r.ObjectID, RequestID: r.RequestID, Address: r.Address,
		Detail: detail,
	}}
}

// done is an act and when it was done.
type acted struct {
	act audit.Act
	at  calendar.Instant
}

type gatheringKey struct{}

// gathering lets writeAudit only note what was done, for whoever commits to add to the trail.
func gathering(ctx context.Context, acts *[]acted) context.Context {
	return context.WithValue(ctx, gatheringKey{}, acts)
}

// writeAudit adds an act to the audit trail, as part of the transaction that does it: either both are there afterwards or
// neither. It is the last thing a transaction does, because from then on other transactions that write to the trail wait.
func (s *Store) writeAudit(ctx context.Context, tx bun.IDB, act audit.Act, now calendar.Instant) error {
	if acts, ok := ctx.Value(gatheringKey{}).(*[]acted); ok {
		*acts = append(*acts, acted{act, now})
		return nil
	}
	return s.appendTrail(ctx, tx, []acted{{act, now}})
}

// appendTrail adds acts to the audit trail, in their order.
func (s *Store) appendTrail(ctx context.Context, tx bun.IDB, acts []acted) error {
	if len(acts) == 0 {
		return nil
	}
	if err := s.waitForTrail(ctx, tx); err != nil {
		return err
	}
	head, err := auditHead(ctx, tx)
	if err != nil {
		return err
	}
	rows := make([]auditRow, len(acts))
	for i, d := range acts {
		e := head.Append(d.act, d.at, s.vault.AuditMAC)
		rows[i], head = auditRowOf(e), e.Head()
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("write audit entries from %d on: %w", rows[0].Seq, err)
	}
	return nil
}

// waitForTrail makes the transaction the only one that adds to the trail until it ends.
func (s *Store) waitForTrail(ctx context.Context, tx bun.IDB) error {
	if s.engine.trail == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, s.engine.trail); err != nil {
		return fmt.Errorf("wait for the audit trail: %w", err)
	}
	return nil
}

// auditHead gives where the trail stands as the transaction sees it.
func auditHead(ctx context.Context, db bun.IDB) (audit.Head, error) {
	var head audit.Head
	err := db.NewSelect().Table("audit").Column("seq", "mac").Order("seq DESC").Limit(1).Scan(ctx, &head.Seq, &head.MAC)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return head, fmt.Errorf("read head of the audit trail: %w", err)
	}
	return head, nil
}

// AuditHead gives where the audit trail stands: the number of its last entry and that one's MAC; 0 and "" when it is empty.
func (s *Store) AuditHead(ctx context.Context) (seq int64, mac string, err error) {
	head, err := auditHead(ctx, s.read)
	return head.Seq, head.MAC, err
}

// Audit adds an act that changes nothing else in the database: a sign-in, a denial, something shown, exported or printed.
func (s *Store) Audit(ctx context.Context, act audit.Act, now calendar.Instant) error {
	return s.writingSoon(ctx, func(ctx context.Context, tx bun.Tx) error { return s.writeAudit(ctx, tx, act, now) })
}

// AuditFilter chooses entries; empty fields choose all. Before is the number that the entries lie below.
type AuditFilter struct {
	Actor, Action, Object, ObjectID string
	Since, Until                    calendar.Instant // from one, and before the other
	Before                          int64
	After                           int64 // the number that they lie above: the next ones, where there is a limit
	Limit                           int
}

// order is that in which entries are taken: those next to where the filter begins first.
func (f AuditFilter) order() string {
	if f.After != 0 {
		return "seq ASC"
	}
	return "seq DESC"
}

// AuditEntries lists entries of the audit trail, the newest first, as they stand: unchecked.
func (s *Store) AuditEntries(ctx context.Context, f AuditFilter) ([]audit.Entry, error) {
	var rows []auditRow
	q := s.read.NewSelect().Model(&rows).Order(f.order()).Limit(int64(f.Limit))
	for _, is := range [][2]string{{"actor", f.Actor}, {"action", f.Action}, {"object", f.Object}, {"object_id", f.ObjectID}} {
		if is[1] != "" {
			q = q.Where("? = ?", bun.Ident(is[0]), is[1])
		}
	}
	if f.Since != 0 {
		q = q.Where("at >= ?", f.Since)
	}
	if f.Until != 0 {
		q = q.Where("at < ?", f.Until)
	}
	if f.Before != 0 {
		q = q.Where("seq < ?", f.Before)
	}
	if f.After != 0 {
		q = q.Where("seq > ?", f.After)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list audit entries: %w", translate(err))
	}
	if f.After != 0 {
		slices.Reverse(rows)
	}
	entries := make([]audit.Entry, len(rows))
	for i := range rows {
		detail, err := audit.ParseDetail(rows[i].Detail)
		if err != nil {
			detail = map[string]string{"?": rows[i].Detail}
		}
		entries[i] = rows[i].entry(detail)
	}
	return entries, nil
}
