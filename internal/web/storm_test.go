package web

import (
	"fmt"
	"net/http"
	"net/url"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
)

const (
	storm         = 50        // sign in at once
	memoryAllowed = 512 << 20 // for the whole program
)

// BenchmarkSignInStorm lets fifty people sign in on the page at once, again until each is in, and reports the memory that the
// program held at most and how many were told to come back.
func BenchmarkSignInStorm(b *testing.B) {
	o := newOffice(b)
	for i := range storm {
		o.hire(fmt.Sprintf("li%d", i), account.District, account.Everywhere())
	}
	peak, refused := uint64(0), 0
	for b.Loop() {
		var group sync.WaitGroup
		back := make(chan int, storm)
		for i := range storm {
			group.Go(func() { back <- o.signInPatiently(i) })
		}
		done := make(chan struct{})
		go func() { group.Wait(); close(done); close(back) }()
		peak = max(peak, heldUntil(done))
		for n := range back {
			refused += n
		}
		o.pass(time.Hour)
	}
	b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
	b.ReportMetric(float64(refused)/float64(b.N), "refused/op")
	if peak > memoryAllowed {
		b.Errorf("%d MB were held", peak>>20)
	}
}

// signInPatiently comes back as often as it is told to and gives how often that was.
func (o *office) signInPatiently(i int) (refused int) {
	b := o.browser()
	b.address = fmt.Sprintf("198.51.100.%d:1", i)
	for {
		w := b.post("/login", url.Values{"username": {fmt.Sprintf("li%d", i)}, "password": {goodPassword}})
		switch w.Code {
		case http.StatusSeeOther:
			return refused
		case http.StatusServiceUnavailable, http.StatusTooManyRequests:
			refused++
			o.pass(time.Minute)
			time.Sleep(50 * time.Millisecond)
		default:
			o.Errorf("status %d: %s", w.Code, text(w))
			return refused
		}
	}
}

// heldUntil watches the memory that the program has from the system and gives the most it saw.
func heldUntil(done <-chan struct{}) (peak uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for {
		metrics.Read(sample)
		peak = max(peak, sample[0].Value.Uint64()-sample[1].Value.Uint64())
		select {
		case <-done:
			return peak
		case <-time.After(5 * time.Millisecond):
		}
	}
}
