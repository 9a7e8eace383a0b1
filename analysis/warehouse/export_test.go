package warehouse

import "context"

// SetStep lets a test act between the steps of a draft.
func SetStep(f func(name string)) { step = f }

// HoldForWriting opens a file for writing, as a careless program would, until release is called.
func HoldForWriting(path string) (release func() error, err error) {
	e, err := newEngine(1, "", path+".hold")
	if err != nil {
		return nil, err
	}
	return e.close, e.attach(context.Background(), path, false)
}

// Scratch is an empty DuckDB that may read files.
func Scratch() (*DB, error) {
	e, err := newEngine(1, "", "")
	return &DB{engine: e}, err
}
