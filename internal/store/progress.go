package store

import (
	"context"
	"fmt"
	"strings"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/site"
)

// StateCount is how many sections stood in a state, as it was known at an instant.
type StateCount struct {
	At       calendar.Instant
	State    site.State
	Sections int
}

// Progress counts the sections within a scope by their state, for each of some instants, as it was known then: a state that is
// entered afterwards does not change what was known. Of an instant before anything was recorded there is no tally. It is one
// query, however many instants there are.
func (s *Store) Progress(ctx context.Context, within account.Scope, instants []calendar.Instant) ([]StateCount, error) {
	counts := []StateCount{}
	if len(instants) == 0 {
		return counts, nil
	}
	q := s.read.NewSelect().TableExpr("(" + oneRowEach(instants) + ") AS d").ColumnExpr("d.at, v.state, COUNT(*)").
		Join("JOIN section_versions AS v ON v.recorded_at <= d.at AND (v.superseded_at IS NULL OR v.superseded_at > d.at)").
		GroupExpr("d.at, v.state").OrderExpr("d.at, v.state")
	err := scanAll(ctx, s.read, s.visible(q, "v.section_id", within).String(), func(c *cells) {
		counts = append(counts, StateCount{c.instant(), site.State(c.word()), c.count()})
	})
	if err != nil {
		return nil, fmt.Errorf("count sections by state: %w", translate(err))
	}
	return counts, nil
}

// oneRowEach is a table of instants. They are numbers of our own making.
func oneRowEach(instants []calendar.Instant) string {
	rows := make([]string, len(instants))
	for i, at := range instants {
		rows[i] = "SELECT " + micros(at) + " AS at"
	}
	return strings.Join(rows, " UNION ALL ")
}

// Move is a section whose state is not what it was known to be at an earlier instant.
type Move struct {
	Code, Name, ProjectName, Street string
	From, To                        site.State
}

// Moves lists the sections within a scope whose state has changed since an instant, in the order of their codes. A section that
// was not known then has not moved.
func (s *Store) Moves(ctx context.Context, within account.Scope, since calendar.Instant) ([]Move, error) {
	moves := []Move{}
	q := s.read.NewSelect().TableExpr("sections AS s").ColumnExpr("s.code, v.name, v.project_name, v.street, w.state, v.state").
		Join("JOIN section_versions AS v ON v.section_id = s.id AND v.superseded_at IS NULL").
		Join("JOIN section_versions AS w ON w.section_id = s.id AND w.recorded_at <= ?0 AND w.superseded_at > ?0", since).
		Where("w.state <> v.state").OrderExpr("s.code")
	err := scanAll(ctx, s.read, s.visible(q, "s.id", within).String(), func(c *cells) {
		moves = append(moves, Move{c.text(), c.text(), c.text(), c.word(), site.State(c.word()), site.State(c.word())})
	})
	if err != nil {
		return nil, fmt.Errorf("list changes of state: %w", translate(err))
	}
	return moves, nil
}

// JudgedAt gives when any section within a scope was last judged; zero when none was.
func (s *Store) JudgedAt(ctx context.Context, within account.Scope) (at calendar.Instant, err error) {
	q := s.read.NewSelect().TableExpr("sections AS s").ColumnExpr("MAX(s.evaluated_at)")
	if err = scanAll(ctx, s.read, s.visible(q, "s.id", within).String(), func(c *cells) { at = c.instant() }); err != nil {
		return 0, fmt.Errorf("read when sections were judged: %w", translate(err))
	}
	return at, nil
}
