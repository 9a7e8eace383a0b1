package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/bluesky"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/dumps"
	"github.com/overtake-analytics/overtake/ingest/files"
	"github.com/overtake-analytics/overtake/ingest/mastodon"
	"github.com/overtake-analytics/overtake/ingest/ranked"
	"github.com/overtake-analytics/overtake/ingest/threads"
	"github.com/overtake-analytics/overtake/ingest/twitter"
	"github.com/overtake-analytics/overtake/ingest/weibo"
)

// sources lists what the configuration asks to read, in the order in which it is read.
func (a *app) sources() ([]ingest.Source, error) {
	if a.sourcesOff || !a.conf.History.Use {
		return nil, nil
	}
	own, err := a.ownFiles()
	if err != nil {
		return nil, err
	}
	stated, err := a.statedForecasts()
	if err != nil {
		return nil, err
	}
	own = append(own, stated...)
	return []ingest.Source{files.History(data.History, own...)}, nil
}

// ownFiles is the folder of the user's own figures, if the configuration names one.
func (a *app) ownFiles() ([]fs.FS, error) {
	dir := a.conf.History.Dir
	if dir == "" {
		return nil, nil
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(a.conf.path), dir)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, usage{withHint(fmt.Errorf("%s: history.dir = %q: there is no folder %s", a.conf.path, a.conf.History.Dir, dir),
			"make the folder, or set history.dir to \"\"")}
	}
	return []fs.FS{os.DirFS(dir)}, nil
}

// decoders lists every decoder that a journal of ours may name. A version once used stays here for good: the journals
// that name it are still to be read. own are the user's descriptions of ranked pages.
func decoders(own ...map[string]*ranked.Description) map[string]ingest.Decoder {
	all := files.Decoders()
	for _, some := range []map[string]ingest.Decoder{
		crawl.Decoders(), bluesky.Decoders(), dumps.Decoders(), mastodon.Decoders(), twitter.Decoders(), threads.Decoders(), weibo.Decoders(),
		ranked.Decoders(append(own, ranked.Shipped())...),
	} {
		maps.Copy(all, some)
	}
	return all
}
