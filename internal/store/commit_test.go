package store_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestAFailedCommitIsTold: what the database refuses only at the end of the transaction is told like any other fault, so that
// nobody takes for kept what is not there.
func TestAFailedCommitIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		run := func(statement string) error {
			return store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
		}
		for _, statement := range []string{"CREATE TABLE parents (id BIGINT PRIMARY KEY)",
			"CREATE TABLE children (parent BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"} {
			if err := run(statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := run("INSERT INTO children VALUES (7)"); err == nil {
			t.Error("a commit that failed is told as done")
		}
		if n := count(t, s, "children"); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}
