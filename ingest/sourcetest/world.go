package sourcetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A State is what has become of a person's account.
type State string

// The states in which servers show accounts.
const (
	Alive     State = ""
	Suspended State = "suspended" // the platform closed it
	Deleted   State = "deleted"   // its owner closed it
	Protected State = "protected" // posts and lists are for followers only
	Hidden    State = "hidden"    // the profile is open, the lists are not
)

// A Person is an invented account. Handles and names are neutral: sample0001, 示例0001.
type Person struct {
	No        int // from 1; each platform makes its own id of it
	Handle    string
	Name      string
	Following int64
	Posts     int64
	// Stated is the follower count that the platform shows; -1 means the length of the list.
	Stated  int64
	Created time.Time
	State   State
}

// A Post is one post of a person.
type Post struct {
	No                      int64 // grows with time
	Author                  int
	At                      time.Time
	Reposts, Replies, Likes int64
	RepostOf                int64 // 0: an original
	Pinned                  bool
}

// A World is an invented network. It is safe for concurrent use; what a list holds may change between two requests.
type World struct {
	mu        sync.Mutex
	people    map[int]*Person
	followers map[int][]int // newest first
	posts     map[int][]Post
	tracked   int
}

// Epoch is when everything in a world began: a time in the past of every test, also of those with a clock of their own.
var Epoch = time.Date(1999, 6, 1, 8, 0, 0, 0, time.UTC)

// FirstFollower is the number of the first person who only follows.
const FirstFollower = 1001

// NewWorld makes a world of tracked accounts, numbered from 1, each followed by length people. Neighbours share half of
// their followers, so that a union is not a sum. Account 1 also follows account 2.
func NewWorld(tracked, length int) *World {
	w := &World{people: map[int]*Person{}, followers: map[int][]int{}, posts: map[int][]Post{}, tracked: tracked}
	for no := 1; no <= tracked; no++ {
		w.people[no] = w.person(no)
		for i := range length {
			who := FirstFollower + (no-1)*((length+1)/2) + (i*7+no)%max(length, 1)
			w.addFollower(no, who)
		}
		for i := range 12 {
			w.posts[no] = append(w.posts[no], Post{No: int64(no*1000 + i), Author: no, At: Epoch.Add(time.Duration(i) * time.Hour),
				Reposts: int64(3 * i), Replies: int64(2 * i), Likes: int64(10*i + no), Pinned: i == 2})
		}
	}
	if tracked >= 2 {
		w.followers[2] = append(w.followers[2], 1)
	}
	return w
}

func (w *World) person(no int) *Person {
	return &Person{
		No: no, Handle: fmt.Sprintf("sample%04d", no), Name: fmt.Sprintf("示例%04d", no), Stated: -1,
		Following: int64(no%50 + 1), Posts: int64(no%900 + 12), Created: Epoch.Add(-time.Duration(no) * time.Hour),
	}
}

func (w *World) addFollower(no, who int) {
	if w.people[who] == nil {
		w.people[who] = w.person(who)
	}
	if !slices.Contains(w.followers[no], who) {
		w.followers[no] = append(w.followers[no], who)
	}
}

// Tracked is how many accounts are read.
func (w *World) Tracked() int { return w.tracked }

// Person is a copy of person no; ok is false where there never was one.
func (w *World) Person(no int) (p Person, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.people[no]
	if found == nil {
		return Person{}, false
	}
	p = *found
	if p.Stated < 0 {
		p.Stated = int64(len(w.followers[no]))
	}
	return p, true
}

// ByHandle finds who has the handle now, in any case.
func (w *World) ByHandle(handle string) (Person, bool) {
	w.mu.Lock()
	no := 0
	for _, p := range w.people {
		if strings.EqualFold(p.Handle, handle) {
			no = p.No
		}
	}
	w.mu.Unlock()
	return w.Person(no)
}

// Change edits person no.
func (w *World) Change(no int, edit func(*Person)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	edit(w.people[no])
}

// Follow puts a new follower at the top of a list, as somebody who comes while it is being read.
func (w *World) Follow(no, who int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.people[who] == nil {
		w.people[who] = w.person(who)
	}
	w.followers[no] = append([]int{who}, w.followers[no]...)
}

// Unfollow takes a follower out of a list.
func (w *World) Unfollow(no, who int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.followers[no] = slices.DeleteFunc(slices.Clone(w.followers[no]), func(x int) bool { return x == who })
}

// Followers is who follows no, newest first.
func (w *World) Followers(no int) []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.followers[no])
}

// Following is which of the tracked accounts no follows.
func (w *World) Following(no int) []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []int
	for t := 1; t <= w.tracked; t++ {
		if slices.Contains(w.followers[t], no) {
			out = append(out, t)
		}
	}
	return out
}

// Posts is what no wrote, oldest first.
func (w *World) Posts(no int) []Post {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.posts[no])
}

// Ranking is the tracked accounts that live, by stated followers, most first.
func (w *World) Ranking() []Person {
	var out []Person
	for no := 1; no <= w.tracked; no++ {
		if p, ok := w.Person(no); ok && p.State != Deleted && p.State != Suspended {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Person) int { return int(min(1, max(-1, b.Stated-a.Stated))) })
	return out
}
