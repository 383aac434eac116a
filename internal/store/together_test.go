package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// Of many who hand in at once, one whose answer fails, one that panics and one that is called off harm nobody; the others are
// there, each once. Where the database waits for the disk at each commit, they share few.
func TestManyHandInTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		commits := store.CountCommits(s)
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
		if n := commits.Load(); n == 0 || store.Groups(s) && n > 5 {
			t.Errorf("%d commits for %d submissions", n, many)
		}
	})
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
