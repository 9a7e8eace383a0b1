package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// Rows of two datasets have no type in package ingest.
type (
	attempt struct {
		page     ingest.Page
		err      string
		replaces bool
		bytes    int64 // of an imported file, which is not kept
	}
	numbered struct{ nativeID string }
)

// The datasets of the lake. Columns are only ever added; a changed meaning gets a new name.
var (
	platformsSet = newSet("platforms", "One row per platform and page that describes it: names, family, launch and end.",
		[]column[ingest.PlatformFact]{
			key("name", "name in English", func(r *ingest.PlatformFact, _ *place) string { return r.Name }),
			text("name_zh", "name in Chinese", func(r *ingest.PlatformFact, _ *place) string { return r.NameZH }),
			key("family", "weibo_style or twitter_style", func(r *ingest.PlatformFact, _ *place) string { return r.Family }),
			day("launched_from", "first day on which it may have been launched", func(r *ingest.PlatformFact, _ *place) time.Time { return r.LaunchedFrom }),
			day("launched_to", "last day on which it may have been launched", func(r *ingest.PlatformFact, _ *place) time.Time { return r.LaunchedTo }),
			day("closed_from", "first day on which it may have been closed; null while it lives", func(r *ingest.PlatformFact, _ *place) time.Time { return r.ClosedFrom }),
			day("closed_to", "last day on which it may have been closed; null while it lives", func(r *ingest.PlatformFact, _ *place) time.Time { return r.ClosedTo }),
		}, evidenceColumns(func(r *ingest.PlatformFact) *ingest.Evidence { return &r.Evidence }))

	metricsSet = newSet("metrics", "One row per kind of count and page that defines it.",
		[]column[ingest.MetricFact]{
			key("kind", "short name of the metric, the key of all readings", func(r *ingest.MetricFact, _ *place) string { return string(r.Kind) }),
			key("unit", "what is counted: accounts, users, followers, posts, percent, ...", func(r *ingest.MetricFact, _ *place) string { return r.Unit }),
			key("name", "name in English", func(r *ingest.MetricFact, _ *place) string { return r.Name }),
			text("name_zh", "name in Chinese", func(r *ingest.MetricFact, _ *place) string { return r.NameZH }),
			key("definition", "what is counted and what is not", func(r *ingest.MetricFact, _ *place) string { return r.Definition }),
			key("measure", "stock (a level), flow (per period) or share", func(r *ingest.MetricFact, _ *place) string { return r.Measure }),
			text("compared_as", "metrics with the same value here may be compared across platforms; null: never", func(r *ingest.MetricFact, _ *place) string { return r.ComparedAs }),
			text("definition_url", "page that defines it", func(r *ingest.MetricFact, _ *place) string { return r.DefinitionURL }),
		})

	accountsSet = newSet("accounts", "One row per account and page that names it.",
		[]column[ingest.Account]{
			accountNo[ingest.Account](),
			key("native_id", "the platform's own stable id, or the handle where the source gives nothing better", func(r *ingest.Account, _ *place) string { return r.NativeID }),
			text("handle", "name in the account's address", func(r *ingest.Account, _ *place) string { return r.Handle }),
			text("display_name", "name as shown; a stranger's text", func(r *ingest.Account, _ *place) string { return r.DisplayName }),
			text("category", "what the holder is known for: music, film_tv, politics, media, brand, sports, business, science, other", func(r *ingest.Account, _ *place) string { return r.Category }),
		})

	snapshotsSet = newSet("snapshots", "One row per reading of one account: so many followers, posts, ... at a date, from one source.",
		[]column[ingest.Snapshot]{
			accountNo[ingest.Snapshot](),
			key("native_id", "the account's id, see accounts", func(r *ingest.Snapshot, _ *place) string { return r.NativeID }),
		},
		readingColumns(func(r *ingest.Snapshot) *ingest.Reading { return &r.Reading }),
		datingColumns(func(r *ingest.Snapshot) *ingest.Dating { return &r.Dating }),
		evidenceColumns(func(r *ingest.Snapshot) *ingest.Evidence { return &r.Evidence }))

	rankingsSet = newSet("rankings", "One row per entry of a published list of the most-followed accounts.",
		[]column[ingest.RankingEntry]{
			key("list", "name of the list: all entries of one publication for one date share it", func(r *ingest.RankingEntry, _ *place) string { return r.List }),
			count32("rank", "place in the list, from 1, as published: a list may be cut off or leave places out", func(r *ingest.RankingEntry, _ *place) int { return r.Rank }),
			accountNo[ingest.RankingEntry](),
			key("native_id", "the account's id, see accounts", func(r *ingest.RankingEntry, _ *place) string { return r.NativeID }),
		},
		readingColumns(func(r *ingest.RankingEntry) *ingest.Reading { return &r.Reading }),
		datingColumns(func(r *ingest.RankingEntry) *ingest.Dating { return &r.Dating }),
		evidenceColumns(func(r *ingest.RankingEntry) *ingest.Evidence { return &r.Evidence }))

	platformMetricsSet = newSet("platform_metrics", "One row per figure about a whole platform from one source. Two files may hold the same figure of the same source; staging removes such repeats.",
		readingColumns(func(r *ingest.PlatformMetric) *ingest.Reading { return &r.Reading }),
		[]column[ingest.PlatformMetric]{
			key("unit", "what is counted, as in metrics", func(r *ingest.PlatformMetric, _ *place) string { return r.Unit }),
			flag("derived", "true where we computed the figure from a page that does not print it; the note holds the formula", func(r *ingest.PlatformMetric, _ *place) bool { return r.Derived }),
		},
		datingColumns(func(r *ingest.PlatformMetric) *ingest.Dating { return &r.Dating }),
		evidenceColumns(func(r *ingest.PlatformMetric) *ingest.Evidence { return &r.Evidence }))

	eventsSet = newSet("events", "One row per dated event and source.",
		[]column[ingest.Event]{
			key("kind", "product, market, ownership, regulation, investment, partnership or outage", func(r *ingest.Event, _ *place) string { return r.Kind }),
			key("status", "confirmed, planned or rumour", func(r *ingest.Event, _ *place) string { return r.Status }),
			text("parties", "who took part, separated by semicolons", func(r *ingest.Event, _ *place) string { return r.Parties }),
			key("title", "what happened", func(r *ingest.Event, _ *place) string { return r.Title }),
		},
		datingColumns(func(r *ingest.Event) *ingest.Dating { return &r.Dating }),
		evidenceColumns(func(r *ingest.Event) *ingest.Evidence { return &r.Evidence }))

	forecastsSet = newSet("forecasts", "One row per published statement that one platform will pass another.",
		[]column[ingest.Forecast]{
			key("forecaster", "who said it", func(r *ingest.Forecast, _ *place) string { return r.Forecaster }),
			day("made_on", "day of the publication", func(r *ingest.Forecast, _ *place) time.Time { return r.MadeOn }),
			key("kind", "metric that it is about, see metrics", func(r *ingest.Forecast, _ *place) string { return string(r.Kind) }),
			key("challenger", "platform said to pass the other", func(r *ingest.Forecast, _ *place) string { return string(r.Challenger) }),
			key("leader", "platform said to be passed", func(r *ingest.Forecast, _ *place) string { return string(r.Leader) }),
			day("window_from", "first day of the time named", func(r *ingest.Forecast, _ *place) time.Time { return r.WindowFrom }),
			day("window_to", "last day of the time named; null where it is open-ended", func(r *ingest.Forecast, _ *place) time.Time { return r.WindowTo }),
			text("statement", "the statement in short", func(r *ingest.Forecast, _ *place) string { return r.Statement }),
		}, evidenceColumns(func(r *ingest.Forecast) *ingest.Evidence { return &r.Evidence }))

	sourcesSet = newSet("sources", "One row per source page that figures cite.",
		[]column[ingest.Citation]{
			key("url", "address of the page, the key that source_url refers to", func(r *ingest.Citation, _ *place) string { return r.URL }),
			text("title", "title of the page", func(r *ingest.Citation, _ *place) string { return r.Title }),
			key("trust", "A (filing, company release, agency, first-hand newspaper), B (trade press, compiler, data repository) or C (blog, repost, copy)", func(r *ingest.Citation, _ *place) string { return r.Trust }),
			text("note", "what a reader of the figures should know about the page", func(r *ingest.Citation, _ *place) string { return r.Note }),
			text("licence", "licence of the data, where it was seen", func(r *ingest.Citation, _ *place) string { return r.Licence }),
		})

	listsSet = newSet("lists", "One row per state of one reading of one account's list of followers or following; of rows with the same list the newest page counts.",
		[]column[ingest.ListReading]{
			key("list", "name of the reading, unique: what follows and memberships refer to", func(r *ingest.ListReading, _ *place) string { return r.List }),
			accountNo[ingest.ListReading](),
			key("native_id", "id of the account whose list it is, see accounts", func(r *ingest.ListReading, _ *place) string { return r.NativeID }),
			key("direction", "followers (who follows the account) or following (whom it follows)", func(r *ingest.ListReading, _ *place) string { return r.Direction }),
			key("strategy", "all, first (the beginning of the list) or sample (each member with the same known probability)", func(r *ingest.ListReading, _ *place) string { return r.Strategy }),
			key("verdict", "complete, truncated (the platform shows a part), hidden, partial_federation (as one server knows it), budget (we stopped) or error", func(r *ingest.ListReading, _ *place) string { return r.Verdict }),
			count64("collected", "accounts", "distinct members kept", func(r *ingest.ListReading, _ *place) int64 { return r.Collected }),
			known64("stated", "accounts", "length of the list as the platform states it; null where it does not", func(r *ingest.ListReading, _ *place) int64 { return r.Stated }),
			known64("frame", "accounts", "distinct members that a sample was drawn from; null where there is no sample", func(r *ingest.ListReading, _ *place) int64 { return r.Frame }),
			number("probability", "share", "inclusion probability of each member of the frame; 1 where all were kept", func(r *ingest.ListReading, _ *place) float64 { return r.Probability }),
			key("seed", "seed of the draw, a whole number below 2^64 as text", func(r *ingest.ListReading, _ *place) string { return strconv.FormatUint(r.Seed, 10) }),
			text("basis", "uniform (by design), threshold_hash (those whose hash lies below a threshold) or recency (the newest: no sample); null for a whole list", func(r *ingest.ListReading, _ *place) string { return r.Basis }),
			instant("started_at", "when the first answer was complete", func(r *ingest.ListReading, _ *place) time.Time { return r.StartedAt }),
			instant("ended_at", "when the last answer was complete", func(r *ingest.ListReading, _ *place) time.Time { return r.EndedAt }),
			text("reason", "why the verdict is not complete", func(r *ingest.ListReading, _ *place) string { return r.Reason }),
		})

	membershipsSet = newSet("memberships", "One row per sampled follower and request that asked which tracked accounts the follower follows; checked and follows of one follower add up.",
		[]column[ingest.Membership]{
			key("list", "the sample that the follower was drawn in, see lists", func(r *ingest.Membership, _ *place) string { return r.List }),
			accountNo[ingest.Membership](),
			key("native_id", "id of the account whose list was sampled, see accounts", func(r *ingest.Membership, _ *place) string { return r.Account }),
			key("follower_key", "pseudonym of the follower: 16 hexadecimal digits of the SHA-256 of platform and id", func(r *ingest.Membership, _ *place) string { return followerKey(r.Platform, r.Follower) }),
			count64("checked", "accounts", "tracked accounts that this request asked about, the sampled account itself counted once", func(r *ingest.Membership, _ *place) int64 { return int64(r.Checked) }),
			count64("follows", "accounts", "of them, those that the follower follows", func(r *ingest.Membership, _ *place) int64 { return int64(r.Follows) }),
		})

	postsSet = newSet("posts", "One row per reading of one post: so many likes, reposts, ... at a date.",
		[]column[ingest.Post]{
			accountNo[ingest.Post](),
			key("native_id", "id of the author, see accounts", func(r *ingest.Post, _ *place) string { return r.NativeID }),
			key("post_id", "the platform's own id of the post", func(r *ingest.Post, _ *place) string { return r.PostID }),
			instant("posted_at", "when it was posted, as the platform states it", func(r *ingest.Post, _ *place) time.Time { return r.PostedAt }),
		},
		readingColumns(func(r *ingest.Post) *ingest.Reading { return &r.Reading }),
		datingColumns(func(r *ingest.Post) *ingest.Dating { return &r.Dating }),
		evidenceColumns(func(r *ingest.Post) *ingest.Evidence { return &r.Evidence }))

	accountStatusSet = newSet("account_status", "One row per account and time that it was asked for: how it was found.",
		[]column[ingest.AccountStatus]{
			accountNo[ingest.AccountStatus](),
			key("native_id", "the account's id, see accounts", func(r *ingest.AccountStatus, _ *place) string { return r.NativeID }),
			key("status", "active, suspended (by the platform), deleted (by its holder), deactivated (may come back), renamed or not_found", func(r *ingest.AccountStatus, _ *place) string { return r.Status }),
			text("handle", "name in the account's address at that time", func(r *ingest.AccountStatus, _ *place) string { return r.Handle }),
			instant("seen_at", "when it was found so", func(r *ingest.AccountStatus, _ *place) time.Time { return r.SeenAt }),
			text("reason", "what the platform said", func(r *ingest.AccountStatus, _ *place) string { return r.Reason }),
		})

	attemptsSet = newSet("attempts", "One row per page of the journal, also for those that brought nothing: what was asked, and what came of it.",
		[]column[attempt]{
			text("url", "what was asked for, without secrets; null for files", func(r *attempt, _ *place) string { return r.page.URL }),
			count32("status", "HTTP status; null where there is none", func(r *attempt, _ *place) int { return r.page.Status }),
			text("media_type", "type of the answer", func(r *attempt, _ *place) string { return r.page.MediaType }),
			count64("bytes", "bytes", "length of the answer, decompressed", func(r *attempt, _ *place) int64 { return max(r.bytes, int64(len(r.page.Raw))) }),
			number("took_ms", "milliseconds", "time that the answer took", func(r *attempt, _ *place) float64 { return float64(r.page.Took.Microseconds()) / 1000 }),
			text("error", "why the page gave no rows; null where it did", func(r *attempt, _ *place) string { return r.err }),
			instant("fetched_at", "when the answer was complete", func(r *attempt, _ *place) time.Time { return r.page.FetchedAt }),
			text("decoder", "name and version of the decoder that reads the answer", func(r *attempt, _ *place) string { return r.page.Decoder }),
			flag("replaces", "true where the page's rows are all that its document holds: rows of older pages of the same source and document no longer count", func(r *attempt, _ *place) bool { return r.replaces }),
		})

	quarantineSet = newSet("quarantine", "One row per row that could not be read.",
		[]column[ingest.Reject]{
			count32("line", "line of the document, from 1; null where lines mean nothing", func(r *ingest.Reject, _ *place) int { return r.Line }),
			count64("byte_offset", "bytes", "where the row begins in the document", func(r *ingest.Reject, _ *place) int64 { return r.Offset }),
			text("text", "the row as it stands there, made legible and cut to a thousand bytes", func(r *ingest.Reject, _ *place) string { return r.Text }),
			key("reason", "why it was refused", func(r *ingest.Reject, _ *place) string { return r.Reason }),
		})

	// numbersSet is the lake's own list of account numbers. It is no dataset for analysis: accounts has the same pairs.
	numbersSet = bareSet("_numbers", "One row per account, when its number was given.",
		[]column[numbered]{
			accountNo[numbered](),
			key("native_id", "the account's id, see accounts", func(r *numbered, _ *place) string { return r.nativeID }),
		})
)

// Datasets lists the datasets of the lake with their columns, in the order in which data/README.md has them.
func Datasets() []Dataset {
	return []Dataset{
		platformsSet.Dataset, metricsSet.Dataset, accountsSet.Dataset, snapshotsSet.Dataset, rankingsSet.Dataset,
		platformMetricsSet.Dataset, eventsSet.Dataset, forecastsSet.Dataset, sourcesSet.Dataset,
		listsSet.Dataset, membershipsSet.Dataset, postsSet.Dataset, accountStatusSet.Dataset,
		attemptsSet.Dataset, quarantineSet.Dataset,
	}
}

// followerKey is what the lake keeps of a follower who was asked about: enough to tell two apart, and to find one again who
// is to be forgotten.
func followerKey(platform ingest.Platform, id string) string {
	sum := sha256.Sum256([]byte(string(platform) + "\x00" + id))
	return hex.EncodeToString(sum[:8])
}

func readingColumns[T any](of func(*T) *ingest.Reading) []column[T] {
	return []column[T]{
		key("kind", "what is counted, see metrics", func(r *T, _ *place) string { return string(of(r).Kind) }),
		number("value", "the kind's own", "the figure as shown", func(r *T, _ *place) float64 { return of(r).Value }),
		number("step", "the kind's own", "smallest change that the display can show; 1 for a full count", func(r *T, _ *place) float64 { return of(r).Step }),
		key("mode", "exact, round, floor or censored_right (at least the value)", func(r *T, _ *place) string { return string(of(r).Mode) }),
		text("step_basis", "how the step is known: exact, stated (the display shows it) or inferred", func(r *T, _ *place) string { return of(r).StepBasis }),
		number("lo", "the kind's own", "the true count is not below this", func(r *T, _ *place) float64 { return of(r).Lo }),
		number("hi", "the kind's own", "the true count is not above this; null where nothing bounds it", func(r *T, _ *place) float64 { return of(r).Hi }),
	}
}

func datingColumns[T any](of func(*T) *ingest.Dating) []column[T] {
	return []column[T]{
		day("effective_from", "first day that the row may be about", func(r *T, _ *place) time.Time { return of(r).From }),
		day("effective_to", "last day that the row may be about", func(r *T, _ *place) time.Time { return of(r).To }),
		text("precision", "how exactly the date is known: day, week, month, quarter or year", func(r *T, _ *place) string { return of(r).Precision }),
		day("published_on", "day from which it could be known", func(r *T, _ *place) time.Time { return of(r).PublishedOn }),
		text("published_basis", "how that day is known: url, memento, or one of the assumptions of history/SOURCES.md", func(r *T, _ *place) string { return of(r).PublishedBasis }),
		instant("observed_at", "instant of the observation; null where only the date is known", func(r *T, _ *place) time.Time { return of(r).ObservedAt }),
	}
}

func evidenceColumns[T any](of func(*T) *ingest.Evidence) []column[T] {
	return []column[T]{
		text("source_url", "page on which it was read, see sources", func(r *T, _ *place) string { return of(r).URL }),
		text("source_title", "title of that page", func(r *T, _ *place) string { return of(r).Title }),
		text("note", "what a reader of the row should know", func(r *T, _ *place) string { return of(r).Note }),
	}
}

func placeColumns[T any]() []column[T] {
	return []column[T]{
		key("source", "name of the source that brought the row", func(_ *T, at *place) string { return at.source }),
		key("document", "file or request that the row was read from", func(_ *T, at *place) string { return at.document }),
		key("page", "id of the journal record that holds the answer; text that sorts by age", func(_ *T, at *place) string { return at.page }),
		instant("ingested_at", "when the answer was complete", func(_ *T, at *place) time.Time { return at.ingestedAt }),
	}
}
