package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// hookTime is the longest that the command of run.on_finish may take: a run that waits for it holds up the next.
const hookTime = time.Minute

// conclude gives the outcome its last facts, prints it, keeps it in the history and hands it to the command of
// run.on_finish, whatever became of the run. It gives back err.
func (a *app) conclude(r runRecord, out outcome, err error) error {
	if a.ctx.Err() != nil && err != nil {
		err = a.ctx.Err()
	}
	out.Command, out.StartedAt, out.TookMS = a.command, r.Started, a.now().Sub(r.Started).Milliseconds()
	out.ExitCode = exitCode(err)
	out.Status = map[int]string{exitOK: "ok", exitPartly: "partly", exitInterrupted: "interrupted"}[out.ExitCode]
	if out.Status == "" {
		out.Status = "failed"
	}
	if err != nil {
		out.Error = err.Error()
		var h hinted
		if errors.As(err, &h) {
			out.Hint = h.hint
		}
	}
	a.endRun(r, out)
	var printed error
	if a.JSON {
		printed = writeJSON(a.std.out, out)
	} else if !a.Quiet && (err == nil || out.Status == "partly") {
		printed = a.say(out)
	}
	a.onFinish(out)
	if err == nil {
		return printed
	}
	return err
}

// onFinish runs the configured command with the outcome as JSON on its standard input. What it prints goes to standard
// error. That it fails changes nothing of the run, and is said.
func (a *app) onFinish(out outcome) {
	command := a.conf.Run.OnFinish
	if command == "" {
		return
	}
	data, err := json.Marshal(out)
	if err != nil {
		a.log.Error("on_finish", "err", err)
		return
	}
	// A run that was interrupted has something to tell, too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), hookTime)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", command)
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(data), a.std.err, a.std.err
	c.Env = append(os.Environ(), "OVERTAKE_STATUS="+out.Status, fmt.Sprintf("OVERTAKE_EXIT_CODE=%d", out.ExitCode), "OVERTAKE_COMMAND="+out.Command)
	c.WaitDelay = time.Second // for children that keep the output open
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("it was ended after %s", hookTime)
		}
		a.log.Error("the command of run.on_finish failed", "command", command, "err", err)
	}
}
