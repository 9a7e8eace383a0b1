// Package ingest says what overtake collects and how a source hands it over.
//
// A [Source] reads one place (a platform's interface, a ranked page, a folder of cited figures) page by page. A [Page]
// is one answer as served, with the request that caused it and the position after it. A [Sink] (package journal) keeps
// pages for good, one checksummed record each. Rows are never handed over directly: package lake decodes the kept bytes
// again by the same pure function ([Decoder]) that the source names, so that everything below the journal can be deleted
// and made again.
//
// The words of the field (reading, snapshot, ranking, event) are the types of this package. Analysis does not import
// them: the Parquet columns described in data/README.md are the contract between the two.
package ingest

// A Platform is the short name of a microblog platform, such as "sina_weibo" or "twitter": the key of the platforms
// dataset, and a folder name in the lake, hence lower-case letters, digits and underscores only.
type Platform string

// AnyPlatform is the partition of rows that belong to no single platform, such as citations and published forecasts.
const AnyPlatform Platform = "all"

// Valid reports whether p can stand as a folder name and a key.
func (p Platform) Valid() bool {
	if p == "" || len(p) > 40 {
		return false
	}
	for i := range len(p) {
		c := p[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}
