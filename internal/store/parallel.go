package store

import (
	"errors"
	"sync"
	"sync/atomic"
)

// sideBySide does n things, some of them at the same time, and joins their errors.
func sideBySide(n, atOnce int, do func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, atOnce) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = do(i)
			}
		})
	}
	workers.Wait()
	return errors.Join(errs...)
}
