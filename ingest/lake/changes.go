package lake

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Changes are what happened between two readings of one account's list. Only two complete readings tell it: of a part of a
// list nobody knows whether who is missing has left.
type Changes struct {
	Before, After int64 // followers at both ends
	Gained        int64 // who follow at the end and did not at the beginning: at least; who came and went between is not seen
	Lost          int64 // who followed at the beginning and do not at the end: at least
	Stayed        int64
}

// Compare walks two readings side by side, with memory for one page each. each, which may be nil, is called with every
// follower number that is in one of them only.
func Compare(ctx context.Context, before, after FollowerList, each func(follower uint32, gained bool)) (c Changes, err error) {
	if before.AccountNo != after.AccountNo {
		return c, fmt.Errorf("compare lists: they are of accounts %d and %d", before.AccountNo, after.AccountNo)
	}
	if each == nil {
		each = func(uint32, bool) {}
	}
	a, err := walk(ctx, before)
	if err != nil {
		return c, err
	}
	defer a.cursor.Close()
	b, err := walk(ctx, after)
	if err != nil {
		return c, err
	}
	defer b.cursor.Close()
	for !a.end || !b.end {
		switch {
		case b.end || !a.end && a.at < b.at:
			c.Before, c.Lost = c.Before+1, c.Lost+1
			each(a.at, false)
			err = a.next()
		case a.end || b.at < a.at:
			c.After, c.Gained = c.After+1, c.Gained+1
			each(b.at, true)
			err = b.next()
		default:
			c.Before, c.After, c.Stayed = c.Before+1, c.After+1, c.Stayed+1
			err = errors.Join(a.next(), b.next())
		}
		if err != nil {
			return c, fmt.Errorf("compare lists of account %d: %w", before.AccountNo, err)
		}
	}
	return c, nil
}

// A walker stands at one follower of a list.
type walker struct {
	cursor FollowerCursor
	rest   []uint32
	at     uint32
	end    bool
}

func walk(ctx context.Context, l FollowerList) (*walker, error) {
	cursor, err := l.Open(ctx)
	if err != nil {
		return nil, err
	}
	w := &walker{cursor: cursor}
	if err := w.next(); err != nil {
		return nil, errors.Join(err, cursor.Close())
	}
	return w, nil
}

func (w *walker) next() (err error) {
	for len(w.rest) == 0 {
		if w.rest, err = w.cursor.Next(); errors.Is(err, io.EOF) {
			w.end = true
			return nil
		} else if err != nil {
			return err
		}
	}
	w.at, w.rest = w.rest[0], w.rest[1:]
	return nil
}
