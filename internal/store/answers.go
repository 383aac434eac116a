package store

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// Request is a creating request that its sender may send again, not knowing whether it came through. Key is the sender's name
// for it; Content tells it from another: where it goes to and what is in it.
type Request struct {
	User    account.UserID
	Key     string
	Content string
}

// Answer is what a request was answered with. Replayed says that it is the answer to an earlier sending.
type Answer struct {
	Status   int
	Body     []byte
	Replayed bool
}

// keptRow is an answer kept. It may tell of people, so it is sealed.
type keptRow struct {
	bun.BaseModel  `bun:"table:answers_kept,alias:kept"`
	ID             int64 `bun:",pk,autoincrement"`
	UserID         account.UserID
	IdempotencyKey string
	RequestLookup  bytea
	Status         int
	BodySealed     bytea `bun:",nullzero"`
	RecordedAt     calendar.Instant
}

// The fields of an answer kept, as the vault knows them.
const (
	keptBodyField    = "answers_kept.body"
	keptRequestField = "answers_kept.request"
)

func (r *keptRow) rowKey() string { return fmt.Sprintf("%d|%s", r.UserID, r.IdempotencyKey) }

// once lets a request have its effect once, in the transaction that also keeps its answer: either both are there afterwards or
// neither. The same request again gets that answer; another one under the same key gives a fault.Conflict. Who sends a request
// again while the first is still at work waits for it.
func (s *Store) once(ctx context.Context, tx bun.Tx, r Request, now calendar.Instant, effect func() (Answer, error)) (Answer, error) {
	row := s.keptRowOf(r, now)
	result, err := tx.NewInsert().Model(&row).ExcludeColumn("id").On("CONFLICT DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("claim idempotency key: %w", err)
	}
	claimed, err := result.RowsAffected()
	if err != nil {
		return Answer{}, err
	}
	if claimed == 0 {
		return s.replay(ctx, tx, row)
	}
	answer, err := effect()
	if err != nil {
		return Answer{}, err
	}
	return answer, s.keep(ctx, tx, row, answer)
}

func (s *Store) replay(ctx context.Context, tx bun.Tx, again keptRow) (Answer, error) {
	var first keptRow
	err := tx.NewSelect().Model(&first).Where("user_id = ? AND idempotency_key = ?", again.UserID, again.IdempotencyKey).Scan(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("read kept answer: %w", err)
	}
	return s.sameAnswer(first, again)
}

// sameAnswer gives a request its first answer. It returns a fault.Conflict when the first was another request.
func (s *Store) sameAnswer(first, again keptRow) (Answer, error) {
	if subtle.ConstantTimeCompare([]byte(first.RequestLookup), []byte(again.RequestLookup)) != 1 {
		return Answer{}, fault.New(fault.Conflict, "这个 Idempotency-Key 已用于另一个请求，没有执行。新的请求请用新的 Idempotency-Key")
	}
	body, err := s.vault.Unseal(keptBodyField, first.rowKey(), []byte(first.BodySealed))
	if err != nil {
		return Answer{}, fmt.Errorf("open kept answer: %w", err)
	}
	return Answer{Status: first.Status, Body: []byte(body), Replayed: true}, nil
}

func (s *Store) keptRowOf(r Request, now calendar.Instant) keptRow {
	return keptRow{UserID: r.User, IdempotencyKey: r.Key, RequestLookup: bytea(s.vault.Lookup(keptRequestField, r.Content)), RecordedAt: now}
}

// sealAnswer puts the answer into the row that keeps it.
func (s *Store) sealAnswer(row *keptRow, answer Answer) error {
	sealed, err := s.vault.Seal(keptBodyField, row.rowKey(), string(answer.Body))
	row.Status, row.BodySealed = answer.Status, bytea(sealed)
	return err
}

func (s *Store) keep(ctx context.Context, tx bun.Tx, row keptRow, answer Answer) error {
	if err := s.sealAnswer(&row, answer); err != nil {
		return err
	}
	_, err := tx.NewUpdate().Model(&row).Column("status", "body_sealed").
		Where("user_id = ? AND idempotency_key = ?", row.UserID, row.IdempotencyKey).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	return nil
}

// secretOnce lets a request make a secret once, in the transaction that has its effect; the same request again gets the same secret. A
// request without a key is one that nobody can send again.
func (s *Store) secretOnce(
	ctx context.Context, r Request, now calendar.Instant, effect func(context.Context, bun.Tx) (string, error),
) (secret string, err error) {
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if r.Key == "" {
			secret, err = effect(ctx, tx)
			return err
		}
		given, err := s.once(ctx, tx, r, now, func() (Answer, error) {
			made, err := effect(ctx, tx)
			return Answer{Body: []byte(made)}, err
		})
		secret = string(given.Body)
		return err
	})
	return secret, err
}

// AnswersKept is how long the answer of a creating request is kept: whoever sends the request again within it gets that answer. A
// telephone without a network tries for days.
const AnswersKept = 7 * 24 * time.Hour

// ForgetAnswers deletes the answers that have been kept for longer than AnswersKept, and gives how many.
func (s *Store) ForgetAnswers(ctx context.Context, now calendar.Instant) (n int64, err error) {
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewDelete().Model((*keptRow)(nil)).Where("recorded_at < ?", now.Add(-AnswersKept)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("forget kept answers: %w", err)
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, err
}
