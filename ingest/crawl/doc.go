// Package crawl reads the interfaces of living platforms: profiles in batches, lists of followers page by page, posts,
// figures about the platform, rankings, and which tracked accounts a sampled follower follows.
//
// A platform package says only how a page is asked for and what an answer says, as a [Site]. Everything else is here: the
// order of the work, what is due, cursors that survive any crash, sampling, limits, verdicts, and what to do when a server
// misbehaves.
//
// # How to add a platform
//
// Write a type with the five methods of [Site]. Request turns an [Ask] into a URL and headers, one page of one walk at a
// time. Read is a pure function from the page as served to a [Reply]: rows for the lake, the platform's cursor of the
// next page, and what else the walk has to know. The same Read is the lake's decoder ([Decoder]), so that it may look at
// nothing but the page. Its Document says which walk it belongs to: [ParseDocument] gives the [Walk] back, with the
// account, the name of the list for [ingest.Follow] rows ([Walk.List]) and the time at which the walk began.
//
//	Resolve    Ask.Subject is a name from the configuration; Reply.ID is the account's native id
//	Profiles   Ask.Accounts are up to Traits.Batch native ids; rows: Accounts, Snapshots, AccountStatuses (active). Ids
//	           that the answer leaves out are asked for one by one as Profile
//	Profile    Ask.Subject is one native id; rows as above, or one AccountStatus that says what became of the account.
//	           Errors that mean "gone" are no errors here: Read sees page.Status and the body of every answer
//	Followers  Ask.Subject is a native id; rows: Follows, nothing else. Reply.Stated where the answer has the length
//	Following  the same, the other way round: Account is who is followed
//	Posts      Ask.Subject is a native id; rows: Posts (and Accounts if need be), newest first
//	Figures    about the platform: PlatformMetrics rows, or Reply.Sums to be added up over all pages
//	Ranking    Ask.Subject is the name of the ranking: rows: Rankings, Accounts
//	Members    Ask.Subject is the account whose list was sampled, Ask.Member the follower, Ask.Others up to
//	           Traits.Relations tracked accounts: rows: one Membership of which Read fills in Checked and Follows, those
//	           among Others; or, with Relations 0, a page of whom the follower follows as Follows (Follower: w.Member),
//	           from which the engine counts over all pages. Verdict hidden: the follower does not show it
//
// Times: a reading's dates come from page.FetchedAt ([At] makes the Dating). Rows about people who only follow are never
// made: a follower is an id in a Follow and no more.
//
// Errors of Read: a [StopError] says that the site must be left alone for now (a login wall, credits used up); any other
// error says that this answer is no use, and the request is made again, at most [Tries] times in all. Reply.Verdict ends
// a list early (hidden, truncated); Reply.Restart says that the cursor has expired, and the list is read from its
// beginning once more, under the same name, so that nothing is lost and nothing counts twice.
//
// Secrets go into Request.Header or a URL parameter that fetch.Redact knows; neither is ever kept.
//
// # Names
//
// Each walk is an [ingest.Source] of its own, so that each has its own durable cursor: bluesky/followers/<native id>,
// bluesky/profiles, bluesky/posts/<native id>. Its pages carry a document that names the single reading,
// bluesky/followers/<native id>/2026-11-24T10:00:00Z, with the design of a sample as parameters behind a question mark.
// What stands behind [Private] in a document stays in the journal: lake and warehouse never see it.
//
// # Verdicts
//
// The end of a list is a page of our own in the journal, a JSON note that the decoder "note/v1" reads, so that lake and
// warehouse can be made again from the journal alone. A list that is given up for now (the budget, an error) gets such a
// note too, and the same list goes on in the next run; the newest note of a list counts.
package crawl
