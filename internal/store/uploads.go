package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/screening"
)

// UploadLife is how long a file waits for the word to take it in.
const UploadLife = time.Hour

// uploadsKept is how many files of one user wait at a time; a new one takes the place of the oldest.
const uploadsKept = 5

// sampleRows is how many rows of a sheet a preview shows.
const sampleRows = 5

// The parts of a file between its preview and its import, as the vault knows them.
const (
	uploadContentField = "uploads.content"
	uploadPreviewField = "uploads.preview"
)

// Preview is what would become of a file, and after it was taken in, what did. It holds cells as they stand in the file; whoever
// shows them masks them.
type Preview struct {
	Kind   string
	File   string
	Origin Origin
	Words  string // what the source's words for results mean, as it was typed
	Report intake.Report
	Sheets []PreviewSheet
	Bad    []BadRow // kept aside or rejected; no more than are remembered
}

// PreviewSheet is how a sheet was read: its header, which columns were found in it, and its first rows.
type PreviewSheet struct {
	Name    string
	Header  []string
	Found   []intake.Found
	Unknown []string
	Rows    int
	First   [][]string
}

// BadRow is a row with something wrong, as it stands in the file.
type BadRow struct {
	Cells []string
	intake.Problem
}

// Waiting is a file that was previewed. Batch is not 0 once it was taken in; what was wrong with it is there until it expires.
type Waiting struct {
	Token     string
	Batch     int64
	ExpiresAt calendar.Instant
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

// Preview tells what would become of a file and keeps it, sealed, for its user to say that it is to be taken in. words is what
// up.Words was made of. It returns the faults of Import.
func (s *Store) Preview(ctx context.Context, user account.UserID, up Upload, words string) (Waiting, error) {
	k, err := kindOf(up.Kind)
	if err != nil {
		return Waiting{}, err
	}
	up.File, up.DryRun = audit.MaskedName(up.File), true
	if err := up.read(k); err != nil {
		return Waiting{}, err
	}
	report, _, err := s.Import(ctx, up)
	if err != nil {
		return Waiting{}, err
	}
	w := Waiting{Token: rand.Text(), ExpiresAt: up.Now.Add(UploadLife), Preview: previewOf(up, report, words)}
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error { return s.keepUpload(ctx, tx, user, up, w) })
	if err != nil {
		return Waiting{}, fmt.Errorf("keep upload: %w", err)
	}
	return w, nil
}

func previewOf(up Upload, report intake.Report, words string) Preview {
	p := Preview{Kind: up.Kind, File: up.File, Origin: up.Origin, Words: words, Report: report}
	for _, t := range up.Tables {
		sheet := PreviewSheet{Name: t.Sheet, Header: t.Header, Found: t.Found, Unknown: t.Unknown, Rows: len(t.Rows)}
		for i := range t.Rows[:min(len(t.Rows), sampleRows)] {
			sheet.First = append(sheet.First, t.Rows[i].Original(up.Loc))
		}
		p.Sheets = append(p.Sheets, sheet)
	}
	p.Bad = badRows(up.Tables, report, up.Loc)
	return p
}

// badRows finds the rows that are kept aside or rejected, with what is wrong with them.
func badRows(tables []intake.Table, report intake.Report, loc *time.Location) []BadRow {
	wrong := map[place]intake.Problem{}
	for _, p := range report.Rows {
		if p.Outcome == intake.Quarantined || p.Outcome == intake.Rejected {
			wrong[place{p.Sheet, p.Line}] = p
		}
	}
	var bad []BadRow
	for _, t := range tables {
		for i := range t.Rows {
			if p, is := wrong[at(&t.Rows[i])]; is && len(bad) < problemsKept {
				bad = append(bad, BadRow{Cells: t.Rows[i].Original(loc), Problem: p})
			}
		}
	}
	return bad
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
	_, err = tx.NewInsert().Model(&row).ExcludeColumn("id").Returning("NULL").Exec(ctx)
	return err
}

func (s *Store) sealPreview(w Waiting) (bytea, error) {
	text, err := json.Marshal(storePreview(w.Preview))
	if err != nil {
		return "", fmt.Errorf("write preview: %w", err)
	}
	sealed, err := s.vault.Seal(uploadPreviewField, w.Token, string(text))
	return bytea(sealed), err
}

// storedPreview is a preview as it is kept.
type storedPreview struct {
	Preview
	Problems []storedProblem
	BadRows  []storedBadRow
}

type storedBadRow struct {
	Cells   []string
	Problem storedProblem
}

func storePreview(p Preview) storedPreview {
	stored := storedPreview{Preview: p, Problems: storeProblems(p.Report.Rows[:min(len(p.Report.Rows), problemsKept)])}
	for _, b := range p.Bad {
		stored.BadRows = append(stored.BadRows, storedBadRow{b.Cells, storeProblem(b.Problem)})
	}
	stored.Report.Rows, stored.Bad = nil, nil
	return stored
}

func (stored storedPreview) preview() (p Preview, err error) {
	p = stored.Preview
	if stored.Problems == nil { // kept by an earlier version
		return p, nil
	}
	if p.Report.Rows, err = problemsFrom(stored.Problems); err != nil {
		return p, err
	}
	for _, b := range stored.BadRows {
		problem, err := b.Problem.problem()
		if err != nil {
			return p, err
		}
		p.Bad = append(p.Bad, BadRow{b.Cells, problem})
	}
	return p, nil
}

// Uploaded gives a file of a user that was previewed. It returns a fault.NotFound for those of others, and when the hour is over.
func (s *Store) Uploaded(ctx context.Context, user account.UserID, token string, now calendar.Instant) (Waiting, error) {
	row, err := findUpload(ctx, s.read, user, token, now)
	if err != nil {
		return Waiting{}, err
	}
	return s.openUpload(row)
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
	up := base
	up.Kind, up.File, up.Content, up.Origin, up.DryRun = w.Kind, w.File, content, w.Origin, false
	if up.Words, err = screening.ParseMapping(w.Words); err != nil {
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
	return err
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
