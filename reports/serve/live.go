package serve

import (
	"fmt"
	"net/http"
	"time"
)

// published is a stream that says whenever another warehouse is published. Its first event names the one of now.
func (s *Server) published(w http.ResponseWriter, r *http.Request) {
	flow := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	tick := time.NewTicker(s.opt.Watch)
	defer tick.Stop()
	last := ""
	for {
		// While a file is being replaced there may be none for a moment: then nothing is said.
		if stamp, err := s.opt.Stamp(); err == nil && stamp != last {
			if _, err := fmt.Fprintf(w, "event: published\ndata: %q\n\n", stamp); err != nil {
				return
			}
			last = stamp
		}
		if flow.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.ends.Done():
			return
		case <-tick.C:
		}
	}
}
