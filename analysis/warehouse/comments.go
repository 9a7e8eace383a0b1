package warehouse

import (
	"context"
	"errors"
	"strings"
	"sync"
)

// A commenter writes COMMENT ON statements on a connection of its own while the draft goes on: there are nearly a
// thousand in a first run, and each must be planned on its own. A table is handed to it when nothing more will be
// written to it before Publish; reading it meanwhile is fine.
type commenter struct {
	mu      sync.Mutex
	waiting []string
	running chan struct{} // closed when the goroutine has ended; nil while there is none
	err     error
}

// add hands statements over and starts the work, which outlives the caller's context: that may end with the caller's step,
// and the work is over in a fraction of a second.
func (c *commenter) add(ctx context.Context, e *engine, statements ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, statements...)
	if c.running == nil && len(c.waiting) > 0 {
		c.running = make(chan struct{})
		go c.work(context.WithoutCancel(ctx), e, c.running)
	}
}

// work writes what waits until nothing does.
func (c *commenter) work(ctx context.Context, e *engine, ended chan struct{}) {
	defer close(ended)
	for {
		c.mu.Lock()
		statements := strings.Join(c.waiting, "")
		c.waiting = nil
		if statements == "" {
			c.running = nil
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		if err := e.transaction(ctx, statements); err != nil {
			c.mu.Lock()
			c.err = errors.Join(c.err, err)
			c.mu.Unlock()
		}
	}
}

// wait returns when all that was handed over is written.
func (c *commenter) wait() error {
	for {
		c.mu.Lock()
		running, err := c.running, c.err
		c.mu.Unlock()
		if running == nil {
			return err
		}
		<-running
	}
}
