package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// UploadLife is how long a file waits for the word to take it in.
const UploadLife = time.Hour

// uploadsKept is how many files of one user wait at a time; a new one takes the place of the oldest.
const uploadsKept = 5

// The parts of a file between its preview and its import, as the vault knows them.
const (
	uploadContentField = "uploads.content"
	uploadPreviewField = "uploads.preview"
)

// Waiting is a file that was brought. Batch is not 0 once it was taken in; what was wrong with it is there until it expires.
type Waiting struct {
	Token     string
	Batch     int64
	ExpiresAt calendar.Instant
	Work      Work // on it
	Preview
}

type uploadRow struct {
	bun.BaseModel `bun:"table:uploads,alias:upload"`
	ID            int64 `bun:",pk,autoincrement"`
	Token         string
	UserID        account.UserID
	Kind          string
	Origin        Origin
	ContentSealed bytea `bun:",nullzero"`
	PreviewSealed bytea
	BatchID       int64 `bun:",nullzero"`
	RecordedAt    calendar.Instant
	ExpiresAt     calendar.Instant
}

func (s *Store) keepUpload(ctx context.Context, tx bun.Tx, user account.UserID, up Upload, w Waiting) error {
	if _, err := expireUploads(ctx, tx, up.Now); err != nil {
		return err
	}
	newest := tx.NewSelect().Table("uploads").Column("id").Where("user_id = ?", user).OrderExpr("id DESC").Limit(uploadsKept - 1)
	_, err := tx.NewDelete().Table("uploads").Where("user_id = ?", user).Where("id NOT IN (?)", newest).Exec(ctx)
	if err != nil {
		return fmt.Errorf("make room: %w", err)
	}
	content, err := s.vault.Seal(uploadContentField, w.Token, string(up.Content))
	if err != nil {
		return err
	}
	row := uploadRow{Token: w.Token, UserID: user, Kind: up.Kind, Origin: up.Origin, ContentSealed: bytea(content), RecordedAt: up.Now,
		ExpiresAt: w.ExpiresAt}
	if row.PreviewSealed, err = s.sealPreview(w); err != nil {
		return err
	}
	if _, err = tx.NewInsert().Model(&row).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
		return err
	}
	return beginWork(ctx, tx, row.ID, Checking, up.Now)
}

// Uploaded gives a file of a user that was received. It returns a fault.NotFound for those of others, and when the hour is over.
func (s *Store) Uploaded(ctx context.Context, user account.UserID, token string, now calendar.Instant) (Waiting, error) {
	work, err := workOn(ctx, s.read, token) // looked at first: what ends after is seen in the file
	if err != nil {
		return Waiting{}, err
	}
	row, err := findUpload(ctx, s.read, user, token, now)
	if err != nil {
		return Waiting{}, err
	}
	w, err := s.openUpload(row)
	w.Work = work
	return w, err
}

func findUpload(ctx context.Context, db bun.IDB, user account.UserID, token string, now calendar.Instant) (uploadRow, error) {
	var row uploadRow
	q := db.NewSelect().Model(&row).ExcludeColumn("content_sealed")
	err := q.Where("token = ? AND user_id = ? AND expires_at > ?", token, user, now).Scan(ctx)
	if err = translate(err); fault.KindOf(err) == fault.NotFound {
		return row, fault.New(fault.NotFound, "这次上传已过期或不存在，请重新上传文件")
	}
	return row, err
}

func (s *Store) openUpload(row uploadRow) (Waiting, error) {
	w := Waiting{Token: row.Token, Batch: row.BatchID, ExpiresAt: row.ExpiresAt}
	text, err := s.vault.Unseal(uploadPreviewField, row.Token, []byte(row.PreviewSealed))
	if err != nil {
		return w, fmt.Errorf("open preview: %w", err)
	}
	var stored storedPreview
	if err := readKeeping(text, &stored); err != nil {
		return w, fmt.Errorf("read preview: %w", err)
	}
	w.Preview, err = stored.preview()
	return w, err
}

// TakeUploaded takes a file in that its user has previewed, for good and once: asked again, it gives the batch that there is.
// Of base, who does it, when and within what counts; the file itself goes in the same transaction. It returns a
// fault.NotFound as Uploaded does.
func (s *Store) TakeUploaded(ctx context.Context, user account.UserID, token string, base Upload) (Taken, error) {
	w, content, err := s.waitingContent(ctx, user, token, base.Now)
	if err != nil || w.Batch != 0 {
		return Taken{Batch: w.Batch, Report: w.Report, Replayed: true}, err
	}
	if w.Unchecked {
		return Taken{}, fault.New(fault.Conflict, "文件还没有核对完，没有导入。请重新打开这一页")
	}
	up, err := w.upload(base, content)
	if err != nil {
		return Taken{}, err
	}
	var taken Taken
	err = s.take(ctx, &up, func(ctx context.Context, tx bun.Tx, l *load, apply apply) error {
		claimed, err := claimUpload(ctx, tx, user, token)
		if err != nil || !claimed {
			taken.Replayed = true
			return err
		}
		if err := l.run(ctx, apply); err != nil {
			return err
		}
		taken = Taken{Report: l.report(), Batch: l.batch, Sections: l.sections()}
		w.Preview = previewOf(up, taken.Report, w.Words)
		return s.finishUpload(ctx, tx, w, l.batch)
	})
	if err != nil {
		return Taken{}, fmt.Errorf("take uploaded %s in: %w", up.Kind, err)
	}
	if taken.Replayed {
		return s.TakeUploaded(ctx, user, token, base)
	}
	return taken, nil
}

// waitingContent opens a file that waits; of one that was taken in there is no content any more.
func (s *Store) waitingContent(ctx context.Context, user account.UserID, token string, now calendar.Instant) (Waiting, []byte, error) {
	row, err := findUpload(ctx, s.read, user, token, now)
	if err != nil {
		return Waiting{}, nil, err
	}
	w, err := s.openUpload(row)
	if err != nil || row.BatchID != 0 {
		return w, nil, err
	}
	var sealed bytea
	err = s.read.NewSelect().Table("uploads").Column("content_sealed").Where("id = ?", row.ID).Scan(ctx, &sealed)
	if err != nil || sealed == "" { // taken in, or replaced, since the last look
		again, err := findUpload(ctx, s.read, user, token, now)
		w.Batch = again.BatchID
		return w, nil, err
	}
	content, err := s.vault.Unseal(uploadContentField, token, []byte(sealed))
	return w, []byte(content), err
}

// claimUpload keeps others who say the same at once waiting, and reports whether the file still waits.
func claimUpload(ctx context.Context, tx bun.Tx, user account.UserID, token string) (bool, error) {
	result, err := tx.NewUpdate().Table("uploads").Set("expires_at = expires_at").
		Where("token = ? AND user_id = ? AND batch_id IS NULL", token, user).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("claim upload: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func (s *Store) finishUpload(ctx context.Context, tx bun.Tx, w Waiting, batch int64) error {
	sealed, err := s.sealPreview(w)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Table("uploads").Set("content_sealed = NULL").Set("preview_sealed = ?", []byte(sealed)).Set("batch_id = ?", batch).
		Where("token = ?", w.Token).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end upload: %w", err)
	}
	return workDone(ctx, tx, w.Token)
}

// DropUpload forgets a file that its user does not want to be taken in.
func (s *Store) DropUpload(ctx context.Context, user account.UserID, token string) error {
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Table("uploads").Where("token = ? AND user_id = ? AND batch_id IS NULL", token, user).Exec(ctx)
		return err
	})
}

// UploadOf gives the token of the file that became a batch, while it is kept for its user; empty when it is not.
func (s *Store) UploadOf(ctx context.Context, user account.UserID, batch int64, now calendar.Instant) (string, error) {
	var tokens []string
	err := s.read.NewSelect().Table("uploads").Column("token").
		Where("user_id = ? AND batch_id = ? AND expires_at > ?", user, batch, now).Limit(1).Scan(ctx, &tokens)
	if err != nil || len(tokens) == 0 {
		return "", translate(err)
	}
	return tokens[0], nil
}

// ExpireUploads forgets the files whose hour is over, and gives how many there were.
func (s *Store) ExpireUploads(ctx context.Context, now calendar.Instant) (int, error) {
	var n int
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		n, err = expireUploads(ctx, tx, now)
		return err
	})
	return n, err
}

func expireUploads(ctx context.Context, tx bun.Tx, now calendar.Instant) (int, error) {
	result, err := tx.NewDelete().Table("uploads").Where("expires_at <= ?", now).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("forget uploads: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}
