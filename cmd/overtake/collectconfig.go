package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// A collectConfig is the section [collect] of overtake.toml: what to ask of living platforms.
type collectConfig struct {
	Contact      string         `toml:"contact"`
	AllowPrivate bool           `toml:"allow_private"`
	Requests     int            `toml:"requests"`
	Minutes      int            `toml:"minutes"`
	GiveUp       string         `toml:"give_up"`
	Tries        int            `toml:"tries"`
	Source       []sourceConfig `toml:"source"`
}

// A sourceConfig is one [[collect.source]].
type sourceConfig struct {
	Name     string            `toml:"name"`
	At       string            `toml:"at"`
	Options  map[string]string `toml:"options"`
	TokenEnv string            `toml:"token_env"`

	Accounts     []string `toml:"accounts"`
	AccountsFile string   `toml:"accounts_file"`
	Top          int      `toml:"top"`
	Of           string   `toml:"of"`

	Collect  []string          `toml:"collect"`
	Lists    []string          `toml:"lists"`
	Strategy string            `toml:"strategy"`
	Sample   int               `toml:"sample"`
	First    int64             `toml:"first"`
	Most     int64             `toml:"most"`
	Posts    int               `toml:"posts"`
	Rankings []string          `toml:"rankings"`
	URLs     []string          `toml:"urls"`
	Every    map[string]string `toml:"every"`

	RequestsPerMinute int `toml:"requests_per_minute"`
	Parallel          int `toml:"parallel"`
	Budget            int `toml:"budget"`
}

// collectable are the words that collect may hold.
var collectable = []crawl.What{crawl.Profiles, crawl.Followers, crawl.Following, crawl.Posts, crawl.Figures, crawl.Ranking}

// check reports the first value that cannot be used. bad makes the error from key, value and what was expected.
func (c collectConfig) check(bad func(key string, got any, want string) error) error {
	if len(c.Source) > 0 && c.Contact == "" {
		return bad("collect.contact", c.Contact, "an address under which the platforms can reach you, such as \"mailto:desk@example.org\"")
	}
	if c.Tries < 0 {
		return bad("collect.tries", c.Tries, "0 (five) or more")
	}
	if c.Requests < 0 || c.Minutes < 0 {
		return bad("collect.requests, collect.minutes", fmt.Sprint(c.Requests, ", ", c.Minutes), "0 (no bound) or more")
	}
	if _, err := duration(c.GiveUp); err != nil {
		return bad("collect.give_up", c.GiveUp, durationHelp)
	}
	for i, s := range c.Source {
		at := fmt.Sprintf("collect.source[%d] (%s).", i+1, s.Name)
		if err := s.check(func(key string, got any, want string) error { return bad(at+key, got, want) }); err != nil {
			return err
		}
	}
	return nil
}

const durationHelp = `a time such as "24h" or "7d"`

func (s sourceConfig) check(bad func(key string, got any, want string) error) error {
	if _, ok := siteMakers[s.Name]; !ok {
		return bad("name", s.Name, "one of "+strings.Join(siteNames(), ", "))
	}
	if s.At != "" {
		if u, err := url.Parse(s.At); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
			return bad("at", s.At, "an address such as https://example.org, without a user name")
		}
	}
	for _, what := range s.Collect {
		if !slices.Contains(collectable, crawl.What(what)) {
			return bad("collect", what, fmt.Sprintf("words out of %v", collectable))
		}
	}
	switch {
	case s.Strategy == ingest.StrategyFirst && s.First <= 0:
		return bad("first", s.First, "how many members to read of each list")
	case s.Strategy == ingest.StrategySample && s.Sample <= 0:
		return bad("sample", s.Sample, "how many members to draw from each list")
	case !slices.Contains([]string{"", ingest.StrategyAll, ingest.StrategyFirst, ingest.StrategySample}, s.Strategy):
		return bad("strategy", s.Strategy, "all, first or sample")
	case s.Top < 0 || s.Top > 0 && s.Of == "":
		return bad("top", s.Top, "a number of accounts, with of = the name of a ranking")
	case s.First < 0 || s.Most < 0 || s.Posts < 0 || s.RequestsPerMinute < 0 || s.Parallel < 0 || s.Budget < 0:
		return bad("first, most, posts, requests_per_minute, parallel, budget", "a negative number", "0 or more")
	}
	for what, text := range s.Every {
		if !slices.Contains(append(slices.Clone(collectable), crawl.Members), crawl.What(what)) {
			return bad("every", what, fmt.Sprintf("keys out of %v", collectable))
		}
		if d, err := duration(text); err != nil || d <= 0 {
			return bad("every."+what, text, durationHelp)
		}
	}
	return nil
}

// duration reads 24h, 90m or 7d; "" is 0.
func duration(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if n, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.ParseFloat(n, 64)
		if err != nil || !(days >= 0 && days < 36500) {
			return 0, errors.New(durationHelp)
		}
		return time.Duration(days * 24 * float64(time.Hour)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errors.New(durationHelp)
	}
	return d, nil
}

// orders are what the configuration asks of one source; accounts are those of all three ways to name them.
func (s sourceConfig) orders(seed uint64, giveUp time.Duration, accounts []string) crawl.Orders {
	o := crawl.Orders{
		Accounts: accounts, Lists: s.Lists, Rankings: s.Rankings, Strategy: s.Strategy, Sample: s.Sample, First: s.First,
		Most: s.Most, Posts: s.Posts, Seed: seed, Every: map[crawl.What]time.Duration{}, GiveUp: giveUp,
	}
	for _, what := range s.Collect {
		o.Collect = append(o.Collect, crawl.What(what))
	}
	if len(s.Collect) == 0 {
		o.Collect = []crawl.What{crawl.Profiles}
	}
	if o.Posts == 0 {
		o.Posts = 100
	}
	for what, text := range s.Every {
		o.Every[crawl.What(what)], _ = duration(text) // checked when the file was read
	}
	return o
}

// readAccounts reads a file of accounts, one a line; what follows # is a comment.
func readAccounts(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")); line != "" {
			all = append(all, line)
		}
	}
	return all, lines.Err()
}

// beside is a path of the configuration, relative to its file.
func (c config) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.path), path)
}
