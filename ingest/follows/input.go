package follows

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// An Input is one file to import. Name is how errors and the ledger call it; "-" opens standard input.
type Input struct {
	Name string
	Open func() (io.ReadCloser, error)
	Size int64 // bytes, -1 where nobody knows, as of a pipe
}

// FileInput is a file, or standard input where path is "-".
func FileInput(path string) (Input, error) {
	if path == "-" {
		return Input{Name: "-", Size: -1, Open: func() (io.ReadCloser, error) { return io.NopCloser(os.Stdin), nil }}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return Input{}, err
	}
	if info.IsDir() {
		return Input{}, fmt.Errorf("%s is a folder; name the files in it", path)
	}
	size := info.Size()
	if !info.Mode().IsRegular() {
		size = -1
	}
	return Input{Name: path, Size: size, Open: func() (io.ReadCloser, error) { return os.Open(path) }}, nil
}

// A reading reads an input: it sums the bytes as given, and unpacks them.
type reading struct {
	in      Input
	raw     io.ReadCloser
	sum     hash.Hash
	bytes   int64
	text    io.Reader   // unpacked, and taken out of an archive
	stages  []io.Reader // what stands behind text, to be read to its end
	packed  string      // gzip or zstd; empty for plain
	started time.Time
	unpack  func()
}

func openInput(in Input) (*reading, error) {
	raw, err := in.Open()
	if err != nil {
		return nil, err
	}
	r := &reading{in: in, raw: raw, sum: sha256.New(), started: time.Now(), unpack: func() {}}
	buf := bufio.NewReaderSize(summing{r}, 1<<20)
	head, err := buf.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, r.failed(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		r.packed = "gzip"
		z, err := gzip.NewReader(buf)
		if err != nil {
			return nil, r.failed(err)
		}
		r.text = z
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		r.packed = "zstd"
		z, err := zstd.NewReader(buf, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, r.failed(err)
		}
		r.text, r.unpack = z, z.Close
	default:
		r.text = buf
	}
	r.stages = []io.Reader{r.text, buf}
	r.text = untar(r.text)
	return r, nil
}

// untar gives the files of a tar archive one after the other, as twitter_rv is published; other streams as they are.
func untar(text io.Reader) io.Reader {
	buf := bufio.NewReaderSize(text, 64<<10)
	if head, _ := buf.Peek(512); len(head) < 512 || string(head[257:262]) != "ustar" {
		return buf
	}
	return &archive{tr: tar.NewReader(buf)}
}

type archive struct {
	tr *tar.Reader
	in bool // a file
}

// Read implements io.Reader.
func (a *archive) Read(p []byte) (int, error) {
	for {
		if !a.in {
			h, err := a.tr.Next()
			if err != nil {
				return 0, err
			}
			a.in = h.Typeflag == tar.TypeReg
			continue
		}
		n, err := a.tr.Read(p)
		if errors.Is(err, io.EOF) {
			a.in, err = false, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// summing adds what is read to the sum.
type summing struct{ r *reading }

func (s summing) Read(p []byte) (int, error) {
	n, err := s.r.raw.Read(p)
	s.r.bytes += int64(n)
	s.r.sum.Write(p[:n])
	return n, err
}

// Read reads the unpacked bytes; its errors name the file.
func (r *reading) Read(p []byte) (int, error) {
	n, err := r.text.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, r.failed(err)
	}
	return n, err
}

func (r *reading) failed(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && r.packed != "":
		return fmt.Errorf("%s ends in the middle of its %s data after %d bytes: it was cut off; get it whole and import it again", r.in.Name, r.packed, r.bytes)
	case r.packed != "":
		return fmt.Errorf("%s: the %s data is damaged near byte %d: %w", r.in.Name, r.packed, r.bytes, err)
	}
	return fmt.Errorf("read %s at byte %d: %w", r.in.Name, r.bytes, err)
}

// drain reads what stands behind the last line: the end of an archive, checksums of packed data.
func (r *reading) drain() error {
	for _, stage := range r.stages {
		if _, err := io.Copy(io.Discard, stage); err != nil {
			return r.failed(err)
		}
	}
	return nil
}

// digest is the sha256 of all bytes as given.
func (r *reading) digest() string {
	return hex.EncodeToString(r.sum.Sum(nil))
}

func (r *reading) close() {
	r.unpack()
	r.raw.Close()
}

// A chunk is some whole lines of a file.
type chunk struct {
	text   []byte // ends with a newline
	base   int64  // of its first byte in the unpacked file
	file   int    // which of the inputs
	layout *layout
}

const (
	chunkBytes = 2 << 20
	lineBytes  = 1 << 20 // longest line that is taken for text
)

// chunks cuts the unpacked text behind newlines. A last line without one gets it.
func (r *reading) chunks(file int, room func() []byte, yield func(chunk) bool) error {
	base := int64(0)
	var rest []byte
	for {
		buf := append(room()[:0], rest...)
		if cap(buf) < chunkBytes+lineBytes+1 {
			buf = append(make([]byte, 0, chunkBytes+lineBytes+1), rest...)
		}
		n, err := io.ReadFull(r, buf[len(buf):chunkBytes+lineBytes])
		buf = buf[:len(buf)+n]
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return err
		}
		cut := bytes.LastIndexByte(buf, '\n') + 1
		if end && cut < len(buf) {
			buf = append(buf, '\n')
			cut = len(buf)
		}
		if cut == 0 && !end || len(buf)-cut > lineBytes {
			return fmt.Errorf("%s: the line at byte %d is longer than a MiB: this is no text file of edges", r.in.Name, base+int64(cut))
		}
		rest = append(rest[:0], buf[cut:]...)
		if cut > 0 && !yield(chunk{text: buf[:cut], base: base, file: file}) {
			return nil
		}
		base += int64(cut)
		if end {
			return r.drain()
		}
	}
}
