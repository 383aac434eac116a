package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"fugong/internal/schedule"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func claim(holder, slot, now string) schedule.Claim {
	at := storetest.At(now)
	return schedule.Claim{
		Job: "full", Slot: storetest.At(slot), Every: 5 * time.Minute, Holder: holder, Now: at, Until: at.Add(10 * time.Minute),
	}
}

// attempt claims a slot and wants to get it under an attempt; 0: not at all.
func attempt(t *testing.T, s *store.Store, c schedule.Claim, want int) {
	t.Helper()
	got, err := s.ClaimSlot(t.Context(), c)
	if err != nil || got != want {
		t.Errorf("%s claims at %s: attempt %d, %v, want %d", c.Holder, c.Now.Minute(storetest.Shanghai()), got, err, want)
	}
}

func finish(t *testing.T, s *store.Store, c schedule.Claim, attempt int, want bool) {
	t.Helper()
	got, err := s.FinishSlot(t.Context(), c, attempt, c.Now.Add(time.Minute), schedule.Outcome{Judged: 300, Changed: 3, Failed: 1, Note: "XY-01"})
	if err != nil || got != want {
		t.Errorf("%s finishes attempt %d: %v, %v, want %v", c.Holder, attempt, got, err, want)
	}
}

func TestSlotIsClaimedTakenOverAndFinished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		dies, lives := claim("a", "2022-05-06 08:00", "2022-05-06 08:00"), claim("b", "2022-05-06 08:00", "2022-05-06 08:10")
		attempt(t, s, dies, 1)
		attempt(t, s, claim("b", "2022-05-06 08:00", "2022-05-06 08:09"), 0)
		attempt(t, s, lives, 2)
		finish(t, s, dies, 1, false) // it woke up too late
		finish(t, s, lives, 2, true)
		finish(t, s, lives, 2, false)
		attempt(t, s, claim("a", "2022-05-06 08:00", "2022-05-06 09:00"), 0)

		attempt(t, s, claim("a", "2022-05-06 09:00", "2022-05-06 09:00"), 1)
		runs, err := s.Runs(t.Context(), 1)
		if err != nil || len(runs) != 1 || runs[0].Missed != 11 || runs[0].FinishedAt != 0 {
			t.Errorf("after an hour off: %+v, %v, want eleven slots passed over", runs, err)
		}
		runs, err = s.Runs(t.Context(), 5)
		if err != nil || len(runs) != 2 || runs[1].Attempt != 2 || runs[1].Holder != "b" || runs[1].Judged != 300 || runs[1].Note != "XY-01" ||
			runs[1].FinishedAt != storetest.At("2022-05-06 08:11") {
			t.Errorf("runs on record: %+v, %v", runs, err)
		}
	})
}

func TestTwelveRacingClaimsHaveOneWinner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for slot := range 5 {
			var all sync.WaitGroup
			won := make(chan string, 12)
			for i := range 12 {
				all.Go(func() {
					now := fmt.Sprintf("2022-05-06 08:%02d", slot*5)
					c := claim(fmt.Sprint("replica ", i), now, now)
					n, err := s.ClaimSlot(t.Context(), c)
					if err != nil {
						t.Error(err)
					}
					if n == 1 {
						won <- c.Holder
					}
				})
			}
			all.Wait()
			if len(won) != 1 {
				t.Errorf("slot %d: %d of 12 racing claims won", slot, len(won))
			}
		}
	})
}

func TestRunsOfLongAgoAreForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, day := range []string{"2022-04-01 08:00", "2022-05-06 08:00"} {
			c := claim("a", day, day)
			attempt(t, s, c, 1)
			finish(t, s, c, 1, true)
		}
		if runs, err := s.Runs(t.Context(), 9); err != nil || len(runs) != 1 {
			t.Errorf("%d runs are kept, %v, want that of this month", len(runs), err)
		}
	})
}
