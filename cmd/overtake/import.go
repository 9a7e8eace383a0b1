package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/follows"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// importCmd takes data sets of others into the lake.
type importCmd struct {
	Files    []string `arg:"" name:"file" help:"Files to import, plain, gzip or zstd; together they are one data set. - is standard input."`
	As       string   `required:"" enum:"twitter_rv,snap_ego" placeholder:"FORMAT" help:"What the files are: ${enum}."`
	Platform string   `default:"twitter" help:"Platform that the data set is about."`
	Memory   byteSize `default:"4GiB" help:"Memory that may be used, such as 4GiB or 800MB."`
}

// Help shows examples.
func (importCmd) Help() string {
	return `The files of one command are one data set: all of them count, or none does. What is imported lies in the lake as one run of follower
numbers per account and is kept by "overtake rebuild"; the files themselves are not copied. Importing the same file again changes nothing.

Examples:
  overtake import twitter_rv.net --as twitter_rv
  zcat parts/*.gz | overtake import - --as snap_ego --platform twitter --memory 2GiB`
}

// Run imports, then brings the warehouse up to date.
func (c importCmd) Run(a *app) error {
	inputs := make([]follows.Input, len(c.Files))
	for i, name := range c.Files {
		var err error
		if inputs[i], err = follows.FileInput(name); err != nil {
			return usage{withHint(err, "overtake import --help")}
		}
	}
	return a.work(4, func(p *progress, out *outcome) error {
		err := p.stage("import", func() ([]any, error) {
			lk, err := lake.Options{Log: a.log}.Open(a.space.lake())
			if err != nil {
				return nil, withHint(err, "overtake rebuild --dir %s", a.space.root)
			}
			if err := os.MkdirAll(a.space.lake(), 0o755); err != nil {
				return nil, err
			}
			res, err := follows.Import(a.ctx, lk, inputs, follows.Options{
				Format: c.As, Platform: ingest.Platform(c.Platform), Memory: int64(c.Memory), Temp: a.space.lake(), At: a.now(), Log: a.log,
			})
			if errors.Is(err, follows.ErrKnown) {
				out.Notes = append(out.Notes, fmt.Sprintf("already imported, nothing to do: %s", strings.Join(res.Known, ", ")))
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			return []any{"follows", res.Follows, "accounts", res.Accounts, "people", res.People, "duplicates", res.Duplicates,
				"self_follows", res.SelfFollows, "rejected", res.Rejected}, nil
		})
		if err != nil {
			return err
		}
		d, err := a.draft(p, out)
		if err != nil {
			return err
		}
		defer d.Discard()
		return p.stage("publish", func() ([]any, error) { return nil, a.publish(d, out) })
	})
}

// A byteSize is a size on the command line, such as 4GiB.
type byteSize int64

// UnmarshalText reads a number with a unit.
func (b *byteSize) UnmarshalText(text []byte) error {
	units := []struct {
		name string
		size float64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1}, {"", 1}}
	for _, u := range units {
		number, ok := strings.CutSuffix(strings.TrimSpace(string(text)), u.name)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || v <= 0 || v*u.size > 1<<60 {
			break
		}
		*b = byteSize(v * u.size)
		return nil
	}
	return fmt.Errorf("want a size such as 4GiB or 800MB, got %q", text)
}
