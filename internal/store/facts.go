package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/site"
)

// batchSize is how many rows go into one INSERT: fewer cost round trips, more than two thousand get slower again.
const batchSize = 500

// factual is a row type of a register.
type factual[R any] interface {
	*R
	book() *fact
}

// candidate is a row of a file made into a row of a table, with the sections it concerns.
type candidate[R any] struct {
	at       place
	row      R
	sections []site.SectionID
}

// change is a candidate that is new, or that brings other content than the current row it names.
type change[R any] struct {
	candidate[R]
	old *R
}

// register says how the rows of one table are told apart and which of two with the same key stays.
type register[K comparable, R comparable, P factual[R]] struct {
	key       func(P) K
	overrides func(old, next P) bool // nil: the later row always does
	order     func(a, b R) int       // of insertion, that of the busiest index; nil: as in the file
}

// same reports whether two rows say the same, whenever they were recorded.
func same[R comparable, P factual[R]](a, b P) bool {
	x, y := *a, *b
	*P(&x).book(), *P(&y).book() = fact{}, fact{}
	return x == y
}

func (g register[K, R, P]) wins(old, next P) bool {
	return g.overrides == nil || g.overrides(old, next)
}

// outdo leaves one candidate a key: of rows that repeat each other the first, of rows that differ the one that overrides.
// Were the others inserted and closed at once, taking the file in again would start over with them.
func (g register[K, R, P]) outdo(l *load, all []candidate[R]) []candidate[R] {
	best := make(map[K]int, len(all))
	outdone := make([]bool, len(all))
	for i := range all {
		key := g.key(&all[i].row)
		j, seen := best[key]
		if !seen {
			best[key] = i
			continue
		}
		winner, loser := j, i
		switch {
		case same(P(&all[j].row), P(&all[i].row)):
			l.duplicate(all[i].at, "与第%d行相同", all[j].at.line)
		case g.wins(&all[j].row, &all[i].row):
			winner, loser = i, j
			l.duplicate(all[j].at, "第%d行是同一条记录的后来内容，以该行为准", all[i].at.line)
		default:
			l.duplicate(all[i].at, "第%d行是同一条记录的后来内容，以该行为准", all[j].at.line)
		}
		best[key], outdone[loser] = winner, true
	}
	return keep(all, func(i int) bool { return !outdone[i] })
}

// compare sorts out what the database has already.
func (g register[K, R, P]) compare(l *load, all []candidate[R], current map[K]*R) []change[R] {
	changes := make([]change[R], 0, len(all))
	for i := range all {
		c := &all[i]
		old := current[g.key(&c.row)]
		switch {
		case old == nil:
			changes = append(changes, change[R]{candidate: *c})
		case same(P(old), P(&c.row)):
			l.duplicate(c.at, "已有相同的记录")
		case g.wins(old, &c.row):
			changes = append(changes, change[R]{candidate: *c, old: old})
		default:
			l.duplicate(c.at, "已有更晚报告的结果，本行未采用")
		}
	}
	return changes
}

// index keys rows that were read.
func (g register[K, R, P]) index(rows []R) map[K]*R {
	m := make(map[K]*R, len(rows))
	for i := range rows {
		m[g.key(&rows[i])] = &rows[i]
	}
	return m
}

// commit writes changes: it closes the rows that are superseded and inserts the new ones.
func (g register[K, R, P]) commit(ctx context.Context, l *load, changes []change[R]) error {
	var closed []int64
	rows := make([]R, 0, len(changes))
	for i := range changes {
		c := &changes[i]
		if c.old != nil {
			closed = append(closed, P(c.old).book().ID)
		}
		*P(&c.row).book() = fact{RecordedAt: l.now, BatchID: l.batch}
		rows = append(rows, c.row)
		l.accept(c.at, c.sections...)
	}
	if err := closeRows[R](ctx, l.tx, l.now, closed); err != nil {
		return err
	}
	if g.order != nil {
		slices.SortFunc(rows, g.order)
	}
	for n := 0; n < len(rows); n += batchSize {
		l.tell(n)
		if err := insertRows(ctx, l.tx, rows[n:min(n+batchSize, len(rows))], "id", "superseded_at"); err != nil {
			return err
		}
	}
	l.tell(len(rows))
	return nil
}

// settle does all steps for a register whose rows depend on nothing but their key.
func (g register[K, R, P]) settle(ctx context.Context, l *load, all []candidate[R], current []R) error {
	return g.commit(ctx, l, g.compare(l, g.outdo(l, all), g.index(current)))
}

func closeRows[R any](ctx context.Context, tx bun.Tx, now calendar.Instant, ids []int64) error {
	return chunks(ids, func(ids []int64) error {
		_, err := tx.NewUpdate().Model((*R)(nil)).Set("superseded_at = ?", now).Where("id IN (?)", bun.List(ids)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("close superseded rows: %w", err)
		}
		return nil
	})
}

// insertRows inserts without asking for anything back; the columns named are left to the database.
func insertRows[R any](ctx context.Context, tx bun.Tx, rows []R, but ...string) error {
	for len(rows) > 0 {
		n := min(len(rows), batchSize)
		part := rows[:n]
		if _, err := tx.NewInsert().Model(&part).ExcludeColumn(but...).Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("insert rows: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

// keep gives the elements that are wanted, asking once for each in order. Mostly all are, and then nothing is copied.
func keep[T any](all []T, wanted func(i int) bool) []T {
	for i := range all {
		if wanted(i) {
			continue
		}
		kept := slices.Clone(all[:i])
		for j := i + 1; j < len(all); j++ {
			if wanted(j) {
				kept = append(kept, all[j])
			}
		}
		return kept
	}
	return all
}

// within bounds a column, so that a file of one day does not read the years before it.
type within struct {
	column string
	lo, hi any
}

// currentIn reads the current rows of a register whose column is among some values.
func currentIn[R any, V cmp.Ordered](ctx context.Context, tx bun.Tx, column string, values []V, bounds ...within) ([]R, error) {
	return currentWhere[R](ctx, tx, column, values, func(q *bun.SelectQuery) *bun.SelectQuery { return q }, bounds...)
}

// currentWhere is currentIn with another condition.
func currentWhere[R any, V cmp.Ordered](ctx context.Context, tx bun.Tx, column string, values []V, also func(*bun.SelectQuery) *bun.SelectQuery, bounds ...within) ([]R, error) {
	values = slices.Clone(values)
	slices.Sort(values) // in the order of their index
	var rows []R
	err := chunks(slices.Compact(values), func(values []V) error {
		var part []R
		q := also(tx.NewSelect().Model(&part).Where("superseded_at IS NULL").Where("? IN (?)", bun.Ident(column), bun.List(values)))
		for _, b := range bounds {
			q.Where("? BETWEEN ? AND ?", bun.Ident(b.column), b.lo, b.hi)
		}
		err := q.Scan(ctx)
		rows = append(rows, part...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read current rows: %w", err)
	}
	return rows, nil
}

// span gives the bounds of what candidates hold in a column.
func span[R any](column string, all []candidate[R], value func(*R) calendar.Instant) within {
	var lo, hi calendar.Instant
	for i := range all {
		v := value(&all[i].row)
		if i == 0 {
			lo, hi = v, v
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	return within{column, lo, hi}
}
