package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/uptrace/bun"
)

// In the file database a commit waits for the disk, and while it does, nobody else can write. So whoever's turn it is takes all
// small writes that wait along: one transaction, each write in a savepoint of its own, one wait for the disk, and only then the
// answers. A write that fails goes back to its savepoint and harms nobody. A server groups commits by itself.

// mostTogether is how many writes go into one transaction: more would keep the first waiting for the last.
const mostTogether = 64

// errTorn says that a shared transaction is gone, as the database may undo all of it when one statement meets a full disk.
var errTorn = errors.New("shared transaction was undone")

// waiter is a write that waits for its turn.
type waiter struct {
	ctx      context.Context
	fn       func(ctx context.Context, tx bun.Tx) error
	taken    atomic.Bool // by whoever does it, or by its owner who left
	done     chan struct{}
	err      error
	panicked any
}

// line is where writes wait, the first in front. Its zero value is empty.
type line struct {
	mu  sync.Mutex
	all []*waiter
}

func (l *line) join(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, w)
}

// take gives the first few that are still waiting.
func (l *line) take() []*waiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	var some []*waiter
	for len(l.all) > 0 && len(some) < mostTogether {
		if w := l.all[0]; !w.taken.Swap(true) {
			some = append(some, w)
		}
		l.all[0], l.all = nil, l.all[1:]
	}
	return some
}

// writingSoon is writing for what takes no longer than a moment: it may share its transaction with others. fn may run again.
func (s *Store) writingSoon(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	if !s.engine.groups {
		return s.writing(ctx, fn)
	}
	w := &waiter{ctx: ctx, fn: fn, done: make(chan struct{})}
	s.line.join(w)
	select {
	case <-w.done:
	case s.turn <- struct{}{}:
		s.serveUntil(w)
	case <-ctx.Done():
		if !w.taken.Swap(true) { // nobody has begun with it, nobody will
			return context.Cause(ctx)
		}
		<-w.done
	}
	if w.panicked != nil {
		panic(w.panicked)
	}
	return translate(w.err)
}

// serveUntil does what waits, in the turn of the caller, until the caller's own is done.
func (s *Store) serveUntil(w *waiter) {
	defer func() { <-s.turn }()
	for {
		select {
		case <-w.done:
			return
		default:
			s.serve(s.line.take())
		}
	}
}

// serve does some writes and tells their owners what came of them.
func (s *Store) serve(some []*waiter) {
	defer func() {
		for _, w := range some {
			close(w.done)
		}
	}()
	err := errTorn
	for n := 0; len(some) > 1 && n < attempts; n++ {
		if err = s.together(some); !isTransient(err) {
			break
		}
	}
	for _, w := range some {
		switch {
		case errors.Is(err, errTorn):
			s.alone(w)
		case err != nil && w.err == nil && w.panicked == nil:
			w.err = err
		}
	}
}

// alone does one write in a transaction of its own.
func (s *Store) alone(w *waiter) {
	if w.err = context.Cause(w.ctx); w.err != nil {
		return
	}
	for range attempts {
		w.try(func() error { return inTx(w.ctx, s.write, nil, w.fn) })
		if !isTransient(w.err) {
			return
		}
	}
}

// try runs a write and keeps what came of it, a panic too: that is its owner's.
func (w *waiter) try(run func() error) {
	defer func() { w.panicked = recover() }()
	w.err = run()
}

// together does some writes in one transaction. It returns errTorn when each has to be done again alone.
func (s *Store) together(some []*waiter) error {
	ctx := context.WithoutCancel(some[0].ctx) // one that is called off must not take the others along
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, w := range some {
		if err := w.within(tx); err != nil {
			return errors.Join(errTorn, err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// within does one write in a savepoint. Its own failure is kept with it; what is returned is one of the transaction.
func (w *waiter) within(tx bun.Tx) error {
	if w.err = context.Cause(w.ctx); w.err != nil {
		return nil
	}
	ctx := context.WithoutCancel(w.ctx) // a statement that is broken off may undo the whole transaction
	part, err := tx.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("set savepoint: %w", err)
	}
	w.try(func() error { return w.fn(ctx, part) })
	if w.err != nil || w.panicked != nil {
		return part.Rollback()
	}
	return part.Commit()
}
