package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// The exit codes, which --help lists. Scripts rely on them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartly      = 3
	exitInterrupted = 130
)

// A hinted error carries what to do next, printed on a line of its own.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// withHint adds a next step to err; nil stays nil.
func withHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return hinted{err, fmt.Sprintf(format, args...)}
}

// A partly error ends a run whose work was done but not all of it: the exit code is 3.
type partly struct{ what string }

func (p partly) Error() string { return p.what }

// A usage error is a wrong flag, argument or configuration value: the exit code is 2.
type usage struct{ error }

func (u usage) Unwrap() error { return u.error }

// report prints err for people and gives the exit code that it stands for.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "overtake: interrupted; what was finished is kept, the next run goes on from there")
		return exitInterrupted
	}
	var p partly
	if errors.As(err, &p) {
		fmt.Fprintf(w, "overtake: partly done: %v\n", err)
		printHint(w, err)
		return exitPartly
	}
	fmt.Fprintf(w, "overtake: %v\n", err)
	printHint(w, err)
	var u usage
	if errors.As(err, &u) {
		return exitUsage
	}
	return exitFailed
}

func printHint(w io.Writer, err error) {
	var h hinted
	if errors.As(err, &h) {
		fmt.Fprintf(w, "  try: %s\n", h.hint)
	}
}
