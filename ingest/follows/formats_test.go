package follows

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/overtake-analytics/overtake/ingest/lake"
)

// named are the lists with the followers' ids instead of their numbers, where people are numbered from 0 in the order given.
func named(lists map[string][]uint32, people ...string) string {
	var out []string
	for _, account := range slices.Sorted(maps.Keys(lists)) {
		var who []string
		for _, no := range lists[account] {
			who = append(who, people[no])
		}
		out = append(out, account+"<"+strings.Join(who, ","))
	}
	return strings.Join(out, " ")
}

// TestDirections reads the same three edges as each format writes them: 1 follows 9, 2 follows 9, 9 follows 1.
func TestDirections(t *testing.T) {
	const want = "1<9 9<1,2"
	for _, c := range []struct{ name, format, columns, text string }{
		{"twitter_rv", "twitter_rv", "", "9\t1\n9\t2\n1\t9\n"},
		{"snap_ego", "snap_ego", "", "1 9\n2 9\n9 1\n"},
		{"csv without header", "csv", "", "1,9\n2,9\n9,1\n"},
		{"csv with header", "csv", "", "account,follower\n9,1\n9,2\n1,9\n"},
		{"csv, other names, more columns", "csv", "", "user_index,author_index,time_chunk\n1,9,3\n2,9,3\n9,1,4\n"},
		{"csv quoted", "csv", "", "\"follower\",\"when, roughly\",\"account\"\n\"1\",\"a, \"\"b\"\"\",\"9\"\n2,,9\n9,x,1\n"},
		{"snap_ego the other way", "snap_ego", AccountFirst, "9 1\n9 2\n1 9\n"},
		{"windows", "twitter_rv", "", "\ufeff9\t1\r\n9\t2\r\n1\t9\r\n"},
		{"comments, no last newline", "twitter_rv", "", "# x\n%% y\n\n9\t1\n9 2\n1,9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lk := open(t)
			o := options(t, c.format)
			o.Columns = c.columns
			res, err := Import(context.Background(), lk, []Input{textInput("x", c.text)}, o)
			if err != nil {
				t.Fatal(err)
			}
			if got := named(listsOf(t, lk), "1", "2", "9"); got != want || res.Rejected != 0 {
				t.Errorf("got %s with %d rejected, want %s", got, res.Rejected, want)
			}
		})
	}
	t.Run("weibo_network", func(t *testing.T) { // ids 0, 1, 2 for 1, 2, 9; the flag adds what a line says already
		lk := open(t)
		if _, err := Import(context.Background(), lk, []Input{textInput("x", "3\t3\n0\t1\t2\t1\n1\t1\t2\t0\n2\t1\t0\t1\n")}, options(t, "weibo_network")); err != nil {
			t.Fatal(err)
		}
		if got := named(listsOf(t, lk), "0", "1", "2"); got != "0<2 2<0,1" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("texts", func(t *testing.T) {
		lk := open(t)
		text := "did:plc:a,did:plc:b\n7,did:plc:b\ndid:plc:a,7\n7,007x\n"
		res, err := Import(context.Background(), lk, []Input{textInput("x", text)}, options(t, "csv"))
		if err != nil {
			t.Fatal(err)
		}
		if got := named(listsOf(t, lk), "7", "did:plc:a"); got != "007x<7 7<did:plc:a did:plc:b<7,did:plc:a" || res.Rejected != 0 {
			t.Errorf("got %s, %+v", got, res)
		}
	})
}

func TestPackedFilesAndPipes(t *testing.T) {
	const text = "9\t1\n9\t2\n1\t9\n"
	var gz, two, zs, tg bytes.Buffer
	z := gzip.NewWriter(&gz)
	io.WriteString(z, text)
	z.Close()
	for _, part := range []string{text[:8], text[8:]} { // members one after the other
		z := gzip.NewWriter(&two)
		io.WriteString(z, part)
		z.Close()
	}
	e, _ := zstd.NewWriter(&zs)
	io.WriteString(e, text)
	e.Close()
	z = gzip.NewWriter(&tg)
	tw := tar.NewWriter(z)
	for i, part := range []string{text[:4], text[4:]} {
		tw.WriteHeader(&tar.Header{Name: fmt.Sprint(i), Size: int64(len(part)), Mode: 0o644, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR})
		io.WriteString(tw, part)
	}
	tw.Close()
	z.Close()
	for name, b := range map[string][]byte{"gzip": gz.Bytes(), "gzip members": two.Bytes(), "zstd": zs.Bytes(), "tar.gz": tg.Bytes()} {
		t.Run(name, func(t *testing.T) {
			lk := open(t)
			in := textInput("x", string(b))
			in.Size = -1 // as of a pipe
			if _, err := Import(context.Background(), lk, []Input{in}, options(t, "twitter_rv")); err != nil {
				t.Fatal(err)
			}
			if got := named(listsOf(t, lk), "1", "2", "9"); got != "1<9 9<1,2" {
				t.Errorf("got %s", got)
			}
			for _, cut := range []int{len(b) - 1, len(b) / 2} {
				lk := open(t)
				_, err := Import(context.Background(), lk, []Input{textInput("x.gz", string(b[:cut]))}, options(t, "twitter_rv"))
				if err == nil || !strings.Contains(err.Error(), "x.gz") || !strings.Contains(err.Error(), "cut off") {
					t.Errorf("cut at %d: %v", cut, err)
				}
				if len(lk.Imports()) != 0 {
					t.Error("a cut file was imported")
				}
			}
		})
	}
}

func TestBadInput(t *testing.T) {
	good := strings.Repeat("9\t1\n", 20)
	for _, c := range []struct{ name, format, text, want string }{
		{"empty", "twitter_rv", "", "no edge"},
		{"comments only", "twitter_rv", "# nothing\n", "no edge"},
		{"binary", "twitter_rv", "\x00\x01\x02\x03", "binary data at byte 0"},
		{"half binary", "twitter_rv", good + "9\t\x00\x01\n" + good, "binary data at byte 82"},
		{"prose", "twitter_rv", "one two three\nfour\n9\t1\n", "2 of 3 lines cannot be read"},
		{"endless line", "twitter_rv", strings.Repeat("x", 4<<20), "longer than a MiB"},
		{"swapped", "twitter_rv", swappedText(), "columns look swapped"},
		{"csv without known columns", "csv", "name,age\nx,3\n", "name one account"},
		{"weibo without a first line", "weibo_network", "a b c\n", "how many users"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lk := open(t)
			_, err := Import(context.Background(), lk, []Input{textInput("x.txt", c.text)}, options(t, c.format))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
			again, err := lake.Open(lk.Dir())
			if err != nil || len(again.Imports()) != 0 || len(listsOf(t, again)) != 0 {
				t.Errorf("something was imported: %v", err)
			}
			if left, _ := os.ReadDir(lk.Dir() + "/_tmp"); len(left) != 0 {
				t.Errorf("%d temporary files are left", len(left))
			}
		})
	}
}

// swappedText has its columns the wrong way round for twitter_rv: thousands follow three hubs.
func swappedText() string {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "%d\t%d\n", 100+i, i%3)
	}
	return b.String()
}

func TestBadLinesAreCountedAndKept(t *testing.T) {
	lk := open(t)
	text := strings.Repeat("9\t1\n", 30) + "9\t-1\n18446744073709551616\t1\n9\n9\t1\t1\n9\t01\n5\t5\n9\tx\n9\t2"
	res, err := Import(context.Background(), lk, []Input{textInput("dir/x.txt", text)}, options(t, "twitter_rv"))
	if err != nil {
		t.Fatal(err)
	}
	if res.Rejected != 6 || res.SelfFollows != 1 || res.Follows != 2 || res.Duplicates != 29 || res.Lines != 38 {
		t.Errorf("%+v", res.Import)
	}
	n := int64(0)
	for _, f := range lk.Files() {
		if f.Dataset == "quarantine" {
			n += f.Rows
		}
	}
	if n != 6 {
		t.Errorf("%d rows in quarantine, want 6", n)
	}
}

func TestManyFilesAreOneDataSet(t *testing.T) {
	lk := open(t)
	ctx := context.Background()
	res, err := Import(ctx, lk, []Input{textInput("a", "9\t1\n"), textInput("b", "9\t2\n9\t1\n")}, options(t, "twitter_rv"))
	if err != nil || len(res.Files) != 2 {
		t.Fatal(err, res)
	}
	// A known file among new ones is left out; another platform is another matter.
	res, err = Import(ctx, lk, []Input{textInput("b", "9\t2\n9\t1\n"), textInput("c", "9\t3\n")}, options(t, "twitter_rv"))
	if err != nil || len(res.Known) != 1 || len(res.Files) != 1 {
		t.Fatal(err, res)
	}
	if got := named(listsOf(t, lk), "1", "2", "3"); got != "9<1,2,3" {
		t.Errorf("got %s", got)
	}
	o := options(t, "twitter_rv")
	o.Platform = "sina_weibo"
	if _, err := Import(ctx, lk, []Input{textInput("a", "9\t1\n")}, o); err != nil {
		t.Error(err)
	}
}

// FuzzParse holds the fast way of reading lines against the slow one.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"9\t1\n", "9 1\r\n", "\ufeff9\t1\n", "9\t18446744073709551615\n", "99999999999999999999\t1\n", "0\t0\n", "00\t1\n", "\t1\n", "1,2,3\n", "# x\n", "9\t1 \n", "-1\t2\n", "\"a\",\"b\"\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text += "\n"
		rows := layout{rows: true, users: 10}
		if err := rows.parse([]byte(text), 0, new(record)); err != nil && !errors.As(err, new(*binaryError)) {
			t.Errorf("%q: %v", text, err)
		}
		for _, l := range []layout{{}, {followerFirst: true}, {texts: true}} {
			var fast, slow record
			errFast := l.parse([]byte(text), 0, &fast)
			errSlow := l.parseSlow([]byte(text), 0, &slow)
			if fmt.Sprint(errFast) != fmt.Sprint(errSlow) || !slices.Equal(fast, slow) {
				t.Errorf("%q: fast %v %v, slow %v %v", text, fast, errFast, slow, errSlow)
			}
		}
	})
}

// A record keeps what the parser said.
type record []string

func (r *record) edge(a, f uint64)     { *r = append(*r, fmt.Sprint("edge ", a, " ", f)) }
func (r *record) textEdge(a, f []byte) { *r = append(*r, fmt.Sprintf("text %q %q", a, f)) }
func (r *record) reject(offset int64, line []byte, reason string) {
	*r = append(*r, fmt.Sprintf("reject %d %q %s", offset, line, reason))
}
