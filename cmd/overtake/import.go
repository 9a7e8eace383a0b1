package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/dumps"
	"github.com/overtake-analytics/overtake/ingest/follows"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// importCmd takes data sets of others into the lake.
type importCmd struct {
	Files    []string        `arg:"" name:"file" help:"Files to import, plain, gzip, zstd or tar; together they are one data set. - is standard input."`
	As       string          `required:"" enum:"${importFormats}" placeholder:"FORMAT" help:"What the files are: ${importFormats}."`
	Platform ingest.Platform `default:"twitter" help:"Platform that the data set is about."`
	Memory   byteSize        `default:"4GiB" help:"Memory that may be used, such as 4GiB or 800MB."`
	Temp     string          `placeholder:"DIR" help:"Folder for the temporary file of the sort. Default: the lake's."`
	Observed dayFlag         `placeholder:"DATE" help:"Day on which profiles were seen or an archive was made (YYYY-MM-DD), where the lines do not say."`
	Columns  string          `placeholder:"ORDER" help:"Order of the two columns where it is not the format's: account,follower or follower,account."`
}

// importFormats are the values of --as.
func importFormats() string {
	var names []string
	for _, f := range follows.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(append(names, "twarc_jsonl", "archive_js"), ",")
}

// Help describes the formats and shows examples.
func (importCmd) Help() string {
	var b strings.Builder
	b.WriteString(`The files of one command are one data set: all of them count, or none does. What is imported lies in the lake as one sorted run of
follower numbers per account, the only copy: "overtake rebuild" keeps it, the files themselves are not copied. A file that was imported
before changes nothing. Lines that cannot be read go to quarantine with their byte offset; a file most of which cannot be read, or that
turns into binary data, is refused. An import that was interrupted, however it was, has left nothing; begin it again.

Formats:
`)
	for _, f := range follows.Formats() {
		fmt.Fprintf(&b, "  %-14s %s\n", f.Name, f.Doc)
	}
	b.WriteString(`  twarc_jsonl    profiles as twarc 1 and 2 write them, a JSON object a line; they go to the journal
  archive_js     account.js and follower.js of the archive that X gives its users: one complete follower list; nothing else is read

Examples:
  overtake import twitter_rv.tar.gz --as twitter_rv
  zcat parts/*.gz | overtake import - --as snap_ego --memory 2GiB
  overtake import followers.csv.gz --as csv --platform bluesky
  overtake import users.jsonl.gz --as twarc_jsonl --observed 2013-05-01
  overtake reach --platform twitter --top 100`)
	return b.String()
}

// Run imports, then brings the warehouse up to date.
func (c importCmd) Run(a *app) error {
	if !c.Platform.Valid() || c.Platform == ingest.AnyPlatform {
		return usage{withHint(fmt.Errorf("platform %q, want a short name of lower-case letters, digits and underscores", c.Platform), "overtake import ... --platform twitter")}
	}
	if c.Columns != "" && c.Columns != follows.AccountFirst && c.Columns != follows.FollowerFirst {
		return usage{withHint(fmt.Errorf("--columns %q, want %s or %s", c.Columns, follows.AccountFirst, follows.FollowerFirst), "overtake import --help")}
	}
	if c.Memory < follows.LeastMemory {
		return usage{withHint(fmt.Errorf("--memory %s is too little to sort with", bytesText(int64(c.Memory))), "overtake import ... --memory %s", bytesText(follows.LeastMemory))}
	}
	var inputs []follows.Input
	for _, name := range c.Files {
		in, err := follows.FileInput(name)
		if err != nil {
			return usage{withHint(err, "overtake import --help")}
		}
		inputs = append(inputs, in)
	}
	return a.work(4, func(p *progress, out *outcome) error {
		if err := c.take(a, p, inputs, out); err != nil {
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

// take imports a follow graph into the lake, or profiles into journal and lake.
func (c importCmd) take(a *app, p *progress, inputs []follows.Input, out *outcome) error {
	if c.As != "twarc_jsonl" && c.As != "archive_js" {
		return p.stage("import", func() ([]any, error) { return c.follows(a, p, inputs, out) })
	}
	sources, err := c.dumps(inputs)
	if err != nil {
		return usage{withHint(err, "overtake import --help")}
	}
	j, err := a.openJournal(out)
	if err != nil {
		return err
	}
	defer j.Close()
	err = p.stage("import", func() ([]any, error) {
		for _, src := range sources {
			done, err := ingest.Collect(a.ctx, src, oneByOne{j}, nil)
			out.Pages += done.Pages
			if err != nil {
				return nil, err
			}
		}
		return []any{"pages", out.Pages}, nil
	})
	if err != nil {
		return err
	}
	return a.fillLake(p, j)
}

// dumps are the files as sources of profiles.
func (c importCmd) dumps(inputs []follows.Input) (sources []ingest.Source, err error) {
	var all []dumps.File
	for _, in := range inputs {
		if in.Size < 0 {
			return nil, fmt.Errorf("%s is read twice, for its sha256 and for its lines: name a file", in.Name)
		}
		all = append(all, dumps.File{Name: in.Name, Open: in.Open, Platform: c.Platform, Observed: c.Observed.Time})
	}
	if c.As == "archive_js" {
		src, err := dumps.Archive(all, c.Observed.Time)
		return []ingest.Source{src}, err
	}
	for _, f := range all {
		src, err := dumps.Twarc(f)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	return sources, nil
}

// follows imports a follow graph.
func (c importCmd) follows(a *app, p *progress, inputs []follows.Input, out *outcome) ([]any, error) {
	if err := os.MkdirAll(a.space.lake(), 0o755); err != nil {
		return nil, err
	}
	lk, err := lake.Options{Log: a.log}.Open(a.space.lake())
	if err != nil {
		return nil, withHint(err, "overtake rebuild --dir %s", a.space.root)
	}
	// The bitmap of ids lies outside of Go's memory, hence the difference.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(c.Memory) - 512<<20))
	res, err := follows.Import(a.ctx, lk, inputs, follows.Options{
		Format: c.As, Platform: c.Platform, Memory: int64(c.Memory), Temp: c.Temp, Columns: c.Columns, At: a.now(), Log: a.log,
		Progress: func(now follows.Progress) { p.within("import: "+now.Stage, now.Done) },
	})
	if len(res.Known) > 0 {
		out.Notes = append(out.Notes, "already imported, left out: "+strings.Join(res.Known, ", "))
	}
	if errors.Is(err, follows.ErrKnown) {
		return nil, nil
	}
	if err != nil {
		return nil, c.hint(err)
	}
	out.Import = &res
	return []any{"follows", res.Follows, "accounts", res.Accounts, "people", res.People, "duplicates", res.Duplicates,
		"self_follows", res.SelfFollows, "rejected", res.Rejected}, nil
}

// hint says what to do about an import that failed.
func (c importCmd) hint(err error) error {
	var space *follows.SpaceError
	var temp *follows.TempError
	switch {
	case errors.As(err, &space), errors.As(err, &temp):
		return withHint(err, "free space, name a folder on a larger disk with --temp, or give more --memory, which needs less of it")
	case errors.Is(err, unix.ENOSPC):
		return withHint(fmt.Errorf("%w; nothing was imported", err), "free space on the disk of the lake and begin again")
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "choose files and folders that you may read and write")
	}
	return err
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
