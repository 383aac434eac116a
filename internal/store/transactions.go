package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
)

// attempts is how often a transaction is tried that the database gave up for no fault of its own.
const attempts = 4

// writing runs fn in one transaction that is durable when writing returns nil. Writers wait for their turn in order: left to
// the driver, under load some would wait for seconds. fn may run again after a deadlock, so it starts from nothing each time.
func (s *Store) writing(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	if why := barred(ctx); why != nil {
		return why
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	var err error
	for range attempts {
		err = inTx(ctx, s.write, nil, fn)
		if !isTransient(err) {
			break
		}
	}
	return translate(err)
}

// barKey is where a context says why nothing may be written with it.
type barKey struct{}

// WithoutWrites gives a context with which all can be read and nothing is written: every write ends with why instead.
func WithoutWrites(ctx context.Context, why error) context.Context {
	return context.WithValue(ctx, barKey{}, why)
}

func barred(ctx context.Context) error {
	why, _ := ctx.Value(barKey{}).(error)
	return why
}

// reading runs fn over one consistent state of the database.
func (s *Store) reading(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return translate(inTx(ctx, s.read, s.engine.snapshot, fn))
}

func inTx(ctx context.Context, db *bun.DB, opts *sql.TxOptions, fn func(context.Context, bun.Tx) error) (err error) {
	tx, err := db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // fn failed or panicked
			if rollback := tx.Rollback(); !errors.Is(rollback, sql.ErrTxDone) {
				err = errors.Join(err, rollback)
			}
		}
	}()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	done = true
	return tx.Commit()
}

// chunks cuts a list into pieces that fit into one statement's IN list.
func chunks[T any](all []T, visit func([]T) error) error {
	for len(all) > 0 {
		n := min(len(all), chunkSize)
		if err := visit(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// chunkSize is how many values go into one IN list.
const chunkSize = 500
