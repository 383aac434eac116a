package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// insider is somebody with the database but without the keys: the guards are gone, and any statement goes.
type insider struct {
	t *testing.T
	*store.Store
}

// trail runs a test on both databases over a trail of ten entries whose guards an insider has taken away.
func trail(t *testing.T, test func(t *testing.T, in insider)) {
	t.Helper()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		in := insider{t, storetest.Open(t, dsn, storetest.Keys(t))}
		if strings.HasPrefix(dsn, "postgres") {
			in.run("ALTER TABLE audit DISABLE TRIGGER USER", "ALTER TABLE checkpoints DISABLE TRIGGER USER")
		} else {
			in.run("DROP TRIGGER audit_keeps_entries", "DROP TRIGGER audit_keeps_all", "DROP TRIGGER audit_grows_at_its_end",
				"DROP TRIGGER checkpoints_keep_entries", "DROP TRIGGER checkpoints_keep_all")
		}
		in.add(10)
		if r := in.verify(""); !r.Whole() || r.Entries != 10 || r.Head.Seq != 10 {
			t.Fatalf("the trail is not whole to begin with: %+v", r)
		}
		test(t, in)
	})
}

func (in insider) run(statements ...string) {
	in.t.Helper()
	err := store.Write(in.t.Context(), in.Store, func(ctx context.Context, tx bun.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		in.t.Fatal(err)
	}
}

func (in insider) add(n int) {
	in.t.Helper()
	for i := range n {
		if err := in.Audit(in.t.Context(), act(fmt.Sprintf("try.%d", i)), storetest.At(morning)); err != nil {
			in.t.Fatal(err)
		}
	}
}

func (in insider) checkpoint() string {
	in.t.Helper()
	note, err := in.Checkpoint(in.t.Context(), storetest.At(morning))
	if err != nil {
		in.t.Fatal(err)
	}
	return note
}

// verify verifies the trail against a file of checkpoints, too, if there is one.
func (in insider) verify(file string) audit.Result {
	in.t.Helper()
	elsewhere := map[string]string{}
	if file != "" {
		elsewhere["checkpoints.txt"] = file
	}
	r, err := in.VerifyAudit(in.t.Context(), elsewhere, storetest.Shanghai())
	if err != nil {
		in.t.Fatal(err)
	}
	return r
}

// finds fails the test unless the verification tells of a problem in these words.
func (in insider) finds(file, words string) {
	in.t.Helper()
	r := in.verify(file)
	if !strings.Contains(strings.Join(r.Problems, "\n"), words) {
		in.t.Errorf("problems are %q, want one with %q", r.Problems, words)
	}
}

func TestEditedEntryIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		for _, change := range []string{
			"actor = 'zhao'", "role = 'admin'", "action = 'import'", "object = 'user'", "object_id = 'XY-02'", "request_id = 'r'",
			"address = '10.0.0.1'", "at = at + 1", `detail = '{"rows":"4"}'`, `detail = '{"rows": "3"}'`, `detail = '{"rows":"9","rows":"3"}'`,
		} {
			in.run("CREATE TABLE kept AS SELECT * FROM audit WHERE seq = 4", "UPDATE audit SET "+change+" WHERE seq = 4")
			in.finds("", "第 4 条")
			in.run("DELETE FROM audit WHERE seq = 4", "INSERT INTO audit SELECT * FROM kept", "DROP TABLE kept")
			if r := in.verify(""); !r.Whole() {
				t.Fatalf("putting the entry back does not heal the trail: %q", r.Problems)
			}
		}
	})
}

func TestEditedEntryWithAMadeUpMACIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		forged := strings.Repeat("ab", 32)
		in.run("UPDATE audit SET actor = 'zhao', mac = '"+forged+"' WHERE seq = 4", "UPDATE audit SET previous = '"+forged+"' WHERE seq = 5")
		in.finds("", "第 4 条的内容与校验值不符")
	})
}

func TestDeletedEntryIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		in.run("DELETE FROM audit WHERE seq = 4")
		in.finds("", "第 3 条之后是第 5 条")
	})
}

func TestDeletedEntryWhoseGapIsClosedIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		in.run("DELETE FROM audit WHERE seq = 4", "UPDATE audit SET seq = -seq WHERE seq > 4", "UPDATE audit SET seq = -seq - 1 WHERE seq < 0")
		in.finds("", "第 4 条与前一条不相接")
	})
}

func TestDeletedBeginningIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		in.run("DELETE FROM audit WHERE seq <= 3")
		in.finds("", "第 0 条之后是第 4 条")
	})
}

func TestInsertedEntryIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		in.run("UPDATE audit SET seq = -seq WHERE seq > 4", "UPDATE audit SET seq = -seq + 1 WHERE seq < 0",
			`INSERT INTO audit SELECT 5, at, actor, role, 'forged', object, object_id, request_id, address, detail, mac, mac FROM audit WHERE seq = 4`)
		in.finds("", "第 5 条的内容与校验值不符")
	})
}

func TestReorderedEntriesAreFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		in.run("UPDATE audit SET seq = -4 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 5", "UPDATE audit SET seq = 5 WHERE seq = -4")
		in.finds("", "第 4 条与前一条不相接")
	})
}

// TestTruncationIsFound cuts the end off, and the checkpoints in the database with it: only one that has left the machine tells.
func TestTruncationIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		file := in.checkpoint()
		in.run("DELETE FROM audit WHERE seq > 7", "DELETE FROM checkpoints")
		if r := in.verify(""); !r.Whole() {
			t.Errorf("a chain alone cannot tell, but says %q", r.Problems)
		}
		in.finds(file, "库中止于第 7 条")
	})
}

// TestTruncationIsFoundByTheDatabasesOwnCheckpoint is for the insider who forgets them.
func TestTruncationIsFoundByTheDatabasesOwnCheckpoint(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		in.checkpoint()
		in.run("DELETE FROM audit WHERE seq > 7")
		in.finds("", "库中止于第 7 条")
	})
}

// TestRollBackIsFound puts an older copy of the database in its place.
func TestRollBackIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		in.checkpoint()
		in.run("CREATE TABLE old_audit AS SELECT * FROM audit", "CREATE TABLE old_checkpoints AS SELECT * FROM checkpoints")
		in.add(5)
		file := in.checkpoint()
		in.run("DELETE FROM audit", "INSERT INTO audit SELECT * FROM old_audit", "DELETE FROM checkpoints",
			"INSERT INTO checkpoints SELECT * FROM old_checkpoints")
		if r := in.verify(""); !r.Whole() {
			t.Errorf("an older copy is whole in itself, but says %q", r.Problems)
		}
		in.finds(file, "恢复为旧副本")
		in.run("DELETE FROM checkpoints")
		for range 9 { // the work goes on, beyond where it was
			if err := in.Audit(t.Context(), act("other"), storetest.At(morning)); err != nil {
				t.Fatal(err)
			}
		}
		in.finds(file, "第 15 条与检查点 2022-05-06 08:00（checkpoints.txt）不符")
	})
}

func TestChangedCheckpointIsFound(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		file := in.checkpoint()
		for _, change := range []string{
			strings.Replace(file, "\n10\n", "\n9\n", 1), strings.Replace(file, "2022-05-06", "2022-05-07", 1), file[:len(file)-6] + "AAAA=\n",
			strings.ReplaceAll(file, "fugong-audit", "fugong-other"), file + "fugong/audit/v1\n", "nothing of the sort",
		} {
			_, err := in.VerifyAudit(t.Context(), map[string]string{"f": file + "\n" + change}, storetest.Shanghai())
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("accepted (%v):\n%s", err, change)
			}
		}
		in.run("UPDATE checkpoints SET seq = 8")
		in.finds("", "检查点与其签名不符")
	})
}

func TestCheckpointOfAnotherInstallationIsRefused(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		other := insider{t, storetest.Open(t, t.TempDir()+"/other.db", storetest.Keys(t))}
		other.add(3)
		if _, err := in.VerifyAudit(t.Context(), map[string]string{"f": other.checkpoint()}, storetest.Shanghai()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("got %v, want refusal", err)
		}
	})
}

func TestCheckpointStaysWhileNothingHappens(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		first := in.checkpoint()
		if again := in.checkpoint(); again != first {
			t.Errorf("signed twice:\n%s%s", first, again)
		}
		in.add(1)
		second := in.checkpoint()
		if r := in.verify(first + "\n" + second + first); !r.Whole() || r.Witnesses != 5 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestAuditEntriesAreListedNewestFirst(t *testing.T) {
	trail(t, func(t *testing.T, in insider) {
		for filter, want := range map[store.AuditFilter]string{
			{Limit: 3}:                                          "10 9 8",
			{Limit: 2, Before: 5}:                               "4 3",
			{Limit: 9, Action: "try.4"}:                         "5",
			{Limit: 9, Actor: "nobody"}:                         "",
			{Limit: 1, Object: "section", ObjectID: "XY-01"}:    "10",
			{Limit: 9, Since: storetest.At("2022-05-06 08:01")}: "",
		} {
			entries, err := in.AuditEntries(t.Context(), filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				got = append(got, fmt.Sprint(e.Seq))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%+v: got %v, want %s", filter, got, want)
			}
		}
	})
}
