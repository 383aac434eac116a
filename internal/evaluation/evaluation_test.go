package evaluation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/flag"
	"fugong/internal/policy"
	"fugong/internal/site"
)

// ledger is a Ledger in memory: it gives a section for each id and remembers what it was asked.
type ledger struct {
	due     []site.SectionID
	broken  error // of Policies
	mu      sync.Mutex
	open    map[site.SectionID][]flag.Flag
	saved   map[site.SectionID]criteria.Report
	at      calendar.Instant
	knownAt calendar.Instant
	cause   string
}

func (l *ledger) EverySection(context.Context) ([]site.SectionID, error) {
	return []site.SectionID{1, 2, 3}, nil
}

func (l *ledger) Due(context.Context, calendar.Instant) ([]site.SectionID, error) { return l.due, nil }

func (l *ledger) Policies(context.Context, calendar.Instant, *time.Location) (policy.Book, error) {
	return policy.Shipped(), l.broken
}

func snapshot(id site.SectionID) *criteria.Snapshot {
	return &criteria.Snapshot{Section: site.Section{ID: id, Code: fmt.Sprintf("XY-%02d", id), ProjectCode: "XY"}}
}

func (l *ledger) Snapshots(_ context.Context, ids []site.SectionID, _ criteria.Window, _ calendar.Instant, visit func(*criteria.Snapshot) error) error {
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if err := visit(snapshot(id)); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) Decide(_ context.Context, ids []site.SectionID, _ criteria.Window, at, knownAt calendar.Instant, cause string,
	decide func(*criteria.Snapshot, []flag.Flag) (criteria.Report, flag.Changes, error),
) (changed, failed int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.knownAt, l.cause = at, knownAt, cause
	if l.saved == nil {
		l.saved, l.open = make(map[site.SectionID]criteria.Report), make(map[site.SectionID][]flag.Flag)
	}
	var failures []error
	for _, id := range ids {
		report, changes, err := decide(snapshot(id), l.open[id])
		if err != nil {
			failures = append(failures, err)
			continue
		}
		l.saved[id], l.open[id] = report, slices.Concat(changes.Keep, changes.Raise)
		if len(changes.Raise)+len(changes.Clear) > 0 {
			changed++
		}
	}
	return changed, len(failures), errors.Join(failures...)
}

const now = calendar.Instant(1651795200000000) // 2022-05-06 08:00 in Nantong

// judging makes an evaluator whose criteria find one thing wrong with every section but those given as broken.
func judging(l Ledger, broken map[site.SectionID]string) *Evaluator {
	return &Evaluator{
		Ledger: l, Loc: time.FixedZone("CST", 8*3600), Log: slog.New(slog.DiscardHandler),
		Now: func() calendar.Instant { return now },
		evaluate: func(s *criteria.Snapshot, _ policy.Book, at calendar.Instant, _ *time.Location) (criteria.Report, error) {
			switch broken[s.Section.ID] {
			case "error":
				return criteria.Report{}, fault.New(fault.NotFound, "没有生效的规则")
			case "panic":
				var none []int
				_ = none[len(s.People)]
			}
			return criteria.Report{SectionID: s.Section.ID, At: at, Findings: []criteria.Finding{{
				Code: "room.occupancy", Status: criteria.Fail, Severity: policy.Block,
			}}}, nil
		},
	}
}

func TestAllGoesOnPastFailingSections(t *testing.T) {
	l := &ledger{}
	var log bytes.Buffer
	e := judging(l, map[site.SectionID]string{1: "error", 2: "panic"})
	e.Log = slog.New(slog.NewTextHandler(&log, nil))
	got, err := e.All(t.Context(), Scheduled)
	if want := (Outcome{At: now, Judged: 1, Changed: 1, Failed: 2}); got != want {
		t.Errorf("outcome = %+v, want %+v", got, want)
	}
	for _, want := range []string{"XY-01: 没有生效的规则", "XY-02: panic"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %q", err, want)
		}
	}
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("kind of the joined error = %v, want that of its cause", fault.KindOf(err))
	}
	if n := strings.Count(log.String(), "section could not be judged"); n != 2 {
		t.Errorf("%d failures were logged, want 2:\n%s", n, log.String())
	}
	if len(l.saved) != 1 || l.knownAt != now || l.at != now || l.cause != "scheduled" {
		t.Errorf("saved %v at %v by what was known at %v because %q", l.saved, l.at, l.knownAt, l.cause)
	}
}

func TestDueJudgesOnlyWhatIsDue(t *testing.T) {
	l := &ledger{}
	if got, err := judging(l, nil).Due(t.Context()); err != nil || got.Judged != 0 || l.saved != nil {
		t.Errorf("with nothing due: %+v, %v, saved %v", got, err, l.saved)
	}
	l.due = []site.SectionID{2}
	got, err := judging(l, nil).Due(t.Context())
	if err != nil || got.Judged != 1 || got.Changed != 1 || l.cause != "due" {
		t.Errorf("with one due: %+v, %v, because %q", got, err, l.cause)
	}
	if got, err = judging(l, nil).Due(t.Context()); err != nil || got.Changed != 0 {
		t.Errorf("once more: %+v, %v, want nothing changed", got, err)
	}
}

func TestSectionsUseEverythingRecorded(t *testing.T) {
	l := &ledger{}
	judged, err := judging(l, nil).Sections(t.Context(), []site.SectionID{3, 1}, Recorded)
	if err != nil || len(judged) != 2 || judged[0].Section.Code != "XY-03" || judged[1].Section.Code != "XY-01" {
		t.Fatalf("judged %+v, %v, want the two in the order asked for", judged, err)
	}
	if l.knownAt != 0 || l.cause != "recorded" {
		t.Errorf("known at %v because %q, want everything recorded so far", l.knownAt, l.cause)
	}
}

func TestJudgeSavesNothingAndMayRunConcurrently(t *testing.T) {
	l := &ledger{}
	e := judging(l, map[site.SectionID]string{2: "panic"})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			judged, err := e.Judge(t.Context(), []site.SectionID{3, 2, 1}, now-5, now-7)
			if err == nil || !strings.Contains(err.Error(), "XY-02") {
				t.Errorf("error = %v, want that of XY-02", err)
			}
			if len(judged) != 2 || judged[0].SectionID != 3 || judged[1].At != now-5 || judged[1].KnownAt != now-7 {
				t.Errorf("judged %+v", judged)
			}
		})
	}
	all.Wait()
	if l.saved != nil {
		t.Errorf("saved %v", l.saved)
	}
}

func TestProgressCountsEachSectionOnce(t *testing.T) {
	e := judging(&ledger{}, nil)
	var seen []string
	e.Progress = func(done, total int) { seen = append(seen, fmt.Sprintf("%d/%d", done, total)) }
	if _, err := e.All(t.Context(), Requested); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(seen, " "); got != "1/3 2/3 3/3" {
		t.Errorf("progress = %s", got)
	}
}

func TestWithoutPoliciesNothingIsJudged(t *testing.T) {
	l := &ledger{broken: errors.New("database is gone")}
	if _, err := judging(l, nil).All(t.Context(), Scheduled); !errors.Is(err, l.broken) {
		t.Errorf("All: %v", err)
	}
	if _, err := judging(l, nil).Judge(t.Context(), []site.SectionID{1}, now, 0); !errors.Is(err, l.broken) {
		t.Errorf("Judge: %v", err)
	}
}
