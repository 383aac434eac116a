package web

import (
	"net/netip"
	"sync"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// How much of the program one request may take.
const (
	bodyLimit   = 1 << 20  // of a form or an API call
	uploadLimit = 10 << 20 // of an imported table or a photo
	formMemory  = 1 << 20  // of an upload; the rest goes to temporary files

	bodyHeardOut = 64 << 20 // of what is too large anyway, read and kept nowhere so that the browser reads why

	requestTime = 30 * time.Second
	uploadTime  = 5 * time.Minute // on a bad 4G connection
	answerTime  = 30 * time.Second
)

// signInsAMinute is how many failed sign-ins an address may have in a minute, visitsAMinute how many papers it may verify, and
// addressesKept how many addresses are remembered; whoever has more of them than that is not held by counting addresses anyway.
const (
	signInsAMinute = 30
	visitsAMinute  = 120
	addressesKept  = 100_000
)

// limiter counts by address in this minute and the one before. It is safe for concurrent use.
type limiter struct {
	most        int    // a minute
	refusal     string // what is said to one that comes too often
	mu          sync.Mutex
	minute      int64
	now, before map[string]int
}

func newLimiter(most int, refusal string) *limiter {
	return &limiter{most: most, refusal: refusal, now: map[string]int{}, before: map[string]int{}}
}

// take notes an attempt from an address. It returns a fault.Limited when there were too many within a minute. What turns out
// to be right is given back, so that an office behind one address can come to work in the morning.
func (l *limiter) take(address string, at calendar.Instant) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(at)
	key := network(address)
	past := int64(at) % int64(time.Minute/time.Microsecond)
	weighed := float64(l.before[key]) * (1 - float64(past)/float64(time.Minute/time.Microsecond))
	if float64(l.now[key])+weighed >= float64(l.most) {
		return &fault.Error{Kind: fault.Limited, Message: l.refusal, Wait: time.Minute}
	}
	l.now[key]++
	return nil
}

func (l *limiter) giveBack(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if key := network(address); l.now[key] > 0 {
		l.now[key]--
	}
}

func (l *limiter) turn(at calendar.Instant) {
	minute := int64(at) / int64(time.Minute/time.Microsecond)
	if minute == l.minute && len(l.now) < addressesKept {
		return
	}
	l.before = map[string]int{}
	if minute <= l.minute+1 {
		l.before = l.now
	}
	l.now, l.minute = map[string]int{}, minute
}

// network is what counts as one address: of IPv6 the network of 64 bits, for every house has that many.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	prefix, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
