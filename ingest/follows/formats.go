package follows

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// A Format is a layout of files that follow graphs come in. All text formats take tabs, spaces or commas between the
// columns and leave out blank lines and those that begin with # or %.
type Format struct {
	Name string
	Doc  string
	layout
	begin func(l *layout, line []byte) (header bool, err error) // reads the first line, where it is special
}

// Formats lists the text formats. Directions are those that the publishers of the data sets state.
func Formats() []Format {
	return []Format{
		{Name: "twitter_rv", Doc: "account, follower (Kwak et al. 2010, twitter_rv.net, and LAW's twitter-2010 as text): the second follows the first"},
		{Name: "snap_ego", layout: layout{followerFirst: true}, Doc: "follower, account (SNAP ego-Twitter, MPI-SWS, KDD Cup 2012 user_sns): the first follows the second"},
		{Name: "weibo_network", layout: layout{rows: true}, begin: beginRows, Doc: "AMiner's Sina Weibo: N M, then v k u1 f1 u2 f2 ...: v follows each u, and u follows v where f is 1"},
		{Name: "csv", layout: layout{followerFirst: true, texts: true}, begin: beginCSV, Doc: "CSV with a header that names the two columns, or without one: follower, account (Bluesky Social Dataset); ids may be texts"},
		{Name: "parquet", layout: layout{followerFirst: true, texts: true}, Doc: "Parquet with two columns named as in csv, of numbers or texts"},
	}
}

func formatOf(name string) (Format, error) {
	all := Formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, fmt.Errorf("format %q is not known", name)
	}
	return all[i], nil
}

// order says which column is which.
func (f Format) order() string {
	if f.followerFirst {
		return "the first column should be who follows; --columns account,follower reads them the other way round, --columns follower,account takes them as they are"
	}
	return "the second column should be who follows; --columns follower,account reads them the other way round, --columns account,follower takes them as they are"
}

// The names of columns that CSV and Parquet files are known to have.
var (
	accountNames  = []string{"account", "account_id", "followee", "followed", "target", "dst", "to", "author_index", "v", "following"}
	followerNames = []string{"follower", "follower_id", "source", "src", "from", "user_index", "u", "user"}
)

// edgeColumns finds the two columns by their names.
func edgeColumns(names []string) (account, follower int, err error) {
	find := func(want []string) int {
		return slices.IndexFunc(names, func(n string) bool { return slices.Contains(want, strings.ToLower(strings.TrimSpace(n))) })
	}
	account, follower = find(accountNames), find(followerNames)
	if account < 0 || follower < 0 {
		return 0, 0, fmt.Errorf("columns %s: name one account (or %s) and one follower (or %s)", strings.Join(names, ", "),
			strings.Join(accountNames[1:], ", "), strings.Join(followerNames[1:], ", "))
	}
	return account, follower, nil
}

// beginCSV reads the header, which there is where the first line holds no number.
func beginCSV(l *layout, line []byte) (bool, error) {
	fields, ok := splitCSV(line)
	if !ok {
		return false, fmt.Errorf("the first line is no CSV: %q", clip(line))
	}
	hasNumber := slices.ContainsFunc(fields, func(f []byte) bool { _, problem := number(f); return problem == "" })
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	account, follower, err := edgeColumns(names)
	switch {
	case err == nil:
		l.columns, l.account, l.follower = len(fields), account, follower
		if len(fields) == 2 { // the fast way
			l.columns, l.followerFirst = 0, follower == 0
		}
		return true, nil
	case hasNumber && len(fields) == 2, len(fields) == 2 && strings.ContainsAny(names[0]+names[1], ":.@"): // ids such as did:plc:...
		return false, nil
	}
	return false, err
}

// beginRows reads the line N M: users and edges.
func beginRows(l *layout, line []byte) (bool, error) {
	fields := bytes.FieldsFunc(line, isSeparator)
	if len(fields) != 2 {
		return false, fmt.Errorf("the first line should say how many users and edges there are, it is %q", clip(line))
	}
	n, problemN := number(fields[0])
	_, problemM := number(fields[1])
	if problem := problemN + problemM; problem != "" {
		return false, fmt.Errorf("the first line should say how many users and edges there are: %s", problem)
	}
	l.users = n
	return true, nil
}

// start reads the first line of a file that is no comment, for formats in which it is special, and returns how many bytes
// are read with it.
func (f Format) start(text []byte) (*layout, int, error) {
	l := f.layout
	if f.begin == nil {
		return &l, 0, nil
	}
	at := 0
	for at < len(text) {
		line, _, _ := bytes.Cut(text[at:], []byte{'\n'})
		next := at + len(line) + 1
		if at == 0 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' || line[0] == '%' {
			at = next
			continue
		}
		header, err := f.begin(&l, line)
		if err != nil {
			return nil, 0, err
		}
		if header {
			at = next
		}
		return &l, at, nil
	}
	return &l, at, nil
}
