// Package evaluation judges sections for real: it loads what is known, lets criteria decide and has the outcome saved. The
// clock, a button and an upload all come this way, so that they cannot disagree.
package evaluation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/flag"
	"fugong/internal/policy"
	"fugong/internal/site"
)

// Cause is why a section was judged; it is kept with the verdict.
type Cause string

// The causes.
const (
	Scheduled Cause = "scheduled" // the full run
	Fell      Cause = "due"       // something recorded, or the clock, made it due
	Requested Cause = "requested" // a person asked
	Recorded  Cause = "recorded"  // an upload or a form was saved
)

// Ledger is where facts are read and judgements kept. A knownAt of zero means everything recorded so far.
type Ledger interface {
	// EverySection lists the sections in the order of their codes.
	EverySection(ctx context.Context) ([]site.SectionID, error)
	// Due lists the sections that have something to be judged for at an instant.
	Due(ctx context.Context, at calendar.Instant) ([]site.SectionID, error)
	Policies(ctx context.Context, knownAt calendar.Instant, loc *time.Location) (policy.Book, error)
	Snapshots(ctx context.Context, ids []site.SectionID, w criteria.Window, knownAt calendar.Instant, visit func(*criteria.Snapshot) error) error
	// Decide locks the sections, lets decide judge each from its snapshot and open flags, and saves what changed. A section
	// that cannot be judged or saved is left as it was and does not stop the others; their errors come back joined.
	Decide(ctx context.Context, ids []site.SectionID, w criteria.Window, at, knownAt calendar.Instant, cause string,
		decide func(*criteria.Snapshot, []flag.Flag) (criteria.Report, flag.Changes, error)) (changed, failed int, err error)
}

// Evaluator judges sections by the policies of a ledger. It holds no state of its own and may be used concurrently.
type Evaluator struct {
	Ledger   Ledger
	Loc      *time.Location
	Now      func() calendar.Instant
	Log      *slog.Logger
	Progress func(done, total int) // called after each section; nil: nobody watches

	// evaluate stands in for criteria.Evaluate where a test plays a failure; nil otherwise.
	evaluate func(*criteria.Snapshot, policy.Book, calendar.Instant, *time.Location) (criteria.Report, error)
}

// Judged is a section and what was found of it.
type Judged struct {
	Section site.Section
	criteria.Report
}

// Outcome counts what a run did.
type Outcome struct {
	At      calendar.Instant
	Judged  int
	Changed int // sections whose verdict, findings or flags are not what they were
	Failed  int
}

// Judge judges sections at any instant, by what was known at another, and saves nothing. It gives them in the order of ids,
// without those that could not be judged: their errors come back joined, each with the section's code.
func (e *Evaluator) Judge(ctx context.Context, ids []site.SectionID, at, knownAt calendar.Instant) ([]Judged, error) {
	run, err := e.begin(ctx, len(ids), at, knownAt)
	if err != nil {
		return nil, err
	}
	err = e.Ledger.Snapshots(ctx, ids, run.window, knownAt, func(s *criteria.Snapshot) error {
		if _, err := run.judge(s); err != nil {
			run.failures = append(run.failures, err)
		}
		return nil
	})
	return run.inOrder(ids), errors.Join(append(run.failures, err)...)
}

// Save judges sections as Judge does, keeps the verdicts and moves the flags.
func (e *Evaluator) Save(ctx context.Context, ids []site.SectionID, at, knownAt calendar.Instant, why Cause) ([]Judged, error) {
	run, err := e.begin(ctx, len(ids), at, knownAt)
	if err != nil {
		return nil, err
	}
	_, _, err = run.save(ctx, ids, why)
	return run.inOrder(ids), err
}

// Sections judges sections now, by everything recorded so far, and saves the outcome.
func (e *Evaluator) Sections(ctx context.Context, ids []site.SectionID, why Cause) ([]Judged, error) {
	return e.Save(ctx, ids, e.Now(), 0, why)
}

// Due judges and saves the sections that have something to be judged for.
func (e *Evaluator) Due(ctx context.Context) (Outcome, error) {
	at := e.Now()
	ids, err := e.Ledger.Due(ctx, at)
	if err != nil {
		return Outcome{At: at}, fmt.Errorf("find due sections: %w", err)
	}
	return e.scheduled(ctx, ids, at, Fell)
}

// All judges and saves every section.
func (e *Evaluator) All(ctx context.Context, why Cause) (Outcome, error) {
	at := e.Now()
	ids, err := e.Ledger.EverySection(ctx)
	if err != nil {
		return Outcome{At: at}, fmt.Errorf("list sections: %w", err)
	}
	return e.scheduled(ctx, ids, at, why)
}

// scheduled judges by what was known at the instant that is judged, so that the run can be repeated exactly.
func (e *Evaluator) scheduled(ctx context.Context, ids []site.SectionID, at calendar.Instant, why Cause) (Outcome, error) {
	if len(ids) == 0 {
		return Outcome{At: at}, nil
	}
	run, err := e.begin(ctx, len(ids), at, at)
	if err != nil {
		return Outcome{At: at}, err
	}
	run.counting = true
	changed, failed, err := run.save(ctx, ids, why)
	return Outcome{At: at, Judged: len(run.judged), Changed: changed, Failed: failed}, err
}

func (r *run) save(ctx context.Context, ids []site.SectionID, why Cause) (changed, failed int, err error) {
	return r.Ledger.Decide(ctx, ids, r.window, r.at, r.knownAt, string(why),
		func(s *criteria.Snapshot, open []flag.Flag) (criteria.Report, flag.Changes, error) {
			report, err := r.judge(s)
			if err != nil {
				r.Log.Error("section could not be judged", "section", s.Section.Code, "cause", why, "err", err)
				return criteria.Report{}, flag.Changes{}, err
			}
			return report, flag.Reconcile(open, report), nil
		})
}

// run is one passage over some sections: all of them are judged by the same policies at the same instant.
type run struct {
	*Evaluator
	book     policy.Book
	window   criteria.Window
	at       calendar.Instant
	knownAt  calendar.Instant
	total    int
	judged   map[site.SectionID]Judged
	counting bool // only how many were judged is wanted: the reports of a city do not fit into memory
	failures []error
}

func (e *Evaluator) begin(ctx context.Context, total int, at, knownAt calendar.Instant) (*run, error) {
	book, err := e.Ledger.Policies(ctx, knownAt, e.Loc)
	if err != nil {
		return nil, fmt.Errorf("load policies: %w", err)
	}
	return &run{
		Evaluator: e, book: book, window: criteria.WindowFor(book, at, e.Loc), at: at, knownAt: knownAt,
		total: total, judged: make(map[site.SectionID]Judged, total),
	}, nil
}

// judge judges one section. A panic in a criterion is that section's error: the others must not wait for its mending.
func (r *run) judge(s *criteria.Snapshot) (report criteria.Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("judge section %s: panic: %v", s.Section.Code, p)
		}
	}()
	evaluate := r.evaluate
	if evaluate == nil {
		evaluate = criteria.Evaluate
	}
	report, err = evaluate(s, r.book, r.at, r.Loc)
	if err != nil {
		return report, fmt.Errorf("judge section %s: %w", s.Section.Code, err)
	}
	report.KnownAt = r.knownAt
	r.keep(s.Section, report)
	if r.Progress != nil {
		r.Progress(len(r.judged), r.total)
	}
	return report, nil
}

func (r *run) keep(s site.Section, report criteria.Report) {
	if r.counting {
		r.judged[s.ID] = Judged{}
		return
	}
	r.judged[s.ID] = Judged{s, report}
}

func (r *run) inOrder(ids []site.SectionID) []Judged {
	all := make([]Judged, 0, len(r.judged))
	for _, id := range ids {
		if j, ok := r.judged[id]; ok {
			all = append(all, j)
		}
	}
	return slices.Clip(all)
}
