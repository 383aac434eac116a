package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const (
	rowsPerImport = 10_000
	rowsRaw       = 500 // a statement
)

// BenchmarkImportResults takes files of ten thousand test results in, from the bytes of a CSV to the commit, and in the same
// run inserts as many equal rows with the driver alone, as fast as it can into the same table. It reports rows a second of
// both and their ratio; the target is 0.5.
func BenchmarkImportResults(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		dsn := filepath.Join(b.TempDir(), "bench.db")
		pragmas := "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=cache_size(-65536)&_txlock=immediate"
		benchmarkImport(b, dsn, "sqlite", "file:"+dsn+pragmas, func(int) string { return "?" })
	})
	b.Run("postgres", func(b *testing.B) {
		dsn := storetest.Postgres(b)
		benchmarkImport(b, dsn, "pgx", dsn, func(n int) string { return fmt.Sprintf("$%d", n) })
	})
}

func benchmarkImport(b *testing.B, dsn, driver, rawDSN string, marks func(n int) string) {
	s := storetest.Open(b, dsn, storetest.Keys(b))
	storetest.Import(b, s, "sections", sectionsCSV)
	storetest.Import(b, s, "roster", people(rowsPerImport))
	raw, err := sql.Open(driver, rawDSN)
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	raw.SetMaxOpenConns(1)
	var product, plain time.Duration
	for round := 0; b.Loop(); round++ {
		product += timeImport(b, s, round)
		plain += timeRaw(b, raw, marks, round)
	}
	rows := float64(rowsPerImport) * float64(b.N)
	b.ReportMetric(rows/product.Seconds(), "rows/s")
	b.ReportMetric(rows/plain.Seconds(), "raw-rows/s")
	b.ReportMetric(plain.Seconds()/product.Seconds(), "x-of-raw")
}

// turn mixes the people: they do not queue for their test in the order of the roster.
func turn(i int) int { return i * 7919 % rowsPerImport }

func sampled(round, i int, driver bool) calendar.Instant {
	at := storetest.At("2022-04-02 07:30").Add(time.Duration(round) * 24 * time.Hour).Add(time.Duration(i/10) * time.Second)
	if driver {
		at = at.Add(6 * time.Hour)
	}
	return at
}

func timeImport(b *testing.B, s *store.Store, round int) time.Duration {
	var csv strings.Builder
	csv.WriteString("证件号码,姓名,采样时间,检测结果,报告时间,采样管编号,混采人数,检测机构\n")
	for i := range rowsPerImport {
		at := sampled(round, i, false).In(storetest.Shanghai())
		fmt.Fprintf(&csv, "%s,人%d,%s,阴性,%s,NT%03d%06d,10,示例医学检验所\n", identity(turn(i)), turn(i),
			at.Format(time.DateTime), at.Add(9*time.Hour).Format(time.DateTime), round, i/10)
	}
	up := storetest.Upload(storetest.At("2023-05-06 08:00"), "results", csv.String())
	start := time.Now()
	r, _, err := s.Import(context.Background(), up)
	took := time.Since(start)
	if err != nil || r.Accepted != rowsPerImport {
		b.Fatalf("accepted %d: %v, %v", r.Accepted, r.Rows[:min(3, len(r.Rows))], err)
	}
	return took
}

// timeRaw inserts rows of the same content, but six hours later: one transaction, one prepared statement, its arguments bound by
// the driver.
func timeRaw(b *testing.B, db *sql.DB, marks func(n int) string, round int) time.Duration {
	b.Helper()
	tuples := make([]string, rowsRaw)
	for i := range tuples {
		first := i*rawColumns + 1
		names := make([]string, rawColumns)
		for j := range names {
			names[j] = marks(first + j)
		}
		tuples[i] = "(" + strings.Join(names, ",") + ")"
	}
	query := `INSERT INTO results (worker_id, sampled_at, tube, method, received_at, tested_at, reported_at, outcome, pool_size, point, lab,
		date_only, recorded_at, batch_id) VALUES ` + strings.Join(tuples, ",")
	start := time.Now()
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	statement, err := tx.Prepare(query)
	if err != nil {
		b.Fatal(err)
	}
	for first := 0; first < rowsPerImport; first += rowsRaw {
		args := make([]any, 0, rowsRaw*rawColumns)
		for i := first; i < first+rowsRaw; i++ {
			at := int64(sampled(round, i, true))
			tube := fmt.Sprintf("NT%03d%06d", round, i/10)
			args = append(args, turn(i)+1, at, tube, "核酸", nil, nil, at+9, 1, 10, "", "示例医学检验所", false, at, 1)
		}
		if _, err := statement.Exec(args...); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

const rawColumns = 14
