package lake

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// A partKey names the file that a row of the batch goes to.
type partKey struct {
	dataset  string
	platform ingest.Platform
	day      string
}

func (k partKey) dir() string {
	if k.day == "" { // account numbers belong to no day
		return fmt.Sprintf("%s/platform=%s", k.dataset, k.platform)
	}
	return fmt.Sprintf("%s/platform=%s/day=%s", k.dataset, k.platform, k.day)
}

// encoder is a part of any dataset.
type encoder interface {
	encode() ([]byte, int64, error)
}

// A batch gathers the rows of one commit.
type batch struct {
	lk     *Lake
	parts  map[partKey]encoder
	rows   map[string]int64 // by dataset
	edges  map[partKey]*edges
	people map[ingest.Platform]*followers
	upto   journal.Pos
	size   int // rows
	stats  Stats
}

func newBatch(lk *Lake) *batch {
	return &batch{lk: lk, parts: map[partKey]encoder{}, rows: map[string]int64{}, edges: map[partKey]*edges{}, people: map[ingest.Platform]*followers{}}
}

// put adds one row to its dataset.
func put[T any](b *batch, s *set[T], platform ingest.Platform, row *T, at *place) {
	k := partKey{s.Name, platform, at.ingestedAt.Format(time.DateOnly)}
	p, ok := b.parts[k].(*part[T])
	if !ok {
		p = newPart(s)
		b.parts[k] = p
	}
	p.add(row, at)
	b.rows[s.Name]++
	b.size++
}

// add adds all that one page says. decodeErr says why the page has no rows, where that is so.
func (b *batch) add(rec journal.Record, rows ingest.Rows, decodeErr error) error {
	page := rec.Page
	document, _, _ := strings.Cut(page.Document, ingest.PrivatePart)
	at := &place{source: page.Source, document: document, page: rec.ID.String(), ingestedAt: page.FetchedAt.UTC()}
	platform := page.Platform
	if !platform.Valid() {
		platform = ingest.AnyPlatform
	}
	a := attempt{page: page, err: legible(page.Err), replaces: rows.Replaces && page.Err == "" && decodeErr == nil}
	if decodeErr != nil {
		a.err = legible(fmt.Sprintf("decode as %s: %v", page.Decoder, decodeErr))
		rows = ingest.Rows{Quarantine: []ingest.Reject{{Document: page.Document, Line: 1, Reason: decodeErr.Error()}}}
	}
	put(b, attemptsSet, platform, &a, at)
	b.stats.Pages++
	if a.err != "" {
		b.stats.BadPages++
	}
	if err := b.addAccounts(&rows, at); err != nil {
		return err
	}
	b.addFacts(&rows, at)
	for i := range rows.Quarantine {
		r := &rows.Quarantine[i]
		if b.lk.forgotten.mentioned(platform, r.Text) {
			continue
		}
		r.Text, r.Reason = legible(r.Text), legible(r.Reason)
		put(b, quarantineSet, platform, r, at)
		b.stats.Rejects++
	}
	b.upto = rec.ID
	return nil
}

// addAccounts adds the rows that carry account numbers. An account that only figures name gets a row of its own.
func (b *batch) addAccounts(rows *ingest.Rows, at *place) error {
	if len(rows.Accounts)+len(rows.Snapshots)+len(rows.Rankings)+
		len(rows.Lists)+len(rows.Memberships)+len(rows.Posts)+len(rows.AccountStatuses)+len(rows.Follows) == 0 {
		return nil
	}
	if err := b.lk.loadNumbers(context.Background()); err != nil {
		return err
	}
	for i := range rows.Accounts {
		r := &rows.Accounts[i]
		if !b.usable(rows, r.Platform, r.NativeID, nil) {
			continue
		}
		no, _, err := b.lk.number(r.Platform, r.NativeID)
		if err != nil {
			return err
		}
		at.accountNo = no
		put(b, accountsSet, r.Platform, r, at)
	}
	for i := range rows.Snapshots {
		r := &rows.Snapshots[i]
		if !b.usable(rows, r.Platform, r.NativeID, &r.Reading) {
			continue
		}
		if err := b.numbered(r.Platform, r.NativeID, at); err != nil {
			return err
		}
		put(b, snapshotsSet, r.Platform, r, at)
	}
	for i := range rows.Rankings {
		r := &rows.Rankings[i]
		if !b.usable(rows, r.Platform, r.NativeID, &r.Reading) {
			continue
		}
		if err := b.numbered(r.Platform, r.NativeID, at); err != nil {
			return err
		}
		put(b, rankingsSet, r.Platform, r, at)
	}
	if err := b.addLive(rows, at); err != nil {
		return err
	}
	return b.addFollows(rows, at)
}

// addLive adds what only living platforms say.
func (b *batch) addLive(rows *ingest.Rows, at *place) error {
	for i := range rows.Lists {
		r := &rows.Lists[i]
		if !b.usable(rows, r.Platform, r.NativeID, nil) {
			continue
		}
		if err := b.numbered(r.Platform, r.NativeID, at); err != nil {
			return err
		}
		put(b, listsSet, r.Platform, r, at)
	}
	for i := range rows.Memberships {
		r := &rows.Memberships[i]
		if b.lk.forgotten.find(r.Platform, r.Follower) != nil {
			continue
		}
		if !b.usable(rows, r.Platform, r.Account, nil) {
			continue
		}
		if err := b.numbered(r.Platform, r.Account, at); err != nil {
			return err
		}
		put(b, membershipsSet, r.Platform, r, at)
	}
	for i := range rows.Posts {
		r := &rows.Posts[i]
		if !b.usable(rows, r.Platform, r.NativeID, &r.Reading) {
			continue
		}
		if err := b.numbered(r.Platform, r.NativeID, at); err != nil {
			return err
		}
		put(b, postsSet, r.Platform, r, at)
	}
	for i := range rows.AccountStatuses {
		r := &rows.AccountStatuses[i]
		if !b.usable(rows, r.Platform, r.NativeID, nil) {
			continue
		}
		if err := b.numbered(r.Platform, r.NativeID, at); err != nil {
			return err
		}
		put(b, accountStatusSet, r.Platform, r, at)
	}
	return nil
}

// numbered puts the account's number into at; an account that nobody named before gets a row.
func (b *batch) numbered(platform ingest.Platform, id string, at *place) error {
	no, fresh, err := b.lk.number(platform, id)
	at.accountNo = no
	if fresh && err == nil {
		put(b, accountsSet, platform, &ingest.Account{Platform: platform, NativeID: id}, at)
	}
	return err
}

// usable keeps out what no decoder should hand over: a row that it refuses goes to quarantine.
func (b *batch) usable(rows *ingest.Rows, platform ingest.Platform, id string, reading *ingest.Reading) bool {
	reason := ""
	switch {
	case !platform.Valid():
		reason = fmt.Sprintf("platform %q, want lower-case letters, digits and underscores", platform)
	case id == "":
		reason = "account without an id"
	case reading != nil && reading.Check() != nil:
		reason = reading.Check().Error()
	}
	if reason != "" {
		rows.Quarantine = append(rows.Quarantine, ingest.Reject{Text: string(platform) + " " + id, Reason: reason})
	}
	return reason == ""
}

// addFacts adds the rows that carry no account numbers.
func (b *batch) addFacts(rows *ingest.Rows, at *place) {
	const anyID = "-" // these rows have no account
	for i := range rows.Platforms {
		if r := &rows.Platforms[i]; b.usable(rows, r.Platform, anyID, nil) {
			put(b, platformsSet, r.Platform, r, at)
		}
	}
	for i := range rows.Metrics {
		put(b, metricsSet, ingest.AnyPlatform, &rows.Metrics[i], at)
	}
	for i := range rows.PlatformMetrics {
		if r := &rows.PlatformMetrics[i]; b.usable(rows, r.Platform, anyID, &r.Reading) {
			put(b, platformMetricsSet, r.Platform, r, at)
		}
	}
	for i := range rows.Events {
		if r := &rows.Events[i]; b.usable(rows, r.Platform, anyID, nil) {
			put(b, eventsSet, r.Platform, r, at)
		}
	}
	for i := range rows.Forecasts {
		put(b, forecastsSet, ingest.AnyPlatform, &rows.Forecasts[i], at)
	}
	for i := range rows.Sources {
		put(b, sourcesSet, ingest.AnyPlatform, &rows.Sources[i], at)
	}
}

// numberParts are the files of the account numbers that the batch gave.
func (b *batch) numberParts() map[partKey]encoder {
	parts := map[partKey]encoder{}
	for _, platform := range slices.Sorted(maps.Keys(b.lk.numbers)) {
		n := b.lk.numbers[platform]
		if len(n.fresh) == 0 {
			continue
		}
		p := newPart(numbersSet)
		first := uint32(len(n.of) - len(n.fresh))
		for i, id := range n.fresh {
			p.add(&numbered{id}, &place{accountNo: first + uint32(i)})
		}
		parts[partKey{dataset: numbersSet.Name, platform: platform}] = p
	}
	return parts
}

// legible makes a stranger's text safe to store: valid UTF-8 without NUL.
func legible(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\u2400")
}
