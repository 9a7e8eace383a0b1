package ingest

import (
	"errors"
	"fmt"
)

// A KindError says that two readings count different things.
type KindError struct{ Op, A, B string }

func (e *KindError) Error() string {
	return fmt.Sprintf("%s %s and %s: they count different things; if that is meant, say so by As", e.Op, e.A, e.B)
}

// A Span is what became of readings by arithmetic: the value and the bounds between which the true one lies. It may be
// negative, and Hi or Lo may be infinite where a reading was censored.
type Span struct {
	Kind          Kind
	Value, Lo, Hi float64
}

// As is r taken for another kind. It is how a caller says that two kinds may stand for one another here.
func (r Reading) As(kind Kind) Reading {
	r.Kind = kind
	return r
}

// Sub is r - s. Both must be of one kind.
func (r Reading) Sub(s Reading) (Span, error) {
	if r.Kind != s.Kind {
		return Span{}, &KindError{"subtract", string(r.Kind), string(s.Kind)}
	}
	return Span{Kind: r.Kind, Value: r.Value - s.Value, Lo: r.Lo - s.Hi, Hi: r.Hi - s.Lo}, nil
}

// Sum adds readings, which must be of one kind. The sum of nothing has no kind and is an error.
func Sum(readings ...Reading) (Span, error) {
	if len(readings) == 0 {
		return Span{}, errors.New("sum of no readings")
	}
	s := Span{Kind: readings[0].Kind}
	for _, r := range readings {
		if r.Kind != s.Kind {
			return Span{}, &KindError{"add", string(s.Kind), string(r.Kind)}
		}
		s.Value += r.Value
		s.Lo += r.Lo
		s.Hi += r.Hi
	}
	return s, nil
}

// Compare is -1 where r certainly lies below s, 1 where it certainly lies above, and 0 where their bounds overlap, so
// that the displays do not decide it. Both must be of one kind.
func (r Reading) Compare(s Reading) (int, error) {
	switch {
	case r.Kind != s.Kind:
		return 0, &KindError{"compare", string(r.Kind), string(s.Kind)}
	case r.Hi < s.Lo:
		return -1, nil
	case r.Lo > s.Hi:
		return 1, nil
	}
	return 0, nil
}
