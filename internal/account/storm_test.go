package account_test

import (
	"errors"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/fault"
)

// storm is how many sign in at the same moment, and allowed the memory they may take.
const (
	storm   = 50
	allowed = 512 << 20
)

// BenchmarkSignInStorm lets 50 people sign in at once, who come back when they are told to, and fails when the program holds
// more than 512 MiB meanwhile.
func BenchmarkSignInStorm(b *testing.B) {
	h := account.NewHasher(2)
	hash, err := h.Hash(b.Context(), "塔吊司机今天早班没有来")
	if err != nil {
		b.Fatal(err)
	}
	peak := uint64(0)
	for b.Loop() {
		var wg sync.WaitGroup
		for range storm {
			wg.Go(func() { signIn(b, h, hash) })
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		peak = max(peak, watch(done))
	}
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
	if peak > allowed {
		b.Errorf("%d MiB were held", peak>>20)
	}
}

func signIn(b *testing.B, h *account.Hasher, hash string) {
	for {
		ok, err := h.Check(b.Context(), hash, "塔吊司机今天早班没有来")
		if ok {
			return
		}
		f, busy := errors.AsType[*fault.Error](err)
		if !busy || f.Kind != fault.Busy {
			b.Error("refused: ", err)
			return
		}
		time.Sleep(f.Wait)
	}
}

// watch gives the most memory held from the system until done.
func watch(done <-chan struct{}) (peak uint64) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for {
		metrics.Read(held)
		peak = max(peak, held[0].Value.Uint64()-held[1].Value.Uint64())
		select {
		case <-done:
			return peak
		case <-tick.C:
		}
	}
}
