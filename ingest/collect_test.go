package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counting is a source of the pages 1..end whose cursor is the number of the last one.
type counting struct {
	end    int
	failAt int // yields an error instead of this page
	name   string
}

var errGone = errors.New("server is gone")

func (c counting) Name() string { return "counting" }

func (c counting) Pages(ctx context.Context, from Cursor) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		last, _ := strconv.Atoi(string(from))
		for n := last + 1; n <= c.end; n++ {
			if err := ctx.Err(); err != nil {
				yield(Page{}, err)
				return
			}
			if n == c.failAt {
				yield(Page{}, errGone)
				return
			}
			p := Page{Source: c.name, Document: fmt.Sprint(n), Raw: []byte("12"), Next: Cursor(fmt.Sprint(n))}
			if n%3 == 0 {
				p.Raw, p.Err = nil, "timeout"
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// memory is a sink that keeps documents and fails at one of them.
type memory struct {
	documents []string
	cursor    Cursor
	failAt    string
}

func (m *memory) Cursor(context.Context, string) (Cursor, error) { return m.cursor, nil }

func (m *memory) Land(ctx context.Context, p Page) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.Document == m.failAt {
		m.failAt = ""
		return errors.New("disk full")
	}
	m.documents = append(m.documents, p.Document)
	m.cursor = p.Next
	return nil
}

func TestCollectResumesBehindTheLastLandedPage(t *testing.T) {
	want := []string{"1", "2", "3", "4", "5", "6", "7"}
	for stop := 1; stop <= 7; stop++ {
		for name, run := range map[string]func(*memory) error{
			"source fails": func(m *memory) error {
				_, err := Collect(t.Context(), counting{end: 7, failAt: stop, name: "counting"}, m, nil)
				return err
			},
			"sink fails": func(m *memory) error {
				m.failAt = fmt.Sprint(stop)
				_, err := Collect(t.Context(), counting{end: 7, name: "counting"}, m, nil)
				return err
			},
			"cancelled": func(m *memory) error {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				p, err := Collect(ctx, counting{end: 7, name: "counting"}, m, func(p Progress) {
					if p.Pages == stop {
						cancel()
					}
				})
				if !errors.Is(err, context.Canceled) || p.Pages != stop || len(m.documents) != stop {
					t.Errorf("cancelled after %d pages: %+v, %v, landed %v", stop, p, err, m.documents)
				}
				return err
			},
		} {
			m := &memory{}
			if err := run(m); err == nil {
				t.Errorf("%s at %d: no error", name, stop)
			}
			p, err := Collect(t.Context(), counting{end: 7, name: "counting"}, m, nil)
			if err != nil || !slices.Equal(m.documents, want) {
				t.Errorf("%s at %d: then %+v, %v, landed %v", name, stop, p, err, m.documents)
			}
		}
	}
}

func TestCollectCounts(t *testing.T) {
	var calls []int
	p, err := Collect(t.Context(), counting{end: 7, name: "counting"}, &memory{}, func(p Progress) { calls = append(calls, p.Pages) })
	if want := (Progress{Source: "counting", Pages: 7, Failed: 2, Bytes: 10, Document: "7"}); err != nil || p != want {
		t.Errorf("%+v, %v, want %+v", p, err, want)
	}
	if !slices.Equal(calls, []int{1, 2, 3, 4, 5, 6, 7}) {
		t.Errorf("progress was told %v", calls)
	}
}

func TestCollectLandsThePageInHand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	src := sourceFunc(func(yield func(Page, error) bool) {
		cancel() // while the answer comes in
		yield(Page{Source: "f", Document: "kept"}, nil)
	})
	m := &memory{}
	if _, err := Collect(ctx, src, m, nil); !errors.Is(err, context.Canceled) || !slices.Equal(m.documents, []string{"kept"}) {
		t.Errorf("%v, landed %v, want the page and context.Canceled", err, m.documents)
	}
}

type sourceFunc func(func(Page, error) bool)

func (sourceFunc) Name() string { return "f" }
func (f sourceFunc) Pages(context.Context, Cursor) iter.Seq2[Page, error] {
	return iter.Seq2[Page, error](f)
}

func TestCollectRefusesPagesOfAnotherSource(t *testing.T) {
	if _, err := Collect(t.Context(), counting{end: 1, name: "forged"}, &memory{}, nil); err == nil {
		t.Error("a page that names another source would move that source's cursor, and was landed")
	}
}
