package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/ingest/bluesky"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/mastodon"
	"github.com/overtake-analytics/overtake/ingest/ranked"
	"github.com/overtake-analytics/overtake/ingest/threads"
	"github.com/overtake-analytics/overtake/ingest/twitter"
	"github.com/overtake-analytics/overtake/ingest/weibo"
)

// A siteMaker makes a site of its configuration. token is the value of the environment variable that token_env names.
type siteMaker func(a *app, s sourceConfig, token string) (crawl.Site, error)

// siteMakers are the living platforms that can be collected from, by the name that the configuration gives.
var siteMakers = map[string]siteMaker{
	bluesky.Name: func(_ *app, s sourceConfig, _ string) (crawl.Site, error) {
		site := bluesky.Default()
		if s.At != "" { // somebody else's network: its relay, if it has one, is named beside it
			site.AppView, site.Relay = s.At, ""
		}
		site.Relay = cmp.Or(s.Options["relay"], site.Relay)
		return site, nil
	},
	"mastodon": func(_ *app, s sourceConfig, token string) (crawl.Site, error) {
		u, err := url.Parse(s.At)
		if err != nil || u.Hostname() == "" {
			return nil, usage{errors.New("at is missing: the server's address, such as https://social.example")}
		}
		software, err := s.option("software", "mastodon", "misskey")
		return mastodon.Site{Domain: cmp.Or(s.Options["domain"], u.Hostname()), Base: s.At, Token: token, Misskey: software == "misskey"}, err
	},
	twitter.Name: func(_ *app, s sourceConfig, token string) (crawl.Site, error) {
		names, err := s.option("names", "tweet", "post")
		return twitter.Site{Base: s.At, Token: token, PostNames: names == "post"}, errors.Join(err, needToken(token))
	},
	threads.Name: func(_ *app, s sourceConfig, token string) (crawl.Site, error) {
		in, err := s.option("token_in", "header", "query")
		return threads.Site{Base: s.At, Token: token, Me: s.Options["me"], TokenInQuery: in == "query"}, errors.Join(err, needToken(token))
	},
	"weibo": func(_ *app, s sourceConfig, token string) (crawl.Site, error) {
		by, err := s.option("interface", string(weibo.Open), string(weibo.Mobile), string(weibo.Desktop))
		site := weibo.Site{Interface: weibo.Interface(by), Base: s.At}
		if site.Interface != weibo.Open {
			site.Cookie = token // may be empty: then the site shows what it shows to strangers
			return site, err
		}
		site.Token = token
		return site, errors.Join(err, needToken(token))
	},
	"ranked": func(a *app, s sourceConfig, _ string) (crawl.Site, error) {
		d, err := a.description(s)
		if err != nil {
			return nil, err
		}
		site, err := ranked.New(d, s.URLs...)
		if err != nil {
			return nil, usage{err}
		}
		return site, nil
	},
}

func siteNames() []string { return slices.Sorted(maps.Keys(siteMakers)) }

func needToken(token string) error {
	if token == "" {
		return usage{errors.New("token_env is missing: the NAME of the environment variable that holds the token")}
	}
	return nil
}

// option is one of the source's options, which must be one of the given words; the first is its default.
func (s sourceConfig) option(name string, words ...string) (string, error) {
	value := cmp.Or(s.Options[name], words[0])
	if !slices.Contains(words, value) {
		return "", usage{fmt.Errorf("options.%s = %q, want one of %s", name, value, strings.Join(words, ", "))}
	}
	return value, nil
}

// description is the description of a ranked page: a shipped one by its name, or a TOML file beside the configuration.
func (a *app) description(s sourceConfig) (*ranked.Description, error) {
	page := s.Options["page"]
	name, own := strings.CutSuffix(filepath.Base(page), ".toml")
	if !own {
		if d := ranked.Shipped()[page]; d != nil {
			return d, nil
		}
		return nil, usage{fmt.Errorf("options.page = %q, want one of %s, or a file such as \"list.toml\"", page, strings.Join(slices.Sorted(maps.Keys(ranked.Shipped())), ", "))}
	}
	text, err := os.ReadFile(a.conf.beside(page))
	if err != nil {
		return nil, usage{fmt.Errorf("options.page: %w", err)}
	}
	if ranked.Shipped()[name] != nil {
		return nil, usage{fmt.Errorf("options.page = %q: the name is that of a shipped description, give the file another", page)}
	}
	d, err := ranked.Parse(name, string(text))
	if err != nil {
		return nil, usage{fmt.Errorf("%s: %w", a.conf.beside(page), err)}
	}
	return d, nil
}

// ownDescriptions are the descriptions of pages that the configuration names by file. What cannot be read is left to
// whoever collects; a journal that needs it says so.
func (a *app) ownDescriptions() map[string]*ranked.Description {
	own := map[string]*ranked.Description{}
	for _, s := range a.conf.Collect.Source {
		if s.Name != "ranked" {
			continue
		}
		if d, err := a.description(s); err == nil {
			own[d.Name] = d
		}
	}
	return own
}

// secretsOf are the parts of a token or a cookie that servers may send back.
func secretsOf(token string) []string {
	return append(strings.FieldsFunc(token, func(r rune) bool { return r == ';' || r == '=' || r == ' ' }), token)
}
