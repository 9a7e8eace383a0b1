package fetch

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"io"
	"net/http"
	"strings"
	"sync"
)

// validate asks for what it has seen before with If-None-Match and If-Modified-Since, and answers a 304 with what it keeps
// (RFC 9111 section 4.3.3): the caller gets an answer of now, and the server sends no body twice.
//
// Answers are kept in memory only, as long as the client lives. On disk they would be a second place from which a person who
// asks to be forgotten had to be removed.
type validate struct {
	next http.RoundTripper
	most int64 // bytes to keep in all

	mu    sync.Mutex
	size  int64
	order *list.List // of *validated, the latest used first
	kept  map[[32]byte]*list.Element
}

// A validated answer and the request that it belongs to.
type validated struct {
	key    [32]byte
	header http.Header
	status int
	body   []byte
}

// maxValidated bounds one kept answer: profiles and documents about a server are smaller, a page of a list is not asked for
// twice.
const maxValidated = 1 << 20

func newValidate(next http.RoundTripper, most int64) *validate {
	return &validate{next: next, most: most, order: list.New(), kept: map[[32]byte]*list.Element{}}
}

// keyOf tells requests apart that may be answered differently: by address, by who asks, by what is accepted.
func keyOf(req *http.Request) [32]byte {
	h := sha256.New()
	for _, part := range []string{req.URL.String(), req.Header.Get("Authorization"), req.Header.Get("Cookie"), req.Header.Get("Accept")} {
		io.WriteString(h, part)
		h.Write([]byte{0})
	}
	return [32]byte(h.Sum(nil))
}

// RoundTrip implements http.RoundTripper.
func (v *validate) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet || req.Header.Get("If-None-Match") != "" || req.Header.Get("If-Modified-Since") != "" || req.Header.Get("Range") != "" {
		return v.next.RoundTrip(req)
	}
	key := keyOf(req)
	old := v.load(key)
	ask := req
	if old != nil {
		ask = req.Clone(req.Context())
		if tag := old.header.Get("ETag"); tag != "" {
			ask.Header.Set("If-None-Match", tag)
		}
		if at := old.header.Get("Last-Modified"); at != "" {
			ask.Header.Set("If-Modified-Since", at)
		}
	}
	resp, err := v.next.RoundTrip(ask)
	if err != nil {
		return resp, err
	}
	if resp.StatusCode == http.StatusNotModified && old != nil {
		drain(resp)
		return old.answer(req, resp.Header), nil
	}
	return v.store(key, req, resp)
}

// answer is the kept answer with the headers of the 304 over its own.
func (o *validated) answer(req *http.Request, fresh http.Header) *http.Response {
	h := o.header.Clone()
	for name, values := range fresh {
		if name != "Content-Length" && name != "Content-Type" && name != "Content-Encoding" {
			h[name] = values
		}
	}
	return &http.Response{Status: http.StatusText(o.status), StatusCode: o.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader(o.body)), ContentLength: int64(len(o.body)), Request: req}
}

func (v *validate) load(key [32]byte) *validated {
	v.mu.Lock()
	defer v.mu.Unlock()
	e := v.kept[key]
	if e == nil {
		return nil
	}
	v.order.MoveToFront(e)
	return e.Value.(*validated)
}

// store keeps an answer that can be validated later, and returns it with its body in place.
func (v *validate) store(key [32]byte, req *http.Request, resp *http.Response) (*http.Response, error) {
	if resp.StatusCode != http.StatusOK || resp.Header.Get("ETag") == "" && resp.Header.Get("Last-Modified") == "" ||
		strings.Contains(strings.ToLower(resp.Header.Get("Cache-Control")), "no-store") || resp.ContentLength > maxValidated {
		return resp, nil
	}
	raw, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	if len(raw) > maxValidated {
		return resp, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if e := v.kept[key]; e != nil {
		v.drop(e)
	}
	v.kept[key] = v.order.PushFront(&validated{key: key, header: resp.Header.Clone(), status: resp.StatusCode, body: raw})
	v.size += int64(len(raw))
	for v.size > v.most && v.order.Len() > 0 {
		v.drop(v.order.Back())
	}
	return resp, nil
}

func (v *validate) drop(e *list.Element) {
	o := v.order.Remove(e).(*validated)
	delete(v.kept, o.key)
	v.size -= int64(len(o.body))
}
