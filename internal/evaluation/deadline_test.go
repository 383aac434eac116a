package evaluation

import (
	"context"
	"errors"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/site"
)

// stopped is a ledger whose sections stopped work for the epidemic.
type stopped struct{ *ledger }

func (s stopped) Snapshots(ctx context.Context, ids []site.SectionID, w criteria.Window, knownAt calendar.Instant, visit func(*criteria.Snapshot) error) error {
	return s.ledger.Snapshots(ctx, ids, w, knownAt, func(sn *criteria.Snapshot) error {
		sn.Section.Occasion = site.Epidemic
		return visit(sn)
	})
}

func TestReportIsDueByThePolicyOfItsDay(t *testing.T) {
	e := judging(&ledger{}, nil)
	e.Ledger = stopped{&ledger{}}
	got, err := e.ReportDeadline(t.Context(), 1, calendar.Day(2022, 5, 6))
	if want := calendar.Day(2022, 5, 6).At(17*time.Hour, e.Loc); err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := e.ReportDeadline(t.Context(), 1, calendar.Day(2000, 1, 1)); err != nil || !got.IsZero() {
		t.Errorf("before any policy: %v, %v", got, err)
	}
	broken := fault.New(fault.Internal, "broken")
	if _, err := judging(&ledger{broken: broken}, nil).ReportDeadline(t.Context(), 1, calendar.Day(2022, 5, 6)); !errors.Is(err, broken) {
		t.Errorf("without policies: %v", err)
	}
}

// TestReportsOfSeveralDays: each day has its own deadline, none where no policy was in force, and no day asks for nothing.
func TestReportsOfSeveralDays(t *testing.T) {
	e := judging(&ledger{}, nil)
	e.Ledger = stopped{&ledger{}}
	early, late, before := calendar.Day(2022, 5, 5), calendar.Day(2022, 5, 6), calendar.Day(2000, 1, 1)
	got, err := e.ReportDeadlines(t.Context(), 1, []calendar.Date{late, before, early})
	if err != nil || got[early] != early.At(17*time.Hour, e.Loc) || got[late] != late.At(17*time.Hour, e.Loc) || !got[before].IsZero() {
		t.Errorf("got %v, %v", got, err)
	}
	e.Ledger = &ledger{broken: fault.New(fault.Internal, "broken")}
	if got, err := e.ReportDeadlines(t.Context(), 1, nil); err != nil || len(got) != 0 {
		t.Errorf("of no day: %v, %v", got, err)
	}
}
