package serve

import (
	"context"
	"errors"
	"sync"
)

// A shelf holds the warehouse that is published now, and older ones for as long as somebody reads in them.
type shelf struct {
	open  func(context.Context) (Store, error)
	stamp func() (string, error)

	mu     sync.Mutex
	now    *volume
	closed bool
}

// A volume is a warehouse with its readers counted.
type volume struct {
	Store
	stamp   string
	readers int
	old     bool // to be closed by the last reader
}

var errClosed = errors.New("the server is stopping")

// take gives the newest warehouse; release it after use.
func (s *shelf) take(ctx context.Context) (c *volume, release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, errClosed
	}
	stamp, err := s.stamp()
	if err != nil {
		return nil, nil, err
	}
	if s.now == nil || s.now.stamp != stamp {
		// Where another one was published since the stamp was read, the next reader opens that.
		store, err := s.open(ctx)
		if err != nil {
			return nil, nil, err
		}
		s.retire()
		s.now = &volume{Store: store, stamp: stamp}
	}
	c = s.now
	c.readers++
	return c, func() { s.release(c) }, nil
}

func (s *shelf) release(c *volume) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.readers--; c.old && c.readers == 0 {
		_ = c.Close() // it was only read
	}
}

// retire takes the warehouse off the shelf. The lock is held.
func (s *shelf) retire() {
	if s.now == nil {
		return
	}
	s.now.old = true
	if s.now.readers == 0 {
		_ = s.now.Close()
	}
	s.now = nil
}

func (s *shelf) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.retire()
	return nil
}
