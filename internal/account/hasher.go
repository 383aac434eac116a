package account

import (
	"context"
	"time"
	"unicode/utf8"

	"fugong/internal/fault"
)

// waitingHashes is how many may wait for their turn; who comes after them is told to come back.
const waitingHashes = 32

// busyWait is when to come back: the queue is through by then.
const busyWait = 2 * time.Second

// Hasher hashes passwords, few at a time: each takes 19 MiB and all of a core, and a storm of sign-ins must leave both to the
// others. It is safe for concurrent use.
type Hasher struct {
	running chan struct{}
	waiting chan struct{}
}

// NewHasher makes a hasher for a machine of so many cores: two hashes a core at once, 32 waiting.
func NewHasher(cores int) *Hasher {
	n := 2 * max(1, cores)
	return &Hasher{running: make(chan struct{}, n), waiting: make(chan struct{}, n+waitingHashes)}
}

// Hash is HashPassword in turn. It returns a fault.Busy when too many wait already.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return HashPassword(password)
}

// Check is CheckPassword in turn. The empty hash, of nobody or of a user without a password, matches nothing and takes as long
// as another. It returns a fault.Busy when too many wait already.
func (h *Hasher) Check(ctx context.Context, hash, password string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if hash == "" {
		CheckPassword(DummyHash, password)
		return false, nil
	}
	return CheckPassword(hash, password) && utf8.RuneCountInString(password) <= maxPassword, nil
}

func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.waiting <- struct{}{}:
	default:
		return nil, &fault.Error{Kind: fault.Busy, Message: "登录的人太多，请稍候再试", Wait: busyWait}
	}
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running; <-h.waiting }, nil
	case <-ctx.Done():
		<-h.waiting
		return nil, context.Cause(ctx)
	}
}
