package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/fault"
)

// keyRow holds a constant sealed with the keys that the database belongs to.
type keyRow struct {
	bun.BaseModel `bun:"table:key_check"`
	ID            int64 `bun:",pk"`
	Sealed        []byte
}

const (
	keyField    = "key_check.sealed"
	keyRowKey   = "1"
	keyConstant = "fugong"
)

// checkKey refuses keys that the database does not belong to: with them nobody would be recognised, and what they seal would
// be lost to the right ones. A database without a schema belongs to nobody yet.
func (s *Store) checkKey(ctx context.Context) error {
	var row keyRow
	err := s.read.NewSelect().Model(&row).Where("id = 1").Scan(ctx)
	if isMissingTable(err) || errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read key check: %w", err)
	}
	if plain, err := s.vault.Unseal(keyField, keyRowKey, row.Sealed); err != nil || plain != keyConstant {
		return fault.New(fault.Invalid, "密钥文件与数据库不符：请使用建立此数据库时的密钥文件；数据库未作任何改动")
	}
	return nil
}

// adoptKey ties a new database to the keys in use.
func (s *Store) adoptKey(ctx context.Context) error {
	sealed, err := s.vault.Seal(keyField, keyRowKey, keyConstant)
	if err != nil {
		return err
	}
	row := keyRow{ID: 1, Sealed: sealed}
	if _, err := s.write.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("record key check: %w", err)
	}
	return s.checkKey(ctx)
}
