package store

import (
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"fugong/internal/fault"
)

// The codes of the two databases that mean something to us.
const (
	pgUniqueViolation      = "23505"
	pgSerialization        = "40001"
	pgDeadlock             = "40P01"
	pgMissingTable         = "42P01"
	pgDiskFull             = "53100"
	sqliteBusy             = 5
	sqliteBusySnapshot     = 517
	sqliteDiskFull         = 13
	sqliteCannotWrite      = 778 // as under a limit on the size of files
	sqliteUniqueViolation  = 2067
	sqlitePrimaryViolation = 1555
	sqliteMissingTable     = "no such table"
)

// translate gives an error of the database its kind: Conflict for a broken uniqueness, NotFound for no row.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return &fault.Error{Kind: fault.NotFound, Message: "没有这条记录", Err: err}
	case isUnique(err):
		return &fault.Error{Kind: fault.Conflict, Message: "同样的记录已存在", Err: err}
	case isFull(err):
		return &fault.Error{Message: "数据库所在的磁盘已满，没有写入任何改动", Err: err}
	}
	return err
}

func codes(err error) (server string, file int) {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		server = e.Code
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		file = e.Code()
	}
	return server, file
}

func isUnique(err error) bool {
	server, file := codes(err)
	return server == pgUniqueViolation || file == sqliteUniqueViolation || file == sqlitePrimaryViolation
}

func isFull(err error) bool {
	server, file := codes(err)
	return server == pgDiskFull || file == sqliteDiskFull || file == sqliteCannotWrite
}

// isTransient reports whether the same transaction, done again, may well succeed.
func isTransient(err error) bool {
	server, file := codes(err)
	return server == pgSerialization || server == pgDeadlock || file == sqliteBusy || file == sqliteBusySnapshot
}

func isMissingTable(err error) bool {
	server, _ := codes(err)
	return server == pgMissingTable || err != nil && strings.Contains(err.Error(), sqliteMissingTable)
}
