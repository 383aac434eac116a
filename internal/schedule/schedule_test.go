package schedule

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fugong/internal/calendar"
)

// record is a Slots in memory with the rules of the real one.
type record struct {
	mu   sync.Mutex
	runs map[calendar.Instant]*Run
}

func newRecord() *record { return &record{runs: make(map[calendar.Instant]*Run)} }

func (r *record) ClaimSlot(_ context.Context, c Claim) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.runs[c.Slot]
	if run == nil {
		run = &Run{Job: c.Job, Slot: c.Slot, Missed: r.missed(c)}
		r.runs[c.Slot] = run
	} else if run.FinishedAt != 0 || run.ClaimedUntil > c.Now {
		return 0, nil
	}
	run.Attempt++
	run.Holder, run.ClaimedAt, run.ClaimedUntil = c.Holder, c.Now, c.Until
	return run.Attempt, nil
}

func (r *record) missed(c Claim) int {
	var last calendar.Instant
	for slot := range r.runs {
		if slot < c.Slot {
			last = max(last, slot)
		}
	}
	if last == 0 {
		return 0
	}
	return int(c.Slot.Sub(last)/c.Every) - 1
}

func (r *record) FinishSlot(_ context.Context, c Claim, attempt int, now calendar.Instant, o Outcome) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.runs[c.Slot]
	if run == nil || run.Holder != c.Holder || run.Attempt != attempt || run.FinishedAt != 0 {
		return false, nil
	}
	run.FinishedAt, run.Outcome = now, o
	return true, nil
}

func shanghai(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// replica is a scheduler of one job on a shared record, whose clock is off by some time.
func replica(t *testing.T, r *record, holder string, off time.Duration, j Job) *Scheduler {
	t.Helper()
	return &Scheduler{
		Slots: r, Jobs: []Job{j}, Loc: shanghai(t), Holder: holder, Lease: 10 * time.Minute, Log: slog.New(slog.DiscardHandler),
		Now: func() calendar.Instant { return calendar.Moment(time.Now().Add(off)) },
	}
}

// start runs a scheduler in the bubble; the returned function is its sudden death.
func start(t *testing.T, s *Scheduler) context.CancelFunc {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// tally counts runs by slot.
type tally struct {
	mu    sync.Mutex
	slots map[calendar.Instant]int
}

func (c *tally) job(name string, every time.Duration) Job {
	c.slots = make(map[calendar.Instant]int)
	return Job{Name: name, Every: every, Run: func(_ context.Context, slot calendar.Instant) (Outcome, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.slots[slot]++
		return Outcome{Judged: 1}, nil
	}}
}

func TestThreeReplicasRunEachSlotOnceInThreeDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c tally
		r, job := newRecord(), c.job("full", 5*time.Minute)
		for i, holder := range []string{"a", "b", "c"} {
			defer start(t, replica(t, r, holder, time.Duration(i-1)*3*time.Second, job))()
		}
		time.Sleep(72*time.Hour + time.Second)
		synctest.Wait()
		if got, want := len(c.slots), 3*24*12+2; got != want { // both ends, and the slot before, by the clock that is late
			t.Errorf("%d slots of 5 minutes ran in three days, want %d", got, want)
		}
		for slot, n := range c.slots {
			if run := r.runs[slot]; n != 1 || run.FinishedAt == 0 || run.Attempt != 1 || run.Missed != 0 {
				t.Fatalf("slot %v ran %d times: %+v", slot, n, run)
			}
		}
	})
}

func TestRacingClaimsHaveOneWinner(t *testing.T) {
	r, won := newRecord(), make(chan bool, 12)
	var all sync.WaitGroup
	var c tally
	job := c.job("full", time.Hour)
	for range 12 {
		all.Go(func() {
			ran, err := replica(t, r, "x", 0, job).Do(t.Context(), job)
			won <- ran && err == nil
		})
	}
	all.Wait()
	close(won)
	n := 0
	for w := range won {
		if w {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d of 12 racing claims won, want 1", n)
	}
}

func TestDeadHolderIsReplacedAfterItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		stuck := Job{Name: "daily", Every: 24 * time.Hour, Run: func(ctx context.Context, _ calendar.Instant) (Outcome, error) {
			<-ctx.Done()
			return Outcome{}, ctx.Err()
		}}
		die := start(t, replica(t, r, "dies", 0, stuck))
		synctest.Wait()
		var c tally
		defer start(t, replica(t, r, "lives", 0, c.job("daily", 24*time.Hour)))()
		time.Sleep(time.Minute)
		die()
		time.Sleep(8 * time.Minute)
		if len(c.slots) != 0 {
			t.Fatal("the slot was taken while its lease ran")
		}
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		for slot, n := range c.slots {
			if run := r.runs[slot]; n != 1 || run.Holder != "lives" || run.Attempt != 2 || run.FinishedAt == 0 {
				t.Errorf("after the death the slot ran %d times: %+v", n, run)
			}
		}
		if len(c.slots) != 1 {
			t.Errorf("%d slots ran after the death, want 1", len(c.slots))
		}
	})
}

func TestPanicCostsOneSlotOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, ran := newRecord(), 0
		job := Job{Name: "full", Every: 5 * time.Minute, Run: func(context.Context, calendar.Instant) (Outcome, error) {
			ran++
			panic("a section nobody thought of")
		}}
		defer start(t, replica(t, r, "a", 0, job))()
		time.Sleep(21 * time.Minute)
		synctest.Wait()
		if ran < 5 {
			t.Errorf("a job that always panics ran %d times in five slots", ran)
		}
	})
}

func TestFailureIsRecordedAndCutOffIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		job := Job{Name: "full", Every: time.Hour, Run: func(context.Context, calendar.Instant) (Outcome, error) {
			return Outcome{Judged: 299, Failed: 1}, errors.New("XY-01: no policy")
		}}
		s := replica(t, r, "a", 0, job)
		if ran, err := s.Do(t.Context(), job); !ran || err == nil {
			t.Fatalf("Do = %v, %v, want the job's error", ran, err)
		}
		run := r.runs[Slot(s.Now(), job.Every, 0, s.Loc)]
		if run.FinishedAt == 0 || run.Failed != 1 || run.Note != "XY-01: no policy" {
			t.Errorf("a failing run is on record as %+v", run)
		}
		time.Sleep(time.Hour)
		job.Run = func(ctx context.Context, _ calendar.Instant) (Outcome, error) {
			<-ctx.Done()
			return Outcome{}, ctx.Err()
		}
		if _, err := s.Do(t.Context(), job); !errors.Is(err, errCutOff) {
			t.Errorf("a job longer than its lease gives %v", err)
		}
		if run := r.runs[Slot(s.Now(), job.Every, 0, s.Loc)]; run.FinishedAt != 0 {
			t.Errorf("a job that was cut off is on record as finished: %+v", run)
		}
	})
}

func TestLongJobNeverOverlapsItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, running, ran := newRecord(), 0, 0
		job := Job{Name: "due", Every: time.Minute, Run: func(context.Context, calendar.Instant) (Outcome, error) {
			if running++; running > 1 {
				t.Error("two runs of one job at a time")
			}
			time.Sleep(3*time.Minute + time.Second)
			running--
			ran++
			return Outcome{}, nil
		}}
		defer start(t, replica(t, r, "a", 0, job))()
		time.Sleep(41 * time.Minute)
		synctest.Wait()
		if ran != 10 {
			t.Errorf("a job of three minutes ran %d times in 41 minutes, want 10", ran)
		}
		for _, run := range r.runs {
			if run.Missed > 3 {
				t.Errorf("run %+v passed over %d slots", run.Slot, run.Missed)
			}
		}
	})
}

func TestNightOffIsCaughtUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		var c tally
		job := c.job("full", 5*time.Minute)
		off := start(t, replica(t, r, "a", 0, job))
		time.Sleep(time.Minute)
		off()
		time.Sleep(8 * time.Hour)
		defer start(t, replica(t, r, "b", 0, job))()
		synctest.Wait()
		if len(c.slots) != 2 {
			t.Errorf("%d slots ran, want the one before the night and the last one due after it", len(c.slots))
		}
		if last := r.runs[Slot(calendar.Moment(time.Now()), job.Every, 0, time.UTC)]; last == nil || last.Missed != 8*12-1 {
			t.Errorf("after eight hours off the run is %+v", last)
		}
	})
}

func TestSlot(t *testing.T) {
	loc := shanghai(t)
	at := func(s string) calendar.Instant {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return calendar.Moment(v)
	}
	for _, tt := range []struct {
		name        string
		every, from time.Duration
		now, want   string
	}{
		{"five minutes", 5 * time.Minute, 0, "2022-05-06T08:04:59+08:00", "2022-05-06T08:00:00+08:00"},
		{"on the very slot", 5 * time.Minute, 0, "2022-05-06T08:05:00+08:00", "2022-05-06T08:05:00+08:00"},
		{"daily at 17:05 is 09:05 in Greenwich", 24 * time.Hour, 17*time.Hour + 5*time.Minute, "2022-05-06T09:05:00Z", "2022-05-06T09:05:00Z"},
		{"a second before it is yesterday's", 24 * time.Hour, 17*time.Hour + 5*time.Minute, "2022-05-06T09:04:59Z", "2022-05-05T09:05:00Z"},
		{"six hours from three", 6 * time.Hour, 3 * time.Hour, "2022-05-06T02:00:00+08:00", "2022-05-05T21:00:00+08:00"},
		{"seven hours begin anew each day", 7 * time.Hour, 0, "2022-05-06T00:30:00+08:00", "2022-05-06T00:00:00+08:00"},
	} {
		if got := Slot(at(tt.now), tt.every, tt.from, loc); got != at(tt.want) {
			t.Errorf("%s: slot at %s is %s, want %s", tt.name, tt.now, got.RFC3339(loc), tt.want)
		}
	}
}

func TestJobsThatFitNoDayAreRefused(t *testing.T) {
	for _, every := range []time.Duration{0, -time.Minute, 25 * time.Hour} {
		s := replica(t, newRecord(), "a", 0, Job{Name: "odd", Every: every})
		if err := s.Run(t.Context()); err == nil {
			t.Errorf("a job of every %v was scheduled", every)
		}
	}
}
