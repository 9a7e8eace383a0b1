package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// manCmd prints the manual page, made from what --help says.
type manCmd struct{}

// Help shows examples.
func (manCmd) Help() string {
	return "Examples:\n  overtake man | man -l -\n  overtake man > ~/.local/share/man/man1/overtake.1"
}

// Run writes roff.
func (manCmd) Run(a *app) error {
	var cli commands
	parser, err := newParser(&cli, a.std, func(int) {})
	if err != nil {
		return err
	}
	m := &manual{w: bufio.NewWriter(a.std.out)}
	m.page(parser.Model, buildVersion())
	return m.w.Flush()
}

// A manual writes roff; its writer keeps the first error.
type manual struct{ w *bufio.Writer }

func (m *manual) page(app *kong.Application, version string) {
	fmt.Fprintf(m.w, ".TH OVERTAKE 1 \"\" \"overtake %s\" \"User commands\"\n", roff(version))
	m.section("NAME", "overtake - microblog platforms compared: who is ahead, by how much, and when does that change?")
	fmt.Fprintf(m.w, ".SH SYNOPSIS\n.B overtake\n.I COMMAND\n[flags]\n")
	m.section("DESCRIPTION", app.Help)
	fmt.Fprintf(m.w, ".SH FLAGS OF ALL COMMANDS\n")
	m.flags(app.Flags)
	fmt.Fprintf(m.w, ".SH COMMANDS\n")
	for _, c := range app.Children {
		if !c.Hidden {
			m.command(c)
		}
	}
	m.section("FILES", "overtake.toml configures a folder; overtake init writes a commented one. The folder holds journal, lake, overtake.duckdb, report and runs.jsonl.")
	m.section("SEE ALSO", "data/README.md describes every table of overtake.duckdb.\nhttps://github.com/overtake-analytics/overtake")
}

func (m *manual) section(title, text string) {
	fmt.Fprintf(m.w, ".SH %s\n", title)
	m.paragraphs(text)
}

// command writes a command with its arguments, flags and examples.
func (m *manual) command(c *kong.Node) {
	fmt.Fprintf(m.w, ".SS %s\n", roff("overtake "+c.Summary()))
	m.paragraphs(c.Help)
	if c.Detail != "" {
		m.w.WriteString(".PP\n")
		m.paragraphs(c.Detail)
	}
	for _, p := range c.Positional {
		fmt.Fprintf(m.w, ".TP\n.I %s\n%s\n", roff(strings.Trim(p.Summary(), "[]<>")), roff(p.Help))
	}
	m.flags(c.Flags)
}

func (m *manual) flags(flags []*kong.Flag) {
	for _, f := range flags {
		if f.Hidden {
			continue
		}
		name := "--" + f.Name
		if f.Short != 0 {
			name = fmt.Sprintf("-%c, %s", f.Short, name)
		}
		if !f.IsBool() {
			name += "=" + f.FormatPlaceHolder()
		}
		fmt.Fprintf(m.w, ".TP\n.B %s\n%s\n", roff(name), roff(f.Help))
	}
}

// paragraphs writes text; indented lines, which are examples, stay as they are.
func (m *manual) paragraphs(text string) {
	verbatim := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch example := strings.HasPrefix(line, "  "); {
		case example && !verbatim:
			io.WriteString(m.w, ".RS\n.nf\n")
			verbatim = true
		case !example && verbatim:
			io.WriteString(m.w, ".fi\n.RE\n")
			verbatim = false
		}
		if line == "" {
			io.WriteString(m.w, ".PP\n")
		} else {
			fmt.Fprintln(m.w, roff(strings.TrimPrefix(line, "  ")))
		}
	}
	if verbatim {
		io.WriteString(m.w, ".fi\n.RE\n")
	}
}

// roff makes text safe: a backslash, a dash that is no hyphen, and a line that would be a request.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", "\n").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
