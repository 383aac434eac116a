package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/site"
)

// Submission is a checklist as it is handed in for a day. Of the answers, Item, Choice, Number, Remark and
// Photos are used.
type Submission struct {
	Section  string // code
	Date     calendar.Date
	Answers  []checklist.Answer
	DeviceAt calendar.Instant // what the device's clock showed; zero: not told
	Template int              // version of the form; 0: not told
	checklist.Provenance
	Now calendar.Instant
	Act audit.Act
}

// Filed is a checklist that was handed in. Version counts those of the day; Answers are in the order of their items.
type Filed struct {
	ID         int64
	SectionID  site.SectionID
	Section    string
	Date       calendar.Date
	Version    int
	ReceivedAt calendar.Instant
	DeviceAt   calendar.Instant
	By         string
	Template   int // version of the form; 0: not told
	checklist.Provenance
	Answers []checklist.Answer
}

type submissionRow struct {
	bun.BaseModel `bun:"table:submissions,alias:submission"`
	ID            int64 `bun:",pk,autoincrement"`
	SectionID     site.SectionID
	Date          calendar.Date
	Version       int
	SubmittedAt   calendar.Instant
	DeviceAt      calendar.Instant `bun:",nullzero"`
	RecordedAt    calendar.Instant
	RecordedBy    string
	Template      int
	Provenance    string
}

func (r *submissionRow) filed(section string, answers []checklist.Answer) (Filed, error) {
	f := Filed{ID: r.ID, SectionID: r.SectionID, Section: section, Date: r.Date, Version: r.Version, ReceivedAt: r.SubmittedAt,
		DeviceAt: r.DeviceAt, By: r.RecordedBy, Template: r.Template, Answers: answers}
	if r.Provenance == "" {
		return f, nil
	}
	if err := json.Unmarshal([]byte(r.Provenance), &f.Provenance); err != nil {
		return f, fmt.Errorf("read provenance of submission %d: %w", r.ID, err)
	}
	return f, nil
}

// sectionWithin finds a section by its code, within a scope.
func (s *Store) sectionWithin(ctx context.Context, tx bun.IDB, within account.Scope, code string) (site.SectionID, error) {
	var row sectionRow
	q := tx.NewSelect().Model(&row).Column("id").Where("section.code = ?", code)
	err := s.visible(q, "section.id", within).Scan(ctx)
	return row.ID, err
}

// Submissions lists the checklists of a section for a day, the oldest version first. It returns a fault.NotFound when there is
// no such section within the scope.
func (s *Store) Submissions(ctx context.Context, within account.Scope, section string, day calendar.Date) ([]Filed, error) {
	var all []Filed
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		all, err = s.filedOn(ctx, tx, within, section, day)
		return err
	})
	if err == nil {
		err = s.addPhotos(ctx, within, all) // a checklist's photos never change
	}
	if err != nil {
		return nil, fmt.Errorf("list checklists of %s: %w", section, err)
	}
	return all, nil
}

// filedOn reads the checklists of a section for a day, all but their photos.
func (s *Store) filedOn(ctx context.Context, tx bun.Tx, within account.Scope, section string, day calendar.Date) ([]Filed, error) {
	id, err := s.sectionWithin(ctx, tx, within, section)
	if err != nil {
		return nil, err
	}
	answers, err := s.answersOn(ctx, tx, id, section, day)
	if err != nil {
		return nil, err
	}
	var rows []submissionRow
	if err = tx.NewSelect().Model(&rows).Where("section_id = ? AND date = ?", id, day).Order("version").Scan(ctx); err != nil {
		return nil, err
	}
	all := make([]Filed, len(rows))
	for i := range rows {
		if all[i], err = rows[i].filed(section, answers[rows[i].SubmittedAt]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// FiledLine is a checklist that was handed in, as a list shows it.
type FiledLine struct {
	Date       calendar.Date
	Version    int
	ReceivedAt calendar.Instant
	By         string
	Answers    int // how many items were answered
	Refused    int // how many of them say that something is amiss
}

// SubmissionDays lists the checklists of a section of the last days that have any, the newest day and version first. It returns a
// fault.NotFound when there is no such section within the scope.
func (s *Store) SubmissionDays(ctx context.Context, within account.Scope, section string, days int) ([]FiledLine, error) {
	var all []FiledLine
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		id, err := s.sectionWithin(ctx, tx, within, section)
		if err != nil {
			return err
		}
		last := tx.NewSelect().Model((*submissionRow)(nil)).Distinct().Column("date").Where("section_id = ?", id).Order("date DESC").Limit(int64(days))
		counted := tx.NewSelect().TableExpr("answers AS a").Where("a.superseded_at IS NULL AND a.section_id = ?", id).
			ColumnExpr("a.date, a.submitted_at, COUNT(*) AS answers, SUM(CASE WHEN a.choice = ? AND a.item <> ? THEN 1 ELSE 0 END) AS refused", checklist.No, checklist.Work).
			GroupExpr("a.date, a.submitted_at")
		return tx.NewSelect().Model((*submissionRow)(nil)).ColumnExpr("submission.date, submission.version, submission.submitted_at AS received_at").
			ColumnExpr("submission.recorded_by AS by, COALESCE(n.answers, 0) AS answers, COALESCE(n.refused, 0) AS refused").
			Join("LEFT JOIN (?) AS n ON n.date = submission.date AND n.submitted_at = submission.submitted_at", counted).
			Where("submission.section_id = ? AND submission.date IN (SELECT d.date FROM (?) AS d)", id, last).
			OrderExpr("submission.date DESC, submission.version DESC").Scan(ctx, &all)
	})
	if err != nil {
		return nil, fmt.Errorf("list checklist days of %s: %w", section, err)
	}
	return all, nil
}

// answersOn reads the answers of a day by when they were submitted.
func (s *Store) answersOn(ctx context.Context, tx bun.IDB, id site.SectionID, section string, day calendar.Date) (map[calendar.Instant][]checklist.Answer, error) {
	var rows []answerRow
	err := tx.NewSelect().Model(&rows).Where("section_id = ? AND date = ? AND superseded_at IS NULL", id, day).Order("id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	answers := map[calendar.Instant][]checklist.Answer{}
	for i := range rows {
		if err := s.openRemark(section, &rows[i]); err != nil {
			return nil, fmt.Errorf("open remark of answer %d: %w", rows[i].ID, err)
		}
		answers[rows[i].SubmittedAt] = append(answers[rows[i].SubmittedAt], rows[i].answer())
	}
	return answers, nil
}

// dayField is the name under which the vault keeps what is drawn for a day apart from its other keyed hashes.
const dayField = "checklists.draw"

// Seed gives what a section's checklist of a day draws its evidence by: nobody can tell it before, and it stays the same all day.
func (s *Store) Seed(section string, day calendar.Date) []byte {
	return s.vault.Lookup(dayField, section+"|"+day.String())
}

// numberSubmissions makes a submission of what a file brought: the answers of one section, day and instant are one.
func (l *load) numberSubmissions(ctx context.Context, rows []candidate[answerRow]) error {
	var first, last calendar.Date
	for i := range rows {
		if d := rows[i].row.Date; i == 0 || d.Before(first) {
			first = d
		}
		if d := rows[i].row.Date; i == 0 || d.After(last) {
			last = d
		}
	}
	return chunks(l.sections(), func(ids []site.SectionID) error {
		// Whoever submits for one of these sections now waits, so that no number is given twice.
		if _, err := l.tx.NewUpdate().Model((*sectionRow)(nil)).Where("id IN (?)", bun.List(ids)).Set("facts_at = facts_at").Exec(ctx); err != nil {
			return fmt.Errorf("wait for submissions: %w", err)
		}
		_, err := l.tx.NewRaw(`
			INSERT INTO submissions (section_id, date, version, submitted_at, recorded_at, recorded_by)
			SELECT n.section_id, n.date,
				(SELECT COALESCE(MAX(x.version), 0) FROM submissions x WHERE x.section_id = n.section_id AND x.date = n.date) +
				ROW_NUMBER() OVER (PARTITION BY n.section_id, n.date ORDER BY n.submitted_at), n.submitted_at, ?, ?
			FROM (SELECT DISTINCT a.section_id, a.date, a.submitted_at FROM answers a
				WHERE a.section_id IN (?) AND a.date BETWEEN ? AND ? AND a.superseded_at IS NULL) n
			WHERE NOT EXISTS (SELECT 1 FROM submissions y
				WHERE y.section_id = n.section_id AND y.date = n.date AND y.submitted_at = n.submitted_at)`,
			l.now, l.up.Act.Actor, bun.List(ids), first, last).Exec(ctx)
		if err != nil {
			return fmt.Errorf("number submissions: %w", err)
		}
		return nil
	})
}
