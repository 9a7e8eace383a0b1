package export

import (
	"database/sql"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
)

const packageName = "datapackage.json"

// A dataPackage is a Frictionless Data Package. https://specs.frictionlessdata.io/data-package/
type dataPackage struct {
	Profile      string         `json:"profile"`
	Name         string         `json:"name"`
	Title        string         `json:"title,omitempty"`
	Description  string         `json:"description"`
	Version      string         `json:"version,omitempty"`
	Licenses     []licence      `json:"licenses,omitempty"`
	Contributors []contributor  `json:"contributors,omitempty"`
	Keywords     []string       `json:"keywords"`
	Overtake     provenance     `json:"overtake"`
	Resources    []resource     `json:"resources"`
	Sources      []sourceOfData `json:"sources,omitempty"`
}

type licence struct {
	Name string `json:"name"`
}

type contributor struct {
	Title string `json:"title"`
	Role  string `json:"role"`
}

// A provenance says which run the tables come from. Its presence marks the folder as ours.
type provenance struct {
	Version    string `json:"version"`
	AsOf       string `json:"as_of,omitempty"`
	Pseudonyms string `json:"pseudonyms,omitempty"`
}

type sourceOfData struct {
	Title string `json:"title"`
	Path  string `json:"path"`
}

// A resource is one file.
type resource struct {
	Profile     string  `json:"profile"`
	Type        string  `json:"type,omitempty"` // "file": to be checked as a file, not read as a table of text
	Name        string  `json:"name"`
	Title       string  `json:"title,omitempty"`
	Path        string  `json:"path"`
	Format      string  `json:"format"`
	Mediatype   string  `json:"mediatype"`
	Encoding    string  `json:"encoding,omitempty"`
	Description string  `json:"description,omitempty"`
	Bytes       int64   `json:"bytes"`
	Hash        string  `json:"hash"`
	Rows        *int64  `json:"rowcount,omitempty"`
	Schema      *schema `json:"schema,omitempty"`
}

type schema struct {
	Fields        []schemaField `json:"fields"`
	MissingValues []string      `json:"missingValues"`
}

type schemaField struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
}

var mediatypes = map[string]string{
	"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet", "arrow": "application/vnd.apache.arrow.file",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "duckdb": "application/vnd.duckdb",
}

// frictionless names the kinds of columns in the words of Table Schema.
var frictionless = map[string]string{"text": "string", "integer": "integer", "number": "number", "boolean": "boolean", "date": "date", "instant": "datetime"}

var keywords = []string{"microblogs", "social media", "Weibo", "Twitter", "Mastodon", "Bluesky", "forecasts"}

// about is the description of the whole.
func (w *work) about() string {
	text := "Figures of microblog platforms with their sources and errors, and what overtake computed from them. "
	if w.opt.AsOf != "" {
		text += "Nothing published after " + w.opt.AsOf + " was used. "
	}
	return text + "Rounded and censored counts carry the interval that they stand for. A text of a CSV file that a spreadsheet would run as a formula has an apostrophe before it."
}

func (w *work) pseudonyms() string {
	switch {
	case !w.report.Masked:
		return ""
	case w.report.Kept:
		return "Ids of followers are replaced by the first 128 bits of their HMAC-SHA-256 under a key that its owner keeps."
	}
	return "Ids of followers are replaced by the first 128 bits of their HMAC-SHA-256 under a key that was drawn for this export and forgotten."
}

// describe writes the three descriptions.
func (w *work) describe() error {
	sources, err := w.sources()
	if err != nil {
		return err
	}
	p := dataPackage{
		Profile: "data-package", Name: "overtake", Title: w.opt.Title, Description: w.about(), Version: semantic(w.opt.Version), Keywords: keywords,
		Overtake: provenance{w.opt.Version, w.opt.AsOf, w.pseudonyms()}, Sources: sources,
	}
	if w.opt.Licence != "" {
		p.Licenses = []licence{{w.opt.Licence}}
	}
	if w.opt.Author != "" {
		p.Contributors = []contributor{{w.opt.Author, "author"}}
	}
	for _, f := range w.files {
		p.Resources = append(p.Resources, f.resource())
	}
	if err := w.writeJSON(packageName, p); err != nil {
		return err
	}
	if err := w.writeJSON("croissant.json", w.croissant()); err != nil {
		return err
	}
	return writeFile(filepath.Join(w.dir, "CITATION.cff"), func(out io.Writer) error {
		_, err := io.WriteString(out, w.citation())
		return err
	})
}

func (f file) resource() resource {
	r := resource{
		Profile: "data-resource", Name: resourceName(f.Path), Path: f.Path, Format: f.Format, Mediatype: mediatypes[f.Format], Bytes: f.Bytes, Hash: "sha256:" + f.SHA256,
	}
	if f.Format != "csv" {
		r.Type = "file"
	}
	if f.Table == nil {
		r.Description = "All tables of this export in one file."
		return r
	}
	r.Title, r.Description, r.Rows = f.Table.Full(), f.Table.Comment, &f.Table.Rows
	r.Schema = &schema{MissingValues: []string{""}}
	for _, c := range f.Table.Fields {
		r.Schema.Fields = append(r.Schema.Fields, schemaField{c.Name, frictionless[c.Kind], c.Comment})
	}
	if f.Format == "csv" {
		r.Profile, r.Encoding = "tabular-data-resource", "utf-8"
	}
	return r
}

// resourceName makes a name of lower-case letters, digits, dots, dashes and underscores.
func resourceName(path string) string { return strings.ToLower(strings.ReplaceAll(path, " ", "-")) }

// sources are the pages that the warehouse cites.
func (w *work) sources() ([]sourceOfData, error) {
	var all []sourceOfData
	known := false
	if err := each(w.ctx, w.q, "select count(*) > 0 from duckdb_tables() where database_name = current_database() and schema_name = 'marts' and table_name = 'sources'",
		func(rows *sql.Rows) error { return rows.Scan(&known) }); err != nil || !known {
		return nil, err
	}
	err := each(w.ctx, w.q, "select coalesce(nullif(title, ''), source_url), source_url from marts.sources where source_url like 'http%' order by source_url", func(rows *sql.Rows) error {
		var s sourceOfData
		err := rows.Scan(&s.Title, &s.Path)
		all = append(all, s)
		return err
	})
	return all, err
}

func (w *work) writeJSON(name string, v any) error {
	return writeFile(filepath.Join(w.dir, name), func(out io.Writer) error {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
}
