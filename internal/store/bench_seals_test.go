package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"fugong/internal/evaluation"
	"fugong/internal/store/storetest"
)

// BenchmarkJudgeSealed judges two districts by turns, the same but for what stands in the columns of sealed text: seals in one, the
// clear text in the other. It reports how many times as long judging takes among seals as it took before there were any: the quickest
// round of one by the quickest of the other, which other work on the machine disturbs least. Each has been judged once before.
func BenchmarkJudgeSealed(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		dir := b.TempDir()
		benchmarkSealed(b, filepath.Join(dir, "sealed.db"), filepath.Join(dir, "clear.db"))
	})
	b.Run("postgres", func(b *testing.B) { benchmarkSealed(b, storetest.Postgres(b), storetest.Postgres(b)) })
}

func benchmarkSealed(b *testing.B, sealed, clear string) {
	keys := storetest.Keys(b)
	both := [2]*evaluation.Evaluator{}
	for i, dsn := range []string{sealed, clear} {
		s := storetest.Open(b, dsn, keys)
		if i == 0 {
			fillDistrict(b, s, keys)
		} else {
			fillDistrict(b, s, nil)
		}
		both[i] = benchEvaluator(s)
		judge(b, both[i])
	}
	var quickest [2]time.Duration
	for round := 0; b.Loop(); round++ {
		for _, i := range [2]int{round % 2, (round + 1) % 2} { // neither always follows the other
			if took := judge(b, both[i]); quickest[i] == 0 || took < quickest[i] {
				quickest[i] = took
			}
		}
	}
	b.ReportMetric(float64(quickest[0].Milliseconds()), "sealed-ms")
	b.ReportMetric(float64(quickest[1].Milliseconds()), "clear-ms")
	b.ReportMetric(float64(quickest[0])/float64(quickest[1]), "×clear")
}

// judge judges the district and saves the outcome.
func judge(b *testing.B, e *evaluation.Evaluator) time.Duration {
	b.Helper()
	began := time.Now()
	outcome, err := e.All(b.Context(), evaluation.Scheduled)
	if err != nil || outcome.Judged != benchSections {
		b.Fatalf("judged %+v: %v", outcome, err)
	}
	return time.Since(began)
}
