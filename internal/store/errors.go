package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"strings"
	"time"

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
	pgLockNotAvailable     = "55P03"
	sqliteBusy             = 5
	sqliteBusySnapshot     = 517
	sqliteDiskFull         = 13
	sqliteCannotWrite      = 778 // as under a limit on the size of files
	sqliteUniqueViolation  = 2067
	sqlitePrimaryViolation = 1555
	sqliteMissingTable     = "no such table"
	sqliteReadOnly         = 8
	sqliteIO               = 10
	sqliteFull             = 13
	sqliteCannotOpen       = 14
)

// downWait is when a client may try again after the database was away: servers are restarted within seconds.
const downWait = 5 * time.Second

// translate gives an error of the database its kind: Conflict for a broken uniqueness, NotFound for no row, Busy when the
// database is away, full or taken. Whether what was asked for has been done is then not known: only the same request again tells.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return &fault.Error{Kind: fault.NotFound, Message: "没有这条记录", Err: err}
	case isUnique(err):
		return &fault.Error{Kind: fault.Conflict, Message: "同样的记录已存在", Err: err}
	case isFull(err):
		return &fault.Error{Kind: fault.Busy, Message: "数据库所在的磁盘已满，没有写入任何改动", Wait: downWait, Err: err}
	case fault.KindOf(err) == fault.Internal && (isTransient(err) || isDown(err)):
		return &fault.Error{Kind: fault.Busy, Message: "数据库暂时不可用，请稍候原样重试", Wait: downWait, Err: err}
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
	return server == pgSerialization || server == pgDeadlock || file == sqliteBusy || file == sqliteBusySnapshot || errors.Is(err, errOvertaken)
}

// isHeld reports whether another transaction holds for long what this one needs.
func isHeld(err error) bool {
	server, _ := codes(err)
	return server == pgLockNotAvailable
}

// isDown reports whether the database cannot be reached or cannot write, for reasons that pass. The server's codes are those of
// its classes 08 connection, 53 resources and 57P intervention; the low byte of the file's is the kind of its fault.
func isDown(err error) bool {
	server, file := codes(err)
	switch file & 0xff {
	case sqliteReadOnly, sqliteIO, sqliteFull, sqliteCannotOpen:
		return true
	}
	if strings.HasPrefix(server, "08") || strings.HasPrefix(server, "53") || strings.HasPrefix(server, "57P") {
		return true
	}
	_, refused := errors.AsType[*pgconn.ConnectError](err)
	_, broken := errors.AsType[*net.OpError](err)
	return refused || broken || errors.Is(err, driver.ErrBadConn) || errors.Is(err, net.ErrClosed)
}

func isMissingTable(err error) bool {
	server, _ := codes(err)
	return server == pgMissingTable || err != nil && strings.Contains(err.Error(), sqliteMissingTable)
}
