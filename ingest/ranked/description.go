package ranked

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/andybalholm/cascadia"

	"github.com/overtake-analytics/overtake/ingest"
)

// A Description says where on a kind of page the rows, ranks, names and counts are. It is read from a small TOML file; the
// shipped ones in pages/ show every key.
type Description struct {
	Name     string          `toml:"-"`        // of the file, without .toml
	Version  int             `toml:"version"`  // of the description: part of the decoder's name, so that old pages keep theirs
	Title    string          `toml:"title"`    // of the page, for people
	Platform ingest.Platform `toml:"platform"` // whose accounts these are
	Kind     ingest.Kind     `toml:"kind"`     // what the list is ranked by: "followers", or a kind of its own such as a score
	URLs     []string        `toml:"urls"`     // of the pages of the list, in order
	Page     int             `toml:"page"`     // rows on each of several pages, for lists that print no rank
	Number   string          `toml:"number"`   // pattern in a page's address whose first group is the page's number, from 1; for the same
	Live     bool            `toml:"live"`     // false: for archived or saved pages only; the collector does not ask for them
	Licence  string          `toml:"licence"`  // of the page's content
	Note     string          `toml:"note"`

	Unwrap   string   `toml:"unwrap"`   // what holds the HTML: "" (the answer), "json:KEY.KEY", "script:TEXT" (a call whose argument is JSON with the key html)
	Captured string   `toml:"captured"` // pattern in the page's address whose first group is a time like 20120131093000: an archived page is dated by it
	Blocked  []string `toml:"blocked"`  // texts of login and challenge pages that come with status 200

	Table   string   `toml:"table"`   // selector of the table, for columns that are found by their headers; the first that has all Need
	Need    []string `toml:"need"`    // headers that the table must have
	Rows    string   `toml:"rows"`    // selector of the rows, within the table where there is one
	Profile bool     `toml:"profile"` // the page is about one account and no list: a count and no rank
	Climb   int      `toml:"climb"`   // the row is so many elements above what rows selects
	Least   int      `toml:"least"`   // fewer rows mean that the layout has changed; 0 means 10
	Rank    []Field  `toml:"rank"`    // none: the order of the rows
	Handle  []Field  `toml:"handle"`  // of the account; also its id where ID gives none
	ID      []Field  `toml:"id"`      // the platform's own id, where the page has it
	Label   []Field  `toml:"label"`   // the name to show
	Count   []Field  `toml:"count"`   // what the list is ranked by
	More    []Other  `toml:"more"`    // other counts of the same row
}

// A Field says how to find a text in a row. Of several fields the first that finds something counts.
type Field struct {
	Header  []string `toml:"header"`  // the column whose header begins so, in any case
	Select  string   `toml:"select"`  // within the cell, or within the row
	Nth     int      `toml:"nth"`     // of several such elements, from 1; 0 means 1
	Attr    string   `toml:"attr"`    // its attribute; else its text
	Pattern string   `toml:"pattern"` // of which the first group, or the whole match, is meant
	Unit    string   `toml:"unit"`    // written behind a count: "M" for a column of millions
	Mode    string   `toml:"mode"`    // "round" or "floor": what the page does to a count
	Decimal string   `toml:"decimal"` // the decimal mark: "." or ","
	Step    float64  `toml:"step"`    // what the page rounds a count to, where it says so; 0: the place of the last digit shown

	pattern *regexp.Regexp
	sel     cascadia.Selector
}

// An Other is another count of the row.
type Other struct {
	Kind ingest.Kind `toml:"kind"`
	Field
}

// Decoder is the name of the decoder of this description's pages.
func (d *Description) Decoder() string { return fmt.Sprintf("ranked.%s/v%d", d.Name, d.Version) }

//go:embed pages/*.toml
var shipped embed.FS

// Shipped are the descriptions that come with the program, by name. They are not to be changed.
var Shipped = sync.OnceValue(func() map[string]*Description {
	found, err := Read(shipped, "pages")
	if err != nil {
		panic(err) // they are embedded, and a test reads them
	}
	return found
})

// Read reads the descriptions *.toml in a folder. A mistake names the file and the key.
func Read(fsys fs.FS, dir string) (map[string]*Description, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.toml"))
	if err != nil {
		return nil, err
	}
	found := map[string]*Description{}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		d, err := Parse(strings.TrimSuffix(path.Base(name), ".toml"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		found[d.Name] = d
	}
	return found, nil
}

var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Parse reads one description.
func Parse(name, text string) (*Description, error) {
	d := &Description{Name: name}
	meta, err := toml.Decode(text, d)
	var syntax toml.ParseError
	switch {
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("line %d: %s", syntax.Position.Line, syntax.Message)
	case err != nil:
		return nil, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("unknown key %s", unknown[0])
	}
	if !validName.MatchString(name) {
		return nil, fmt.Errorf("name %q, want lower-case letters, digits and hyphens", name)
	}
	return d, d.check()
}

// check reports the first thing that cannot work, and prepares selectors and patterns.
func (d *Description) check() error {
	switch {
	case d.Version < 1:
		return fmt.Errorf("version = %d, want 1 or more", d.Version)
	case !d.Platform.Valid():
		return fmt.Errorf("platform = %q, want a short name such as twitter", d.Platform)
	case !ingest.Platform(d.Kind).Valid(): // the same letters
		return fmt.Errorf("kind = %q, want a kind of count such as followers", d.Kind)
	case d.Rows == "":
		return errors.New("rows is missing: the selector of the rows")
	case len(d.Count) == 0:
		return errors.New("[[count]] is missing: where the counts are")
	case len(d.Handle) == 0 && len(d.ID) == 0:
		return errors.New("[[handle]] or [[id]] is missing: where it says which account a row is about")
	case d.Live && len(d.URLs) == 0:
		return errors.New("urls is missing, though live = true")
	case len(d.URLs) > 1 && d.Captured == "" && len(d.Rank) == 0 && (d.Page <= 0 || d.Number == ""):
		return errors.New("page and number are missing: the ranks on the second page follow from how many rows a page has")
	}
	if d.Least == 0 {
		d.Least = 10
	}
	for _, sel := range []string{d.Table, d.Rows} {
		if _, err := cascadia.Compile(sel); sel != "" && err != nil {
			return fmt.Errorf("selector %q: %w", sel, err)
		}
	}
	for key, pattern := range map[string]string{"captured": d.Captured, "number": d.Number} {
		if _, err := regexp.Compile(pattern); err != nil {
			return fmt.Errorf("%s = %q: %w", key, pattern, err)
		}
	}
	if kind, _, _ := strings.Cut(d.Unwrap, ":"); !slices.Contains([]string{"", "json", "script"}, kind) {
		return fmt.Errorf("unwrap = %q, want json:KEY.KEY or script:TEXT", d.Unwrap)
	}
	for key, fields := range map[string][]Field{"rank": d.Rank, "handle": d.Handle, "id": d.ID, "label": d.Label, "count": d.Count} {
		for i := range fields {
			if err := fields[i].check(d.Table != ""); err != nil {
				return fmt.Errorf("[[%s]] number %d: %w", key, i+1, err)
			}
		}
	}
	for i := range d.More {
		if err := d.More[i].check(d.Table != ""); err != nil {
			return fmt.Errorf("[[more]] number %d: %w", i+1, err)
		}
	}
	return nil
}

func (f *Field) check(table bool) (err error) {
	switch {
	case len(f.Header) > 0 && !table:
		return errors.New("header needs table: the selector of a table")
	case len(f.Header) == 0 && f.Select == "" && f.Attr == "" && f.Pattern == "":
		return errors.New("want header, select, attr or pattern")
	case f.Step < 0 || f.Step > 1e12:
		return fmt.Errorf("step = %v, want what a count is rounded to", f.Step)
	case f.Mode != "" && f.Mode != "round" && f.Mode != "floor":
		return fmt.Errorf("mode = %q, want round or floor", f.Mode)
	case f.Decimal != "" && f.Decimal != "." && f.Decimal != ",":
		return fmt.Errorf("decimal = %q, want a point or a comma", f.Decimal)
	}
	if f.pattern, err = regexp.Compile(f.Pattern); err != nil {
		return fmt.Errorf("pattern = %q: %w", f.Pattern, err)
	}
	if f.Select != "" {
		if f.sel, err = cascadia.Compile(f.Select); err != nil {
			return fmt.Errorf("select = %q: %w", f.Select, err)
		}
	}
	return nil
}
