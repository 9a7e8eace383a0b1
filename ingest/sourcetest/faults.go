package sourcetest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// A Fault answers a request in place of the good handler, or spoils its answer.
type Fault func(w http.ResponseWriter, r *http.Request, good http.Handler)

// Fail answers with a status and a body.
func Fail(status int, mediaType, body string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// A Dialect writes how long to stay away into the headers of a 429.
type Dialect func(h http.Header, now time.Time, wait time.Duration)

// The dialects in which platforms say how long to stay away.
var Dialects = map[string]Dialect{
	"Retry-After in seconds": func(h http.Header, _ time.Time, wait time.Duration) {
		h.Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
	},
	"Retry-After as a date": func(h http.Header, now time.Time, wait time.Duration) {
		h.Set("Retry-After", now.Add(wait).UTC().Format(http.TimeFormat))
	},
	"X-RateLimit in ISO 8601": func(h http.Header, now time.Time, wait time.Duration) { // Mastodon, GoToSocial
		h.Set("X-RateLimit-Limit", "300")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", now.Add(wait).UTC().Format("2006-01-02T15:04:05.000000Z"))
	},
	"x-rate-limit in unix seconds": func(h http.Header, now time.Time, wait time.Duration) { // X
		h.Set("x-rate-limit-limit", "300")
		h.Set("x-rate-limit-remaining", "0")
		h.Set("x-rate-limit-reset", strconv.FormatInt(now.Add(wait).Unix(), 10))
	},
	"RateLimit in unix seconds": func(h http.Header, now time.Time, wait time.Duration) { // AT protocol
		h.Set("RateLimit-Limit", "3000")
		h.Set("RateLimit-Remaining", "0")
		h.Set("RateLimit-Reset", strconv.FormatInt(now.Add(wait).Unix(), 10))
		h.Set("RateLimit-Policy", "3000;w=300")
	},
	"RateLimit in seconds from now": func(h http.Header, _ time.Time, wait time.Duration) { // IETF draft
		h.Set("RateLimit-Limit", "100")
		h.Set("RateLimit-Remaining", "0")
		h.Set("RateLimit-Reset", strconv.Itoa(int(wait.Seconds())))
	},
	"nothing said": func(http.Header, time.Time, time.Duration) {},
}

// TooMany answers 429 in a dialect.
func TooMany(d Dialect, wait time.Duration) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		d(w.Header(), time.Now(), wait)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		io.WriteString(w, `{"error":"Too many requests"}`)
	}
}

// Overload answers 503 with a proxy's page.
func Overload() Fault {
	return Fail(http.StatusServiceUnavailable, "text/html", "<html><title>503</title><h1>Service Temporarily Unavailable</h1></html>")
}

// HTML answers 200 with a page in place of data.
func HTML() Fault {
	return Fail(http.StatusOK, "text/html; charset=utf-8", "<!doctype html><title>Just a moment</title><p>Checking your browser</p>")
}

// Mislabelled serves JSON under the type text/html, as some interfaces do.
func Mislabelled() Fault {
	return spoil(func(w http.ResponseWriter, good *httptest.ResponseRecorder) {
		if strings.Contains(w.Header().Get("Content-Type"), "json") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		}
		w.WriteHeader(good.Code)
		w.Write(good.Body.Bytes())
	})
}

// Truncated serves the first part of the good answer as if it were all.
func Truncated() Fault {
	return spoil(func(w http.ResponseWriter, good *httptest.ResponseRecorder) {
		w.WriteHeader(good.Code)
		w.Write(good.Body.Bytes()[:good.Body.Len()*2/3])
	})
}

// Mistyped serves the good answer with other types in it: numbers become objects, and lists texts.
func Mistyped() Fault {
	return spoil(func(w http.ResponseWriter, good *httptest.ResponseRecorder) {
		var v any
		if json.Unmarshal(good.Body.Bytes(), &v) != nil {
			panic("sourcetest: the good answer is no JSON: " + good.Body.String())
		}
		w.WriteHeader(good.Code)
		json.NewEncoder(w).Encode(mistype(v))
	})
}

func mistype(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = mistype(v[k])
		}
		return v
	case []any:
		for i := range v {
			v[i] = mistype(v[i])
		}
		if len(v) > 0 {
			if _, plain := v[0].(string); plain {
				return "a text"
			}
		}
		return v
	case float64:
		return map[string]any{"unexpected": v}
	case string:
		return map[string]any{"unexpected": v}
	}
	return v
}

// Drip serves the good answer a byte at a time with a pause after each.
func Drip(pause time.Duration) Fault {
	return spoil(func(w http.ResponseWriter, good *httptest.ResponseRecorder) {
		w.Header().Set("Content-Length", strconv.Itoa(good.Body.Len()))
		w.WriteHeader(good.Code)
		for _, b := range good.Body.Bytes() {
			if _, err := w.Write([]byte{b}); err != nil {
				return
			}
			if http.NewResponseController(w).Flush() != nil {
				return
			}
			time.Sleep(pause)
		}
	})
}

// Reset breaks the connection in the middle of the good answer.
func Reset() Fault {
	return spoil(func(w http.ResponseWriter, good *httptest.ResponseRecorder) {
		w.Header().Set("Content-Length", strconv.Itoa(good.Body.Len()))
		w.WriteHeader(good.Code)
		w.Write(good.Body.Bytes()[:good.Body.Len()/2])
		panic(http.ErrAbortHandler)
	})
}

// Hang never answers; it ends with the request.
func Hang() Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		io.Copy(io.Discard, r.Body) // a server sees that the other side has gone once the question is read
		<-r.Context().Done()
	}
}

// Endless serves a body of size bytes, chunked, so that nothing announces it.
func Endless(size int64) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		chunk := bytes.Repeat([]byte(" "), 64<<10)
		for sent := int64(0); sent < size; sent += int64(len(chunk)) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
}

// Announced says that a body of size bytes will come.
func Announced(size int64) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		w.WriteHeader(http.StatusOK)
		panic(http.ErrAbortHandler)
	}
}

// Bomb serves size bytes packed into a thousandth of that.
func Bomb(size int) Fault {
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	for range size >> 16 {
		zw.Write(make([]byte, 64<<10))
	}
	zw.Close()
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(packed.Bytes())
	}
}

// RedirectTo sends the request elsewhere; what is asked for there is answered.
func RedirectTo(url string) Fault {
	return func(w http.ResponseWriter, r *http.Request, good http.Handler) {
		if r.URL.RequestURI() == url {
			good.ServeHTTP(w, r)
			return
		}
		http.Redirect(w, r, url, http.StatusFound)
	}
}

// Where redirects of the checks lead: to a host that nobody configured, and to an address inside.
const (
	OtherHost      = "http://elsewhere.example/login"
	PrivateAddress = "http://169.254.169.254/latest/meta-data"
)

// spoil records the good answer and hands it over; its headers are set already.
func spoil(serve func(w http.ResponseWriter, good *httptest.ResponseRecorder)) Fault {
	return func(w http.ResponseWriter, r *http.Request, good http.Handler) {
		rec := httptest.NewRecorder()
		good.ServeHTTP(rec, r)
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		serve(w, rec)
	}
}

// writeJSON is how the good handlers answer.
func writeJSON(w http.ResponseWriter, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sourcetest: %v", err)) // a slip in this package
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(status)
	w.Write(raw)
}
