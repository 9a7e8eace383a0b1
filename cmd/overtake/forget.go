package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/journal"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// forgetCmd takes a person out.
type forgetCmd struct {
	Account  string          `arg:"" name:"account" help:"The platform's own id of the person, as the data have it."`
	Platform ingest.Platform `required:"" help:"Platform that the id belongs to."`
}

// Help says what is touched and what cannot be.
func (forgetCmd) Help() string {
	return `Takes a follower out of the lake (lists of followers, samples, rejected lines), makes the warehouse with its results and sketches again,
and the report. From then on the person is left out of whatever is decoded, imported or rebuilt: the lake keeps a salted hash of the id in
_forgotten.json, and no other trace. Keep that file with your backups.

Not touched: the journal, which holds answers as they were served and is never rewritten. The command counts the pages that name the id; to
erase those too, the journal has to be deleted, and with it what was collected. Files that you imported from and copies of old reports are
yours to delete. What is said about the id as one of the accounts whose followers are counted stays.

Examples:
  overtake forget 12345 --platform twitter
  overtake forget did:plc:abc --platform bluesky --json`
}

// A forgetting is what the command did.
type forgetting struct {
	lake.ForgetReport
	JournalPages int `json:"journal_pages"` // that name the id and stay
}

// Run forgets, makes what was computed again, and says what it touched.
func (c forgetCmd) Run(a *app) error {
	if !c.Platform.Valid() || strings.TrimSpace(c.Account) == "" {
		return usage{withHint(fmt.Errorf("platform %q, account %q: want a short name and an id", c.Platform, c.Account), "overtake forget 12345 --platform twitter")}
	}
	if err := a.space.needTruth(); err != nil {
		return err
	}
	var done forgetting
	figures := a.hasPages()
	err := a.work(6, func(p *progress, out *outcome) error {
		err := p.stage("forget", func() (_ []any, err error) {
			done, err = c.forget(a)
			return []any{"lists", done.Lists, "files", done.Files}, err
		})
		if err != nil {
			return err
		}
		// Results and sketches were computed from the lake as it was: they go with the warehouse, which is made again.
		if err := a.removeAll(a.space.warehouse()); err != nil {
			return err
		}
		d, err := a.draft(p, out)
		if err != nil {
			return err
		}
		defer d.Discard()
		if !figures {
			return p.stage("publish", func() ([]any, error) { return nil, a.publish(d, out) })
		}
		if err := a.finish(p, d, out); err != nil {
			return err
		}
		return a.makeReport(p, d, out)
	})
	if err != nil {
		return err
	}
	return c.say(a, done)
}

func (c forgetCmd) forget(a *app) (done forgetting, err error) {
	lk, err := lake.Options{Log: a.log}.Open(a.space.lake())
	if err != nil {
		return done, withHint(err, "overtake rebuild --dir %s", a.space.root)
	}
	if done.ForgetReport, err = lk.Forget(a.ctx, c.Platform, c.Account, a.now()); err != nil {
		return done, err
	}
	done.JournalPages, err = a.pagesNaming(c.Account)
	return done, err
}

// pagesNaming counts the journal's pages in which the id stands as a word.
func (a *app) pagesNaming(id string) (n int, err error) {
	if !exists(a.space.journal()) {
		return 0, nil
	}
	j, err := journal.Options{ReadOnly: true}.Open(a.space.journal())
	if err != nil {
		return 0, err
	}
	defer j.Close()
	for rec, err := range j.Records(a.ctx, 0) {
		if err != nil {
			return n, err
		}
		if hasWord(rec.Page.Raw, id) || hasWord([]byte(rec.Page.Document), id) || hasWord([]byte(rec.Page.URL), id) {
			n++
		}
	}
	return n, nil
}

// hasWord reports whether word stands in text without a letter or digit beside it.
func hasWord(text []byte, word string) bool {
	letter := func(i int) bool {
		if i < 0 || i >= len(text) {
			return false
		}
		c := text[i]
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
	}
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(word))
		if i < 0 {
			return false
		}
		at += i
		if !letter(at-1) && !letter(at+len(word)) {
			return true
		}
		at++
	}
}

// say tells what was touched and what was not.
func (c forgetCmd) say(a *app, done forgetting) error {
	if a.JSON {
		return writeJSON(a.std.out, done)
	}
	if a.Quiet {
		return nil
	}
	w := a.std.out
	fmt.Fprintf(w, "taken out of %s, %s of samples, %s in quarantine; %s of the lake written anew\n", plural(int64(done.Lists), "list"),
		plural(done.Memberships, "row"), plural(done.Quarantine, "line"), plural(int64(done.Files), "file"))
	if !done.Known {
		fmt.Fprintln(w, "the lake did not know the id as a follower; it will stay unknown")
	}
	fmt.Fprintln(w, "warehouse, results and sketches were made again; the id is left out of everything that comes, by its hash in", a.space.lake()+string(os.PathSeparator)+"_forgotten.json")
	if done.Account {
		fmt.Fprintln(w, "the id is also an account whose followers are counted: its name and figures stay, as does its list")
	}
	if done.JournalPages > 0 {
		fmt.Fprintf(w, "not touched: %s of the journal name the id; the journal holds answers as served and is never rewritten\n", plural(int64(done.JournalPages), "page"))
	}
	return nil
}
