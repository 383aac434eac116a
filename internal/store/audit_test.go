package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func act(action string) audit.Act {
	return audit.Act{Actor: "wang", Role: "district", Action: action, Object: "section", ObjectID: "XY-01", Detail: map[string]string{"rows": "3"}}
}

// TestEightWritersKeepOneChain lets the writers of two processes and their transactions overlap; each entry follows the one before.
func TestEightWritersKeepOneChain(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		keys := storetest.Keys(t)
		s := storetest.Open(t, dsn, keys)
		processes := []*store.Store{s, storetest.Open(t, dsn, keys)}
		const writers, each = 8, 12
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if err := processes[w%2].Audit(t.Context(), act(fmt.Sprintf("try.%d.%d", w, i)), storetest.At(morning)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n := count(t, s, "audit"); n != writers*each {
			t.Errorf("%d entries of %d", n, writers*each)
		}
		seq, mac, err := s.AuditHead(t.Context())
		if err != nil || seq != writers*each || len(mac) != 64 {
			t.Errorf("head is %d %q, %v", seq, mac, err)
		}
		if r, err := s.VerifyAudit(t.Context(), nil, storetest.Shanghai()); err != nil || !r.Whole() {
			t.Errorf("the chain is broken: %q, %v", r.Problems, err)
		}
	})
}

func TestFailedTransactionLeavesNoEntry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		wanted := errors.New("wanted")
		err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			if err := store.WriteAudit(ctx, s, tx, act("try"), storetest.At(morning)); err != nil {
				return err
			}
			return wanted
		})
		if !errors.Is(err, wanted) || count(t, s, "audit") != 0 {
			t.Errorf("got %v and %d entries", err, count(t, s, "audit"))
		}
	})
}

// The guard of the server looks at a whole statement: one that fills a gap, left by somebody who took the guards away, adds nothing at
// the end.
func TestServerRefusesToFillAGap(t *testing.T) {
	in := insider{t, storetest.Open(t, storetest.Postgres(t), storetest.Keys(t))}
	in.add(3)
	in.run("CREATE TABLE kept AS SELECT * FROM audit WHERE seq = 2", "ALTER TABLE audit DISABLE TRIGGER USER", "DELETE FROM audit WHERE seq = 2",
		"ALTER TABLE audit ENABLE TRIGGER USER")
	err := store.Write(t.Context(), in.Store, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO audit SELECT * FROM kept")
		return err
	})
	if err == nil {
		t.Error("accepted")
	}
}

func TestDatabaseRefusesToChangeTheTrail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for range 3 {
			if err := s.Audit(t.Context(), act("try"), storetest.At(morning)); err != nil {
				t.Fatal(err)
			}
		}
		row := "INSERT INTO audit (seq, at, actor, role, action, object, object_id, request_id, address, detail, previous, mac) VALUES (%d, 1, '', '', '', '', '', '', '', '{}', '', '')"
		more := ", (%d, 1, '', '', '', '', '', '', '', '{}', '', '')"
		for _, statement := range []string{
			"UPDATE audit SET actor = 'nobody' WHERE seq = 2", "DELETE FROM audit WHERE seq = 3", "DELETE FROM audit", fmt.Sprintf(row, 3), fmt.Sprintf(row, 5),
			fmt.Sprintf(row+more, 4, 6), fmt.Sprintf(row+more, 0, 4), fmt.Sprintf(row+more, 5, 6), fmt.Sprintf(row+more, -1, 0), fmt.Sprintf(row, 0),
			fmt.Sprintf(row, 2) + " ON CONFLICT (seq) DO UPDATE SET actor = 'nobody'",
		} {
			err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
			if err == nil {
				t.Errorf("accepted: %s", statement)
			}
		}
	})
}
