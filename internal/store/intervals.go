package store

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
)

// interval is a time from an instant until another; a zero end is open.
type interval struct{ from, until calendar.Instant }

func (a interval) overlaps(b interval) bool {
	return (b.until.IsZero() || a.from < b.until) && (a.until.IsZero() || b.from < a.until)
}

// overlaps refuses a row whose time is taken by another; the formats tell that one from when, and until when if it has an end.
func (l *load) overlaps(p place, column string, other interval, open, closed string) {
	from, until := other.from.Minute(l.up.Loc), other.until.Minute(l.up.Loc)
	if other.until.IsZero() {
		l.refuse(p, intake.Overlap, column, open, from)
		return
	}
	l.refuse(p, intake.Overlap, column, closed, from, until)
}

// makeRoom leaves the changes that put nobody in two places at once. A change of a known row goes first, so that a file which
// ends one stay and begins the next is taken whole, in whatever order its rows stand. Rows that do not fit are told to
// complain, with the row in their way and its interval.
func makeRoom[R any](changes []change[R], stored []R, spanOf func(*R) (owner any, i interval), complain func(p place, there *R, i interval)) []change[R] {
	taken := map[any][]*R{}
	for i := range stored {
		owner, _ := spanOf(&stored[i])
		taken[owner] = append(taken[owner], &stored[i])
	}
	fits := make([]bool, len(changes))
	for _, known := range []bool{true, false} {
		for i := range changes {
			if c := &changes[i]; (c.old != nil) == known {
				fits[i] = fit(taken, c, spanOf, complain)
			}
		}
	}
	return keep(changes, func(i int) bool { return fits[i] })
}

func fit[R any](taken map[any][]*R, c *change[R], spanOf func(*R) (any, interval), complain func(place, *R, interval)) bool {
	owner, mine := spanOf(&c.row)
	own := -1
	for i, row := range taken[owner] {
		if row == c.old {
			own = i
			continue
		}
		if _, other := spanOf(row); mine.overlaps(other) {
			complain(c.at, row, other)
			return false
		}
	}
	if own >= 0 {
		taken[owner][own] = &c.row
	} else {
		taken[owner] = append(taken[owner], &c.row)
	}
	return true
}
