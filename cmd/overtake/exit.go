package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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

// exitCode is the code that err stands for.
func exitCode(err error) int {
	var p partly
	var u usage
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &p):
		return exitPartly
	case errors.As(err, &u):
		return exitUsage
	}
	return exitFailed
}

// report prints err for people and gives the exit code that it stands for.
func report(w io.Writer, err error) int {
	code := exitCode(err)
	switch code {
	case exitOK:
		return code
	case exitInterrupted:
		fmt.Fprintln(w, "overtake: interrupted; what was finished is kept, the next run goes on from there")
		return code
	case exitPartly:
		fmt.Fprintf(w, "overtake: partly done: %v\n", err)
	default:
		fmt.Fprintf(w, "overtake: %v\n", err)
	}
	printHint(w, err)
	return code
}

// reportLog is report as a line of the log, for programs.
func reportLog(log *slog.Logger, err error) int {
	code := exitCode(err)
	switch code {
	case exitOK:
		return code
	case exitInterrupted:
		err = errors.New("interrupted; what was finished is kept, the next run goes on from there")
	}
	facts := []any{"exit_code", code}
	var h hinted
	if errors.As(err, &h) {
		facts = append(facts, "try", h.hint)
	}
	log.Error(err.Error(), facts...)
	return code
}

func printHint(w io.Writer, err error) {
	var h hinted
	if errors.As(err, &h) {
		fmt.Fprintf(w, "  try: %s\n", h.hint)
	}
}
