package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // driver pgx
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"
	_ "modernc.org/sqlite" // driver sqlite

	"fugong/internal/fault"
	"fugong/internal/policy"
	"fugong/internal/vault"
)

// engine is all that differs between the two databases, but for the codes of their errors.
type engine struct {
	folder   string // of migrations
	dialect  func() schema.Dialect
	writers  int
	together int    // how many small writes at most share a transaction: more would keep the first waiting for the last
	hurry    string // statement after which a transaction rather fails than waits for a row; empty: there is one writer anyway
	readers  int
	snapshot *sql.TxOptions // gives one consistent view for a whole transaction
	lock     string         // statements around a migration, on one connection; empty: one process at a time anyway
	unlock   string
	trail    string // statement by which a transaction waits for its turn to add to the audit trail
	settings []setting
}

// setting is one assertion at start: a query for one text and what it must say. Each of them, when wrong, has lost
// acknowledged work or let text through that means something else.
type setting struct{ query, want, why string }

func fileEngine() engine {
	return engine{
		folder:   "sqlite",
		dialect:  func() schema.Dialect { return sqlitedialect.New() },
		writers:  1,
		together: 64,
		readers:  8,
		snapshot: &sql.TxOptions{ReadOnly: true},
		settings: []setting{
			{"PRAGMA journal_mode", "wal", "读写互不阻塞"},
			{"PRAGMA synchronous", "2", "断电不丢已确认的数据"},
			{"PRAGMA foreign_keys", "1", "引用完整"},
			{"PRAGMA encoding", "UTF-8", "中文不失真"},
		},
	}
}

func serverEngine() engine {
	return engine{
		folder:   "postgres",
		dialect:  func() schema.Dialect { return pgdialect.New() },
		writers:  8,
		together: 64,
		readers:  8,
		snapshot: &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
		lock:     "SELECT pg_advisory_lock(466001)",
		unlock:   "SELECT pg_advisory_unlock(466001)",
		hurry:    "SET LOCAL lock_timeout = '20ms'",
		trail:    "SELECT set_config('lock_timeout', '0', true), pg_advisory_xact_lock(466002)",
		settings: []setting{
			{"SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN 'off' ELSE 'on' END", "on", "断电不丢已确认的数据"},
			{"SHOW fsync", "on", "断电不丢已确认的数据"},
			{"SHOW standard_conforming_strings", "on", "文本原样保存"},
			{"SHOW server_encoding", "UTF8", "中文不失真"},
		},
	}
}

// Open connects to a database: a file path, which is created when missing, or postgres://…. It does not change the schema.
// It returns a fault.Invalid when the database belongs to other keys or to a newer program, or is set up in a way
// that could lose acknowledged work; then nothing in it was touched.
func Open(ctx context.Context, dsn string, v *vault.Vault, log *slog.Logger) (*Store, error) {
	s := &Store{vault: v, log: log, shipped: policy.Shipped()}
	if err := s.connect(dsn); err != nil {
		return nil, err
	}
	s.turn = make(chan struct{}, s.engine.writers)
	if s.lead = s.turn; s.engine.writers > 1 {
		s.lead = make(chan struct{}, 1)
	}
	if err := s.verify(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) connect(dsn string) error {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		s.engine = serverEngine()
		dsn, err := serverDSN(dsn)
		if err != nil {
			return err
		}
		return s.pools("pgx", dsn, dsn)
	}
	s.engine = fileEngine()
	path, err := prepareFile(dsn)
	if err != nil {
		return err
	}
	if err := s.pools("sqlite", fileDSN(path, true), fileDSN(path, false)); err != nil {
		return err
	}
	s.compiled = newCompiled(s.read.DB)
	return nil
}

// serverDSN asks for statements to be sent once and forgotten: arguments stand in their text, so each is different, and
// kept ones would only fill both memories.
func serverDSN(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", &fault.Error{Kind: fault.Invalid, Message: "数据库地址无法读懂，应为 postgres://用户:口令@主机:端口/库名"}
	}
	q := u.Query()
	q.Set("default_query_exec_mode", "exec")
	q.Set("jit", "off") // compiling a query costs more than running one of ours
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// prepareFile makes sure that a database file exists which only its owner can read: it holds health data.
func prepareFile(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find database file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("make directory of database: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // #nosec G304 -- the operator names it
	if errors.Is(err, fs.ErrExist) {
		return path, nil
	}
	if err != nil {
		return "", fmt.Errorf("create database file: %w", err)
	}
	return path, f.Close()
}

func fileDSN(path string, write bool) string {
	q := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)", "cache_size(-65536)"}}
	q.Set("_txlock", "immediate")
	if !write {
		q = url.Values{"_pragma": {"busy_timeout(5000)", "query_only(1)", "cache_size(-16384)"}, "mode": {"ro"}, "_txlock": {"deferred"}}
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}
	return u.String()
}

func (s *Store) pools(driver, write, read string) error {
	for _, p := range []struct {
		db   **bun.DB
		dsn  string
		size int
	}{{&s.write, write, s.engine.writers + s.engine.spare()}, {&s.read, read, s.engine.readers}, {&s.aside, read, lookers}} {
		db, err := sql.Open(driver, p.dsn)
		if err != nil {
			return fmt.Errorf("open database: %w", errors.Join(err, s.Close()))
		}
		db.SetMaxOpenConns(p.size)
		db.SetMaxIdleConns(p.size)
		*p.db = bun.NewDB(db, s.engine.dialect())
	}
	return nil
}

// spare is the connection that holds the migration lock while another one migrates.
func (e engine) spare() int {
	if e.lock == "" {
		return 0
	}
	return 1
}

func (s *Store) verify(ctx context.Context) error {
	if err := s.write.PingContext(ctx); err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	for _, set := range s.engine.settings {
		var got string
		if err := s.write.QueryRowContext(ctx, set.query).Scan(&got); err != nil {
			return fmt.Errorf("read setting %q: %w", set.query, err)
		}
		if got != set.want {
			return fault.New(fault.Invalid, "数据库设置 %q 是 %s，应为 %s（%s）", set.query, got, set.want, set.why)
		}
	}
	if err := s.refuseNewer(ctx); err != nil {
		return err
	}
	return s.checkKey(ctx)
}
