package store

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/site"
)

// findPhotos finds the photos that checklists name and refuses those lists that name one which is not there, which somebody else has
// sent, or which is evidence of another section or day: their fault.Invalid has Fields named after the items.
func (p *pile) findPhotos() error {
	var uuids []string
	for _, in := range p.all {
		uuids = append(uuids, in.sub.photos()...)
	}
	if len(uuids) == 0 {
		return nil
	}
	var rows []photoRow
	err := p.tx.NewSelect().Model(&rows).Column("id", "uuid", "user_id", "section_id", "date").Where("uuid IN (?)", bun.List(uuids)).Scan(p.ctx)
	if err != nil {
		return fmt.Errorf("find named photos: %w", err)
	}
	there := make(map[string]*photoRow, len(rows))
	for i := range rows {
		there[rows[i].UUID] = &rows[i]
	}
	for _, in := range p.all {
		if err := in.show(there); err != nil {
			in.fail(err)
		}
	}
	return nil
}

// photos gives what a checklist names, in its order.
func (sub Submission) photos() []string {
	var uuids []string
	for _, a := range sub.Answers {
		uuids = append(uuids, a.Photos...)
	}
	return uuids
}

// show puts photos where a checklist names them; a photo stands in one place. What it takes is evidence of its section and day from
// then on, for the lists after it, too.
func (in *handIn) show(there map[string]*photoRow) error {
	fields := map[string]string{}
	var taken []*photoRow
	for _, a := range in.sub.Answers {
		for n, uuid := range a.Photos {
			photo := there[uuid]
			if photo == nil || !in.mayShow(photo) || slices.Contains(taken, photo) {
				fields[a.Item] = "有照片没有传到，或已用于别处，请重新拍摄"
				continue
			}
			taken = append(taken, photo)
			in.photos = append(in.photos, answerPhotoRow{PhotoID: photo.ID, Item: a.Item, Position: n})
		}
	}
	if len(fields) > 0 {
		return &fault.Error{Kind: fault.Invalid, Message: "有照片没有传到，或已用于别处", Fields: fields}
	}
	for _, photo := range taken {
		photo.SectionID, photo.Date = in.section, in.sub.Date
	}
	return nil
}

// mayShow reports whether a photo is free and of who hands in, or evidence of the same section and day already.
func (in *handIn) mayShow(photo *photoRow) bool {
	if photo.SectionID == 0 {
		return photo.UserID == in.request.User
	}
	return photo.SectionID == in.section && photo.Date == in.sub.Date
}

// namePhotos makes the photos evidence of their sections and days, and puts them where the checklists name them.
func (p *pile) namePhotos() error {
	type claim struct {
		ID        int64
		SectionID site.SectionID
		Date      calendar.Date `bun:"type:text"` // of which PostgreSQL would guess that it is JSON
		UserID    account.UserID
	}
	var rows []answerPhotoRow
	claims := map[int64]claim{}
	for _, in := range p.all {
		for _, shown := range in.photos {
			shown.SubmissionID = in.row.ID
			rows = append(rows, shown)
			claims[shown.PhotoID] = claim{shown.PhotoID, in.section, in.sub.Date, in.request.User}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	values := slices.SortedFunc(maps.Values(claims), func(a, b claim) int { return cmp.Compare(a.ID, b.ID) })
	result, err := p.tx.NewUpdate().With("claim", p.tx.NewValues(&values)).Table("photos").TableExpr("claim").
		Set("section_id = claim.section_id").Set("date = claim.date").Where("photos.id = claim.id").
		Where("photos.section_id IS NULL AND photos.user_id = claim.user_id OR photos.section_id = claim.section_id AND photos.date = claim.date").Exec(p.ctx)
	if err != nil {
		return fmt.Errorf("name photos: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n != int64(len(values)) {
		return errors.Join(errOvertaken, err)
	}
	if _, err := p.tx.NewInsert().Model(&rows).Returning("NULL").Exec(p.ctx); err != nil {
		return fmt.Errorf("insert photos of answers: %w", err)
	}
	return nil
}
