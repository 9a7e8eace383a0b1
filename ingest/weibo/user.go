package weibo

import (
	"errors"
	"fmt"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// A user is what the three interfaces say of an account, under the names of all three: whom an account follows is
// friends_count or follow_count, its id a number or a text.
type user struct {
	ID             observed.Text  `json:"id"`
	IDStr          string         `json:"idstr"`
	ScreenName     string         `json:"screen_name"`
	Domain         string         `json:"domain"`
	FollowersCount observed.Count `json:"followers_count"`
	FriendsCount   observed.Count `json:"friends_count"`
	FollowCount    observed.Count `json:"follow_count"`
	StatusesCount  observed.Count `json:"statuses_count"`
	Verified       bool           `json:"verified"`
	VerifiedType   observed.Text  `json:"verified_type"`
}

// uid is the account's id as a text of digits.
func (u user) uid() (string, error) {
	id := string(u.ID)
	if id == "" {
		id = u.IDStr
	}
	if id == "" {
		return "", errors.New("a user without an id")
	}
	for _, c := range []byte(id) {
		if c < '0' || c > '9' {
			return "", fmt.Errorf("user id %q, want digits", id)
		}
	}
	return id, nil
}

// categories are the verified types that the platform documents; others are left as they are.
var categories = map[string]string{"0": "person", "1": "government", "2": "company", "3": "media", "4": "campus", "5": "site", "6": "app", "7": "organisation"}

func (u user) category() string {
	if !u.Verified {
		return ""
	}
	return categories[string(u.VerifiedType)]
}

// add puts the user among the rows. Counts such as 117.3万 keep their step; whether the platform rounds or cuts them off is
// not documented, so that they are taken as rounded.
func (u user) add(r *observed.Rows) {
	id, err := u.uid()
	if err != nil {
		r.Reject(u.ScreenName, err)
		return
	}
	following := u.FriendsCount
	if !following.Known() {
		following = u.FollowCount
	}
	r.Profile(observed.Profile{NativeID: id, Handle: u.ScreenName, Name: u.ScreenName, Category: u.category(), Counts: []observed.Kinded{
		{Kind: ingest.Followers, Count: u.FollowersCount}, {Kind: ingest.Following, Count: following}, {Kind: ingest.Posts, Count: u.StatusesCount},
	}})
}

// ids are the uids of a list of users.
func ids(users []user) ([]string, error) {
	out := make([]string, 0, len(users))
	for i, u := range users {
		id, err := u.uid()
		if err != nil {
			return nil, fmt.Errorf("entry %d of %d: %w", i+1, len(users), err)
		}
		out = append(out, id)
	}
	return out, nil
}

// parseCounts reads the open API's batch of counts. Whoever is not in the answer is not known to it.
func parseCounts(raw []byte) ([]user, error) {
	var list []user
	if err := observed.Decode(raw, &list); err != nil {
		return nil, err
	}
	_, err := ids(list)
	return list, err
}

// parseShow reads one user of the open API.
func parseShow(raw []byte) (user, error) {
	var u user
	if err := observed.Decode(raw, &u); err != nil {
		return u, err
	}
	_, err := u.uid()
	return u, err
}

// parseMobileProfile reads the mobile site's profile. ok is false where the account is not shown.
func parseMobileProfile(raw []byte) (u user, ok bool, err error) {
	var v struct {
		OK   observed.Text `json:"ok"`
		Data struct {
			UserInfo *user `json:"userInfo"`
		} `json:"data"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return u, false, err
	}
	if v.Data.UserInfo == nil {
		if v.OK != "0" { // only ok 0 says "nothing here"
			return u, false, fmt.Errorf("the answer says ok %q and has no userInfo: the site has changed", v.OK)
		}
		return u, false, nil
	}
	_, err = v.Data.UserInfo.uid()
	return *v.Data.UserInfo, err == nil, err
}

// parseDesktopProfile reads the desktop site's profile: user is null for a removed account.
func parseDesktopProfile(raw []byte) (u user, ok bool, err error) {
	var v struct {
		OK   observed.Text `json:"ok"`
		Data *struct {
			User *user `json:"user"`
		} `json:"data"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return u, false, err
	}
	if v.Data == nil && v.OK != "0" {
		return u, false, fmt.Errorf("the answer says ok %q and has no data: the site has changed", v.OK)
	}
	if v.Data == nil || v.Data.User == nil {
		return u, false, nil
	}
	_, err = v.Data.User.uid()
	return *v.Data.User, err == nil, err
}
