package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// sessionRow is a session, found by the hash of its token. Rows are inserted by a sign-in only: noting a use must never bring
// back a session that has just been ended.
type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:session"`
	TokenHash     string `bun:",pk"`
	UserID        account.UserID
	Epoch         int64
	FormToken     string
	CreatedAt     calendar.Instant
	LastSeenAt    calendar.Instant
	ExpiresAt     calendar.Instant
	ConfirmedAt   calendar.Instant
	TotpPending   bool
	Address       string
	Agent         string
}

// over is the answer to a session or token that is none any more, whatever the reason.
func over() error { return fault.New(fault.Unauthenticated, "登录已失效，请重新登录") }

// StartSession begins a session of a user whose password has just been checked and gives its token, which is not kept. The
// user as it was checked must still stand: it returns a fault.Unauthenticated when it was disabled or changed meanwhile. A
// session that is not pending makes the failed sign-ins forgotten; a sixth session ends the oldest.
func (s *Store) StartSession(ctx context.Context, u account.User, info account.SessionInfo, act audit.Act, now calendar.Instant) (token string, err error) {
	token, hash := account.NewToken()
	info = info.Short()
	row := sessionRow{
		TokenHash: hash, UserID: u.ID, Epoch: u.Epoch, FormToken: s.newFormToken(u.ID), CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(account.SessionLife),
		ConfirmedAt: now, TotpPending: info.Pending, Address: info.Address, Agent: info.Agent,
	}
	if info.Pending {
		row.ExpiresAt = now.Add(account.PendingLife)
	}
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockUser(ctx, tx, u); err != nil {
			return err
		}
		if err := roomForSession(ctx, tx, u.ID, now); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return s.recordSignIn(ctx, tx, u, info, act, now)
	})
	if err != nil {
		return "", fmt.Errorf("start session: %w", err)
	}
	return token, nil
}

func (s *Store) recordSignIn(ctx context.Context, tx bun.Tx, u account.User, info account.SessionInfo, act audit.Act, now calendar.Instant) error {
	act.Actor, act.Role = u.Name, string(u.Role)
	if info.Pending {
		return s.writeAudit(ctx, tx, act.Doing("session.password", "user", u.Name, nil), now)
	}
	if err := s.clearFailures(ctx, tx, u.Name, s.knownDevice(u, info.Device)); err != nil {
		return err
	}
	return s.writeAudit(ctx, tx, act.Doing("session.start", "user", u.Name, nil), now)
}

// lockUser takes the lock of a user's row and makes sure that the user is still what it was when it was read.
func lockUser(ctx context.Context, tx bun.Tx, u account.User) error {
	result, err := tx.NewUpdate().Table("users").Set("epoch = epoch").
		Where("id = ? AND epoch = ? AND disabled_at IS NULL", u.ID, u.Epoch).Exec(ctx)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		return over()
	}
	return err
}

// roomForSession deletes everybody's sessions that are over and the user's oldest until there is room for one more.
func roomForSession(ctx context.Context, tx bun.Tx, id account.UserID, now calendar.Instant) error {
	_, err := tx.NewDelete().Model((*sessionRow)(nil)).
		Where("expires_at <= ? OR last_seen_at <= ?", now, now.Add(-account.SessionIdle)).Exec(ctx)
	if err != nil {
		return err
	}
	youngest := tx.NewSelect().TableExpr("sessions AS kept").Column("kept.token_hash").Where("kept.user_id = ?", id).
		OrderExpr("kept.created_at DESC, kept.token_hash").Limit(account.MaxSessions - 1)
	_, err = tx.NewDelete().Model((*sessionRow)(nil)).Where("user_id = ?", id).Where("token_hash NOT IN (?)", youngest).Exec(ctx)
	return err
}

// SessionActor finds who a session's token belongs to, with role, scope and state as they are now. It returns a
// fault.Unauthenticated when the session was ended, ran out or was not used for half an hour, or the user was disabled or
// changed since. A pending actor may only give its second factor.
func (s *Store) SessionActor(ctx context.Context, tokenHash string, now calendar.Instant) (account.Actor, error) {
	var a account.Actor
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		var row sessionRow
		err := tx.NewSelect().Model(&row).Where("session.token_hash = ?", tokenHash).Where("session.expires_at > ?", now).
			Where("session.last_seen_at > ?", now.Add(-account.SessionIdle)).Scan(ctx)
		if err != nil {
			return err
		}
		u, err := currentUser(ctx, tx, row.UserID)
		if err != nil {
			return err
		}
		if u.Epoch != row.Epoch {
			return sql.ErrNoRows
		}
		a = account.Actor{User: u, Session: row.TokenHash, Pending: row.TotpPending, FormToken: row.FormToken, Confirmed: row.ConfirmedAt, SeenAt: row.LastSeenAt}
		return nil
	})
	return a, unlessOver(err, "find session")
}

// currentUser reads a user who may come in. An actor goes everywhere in the program; the hash of its password stays here.
func currentUser(ctx context.Context, tx bun.Tx, id account.UserID) (account.User, error) {
	var row userRow
	if err := tx.NewSelect().Model(&row).Where("u.id = ? AND u.disabled_at IS NULL", id).Scan(ctx); err != nil {
		return account.User{}, err
	}
	var scopes []scopeRow
	err := tx.NewSelect().Model(&scopes).Where("scope.user_id = ?", id).OrderExpr("scope.kind, scope.place").Scan(ctx)
	u := row.user(scopes)
	u.Hash = ""
	return u, err
}

func unlessOver(err error, doing string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return over()
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// TouchSession notes that a session or token is in use, once a minute at most. What has ended stays ended.
func (s *Store) TouchSession(ctx context.Context, a account.Actor, now calendar.Instant) error {
	if now.Sub(a.SeenAt) < account.TouchEvery {
		return nil
	}
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if a.Session == "" {
			_, err := tx.NewUpdate().Table("api_tokens").Set("last_used_at = ?", now).Where("id = ?", a.Token).Exec(ctx)
			return err
		}
		_, err := tx.NewUpdate().Model((*sessionRow)(nil)).Set("last_seen_at = ?", now).
			Where("token_hash = ? AND last_seen_at <= ?", a.Session, now.Add(-account.TouchEvery)).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("note use of session: %w", err)
	}
	return nil
}

// ConfirmSession notes that the password was given again in a session; the failed tries of the actor's device are forgotten.
func (s *Store) ConfirmSession(ctx context.Context, a account.Actor, now calendar.Instant) error {
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewUpdate().Model((*sessionRow)(nil)).Set("confirmed_at = ?", now).Where("token_hash = ? AND NOT totp_pending", a.Session).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, over())
		}
		if err := s.clearFailures(ctx, tx, a.User.Name, s.knownDevice(a.User, a.Device)); err != nil {
			return err
		}
		return s.writeAudit(ctx, tx, By(a).Doing("session.confirm", "user", a.User.Name, nil), now)
	})
	if err != nil {
		return fmt.Errorf("confirm session: %w", err)
	}
	return nil
}

// EndSession ends one session of the acting user, the own or another. Ending what has ended already is no fault.
func (s *Store) EndSession(ctx context.Context, id account.UserID, tokenHash string, act audit.Act, now calendar.Instant) error {
	return s.endSessions(ctx, act, now, func(q *bun.DeleteQuery) *bun.DeleteQuery {
		return q.Where("user_id = ? AND token_hash = ?", id, tokenHash)
	})
}

// EndSessions ends all sessions of a user but one; an empty hash spares none.
func (s *Store) EndSessions(ctx context.Context, id account.UserID, spared string, act audit.Act, now calendar.Instant) error {
	return s.endSessions(ctx, act, now, func(q *bun.DeleteQuery) *bun.DeleteQuery {
		return q.Where("user_id = ? AND token_hash <> ?", id, spared)
	})
}

func (s *Store) endSessions(ctx context.Context, act audit.Act, now calendar.Instant, where func(*bun.DeleteQuery) *bun.DeleteQuery) error {
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := where(tx.NewDelete().Model((*sessionRow)(nil))).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		return s.writeAudit(ctx, tx, act.Doing("session.end", "user", act.Actor, map[string]string{"sessions": fmt.Sprint(n)}), now)
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Sessions lists the sessions of a user that live, the newest first.
func (s *Store) Sessions(ctx context.Context, id account.UserID, now calendar.Instant) ([]account.Session, error) {
	var rows []sessionRow
	err := s.read.NewSelect().Model(&rows).Where("session.user_id = ?", id).Where("session.expires_at > ?", now).
		Where("session.last_seen_at > ?", now.Add(-account.SessionIdle)).OrderExpr("session.created_at DESC, session.token_hash").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	sessions := make([]account.Session, len(rows))
	for i, r := range rows {
		sessions[i] = account.Session{Hash: r.TokenHash, Address: r.Address, Agent: r.Agent, Pending: r.TotpPending,
			CreatedAt: r.CreatedAt, LastSeenAt: r.LastSeenAt, ExpiresAt: r.ExpiresAt}
	}
	return sessions, nil
}
