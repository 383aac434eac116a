package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/vault"
)

// openKeys opens the key file, or makes it on the first start.
func (a *App) openKeys(ctx context.Context) (*vault.Vault, error) {
	keys, err := vault.Open(a.cfg.KeyFile)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if err := a.isFirstStart(ctx); err != nil {
		return nil, err
	}
	keys, err = vault.Create(a.cfg.KeyFile)
	if fault.KindOf(err) == fault.Conflict { // another replica was quicker
		return vault.Open(a.cfg.KeyFile)
	}
	if err == nil {
		fmt.Fprintf(a.env.Stderr, "已生成密钥文件 %s：请与数据库分开备份；没有它，个人信息无法读出\n", a.cfg.KeyFile)
	}
	return keys, err
}

// isFirstStart fails when the database belongs to keys already: they are somewhere else, and new ones beside them would only
// be taken for the right ones.
func (a *App) isFirstStart(ctx context.Context) error {
	stranger, err := vault.Generate()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, a.cfg.DB, stranger, a.log)
	if fault.KindOf(err) == fault.Invalid {
		return fmt.Errorf("密钥文件 %s 不存在: %w", a.cfg.KeyFile, err)
	}
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	return s.Close()
}
