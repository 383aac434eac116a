package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/uptrace/bun"
)

// A commit waits for the disk, and on the file database nobody else can write while it does; on a server, nobody else can add to
// the audit trail. So whoever's lead it is takes all small writes that wait along: one transaction, the checklists among them by the
// same statements, each other write in a savepoint of its own, their audit entries together at its end, one wait for the disk, and only
// then the answers. A write that fails goes back to its savepoint and harms nobody. One that would make the others wait, as for a row
// that an import holds, is done by its owner.

// errTorn says that a shared transaction is gone, as the database may undo all of it when one statement meets a full disk.
var errTorn = errors.New("shared transaction was undone")

// waiter is a write that waits for its turn.
type waiter struct {
	ctx      context.Context
	fn       func(ctx context.Context, tx bun.Tx) error // does it
	list     *handIn                                    // a checklist, which is not done by fn but with the others, if it can be; nil: none
	taken    atomic.Bool                                // by whoever does it, or by its owner who left
	done     chan struct{}
	acts     []acted // what it did, for the audit trail
	err      error
	panicked any
	again    bool // its owner has to do it, in a transaction of its own
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
func (l *line) take(most int) []*waiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	var some []*waiter
	for len(l.all) > 0 && len(some) < most {
		if w := l.all[0]; !w.taken.Swap(true) {
			some = append(some, w)
		}
		l.all[0], l.all = nil, l.all[1:]
	}
	return some
}

// writingSoon is writing for what takes no longer than a moment: it shares its transaction with others. fn may run again.
func (s *Store) writingSoon(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return s.sharing(&waiter{ctx: ctx, fn: fn})
}

// sharing does what a waiter wants, along with others.
func (s *Store) sharing(w *waiter) error {
	if why := barred(w.ctx); why != nil {
		return why
	}
	w.done = make(chan struct{})
	s.line.join(w)
	select {
	case <-w.done:
	case s.lead <- struct{}{}:
		s.serveUntil(w)
	case <-w.ctx.Done():
		if !w.taken.Swap(true) { // nobody has begun with it, nobody will
			return context.Cause(w.ctx)
		}
		<-w.done
	}
	switch {
	case w.panicked != nil:
		panic(w.panicked)
	case w.again:
		return s.writing(w.ctx, w.fn)
	}
	return translate(w.err)
}

// serveUntil does what waits, in the lead of the caller, until the caller's own is done.
func (s *Store) serveUntil(w *waiter) {
	defer func() { <-s.lead }()
	ctx := context.WithoutCancel(w.ctx) // one that is called off must not take the others along
	for {
		select {
		case <-w.done:
			return
		default:
			s.serve(ctx)
		}
	}
}

// serve does some writes and tells their owners what came of them.
func (s *Store) serve(ctx context.Context) {
	var some []*waiter
	defer func() {
		for _, w := range some {
			close(w.done)
		}
	}()
	var err error
	for range attempts {
		if err = s.share(ctx, &some); !isTransient(err) {
			break
		}
	}
	if err != nil && some == nil { // no transaction could be begun, and nobody is told that it was
		some = s.line.take(s.engine.together)
	}
	for _, w := range some {
		switch {
		case errors.Is(err, errTorn):
			w.again = true
		case w.err != nil || w.panicked != nil:
			w.again = isTransient(w.err) || isHeld(w.err)
		case err != nil:
			w.err = err
		}
	}
}

// try runs a write and keeps what came of it, a panic too: that is its owner's.
func (w *waiter) try(run func() error) {
	defer func() { w.panicked = recover() }()
	w.err = run()
}

// share does some writes in one transaction, those of some or, if there are none yet, those that wait once it has begun: whoever comes
// meanwhile need not wait for the next. It returns errTorn when each has to be done again alone.
func (s *Store) share(ctx context.Context, some *[]*waiter) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := s.hurry(ctx, tx); err != nil {
		return errors.Join(errTorn, err, tx.Rollback())
	}
	if *some == nil {
		*some = s.line.take(s.engine.together)
	}
	if err := s.each(ctx, tx, *some); err != nil {
		return errors.Join(errTorn, err, tx.Rollback())
	}
	return tx.Commit()
}

// hurry makes a transaction rather fail than wait for a row.
func (s *Store) hurry(ctx context.Context, tx bun.Tx) error {
	if s.engine.hurry == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, s.engine.hurry); err != nil {
		return fmt.Errorf("limit waiting: %w", err)
	}
	return nil
}

// each does the writes, the checklists first, and adds what they did to the audit trail.
func (s *Store) each(ctx context.Context, tx bun.Tx, some []*waiter) error {
	acts, err := s.handInThose(ctx, tx, some)
	if err != nil {
		return err
	}
	for _, w := range some {
		if w.list != nil {
			continue
		}
		if err := w.within(tx); err != nil {
			return err
		}
		if w.err == nil && w.panicked == nil {
			acts = append(acts, w.acts...)
		}
	}
	return s.appendTrail(ctx, tx, acts)
}

// handInThose hands in the checklists among the writes, and tells what to add to the audit trail. Where something is wrong with them all,
// each is left to its owner. What is returned is a failure of the transaction.
func (s *Store) handInThose(ctx context.Context, tx bun.Tx, some []*waiter) ([]acted, error) {
	var lists []*waiter
	for _, w := range some {
		if w.again = false; w.list != nil && !w.calledOff() {
			lists = append(lists, w)
		}
	}
	for len(lists) > 0 {
		acts, failed, err := s.handInPart(ctx, tx, lists)
		if err != nil || failed == nil {
			return acts, err
		}
		well := slices.DeleteFunc(slices.Clone(lists), func(w *waiter) bool { return w.err != nil || w.panicked != nil })
		if len(well) == len(lists) { // it is not one of them
			for _, w := range lists {
				w.again = true
			}
			return nil, nil
		}
		lists = well
	}
	return nil, nil
}

// handInPart tries to hand in checklists in a savepoint. failed says why it went back to it.
func (s *Store) handInPart(ctx context.Context, tx bun.Tx, lists []*waiter) (acts []acted, failed, err error) {
	part, err := tx.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("set savepoint: %w", err)
	}
	all := make([]*handIn, len(lists))
	for i, w := range lists {
		all[i] = w.list
	}
	failed = s.handInAll(gathering(ctx, &acts), part, all)
	for _, w := range lists {
		w.err, w.panicked = w.list.err, w.list.panicked
	}
	if failed != nil {
		return nil, failed, part.Rollback()
	}
	return acts, nil, part.Commit()
}

// calledOff reports whether the owner of a write has left meanwhile, and keeps why.
func (w *waiter) calledOff() bool {
	w.err = context.Cause(w.ctx)
	return w.err != nil
}

// within does one write in a savepoint. Its own failure is kept with it; what is returned is one of the transaction.
func (w *waiter) within(tx bun.Tx) error {
	w.acts = nil
	if w.calledOff() {
		return nil
	}
	ctx := context.WithoutCancel(w.ctx) // a statement that is broken off may undo the whole transaction
	part, err := tx.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("set savepoint: %w", err)
	}
	w.try(func() error { return w.fn(gathering(ctx, &w.acts), part) })
	if w.err != nil || w.panicked != nil {
		return part.Rollback()
	}
	return part.Commit()
}
