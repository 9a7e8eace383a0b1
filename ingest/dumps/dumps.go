// Package dumps reads dumps of profiles that others made: files of JSON lines as twarc writes them, and the archive that X
// gives its users.
//
// Unlike follow graphs, dumps are small enough to keep: their lines go to the journal as they are, some hundred a page, and
// are decoded like a living platform's answers, so that the lake can be made again from them. Each file is a source of its
// own, named after its sha256: the journal's cursor is the ledger that says how far it was read, so that an interrupted
// import goes on and a finished one is not repeated.
//
// Of an archive only the owner's id, names and the ids of followers are taken: its other files, and other fields of
// account.js, hold e-mail addresses and messages.
package dumps

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/overtake-analytics/overtake/ingest"
)

// A File is one dump. Open is called twice: for its sum, and for its lines.
type File struct {
	Name     string
	Open     func() (io.ReadCloser, error)
	Platform ingest.Platform
	// Observed is when the profiles were seen, for lines that do not say; zero where nobody knows.
	Observed time.Time
}

const (
	pageBytes = 1 << 20 // lines of a page
	lineBytes = 8 << 20 // longest line
)

// Twarc is the lines of a file as pages.
func Twarc(f File) (ingest.Source, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Name, err)
	}
	return &lines{File: f, sum: hex.EncodeToString(h.Sum(nil))[:16]}, nil
}

// lines is the source of one file.
type lines struct {
	File
	sum string
}

// Name implements ingest.Source.
func (l *lines) Name() string { return "import/" + l.sum }

// Pages implements ingest.Source. The cursor is the number of bytes of lines that were read.
func (l *lines) Pages(ctx context.Context, from ingest.Cursor) iter.Seq2[ingest.Page, error] {
	return func(yield func(ingest.Page, error) bool) {
		done := int64(0)
		if from != "" {
			var err error
			if done, err = strconv.ParseInt(string(from), 10, 64); err != nil {
				yield(ingest.Page{}, fmt.Errorf("cursor %q: %w", from, err))
				return
			}
		}
		raw, err := l.Open()
		if err != nil {
			yield(ingest.Page{}, err)
			return
		}
		defer raw.Close()
		text, err := unpack(raw)
		if err == nil {
			_, err = io.CopyN(io.Discard, text, done)
		}
		if err != nil {
			yield(ingest.Page{}, l.failed(err))
			return
		}
		l.rest(ctx, bufio.NewReaderSize(text, 1<<16), done, yield)
	}
}

func (l *lines) rest(ctx context.Context, text *bufio.Reader, done int64, yield func(ingest.Page, error) bool) {
	for ctx.Err() == nil {
		page, err := l.page(text)
		if err != nil {
			yield(ingest.Page{}, l.failed(err))
			return
		}
		if len(page) == 0 {
			return
		}
		done += int64(len(page))
		seen := l.Observed
		if seen.IsZero() { // the decoder knows that this is no time
			seen = unknownTime
		}
		if !yield(ingest.Page{
			Source: l.Name(), Decoder: TwarcDecoder, Document: fmt.Sprintf("%s at byte %d", filepath.Base(l.File.Name), done-int64(len(page))),
			Platform: l.Platform, FetchedAt: seen, MediaType: "application/x-ndjson", Raw: page, Next: ingest.Cursor(strconv.FormatInt(done, 10)),
		}, nil) {
			return
		}
	}
	yield(ingest.Page{}, ctx.Err())
}

// unknownTime marks pages whose lines have to say themselves when they were seen.
var unknownTime = time.Unix(0, 0).UTC()

// page reads some whole lines.
func (l *lines) page(text *bufio.Reader) (page []byte, err error) {
	for len(page) < pageBytes {
		begin := len(page)
		for {
			part, err := text.ReadSlice('\n')
			page = append(page, part...)
			if errors.Is(err, io.EOF) {
				return page, binary(page[begin:])
			}
			if err == nil {
				break
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return nil, err
			}
			if len(page)-begin > lineBytes {
				return nil, errors.New("a line is longer than 8 MiB: this is no file of JSON lines")
			}
		}
		if err := binary(page[begin:]); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// binary refuses what is no text.
func binary(line []byte) error {
	if bytes.IndexByte(line, 0) >= 0 {
		return errors.New("it holds binary data: this is no file of JSON lines")
	}
	return nil
}

func (l *lines) failed(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = errors.New("it ends in the middle of its packed data: get it whole; what was read before is kept")
	}
	return fmt.Errorf("%s: %w", l.File.Name, err)
}

// unpack takes gzip and zstd off.
func unpack(r io.Reader) (io.Reader, error) {
	buf := bufio.NewReaderSize(r, 1<<20)
	head, err := buf.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzip.NewReader(buf)
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstd.NewReader(buf, zstd.WithDecoderConcurrency(1))
	}
	return buf, nil
}
