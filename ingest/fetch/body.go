package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// ErrTooLarge is wrapped when an answer is longer than the limit, before or after decompression.
var ErrTooLarge = errors.New("the answer is larger than the limit")

// ErrTruncated is wrapped when the connection ended before the answer did.
var ErrTruncated = errors.New("the answer was cut short")

// maxRatio bounds how much an answer may grow when it is decompressed. JSON of repeated lists reaches 30; a bomb, 1000.
const maxRatio = 200

// body reads answers whole within a time and a size, and decompresses them. Reading here rather than in the caller's
// hands lets retry see an answer that was cut short.
type body struct {
	next    http.RoundTripper
	max     int64
	timeout time.Duration
}

// RoundTrip implements http.RoundTripper.
func (b *body) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), b.timeout, fmt.Errorf("no whole answer within %v", b.timeout))
	defer cancel()
	inner := req.Clone(ctx)
	if inner.Header.Get("Accept-Encoding") == "" {
		inner.Header.Set("Accept-Encoding", "gzip, zstd")
	}
	resp, err := b.next.RoundTrip(inner)
	if err != nil {
		return nil, timeoutCause(ctx, err)
	}
	raw, err := b.read(resp)
	resp.Body.Close()
	if err != nil {
		return nil, timeoutCause(ctx, err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	resp.ContentLength = int64(len(raw))
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.Request = req
	return resp, nil
}

// timeoutCause says that it was our own limit that ended a request, where it was.
func timeoutCause(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled) {
		return ctx.Err()
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return err
}

func (b *body) read(resp *http.Response) ([]byte, error) {
	if resp.ContentLength > b.max {
		return nil, fmt.Errorf("%w: %d bytes announced, %d allowed", ErrTooLarge, resp.ContentLength, b.max)
	}
	served := &counted{r: resp.Body}
	var r io.Reader = served
	switch enc := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
	case "gzip", "x-gzip":
		zr, err := gzip.NewReader(served)
		if errors.Is(err, io.EOF) && served.n == 0 {
			return nil, nil // an empty answer that calls itself gzip, as to HEAD and 304
		}
		if err != nil {
			return nil, shortened(err)
		}
		r = zr
	case "zstd":
		zr, err := zstd.NewReader(served, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(b.max)+1<<20))
		if err != nil {
			return nil, shortened(err)
		}
		defer zr.Close()
		r = zr
	default:
		return nil, fmt.Errorf("the answer is encoded as %q, which was not asked for", enc)
	}
	return b.readAll(r, served)
}

// readAll grows the result in steps, so that a bomb is seen by its ratio long before the limit.
func (b *body) readAll(r io.Reader, served *counted) ([]byte, error) {
	var out bytes.Buffer
	for {
		n, err := io.CopyN(&out, r, 256<<10)
		size := int64(out.Len())
		if size > b.max {
			return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, b.max)
		}
		if size > 1<<20 && size > maxRatio*served.n {
			return nil, fmt.Errorf("%w: %d bytes grew to more than %d, like a decompression bomb", ErrTooLarge, served.n, size)
		}
		if errors.Is(err, io.EOF) && n < 256<<10 {
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, shortened(err)
		}
	}
}

// shortened names the errors that mean a cut connection.
func shortened(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return err
}

type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// A TypeError is an answer of another kind than was asked for, such as a login page in place of JSON.
type TypeError struct {
	URL, Got, Want string
	Excerpt        string
}

// Error implements error.
func (e *TypeError) Error() string {
	return fmt.Sprintf("%s answered with %s, want %s: %s", e.URL, e.Got, e.Want, e.Excerpt)
}

// WantJSON reports an answer that is not JSON by its declared type or by its first character: proxies and login walls
// serve HTML with status 200, and some interfaces call their JSON text/html.
func (a Answer) WantJSON() error {
	first := bytes.TrimLeft(a.Body, " \t\r\n\ufeff")
	if len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		return nil
	}
	got, _, err := mime.ParseMediaType(a.MediaType)
	if err != nil || got == "" {
		got = "an answer of no declared type"
	}
	return &TypeError{URL: a.URL, Got: got, Want: "JSON", Excerpt: excerpt(a.Body)}
}
