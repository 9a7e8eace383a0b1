package crawl

import (
	"errors"
	"sync"
	"time"
)

// ErrBudget ends a walk when the run's budget is used up; it goes on in the next run.
var ErrBudget = errors.New("the budget of this run is used up")

// A Budget bounds one run over all sites. The zero value bounds nothing; it is safe for several goroutines.
type Budget struct {
	Requests int       // 0: no bound
	Until    time.Time // zero: no bound

	mu   sync.Mutex
	used int
}

// take counts one request, or says that there is none left.
func (b *Budget) take(now time.Time) error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Requests > 0 && b.used >= b.Requests || !b.Until.IsZero() && !now.Before(b.Until) {
		return ErrBudget
	}
	b.used++
	return nil
}

// Used is how many requests were made.
func (b *Budget) Used() int {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
