package store

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/paper"
)

// PretendNewer records a step that this program does not know.
func PretendNewer(ctx context.Context, s *Store) error {
	_, err := s.write.ExecContext(ctx, "INSERT INTO "+migrationTable+" (name, group_id) VALUES ('9999', 9)")
	return err
}

// Write runs fn as the store's own writers do.
func Write(ctx context.Context, s *Store, fn func(context.Context, bun.Tx) error) error {
	return s.writing(ctx, fn)
}

// Read runs fn as the store's own readers do.
func Read(ctx context.Context, s *Store, fn func(context.Context, bun.Tx) error) error {
	return s.reading(ctx, fn)
}

// WriteAudit adds an act as the store's own methods do.
func WriteAudit(ctx context.Context, s *Store, tx bun.IDB, act audit.Act, now calendar.Instant) error {
	return s.writeAudit(ctx, tx, act, now)
}

// PaperIn loads a paper with its PDF as a transaction sees it.
func PaperIn(ctx context.Context, tx bun.Tx, id string) (paper.Paper, error) {
	return loadPaper(ctx, tx.NewSelect().Where("paper.id = ?", id))
}

// SealedColumns names what a rotation seals again, in order.
func SealedColumns() []string {
	var names []string
	for _, c := range sealedColumns() {
		names = append(names, c.table+"."+c.column)
	}
	slices.Sort(names)
	return names
}

// Fits tells whether a number may be behind a masked one.
func Fits(masked, number string) bool { return fits(masked, number) }

// Counts is how many statements the store's writers have sent, and how many transactions they have committed.
type Counts struct {
	Statements, Commits atomic.Int64
	statement           string
	do                  func()
	did                 sync.Once
}

// BeforeQuery holds up the first statement that is waited for.
func (c *Counts) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if c.do != nil && e.Query == c.statement {
		c.did.Do(c.do)
	}
	return ctx
}

// AfterQuery counts.
func (c *Counts) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	c.Statements.Add(1)
	if e.Query == "COMMIT" {
		c.Commits.Add(1)
	}
}

// CountWrites counts what the store's writers do from now on.
func CountWrites(s *Store) *Counts { return CountWritesAround(s, "", nil) }

// CountWritesAround counts what the store's writers do from now on, and holds up the first statement of that text while do runs.
func CountWritesAround(s *Store, statement string, do func()) *Counts {
	c := &Counts{statement: statement, do: do}
	s.write = s.write.WithQueryHook(c)
	return c
}

// meanwhile is something that happens once, after a number of queries.
type meanwhile struct {
	left   int
	happen func()
}

func (*meanwhile) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (m *meanwhile) AfterQuery(context.Context, *bun.QueryEvent) {
	if m.left--; m.left == 0 {
		m.happen()
	}
}

// AfterReads makes something happen right after the store's readers have asked so many queries.
func AfterReads(s *Store, many int, happen func()) {
	s.read = s.read.WithQueryHook(&meanwhile{many, happen})
}

// TakeTurns keeps all writers waiting until release is called.
func TakeTurns(s *Store) (release func()) {
	all := []chan struct{}{s.turn}
	if s.lead != s.turn {
		all = append(all, s.lead)
	}
	for _, turns := range all {
		for range cap(turns) {
			turns <- struct{}{}
		}
	}
	return func() {
		for _, turns := range all {
			for range cap(turns) {
				<-turns
			}
		}
	}
}

// Serve does the small writes that wait, as somebody does whose lead it is.
func Serve(ctx context.Context, s *Store) { s.serve(ctx) }

// AwaitLine waits until so many small writes wait for their turn.
func AwaitLine(s *Store, many int) {
	waiting := func() int {
		s.line.mu.Lock()
		defer s.line.mu.Unlock()
		return len(s.line.all)
	}
	for waiting() < many {
		time.Sleep(time.Millisecond)
	}
}

// KeepApart gives each small write a transaction of its own.
func KeepApart(s *Store) { s.engine.together = 1 }
