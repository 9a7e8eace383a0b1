package ingest

import "time"

// The two directions of a list of people.
const (
	ListFollowers = "followers" // who follows the account
	ListFollowing = "following" // whom the account follows
)

// How the members of a list are chosen.
const (
	StrategyAll    = "all"
	StrategyFirst  = "first"  // as many as were asked for from the beginning: recency-biased where a list begins with the newest
	StrategySample = "sample" // at random, each member with the same known probability
)

// What became of the reading of a list.
const (
	VerdictComplete          = "complete"
	VerdictTruncated         = "truncated"          // the platform shows a part of it only
	VerdictHidden            = "hidden"             // the platform or the account shows none of it
	VerdictPartialFederation = "partial_federation" // whole as this server knows it; other servers may know more
	VerdictBudget            = "budget"             // we stopped: a limit of ours was reached
	VerdictError             = "error"              // something broke
)

// How the members that were read relate to the whole list.
const (
	BasisUniform       = "uniform"        // drawn by design with equal probability
	BasisThresholdHash = "threshold_hash" // those of the frame whose hash lies below a threshold
	BasisRecency       = "recency"        // the newest ones: no sample of the list
)

// A ListReading is what became of one reading of one account's list. The newest row of a List counts: a reading that
// was interrupted and went on later has several.
type ListReading struct {
	Platform    Platform  `json:"platform"`
	List        string    `json:"list"`             // key: unique per reading, e.g. "bluesky/followers/<native id>/2026-11-24T10:00:00Z"
	NativeID    string    `json:"native_id"`        // whose list
	Direction   string    `json:"direction"`        // ListFollowers or ListFollowing
	Strategy    string    `json:"strategy"`         // StrategyAll, StrategyFirst or StrategySample
	Verdict     string    `json:"verdict"`          // VerdictComplete, ...
	Collected   int64     `json:"collected"`        // distinct members kept
	Stated      int64     `json:"stated"`           // count that the platform states, -1 unknown
	Frame       int64     `json:"frame"`            // distinct members that a sample was drawn from, -1 where there is no sample
	Probability float64   `json:"probability"`      // inclusion probability of each member of the frame; 1 for all
	Seed        uint64    `json:"seed,string"`      // of the draw
	Basis       string    `json:"basis"`            // BasisUniform, BasisThresholdHash or BasisRecency; "" for a whole list
	StartedAt   time.Time `json:"started_at"`       // first answer
	EndedAt     time.Time `json:"ended_at"`         // last answer
	Reason      string    `json:"reason,omitempty"` // why the verdict is not complete
}

// A Membership is what one sampled follower was found to follow among the tracked accounts. A follower that was asked
// about in several requests has one row for each; Checked and Follows of a list and follower add up.
type Membership struct {
	Platform Platform `json:"platform"`
	List     string   `json:"list"`     // the sample that the follower was drawn in
	Account  string   `json:"account"`  // native id of the account whose list was sampled
	Follower string   `json:"follower"` // native id of the follower; the lake keeps a pseudonym of it
	Checked  int      `json:"checked"`  // tracked accounts that were checked, the account itself among them
	Follows  int      `json:"follows"`  // of them, those followed: the multiplicity of the estimator of unique reach
}

// A Post is one reading of one post: so many likes, reposts, ... at a date.
type Post struct {
	Platform Platform
	NativeID string    // of the author
	PostID   string    // the platform's own id of the post
	PostedAt time.Time // as the platform states it, zero where it does not
	Reading
	Dating
	Evidence
}

// The states of an account.
const (
	StatusActive      = "active"
	StatusSuspended   = "suspended"   // by the platform
	StatusDeleted     = "deleted"     // by its holder
	StatusDeactivated = "deactivated" // by its holder, and may come back
	StatusRenamed     = "renamed"     // the same id under another handle
	StatusNotFound    = "not_found"   // the platform does not say why
)

// An AccountStatus says how an account was found when it was asked for.
type AccountStatus struct {
	Platform Platform  `json:"platform"`
	NativeID string    `json:"native_id"`
	Status   string    `json:"status"`
	Handle   string    `json:"handle,omitempty"` // at that time
	SeenAt   time.Time `json:"seen_at"`
	Reason   string    `json:"reason,omitempty"` // what the platform said
}

// The kinds of count that posts have.
const (
	Likes   Kind = "likes"
	Reposts Kind = "reposts"
	Replies Kind = "replies"
	Quotes  Kind = "quotes"
	Views   Kind = "views"
)

// PrivatePart is where the part of a page's Document begins that stays in the journal: the lake cuts it off, so that ids of
// private people do not reach what is shown.
const PrivatePart = "#private="
