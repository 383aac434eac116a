package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"fugong/internal/fault"
	"fugong/migrations"
)

// Migration is one step of the schema.
type Migration struct {
	Name    string
	Applied bool
}

const migrationTable = "bun_migrations"

// Migrate brings the schema up to this program's and returns the names of the steps it applied. Each step is recorded in
// its own transaction, so a crash leaves all of a step or nothing; replicas that start together wait for each other. It
// returns a fault.Invalid when the database belongs to other keys or to a newer program.
func (s *Store) Migrate(ctx context.Context) (applied []string, err error) {
	release, err := s.lockMigrations(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if err := s.refuseNewer(ctx); err != nil {
		return nil, err
	}
	if applied, err = s.migrate(ctx); err != nil {
		return applied, err
	}
	if err := s.adoptKey(ctx); err != nil {
		return applied, err
	}
	return applied, s.sealClear(ctx)
}

func (s *Store) migrate(ctx context.Context) ([]string, error) {
	steps, err := s.steps()
	if err != nil {
		return nil, err
	}
	migrator := migrate.NewMigrator(s.write, steps,
		migrate.WithMarkAppliedOnSuccess(true),
		migrate.WithUpsert(true), // the migrator marks once more, outside the transaction
		migrate.AfterMigration(recordStep))
	if err := migrator.Init(ctx); err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	group, err := migrator.Migrate(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	var applied []string
	for _, m := range group.Migrations {
		applied = append(applied, m.String())
	}
	return applied, nil
}

// recordStep marks a step as applied inside the step's own transaction.
func recordStep(ctx context.Context, db bun.IConn, m *migrate.Migration) error {
	_, err := db.ExecContext(ctx, "INSERT INTO "+migrationTable+" (name, group_id) VALUES (?, ?)", m.Name, m.GroupID)
	return err
}

func (s *Store) steps() (*migrate.Migrations, error) {
	folder, err := fs.Sub(migrations.Files, s.engine.folder)
	if err != nil {
		return nil, fmt.Errorf("find migrations: %w", err)
	}
	steps := migrate.NewMigrations()
	if err := steps.Discover(folder); err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return steps, nil
}

// lockMigrations keeps other replicas out until the returned function is called. The lock lives with its connection, so a
// crash frees it.
func (s *Store) lockMigrations(ctx context.Context) (release func() error, err error) {
	if s.engine.lock == "" {
		return func() error { return nil }, nil
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect for the migration lock: %w", err)
	}
	if _, err := conn.ExecContext(ctx, s.engine.lock); err != nil {
		return nil, fmt.Errorf("wait for the migration lock: %w", errors.Join(err, conn.Close()))
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), s.engine.unlock)
		return errors.Join(err, conn.Close())
	}, nil
}

// Migrations lists every step this program knows, in order, and whether it is applied.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	steps, err := s.steps()
	if err != nil {
		return nil, err
	}
	applied, err := s.appliedSteps(ctx)
	if err != nil {
		return nil, err
	}
	var all []Migration
	for _, m := range steps.Sorted() {
		all = append(all, Migration{Name: m.String(), Applied: slices.Contains(applied, m.Name)})
	}
	return all, nil
}

func (s *Store) appliedSteps(ctx context.Context) ([]string, error) {
	var names []string
	err := s.read.NewSelect().Table(migrationTable).Column("name").Scan(ctx, &names)
	if err != nil && !isMissingTable(err) {
		return nil, fmt.Errorf("list applied migrations: %w", err)
	}
	return names, nil
}

// refuseNewer keeps an old program from writing rows that a newer one understands differently.
func (s *Store) refuseNewer(ctx context.Context) error {
	known, err := s.Migrations(ctx)
	if err != nil {
		return err
	}
	applied, err := s.appliedSteps(ctx)
	if err != nil {
		return err
	}
	for _, name := range applied {
		if !slices.ContainsFunc(known, func(m Migration) bool { return strings.HasPrefix(m.Name, name+"_") }) {
			return fault.New(fault.Invalid, "数据库由更新版本的程序升级过（第 %s 步），请使用不低于该版本的程序", name)
		}
	}
	return nil
}
