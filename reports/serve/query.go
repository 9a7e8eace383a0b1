package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"time"
)

// A fault is what is told about a request that failed.
type fault struct {
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

// answerQuery runs the SQL of the query page and gives the first rows.
func (s *Server) answerQuery(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		s.fail(w, http.StatusUnsupportedMediaType, fault{Error: `the query must come as JSON: {"sql": "..."}`})
		return
	}
	var ask struct {
		SQL string `json:"sql"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, queryBytes)).Decode(&ask); err != nil {
		s.fail(w, http.StatusBadRequest, fault{Error: "the request is no JSON object with a text sql: " + err.Error()})
		return
	}
	var body bytes.Buffer
	start := time.Now()
	rows, err := s.query(r.Context(), ask.SQL, "grid", Limits{s.opt.Rows, gridBytes}, &body)
	took := time.Since(start)
	if err != nil {
		s.failQuery(w, err)
		return
	}
	s.opt.Log.Info("query", "rows", rows, "took", took.Round(time.Millisecond))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Server-Timing", fmt.Sprintf("query;dur=%.1f", float64(took.Microseconds())/1000))
	_, _ = body.WriteTo(w) // the reader may have gone
}

// contentTypes are the formats that can be downloaded.
var contentTypes = map[string]string{
	"csv": "text/csv; charset=utf-8", "json": "application/json",
	"parquet": "application/vnd.apache.parquet", "arrow": "application/vnd.apache.arrow.file",
}

// download runs the SQL of the query page and gives all rows as a file.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, queryBytes)
	if err := r.ParseForm(); err != nil {
		s.fail(w, http.StatusBadRequest, fault{Error: "the form cannot be read: " + err.Error()})
		return
	}
	s.file(w, r, r.PostForm.Get("sql"), r.PostForm.Get("format"), "query")
}

// file writes the rows into a temporary file first: an answer is sent whole or not at all.
func (s *Server) file(w http.ResponseWriter, r *http.Request, sql, format, name string) {
	kind, ok := contentTypes[format]
	if !ok {
		s.fail(w, http.StatusBadRequest, fault{Error: fmt.Sprintf("no format %q: want csv, json, parquet or arrow", format)})
		return
	}
	f, err := os.CreateTemp("", "overtake-download-*")
	if err != nil {
		s.fail(w, http.StatusInsufficientStorage, fault{Error: err.Error()})
		return
	}
	defer os.Remove(f.Name())
	defer f.Close()
	start := time.Now()
	rows, err := s.query(r.Context(), sql, format, Limits{s.opt.DownloadRows, downloadBytes}, f)
	if err != nil {
		s.failQuery(w, err)
		return
	}
	s.opt.Log.Info("download", "format", format, "rows", rows, "took", time.Since(start).Round(time.Millisecond))
	size, err := f.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		s.fail(w, http.StatusInternalServerError, fault{Error: err.Error()})
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + format}))
	_, _ = io.Copy(w, f)
}

var errBusy = errors.New("too many queries run at once")

// query waits for a slot and runs SQL within the limits of time, rows and bytes.
func (s *Server) query(ctx context.Context, sql, format string, limits Limits, w io.Writer) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opt.Time)
	defer cancel()
	defer context.AfterFunc(s.ends, cancel)()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return 0, errBusy
	}
	store, release, err := s.store.take(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	rows, err := store.Select(ctx, sql, format, limits, w)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return rows, err
}

// failQuery says why there is no answer and what to do.
func (s *Server) failQuery(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errBusy):
		s.fail(w, http.StatusServiceUnavailable, fault{"other queries are running", "try again when they have ended"})
	case errors.Is(err, context.DeadlineExceeded):
		s.fail(w, http.StatusRequestTimeout, fault{fmt.Sprintf("the query was stopped after %s", s.opt.Time), "narrow it, or run it with overtake query, which has no limit"})
	case errors.Is(err, context.Canceled), errors.Is(err, errClosed):
		s.fail(w, http.StatusServiceUnavailable, fault{Error: "the query was stopped"})
	case errors.Is(err, os.ErrNotExist):
		s.fail(w, http.StatusServiceUnavailable, fault{"nothing is published yet", "overtake run"})
	default:
		s.fail(w, http.StatusUnprocessableEntity, fault{Error: err.Error()})
	}
}

func (s *Server) fail(w http.ResponseWriter, status int, f fault) {
	s.opt.Log.Debug("refused", "status", status, "err", f.Error)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(f)
}
