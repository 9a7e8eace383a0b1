package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"github.com/overtake-analytics/overtake/reports"

	"github.com/overtake-analytics/overtake/analysis/export"
)

// globals are the flags that every command knows.
type globals struct {
	Dir       string  `short:"d" placeholder:"DIR" help:"Working folder: journal, lake, warehouse and report live there. Default: the folder of overtake.toml where one is found, else ./overtake-data."`
	Config    string  `placeholder:"FILE" help:"Configuration file. Default: overtake.toml in the working folder or here, if it exists."`
	AsOf      dayFlag `name:"as-of" placeholder:"DATE" help:"See only what was published by this day (YYYY-MM-DD). Default: all there is."`
	Engine    string  `enum:",duckdb,trino" default:"" placeholder:"NAME" help:"Where the models run: duckdb, in a file of the working folder, or trino, on a cluster that sees the lake. Default: engine.name of the configuration."`
	TrinoURL  string  `name:"trino-url" placeholder:"URL" help:"Address of the cluster, as https://user@host:8443/catalog or .../catalog/prefix; implies --engine trino. Default: engine.trino_url."`
	JSON      bool    `name:"json" help:"Print the answer as JSON on standard output."`
	Quiet     bool    `short:"q" help:"Print errors only."`
	LogFormat string  `name:"log-format" default:"text" enum:"text,json" placeholder:"FORMAT" help:"How messages are written to standard error: text, or json, one object a line. Default: ${default}."`
	Verbose   bool    `short:"v" help:"Say what is done, file by file."`
}

// commands is the command line.
type commands struct {
	globals
	Run        runCmd        `cmd:"" help:"Do everything: collect, load, analyze, report. Offline on the shipped history unless the configuration asks for more."`
	Init       initCmd       `cmd:"" help:"Write a commented overtake.toml into a folder."`
	Collect    collectCmd    `cmd:"" help:"Ask living platforms for what is due, and keep the answers in the journal."`
	Import     importCmd     `cmd:"" help:"Take a follow graph of others into the lake, sorted per account."`
	Plan       planCmd       `cmd:"" help:"Say what collecting will take: requests, time, cost, and how sure reach will be. Asks nobody."`
	Load       loadCmd       `cmd:"" help:"Take the sources' pages into the journal, the lake and the warehouse."`
	Analyze    analyzeCmd    `cmd:"" help:"Compute the results from the warehouse again."`
	Report     reportCmd     `cmd:"" help:"Write the HTML report, the charts and the tables from the warehouse."`
	Forecast   forecastCmd   `cmd:"" help:"Say when one platform passes another, and how sure that is."`
	Backtest   backtestCmd   `cmd:"" help:"Forecast the past of any series and say how right that was."`
	Reach      reachCmd      `cmd:"" help:"Say how many people accounts reach, how far their audiences overlap, what the next one adds."`
	Query      queryCmd      `cmd:"" help:"Ask the warehouse in SQL, read-only."`
	Chart      chartCmd      `cmd:"" help:"Draw a single picture for a slide or a paper: PNG, SVG or PDF."`
	Export     exportCmd     `cmd:"" help:"Write tables into a folder for others: Parquet, CSV, Arrow, JSON, Excel or DuckDB, described and citable."`
	Serve      serveCmd      `cmd:"" help:"Show report, tables and a query page in a browser on this machine."`
	Status     statusCmd     `cmd:"" help:"Show what there is: pages, files, tables, rejected rows, dates."`
	Doctor     doctorCmd     `cmd:"" help:"Check machine, fonts, folder and files, and say the cure of what is wrong."`
	Verify     verifyCmd     `cmd:"" help:"Prove the checksums of journal, lake, warehouse and report."`
	Forget     forgetCmd     `cmd:"" help:"Take a follower out of lake, results and report, for good."`
	Generate   generateCmd   `cmd:"" help:"Make data for tests and benchmarks."`
	Rebuild    rebuildCmd    `cmd:"" help:"Delete lake and warehouse and make them again from the journal."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Man        manCmd        `cmd:"" help:"Print the manual page."`
	Completion completionCmd `cmd:"" help:"Print how to switch on completion in your shell."`
}

type completionCmd = kongcompletion.Completion

const description = `Who is ahead, by how much, and when does that change? Microblog platforms compared, with the evidence attached.

Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 partly done (some rows or sources could not be used), 130 interrupted.`

// stdio is where the program talks to: answers to out, everything else to err.
type stdio struct{ out, err io.Writer }

// newParser makes the parser of the command line. exit is called for --help and the like.
func newParser(cli *commands, std stdio, exit func(int)) (*kong.Kong, error) {
	return kong.New(cli,
		kong.Name("overtake"), kong.Description(description), kong.UsageOnError(),
		kong.Writers(std.out, std.err),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Vars{"formats": "table,csv,json,parquet,arrow", "importFormats": importFormats(), "exportFormats": strings.Join(export.Formats(), ",")},
	)
}

// run parses args, runs the command and gives the exit code.
func run(ctx context.Context, args []string, std stdio) int {
	var cli commands
	exited, code := false, 0
	parser, err := newParser(&cli, std, func(c int) { exited, code = true, c })
	if err != nil {
		fmt.Fprintln(std.err, "overtake:", err)
		return exitFailed
	}
	kongcompletion.Register(parser, kongcompletion.WithExitFunc(func(int) { exited = true }))
	if exited {
		return exitOK
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if exited { // --help, or completion
		return code
	}
	if err != nil {
		return report(std.err, usage{withHint(err, "overtake %s--help", helpFor(parser, args))})
	}
	a, err := newApp(ctx, cli.globals, std)
	if err != nil {
		return report(std.err, err)
	}
	a.command, _, _ = strings.Cut(kctx.Command(), " ")
	kctx.Bind(a)
	err = kctx.Run(a)
	if exited && err == nil {
		return code
	}
	if ctx.Err() != nil && err != nil {
		err = ctx.Err()
	}
	if a.LogFormat == "json" {
		return reportLog(a.log, err)
	}
	return report(std.err, err)
}

// helpFor names the command in args, so that a hint can point to its help.
func helpFor(parser *kong.Kong, args []string) string {
	for _, a := range args {
		for _, c := range parser.Model.Children {
			if a == c.Name {
				return a + " "
			}
		}
	}
	return ""
}

// An app is what every command works with.
type app struct {
	ctx context.Context
	globals
	std     stdio
	log     *slog.Logger
	conf    config
	space   workspace
	command string // its name
	isTerm  bool   // standard error is a terminal

	live       bool            // ask living platforms too
	shape      reports.Options // what flags say of the report: scope, sections, comparison
	sourcesOff bool            // read no source: the journal is all there is
	now        func() time.Time
}

func newApp(ctx context.Context, g globals, std stdio) (*app, error) {
	a := &app{ctx: ctx, globals: g, std: std, now: func() time.Time { return time.Now().UTC() }}
	if f, ok := std.err.(*os.File); ok {
		a.isTerm = term.IsTerminal(int(f.Fd()))
	}
	a.log = newLogger(std.err, a.isTerm, g)
	var err error
	if a.space, a.conf, err = openWorkspace(g); err != nil {
		return nil, err
	}
	return a, nil
}

// newLogger writes coloured lines on a terminal and key=value lines elsewhere. A terminal sees progress instead of the
// lines per stage, unless asked for them.
func newLogger(w io.Writer, isTerm bool, g globals) *slog.Logger {
	level := slog.LevelInfo
	switch {
	case g.Verbose:
		level = slog.LevelDebug
	case g.Quiet:
		level = slog.LevelError
	case isTerm:
		level = slog.LevelWarn
	}
	if g.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
	if isTerm {
		w = overBar{w}
	}
	if isTerm && os.Getenv("NO_COLOR") == "" {
		return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, TimeFormat: time.TimeOnly}))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// overBar writes lines to a terminal that may show a progress bar, which it takes away first.
type overBar struct{ io.Writer }

// Write expects whole lines.
func (o overBar) Write(line []byte) (int, error) {
	if _, err := io.WriteString(o.Writer, "\r\x1b[K"); err != nil {
		return 0, err
	}
	return o.Writer.Write(line)
}

// A dayFlag is a date on the command line.
type dayFlag struct{ time.Time }

// UnmarshalText reads YYYY-MM-DD.
func (d *dayFlag) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return errors.New("want a day as YYYY-MM-DD, such as 2011-02-28, got " + fmt.Sprintf("%q", text))
	}
	d.Time = t
	return nil
}
