package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/intake"
	"fugong/internal/screening"
)

// sampleRows is how many rows of a sheet a preview shows.
const sampleRows = 5

// Preview is what would become of a file, and after it was taken in, what did. It holds cells as they stand in the file; whoever
// shows them masks them.
type Preview struct {
	Kind      string
	File      string
	Origin    Origin
	Words     string // what the source's words for results mean, as it was typed
	Unchecked bool   // what would become of it is not known yet
	Report    intake.Report
	Sheets    []PreviewSheet
	Bad       []BadRow // kept aside or rejected; no more than are remembered
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

// Preview tells what would become of a file and keeps it, sealed, for its user to say that it is to be taken in. words is what
// up.Words was made of. It returns the faults of Import.
func (s *Store) Preview(ctx context.Context, user account.UserID, up Upload, words string) (Waiting, error) {
	token, err := s.Receive(ctx, user, up, words)
	if err != nil {
		return Waiting{}, err
	}
	if err := s.CheckUploaded(ctx, user, token, up); err != nil {
		return Waiting{}, err
	}
	return s.Uploaded(ctx, user, token, up.Now)
}

// Receive keeps a file, sealed, for its user, and gives the token by which it is known; what would become of it, CheckUploaded
// finds out. One that cannot be read as the kind of table it is said to be gives a fault.Invalid and is not kept.
func (s *Store) Receive(ctx context.Context, user account.UserID, up Upload, words string) (string, error) {
	k, err := kindOf(up.Kind)
	if err != nil {
		return "", err
	}
	up.File = audit.MaskedName(up.File)
	if err := up.read(k); err != nil {
		return "", err
	}
	w := Waiting{Token: rand.Text(), ExpiresAt: up.Now.Add(UploadLife),
		Preview: Preview{Kind: up.Kind, File: up.File, Origin: up.Origin, Words: words, Unchecked: true}}
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error { return s.keepUpload(ctx, tx, user, up, w) })
	if err != nil {
		return "", fmt.Errorf("keep upload: %w", err)
	}
	return w.Token, nil
}

// CheckUploaded finds out what would become of a file that was received. Of base, who does it, when and within what counts.
// Asked again, it does nothing. It returns the faults of Import, and a fault.NotFound as Uploaded does.
func (s *Store) CheckUploaded(ctx context.Context, user account.UserID, token string, base Upload) error {
	w, content, err := s.waitingContent(ctx, user, token, base.Now)
	if err != nil || w.Batch != 0 || !w.Unchecked {
		return err
	}
	up, err := w.upload(base, content)
	if err != nil {
		return err
	}
	up.DryRun = true
	var report intake.Report
	err = s.take(ctx, &up, func(ctx context.Context, tx bun.Tx, l *load, apply apply) error {
		defer func() { report = l.report() }()
		return l.run(ctx, apply)
	})
	if !errors.Is(err, errDryRun) {
		return fmt.Errorf("check uploaded %s: %w", up.Kind, err)
	}
	w.Preview = previewOf(up, report, w.Words)
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error { return s.finishCheck(ctx, tx, w) })
}

// finishCheck keeps what was found out, unless the file is gone or was taken in.
func (s *Store) finishCheck(ctx context.Context, tx bun.Tx, w Waiting) error {
	sealed, err := s.sealPreview(w)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Table("uploads").Set("preview_sealed = ?", []byte(sealed)).Where("token = ? AND batch_id IS NULL", w.Token).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep preview: %w", err)
	}
	return workDone(ctx, tx, w.Token)
}

// upload makes an upload of a file that waits.
func (w Waiting) upload(base Upload, content []byte) (Upload, error) {
	up := base
	up.Kind, up.File, up.Content, up.Tables, up.Origin, up.DryRun = w.Kind, w.File, content, nil, w.Origin, false
	var err error
	up.Words, err = screening.ParseMapping(w.Words)
	return up, err
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
