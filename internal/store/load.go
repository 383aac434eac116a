package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/site"
)

// aheadLimit is how far a clock on a site may be fast before what it recorded counts as of the future.
const aheadLimit = 5 * time.Minute

// load is one file on its way into the database: what is known of its rows so far, and what they touched.
type load struct {
	*Store
	tx       bun.Tx
	up       *Upload
	kind     kind
	now      calendar.Instant
	batch    int64
	problems []intake.Problem
	taken    []place // rows that are in the database now, by this file or an earlier one
	accepted int
	touched  map[site.SectionID]bool
	known    map[string]site.SectionID // sections of the scope by code, as far as looked up
	mine     map[site.SectionID]bool   // the sections of the scope; nil: all

	addedPeople bool // so that others do not see them yet
}

// place is where a row stands in the file.
type place struct {
	sheet string
	line  int
}

func at(row *intake.Row) place { return place{row.Sheet, row.Line} }

func newLoad(s *Store, tx bun.Tx, up *Upload, k kind, problems []intake.Problem) *load {
	return &load{
		Store: s, tx: tx, up: up, kind: k, now: up.Now, problems: slices.Clone(problems),
		touched: map[site.SectionID]bool{}, known: map[string]site.SectionID{},
	}
}

func (l *load) run(ctx context.Context, apply apply) error {
	if err := l.begin(ctx); err != nil {
		return err
	}
	l.tell(0)
	if err := l.narrow(ctx); err != nil {
		return err
	}
	if err := apply(ctx, l); err != nil {
		return err
	}
	if err := l.refuseWhole(); err != nil {
		return err
	}
	if err := l.keepAside(ctx); err != nil {
		return err
	}
	if err := l.touch(ctx); err != nil {
		return err
	}
	if err := l.finish(ctx); err != nil {
		return err
	}
	if l.up.DryRun {
		return errDryRun
	}
	return l.writeAudit(ctx, l.tx, l.act(), l.now)
}

// refuseWhole gives up an upload that is to be taken whole when one of its rows is not.
func (l *load) refuseWhole() error {
	refused := &Refused{l.report()}
	if !l.up.Whole || refused.Report.Quarantined+refused.Report.Rejected == 0 {
		return nil
	}
	first, _ := refused.First()
	return &fault.Error{Kind: fault.Invalid, Message: first.Message, Err: refused}
}

// act tells of the file without anything that stands in it; its name may be a person's.
func (l *load) act() audit.Act {
	r := l.report()
	return l.up.Act.Doing("import", "register", l.up.Kind, map[string]string{
		"batch": strconv.FormatInt(l.batch, 10), "sha256": l.up.digest(l.kind), "accepted": strconv.Itoa(r.Accepted),
		"duplicate": strconv.Itoa(r.Duplicate), "quarantined": strconv.Itoa(r.Quarantined), "rejected": strconv.Itoa(r.Rejected),
	})
}

// begin lets one import in at a time, so that each sees all that the one before it wrote, and opens the batch.
func (l *load) begin(ctx context.Context) error {
	if err := waitForImports(ctx, l.tx); err != nil {
		return err
	}
	row := batchRow{Kind: l.up.Kind, File: l.up.File, SHA256: l.up.digest(l.kind), RecordedAt: l.now, RecordedBy: l.up.By,
		Origin: l.up.Origin, Everywhere: l.up.Within.Everywhere}
	if _, err := l.tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("open batch: %w", err)
	}
	l.batch = row.ID
	return nil
}

func waitForImports(ctx context.Context, tx bun.Tx) error {
	if _, err := tx.ExecContext(ctx, "UPDATE key_check SET id = id WHERE id = 1"); err != nil {
		return fmt.Errorf("wait for other imports: %w", err)
	}
	return nil
}

func (l *load) finish(ctx context.Context) error {
	r := l.report()
	q := l.tx.NewUpdate().Model((*batchRow)(nil)).Where("id = ?", l.batch).
		Set("accepted = ?", r.Accepted).Set("duplicate = ?", r.Duplicate).
		Set("quarantined = ?", r.Quarantined).Set("rejected = ?", r.Rejected)
	if r.Quarantined+r.Rejected > 0 {
		sealed, err := l.sealProblems(l.batch, r.Rows)
		if err != nil {
			return err
		}
		q = q.Set("problems_sealed = ?", []byte(sealed))
	}
	_, err := q.Exec(ctx)
	if err != nil {
		return fmt.Errorf("close batch: %w", err)
	}
	return nil
}

// touch marks the sections whose facts changed as due, and notes them with the batch.
func (l *load) touch(ctx context.Context) error {
	var rows []batchSectionRow
	for _, id := range l.sections() {
		rows = append(rows, batchSectionRow{BatchID: l.batch, SectionID: id})
	}
	if err := insertSections(ctx, l.tx, "batch_touched", rows); err != nil {
		return err
	}
	return chunks(l.sections(), func(ids []site.SectionID) error { return markDue(ctx, l.tx, ids, l.now) })
}

func markDue(ctx context.Context, tx bun.Tx, ids []site.SectionID, now calendar.Instant) error {
	_, err := tx.NewUpdate().Model((*sectionRow)(nil)).Where("id IN (?)", bun.List(ids)).
		Set("facts_at = ?", now).Set("due_at = ?", now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("mark sections as due: %w", err)
	}
	return nil
}

// sections lists what was touched, in a stable order.
func (l *load) sections() []site.SectionID { return slices.Sorted(maps.Keys(l.touched)) }

// accept counts a row whose facts are new and marks the sections that they concern.
func (l *load) accept(p place, sections ...site.SectionID) {
	l.accepted++
	l.taken = append(l.taken, p)
	for _, id := range sections {
		l.touched[id] = true
	}
}

// duplicate notes a row that brings nothing new, and why.
func (l *load) duplicate(p place, format string, args ...any) {
	l.taken = append(l.taken, p)
	l.problems = append(l.problems, intake.Wrong(p.sheet, p.line, intake.Duplicated, intake.Duplicate, "", format, args...))
}

// refuse notes a row that is not taken in: kept aside or rejected, as its code says.
func (l *load) refuse(p place, code intake.Code, column, format string, args ...any) {
	outcome := intake.Rejected
	if code.Quarantines() {
		outcome = intake.Quarantined
	}
	l.problems = append(l.problems, intake.Wrong(p.sheet, p.line, outcome, code, column, format, args...))
}

// dated is an instant of a row under the column it stands in.
type dated struct {
	column string
	at     calendar.Instant
}

// future refuses a row that tells of what has not happened yet.
func (l *load) future(p place, times ...dated) bool {
	limit := l.now.Add(aheadLimit)
	for _, t := range times {
		if t.at > limit {
			l.refuse(p, intake.Future, t.column, "%s是%s，晚于现在（%s）", t.column, t.at.Minute(l.up.Loc), l.now.Minute(l.up.Loc))
			return true
		}
	}
	return false
}

// futureDay is future for a column that holds a day.
func (l *load) futureDay(p place, column string, day calendar.Date) bool {
	today := calendar.On(l.now.Add(aheadLimit), l.up.Loc)
	if day.After(today) {
		l.refuse(p, intake.Future, column, "%s是%s，晚于今天（%s）", column, day, today)
		return true
	}
	return false
}

// report gives the result of the file, its rows in the order of sheets and lines.
func (l *load) report() intake.Report {
	r := intake.Report{Kind: l.up.Kind, File: l.up.File, DryRun: l.up.DryRun, Accepted: l.accepted, Rows: []intake.Problem{}}
	order := map[string]int{}
	for i, t := range l.up.Tables {
		order[t.Sheet] = i
		r.Unknown = append(r.Unknown, t.Unknown...)
	}
	r.Rows = append(r.Rows, l.problems...)
	slices.SortStableFunc(r.Rows, func(a, b intake.Problem) int {
		return cmp.Or(cmp.Compare(order[a.Sheet], order[b.Sheet]), cmp.Compare(a.Line, b.Line))
	})
	for _, p := range r.Rows {
		switch p.Outcome {
		case intake.Duplicated:
			r.Duplicate++
		case intake.Quarantined:
			r.Quarantined++
		case intake.Rejected:
			r.Rejected++
		}
	}
	return r
}
