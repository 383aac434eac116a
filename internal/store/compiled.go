package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/uptrace/bun"

	"fugong/internal/criteria"
	"fugong/internal/site"
)

// compiled are the queries of a scope for one section as it is now. A page asks two dozen of them, and the file database takes as long
// to compile each as to answer it; so they are compiled once for each connection, with numbers for the words that differ. Who meets one
// that is not compiled yet asks it as it is, and compiles it when he holds no connection any more: else readers that hold them all
// would wait for one.
type compiled struct {
	db      *sql.DB
	numbers scope // whose words are ?1 …, in the order of values
	mu      sync.Mutex
	all     map[string]*sql.Stmt // as many as the snapshot has queries; nil: wanted
}

func newCompiled(db *sql.DB) *compiled {
	return &compiled{db: db, numbers: scopeOf(0, "?1", "?2", "?3", "?4", "?5", "?6"), all: map[string]*sql.Stmt{}}
}

func (p *compiled) scope(id site.SectionID, w criteria.Window) scope {
	sc := newScope([]site.SectionID{id}, w, 0)
	sc.compiled = p
	sc.values = []any{int64(id), int64(w.Results), int64(w.Temperatures), int64(w.Disinfections), int64(w.Passages), w.Answers.String()}
	return sc
}

// ask asks a query in a transaction, if it is compiled, and tells whether it was.
func (p *compiled) ask(ctx context.Context, tx *sql.Tx, query string, values []any) (rows *sql.Rows, was bool, err error) {
	p.mu.Lock()
	s := p.all[query]
	p.all[query] = s
	p.mu.Unlock()
	if s == nil {
		return nil, false, nil
	}
	rows, err = tx.StmtContext(ctx, s).QueryContext(ctx, values...)
	return rows, true, err
}

// compile compiles what was asked for and was not there. The caller must not hold a connection.
func (p *compiled) compile(ctx context.Context) error {
	for _, query := range p.wanted() {
		s, err := p.db.PrepareContext(ctx, p.numbers.variants[0].Replace(query))
		if err != nil {
			return fmt.Errorf("compile query: %w", err)
		}
		if !p.keep(query, s) {
			err = s.Close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readingCompiled is reading for those who ask compiled queries where there are such.
func (s *Store) readingCompiled(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	err := s.reading(ctx, fn)
	if err == nil && s.compiled != nil {
		err = s.compiled.compile(ctx)
	}
	return err
}

func (p *compiled) wanted() (queries []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for query, s := range p.all {
		if s == nil {
			queries = append(queries, query)
		}
	}
	return queries
}

// keep keeps a statement unless somebody else was quicker.
func (p *compiled) keep(query string, s *sql.Stmt) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all[query] != nil {
		return false
	}
	p.all[query] = s
	return true
}

func (p *compiled) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.all {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}
