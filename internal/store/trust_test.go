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

	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/internal/vault"
)

// TestNoNumberReachesTheDisk searches the database file and its log for every ID and phone number that was imported, accepted
// or kept aside, in the forms in which such things leak. It finds a planted name first, so that finding nothing says something.
func TestNoNumberReachesTheDisk(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "f.db")
	s := storetest.Open(t, dsn, storetest.Keys(t))
	district(t, s)
	take(t, s, morning, "results", "证件号码,姓名,采样时间,检测结果\n810000199001010019,陈生,2022-05-05,阴性\n"+wang+",王晓明,2022-05-05,阴性")
	storetest.Import(t, s, "gate", "标段编号,证件号码,时间,方向\nXY-01,32069919910412018X,2022-05-06 07:00,进")
	var disk []byte
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(dsn + suffix)
		if err != nil {
			t.Fatal(err)
		}
		disk = append(disk, content...)
	}
	if !bytes.Contains(disk, []byte("王小明")) {
		t.Fatal("not even the name is found: the search is broken")
	}
	secrets := []string{
		wang, li, mai, "810000199001010019", "32069919910412018X", "13812345678", "13987654321", "13800001234",
	}
	if leaks := storetest.Leaks(t, disk, secrets...); len(leaks) > 0 {
		t.Errorf("on the disk: %q", leaks)
	}
}

func TestMovedSealIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE workers SET number_sealed = (SELECT number_sealed FROM workers WHERE name = '李红') WHERE name = '王小明'")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Export(t.Context(), storetest.Order("roster")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("export with a moved seal: %v, want refusal", err)
		}
	})
}

// people writes a roster of many made-up people of one section.
func people(n int) string {
	var b strings.Builder
	b.WriteString("标段编号,姓名,证件号码,进场时间,手机号码\n")
	for i := range n {
		fmt.Fprintf(&b, "XY-01,人%d,%s,2022-04-01 08:00,138%08d\n", i, identity(i), i)
	}
	return b.String()
}

// identity makes the i-th ID number of the unassigned area 320699.
func identity(i int) string {
	digits := fmt.Sprintf("320699%d%02d%02d%03d", 1960+i/(12*28*999), 1+i/(28*999)%12, 1+i/999%28, 1+i%999)
	sum := 0
	for j, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(digits[j]-'0') * w
	}
	return digits + string("10X98765432"[sum%11])
}

func count(t *testing.T, s *store.Store, table string) int64 {
	t.Helper()
	var n int64
	err := store.Read(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
		var err error
		n, err = tx.NewSelect().Table(table).Count(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestCancelledImportLeavesTheOldState stops imports at many points; each leaves all or nothing.
func TestCancelledImportLeavesTheOldState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionsCSV)
		up := storetest.Upload(storetest.At(morning), "roster", people(2000))
		cancelled := 0
		for after := time.Duration(0); cancelled < 12; after += 3 * time.Millisecond {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			_, _, err := s.Import(ctx, up)
			cancel()
			if err == nil {
				break
			}
			cancelled++
			if n := count(t, s, "workers") + count(t, s, "enrolments") + count(t, s, "batches"); n != 1 {
				t.Fatalf("stopped after %v: %d rows", after, n)
			}
		}
		if cancelled == 0 {
			t.Fatal("no import was stopped")
		}
		r, _, err := s.Import(t.Context(), up)
		if err != nil || r.Accepted+r.Duplicate != 2000 {
			t.Errorf("the import after them: %+v, %v", r, err)
		}
	})
}

// TestFailingDatabaseLeavesTheOldState makes the last batch of rows fail in the database.
func TestFailingDatabaseLeavesTheOldState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "CREATE UNIQUE INDEX trap ON enrolments (employer) WHERE employer <> ''")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		before := count(t, s, "enrolments")
		_, _, err = s.Import(t.Context(), storetest.Upload(storetest.At(morning), "roster",
			"标段编号,姓名,证件号码,进场时间,所属单位\nXY-01,甲,"+identity(1)+",2022-04-01,某公司\nXY-01,乙,"+identity(2)+",2022-04-01,某公司"))
		if fault.KindOf(err) != fault.Conflict {
			t.Fatalf("got %v, want a conflict", err)
		}
		if count(t, s, "enrolments") != before || count(t, s, "workers") != 3 {
			t.Error("something of the failed import stayed")
		}
	})
}

// TestImportsAtOnce sends the same file and overlapping ones from many sides: every row arrives exactly once.
func TestImportsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionsCSV)
		var wg sync.WaitGroup
		accepted := make([]int, 6)
		for i := range accepted {
			up := storetest.Upload(storetest.At(morning), "roster", people(200+100*(i%3)))
			wg.Go(func() {
				r, _, err := s.Import(t.Context(), up)
				if err != nil {
					t.Error(err)
				}
				accepted[i] = r.Accepted
			})
		}
		wg.Wait()
		sum := 0
		for _, n := range accepted {
			sum += n
		}
		if sum != 400 || count(t, s, "workers") != 400 || count(t, s, "enrolments") != 400 {
			t.Errorf("accepted %v: %d workers, %d enrolments", accepted, count(t, s, "workers"), count(t, s, "enrolments"))
		}
	})
}

func TestReadersSeeOneState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionsCSV)
		err := store.Read(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			first, err := tx.NewSelect().Table("workers").Count(ctx)
			if err != nil {
				return err
			}
			storetest.Import(t, s, "roster", rosterCSV)
			second, err := tx.NewSelect().Table("workers").Count(ctx)
			if first != 0 || second != 0 {
				t.Errorf("one transaction saw %d people and then %d", first, second)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = store.Read(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM enrolments")
			return err
		})
		if err == nil {
			t.Error("a reader may write")
		}
	})
}

// child names the database that a killed process works on.
const child = "FUGONG_TEST_KILLED_IMPORT"

// TestKilledImportLeavesTheOldState kills a process in the middle of importing, again and again, and looks at what is left: the
// files whose import was reported as done, whole, and nothing of the one after them.
func TestKilledImportLeavesTheOldState(t *testing.T) {
	if dsn := os.Getenv(child); dsn != "" {
		importForEver(t, dsn)
		return
	}
	dsn := filepath.Join(t.TempDir(), "f.db")
	keys, err := vault.Create(dsn + ".key")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), dsn, keys, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.Import(t, s, "sections", sectionsCSV)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		done := killed(t, dsn)
		s := storetest.Open(t, dsn, keys)
		all := count(t, s, "enrolments")
		t.Logf("%d files reported, %d people left", done, all)
		if all%perFile != 0 || count(t, s, "workers") != all || all < int64(done)*perFile {
			t.Fatalf("%d files were reported as done; %d people and %d enrolments are left", done, count(t, s, "workers"), all)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

const perFile = 300

// importForEver imports one file after another and says so after each.
func importForEver(t *testing.T, dsn string) {
	keys, err := vault.Open(dsn + ".key")
	if err != nil {
		t.Fatal(err)
	}
	s := storetest.Open(t, dsn, keys)
	begin := int(count(t, s, "enrolments")) / perFile
	for i := begin; i < begin+1000; i++ {
		rows := strings.SplitAfterN(people((i+1)*perFile), "\n", i*perFile+2)
		storetest.Import(t, s, "roster", rows[0]+rows[len(rows)-1])
		fmt.Printf("done %d\n", i+1)
	}
}

// killed runs importForEver in a process of its own, kills it soon and tells the last file it reported.
func killed(t *testing.T, dsn string) (done int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledImportLeavesTheOldState$")
	cmd.Env = append(os.Environ(), child+"="+dsn)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300*time.Millisecond + time.Duration(os.Getpid()%100)*time.Millisecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("the process ended by itself: %v\n%s", err, out.String())
	}
	reports := strings.Fields(out.String())
	if i := len(reports) - 1; i > 0 && !slices.Contains(reports, "FAIL") {
		fmt.Sscan(reports[i], &done)
	}
	return done
}
