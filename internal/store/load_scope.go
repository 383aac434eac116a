package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/site"
)

// narrow finds what the file may speak of, notes it with the batch, and rejects the rows that are to be kept aside for what a
// cell of theirs says, but name a section that is not there: nobody is given a row to decide on by somebody else.
func (l *load) narrow(ctx context.Context) error {
	if l.up.Within.Everywhere {
		return nil
	}
	l.mine = map[site.SectionID]bool{}
	var ids []site.SectionID
	if err := l.sectionsWithin(l.up.Within).ColumnExpr("z.id").Conn(l.tx).Scan(ctx, &ids); err != nil {
		return fmt.Errorf("find what may be spoken of: %w", err)
	}
	rows := make([]batchSectionRow, len(ids))
	for i, id := range ids {
		l.mine[id] = true
		rows[i] = batchSectionRow{BatchID: l.batch, SectionID: id}
	}
	if err := insertSections(ctx, l.tx, "batch_scopes", rows); err != nil {
		return err
	}
	return l.rejectForeign(ctx)
}

func (l *load) rejectForeign(ctx context.Context) error {
	if !slices.ContainsFunc(l.problems, func(p intake.Problem) bool { return p.Outcome == intake.Quarantined }) {
		return nil
	}
	named := l.sectionCells()
	codes := map[string]bool{}
	for _, code := range named {
		codes[code] = true
	}
	delete(codes, "")
	if err := l.findSections(ctx, codes); err != nil {
		return err
	}
	problems := l.problems
	l.problems = nil
	for _, p := range problems {
		at := place{p.Sheet, p.Line}
		if p.Outcome == intake.Quarantined && named[at] != "" {
			if _, ok := l.section(at, named[at]); !ok {
				continue
			}
		}
		l.problems = append(l.problems, p)
	}
	return nil
}

// sees reports whether a section lies in the scope of the file.
func (l *load) sees(id site.SectionID) bool { return l.mine == nil || l.mine[id] }

// seesPerson reports whether somebody is or was on a roster in the scope of the file.
func (l *load) seesPerson(p *person) bool {
	return l.mine == nil || slices.ContainsFunc(p.enrolled, func(e stint) bool { return l.mine[e.section] })
}

// own gives a person about whom a file may bring a fact of an instant, and nil for others: who is on a roster in the scope of
// the file and had not left by then. Facts from before somebody came count, for who comes is tested before.
func (l *load) own(p *person, at calendar.Instant) *person {
	if l.mine == nil || p == nil {
		return p
	}
	stays := func(e stint) bool { return l.mine[e.section] && (e.left.IsZero() || at <= e.left) }
	if !slices.ContainsFunc(p.enrolled, stays) {
		return nil
	}
	return p
}

// scopeKey names the scope of the file among others, the same for the same sections; empty for the whole district.
func (l *load) scopeKey() string {
	if l.mine == nil {
		return ""
	}
	return "[" + idList(slices.Sorted(maps.Keys(l.mine))) + "]"
}

func insertSections(ctx context.Context, tx bun.Tx, table string, rows []batchSectionRow) error {
	for part := range batches(rows) {
		if _, err := tx.NewInsert().Model(&part).ModelTableExpr("?", bun.Ident(table)).Exec(ctx); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
	}
	return nil
}
