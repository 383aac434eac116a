package evaluation

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/policy"
	"fugong/internal/site"
)

// noon is the time of day whose rules hold for a day's report.
const noon = 12 * time.Hour

// ReportDeadline gives the last instant at which a section's report of a day is in time, by the policy in force on that day;
// zero when none was.
func (e *Evaluator) ReportDeadline(ctx context.Context, id site.SectionID, day calendar.Date) (calendar.Instant, error) {
	all, err := e.ReportDeadlines(ctx, id, []calendar.Date{day})
	return all[day], err
}

// ReportDeadlines gives those of several days at once, as ReportDeadline has them.
func (e *Evaluator) ReportDeadlines(ctx context.Context, id site.SectionID, days []calendar.Date) (map[calendar.Date]calendar.Instant, error) {
	deadlines := make(map[calendar.Date]calendar.Instant, len(days))
	if len(days) == 0 {
		return deadlines, nil
	}
	book, err := e.Ledger.Policies(ctx, 0, e.Loc)
	if err != nil {
		return nil, err
	}
	last := slices.MaxFunc(days, func(a, b calendar.Date) int { return cmp.Compare(a.At(noon, e.Loc), b.At(noon, e.Loc)) })
	at := last.At(noon, e.Loc)
	nothing := criteria.Window{Results: at, Temperatures: at, Disinfections: at, Passages: at, Answers: last}
	err = e.Ledger.Snapshots(ctx, []site.SectionID{id}, nothing, 0, func(s *criteria.Snapshot) error {
		for _, day := range days {
			var err error
			if deadlines[day], err = e.deadlineOf(s, book, day); err != nil {
				return err
			}
		}
		return nil
	})
	return deadlines, err
}

func (e *Evaluator) deadlineOf(s *criteria.Snapshot, book policy.Book, day calendar.Date) (calendar.Instant, error) {
	at := day.At(noon, e.Loc)
	inForce, err := book.InForce(s.Section.Stoppage(), at)
	if fault.KindOf(err) == fault.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return day.At(inForce.Resolve(s.Section, site.ZoneAt(s.Zones, s.Section, at), at).ReportDeadline, e.Loc), nil
}
