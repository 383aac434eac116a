package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/intake"
)

// Step is what is done to a file that waits.
type Step string

// The steps.
const (
	Checking Step = "check" // finding out what would become of it
	Taking   Step = "take"  // taking it in
)

// silence is how long nothing is heard of a server before its work counts as given up.
const silence = 20 * time.Second

// Headway is how far a file has come: of Total rows Done are settled, Kept of them taken in and Refused kept aside or rejected.
// The rest of those that are settled were there already. It is zero while the file is read and waits for its turn.
type Headway struct{ Total, Done, Kept, Refused int }

// Work is what some server was last heard to do to a file. The zero Work is none: the step before is done, or none was begun.
type Work struct {
	Step    Step
	HeardAt calendar.Instant
	Headway
}

// Lasts reports whether the work still goes on, as far as is known. One that does not has left everything as it was.
func (w Work) Lasts(now calendar.Instant) bool {
	return w.Step != "" && now.Sub(w.HeardAt) < silence
}

type uploadWorkRow struct {
	bun.BaseModel `bun:"table:upload_works,alias:work"`
	UploadID      int64 `bun:",pk"`
	Step          Step
	HeardAt       calendar.Instant
	Total         int64
	Done          int64
	Kept          int64
	Refused       int64
}

func (r uploadWorkRow) work() Work {
	return Work{r.Step, r.HeardAt, Headway{int(r.Total), int(r.Done), int(r.Kept), int(r.Refused)}}
}

// BeginWork notes that a file of a user is about to go through a step. One that goes through it already, with another server, stays
// as far as it is. It returns a fault.NotFound as Uploaded does.
func (s *Store) BeginWork(ctx context.Context, user account.UserID, token string, step Step, now calendar.Instant) error {
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := findUpload(ctx, tx, user, token, now)
		if err != nil || row.BatchID != 0 {
			return err
		}
		there, err := workOn(ctx, tx, token)
		if err != nil || there.Step == step && there.Lasts(now) {
			return err
		}
		return beginWork(ctx, tx, row.ID, step, now)
	})
}

func beginWork(ctx context.Context, tx bun.Tx, upload int64, step Step, now calendar.Instant) error {
	row := uploadWorkRow{UploadID: upload, Step: step, HeardAt: now}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (upload_id) DO UPDATE").Set("step = EXCLUDED.step").Set("heard_at = EXCLUDED.heard_at").
		Set("total = 0").Set("done = 0").Set("kept = 0").Set("refused = 0").Returning("NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("begin work on upload: %w", err)
	}
	return nil
}

// HearOf notes how far the work on a file has come, for other servers to tell. One that waits for its turn is only noted to be
// alive: it may be a second one on the file, and the first has come further. The database in a file has one server and one writer,
// which is at work: nothing is noted there.
func (s *Store) HearOf(ctx context.Context, token string, h Headway, now calendar.Instant) error {
	if s.engine.writers == 1 {
		return nil
	}
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		q := ofWork(tx, token).Set("heard_at = ?", now)
		if h.Total > 0 {
			q = q.Set("total = ?", h.Total).Set("done = ?", h.Done).Set("kept = ?", h.Kept).Set("refused = ?", h.Refused)
		}
		_, err := q.Exec(ctx)
		return err
	})
}

// GiveUp notes that the work on a file has failed and left everything as it was.
func (s *Store) GiveUp(ctx context.Context, token string) error {
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := ofWork(tx, token).Set("heard_at = 0").Exec(ctx)
		return err
	})
}

// BreakOff notes, when a server begins, that what was at work before it is not any more. Of a database in a file that is known, for it
// has one server; others may have another one, which has to be silent for a while.
func (s *Store) BreakOff(ctx context.Context) error {
	if s.engine.writers != 1 {
		return nil
	}
	left, err := s.read.NewSelect().Table("upload_works").Where("heard_at <> 0").Exists(ctx)
	if err != nil || !left { // to write, one may have to wait for an import from the command line
		return translate(err)
	}
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Table("upload_works").Set("heard_at = 0").Where("heard_at <> 0").Exec(ctx)
		return err
	})
}

func ofWork(tx bun.Tx, token string) *bun.UpdateQuery {
	return tx.NewUpdate().Table("upload_works").Where("upload_id IN (SELECT id FROM uploads WHERE token = ?)", token)
}

// workDone forgets the work on a file.
func workDone(ctx context.Context, tx bun.Tx, token string) error {
	_, err := tx.NewDelete().Table("upload_works").Where("upload_id IN (SELECT id FROM uploads WHERE token = ?)", token).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end work on upload: %w", err)
	}
	return nil
}

func workOn(ctx context.Context, db bun.IDB, token string) (Work, error) {
	var rows []uploadWorkRow
	if err := db.NewSelect().Model(&rows).Where("upload_id IN (SELECT id FROM uploads WHERE token = ?)", token).Scan(ctx); err != nil || len(rows) == 0 {
		return Work{}, translate(err)
	}
	return rows[0].work(), nil
}

// tell says how far the file has come, when so many of its rows are in the database.
func (l *load) tell(kept int) {
	if l.up.Tell == nil {
		return
	}
	h := Headway{Kept: kept}
	for _, t := range l.up.Tables {
		h.Total += len(t.Rows)
	}
	for _, p := range l.problems {
		if p.Outcome != intake.Duplicated {
			h.Refused++
		}
	}
	h.Done = min(kept+len(l.problems), h.Total)
	l.up.Tell(h)
}
