// Package schedule says when to judge, and sees to it that of several replicas exactly one does.
//
// There is no leader. Every replica ticks once a minute, and whoever ticks asks the database for the last slot that was due:
// one wins the claim, does the job and writes down that it did. A tick and a start-up do the same thing, so that neither a
// crash, nor a night switched off, nor a clock that jumps can lose a slot or run one twice. The claim saves work only; that
// flags are true is seen to by whoever stores them.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"fugong/internal/calendar"

	"github.com/robfig/cron/v3"
)

// Job is something to do once in a while. Its slots are Every long and begin, on each day of the scheduler's zone, at the
// clock reading From: Every 24h and From 17h5m is daily at 17:05.
type Job struct {
	Name  string
	Every time.Duration
	From  time.Duration
	Run   func(ctx context.Context, slot calendar.Instant) (Outcome, error)
}

// Outcome is what came of a job, in numbers for whoever watches.
type Outcome struct {
	Judged  int
	Changed int
	Failed  int
	Note    string
}

// Claim asks for a slot of a job until an instant. Every tells how many slots were passed over since the last claimed one.
type Claim struct {
	Job    string
	Slot   calendar.Instant
	Every  time.Duration
	Holder string
	Now    calendar.Instant
	Until  calendar.Instant
}

// Run is a slot as it is on record. Missed counts the slots that nobody was there to claim since the one Before on record, which is
// zero for the first: it caught them up. FinishedAt is zero while it runs, or when its holder died.
type Run struct {
	Job          string
	Slot         calendar.Instant
	Attempt      int
	Holder       string
	ClaimedAt    calendar.Instant
	ClaimedUntil calendar.Instant
	FinishedAt   calendar.Instant
	Before       calendar.Instant
	Missed       int
	Outcome
}

// Slots is where slots are claimed, by all replicas alike.
type Slots interface {
	// ClaimSlot gives the attempt under which the slot is now the holder's; 0 when it is someone else's or finished.
	ClaimSlot(ctx context.Context, c Claim) (attempt int, err error)
	// FinishSlot records the outcome and reports whether it counted: not when another holder has taken the slot over.
	FinishSlot(ctx context.Context, c Claim, attempt int, now calendar.Instant, o Outcome) (bool, error)
}

// errCutOff marks a job that did not come to its end: the lease ran out, or the program was told to stop.
var errCutOff = errors.New("job was cut off")

// finishTimeout is how long writing an outcome down may take.
const finishTimeout = 5 * time.Second

// Scheduler runs jobs. Holder names this replica; Lease is how long a claimed slot is its own, and so the longest that a job
// may take.
type Scheduler struct {
	Slots  Slots
	Jobs   []Job
	Loc    *time.Location
	Now    func() calendar.Instant
	Holder string
	Lease  time.Duration
	Log    *slog.Logger
}

// Run ticks until the context ends and returns when the last job has. It returns an error only when a job cannot be
// scheduled at all.
func (s *Scheduler) Run(ctx context.Context) error {
	bridge := logger{s.Log}
	// In this order: the other way round, one panic would leave the job marked as running for good.
	chain := cron.WithChain(cron.SkipIfStillRunning(bridge), cron.Recover(bridge))
	ticker := cron.New(chain, cron.WithLocation(s.Loc), cron.WithLogger(bridge))
	for _, job := range s.Jobs {
		if err := s.add(ctx, ticker, job); err != nil {
			return err
		}
	}
	var first sync.WaitGroup
	for _, entry := range ticker.Entries() {
		first.Go(entry.WrappedJob.Run)
	}
	ticker.Start()
	<-ctx.Done()
	<-ticker.Stop().Done()
	first.Wait()
	return nil
}

// add ticks for a job on every minute. What is due is decided by the record, not by the timer, which stands still while the
// machine sleeps; only a job with shorter slots needs to look more often.
func (s *Scheduler) add(ctx context.Context, ticker *cron.Cron, j Job) error {
	if j.Every <= 0 || j.Every > 24*time.Hour || j.From < 0 || j.From >= 24*time.Hour {
		return fmt.Errorf("schedule %s: slots of %v from %v do not fit into a day", j.Name, j.Every, j.From)
	}
	spec := "* * * * *"
	if j.Every < time.Minute {
		spec = "@every " + j.Every.String()
	}
	if _, err := ticker.AddFunc(spec, func() { s.tick(ctx, j) }); err != nil {
		return fmt.Errorf("schedule %s: %w", j.Name, err)
	}
	return nil
}

// tick does the job's last due slot, if nobody has.
func (s *Scheduler) tick(ctx context.Context, j Job) {
	if ctx.Err() != nil {
		return
	}
	if _, err := s.Do(ctx, j); err != nil {
		s.Log.Error("scheduled job failed", "job", j.Name, "err", err)
	}
}

// Do claims the job's last due slot and runs it; false when the slot is not ours to run. An error of the job is recorded with
// the slot; a job that was cut off is not, so that its slot can be taken over.
func (s *Scheduler) Do(ctx context.Context, j Job) (bool, error) {
	now := s.Now()
	c := Claim{
		Job: j.Name, Slot: Slot(now, j.Every, j.From, s.Loc), Every: j.Every,
		Holder: s.Holder, Now: now, Until: now.Add(s.Lease),
	}
	attempt, err := s.Slots.ClaimSlot(ctx, c)
	if err != nil || attempt == 0 {
		return false, err
	}
	outcome, failure := s.work(ctx, j, c.Slot)
	if errors.Is(failure, errCutOff) {
		return true, failure
	}
	return true, errors.Join(failure, s.finish(ctx, c, attempt, outcome, failure))
}

// work does the job within its lease.
func (s *Scheduler) work(ctx context.Context, j Job, slot calendar.Instant) (Outcome, error) {
	leased, cancel := context.WithTimeout(ctx, s.Lease)
	defer cancel()
	outcome, err := j.Run(leased, slot)
	if err != nil && leased.Err() != nil {
		return outcome, fmt.Errorf("run slot %s of %s: %w: %w", slot.RFC3339(s.Loc), j.Name, errCutOff, err)
	}
	return outcome, err
}

// finish writes the outcome down, also when the program has been told to stop meanwhile: the work is done.
func (s *Scheduler) finish(ctx context.Context, c Claim, attempt int, o Outcome, failure error) error {
	if failure != nil && o.Note == "" {
		o.Note = failure.Error()
	}
	finishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	counted, err := s.Slots.FinishSlot(finishing, c, attempt, s.Now(), o)
	if err != nil {
		return fmt.Errorf("finish slot %s of %s: %w", c.Slot.RFC3339(s.Loc), c.Job, err)
	}
	if !counted {
		s.Log.Warn("slot was taken over", "job", c.Job, "slot", c.Slot.RFC3339(s.Loc), "attempt", attempt)
	}
	return nil
}

// Slot is the last instant, up to now, at which a slot of a job begins. Slots are counted from each day anew, so that a job
// of every six hours runs at the same clock readings on all days.
func Slot(now calendar.Instant, every, from time.Duration, loc *time.Location) calendar.Instant {
	day := calendar.On(now.Add(-from), loc)
	start := day.At(from, loc)
	if start > now { // the clock was put forward over the reading
		start = day.Add(-1).At(from, loc)
	}
	return start.Add(now.Sub(start) / every * every)
}

// logger lets cron speak to slog. What it says of its own working is of interest to nobody but a debugger.
type logger struct{ *slog.Logger }

func (l logger) Info(msg string, facts ...any) { l.Debug("cron: "+msg, facts...) }

func (l logger) Error(err error, msg string, facts ...any) {
	l.Logger.Error("cron: "+msg, append([]any{"err", err}, facts...)...)
}
