package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/internal/vault"
)

// The district that targets are set for.
const (
	benchSections = 300
	benchWorkers  = 100
	benchDays     = 14
)

// benchNow is the morning after the last of the days.
func benchNow() calendar.Instant { return storetest.At("2022-05-06 08:00") }

// BenchmarkEvaluateDistrict judges a whole district and saves the outcome, and in the same run goes once through the rows that this has
// to read, which is as fast as reading them can be. It reports how many times longer judging takes, the most memory
// that the process held, and how much of it came on top of what filling the database left. The first round, which raises the flags, is reported apart.
func BenchmarkEvaluateDistrict(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkDistrict(b, filepath.Join(b.TempDir(), "bench.db")) })
	b.Run("postgres", func(b *testing.B) { benchmarkDistrict(b, storetest.Postgres(b)) })
}

func benchmarkDistrict(b *testing.B, dsn string) {
	s := storetest.Open(b, dsn, storetest.Keys(b))
	fillDistrict(b, s, nil)
	e := benchEvaluator(s)
	forgetPeak(b)
	before := peak(b)
	began := time.Now()
	if _, err := e.All(b.Context(), evaluation.Scheduled); err != nil {
		b.Fatal(err)
	}
	first := time.Since(began)
	var judging, scanning time.Duration
	for b.Loop() {
		began := time.Now()
		outcome, err := e.All(b.Context(), evaluation.Scheduled)
		if err != nil || outcome.Judged != benchSections {
			b.Fatalf("judged %+v: %v", outcome, err)
		}
		judging += time.Since(began)
		began = time.Now()
		scan(b, s)
		scanning += time.Since(began)
	}
	b.ReportMetric(float64(judging.Milliseconds())/float64(b.N), "judging-ms")
	b.ReportMetric(float64(scanning.Milliseconds())/float64(b.N), "scan-ms")
	b.ReportMetric(float64(judging)/float64(scanning), "×scan")
	b.ReportMetric(float64(first.Milliseconds()), "first-ms")
	b.ReportMetric(peak(b), "peak-MB")
	b.ReportMetric(peak(b)-before, "added-MB")
}

// benchEvaluator has a clock that goes on by a second at each look.
func benchEvaluator(s *store.Store) *evaluation.Evaluator {
	now := benchNow()
	return &evaluation.Evaluator{
		Ledger: s, Loc: storetest.Shanghai(), Log: slog.New(slog.DiscardHandler),
		Now: func() calendar.Instant { now = now.Add(time.Second); return now },
	}
}

// scan goes through the rows of the window.
func scan(b *testing.B, s *store.Store) {
	b.Helper()
	since := strconv.FormatInt(int64(benchNow().Add(-benchDays*24*time.Hour)), 10)
	recent := strconv.FormatInt(int64(benchNow().Add(-3*24*time.Hour)), 10)
	week := strconv.FormatInt(int64(benchNow().Add(-7*24*time.Hour)), 10)
	for _, query := range []string{
		"SELECT COUNT(*), MAX(e.entered_at + w.id) FROM enrolments e JOIN workers w ON w.id = e.worker_id WHERE e.superseded_at IS NULL",
		"SELECT COUNT(*), MAX(sampled_at + reported_at + outcome) FROM results WHERE superseded_at IS NULL AND sampled_at >= " + since,
		"SELECT COUNT(*), MAX(at + tenths) FROM temperatures WHERE superseded_at IS NULL AND at >= " + recent,
		"SELECT COUNT(*), MAX(from_at) FROM stays WHERE superseded_at IS NULL",
		"SELECT COUNT(*), MAX(at + minutes) FROM disinfections WHERE superseded_at IS NULL AND at >= " + recent,
		"SELECT COUNT(*), MAX(at) FROM passages WHERE superseded_at IS NULL AND at >= " + week,
		"SELECT COUNT(*), MAX(submitted_at) FROM answers WHERE superseded_at IS NULL AND date >= '2022-04-29'",
		"SELECT COUNT(*), MAX(quantity) FROM stocks WHERE superseded_at IS NULL AND date >= '2022-04-29'",
		"SELECT COUNT(*), MAX(issued_on) FROM documents WHERE superseded_at IS NULL",
	} {
		err := store.Read(b.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			var n int64
			var sum any
			return tx.QueryRowContext(ctx, query).Scan(&n, &sum)
		})
		if err != nil {
			b.Fatalf("%s: %v", query, err)
		}
	}
}

// fillDistrict writes the registers from inside the database: what is measured is reading them. Columns of sealed text hold seals by
// the keys; without keys they hold the same text in clear, as if there were no seals.
func fillDistrict(b *testing.B, s *store.Store, keys *vault.Vault) {
	b.Helper()
	secret := func(clear, sealed string) string { return clear + ", NULL" }
	if keys != nil {
		secret = func(clear, sealed string) string { return "'', " + sealed }
	}
	day := int64(24 * time.Hour / time.Microsecond)
	facts := strings.NewReplacer(
		"START", strconv.FormatInt(int64(benchNow())-benchDays*day, 10), "RECORDED", strconv.FormatInt(int64(benchNow())-3600e6, 10),
		"HOUR", "3600000000", "DAYS", strconv.Itoa(benchDays), "DAY", strconv.FormatInt(day, 10),
		"SECTIONS", strconv.Itoa(benchSections), "WORKERS", strconv.Itoa(benchWorkers),
		"OUTING", secret("'采购'", "e.phone_sealed"), "REMARK", secret("'已当场整改'", "w.number_sealed"),
	)
	series := func(name, to string) string {
		return name + "(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM " + name + " WHERE n + 1 < " + to + ")"
	}
	with := "WITH RECURSIVE " + series("d", "DAYS") + ", " + series("h", "2") + ", " + series("q", "10") + ", " + series("r", "20") + " "
	err := store.Write(b.Context(), s, func(ctx context.Context, tx bun.Tx) error {
		if err := fillPeople(ctx, tx, keys); err != nil {
			return err
		}
		for _, text := range []string{
			"WITH RECURSIVE " + series("s", "SECTIONS") + `
				INSERT INTO sections (code, facts_at) SELECT 'S' || (10000 + n), RECORDED FROM s`,
			`INSERT INTO section_versions (section_id, name, project_code, project_name, street, community, address, longitude, latitude, datum,
				owner, contractor, supervisor, manager, phone_sealed, phone_lookup, state, occasion, not_resumed_reason, responsible_unit, recorded_at)
				SELECT s.id, '标段', 'P', '项目', '学苑街道', '', '', '', '', '', '建设', '施工', '监理', '', w.number_sealed, w.number_lookup,
				'施工中', '疫情', '', '', RECORDED FROM sections s JOIN workers w ON w.id = s.id`,
			`INSERT INTO enrolments (section_id, worker_id, entered_at, phone_sealed, phone_lookup, employer, team, trade, category, lodging,
				offsite_address, room, origin, from_outside, declared_at, epidemic_officer, recorded_at)
				SELECT (w.id - 1) / WORKERS + 1, w.id, START - 20 * DAY, w.number_sealed, w.number_lookup, '示例建工', '班组' || (w.id % 18), '钢筋工',
				'劳务', '场内', '', 'A-' || (w.id % 18), '本地', 2, START - 28 * DAY, CASE WHEN w.id % WORKERS = 1 THEN 1 ELSE 2 END, RECORDED FROM workers w ORDER BY w.id`,
			with + `INSERT INTO rooms (section_id, number) SELECT s.id, 'A-' || r.n FROM sections s, r`,
			`INSERT INTO room_versions (room_id, building, use, area_cm2, beds, bunk_levels, recorded_at)
				SELECT id, 'A', CASE WHEN number IN ('A-18', 'A-19') THEN '隔离' ELSE '宿舍' END, 180000, 6, 2, RECORDED FROM rooms`,
			`INSERT INTO stays (section_id, worker_id, room_id, from_at, recorded_at)
				SELECT e.section_id, e.worker_id, r.id, START - 20 * DAY, RECORDED
				FROM enrolments e JOIN rooms r ON r.section_id = e.section_id AND r.number = 'A-' || (e.worker_id % 18) ORDER BY e.id`,
			with + `INSERT INTO areas (section_id, code) SELECT s.id, 'Q' || q.n FROM sections s, q`,
			`INSERT INTO area_versions (area_id, name, kind, recorded_at)
				SELECT id, code, CASE WHEN code = 'Q0' THEN '食堂' WHEN code = 'Q1' THEN '厕所' WHEN code = 'Q2' THEN '隔离' ELSE '宿舍' END, RECORDED FROM areas`,
			with + `INSERT INTO results (worker_id, sampled_at, tube, method, received_at, tested_at, reported_at, outcome, pool_size, point, lab,
				date_only, recorded_at)
				SELECT w.id, START + d.n * DAY + (w.id % 600) * 1000000, 'NT' || d.n || '-' || (w.id / 10), '核酸',
				START + d.n * DAY + 2 * HOUR, START + d.n * DAY + 5 * HOUR, START + d.n * DAY + 8 * HOUR, 1, 10, '', '', FALSE, RECORDED
				FROM d CROSS JOIN workers w ORDER BY d.n, w.id`,
			with + `INSERT INTO temperatures (worker_id, at, tenths, recorded_at)
				SELECT w.id, START + d.n * DAY + h.n * 9 * HOUR, 365, RECORDED FROM d CROSS JOIN h CROSS JOIN workers w ORDER BY d.n, h.n, w.id`,
			with + `INSERT INTO passages (section_id, worker_id, at, direction, reason, reason_sealed, approver, recorded_at)
				SELECT e.section_id, e.worker_id, START + d.n * DAY + h.n * 2 * HOUR - HOUR, CASE WHEN h.n = 0 THEN '出' ELSE '进' END, OUTING, '周经理', RECORDED
				FROM d CROSS JOIN h CROSS JOIN enrolments e WHERE e.worker_id % 5 = 0 ORDER BY d.n, h.n, e.id`,
			`INSERT INTO passages (section_id, worker_id, at, direction, reason, approver, recorded_at)
				SELECT section_id, worker_id, entered_at, '进', '', '', RECORDED FROM enrolments ORDER BY id`,
			with + `INSERT INTO disinfections (section_id, area_id, at, agent, concentration, unit, minutes, operator, recorded_at)
				SELECT a.section_id, a.id, START + d.n * DAY + q.n * 6 * HOUR + (a.id % 10) * HOUR / 10 - HOUR, '84消毒液', 500, 'mg/L', 30, '老周', RECORDED
				FROM d CROSS JOIN q CROSS JOIN areas a WHERE q.n < 4 ORDER BY d.n, q.n, a.id`,
			with + `INSERT INTO answers (section_id, date, submitted_at, item, choice, number, remark, remark_sealed, recorded_at)
				SELECT s.id, CASE WHEN d.n < 8 THEN '2022-04-' || (22 + d.n + 1) ELSE '2022-05-0' || (d.n - 7) END, START + d.n * DAY + 8 * HOUR,
				CASE WHEN r.n < 9 THEN 'B' || (r.n + 1) ELSE 'J' || (r.n - 8) END, 1, '', REMARK, RECORDED FROM d CROSS JOIN r CROSS JOIN sections s JOIN workers w ON w.id = s.id ORDER BY d.n, s.id, r.n`,
			with + `INSERT INTO stocks (section_id, date, item, quantity, daily_use, recorded_at)
				SELECT s.id, '2022-05-0' || (q.n / 2 + 1), CASE WHEN q.n % 2 = 0 THEN '口罩' ELSE '消毒液' END, 9000000, 1000, RECORDED FROM q, sections s`,
			with + `INSERT INTO documents (section_id, type, issued_on, recorded_at)
				SELECT s.id, '文件' || q.n, '2022-04-01', RECORDED FROM q, sections s`,
		} {
			if _, err := tx.ExecContext(ctx, facts.Replace(text)); err != nil {
				return fmt.Errorf("%.60s: %w", text, err)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatalf("fill district: %v", err)
	}
	err = store.Write(b.Context(), s, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "ANALYZE")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

type benchWorker struct {
	bun.BaseModel `bun:"table:workers"`
	ID            int64 `bun:",pk,autoincrement"`
	RowKey        string
	NumberLookup  []byte
	NumberSealed  []byte
	DocType       string
	Name          string
	RecordedAt    calendar.Instant
}

func fillPeople(ctx context.Context, tx bun.Tx, keys *vault.Vault) error {
	for first := range benchSections {
		people := make([]benchWorker, benchWorkers)
		for i := range people {
			var err error
			if people[i], err = newBenchWorker(first*benchWorkers+i, keys); err != nil {
				return err
			}
		}
		if _, err := tx.NewInsert().Model(&people).ExcludeColumn("id").Returning("NULL").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// newBenchWorker has a number of 18 characters, sealed where there are keys.
func newBenchWorker(n int, keys *vault.Vault) (benchWorker, error) {
	number := fmt.Sprintf("320699%012d", n)
	w := benchWorker{RowKey: fmt.Sprint(n), NumberLookup: []byte(number), NumberSealed: []byte(number), DocType: "居民身份证", Name: "王小明", RecordedAt: benchNow() - 3600e6}
	if keys == nil {
		return w, nil
	}
	var err error
	w.NumberLookup = keys.Lookup("workers.number", number)
	w.NumberSealed, err = keys.Seal("workers.number", w.RowKey, number)
	return w, err
}

// forgetPeak makes the kernel forget how much memory filling the database took.
func forgetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil {
		b.Logf("peak memory includes the filling: %v", err)
	}
}

// peak is the most memory the process held, in MB; 0 where the kernel does not tell.
func peak(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, found := strings.Cut(string(status), "VmHWM:")
	if !found {
		return 0
	}
	kb, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
	if err != nil {
		return 0
	}
	return kb / 1024
}
