package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/site"
)

// answerPhotoRow says that a photo stands with an answer of a checklist.
type answerPhotoRow struct {
	bun.BaseModel `bun:"table:answer_photos,alias:shown"`
	SubmissionID  int64 `bun:",pk"`
	PhotoID       int64 `bun:",pk"`
	Item          string
	Position      int
}

// AnswerPhoto is a photo that stands with an answer of a checklist.
type AnswerPhoto struct {
	Submission int64
	Item       string
	Photo
}

// namePhotos puts the photos that a checklist names where they belong, and makes them evidence of its section and day. A photo
// that is not there, that somebody else has sent, or that is evidence of another section or day gives a fault.Invalid whose
// Fields are named after the items.
func (s *Store) namePhotos(ctx context.Context, tx bun.Tx, id site.SectionID, user account.UserID, submission int64, sub Submission) error {
	var uuids []string
	for _, a := range sub.Answers {
		uuids = append(uuids, a.Photos...)
	}
	if len(uuids) == 0 {
		return nil
	}
	_, err := tx.NewUpdate().Table("photos").Set("section_id = ?", id).Set("date = ?", sub.Date).Where("uuid IN (?)", bun.List(uuids)).
		Where("section_id IS NULL AND user_id = ? OR section_id = ? AND date = ?", user, id, sub.Date).Exec(ctx)
	if err != nil {
		return fmt.Errorf("name photos: %w", err)
	}
	var own []photoRow
	err = tx.NewSelect().Model(&own).Column("id", "uuid").Where("uuid IN (?)", bun.List(uuids)).
		Where("section_id = ? AND date = ?", id, sub.Date).Scan(ctx)
	if err != nil {
		return fmt.Errorf("find named photos: %w", err)
	}
	rows, err := shownPhotos(submission, sub, own)
	if err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&rows).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("insert photos of answers: %w", err)
	}
	return nil
}

func shownPhotos(submission int64, sub Submission, own []photoRow) ([]answerPhotoRow, error) {
	var rows []answerPhotoRow
	fields := map[string]string{}
	for _, a := range sub.Answers {
		for n, uuid := range a.Photos {
			i := slices.IndexFunc(own, func(r photoRow) bool { return r.UUID == uuid })
			if i < 0 {
				fields[a.Item] = "有照片没有传到，或已用于别处，请重新拍摄"
				continue
			}
			rows = append(rows, answerPhotoRow{SubmissionID: submission, PhotoID: own[i].ID, Item: a.Item, Position: n})
			own[i].UUID = "" // a photo stands in one place
		}
	}
	if len(fields) > 0 {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "有照片没有传到，或已用于别处", Fields: fields}
	}
	return rows, nil
}

// Photos lists the photos of checklists, in the order in which they stand: submissions as they are given, then items and places. Checklists
// outside the scope have none.
func (s *Store) Photos(ctx context.Context, within account.Scope, submissions ...int64) ([]AnswerPhoto, error) {
	if len(submissions) == 0 {
		return nil, nil
	}
	var rows []struct {
		photoRow
		SubmissionID int64
		Item         string
	}
	q := s.read.NewSelect().TableExpr("answer_photos AS shown").ColumnExpr("photo.*, shown.submission_id, shown.item").
		Join("JOIN photos AS photo ON photo.id = shown.photo_id").Where("shown.submission_id IN (?)", bun.List(submissions)).
		OrderExpr("shown.submission_id, shown.item, shown.position")
	if err := s.visible(q, "photo.section_id", within).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list photos of checklists: %w", translate(err))
	}
	all := make([]AnswerPhoto, len(rows))
	for i := range rows {
		p, err := rows[i].photo()
		if err != nil {
			return nil, err
		}
		all[i] = AnswerPhoto{rows[i].SubmissionID, rows[i].Item, p}
	}
	slices.SortStableFunc(all, func(a, b AnswerPhoto) int {
		return slices.Index(submissions, a.Submission) - slices.Index(submissions, b.Submission)
	})
	return all, nil
}

// addPhotos puts the photos into the answers of checklists of one section.
func (s *Store) addPhotos(ctx context.Context, within account.Scope, all []Filed) error {
	ids := make([]int64, len(all))
	for i, f := range all {
		ids[i] = f.ID
	}
	photos, err := s.Photos(ctx, within, ids...)
	for _, p := range photos {
		answers := all[slices.Index(ids, p.Submission)].Answers
		for i := range answers {
			if answers[i].Item == p.Item {
				answers[i].Photos = append(answers[i].Photos, p.UUID)
			}
		}
	}
	return err
}
