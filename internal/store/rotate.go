package store

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/vault"
)

// sealedColumn is a column of sealed values: the field they are sealed as, and the SQL that gives the key of a row t.
type sealedColumn struct{ table, column, field, rowKey string }

// sealedColumns lists everything that is sealed. A column that is missing here keeps its old keys for ever; a test compares the
// list with the schema.
func sealedColumns() []sealedColumn {
	return []sealedColumn{
		{"workers", "number_sealed", numberField, "t.row_key"},
		{"enrolments", "phone_sealed", phoneField, "(SELECT w.row_key FROM workers AS w WHERE w.id = t.worker_id)"},
		{"section_versions", "phone_sealed", managerPhoneField, "(SELECT s.code FROM sections AS s WHERE s.id = t.section_id)"},
		{"quarantined", "row_sealed", quarantineField, "t.row_key"},
		{"users", "totp_sealed", totpField, "t.row_key"},
		{"answers_kept", "body_sealed", keptBodyField, "t.user_id || '|' || t.idempotency_key"},
		{"passages", "reason_sealed", reasonField, "(SELECT w.row_key FROM workers AS w WHERE w.id = t.worker_id)"},
		{"answers", "remark_sealed", remarkField, "(SELECT s.code FROM sections AS s WHERE s.id = t.section_id) || '|' || t.date || '|' || t.item"},
		{"batches", "problems_sealed", problemsField, "CAST(t.id AS TEXT)"},
		{"uploads", "content_sealed", uploadContentField, "t.token"},
		{"uploads", "preview_sealed", uploadPreviewField, "t.token"},
		{"photos", "key_sealed", PhotoField, "t.uuid"},
		{"key_check", "sealed", keyField, "'" + keyRowKey + "'"},
	}
}

// SealCount is how many values of a column a key has sealed.
type SealCount struct {
	Key    vault.KeyID
	Known  bool // the key is in the key file
	Column string
	Values int64
}

// SealCounts counts what each key has sealed.
func (s *Store) SealCounts(ctx context.Context) ([]SealCount, error) {
	keys := s.vault.FieldKeys()
	var counts []SealCount
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		var err error
		counts, err = sealCounts(ctx, tx)
		return err
	})
	for i := range counts {
		counts[i].Known = slices.Contains(keys, counts[i].Key)
	}
	return counts, err
}

func sealCounts(ctx context.Context, tx bun.Tx) ([]SealCount, error) {
	var counts []SealCount
	for _, c := range sealedColumns() {
		var rows []struct {
			Prefix []byte
			N      int64
		}
		err := tx.NewSelect().TableExpr("? AS t", bun.Ident(c.table)).ColumnExpr("substr(t.?, 1, 5) AS prefix, COUNT(*) AS n", bun.Ident(c.column)).
			Where("t.? IS NOT NULL", bun.Ident(c.column)).GroupExpr("1").OrderExpr("1").Scan(ctx, &rows)
		if err != nil {
			return nil, fmt.Errorf("count seals of %s: %w", c.table, err)
		}
		for _, r := range rows {
			id, ok := vault.SealedBy(r.Prefix)
			if !ok {
				return nil, fmt.Errorf("count seals of %s: %d values begin with %x, which names no key", c.table, r.N, r.Prefix)
			}
			counts = append(counts, SealCount{Key: id, Column: c.table + "." + c.column, Values: r.N})
		}
	}
	return counts, nil
}

// FieldKeys names the keys that open what is sealed; the first is the one that seals.
func (s *Store) FieldKeys() []vault.KeyID { return s.vault.FieldKeys() }

// RotateKey makes a new key for what is sealed from now on, in every process that has the key file open. What is sealed already
// stays readable; Reseal brings it under the new key.
func (s *Store) RotateKey(ctx context.Context, act audit.Act, now calendar.Instant) (vault.KeyID, error) {
	if err := s.Audit(ctx, act.Doing("key.rotate", "key", s.vault.FieldKeys()[0].String(), nil), now); err != nil {
		return 0, err
	}
	return s.vault.Rotate()
}

// resealSize is how many values are sealed again in one transaction: so few that others hardly wait.
const resealSize = 200

// Reseal brings everything that older keys have sealed under the newest one, some values at a time; others read and write
// meanwhile. Where it is stopped, the next call goes on. It gives how many values it sealed again. Values that no key opens are
// logged and left, and make it a fault.Conflict in the end.
func (s *Store) Reseal(ctx context.Context, act audit.Act, now calendar.Instant, progress func(done int)) (int, error) {
	keys := s.vault.FieldKeys()
	if len(keys) == 1 {
		return 0, nil
	}
	total, shut := 0, 0
	for _, c := range sealedColumns() {
		for after := int64(0); ; {
			part, err := s.resealSome(ctx, c, keys[0], after)
			if err != nil {
				return total, fmt.Errorf("seal %s.%s again: %w", c.table, c.column, err)
			}
			total, shut = total+part.done, shut+part.shut
			progress(total)
			if after = part.last; after == 0 {
				break
			}
		}
	}
	var err error
	if total > 0 {
		err = s.Audit(ctx, act.Doing("key.reseal", "key", keys[0].String(), map[string]string{"values": strconv.Itoa(total)}), now)
	}
	if err == nil && shut > 0 {
		err = fault.New(fault.Conflict, "有 %d 个值无法解封（见日志），仍由旧密钥封存", shut)
	}
	return total, err
}

// resealed is what came of some values: sealed again, impossible to open, and the last row looked at, 0 at the end.
type resealed struct {
	done, shut int
	last       int64
}

// resealSome goes on behind a row.
func (s *Store) resealSome(ctx context.Context, c sealedColumn, key vault.KeyID, after int64) (part resealed, err error) {
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		part = resealed{}
		var rows []struct {
			ID     int64
			RowKey string
			Sealed []byte
		}
		err := tx.NewSelect().TableExpr("? AS t", bun.Ident(c.table)).ColumnExpr("t.id, "+c.rowKey+" AS row_key, t.? AS sealed", bun.Ident(c.column)).
			Where("t.id > ?", after).Where("t.? IS NOT NULL", bun.Ident(c.column)).
			Where("substr(t.?, 1, 5) <> ?", bun.Ident(c.column), key.Prefix()).OrderExpr("t.id").Limit(resealSize).Scan(ctx, &rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			n, err := s.resealOne(ctx, tx, c, r.ID, r.RowKey, r.Sealed)
			if fault.KindOf(err) == fault.Forbidden {
				s.log.Error("sealed value cannot be opened", slog.String("column", c.table+"."+c.column), slog.Int64("row", r.ID))
				part.shut++
			} else if err != nil {
				return fmt.Errorf("row %d: %w", r.ID, err)
			}
			part.done += n
		}
		if len(rows) == resealSize {
			part.last = rows[len(rows)-1].ID
		}
		return nil
	})
	return part, err
}

// resealOne seals one value again, unless somebody has put another in its place meanwhile: that one is newer.
func (s *Store) resealOne(ctx context.Context, tx bun.Tx, c sealedColumn, id int64, rowKey string, sealed []byte) (int, error) {
	plain, err := s.vault.Unseal(c.field, rowKey, sealed)
	if err != nil {
		return 0, err
	}
	again, err := s.vault.Seal(c.field, rowKey, plain)
	if err != nil {
		return 0, err
	}
	result, err := tx.NewUpdate().TableExpr("?", bun.Ident(c.table)).Set("? = ?", bun.Ident(c.column), again).
		Where("id = ?", id).Where("? = ?", bun.Ident(c.column), sealed).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// ForgetKey takes a key that seals nothing any more out of the key file. It returns a fault.Conflict while something is left. A
// backup of the database from before needs a copy of the key file from before.
func (s *Store) ForgetKey(ctx context.Context, act audit.Act, id vault.KeyID, now calendar.Instant) error {
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE key_check SET id = id WHERE id = 1"); err != nil {
			return fmt.Errorf("wait for other changes: %w", err)
		}
		counts, err := sealCounts(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range counts {
			if c.Key == id {
				return fault.New(fault.Conflict, "密钥 %s 还封存着 %s 的 %d 个值，请先运行 fugong keys reseal", id, c.Column, c.Values)
			}
		}
		if err := s.writeAudit(ctx, tx, act.Doing("key.forget", "key", id.String(), nil), now); err != nil {
			return err
		}
		return s.vault.Forget(id)
	})
	if err != nil {
		return fmt.Errorf("forget key %s: %w", id, err)
	}
	return nil
}
