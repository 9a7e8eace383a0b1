// Package lake decodes what the journal holds and keeps the rows as Parquet files, written with Apache Arrow. It can be
// deleted at any time but for what was imported: Write makes it again from the journal.
//
// # Layout
//
//	<dataset>/platform=<p>/day=<YYYY-MM-DD>/part-<sha256[:16]>.parquet   rows, see [Datasets]
//	_commits/NNNNNN.json                                                 manifests, from 000001
//	_numbers/platform=<p>/part-<sha256[:16]>.parquet                     account numbers as they were given
//	follows/platform=<p>/day=<YYYY-MM-DD>/part-<sha256[:16]>.parquet     who follows whom, see below
//	_people/platform=<p>/kind=<number|text>/part-<...>.parquet           follower numbers as they were given
//	_kept/<platform>-<id>.json                                           imports while a lake is being made again
//	_forgotten.json                                                      people who are left out, see [Lake.Forget]
//	_tmp/  _lock                                                         files in the making; the writer's lock
//
// platform and day (of ingestion, UTC) stand in the path only. Every field carries its comment and its unit as metadata
// of the stored Arrow schema. Rows stand in the order of the journal, and the same journal records committed together
// give the same bytes, whatever the number of workers.
//
// # Commits
//
// Files are immutable. A commit writes and syncs all of its files under temporary names, renames them, syncs the
// folders, and then makes its manifest appear by rename: a file counts only once a manifest lists it. What an
// interrupted commit left is removed by the next Write, which begins behind the last manifest, so that nothing is lost
// and nothing comes twice. A manifest is JSON:
//
//	format    2
//	commit    its number
//	previous  checksum of the manifest before it
//	journal   {"id": name of the journal, "after": a, "upto": b}: the records a+1..b are in this commit
//	files     [{"dataset", "path" relative to the lake, "rows", "bytes", "sha256"}]
//	numbers   the same for _numbers
//	accounts  {platform: account numbers given so far}
//	follows   the same for follows; where there are none, this and what follows is absent, and format is 1
//	people    the same for _people
//	people_given  {platform: follower numbers given so far}
//	replaced  files of earlier commits that this one took out, and the files that stand in their place now
//	import    what was imported, where the commit is an import: its ledger entry, see [Import]
//	checksum  sha256 of the manifest's compact JSON with this value empty
//
// A lake that was written in several commits and one that [Lake.Remove] and Write make again hold the same rows with the
// same account numbers; the second has fewer, larger files.
//
// # Follows
//
// Follows are millions to billions of rows of three numbers, so they have a way of their own. A file of the dataset follows
// is sorted by (account_no, follower_no); an account has one list in it. It is plain Parquet for every reader (columns list
// and account_no as run lengths, follower_no as it is) and holds, before the footer, an index of its runs and checksums
// of its pages for [Lake.FollowerLists]. Followers are people with numbers of their own, apart from those of the accounts.
// Both datasets of numbers are kept for ever; a list that came in several pages lies in several runs, which a cursor merges.
//
// # Imports
//
// A follow graph that was imported ([Lake.BeginImport], package follows) is one commit, whose journal range is empty. Its
// files are the only copy: the journal does not hold imported edges. Hence [Reset] keeps what imports brought, each proved
// by its sha256, and Write takes each over between the same two journal records as before. Numbers come out the same.
//
// # Pages that replace older ones
//
// Rows are never changed or removed. Where a page's rows are all that its document holds, as for a file that was edited,
// its row in the dataset attempts has replaces = true, and readers must keep only the newest such page of each source
// and document, beside all pages that replace nothing:
//
//	select s.* from snapshots s left join (
//	    select source, document, max(page) as page from attempts where replaces group by source, document
//	) newest on newest.source = s.source and newest.document = s.document
//	where newest.page is null or s.page >= newest.page
//
// A page that failed or could not be decoded has replaces = false, so that a broken file does not take away the rows of
// its last good state.
//
// # Account numbers
//
// Each account of a platform gets a number when the journal first names it, dense from 0, for good. They depend on the
// journal only.
package lake
