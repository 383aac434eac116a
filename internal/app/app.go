// Package app builds the program from its parts and runs it until told to stop. It is the only place that asks the time.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"fugong/internal/album"
	"fugong/internal/config"
	"fugong/internal/evaluation"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/store"
)

// Env is what the surroundings give: where messages go, and whether a person watches them.
type Env struct {
	Stderr   io.Writer
	Terminal bool
	Verbose  bool // log what goes well too, as a server does
}

// App is the program, opened on its database.
type App struct {
	cfg       config.Config
	env       Env
	clock     *clock
	log       *slog.Logger
	store     *store.Store
	evaluator *evaluation.Evaluator
	printer   *printing.Printer
	album     *album.Album
	applied   []string // migrations applied at opening
}

// Open opens keys and database and brings the schema up to date. A wrong or readable-by-others key file and a database newer
// than the program are refused.
func Open(ctx context.Context, cfg config.Config, env Env) (*App, error) {
	a, err := Attach(ctx, cfg, env)
	if err != nil {
		return nil, err
	}
	if a.applied, err = a.store.Migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate: %w", err), a.Close())
	}
	return a, nil
}

// Attach opens keys and database without touching the schema.
func Attach(ctx context.Context, cfg config.Config, env Env) (*App, error) {
	a := &App{cfg: cfg, env: env, clock: newClock(cfg.Clock), log: newLog(env)}
	if !cfg.Clock.IsZero() {
		a.log.Warn("clock is not the real time", slog.Time("clock", cfg.Clock))
	}
	keys, err := a.openKeys(ctx)
	if err != nil {
		return nil, err
	}
	if a.store, err = store.Open(ctx, cfg.DB, keys, a.log); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	paper, err := sheet.NewPrinter()
	if err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	a.evaluator = &evaluation.Evaluator{Ledger: a.store, Loc: cfg.Timezone, Now: a.clock.now, Log: a.log}
	a.printer = &printing.Printer{Store: a.store, Evaluator: a.evaluator, Paper: paper, Loc: cfg.Timezone, Now: a.clock.now,
		Signer: keys, Base: reachedAt(cfg), Numbering: cfg.Numbering, Issued: a.witness}
	a.album = album.New(a.store, keys, filepath.Join(cfg.Data, "photos"), a.clock.now)
	return a, nil
}

// Close lets go of the database.
func (a *App) Close() error { return a.store.Close() }

// Applied names the migrations that opening applied.
func (a *App) Applied() []string { return a.applied }

// Migrations lists every migration and whether it is applied.
func (a *App) Migrations(ctx context.Context) ([]store.Migration, error) {
	return a.store.Migrations(ctx)
}
