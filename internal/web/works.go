package web

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"fugong/internal/fault"
	"fugong/internal/store"
)

const (
	worksAtOnce = 2  // imports take turns in the database anyway, and each holds its file in memory
	worksKept   = 64 // that run or wait for their turn; they hold nothing yet
)

// Works are checks and imports of files that may outlast the requests that asked for them. They are safe for concurrent use.
type Works struct {
	ctx    context.Context
	cancel context.CancelFunc
	turn   chan struct{}
	group  sync.WaitGroup

	mu      sync.Mutex
	all     map[string]*work // by the token of their file
	stopped bool

	// told is for tests that hold a work where it is.
	told func(store.Headway)
}

// NewWorks makes place for works. Whoever makes it stops it.
func NewWorks() *Works {
	w := &Works{turn: make(chan struct{}, worksAtOnce), all: map[string]*work{}}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w
}

// Stop takes no more works, gives those there are until ctx ends, and then breaks them off, which leaves everything as it was.
// When it returns none is running.
func (w *Works) Stop(ctx context.Context) {
	w.mu.Lock()
	w.stopped = true
	w.mu.Unlock()
	done := make(chan struct{})
	go func() { w.group.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
	w.cancel()
	<-done
}

// work is a file on its way.
type work struct {
	step  store.Step
	done  chan struct{}
	err   error // once it is done
	batch int64 // that the file became

	mu      sync.Mutex
	headway store.Headway
}

func (w *work) tell(h store.Headway) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.headway = h
}

func (w *work) now() store.Headway {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.headway
}

// of gives the work on a file; nil when this server does none.
func (w *Works) of(token string) *work {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all[token]
}

// begin starts a work on a file, or gives the one there is. It returns a fault.Busy when there are too many.
func (w *Works) begin(token string, step store.Step, do func(context.Context, *work) error) (*work, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if there := w.all[token]; there != nil {
		return there, nil
	}
	if w.stopped || len(w.all) >= worksKept {
		return nil, &fault.Error{Kind: fault.Busy, Message: "正在处理的文件太多，没有导入。请稍候再试", Wait: 10 * time.Second}
	}
	begun := &work{step: step, done: make(chan struct{})}
	w.all[token] = begun
	w.group.Go(func() {
		defer w.end(token, begun)
		begun.err = w.run(begun, do)
	})
	return begun, nil
}

func (w *Works) end(token string, begun *work) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, token)
	close(begun.done)
}

// run does a work when it is its turn. Nothing above would catch a panic.
func (w *Works) run(begun *work, do func(context.Context, *work) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(w.ctx, uploadTime)
	defer cancel()
	return do(ctx, begun)
}

// takeTurn waits until fewer works than worksAtOnce hold a file, and gives what ends the turn.
func (w *Works) takeTurn(ctx context.Context) (func(), error) {
	select {
	case w.turn <- struct{}{}:
		return func() { <-w.turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
