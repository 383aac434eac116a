package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/internal/vault"
)

// sealSomething fills every column that is sealed.
func sealSomething(t *testing.T, s *store.Store) {
	t.Helper()
	storetest.Import(t, s, "sections", "项目编号,项目名称,标段编号,标段名称,街道,联系电话\nXY,幸福里,XY-01,一标段,城南街道,13800001234")
	storetest.Import(t, s, "roster", people(450))
	take(t, s, morning, "results", "证件号码,姓名,采样时间,检测结果\n"+identity(1)+",他人,2022-05-05,阴性")
	storetest.Import(t, s, "gate", gateCSV)
	storetest.Import(t, s, "checklists", answersCSV)
	u := someone(t, s, "li", account.Manager, "XY-01")
	if err := s.SetTOTP(t.Context(), account.Actor{User: u}, "JBSWY3DPEHPK3PXP", 1, storetest.At(morning)); err != nil {
		t.Fatal(err)
	}
	answered(t, s)
}

// answered takes a file in once and gives the answer that is kept of it.
func answered(t *testing.T, s *store.Store) string {
	t.Helper()
	kept, err := s.ImportOnce(t.Context(), storetest.Upload(storetest.At(morning), "roster", people(1)), store.Request{User: 1, Key: "k", Content: "c"},
		func(intake.Report) (store.Answer, error) { return store.Answer{Status: 200, Body: []byte("kept")}, nil })
	if err != nil {
		t.Fatal(err)
	}
	return string(kept.Body)
}

// everything opens all there is to open.
func everything(t *testing.T, s *store.Store) string {
	t.Helper()
	var b strings.Builder
	for _, kind := range []string{"sections", "roster", "gate", "checklists"} {
		_, rows, err := s.Export(t.Context(), storetest.Order(kind))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, rows)
	}
	cases, err := s.Quarantined(t.Context(), account.Everywhere())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		fmt.Fprintln(&b, c.Cells)
	}
	return b.String()
}

func counts(t *testing.T, s *store.Store) map[vault.KeyID]int64 {
	t.Helper()
	all, err := s.SealCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := map[vault.KeyID]int64{}
	for _, c := range all {
		if !c.Known {
			t.Errorf("%s is sealed by %s, which nobody knows", c.Column, c.Key)
		}
		sum[c.Key] += c.Values
	}
	return sum
}

func reseal(t *testing.T, s *store.Store) int {
	t.Helper()
	n, err := s.Reseal(t.Context(), act(""), storetest.At(morning), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEverySealedColumnIsRotated holds the list of columns against the schema.
func TestEverySealedColumnIsRotated(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f.db")
	storetest.Open(t, file, storetest.Keys(t))
	found := lines(t, "sqlite", file, `SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND (c.name LIKE '%sealed%' OR c.type = 'BLOB' AND c.name NOT LIKE '%lookup' AND c.name <> 'pdf' AND c.name NOT LIKE '%signature')`)
	if rotated := store.SealedColumns(); !slices.Equal(rotated, found) {
		t.Errorf("rotated are %v, sealed are %v", rotated, found)
	}
}

func TestRotationKeepsEverythingReadable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sealSomething(t, s)
		want := everything(t, s)
		if n := reseal(t, s); n != 0 {
			t.Errorf("%d values were sealed again without a reason", n)
		}
		first := s.FieldKeys()[0]
		all := counts(t, s)[first]
		second, err := s.RotateKey(t.Context(), act(""), storetest.At(morning))
		if err != nil {
			t.Fatal(err)
		}
		if got := everything(t, s); got != want {
			t.Error("with a new key, what the old one sealed reads differently")
		}
		take(t, s, morning, "roster", people(460)) // ten more, under the new key
		if n := counts(t, s); n[first] != all || n[second] != 20 {
			t.Errorf("sealed by %v, want %d by %s and 20 by %s", n, all, first, second)
		}
		want = everything(t, s)
		if err := s.ForgetKey(t.Context(), act(""), first, storetest.At(morning)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("forgetting a key that is needed: %v", err)
		}
		if n := reseal(t, s); int64(n) != all {
			t.Errorf("%d values of %d were sealed again", n, all)
		}
		if e := last(t, s); e.Act.Action != "key.reseal" || e.Act.Detail["values"] != fmt.Sprint(all) {
			t.Errorf("written down as %+v", e.Act)
		}
		if err := s.ForgetKey(t.Context(), act(""), first, storetest.At(morning)); err != nil {
			t.Fatal(err)
		}
		if got := everything(t, s); got != want {
			t.Error("without the old key, something reads differently")
		}
		if got := answered(t, s); got != "kept" {
			t.Errorf("the kept answer is %q", got)
		}
		if secret, _, err := s.TOTPSecret(t.Context(), 1); err != nil || secret != "JBSWY3DPEHPK3PXP" {
			t.Errorf("TOTP secret %q, %v", secret, err)
		}
		if n := counts(t, s); len(n) != 1 || n[second] != all+20 {
			t.Errorf("sealed by %v", n)
		}
	})
}

// TestWorkGoesOnDuringRotation imports, reads and seals again at the same time, twice over.
func TestWorkGoesOnDuringRotation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionsCSV)
		storetest.Import(t, s, "roster", people(600))
		for round := range 2 {
			if _, err := s.RotateKey(t.Context(), act(""), storetest.At(morning)); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			wg.Go(func() { take(t, s, morning, "roster", people(700+100*round)) })
			wg.Go(func() { everything(t, s) })
			wg.Go(func() { reseal(t, s) })
			wg.Go(func() { reseal(t, s) })
			wg.Wait()
		}
		reseal(t, s)
		if n := counts(t, s); len(n) != 1 {
			t.Errorf("sealed by %v", n)
		}
	})
}

func TestValueThatCannotBeOpenedIsLeftAndTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE workers SET number_sealed = (SELECT number_sealed FROM workers WHERE name = '李红') WHERE name = '王小明'")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		old := s.FieldKeys()[0]
		if _, err := s.RotateKey(t.Context(), act(""), storetest.At(morning)); err != nil {
			t.Fatal(err)
		}
		n, err := s.Reseal(t.Context(), act(""), storetest.At(morning), func(int) {})
		if fault.KindOf(err) != fault.Conflict || n == 0 {
			t.Errorf("%d sealed again, %v", n, err)
		}
		if counts(t, s)[old] != 1 {
			t.Errorf("sealed by %v", counts(t, s))
		}
	})
}

// resealChild names the database that a process seals again which gets killed.
const resealChild = "FUGONG_TEST_KILLED_RESEAL"

// TestKilledRotationGoesOn kills a process in the middle of sealing again, until nothing is left to do; whatever it was at,
// everything can be read.
func TestKilledRotationGoesOn(t *testing.T) {
	if dsn := os.Getenv(resealChild); dsn != "" {
		keys, err := vault.Open(dsn + ".key")
		if err != nil {
			t.Fatal(err)
		}
		s := storetest.Open(t, dsn, keys)
		fmt.Println("ready")
		_, err = s.Reseal(t.Context(), act(""), storetest.At(morning), func(int) { time.Sleep(3 * time.Millisecond) })
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	dsn := filepath.Join(t.TempDir(), "f.db")
	keys, err := vault.Create(dsn + ".key")
	if err != nil {
		t.Fatal(err)
	}
	s := storetest.Open(t, dsn, keys)
	storetest.Import(t, s, "sections", sectionsCSV)
	storetest.Import(t, s, "roster", people(4000))
	want := everything(t, s)
	id, err := s.RotateKey(t.Context(), act(""), storetest.At(morning))
	if err != nil {
		t.Fatal(err)
	}
	stopped := 0
	for i := range 20 {
		finished := resealUntilKilled(t, dsn, time.Duration(20+10*i)*time.Millisecond)
		if everything(t, s) != want {
			t.Fatal("something reads differently")
		}
		if finished {
			break
		}
		stopped++
		t.Logf("sealed by the new key: %d", counts(t, s)[id])
	}
	reseal(t, s)
	if n := counts(t, s); stopped == 0 || len(n) != 1 || everything(t, s) != want {
		t.Errorf("stopped %d times; sealed by %v", stopped, n)
	}
}

// resealUntilKilled runs a process that seals again and kills it a while after it began, unless it is done by then.
func resealUntilKilled(t *testing.T, dsn string, after time.Duration) (finished bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledRotationGoesOn$")
	cmd.Env = append(os.Environ(), resealChild+"="+dsn)
	begun := &waiter{word: "ready", seen: make(chan struct{})}
	cmd.Stdout = begun
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-begun.seen:
	case <-time.After(20 * time.Second):
		t.Error("the process did not begin")
	}
	time.Sleep(after)
	_ = cmd.Process.Kill() // it may be done
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return err == nil
}

// waiter closes its channel when a word has been written.
type waiter struct {
	word string
	text bytes.Buffer
	once sync.Once
	seen chan struct{}
}

func (w *waiter) Write(p []byte) (int, error) {
	w.text.Write(p)
	if strings.Contains(w.text.String(), w.word) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(p), nil
}
