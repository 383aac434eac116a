// Package store keeps everything in SQLite or PostgreSQL: the registers as they are imported, what was known of them at any
// earlier time, and the judgements made on them. All SQL of the program is here, one file a noun.
//
// Facts are never overwritten. A correction inserts a row and closes the old one, so that a judgement of the past can be
// made again with the knowledge of then. Personal numbers go through the vault on their way in and out.
package store

import (
	"errors"
	"log/slog"

	"github.com/uptrace/bun"

	"fugong/internal/policy"
	"fugong/internal/vault"
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	write  *bun.DB // one connection in the file database, a small pool on a server
	read   *bun.DB
	aside  *bun.DB       // a second pair of eyes of the import whose turn it is; its own, so that it waits for nobody
	turn   chan struct{} // a place a writer; who asks first is served first
	lead   chan struct{} // the same for small writes together; in the file database it is the turn
	line   line          // small writes that wait for it
	engine engine
	vault  *vault.Vault
	log    *slog.Logger

	compiled *compiled // queries of one section; nil on a server, which is told each anew

	shipped policy.Book // read once: every judgement asks for it
	texts   policyTexts
}

// Close closes all connections. What was answered as done is durable already.
func (s *Store) Close() error {
	var errs []error
	if s.compiled != nil {
		errs = append(errs, s.compiled.close())
	}
	for _, db := range []*bun.DB{s.aside, s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
