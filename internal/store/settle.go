package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/roster"
)

// CaseOrder says that a row kept aside is to be taken in after all. As names the person it is about, where its own number is
// masked; 0: whom it names. A row that gives a person another name is then of that person.
type CaseOrder struct {
	Within account.Scope
	ID     int64
	As     roster.WorkerID
	Act    audit.Act
	Loc    *time.Location
	Now    calendar.Instant
}

// numberColumn is where tables name a person.
const numberColumn = "证件号码"

// nameColumn is where tables say how a person is called.
const nameColumn = "姓名"

// SettleCase takes a row in that was kept aside, by the same way as a file and with the same checks, and closes its case. It
// returns a fault.NotFound when no such case is open within the scope, and a fault.Invalid telling what is wrong, with
// everything as it was, when the row is not taken in this time either.
func (s *Store) SettleCase(ctx context.Context, o CaseOrder) (Taken, error) {
	var taken Taken
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		c, err := s.claimCase(ctx, tx, o.Within, o.ID)
		if err != nil {
			return err
		}
		up, decision, err := s.uploadOf(ctx, c, o)
		if err != nil {
			return err
		}
		if taken, err = s.takeWithin(ctx, tx, up); err != nil {
			return err
		}
		return s.closeCase(ctx, tx, o, decision)
	})
	if err != nil {
		return Taken{}, fmt.Errorf("settle case %d: %w", o.ID, err)
	}
	return taken, nil
}

// claimCase reads an open case and keeps others who decide on it at once waiting.
func (s *Store) claimCase(ctx context.Context, tx bun.Tx, within account.Scope, id int64) (Case, error) {
	q := tx.NewUpdate().Model((*quarantineRow)(nil)).Where("id = ? AND decided_at IS NULL", id).Set("decision = decision")
	s.visibleCases(q.QueryBuilder(), within)
	done, err := q.Exec(ctx)
	if err != nil {
		return Case{}, fmt.Errorf("claim case: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return Case{}, noCase(id)
	}
	var row quarantineRow
	if err := tx.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx); err != nil {
		return Case{}, err
	}
	var from batchRow
	if err := tx.NewSelect().Model(&from).ExcludeColumn("problems_sealed").Where("id = ?", row.BatchID).Scan(ctx); err != nil {
		return Case{}, err
	}
	return s.openCase(&row, from)
}

func noCase(id int64) error {
	return fault.New(fault.NotFound, "没有待处理的第 %d 号记录", id)
}

// uploadOf makes a table of the row of a case.
func (s *Store) uploadOf(ctx context.Context, c Case, o CaseOrder) (Upload, string, error) {
	k, err := kindOf(c.Kind)
	if err != nil {
		return Upload{}, "", err
	}
	cells, decision := slices.Clone(c.kept.Cells), "accepted"
	if c.Problem.Code == intake.IDMasked {
		at := slices.IndexFunc(k.columns, func(c intake.Column) bool { return c.Name == numberColumn })
		number, err := s.fitting(ctx, o, cells[at].Text)
		if err != nil {
			return Upload{}, "", err
		}
		cells[at] = intake.Cell{Text: number}
		decision = fmt.Sprintf("accepted as worker %d", o.As)
	}
	return Upload{Kind: c.Kind, File: c.File, Tables: []intake.Table{intake.KeptRow(c.Problem.Sheet, c.Problem.Line, k.columns, cells)},
		Loc: o.Loc, Now: o.Now, By: o.Act.Actor, Act: o.Act, Within: o.Within, Origin: FromCase, Whole: true,
		AnyName: c.Problem.Code == intake.NameMismatch, Words: c.kept.Words}, decision, nil
}

// fitting gives the number of the person who was chosen, if it fits the masked one.
func (s *Store) fitting(ctx context.Context, o CaseOrder, masked string) (string, error) {
	numbers, err := s.Numbers(ctx, o.Within, []roster.WorkerID{o.As})
	if err != nil {
		return "", err
	}
	number := numbers[o.As]
	if number == "" || !fits(masked, number) {
		return "", fault.New(fault.Invalid, "请选择证件号码与本行相符的人员")
	}
	return number, nil
}

// leastShown is how many characters of a number a mask must leave to say anything.
const leastShown = 4

// fits reports whether a number is what a masked one shows of it: of the same length, or with a mask that stands for any number
// of characters.
func fits(masked, number string) bool {
	shown, hidden := []rune(strings.ToUpper(intake.Fold(masked))), []rune(number)
	mask := func(r rune) bool {
		return !('0' <= r && r <= '9') && !('A' <= r && r <= 'Z') && !('a' <= r && r <= 'z')
	}
	first := slices.IndexFunc(shown, mask)
	if first < 0 || first > len(hidden) {
		return false
	}
	last := len(shown)
	for last > 0 && !mask(shown[last-1]) {
		last--
	}
	end := string(shown[last:])
	if told := first + len(end); told < leastShown || told >= len(hidden) {
		return false
	}
	return string(hidden[:first]) == string(shown[:first]) && string(hidden[len(hidden)-len(end):]) == end
}

// takeWithin takes a table in as a part of a transaction.
func (s *Store) takeWithin(ctx context.Context, tx bun.Tx, up Upload) (Taken, error) {
	k, err := kindOf(up.Kind)
	if err != nil {
		return Taken{}, err
	}
	if err := up.read(k); err != nil {
		return Taken{}, err
	}
	apply, problems := k.decode(up.Tables, &up)
	l := newLoad(s, tx, &up, k, problems)
	if err := l.run(ctx, apply); err != nil {
		return Taken{}, err
	}
	return Taken{Report: l.report(), Batch: l.batch, Sections: l.sections()}, nil
}

func (s *Store) closeCase(ctx context.Context, tx bun.Tx, o CaseOrder, decision string) error {
	_, err := tx.NewUpdate().Model((*quarantineRow)(nil)).Where("id = ?", o.ID).
		Set("decided_at = ?", o.Now).Set("decision = ?", decision).Exec(ctx)
	if err != nil {
		return fmt.Errorf("close case: %w", err)
	}
	return s.writeAudit(ctx, tx, o.Act.Doing("quarantine.decide", "case", strconv.FormatInt(o.ID, 10), map[string]string{"decision": decision}), o.Now)
}

// Candidates lists who a row with a masked number may be about, for each of some cases: people on a roster within the scope, of
// the section that the row names if it names one, whose number fits and who are called as the row says if it says so.
func (s *Store) Candidates(ctx context.Context, within account.Scope, cases []Case) (map[int64][]Person, error) {
	found := map[int64][]Person{}
	var masked []Case
	for _, c := range cases {
		if c.Problem.Code == intake.IDMasked {
			masked = append(masked, c)
		}
	}
	if len(masked) == 0 {
		return found, nil
	}
	members, err := s.rosterPeople(ctx, within)
	if err != nil {
		return nil, err
	}
	for _, c := range masked {
		for _, m := range members {
			if m.may(c) && len(found[c.ID]) < candidatesShown {
				found[c.ID] = append(found[c.ID], Person{ID: m.ID, Name: m.Name, Tail: tail(m.number)})
			}
		}
	}
	return found, nil
}

// candidatesShown is how many people a masked row is compared with by a person; with more of them the mask says too little.
const candidatesShown = 20

// rosterPerson is somebody on a roster, with the number open.
type rosterPerson struct {
	ID       roster.WorkerID
	Name     string
	number   string
	sections []string
}

// may reports whether a row may be about the person.
func (p *rosterPerson) may(c Case) bool {
	name := c.cell(nameColumn)
	return fits(c.cell(numberColumn), p.number) && (name == "" || sameName(name, p.Name)) &&
		(c.Section == "" || slices.Contains(p.sections, c.Section))
}

// cell gives what the row of a case says in a column.
func (c *Case) cell(column string) string {
	columns, err := Columns(c.Kind)
	if err != nil {
		return ""
	}
	at := slices.IndexFunc(columns, func(x intake.Column) bool { return x.Name == column })
	if at < 0 || at >= len(c.Cells) {
		return ""
	}
	return c.Cells[at]
}

// rosterPeople reads who is or was on a roster within a scope, with open numbers.
func (s *Store) rosterPeople(ctx context.Context, within account.Scope) ([]*rosterPerson, error) {
	var rows []struct {
		ID           roster.WorkerID
		Name         string
		RowKey       string
		NumberSealed []byte
		Code         string
	}
	q := s.read.NewSelect().TableExpr("enrolments AS e").Join("JOIN workers AS w ON w.id = e.worker_id").
		Join("JOIN sections AS s ON s.id = e.section_id").ColumnExpr("DISTINCT w.id, w.name, w.row_key, w.number_sealed, s.code").
		Where("e.superseded_at IS NULL").OrderExpr("w.id")
	if err := s.visible(q, "e.section_id", within).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("read rosters: %w", translate(err))
	}
	var all []*rosterPerson
	for _, r := range rows {
		if n := len(all); n > 0 && all[n-1].ID == r.ID {
			all[n-1].sections = append(all[n-1].sections, r.Code)
			continue
		}
		number, err := s.vault.Unseal(numberField, r.RowKey, r.NumberSealed)
		if err != nil {
			return nil, fmt.Errorf("open seal of worker %d: %w", r.ID, err)
		}
		all = append(all, &rosterPerson{ID: r.ID, Name: r.Name, number: number, sections: []string{r.Code}})
	}
	return all, nil
}
