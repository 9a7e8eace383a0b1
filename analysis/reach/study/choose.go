package study

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// ErrRequest is what errors of the request itself are, such as an unknown platform or account.
var ErrRequest = errors.New("the request cannot be answered")

// A refusal is an error that is ErrRequest.
type refusal struct{ error }

// Is implements the rule of package errors.
func (refusal) Is(target error) bool { return target == ErrRequest }

func refuse(format string, args ...any) error { return refusal{fmt.Errorf(format, args...)} }

// choose picks the accounts that a request is about, most followers first, and says how.
func (u *universe) choose(req Request) (set []*member, how string, err error) {
	switch {
	case u.name == "":
		return nil, "", refuse("there is no platform %q", req.Platform)
	case len(req.Accounts) > 0:
		set, err = u.named(req.Accounts)
		how = plural(len(set), "named account")
	case u.read:
		set, how = u.topRead(req.Top)
	default:
		set, how = u.topPublished(req.Top)
	}
	slices.SortStableFunc(set, bySize)
	return set, how, err
}

// bySize puts the most followers first, accounts of unknown size last, equals by number.
func bySize(a, b *member) int {
	return cmp.Or(cmp.Compare(b.size(), a.size()), cmp.Compare(a.no, b.no)) // an unknown size, NaN, is the least
}

// named finds accounts by id, handle or name, in this order; letter case of handles and names does not count.
func (u *universe) named(names []string) ([]*member, error) {
	var set []*member
	for _, name := range names {
		m, err := u.find(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(set, m) {
			set = append(set, m)
		}
	}
	return set, nil
}

func (u *universe) find(name string) (*member, error) {
	bare := strings.TrimPrefix(name, "@")
	for _, is := range []func(*member) bool{
		func(m *member) bool { return m.id == name || m.id == bare },
		func(m *member) bool { return m.handle != "" && strings.EqualFold(m.handle, bare) },
		func(m *member) bool { return strings.EqualFold(m.name, name) },
	} {
		var found []*member
		for _, m := range u.members {
			if is(m) {
				found = append(found, m)
			}
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], nil
		}
		return nil, refuse("account %q of %s: %d accounts have this name, say the id", name, u.platform, len(found))
	}
	return nil, refuse("account %q of %s is not known by its id, handle or name", name, u.platform)
}

// topRead picks among the accounts of which some follower list was read.
func (u *universe) topRead(top int) ([]*member, string) {
	var set []*member
	for _, m := range u.members {
		if m.complete != nil || m.part != nil || m.sample != nil || m.failed != nil {
			set = append(set, m)
		}
	}
	slices.SortFunc(set, bySize)
	how := "all that there are, " + plural(len(set), "account") + " whose follower lists were read"
	if len(set) > top {
		how = fmt.Sprintf("the %d accounts with the most followers among %d whose follower lists were read", top, len(set))
		set = set[:top]
	}
	return set, how
}

// recent is how many days a published list may be older than the newest one to be chosen for its length.
const recent = 366

// topPublished picks the longest of the recent published lists, and of the longest the newest. Its accounts count as they
// did in that list.
func (u *universe) topPublished(top int) ([]*member, string) {
	var best []line
	newest := time.Time{}
	for _, l := range u.published {
		if l[0].on.After(newest) {
			newest = l[0].on
		}
	}
	for _, l := range u.published { // in the order of days and names
		if measure.DaysBetween(l[0].on, newest) <= recent && len(l) >= len(best) {
			best = l
		}
	}
	if len(best) == 0 {
		return nil, "no account, as neither a follower list nor a published list of accounts is held"
	}
	how := plural(len(best), "account") + " known of the list of " + best[0].on.Format(time.DateOnly)
	if len(best) > top {
		best, how = best[:top], fmt.Sprintf("the first %d accounts of the list of %s", top, best[0].on.Format(time.DateOnly))
	}
	var set []*member
	for _, l := range best {
		if m := u.members[l.no]; m != nil {
			m.count = l.counted
			set = append(set, m)
		}
	}
	return set, how
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
