package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// Of many who hand in at once, one whose answer fails, one that panics and one that is called off harm nobody; the others are
// there, each once. They share few commits.
func TestManyHandInTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		counts := store.CountWrites(s)
		const many = 40
		errs := make([]error, many)
		release := store.TakeTurns(s) // all wait behind one long write
		var all sync.WaitGroup
		for i := range many {
			all.Go(func() { errs[i] = b.oddly(i) })
		}
		time.Sleep(200 * time.Millisecond)
		release()
		all.Wait()
		for i, err := range errs {
			if odd := i < 3; odd != (err != nil) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if !errors.Is(errs[0], errOwn) || errs[1].Error() != "panic: own" || !errors.Is(errs[2], context.Canceled) {
			t.Errorf("the odd ones: %v", errs[:3])
		}
		if got := b.versions("XY-01"); len(got) != many-3 || got[many-4].Version != many-3 {
			t.Errorf("%d versions of %d", len(got), many-3)
		}
		if entries, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: "checklist.submit", Limit: many}); err != nil || len(entries) != many-3 {
			t.Errorf("%d audit entries, %v", len(entries), err)
		}
		if n := counts.Commits.Load(); n == 0 || n > 5 {
			t.Errorf("%d commits for %d submissions", n, many)
		}
	})
}

// Whoever comes while a transaction is being begun is taken along.
func TestWhoComesMeanwhileIsTakenAlong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		const later = 9
		errs := make([]error, later)
		var all sync.WaitGroup
		counts := store.CountWritesAround(s, "BEGIN", func() {
			for i := range later {
				all.Go(func() { errs[i] = b.plainly("XY-02") })
			}
			store.AwaitLine(s, 1+later)
		})
		if err := b.plainly("XY-01"); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if n := counts.Commits.Load(); n != 1 {
			t.Errorf("%d transactions for those who came before it began", n)
		}
	})
}

// Whoever comes when those of a transaction have been taken is not told that he was among them, though there were none.
func TestWhoComesTooLateIsNotTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		release := store.TakeTurns(s)
		var all sync.WaitGroup
		store.CountWritesAround(s, "COMMIT", func() {
			all.Go(func() {
				if err := b.plainly("XY-01"); err != nil {
					t.Error(err)
				}
			})
			store.AwaitLine(s, 1)
		})
		store.Serve(t.Context(), s)
		release()
		all.Wait()
		if n := len(b.versions("XY-01")); n != 1 {
			t.Errorf("%d versions of what was told to be there", n)
		}
	})
}

// On a server, a row that an import holds keeps those waiting who need it, and nobody else.
func TestHeldRowKeepsOnlyItsOwnWaiting(t *testing.T) {
	b := newSubmitting(t, storetest.Open(t, storetest.Postgres(t), storetest.Keys(t)))
	held, release, ended, handedIn := make(chan struct{}), make(chan struct{}), make(chan error, 1), make(chan error, 1)
	go func() {
		ended <- store.Write(t.Context(), b.store, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE sections SET facts_at = facts_at WHERE code = 'XY-01'")
			close(held)
			<-release
			return err
		})
	}()
	<-held
	go func() { handedIn <- b.plainly("XY-01") }()
	for range 3 {
		if err := b.plainly("XY-02"); err != nil {
			t.Error(err)
		}
	}
	select {
	case err := <-handedIn:
		t.Errorf("did not wait: %v", err)
	default:
	}
	close(release)
	if err := errors.Join(<-ended, <-handedIn); err != nil {
		t.Error(err)
	}
	if n, m := len(b.versions("XY-01")), len(b.versions("XY-02")); n != 1 || m != 3 {
		t.Errorf("%d and %d versions, want 1 and 3", n, m)
	}
}

// plainly hands in once more.
func (b *submitting) plainly(section string) error {
	request := store.Request{User: b.user.ID, Key: rand.Text(), Content: "x"}
	_, err := b.store.Submit(b.Context(), account.Everywhere(), b.list(section, "B1"), request, func(store.Filed) (store.Answer, error) {
		return store.Answer{Status: http.StatusCreated, Body: []byte("{}")}, nil
	})
	return err
}

var errOwn = errors.New("own")

// oddly hands in: the first fails, the second panics, the third is called off while it waits.
func (b *submitting) oddly(i int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	if i == 2 {
		time.AfterFunc(50*time.Millisecond, cancel)
	}
	request := store.Request{User: b.user.ID, Key: fmt.Sprint("many", i), Content: "x"}
	_, err = b.store.Submit(ctx, b.user.Scope, b.list("XY-01", "B1"), request, func(store.Filed) (store.Answer, error) {
		switch i {
		case 0:
			return store.Answer{}, errOwn
		case 1:
			panic("own")
		}
		return store.Answer{Status: http.StatusCreated, Body: []byte("{}")}, nil
	})
	return err
}
