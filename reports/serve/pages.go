package serve

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"strings"
)

//go:embed templates/*.html.tmpl
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"number": number, "cell": cell, "long": long}).ParseFS(templateFiles, "templates/*.html.tmpl"))

func (s *Server) routes(mux *http.ServeMux) {
	assets, _ := fs.Sub(assetFiles, "assets") // the folder is embedded above
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(assets)))
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /report/", s.report)
	mux.HandleFunc("GET /tables", s.listTables)
	mux.HandleFunc("GET /tables/{name}", s.showTable)
	mux.HandleFunc("GET /query", s.queryPage)
	mux.HandleFunc("POST /api/query", s.answerQuery)
	mux.HandleFunc("POST /download", s.download)
	mux.HandleFunc("GET /api/published", s.published)
}

// A page is what all templates know.
type page struct {
	Title, Here string
	AsOf        string
	Version     string
	Body        any
}

// home shows the report in a frame, or says how to make one.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	_, err := os.Stat(s.opt.Report + "/index.html")
	s.show(w, r, "home", page{Title: "Report", Here: "report", Body: err == nil})
}

// report gives the report's files. The folder is opened for each request, as it is replaced as a whole by the next run,
// and no link leads out of it.
func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	root, err := os.OpenRoot(s.opt.Report)
	if err != nil {
		http.Error(w, "there is no report yet: overtake report", http.StatusNotFound)
		return
	}
	defer root.Close()
	w.Header().Set("Content-Security-Policy", reportPages)
	http.StripPrefix("/report/", http.FileServerFS(filesOnly{root.FS()})).ServeHTTP(w, r)
}

// filesOnly lists no folder.
type filesOnly struct{ fs.FS }

// Open opens a file, or the folder that has an index.html.
func (f filesOnly) Open(name string) (fs.File, error) {
	missing := &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	file, err := f.FS.Open(name)
	if err != nil { // a link that leads out of the folder, too
		return nil, missing
	}
	if info, err := file.Stat(); name != "." && (err != nil || info.IsDir()) {
		return nil, errors.Join(missing, file.Close())
	}
	return file, nil
}

// queryPage shows the editor; its script does the rest. Without scripts the form still downloads.
func (s *Server) queryPage(w http.ResponseWriter, r *http.Request) {
	tables, err := s.tables(r.Context())
	if err != nil {
		s.noPage(w, err)
		return
	}
	s.show(w, r, "query", page{Title: "Query", Here: "query", Body: map[string]any{
		"SQL": "select platform, metric, \"on\", value\nfrom results.series\nwhere metric = 'monthly_active_users'\norder by platform, \"on\"", "Tables": tables, "Examples": s.opt.Examples,
		"Rows": s.opt.Rows, "Time": s.opt.Time.String(), "DownloadRows": s.opt.DownloadRows,
	}})
}

// show writes a page, whole or not at all.
func (s *Server) show(w http.ResponseWriter, r *http.Request, name string, p page) {
	p.Version = s.opt.Version
	p.AsOf = s.asOf(r.Context())
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, p); err != nil {
		http.Error(w, fmt.Sprintf("the page %s cannot be made: %v", name, err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w)
}

func (s *Server) noPage(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if errors.Is(err, fs.ErrNotExist) {
		status = http.StatusServiceUnavailable
	}
	http.Error(w, strings.TrimSpace(err.Error()), status)
}

// asOf is the last day whose publications the warehouse has seen, or nothing where it does not say.
func (s *Server) asOf(ctx context.Context) string {
	day := ""
	_ = s.read(ctx, `
		select coalesce((select max(value) from meta.run where key = 'as_of' and value <> ''),
			(select cast(max(published_on) as varchar) from marts.platform_readings), '')`,
		func(scan func(...any) error) error { return scan(&day) })
	return day
}

// read runs a query of ours on the newest warehouse.
func (s *Server) read(ctx context.Context, query string, row func(scan func(...any) error) error, args ...any) error {
	store, release, err := s.store.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	rows, err := store.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
