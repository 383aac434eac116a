package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
)

// Judging is a run that judged sections, as who sees a part of the district may know it. That it ran, when, what it caught up and
// whether it came to grief is the same for all; what it changed is told of the sections within the scope alone.
type Judging struct {
	Job        string
	Slot       calendar.Instant
	ClaimedAt  calendar.Instant
	FinishedAt calendar.Instant // zero while it runs, or when its holder died
	Before     calendar.Instant // the slot before on record; zero for the first
	Missed     int              // slots between the two, which it caught up
	Failed     bool             // some section could not be judged, or the run itself failed
	Changed    int              // sections of which something else was found than before
	Raised     int              // flags
	Cleared    int
}

// Judgings lists the last n runs of each job that judges, and the last n that caught something up, by their slots, newest first.
func (s *Store) Judgings(ctx context.Context, within account.Scope, n int) ([]Judging, error) {
	ranked := s.read.NewSelect().Table("runs").ColumnExpr("*, "+slotBefore).
		ColumnExpr("CASE job WHEN 'full' THEN 'scheduled' ELSE job END AS cause").
		ColumnExpr("COALESCE(finished_at, claimed_until) AS ends_at").
		ColumnExpr("ROW_NUMBER() OVER (PARTITION BY job, missed > 0 ORDER BY slot DESC) AS place").
		Where("job IN (?)", bun.List([]string{"full", "due"}))
	shown := s.read.NewSelect().TableExpr("(?) AS r", ranked).ColumnExpr("r.*").Where("r.place <= ?", n)
	q := s.read.NewSelect().With("shown", shown).With("found", s.found(within)).
		TableExpr("shown AS r").Join("LEFT JOIN found AS f ON f.cause = r.cause AND f.at >= r.claimed_at AND f.at <= r.ends_at").
		ColumnExpr("r.job, r.slot, r.claimed_at, r.finished_at, r.before, r.missed, r.failed > 0 OR r.note <> ''").
		ColumnExpr("COUNT(f.at), CAST(COALESCE(SUM(f.raised), 0) AS BIGINT), CAST(COALESCE(SUM(f.cleared), 0) AS BIGINT)").
		GroupExpr("r.job, r.slot, r.claimed_at, r.finished_at, r.before, r.missed, r.failed, r.note").OrderExpr("r.slot DESC, r.job")
	all := []Judging{}
	err := scanAll(ctx, s.read, q.String(), func(c *cells) {
		all = append(all, Judging{
			Job: c.word(), Slot: c.instant(), ClaimedAt: c.instant(), FinishedAt: c.instant(), Before: c.instant(), Missed: c.count(), Failed: c.count() > 0,
			Changed: c.count(), Raised: c.count(), Cleared: c.count(),
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list runs within a scope: %w", translate(err))
	}
	return all, nil
}

// found asks for what judgements found anew within a scope since the first of the runs that are shown, with the flags each moved. A
// run judges all its sections at one instant, which lies between its claim and its end; by the cause it is told from another that
// ran meanwhile.
func (s *Store) found(within account.Scope) *bun.SelectQuery {
	q := s.read.NewSelect().TableExpr("verdicts AS v").ColumnExpr("v.cause, v.at").
		ColumnExpr("(SELECT COUNT(*) FROM flags x WHERE x.section_id = v.section_id AND x.raised_at = v.at) AS raised").
		ColumnExpr("(SELECT COUNT(*) FROM flags x WHERE x.section_id = v.section_id AND x.cleared_at = v.at) AS cleared").
		Where("v.at >= (SELECT MIN(claimed_at) FROM shown)")
	return s.visible(q, "v.section_id", within)
}

// JudgedSince counts the sections within a scope that were judged at an instant or later, and all there are.
func (s *Store) JudgedSince(ctx context.Context, within account.Scope, at calendar.Instant) (judged, all int, err error) {
	q := s.read.NewSelect().TableExpr("sections AS s").
		ColumnExpr("COUNT(CASE WHEN s.evaluated_at >= ? THEN 1 END), COUNT(*)", at)
	err = scanAll(ctx, s.read, s.visible(q, "s.id", within).String(), func(c *cells) { judged, all = c.count(), c.count() })
	if err != nil {
		return 0, 0, fmt.Errorf("count sections judged since: %w", translate(err))
	}
	return judged, all, nil
}
