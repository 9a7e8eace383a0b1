package weibo

import (
	"encoding/json"
	"errors"

	"github.com/overtake-analytics/overtake/ingest/observed"
)

// A page is a page of followers or of whom an account follows.
type page struct {
	ids     []string
	next    string // what leads to the next page, "" at the end
	refused string // what the site says where it shows nothing: the list is hidden, or has ended
}

// parseOpenList reads a page of the open API.
func parseOpenList(raw []byte) (page, error) {
	var v struct {
		Users *[]user       `json:"users"`
		Next  observed.Text `json:"next_cursor"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return page{}, err
	}
	if v.Users == nil {
		return page{}, errors.New("the answer has no users")
	}
	list, err := ids(*v.Users)
	if v.Next == "0" {
		v.Next = ""
	}
	return page{ids: list, next: string(v.Next)}, err
}

// parseDesktopList reads a page of the desktop site, which has no level "data" here.
func parseDesktopList(raw []byte) (page, error) {
	var v struct {
		OK      observed.Text `json:"ok"`
		Message string        `json:"message"`
		Msg     string        `json:"msg"`
		Users   []user        `json:"users"`
		Next    observed.Text `json:"next_cursor"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return page{}, err
	}
	switch {
	case v.OK != "1" && v.Message+v.Msg == "" && v.Users == nil:
		return page{}, errors.New("the answer is no list: it says neither ok nor why not")
	case v.OK != "1":
		return page{refused: v.Message + v.Msg}, nil
	case v.Users == nil:
		return page{}, errors.New("the answer says ok and has no users: the site has changed")
	}
	list, err := ids(v.Users)
	if v.Next == "0" || len(list) == 0 {
		v.Next = ""
	}
	return page{ids: list, next: string(v.Next)}, err
}

// A card is a part of a page of the mobile site.
type card struct {
	CardType observed.Text `json:"card_type"`
	Mblog    *mblog        `json:"mblog"`
	Group    []struct {
		CardType observed.Text `json:"card_type"`
		User     *user         `json:"user"`
	} `json:"card_group"`
}

// A container is the answer of the mobile site's interface.
type container struct {
	OK   observed.Text `json:"ok"`
	Msg  string        `json:"msg"`
	Data struct {
		Info struct {
			SinceID observed.Text `json:"since_id"`
		} `json:"cardlistInfo"`
		Cards json.RawMessage `json:"cards"`
	} `json:"data"`
}

func (c container) cards() ([]card, error) {
	if len(c.Data.Cards) == 0 {
		return nil, nil
	}
	var list []card
	err := observed.Decode(c.Data.Cards, &list)
	return list, err
}

// parseMobileList reads a page of the mobile site. Only the last group is the list: those before it are people whom the
// site recommends.
func parseMobileList(raw []byte) (page, error) {
	var c container
	if err := observed.Decode(raw, &c); err != nil {
		return page{}, err
	}
	cards, err := c.cards()
	if err != nil {
		return page{}, err
	}
	if c.OK != "1" {
		if c.OK == "" {
			return page{}, errors.New("the answer is no container: it does not say ok")
		}
		return page{refused: c.Msg}, nil
	}
	if len(cards) == 0 {
		return page{refused: c.Msg}, nil
	}
	var users []user
	for _, g := range cards[len(cards)-1].Group {
		if g.User != nil {
			users = append(users, *g.User)
		}
	}
	list, err := ids(users)
	if err == nil && len(list) == 0 {
		err = errors.New("the last group of cards has no users: the site has changed")
	}
	return page{ids: list, next: string(c.Data.Info.SinceID)}, err
}
