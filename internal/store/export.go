package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// ExportOrder asks for a kind of table. Times are written as clocks in Loc show them. Act says who asks.
type ExportOrder struct {
	Kind string
	Loc  *time.Location
	Act  audit.Act
	Now  calendar.Instant
}

// Export gives the current rows of a kind of table as its file would hold them, header and rows in a stable order, with ID
// and phone numbers opened, after writing into the audit trail that they were. Importing the result changes nothing. An
// unknown kind gives a fault.Invalid.
func (s *Store) Export(ctx context.Context, o ExportOrder) (header []string, rows [][]string, err error) {
	k, err := kindOf(o.Kind)
	if err != nil {
		return nil, nil, err
	}
	err = s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		rows, err = k.export(ctx, s, tx, o.Loc)
		return err
	})
	if err == nil {
		err = s.Audit(ctx, o.Act.Doing("export", "register", o.Kind, map[string]string{"rows": strconv.Itoa(len(rows))}), o.Now)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("export %s: %w", o.Kind, err)
	}
	slices.SortFunc(rows, slices.Compare)
	return intake.Names(k.columns), rows, nil
}

// currentRows reads all current rows of a register.
func currentRows[R any](ctx context.Context, tx bun.Tx) ([]R, error) {
	var rows []R
	if err := tx.NewSelect().Model(&rows).Where("superseded_at IS NULL").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read current rows: %w", err)
	}
	return rows, nil
}

// written makes the cells of all current rows of a register.
func written[R any](ctx context.Context, tx bun.Tx, cells func(*R) []string) ([][]string, error) {
	rows, err := currentRows[R](ctx, tx)
	if err != nil {
		return nil, err
	}
	return texts(rows, cells), nil
}

func texts[R any](rows []R, cells func(*R) []string) [][]string {
	all := make([][]string, len(rows))
	for i := range rows {
		all[i] = cells(&rows[i])
	}
	return all
}

// all reads a whole table and keys it.
func all[R any, K comparable](ctx context.Context, tx bun.Tx, key func(*R) K) (map[K]*R, error) {
	var rows []R
	if err := tx.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	m := make(map[K]*R, len(rows))
	for i := range rows {
		m[key(&rows[i])] = &rows[i]
	}
	return m, nil
}

func allSections(ctx context.Context, tx bun.Tx) (map[site.SectionID]*sectionRow, error) {
	return all(ctx, tx, func(r *sectionRow) site.SectionID { return r.ID })
}

func allRooms(ctx context.Context, tx bun.Tx) (map[housing.RoomID]*roomRow, error) {
	return all(ctx, tx, func(r *roomRow) housing.RoomID { return r.ID })
}

func allAreas(ctx context.Context, tx bun.Tx) (map[disinfection.AreaID]*areaRow, error) {
	return all(ctx, tx, func(r *areaRow) disinfection.AreaID { return r.ID })
}

// identity is a person with the seal of his number opened.
type identity struct {
	roster.Document
	name   string
	rowKey string
}

// identities opens the numbers of all people.
func (s *Store) identities(ctx context.Context, tx bun.Tx) (map[roster.WorkerID]identity, error) {
	var rows []workerRow
	if err := tx.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	open := make(map[roster.WorkerID]identity, len(rows))
	for i := range rows {
		r := &rows[i]
		number, err := s.vault.Unseal(numberField, r.RowKey, []byte(r.NumberSealed))
		if err != nil {
			return nil, fmt.Errorf("open the number of worker %d: %w", r.ID, err)
		}
		open[r.ID] = identity{roster.Document{Type: r.DocType, Number: number}, r.Name, r.RowKey}
	}
	return open, nil
}
