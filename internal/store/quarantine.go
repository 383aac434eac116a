package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/screening"
)

const quarantineField = "quarantined.row"

// sectionColumn is where tables name the section a row belongs to.
const sectionColumn = "标段编号"

// acceptedLater is the decision on a kept row that a later file brought again, when it was accepted.
const acceptedLater = "accepted later"

// keepAside puts the quarantined rows of the file away, sealed, and closes the cases that the file has settled.
func (l *load) keepAside(ctx context.Context) error {
	if err := l.closeSettled(ctx); err != nil {
		return err
	}
	quarantined := func(p intake.Problem) bool { return p.Outcome == intake.Quarantined }
	if !slices.ContainsFunc(l.problems, quarantined) {
		return nil
	}
	var aside []quarantineRow
	rows, cells, sections := l.rows(), l.cells(), l.sectionCells()
	for _, p := range l.problems {
		if !quarantined(p) {
			continue
		}
		at := place{p.Sheet, p.Line}
		row, err := l.sealRow(p, rows[at], cells[at], sections[at])
		if err != nil {
			return err
		}
		aside = append(aside, row)
	}
	for part := range batches(aside) {
		_, err := l.tx.NewInsert().Model(&part).ExcludeColumn("id").Returning("NULL").
			On("CONFLICT (kind, scope, row_lookup) WHERE decided_at IS NULL DO NOTHING").Exec(ctx)
		if err != nil {
			return fmt.Errorf("keep rows aside: %w", err)
		}
	}
	return nil
}

func (l *load) sealRow(p intake.Problem, kept *intake.Row, cells, section string) (quarantineRow, error) {
	row := quarantineRow{
		BatchID: l.batch, Kind: l.up.Kind, Sheet: p.Sheet, Line: int64(p.Line), Code: string(p.Code), ColumnName: p.Column,
		Message: p.Message, RowKey: rand.Text(), RowLookup: l.rowLookup(cells), SectionCode: section,
		Scope: l.scopeKey(), RecordedAt: l.now,
	}
	text, err := json.Marshal(keptCells{kept.Cells(l.kind.columns), l.up.Words, storeFaults(p.Faults)})
	if err != nil {
		return row, fmt.Errorf("write row of line %d: %w", p.Line, err)
	}
	sealed, err := l.vault.Seal(quarantineField, row.RowKey, string(text))
	row.RowSealed = bytea(sealed)
	return row, err
}

func (l *load) rowLookup(cells string) bytea {
	return bytea(l.vault.Lookup(quarantineField+"."+l.up.Kind, cells))
}

// rows finds every row of the file by its place.
func (l *load) rows() map[place]*intake.Row {
	all := map[place]*intake.Row{}
	for _, t := range l.up.Tables {
		for i := range t.Rows {
			all[at(&t.Rows[i])] = &t.Rows[i]
		}
	}
	return all
}

// cells gives every row of the file as one text, by its place.
func (l *load) cells() map[place]string {
	all := map[place]string{}
	for _, t := range l.up.Tables {
		for i := range t.Rows {
			text, err := json.Marshal(t.Rows[i].Texts(l.kind.columns))
			if err == nil { // texts always marshal
				all[at(&t.Rows[i])] = string(text)
			}
		}
	}
	return all
}

// sectionCells gives the section that each row of the file names, by its place; none where the kind of table names none.
func (l *load) sectionCells() map[place]string {
	all := map[place]string{}
	for _, t := range l.up.Tables {
		for i := range t.Rows {
			all[at(&t.Rows[i])] = t.Rows[i].Text(sectionColumn)
		}
	}
	return all
}

// closeSettled decides the open cases whose rows are in the database now.
func (l *load) closeSettled(ctx context.Context) error {
	var open []quarantineRow
	err := l.tx.NewSelect().Model(&open).Column("id", "row_lookup").Where("kind = ? AND decided_at IS NULL", l.up.Kind).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read rows kept aside: %w", err)
	}
	if len(open) == 0 || len(l.taken) == 0 {
		return nil
	}
	settled := map[bytea]bool{}
	cells := l.cells()
	for _, p := range l.taken {
		settled[l.rowLookup(cells[p])] = true
	}
	var ids []int64
	for _, row := range open {
		if settled[row.RowLookup] {
			ids = append(ids, row.ID)
		}
	}
	return chunks(ids, func(ids []int64) error {
		_, err := l.tx.NewUpdate().Model((*quarantineRow)(nil)).Where("id IN (?)", bun.List(ids)).
			Set("decided_at = ?", l.now).Set("decision = ?", acceptedLater).Exec(ctx)
		return err
	})
}

// Case is a row of a file that is kept aside until a person decides.
type Case struct {
	ID         int64
	Kind       string
	File       string
	Problem    intake.Problem
	Section    string   // that the row names; empty: none
	Cells      []string // opened, in the order of the kind's columns
	RecordedAt calendar.Instant
	RecordedBy string

	kept keptCells
}

// keptCells is a row as it is kept: its cells, with what a spreadsheet said of them beside their texts, what the source's
// words for results mean, and what is wrong with it.
type keptCells struct {
	Cells  []intake.Cell     `json:"cells"`
	Words  screening.Mapping `json:"words,omitempty"`
	Faults []storedFault     `json:"faults,omitempty"`
}

// readKept reads a row that was kept; those kept by earlier versions are texts alone.
func readKept(text string) (k keptCells, err error) {
	if strings.HasPrefix(text, "[") {
		var texts []string
		err = json.Unmarshal([]byte(text), &texts)
		for _, t := range texts {
			k.Cells = append(k.Cells, intake.Cell{Text: t})
		}
		return k, err
	}
	return k, readKeeping(text, &k)
}

// Quarantined lists the rows kept aside of sections within a scope that nobody has decided on, oldest first, with their seals
// opened: for people who may see ID numbers. Rows that name no section are for those who see all that whoever brought them saw.
func (s *Store) Quarantined(ctx context.Context, within account.Scope) ([]Case, error) {
	var cases []Case
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		var rows []quarantineRow
		q := tx.NewSelect().Model(&rows).Where("decided_at IS NULL").Order("id")
		s.visibleCases(q.QueryBuilder(), within)
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("list rows kept aside: %w", err)
		}
		var batches []batchRow
		if err := tx.NewSelect().Model(&batches).Where("id IN (SELECT batch_id FROM quarantined WHERE decided_at IS NULL)").Scan(ctx); err != nil {
			return fmt.Errorf("list their batches: %w", err)
		}
		from := map[int64]batchRow{}
		for _, b := range batches {
			from[b.ID] = b
		}
		for i := range rows {
			c, err := s.openCase(&rows[i], from[rows[i].BatchID])
			if err != nil {
				return err
			}
			cases = append(cases, c)
		}
		return nil
	})
	return cases, err
}

func (s *Store) openCase(row *quarantineRow, from batchRow) (Case, error) {
	text, err := s.vault.Unseal(quarantineField, row.RowKey, []byte(row.RowSealed))
	if err != nil {
		return Case{}, fmt.Errorf("open case %d: %w", row.ID, err)
	}
	c := Case{
		ID: row.ID, Kind: row.Kind, Section: row.SectionCode, File: from.File, RecordedAt: row.RecordedAt, RecordedBy: from.RecordedBy,
		Problem: intake.Problem{
			Sheet: row.Sheet, Line: int(row.Line), Outcome: intake.Quarantined, Code: intake.Code(row.Code),
			Column: row.ColumnName, Message: row.Message,
		},
	}
	if c.kept, err = readKept(text); err != nil {
		return Case{}, fmt.Errorf("read case %d: %w", row.ID, err)
	}
	if c.Problem.Faults, err = faultsOf(c.kept.Faults); err != nil {
		return Case{}, fmt.Errorf("read case %d: %w", row.ID, err)
	}
	for _, cell := range c.kept.Cells {
		c.Cells = append(c.Cells, cell.Text)
	}
	return c, nil
}

// DecideCase closes a case within a scope with what a person decided. It returns a fault.NotFound when no such case is open.
func (s *Store) DecideCase(ctx context.Context, within account.Scope, act audit.Act, id int64, decision string, now calendar.Instant) error {
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewUpdate().Model((*quarantineRow)(nil)).Where("id = ? AND decided_at IS NULL", id).
			Set("decided_at = ?", now).Set("decision = ?", decision)
		s.visibleCases(q.QueryBuilder(), within)
		done, err := q.Exec(ctx)
		if err != nil {
			return fmt.Errorf("decide case %d: %w", id, err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.NotFound, "没有待处理的第 %d 号记录", id)
		}
		return s.writeAudit(ctx, tx, act.Doing("quarantine.decide", "case", strconv.FormatInt(id, 10), map[string]string{"decision": decision}), now)
	})
}
