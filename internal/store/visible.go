package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/site"
)

// visible narrows a query to what lies within a scope; column is where the query holds the id of a section. Everything that a
// person reads comes through here, in SQL: a section outside the scope is not there, for lists, counts and searches alike.
// The zero scope sees nothing. It is one condition of its own, so that no other can widen it.
func (s *Store) visible(q *bun.SelectQuery, column string, within account.Scope) *bun.SelectQuery {
	if within.Everywhere {
		return q
	}
	return q.Where("? IN (?)", bun.Ident(column), s.sectionsWithin(within).ColumnExpr("z.id"))
}

// sectionsWithin asks for the sections that a scope names, z, by their codes or by the streets where they are now.
func (s *Store) sectionsWithin(within account.Scope) *bun.SelectQuery {
	q := s.read.NewSelect().TableExpr("sections AS z").
		Join("JOIN section_versions AS y ON y.section_id = z.id AND y.superseded_at IS NULL")
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("1 = 0")
		if len(within.Sections) > 0 {
			q = q.WhereOr("z.code IN (?)", bun.List(within.Sections))
		}
		if len(within.Streets) > 0 {
			q = q.WhereOr("y.street IN (?)", bun.List(within.Streets))
		}
		return q
	})
}

// wantedSection is a section that somebody names, and what that person may see.
type wantedSection struct {
	code   string
	within account.Scope
}

// sectionsWanted finds sections for many people at once, each within the own scope; 0 stands for none.
func (s *Store) sectionsWanted(ctx context.Context, tx bun.IDB, wanted []wantedSection) ([]site.SectionID, error) {
	type want struct {
		Place      int
		Code       string
		Everywhere bool
	}
	type may struct { // one code or street of a scope
		Place        int
		Code, Street string
	}
	wants, mays := make([]want, len(wanted)), []may{{Place: -1}} // a table has to have a row
	for i, w := range wanted {
		wants[i] = want{i, w.code, w.within.Everywhere}
		for _, code := range w.within.Sections {
			mays = append(mays, may{Place: i, Code: code})
		}
		for _, street := range w.within.Streets {
			mays = append(mays, may{Place: i, Street: street})
		}
	}
	var found []struct {
		Place int
		ID    site.SectionID
	}
	err := tx.NewSelect().With("want", tx.NewValues(&wants)).With("may", tx.NewValues(&mays)).
		TableExpr("want").Join("JOIN sections AS z ON z.code = want.code").
		Join("JOIN section_versions AS y ON y.section_id = z.id AND y.superseded_at IS NULL").ColumnExpr("want.place, z.id").
		Where("want.everywhere OR EXISTS (SELECT 1 FROM may WHERE may.place = want.place AND (may.code = z.code OR may.street = y.street AND may.street <> ''))").
		Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("find sections: %w", err)
	}
	ids := make([]site.SectionID, len(wanted))
	for _, f := range found {
		ids[f.Place] = f.ID
	}
	return ids, nil
}

// visibleBatches narrows a query to files that were brought by somebody who saw no more than the scope holds; column is where
// the query holds the id of a batch.
func (s *Store) visibleBatches(q bun.QueryBuilder, column string, within account.Scope) bun.QueryBuilder {
	if within.Everywhere {
		return q
	}
	own := s.read.NewSelect().TableExpr("batch_scopes AS o").ColumnExpr("o.batch_id")
	beyond := s.read.NewSelect().TableExpr("batch_scopes AS f").ColumnExpr("f.batch_id").
		Where("f.section_id NOT IN (?)", s.sectionsWithin(within).ColumnExpr("z.id"))
	return q.Where("? IN (?)", bun.Ident(column), own).Where("? NOT IN (?)", bun.Ident(column), beyond)
}

// visibleCases narrows a query of rows kept aside to those that name a section within the scope, and to those that name none
// but were brought by somebody who saw no more than the scope holds.
func (s *Store) visibleCases(q bun.QueryBuilder, within account.Scope) bun.QueryBuilder {
	if within.Everywhere {
		return q
	}
	return q.WhereGroup(" AND ", func(q bun.QueryBuilder) bun.QueryBuilder {
		return q.Where("section_code IN (?)", s.sectionsWithin(within).ColumnExpr("z.code")).
			WhereGroup(" OR ", func(q bun.QueryBuilder) bun.QueryBuilder {
				return s.visibleBatches(q.Where("section_code = ''"), "batch_id", within)
			})
	})
}

// visibleWorkers narrows a query to people who are, or ever were, on the roster of a section within the scope, slept in a room
// of it or passed its gate; column is where the query holds the id of a worker.
func (s *Store) visibleWorkers(q *bun.SelectQuery, column string, within account.Scope) *bun.SelectQuery {
	if within.Everywhere {
		return q
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		for _, register := range []string{"enrolments AS w", "stays AS w", "passages AS w"} {
			seen := s.read.NewSelect().TableExpr(register).ColumnExpr("w.worker_id")
			q = q.WhereOr("? IN (?)", bun.Ident(column), s.visible(seen, "w.section_id", within))
		}
		return q
	})
}
