package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/schedule"
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

// RotateKeys makes a new key for personal data and seals everything again under it, while the program may be running. It gives
// the key and how many values it sealed again; stopped in between, ResealKeys or the running program go on.
func (a *App) RotateKeys(ctx context.Context) (key string, values int, err error) {
	id, err := a.store.RotateKey(ctx, operator(), a.clock.now())
	if err != nil {
		return "", 0, err
	}
	values, err = a.ResealKeys(ctx)
	return id.String(), values, err
}

// ResealKeys seals again what older keys still seal, and gives how many values that were.
func (a *App) ResealKeys(ctx context.Context) (int, error) {
	counts, err := a.store.SealCounts(ctx)
	if err != nil {
		return 0, err
	}
	total, newest := 0, a.store.FieldKeys()[0]
	for _, c := range counts {
		if c.Key != newest {
			total += int(c.Values)
		}
	}
	bar := a.progress("重新封存")
	return a.store.Reseal(ctx, operator(), a.clock.now(), func(done int) { bar(done, total) })
}

// KeyStatus gives a line for each key and column: key, what it is for, column, number of values.
func (a *App) KeyStatus(ctx context.Context) ([][]string, error) {
	counts, err := a.store.SealCounts(ctx)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for i, id := range a.store.FieldKeys() {
		state, left := "在用", false
		if i > 0 {
			state = "旧"
		}
		for _, c := range counts {
			if c.Key == id {
				rows, left = append(rows, []string{id.String(), state, c.Column, fmt.Sprint(c.Values)}), true
			}
		}
		if !left {
			rows = append(rows, []string{id.String(), state, "-", "0"})
		}
	}
	for _, c := range counts {
		if !c.Known {
			rows = append(rows, []string{c.Key.String(), "缺失", c.Column, fmt.Sprint(c.Values)})
		}
	}
	return rows, nil
}

// ForgetKey takes an old key out of the key file once it seals nothing any more.
func (a *App) ForgetKey(ctx context.Context, key string) error {
	id, err := vault.ParseKeyID(key)
	if err != nil {
		return misusing(err)
	}
	return a.store.ForgetKey(ctx, operator(), id, a.clock.now())
}

// reseal is the job that goes on where a rotation was stopped. It has nothing to do while there is one key.
func (a *App) reseal(ctx context.Context, _ calendar.Instant) (schedule.Outcome, error) {
	n, err := a.store.Reseal(ctx, program(), a.clock.now(), func(int) {})
	return schedule.Outcome{Changed: n}, err
}
