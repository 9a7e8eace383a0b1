package forecast

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Point is one row of a panel.
type Point struct {
	DS      string  // as written
	T       float64 // running time: days since 1970-01-01, or the integer step
	Y       float64
	SD      float64 // known standard uncertainty of Y; 0 = not told
	Guessed bool    // the row was filled in by whoever made the panel (column observed = 0)
}

// A Series is one unique_id of a panel, in time order, one point per instant.
type Series struct {
	ID     string
	Points []Point
	Season int  // season length in steps where the panel says it (column season); 0 = detect
	Dated  bool // ds are dates; else integer steps
	Flags  []string
}

// A Panel is a set of series, ordered by id, and what its reader had to say.
type Panel struct {
	Series   []*Series
	Warnings []string
}

// Find gives the series with this id, or nil.
func (p *Panel) Find(id string) *Series {
	i, ok := slices.BinarySearchFunc(p.Series, id, func(s *Series, id string) int { return strings.Compare(s.ID, id) })
	if !ok {
		return nil
	}
	return p.Series[i]
}

// A columns maps header names to positions; -1 for a column that is not there.
type columns map[string]int

func header(rec []string, must, may []string) (columns, error) {
	c := columns{}
	for _, name := range append(slices.Clone(must), may...) {
		c[name] = -1
	}
	for i, h := range rec {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if at, known := c[h]; known && at < 0 {
			c[h] = i
		}
	}
	var missing []string
	for _, name := range must {
		if c[name] < 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("line 1: column %s not found: the header must name %s", strings.Join(missing, ", "), strings.Join(must, ", "))
	}
	return c, nil
}

func (c columns) get(rec []string, name string) string {
	if i := c[name]; i >= 0 && i < len(rec) {
		return strings.TrimSpace(rec[i])
	}
	return ""
}

// ReadPanel reads the long format unique_id,ds,y with the optional columns sd (known noise of y), season (steps per cycle) and
// observed (0 marks a row that was filled in). ds is a date (2006-01-02, optionally with a time) or an integer step, of one kind within
// a series. Rows may come in any order. A row whose y is empty, NaN or infinite is a gap: it is left out and
// counted in Warnings; several values for one ds become their mean, with a flag. Anything else that cannot be read is an error that
// names the line.
func ReadPanel(r io.Reader) (*Panel, error) {
	cr := csv.NewReader(r)
	cr.FieldsPerRecord = -1
	cr.ReuseRecord = true
	rec, err := cr.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("read panel: empty input: want a header unique_id,ds,y")
	} else if err != nil {
		return nil, fmt.Errorf("read panel: %w", err)
	}
	cols, err := header(rec, []string{"unique_id", "ds", "y"}, []string{"sd", "season", "observed"})
	if err != nil {
		return nil, fmt.Errorf("read panel: %w", err)
	}
	b := panelBuilder{byID: map[string]*Series{}}
	for {
		rec, err := cr.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read panel: %w", err)
		}
		line, _ := cr.FieldPos(0)
		if err := b.add(cols, rec, line); err != nil {
			return nil, fmt.Errorf("read panel: line %d: %w", line, err)
		}
	}
	if len(b.byID) == 0 {
		return nil, errors.New("read panel: no row follows the header: want unique_id,ds,y and one row a reading")
	}
	return b.finish(), nil
}

// A panelBuilder gathers rows by series.
type panelBuilder struct {
	byID             map[string]*Series
	skipped, firstAt int
}

func (b *panelBuilder) add(cols columns, rec []string, line int) error {
	id, ds := cols.get(rec, "unique_id"), cols.get(rec, "ds")
	if id == "" || ds == "" {
		return fmt.Errorf("unique_id and ds must not be empty")
	}
	t, dated, err := ParseDS(ds)
	if err != nil {
		return err
	}
	s := b.byID[id]
	if s == nil {
		id = strings.Clone(id)
		s = &Series{ID: id, Dated: dated}
		b.byID[id] = s
	}
	if s.Dated != dated {
		return fmt.Errorf("series %q mixes dates and integer steps: ds is %q", id, ds)
	}
	p := Point{DS: strings.Clone(ds), T: t, Guessed: cols.get(rec, "observed") == "0"}
	if v := cols.get(rec, "season"); v != "" {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || n < 0 || n > maxSeason || n != math.Trunc(n) {
			return fmt.Errorf("season %q must be a whole number from 0 to %d", v, maxSeason)
		}
		s.Season = int(n)
	}
	if v := cols.get(rec, "sd"); v != "" {
		if p.SD, err = strconv.ParseFloat(v, 64); err != nil || math.IsNaN(p.SD) || p.SD < 0 || p.SD > maxAbs {
			return fmt.Errorf("sd %q must be a number >= 0", v)
		}
	}
	text := cols.get(rec, "y")
	p.Y, err = strconv.ParseFloat(text, 64)
	switch {
	case text == "" || math.IsNaN(p.Y) || math.IsInf(p.Y, 0) || math.Abs(p.Y) > maxAbs || strings.EqualFold(text, "na") || strings.EqualFold(text, "null"):
		if b.skipped++; b.firstAt == 0 {
			b.firstAt = line
		}
		if !slices.Contains(s.Flags, "unusable_rows") {
			s.Flags = append(s.Flags, "unusable_rows")
		}
		return nil
	case err != nil:
		return fmt.Errorf("y %q is not a number", text)
	}
	s.Points = append(s.Points, p)
	return nil
}

func (b *panelBuilder) finish() *Panel {
	p := &Panel{}
	for _, s := range b.byID {
		s.settle()
		p.Series = append(p.Series, s)
	}
	slices.SortFunc(p.Series, func(a, c *Series) int { return strings.Compare(a.ID, c.ID) })
	if b.skipped > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s without a usable y (first: line %d): taken for a gap", rowsWord(b.skipped), b.firstAt))
	}
	return p
}

func rowsWord(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// settle orders the points and joins those of one instant: their mean, their disagreement as noise, and a flag.
func (s *Series) settle() {
	if !slices.IsSortedFunc(s.Points, byTime) {
		slices.SortStableFunc(s.Points, byTime)
		s.Flags = append(s.Flags, "was_unordered")
	}
	out := s.Points[:0]
	for i := 0; i < len(s.Points); {
		j := i + 1
		for j < len(s.Points) && s.Points[j].T == s.Points[i].T {
			j++
		}
		p := s.Points[i]
		if j > i+1 {
			same := make([]Obs, 0, j-i)
			for _, q := range s.Points[i:j] {
				same = append(same, Obs{T: q.T, Y: q.Y, SD: q.SD})
				p.Guessed = p.Guessed && q.Guessed
			}
			o := join(same)
			p.Y, p.SD = o.Y, o.SD
			if !slices.Contains(s.Flags, "repeated_ds") {
				s.Flags = append(s.Flags, "repeated_ds")
			}
		}
		out = append(out, p)
		i = j
	}
	s.Points = out
}

func byTime(a, b Point) int { return cmp.Compare(a.T, b.T) }

// until gives the points with T <= t.
func (s *Series) until(t float64) []Point {
	n, _ := slices.BinarySearchFunc(s.Points, t, func(p Point, t float64) int {
		if p.T <= t {
			return -1
		}
		return 1
	})
	return s.Points[:n]
}

// A Task asks for the h-th step after a cutoff, from rows with ds <= cutoff only.
type Task struct {
	ID     string
	Cutoff string
	T      float64 // of the cutoff
	H      int
}

// maxHorizon bounds what a task may ask for.
const maxHorizon = 1000

// ReadTasks reads unique_id,cutoff,h. Errors name the line.
func ReadTasks(r io.Reader) ([]Task, error) {
	cr := csv.NewReader(r)
	cr.FieldsPerRecord = -1
	rec, err := cr.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("read tasks: empty input: want a header unique_id,cutoff,h")
	} else if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	cols, err := header(rec, []string{"unique_id", "cutoff", "h"}, nil)
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	var out []Task
	for {
		rec, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read tasks: %w", err)
		}
		line, _ := cr.FieldPos(0)
		t := Task{ID: cols.get(rec, "unique_id"), Cutoff: cols.get(rec, "cutoff")}
		if t.T, _, err = ParseDS(t.Cutoff); err != nil {
			return nil, fmt.Errorf("read tasks: line %d: %w", line, err)
		}
		if t.H, err = strconv.Atoi(cols.get(rec, "h")); err != nil || t.H < 1 || t.H > maxHorizon {
			return nil, fmt.Errorf("read tasks: line %d: h %q must be a whole number from 1 to %d", line, cols.get(rec, "h"), maxHorizon)
		}
		out = append(out, t)
	}
}
