package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/intake"
)

// problemsField is what was wrong with the rows of a file, as the vault knows it: the messages name people.
const problemsField = "batches.problems"

// problemsKept is how many rows of a file are remembered as wrong; a file with more of them is of another kind or another year.
const problemsKept = 5000

// judgedWithin is how long after a file was taken in a judgement still counts as made for it.
const judgedWithin = 10 * time.Minute

// Batch is one table that was taken in: who brought what, when, and what became of its rows.
type Batch struct {
	ID          int64
	Kind        string
	File        string
	Origin      Origin
	RecordedAt  calendar.Instant
	RecordedBy  string
	Accepted    int64
	Duplicate   int64
	Quarantined int64
	Rejected    int64
}

func (r *batchRow) batch() Batch {
	return Batch{ID: r.ID, Kind: r.Kind, File: r.File, Origin: r.Origin, RecordedAt: r.RecordedAt, RecordedBy: r.RecordedBy,
		Accepted: r.Accepted, Duplicate: r.Duplicate, Quarantined: r.Quarantined, Rejected: r.Rejected}
}

// BatchFilter chooses tables of the history: of some kinds (none: of any), before a batch (0: the newest).
type BatchFilter struct {
	Kinds  []string
	Before int64
	Limit  int
}

// Batches lists files and pasted tables, newest first, that were brought by somebody who saw no more than the scope holds. What
// was typed into pages is not among them.
func (s *Store) Batches(ctx context.Context, within account.Scope, f BatchFilter) ([]Batch, error) {
	var rows []batchRow
	q := s.read.NewSelect().Model(&rows).ExcludeColumn("problems_sealed").Where("origin IN (?)", bun.List([]Origin{FromFile, FromPaste})).
		OrderExpr("id DESC").Limit(int64(f.Limit))
	if len(f.Kinds) > 0 {
		q = q.Where("kind IN (?)", bun.List(f.Kinds))
	}
	if f.Before > 0 {
		q = q.Where("id < ?", f.Before)
	}
	s.visibleBatches(q.QueryBuilder(), "id", within)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list batches: %w", translate(err))
	}
	all := make([]Batch, len(rows))
	for i := range rows {
		all[i] = rows[i].batch()
	}
	return all, nil
}

// VerdictChange is how a section stood before a file was taken in and after. Judged is false when it had no verdict before.
type VerdictChange struct {
	Section string
	Name    string
	Judged  bool
	Before  criteria.Verdict
	After   criteria.Verdict
}

// BatchDetail is a batch with the rows that were kept aside or rejected, and the sections whose verdict changed with it. Of
// Touched sections within the scope the facts changed.
type BatchDetail struct {
	Batch
	Problems []intake.Problem
	Touched  int
	Changes  []VerdictChange
}

// Batch gives one batch. It returns a fault.NotFound when there is none within the scope, as Batches has it.
func (s *Store) Batch(ctx context.Context, within account.Scope, id int64) (BatchDetail, error) {
	var row batchRow
	q := s.read.NewSelect().Model(&row).Where("id = ?", id)
	s.visibleBatches(q.QueryBuilder(), "id", within)
	err := translate(q.Scan(ctx))
	if fault.KindOf(err) == fault.NotFound {
		return BatchDetail{}, fault.New(fault.NotFound, "没有这次导入")
	}
	if err != nil {
		return BatchDetail{}, fmt.Errorf("read batch %d: %w", id, err)
	}
	d := BatchDetail{Batch: row.batch()}
	if d.Problems, err = s.openProblems(&row); err != nil {
		return BatchDetail{}, err
	}
	return d, s.readChanges(ctx, within, &d)
}

// readChanges reads the touched sections, each with its last verdict from before the batch and the last that was made for it:
// soon after it, and before other facts came.
func (s *Store) readChanges(ctx context.Context, within account.Scope, d *BatchDetail) error {
	at := d.RecordedAt
	until := s.read.NewSelect().TableExpr("batch_touched AS u").Join("JOIN batches AS n ON n.id = u.batch_id").
		ColumnExpr("COALESCE(MIN(n.recorded_at), ?)", at.Add(judgedWithin)).
		Where("u.section_id = t.section_id AND u.batch_id > t.batch_id AND n.recorded_at < ?", at.Add(judgedWithin))
	q := s.read.NewSelect().TableExpr("batch_touched AS t").Join("JOIN sections AS s ON s.id = t.section_id").
		Join("JOIN section_versions AS v ON v.section_id = s.id AND v.superseded_at IS NULL").ColumnExpr("s.code, v.project_name || ' ' || v.name").
		ColumnExpr("(SELECT b.verdict FROM verdicts b WHERE b.section_id = s.id AND b.recorded_at < ? ORDER BY b.id DESC LIMIT 1)", at).
		ColumnExpr("(SELECT a.verdict FROM verdicts a WHERE a.section_id = s.id AND a.recorded_at >= ? AND a.recorded_at < (?) ORDER BY a.id DESC LIMIT 1)", at, until).
		Where("t.batch_id = ?", d.ID).OrderExpr("s.code")
	err := scanAll(ctx, s.read, s.visible(q, "s.id", within).String(), func(c *cells) {
		d.Touched++
		change := VerdictChange{Section: c.text(), Name: c.text()}
		before, after := c.word(), c.word()
		if after == "" || after == before {
			return
		}
		change.Judged, change.Before, change.After = before != "", verdictOf(before), verdictOf(after)
		d.Changes = append(d.Changes, change)
	})
	if err != nil {
		return fmt.Errorf("read what batch %d changed: %w", d.ID, translate(err))
	}
	return nil
}

// sealProblems seals the rows that are kept aside or rejected. Duplicates are only counted: nobody has to do anything about them.
func (s *Store) sealProblems(batch int64, rows []intake.Problem) (bytea, error) {
	wrong := slices.DeleteFunc(slices.Clone(rows), func(p intake.Problem) bool { return p.Outcome == intake.Duplicated })
	text, err := json.Marshal(storeProblems(wrong[:min(len(wrong), problemsKept)]))
	if err != nil {
		return "", fmt.Errorf("write problems of batch %d: %w", batch, err)
	}
	sealed, err := s.vault.Seal(problemsField, strconv.FormatInt(batch, 10), string(text))
	return bytea(sealed), err
}

func (s *Store) openProblems(row *batchRow) ([]intake.Problem, error) {
	if row.ProblemsSealed == "" {
		return nil, nil
	}
	text, err := s.vault.Unseal(problemsField, strconv.FormatInt(row.ID, 10), []byte(row.ProblemsSealed))
	if err != nil {
		return nil, fmt.Errorf("open problems of batch %d: %w", row.ID, err)
	}
	var stored []storedProblem
	if err := readKeeping(text, &stored); err != nil {
		return nil, fmt.Errorf("read problems of batch %d: %w", row.ID, err)
	}
	return problemsFrom(stored)
}
