package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
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
		if err != nil || len(runs) != 1 || runs[0].Missed != 11 || runs[0].Before != storetest.At("2022-05-06 08:00") || runs[0].FinishedAt != 0 {
			t.Errorf("after an hour off: %+v, %v, want eleven slots passed over", runs, err)
		}
		runs, err = s.Runs(t.Context(), 5)
		if err != nil || len(runs) != 2 || runs[1].Attempt != 2 || runs[1].Holder != "b" || runs[1].Judged != 300 || runs[1].Note != "XY-01" || runs[1].Before != 0 ||
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

// judging does the job of a slot: it judges all sections five seconds after its claim.
func judging(t *testing.T, s *store.Store, slot string, o schedule.Outcome) schedule.Claim {
	t.Helper()
	c := claim("a", slot, slot)
	attempt(t, s, c, 1)
	decide(t, s, slot+":05", overfull(0))
	if counted, err := s.FinishSlot(t.Context(), c, 1, c.Now.Add(9*time.Second), o); err != nil || !counted {
		t.Fatal(counted, err)
	}
	return c
}

// TestJudgingsTellOfTheOwnPart: that a run was is told to everybody alike, and what it found of whose sections one sees. What another
// run found meanwhile is not its doing.
func TestJudgingsTellOfTheOwnPart(t *testing.T) {
	first, second := account.Scope{Sections: []string{"XY-01"}}, account.Scope{Streets: []string{"南安桥街道"}}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		judging(t, s, "2022-05-06 08:00", schedule.Outcome{Judged: 2, Changed: 2})
		storetest.ImportAt(t, s, storetest.At("2022-05-06 08:01"), "roster", "标段编号,姓名,证件号码,进场时间\nXY-02,陈生,810000199001010019,2022-04-01")
		storetest.ImportAt(t, s, storetest.At("2022-05-06 08:02"), "roster", "标段编号,姓名,证件号码,进场时间,退场时间\nXY-01,王小明,"+wang+",2022-04-01 08:00,2022-05-06 08:00")
		late := judging(t, s, "2022-05-06 09:00", schedule.Outcome{Judged: 1, Changed: 1, Failed: 1, Note: "judge section XY-02"})
		due := late
		due.Job = "due"
		attempt(t, s, due, 1)
		other := schedule.Claim{Job: "photos", Slot: late.Slot, Holder: "a", Now: late.Now, Until: late.Until}
		attempt(t, s, other, 1)
		for _, tt := range []struct {
			within account.Scope
			want   string
		}{
			{first, "due 09:00 missed 0: 0 0 0, full 09:00 missed 11 since 08:00 failed: 1 0 2, full 08:00 missed 0: 1 2 0"},
			{second, "due 09:00 missed 0: 0 0 0, full 09:00 missed 11 since 08:00 failed: 1 2 0, full 08:00 missed 0: 1 0 0"},
			{account.Everywhere(), "due 09:00 missed 0: 0 0 0, full 09:00 missed 11 since 08:00 failed: 2 2 2, full 08:00 missed 0: 2 2 0"},
			{account.Scope{}, "due 09:00 missed 0: 0 0 0, full 09:00 missed 11 since 08:00 failed: 0 0 0, full 08:00 missed 0: 0 0 0"},
		} {
			if got := judgings(t, s, tt.within, 5); got != tt.want {
				t.Errorf("within %+v: %s\nwant %s", tt.within, got, tt.want)
			}
		}
		if got, want := judgings(t, s, first, 1), "due 09:00 missed 0: 0 0 0, full 09:00 missed 11 since 08:00 failed: 1 0 2, full 08:00 missed 0: 1 2 0"; got != want {
			t.Errorf("the last of each kind: %s\nwant %s", got, want)
		}
		judged, all, err := s.JudgedSince(t.Context(), second, late.Now)
		if err != nil || judged != 1 || all != 1 {
			t.Errorf("judged since %d of %d, %v", judged, all, err)
		}
		if judged, all, err = s.JudgedSince(t.Context(), account.Everywhere(), late.Now.Add(time.Minute)); err != nil || judged != 0 || all != 2 {
			t.Errorf("judged after that %d of %d, %v", judged, all, err)
		}
	})
}

// judgings writes down the runs that are listed within a scope, with the sections changed and the flags raised and cleared.
func judgings(t *testing.T, s *store.Store, within account.Scope, n int) string {
	t.Helper()
	runs, err := s.Judgings(t.Context(), within, n)
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(runs))
	for i, r := range runs {
		missed := fmt.Sprint(r.Missed)
		if r.Before != 0 {
			missed += " since " + clock(r.Before)
		}
		lines[i] = fmt.Sprintf("%s %s missed %s%s: %d %d %d", r.Job, clock(r.Slot), missed,
			map[bool]string{true: " failed"}[r.Failed], r.Changed, r.Raised, r.Cleared)
	}
	return strings.Join(lines, ", ")
}

func clock(at calendar.Instant) string { return at.In(storetest.Shanghai()).Format("15:04") }
