package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/account"
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
