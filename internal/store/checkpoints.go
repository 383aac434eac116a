package store

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/calendar"
)

type checkpointRow struct {
	bun.BaseModel `bun:"table:checkpoints,alias:checkpoint"`
	Seq           int64 `bun:",pk"`
	At            calendar.Instant
	MAC           string `bun:"mac"`
	Note          string
}

// Checkpoint signs where the audit trail stands and gives the signed note, for the caller to take off the machine. While
// nothing is added to the trail it stays the same note.
func (s *Store) Checkpoint(ctx context.Context, now calendar.Instant) (string, error) {
	var note string
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := s.waitForTrail(ctx, tx); err != nil {
			return err
		}
		head, err := auditHead(ctx, tx)
		if err != nil {
			return err
		}
		var rows []checkpointRow
		if err := tx.NewSelect().Model(&rows).Where("seq = ?", head.Seq).Scan(ctx); err != nil {
			return fmt.Errorf("look for the checkpoint: %w", err)
		}
		if len(rows) == 1 && rows[0].MAC == head.MAC {
			note = rows[0].Note
			return nil
		}
		c := audit.Checkpoint{Head: head, At: now}
		if note, err = c.Sign(s.vault.CheckpointKey(), s.vault.SignCheckpoint); err != nil || len(rows) == 1 {
			return err // one that says otherwise stays, for the verification to find
		}
		row := checkpointRow{Seq: head.Seq, At: now, MAC: head.MAC, Note: note}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sign where the audit trail stands: %w", err)
	}
	return note, nil
}

// verifyChunk is how many entries are in memory at once while the trail is verified.
const verifyChunk = 2000

// VerifyAudit goes through the whole audit trail as it stands and compares it with the checkpoints in the database, with the
// heads printed on issued papers, and with signed checkpoints that were kept elsewhere: files by their names. It also holds accounts
// and papers to what the trail says of them. A file that
// does not hold checkpoints of this installation gives a fault.Invalid; what is wrong with the trail is in the result.
func (s *Store) VerifyAudit(ctx context.Context, elsewhere map[string]string, loc *time.Location) (audit.Result, error) {
	var witnesses []audit.Witness
	for _, name := range slices.Sorted(maps.Keys(elsewhere)) {
		found, err := audit.ReadCheckpoints(elsewhere[name], s.checkpointKeys()...)
		if err != nil {
			return audit.Result{}, fmt.Errorf("%s: %w", name, err)
		}
		for _, c := range found {
			witnesses = append(witnesses, audit.Witness{Head: c.Head, Name: fmt.Sprintf("检查点 %s（%s）", c.At.Minute(loc), name)})
		}
	}
	var result audit.Result
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		kept, flaws, err := s.keptWitnesses(ctx, tx, loc)
		if err != nil {
			return err
		}
		v := audit.Verify(s.vault.AuditMAC, append(witnesses, kept...))
		said := newTold()
		if err := eachAudit(ctx, tx, v, said); err != nil {
			return err
		}
		if err := said.compare(ctx, s, tx, v); err != nil {
			return err
		}
		for _, flaw := range flaws {
			v.Problem("%s", flaw)
		}
		result = v.Result()
		return nil
	})
	return result, err
}

// CheckpointKey is the public key of the checkpoints that are signed now.
func (s *Store) CheckpointKey() ed25519.PublicKey { return s.vault.CheckpointKey() }

func (s *Store) checkpointKeys() []ed25519.PublicKey {
	return slices.Collect(maps.Values(s.vault.CheckpointKeys()))
}

// eachAudit reads the trail in order, a part at a time.
func eachAudit(ctx context.Context, tx bun.Tx, v *audit.Verification, said told) error {
	var last *int64
	for {
		var rows []auditRow
		q := tx.NewSelect().Model(&rows).Order("seq").Limit(verifyChunk)
		if last != nil {
			q = q.Where("seq > ?", *last)
		}
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("read the audit trail: %w", err)
		}
		for i := range rows {
			detail, err := audit.ParseDetail(rows[i].Detail)
			if err != nil {
				v.Problem("第 %d 条：%v", rows[i].Seq, err)
			}
			e := rows[i].entry(detail)
			v.Next(e)
			said.next(e.Act)
		}
		if len(rows) < verifyChunk {
			return nil
		}
		last = &rows[len(rows)-1].Seq
	}
}

// keptWitnesses gives the checkpoints and papers in the database, and tells which checkpoints are not as they were signed.
func (s *Store) keptWitnesses(ctx context.Context, tx bun.Tx, loc *time.Location) (witnesses []audit.Witness, flaws []string, err error) {
	var rows []checkpointRow
	if err := tx.NewSelect().Model(&rows).Order("seq").Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("read checkpoints: %w", err)
	}
	keys := s.checkpointKeys()
	for _, row := range rows {
		signed, err := audit.ReadCheckpoints(row.Note, keys...)
		if err != nil || len(signed) != 1 || signed[0] != (audit.Checkpoint{Head: audit.Head{Seq: row.Seq, MAC: row.MAC}, At: row.At}) {
			flaws = append(flaws, fmt.Sprintf("库中第 %d 条的检查点与其签名不符", row.Seq))
			continue
		}
		witnesses = append(witnesses, audit.Witness{Head: signed[0].Head, Name: "库中检查点 " + row.At.Minute(loc)})
	}
	papers, err := paperWitnesses(ctx, tx)
	return append(witnesses, papers...), flaws, err
}

func paperWitnesses(ctx context.Context, tx bun.Tx) ([]audit.Witness, error) {
	var rows []struct {
		Year, Number int
		AuditSeq     int64
		AuditMAC     string `bun:"audit_mac"`
	}
	err := tx.NewSelect().Table("papers").Column("year", "number", "audit_seq", "audit_mac").Order("year", "number").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read heads of issued papers: %w", err)
	}
	var witnesses []audit.Witness
	for _, row := range rows {
		witnesses = append(witnesses, audit.Witness{
			Head: audit.Head{Seq: row.AuditSeq, MAC: row.AuditMAC}, Name: fmt.Sprintf("%d 年第 %d 号复核单", row.Year, row.Number),
		})
	}
	return witnesses, nil
}
