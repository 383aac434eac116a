package evaluation

import (
	"context"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/site"
)

// noon is the time of day whose rules hold for a day's report.
const noon = 12 * time.Hour

// ReportDeadline gives the last instant at which a section's report of a day is in time, by the policy in force on that day;
// zero when none was.
func (e *Evaluator) ReportDeadline(ctx context.Context, id site.SectionID, day calendar.Date) (calendar.Instant, error) {
	at := day.At(noon, e.Loc)
	book, err := e.Ledger.Policies(ctx, 0, e.Loc)
	if err != nil {
		return 0, err
	}
	var deadline calendar.Instant
	nothing := criteria.Window{Results: at, Temperatures: at, Disinfections: at, Passages: at, Answers: day}
	err = e.Ledger.Snapshots(ctx, []site.SectionID{id}, nothing, 0, func(s *criteria.Snapshot) error {
		inForce, err := book.InForce(s.Section.Stoppage(), at)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		deadline = day.At(inForce.Resolve(s.Section, site.ZoneAt(s.Zones, s.Section, at), at).ReportDeadline, e.Loc)
		return nil
	})
	return deadline, err
}
