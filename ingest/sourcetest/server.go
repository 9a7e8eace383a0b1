package sourcetest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A Server shows a world through one of the platforms' handlers, counts what it is asked, and misbehaves on demand. It is
// an http.Handler and safe for concurrent use.
type Server struct {
	World *World

	inner http.Handler
	mu    sync.Mutex
	rules []*rule
	asked []string
	// loop, repeat and shift are bad habits of lists, which handlers ask for.
	loop, repeat, shift bool
	joined              int
}

// A rule breaks the requests whose path holds a text.
type rule struct {
	path  string
	times int // left; negative: always
	fault Fault
}

func newServer(w *World) *Server { return &Server{World: w} }

// Break lets the next times requests whose URL holds path meet a fault; times < 0 means from now on. An empty path means
// every request. Rules are tried in the order in which they were given.
func (s *Server) Break(path string, times int, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append(s.rules, &rule{path, times, fault})
}

// Heal takes all faults away.
func (s *Server) Heal() { s.mu.Lock(); s.rules = nil; s.mu.Unlock() }

// LoopCursors makes every further page of a list name itself as the next one.
func (s *Server) LoopCursors() { s.mu.Lock(); s.loop = true; s.mu.Unlock() }

// RepeatRows makes every page begin with the last row of the page before it.
func (s *Server) RepeatRows() { s.mu.Lock(); s.repeat = true; s.mu.Unlock() }

// ShiftPages lets somebody new follow between any two pages of a list, which pushes the others along.
func (s *Server) ShiftPages() { s.mu.Lock(); s.shift = true; s.mu.Unlock() }

const robotsPath = "/robots.txt"

// Asked is the path and query of every request so far, but for robots.txt.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if r.URL.Path != robotsPath {
		s.asked = append(s.asked, r.URL.RequestURI())
	}
	var fault Fault
	for _, rule := range s.rules {
		if rule.times != 0 && strings.Contains(r.URL.RequestURI(), rule.path) && (rule.path != "" || r.URL.Path != robotsPath) {
			if rule.times > 0 {
				rule.times--
			}
			fault = rule.fault
			break
		}
	}
	s.mu.Unlock()
	if fault == nil {
		s.inner.ServeHTTP(w, r)
		return
	}
	fault(w, r, s.inner)
}

// A slice is what a page of a list holds.
type slice struct {
	people []int
	more   bool // there is another page
	next   int  // the place where it begins
	again  bool // the answer is to name itself as the next page
}

// last is the person at the end of the page, 0 on an empty one.
func (p slice) last() int {
	if len(p.people) == 0 {
		return 0
	}
	return p.people[len(p.people)-1]
}

// Newcomer is the number of the first person who joins while a list is read.
const Newcomer = 900_001

// byPlace cuts a page out of the list of no's followers at a place from its top: a newcomer pushes what follows.
func (s *Server) byPlace(no, place, size int) slice {
	if place > 0 {
		s.newcomer(no)
	}
	return s.cut(no, place, size)
}

// byRow cuts a page that begins after a person, so that a newcomer moves nothing. 0 begins at the top.
func (s *Server) byRow(no, after, size int) slice {
	if after == 0 {
		return s.cut(no, 0, size)
	}
	s.newcomer(no)
	return s.cut(no, slices.Index(s.World.Followers(no), after)+1, size)
}

// newcomer lets somebody follow, where that was asked for.
func (s *Server) newcomer(no int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shift {
		s.World.Follow(no, Newcomer+s.joined)
		s.joined++
	}
}

func (s *Server) cut(no, place, size int) slice {
	s.mu.Lock()
	loop, repeat := s.loop, s.repeat
	s.mu.Unlock()
	all := s.World.Followers(no)
	start := min(max(place, 0), len(all))
	end := min(start+size, len(all))
	out := slice{more: end < len(all), next: end, again: loop && place > 0}
	if repeat && start > 0 {
		start--
	}
	out.people = all[start:end]
	return out
}
