package store_test

import (
	"strings"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestWorkEndsWhileLookedAt: who looks at a file just when its check ends sees the check, or what it found, and never neither.
func TestWorkEndsWhileLookedAt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		up := storetest.Upload(storetest.At(morning), "temperatures", temperaturesCSV)
		up.Within, up.Act.Actor = own(), "li"
		for reads := range 2 {
			token, err := s.Receive(t.Context(), user, up, "")
			if err != nil {
				t.Fatal(err)
			}
			ended := false
			store.AfterReads(s, reads+1, func() {
				if err := s.CheckUploaded(t.Context(), user, token, up); err != nil {
					t.Error(err)
				}
				ended = true
			})
			w, err := s.Uploaded(t.Context(), user, token, up.Now)
			if err != nil || !ended || w.Unchecked && !w.Work.Lasts(up.Now) {
				t.Errorf("after %d reads: ended %t, unchecked %t, %+v, %v", reads+1, ended, w.Unchecked, w.Work, err)
			}
		}
	})
}

// TestSecondWorkOnAFile: the word to take a file in that comes to another server neither hides how far the first has come nor, while it
// waits, lets the work count as given up.
func TestSecondWorkOnAFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		waiting, up := preview(t, s, user)
		begin := func(now calendar.Instant) {
			t.Helper()
			if err := s.BeginWork(t.Context(), user, waiting.Token, store.Taking, now); err != nil {
				t.Fatal(err)
			}
		}
		hear := func(h store.Headway, now calendar.Instant) store.Work {
			t.Helper()
			if err := s.HearOf(t.Context(), waiting.Token, h, now); err != nil {
				t.Fatal(err)
			}
			w, err := s.Uploaded(t.Context(), user, waiting.Token, now)
			if err != nil {
				t.Fatal(err)
			}
			return w.Work
		}
		first := store.Headway{Total: 3, Done: 2, Kept: 1, Refused: 1}
		begin(up.Now)
		shared := hear(first, up.Now.Add(time.Second)).Headway == first // in a file there is no second server
		begin(up.Now.Add(2 * time.Second))
		later := up.Now.Add(15 * time.Second)
		if got := hear(store.Headway{}, later); shared && (got.Headway != first || got.HeardAt != later) || !got.Lasts(later) {
			t.Errorf("with a second server waiting: %+v", got)
		}
		begin(later.Add(time.Minute))
		if w, err := s.Uploaded(t.Context(), user, waiting.Token, later); err != nil || w.Work.Headway != (store.Headway{}) {
			t.Errorf("begun again after silence: %+v, %v", w.Work, err)
		}
	})
}

// TestWorkIsBrokenOff: a server that begins knows that nothing is at work but itself where it has the database for itself, and only there.
func TestWorkIsBrokenOff(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn, storetest.Keys(t))
		district(t, s)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		waiting, up := preview(t, s, user)
		if err := s.BeginWork(t.Context(), user, waiting.Token, store.Taking, up.Now); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.BreakOff(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w, err := s.Uploaded(t.Context(), user, waiting.Token, up.Now.Add(time.Second))
		if alone := !strings.HasPrefix(dsn, "postgres"); err != nil || w.Work.Step != store.Taking || w.Work.Lasts(up.Now.Add(time.Second)) == alone {
			t.Errorf("%+v, %v", w.Work, err)
		}
	})
}
