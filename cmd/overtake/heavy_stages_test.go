//go:build heavy

package main

import (
	"strings"
	"sync"
	"testing"
)

// A stageLog collects messages, to prove that a set of faults reached every stage.
type stageLog struct {
	mu       sync.Mutex
	messages []string
}

func (s *stageLog) add(message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if message != "" {
		s.messages = append(s.messages, message)
	}
}

// mustName fails where no message names a file or folder of a stage.
func (s *stageLog) mustName(t *testing.T, stages ...string) {
	t.Helper()
	all := strings.Join(s.messages, "")
	for _, stage := range stages {
		if !strings.Contains(all, "/"+stage) {
			t.Errorf("no fault hit %s; the messages:\n%s", stage, all)
		}
	}
}
