package store_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func TestErrorsOfTheDatabaseHaveAKind(t *testing.T) {
	s := storetest.Open(t, t.TempDir()+"/f.db", storetest.Keys(t))
	tests := []struct {
		err  error
		kind fault.Kind
	}{
		{sql.ErrNoRows, fault.NotFound},
		{&pgconn.PgError{Code: "23505"}, fault.Conflict},
		{&pgconn.PgError{Code: "40P01"}, fault.Busy}, // again and again
		{&pgconn.PgError{Code: "57P01"}, fault.Busy}, // the server is being stopped
		{&pgconn.PgError{Code: "53100"}, fault.Busy}, // its disk is full
		{&pgconn.PgError{Code: "08006"}, fault.Busy},
		{&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, fault.Busy},
		{driver.ErrBadConn, fault.Busy},
		{&pgconn.PgError{Code: "42601"}, fault.Internal}, // a mistake of ours
		{errors.New("something"), fault.Internal},
		{&fault.Error{Kind: fault.Invalid, Err: driver.ErrBadConn}, fault.Invalid},
	}
	for _, tt := range tests {
		wrapped := fmt.Errorf("do something: %w", tt.err)
		err := store.Write(t.Context(), s, func(context.Context, bun.Tx) error { return wrapped })
		if fault.KindOf(err) != tt.kind || !errors.Is(err, tt.err) {
			t.Errorf("%v: %v is of kind %d, want %d", tt.err, err, fault.KindOf(err), tt.kind)
		}
	}
}

// A full disk is said to be one, nothing is half written, and work goes on when there is room again.
func TestFullDatabaseIsBusy(t *testing.T) {
	s := storetest.Open(t, t.TempDir()+"/f.db", storetest.Keys(t))
	b := newSubmitting(t, s)
	limit := func(pages string) {
		err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "PRAGMA max_page_count = "+pages)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // it becomes as many as there are
	var err error
	for i := 0; err == nil && i < 2000; i++ {
		_, err = b.submit(b.list("XY-01", "B1"), fmt.Sprint(i), "1")
	}
	if fault.KindOf(err) != fault.Busy {
		t.Fatalf("when full: %v", err)
	}
	kept := len(b.versions("XY-01"))
	limit("1000000")
	if _, err := b.submit(b.list("XY-01", "B1"), "later", "1"); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if got := len(b.versions("XY-01")); got != kept+1 {
		t.Errorf("%d versions, before %d", got, kept)
	}
}

// A submission and its entry in the audit trail are both there or neither, and an answer is given for neither.
func TestNothingIsSubmittedBesideTheTrail(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn, storetest.Keys(t))
		b := newSubmitting(t, s)
		rename := func(from, to string) {
			err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "ALTER TABLE "+from+" RENAME TO "+to)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		rename("audit", "audit_away")
		answer, err := b.submit(b.list("XY-01", "B1"), "a", "1")
		if err == nil || answer.Status != 0 {
			t.Errorf("without a trail: %+v, %v", answer, err)
		}
		rename("audit_away", "audit")
		if n := len(b.versions("XY-01")); n != 0 {
			t.Errorf("%d versions", n)
		}
		if got := b.must(b.list("XY-01", "B1"), "a", "2"); got.Replayed {
			t.Error("the key was spent")
		}
	})
}
