package fetch

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// hide removes the client's own secrets from answers and errors. It stands behind body, so that it sees answers whole, and
// before everything that logs or keeps them.
type hide struct {
	next http.RoundTripper

	mu      sync.RWMutex
	secrets []string // as they are, and as a URL and as JSON write them
}

// leastSecret is the length below which a text cannot be told from chance.
const leastSecret = 8

func (h *hide) add(secrets []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range secrets {
		if len(s) < leastSecret {
			continue
		}
		h.secrets = append(h.secrets, s, url.QueryEscape(s), url.PathEscape(s), strings.ReplaceAll(s, "/", `\/`))
	}
}

// RoundTrip implements http.RoundTripper.
func (h *hide) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := h.next.RoundTrip(req)
	h.mu.RLock()
	secrets := h.secrets
	h.mu.RUnlock()
	if err != nil || len(secrets) == 0 {
		return resp, err
	}
	for name, values := range resp.Header {
		if name == "Location" {
			continue // where a redirect leads; package guard redacts it wherever it is told
		}
		for i, v := range values {
			for _, s := range secrets {
				v = strings.ReplaceAll(v, s, hidden)
			}
			values[i] = v
		}
		resp.Header[name] = values
	}
	raw, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", RedactURL(req.URL), err)
	}
	for _, s := range secrets {
		if bytes.Contains(raw, []byte(s)) {
			raw = bytes.ReplaceAll(raw, []byte(s), []byte(hidden))
		}
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	resp.ContentLength = int64(len(raw))
	return resp, nil
}
