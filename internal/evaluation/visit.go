package evaluation

import (
	"context"
	"errors"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/policy"
	"fugong/internal/site"
)

// Examined is a section judged, with all that it was judged from.
type Examined struct {
	Judged
	Snapshot *criteria.Snapshot
	Policy   *policy.Policy
}

// Visit judges sections as Judge does and shows each with what it was judged from, in the order of ids. A section that
// cannot be judged is left out; the errors come back joined.
func (e *Evaluator) Visit(ctx context.Context, ids []site.SectionID, at, knownAt calendar.Instant, visit func(Examined) error) error {
	run, err := e.begin(ctx, len(ids), at, knownAt)
	if err != nil {
		return err
	}
	err = e.Ledger.Snapshots(ctx, ids, run.window, knownAt, func(s *criteria.Snapshot) error {
		if _, err := run.judge(s); err != nil {
			run.failures = append(run.failures, err)
			return nil
		}
		inForce, err := run.book.InForce(s.Section.Stoppage(), at)
		if err != nil {
			return err
		}
		return visit(Examined{run.judged[s.Section.ID], s, inForce})
	})
	return errors.Join(append(run.failures, err)...)
}
