package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// attemptsKept is how long the failures of a name are remembered after the last one.
const attemptsKept = 24 * time.Hour

// attemptRow counts the sign-ins of a name that have failed since the last success.
type attemptRow struct {
	bun.BaseModel `bun:"table:sign_in_attempts,alias:attempt"`
	NameLookup    bytea `bun:",pk"`
	Failures      int64
	RetryAt       calendar.Instant
}

// Attempt begins a sign-in: it finds the user and counts the attempt as failed until StartSession or FinishSecondFactor counts
// it as good, so that guessing from many sides at once gains nothing. A name without a user is counted in the same way and
// gives a zero User, whose empty Hash the Hasher checks as slowly as another. device is the cookie of DeviceCookie, or empty:
// a device from which the user signed in before has a count of its own, so that a stranger's guesses do not lock the owner
// out. It returns a fault.Limited, with the time to wait, while the delay after earlier failures runs.
func (s *Store) Attempt(ctx context.Context, name, device string, now calendar.Instant) (account.User, error) {
	users, err := s.users(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("u.name = ?", name) })
	if err != nil {
		return account.User{}, fmt.Errorf("find user: %w", err)
	}
	var u account.User
	if len(users) == 1 {
		u = users[0]
	}
	key := s.attemptKey(name, s.knownDevice(u, device))
	return u, s.countAttempt(ctx, key, now)
}

func (s *Store) attemptKey(name, device string) bytea {
	return bytea(s.vault.Lookup("sign_in_attempts.name", name+"|"+device))
}

// countAttempt adds a failure unless a delay runs; one statement, so that of many at once each counts.
func (s *Store) countAttempt(ctx context.Context, key bytea, now calendar.Instant) error {
	wait := time.Duration(0)
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*attemptRow)(nil)).Where("retry_at < ?", now.Add(-attemptsKept)).Exec(ctx)
		if err != nil {
			return err
		}
		row := attemptRow{NameLookup: key}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT (name_lookup) DO UPDATE").Set("failures = attempt.failures").Returning("*").Exec(ctx); err != nil {
			return err
		}
		if wait = row.RetryAt.Sub(now); wait > 0 {
			return nil
		}
		row.Failures = min(row.Failures+1, math.MaxInt32)
		row.RetryAt = now.Add(account.Delay(int(row.Failures)))
		_, err = tx.NewUpdate().Model(&row).WherePK().Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("count sign-in: %w", err)
	}
	if wait > 0 {
		refused := fault.New(fault.Limited, "尝试次数过多，请 %d 秒后再试", int(math.Ceil(wait.Seconds()))).(*fault.Error)
		refused.Wait = wait
		return refused
	}
	return nil
}

// FailedSignIn writes down that a sign-in failed; Attempt has counted it. What was typed as a name is named only if it is one.
func (s *Store) FailedSignIn(ctx context.Context, u account.User, reason string, act audit.Act, now calendar.Instant) error {
	act.Actor, act.Role = u.Name, string(u.Role)
	return s.Audit(ctx, act.Doing("session.refuse", "user", u.Name, map[string]string{"reason": reason}), now)
}

// ClearFailures forgets the failed sign-ins of a name, from everywhere but the devices known.
func (s *Store) ClearFailures(ctx context.Context, name string) error {
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error { return s.clearFailures(ctx, tx, name, "") })
	if err != nil {
		return fmt.Errorf("clear failures: %w", err)
	}
	return nil
}

func (s *Store) clearFailures(ctx context.Context, tx bun.Tx, name, device string) error {
	_, err := tx.NewDelete().Model((*attemptRow)(nil)).Where("name_lookup = ?", s.attemptKey(name, device)).Exec(ctx)
	return err
}
