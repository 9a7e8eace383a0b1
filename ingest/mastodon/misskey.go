package mastodon

import (
	"errors"
	"fmt"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// A misskeyUser is what Misskey and its forks say of an account.
type misskeyUser struct {
	ID             observed.Text  `json:"id"`
	Username       string         `json:"username"`
	Host           *string        `json:"host"` // null: of this server
	Name           *string        `json:"name"`
	IsBot          bool           `json:"isBot"`
	IsSuspended    bool           `json:"isSuspended"`
	FollowersCount observed.Count `json:"followersCount"`
	FollowingCount observed.Count `json:"followingCount"`
	NotesCount     observed.Count `json:"notesCount"`
}

// account is the user in Mastodon's words.
func (u misskeyUser) account() account {
	a := account{ID: u.ID, Acct: u.Username, Bot: u.IsBot, Suspended: u.IsSuspended,
		FollowersCount: u.FollowersCount, FollowingCount: u.FollowingCount, StatusesCount: u.NotesCount}
	if u.Host != nil && *u.Host != "" {
		a.Acct += "@" + *u.Host
	}
	if u.Name != nil {
		a.DisplayName = *u.Name
	}
	return a
}

func parseMisskeyUser(raw []byte) (account, error) {
	var u misskeyUser
	if err := observed.Decode(raw, &u); err != nil {
		return account{}, err
	}
	if u.ID == "" || u.Username == "" {
		return account{}, errors.New("the answer is no user: id or username is missing")
	}
	return u.account(), nil
}

// parseMisskeyFollowers reads a page of follow relations; last is the id of the last one, which the next page begins after.
func parseMisskeyFollowers(raw []byte) (list []account, last string, err error) {
	var relations []struct {
		ID       observed.Text `json:"id"`
		Follower *misskeyUser  `json:"follower"`
	}
	if err := observed.Decode(raw, &relations); err != nil {
		return nil, "", err
	}
	for i, rel := range relations {
		if rel.ID == "" || rel.Follower == nil || rel.Follower.Username == "" {
			return nil, "", fmt.Errorf("relation %d of %d has no id or follower", i+1, len(relations))
		}
		list = append(list, rel.Follower.account())
		last = string(rel.ID)
	}
	return list, last, nil
}

// misskeyCode is the code of an error answer, "" where it is none.
func misskeyCode(raw []byte) string {
	var v struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if observed.Decode(raw, &v) != nil {
		return ""
	}
	return v.Error.Code
}

// misskeyStatus is what an error code says of an account, "" where it says nothing.
func misskeyStatus(code string) string {
	switch code {
	case "NO_SUCH_USER":
		return ingest.StatusNotFound
	case "USER_SUSPENDED":
		return ingest.StatusSuspended
	}
	return ""
}
