package mastodon

import (
	"errors"
	"fmt"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// An account is what Mastodon, GoToSocial, Pleroma and Akkoma say of an account.
type account struct {
	ID             observed.Text  `json:"id"`   // of this server alone
	Acct           string         `json:"acct"` // with a domain where the account lives elsewhere
	DisplayName    string         `json:"display_name"`
	Bot            bool           `json:"bot"`
	Suspended      bool           `json:"suspended"`
	Hidden         *bool          `json:"hide_collections"`
	FollowersCount observed.Count `json:"followers_count"`
	FollowingCount observed.Count `json:"following_count"`
	StatusesCount  observed.Count `json:"statuses_count"`
	Moved          *struct {
		Acct string `json:"acct"`
	} `json:"moved"`
	Pleroma *struct {
		HideFollowers      bool `json:"hide_followers"`
		HideFollowersCount bool `json:"hide_followers_count"`
		HideFollowsCount   bool `json:"hide_follows_count"`
		Deactivated        bool `json:"deactivated"`
	} `json:"pleroma"`
}

// nativeID is the address of an account in lower case, acct@domain: the ids of a server mean nothing elsewhere.
func nativeID(acct, domain string) string {
	acct = strings.ToLower(strings.TrimPrefix(acct, "@"))
	if acct == "" || strings.Contains(acct, "@") {
		return acct
	}
	return acct + "@" + domain
}

// listHidden reports that the account shows its lists to nobody.
func (a account) listHidden() bool {
	return a.Hidden != nil && *a.Hidden || a.Pleroma != nil && a.Pleroma.HideFollowers
}

// hidden is how a count that the owner hides is written: -1 by glitch-soc, 0 beside a flag by Pleroma. Neither is a count.
func (a account) counts() []observed.Kinded {
	followers, following := a.FollowersCount, a.FollowingCount
	if followers.Text() == "-1" || a.Pleroma != nil && a.Pleroma.HideFollowersCount {
		followers = observed.Count{}
	}
	if following.Text() == "-1" || a.Pleroma != nil && a.Pleroma.HideFollowsCount {
		following = observed.Count{}
	}
	return []observed.Kinded{{Kind: ingest.Followers, Count: followers}, {Kind: ingest.Following, Count: following}, {Kind: ingest.Posts, Count: a.StatusesCount}}
}

// stated is the follower count, -1 where it is not known.
func (a account) stated() int64 {
	if c := a.counts()[0].Count; c.Known() {
		return c.Int()
	}
	return -1
}

// add puts an account among the rows. Zeros of a suspended account are no measurement.
func (a account) add(r *observed.Rows, domain string) {
	id := nativeID(a.Acct, domain)
	switch {
	case id == "":
		r.Reject(string(a.ID), errors.New("an account without the field acct"))
	case a.Suspended:
		r.Status(id, id, ingest.StatusSuspended, "the server marks it as suspended")
	case a.Pleroma != nil && a.Pleroma.Deactivated:
		r.Status(id, id, ingest.StatusDeactivated, "the server marks it as deactivated")
	default:
		r.Profile(observed.Profile{NativeID: id, Handle: id, Name: a.DisplayName, Category: a.category(), Counts: a.counts()})
		if a.Moved != nil && a.Moved.Acct != "" {
			last := &r.AccountStatuses[len(r.AccountStatuses)-1]
			last.Reason = "moved to " + nativeID(a.Moved.Acct, domain)
		}
	}
}

func (a account) category() string {
	if a.Bot {
		return "bot"
	}
	return ""
}

// parseAccount reads one account.
func parseAccount(raw []byte) (account, error) {
	var a account
	if err := observed.Decode(raw, &a); err != nil {
		return a, err
	}
	if a.Acct == "" || a.ID == "" {
		return a, fmt.Errorf("the answer is no account: id or acct is missing")
	}
	return a, nil
}

// parseAccounts reads a list of accounts. An account that the list merely names without an address is an error of the
// whole page, as a follower would be lost.
func parseAccounts(raw []byte) ([]account, error) {
	var list []account
	if err := observed.Decode(raw, &list); err != nil {
		return nil, err
	}
	if list == nil {
		return nil, errors.New("the answer is null, want a list of accounts")
	}
	for i, a := range list {
		if a.Acct == "" {
			return nil, fmt.Errorf("entry %d of %d has no field acct", i+1, len(list))
		}
	}
	return list, nil
}
