package dumps

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

func file(name, text string) File {
	return File{Name: name, Platform: "twitter", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// read collects all rows of a source, as "id followers day".
func read(t *testing.T, src ingest.Source, from ingest.Cursor) (figures []string, rejects []ingest.Reject, last ingest.Cursor) {
	t.Helper()
	for page, err := range src.Pages(context.Background(), from) {
		if err != nil {
			t.Fatal(err)
		}
		rows, err := Decoders()[page.Decoder](page)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range rows.Snapshots {
			if s.Kind == ingest.Followers {
				figures = append(figures, fmt.Sprint(s.NativeID, " ", s.Value, " ", s.Dating.From.Format(time.DateOnly)))
			}
		}
		rejects = append(rejects, rows.Quarantine...)
		last = page.Next
	}
	return figures, rejects, last
}

func TestTwarcLines(t *testing.T) {
	text := strings.Join([]string{
		`{"id":"1","username":"a","name":"A","public_metrics":{"followers_count":10,"following_count":2,"tweet_count":3},"__twarc":{"retrieved_at":"2022-03-04T05:06:07+00:00"}}`,
		`{"data":[{"id":"7","text":"x"}],"includes":{"users":[{"id":"2","username":"b","public_metrics":{"followers_count":20}}]},"__twarc":{"retrieved_at":"2022-03-04T05:06:07Z"}}`,
		`{"data":[{"id":"3","username":"c","public_metrics":{"followers_count":30}}],"__twarc":{"retrieved_at":"2022-03-05T00:00:00Z"}}`,
		`{"id":"8","text":"x","author":{"id":"4","username":"d","public_metrics":{"followers_count":40}},"__twarc":{"retrieved_at":"2022-03-04T05:06:07Z"}}`,
		`{"created_at":"Wed Aug 27 13:08:45 +0000 2008","id":9,"id_str":"9","text":"x","user":{"id":5,"id_str":"5","screen_name":"e","followers_count":50}}`,
		`{"delete":{"status":{"id":1}}}`, ``,
		`{"id":6,"id_str":"6","screen_name":"f","followers_count":60,"created_at":"Wed Aug 27 13:08:45 +0000 2008"}`,
		`{"id":`, `{"id":"7","text":"no profile"}`,
	}, "\n")
	src, err := Twarc(file("dump.jsonl", text))
	if err != nil {
		t.Fatal(err)
	}
	got, rejects, last := read(t, src, "")
	want := "[1 10 2022-03-04 2 20 2022-03-04 3 30 2022-03-05 4 40 2022-03-04 5 50 2008-08-27]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %v", got, want)
	}
	if len(rejects) != 3 || !strings.Contains(rejects[0].Reason, "--observed") || rejects[0].Line != 8 || rejects[0].Offset != int64(strings.Index(text, `{"id":6`)) {
		t.Errorf("rejects %+v, want three, the first at line 8", rejects)
	}
	if again, _, _ := read(t, src, last); len(again) != 0 {
		t.Errorf("a finished dump gives %v again", again)
	}
	f := file("dump.jsonl", text)
	f.Observed = time.Date(2009, 1, 2, 0, 0, 0, 0, time.UTC)
	if src, err = Twarc(f); err != nil {
		t.Fatal(err)
	}
	if got, rejects, _ := read(t, src, ""); len(rejects) != 2 || !strings.Contains(fmt.Sprint(got), "6 60 2009-01-02") {
		t.Errorf("with a time: %v, %v", got, rejects)
	}
}

func TestDumpGoesOnWhereItWas(t *testing.T) {
	var b strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&b, `{"id":"%d","username":"u%d","public_metrics":{"followers_count":%d},"__twarc":{"retrieved_at":"2022-03-04T05:06:07Z"}}`+"\n", i, i, i)
	}
	src, err := Twarc(file("big.jsonl", b.String()))
	if err != nil {
		t.Fatal(err)
	}
	whole, _, _ := read(t, src, "")
	if len(whole) != 30_000 {
		t.Fatalf("%d profiles, want 30000", len(whole))
	}
	pages := 0
	for page, err := range src.Pages(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
		pages++
		rest, _, _ := read(t, src, page.Next)
		if n := len(whole) - len(rest); n <= 0 || fmt.Sprint(whole[n:]) != fmt.Sprint(rest) {
			t.Errorf("behind page %d: %d profiles, which are not the last ones", pages, len(rest))
		}
	}
	if pages < 3 {
		t.Errorf("%d pages, want several", pages)
	}
}

func TestArchive(t *testing.T) {
	account := file("account.js", `window.YTD.account.part0 = [{"account":{"email":"who@example.org","username":"me","accountId":"42","accountDisplayName":"Me"}}]`)
	followers := file("follower.js", `window.YTD.follower.part0 = [{"follower":{"accountId":"7"}},{"follower":{"accountId":"8"}},{"follower":{"accountId":"7"}},{"follower":{"accountId":"42"}}]`)
	day := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	src, err := Archive([]File{followers, account}, day)
	if err != nil {
		t.Fatal(err)
	}
	for page, err := range src.Pages(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(page.Raw), "example.org") {
			t.Error("the journal would keep an e-mail address")
		}
		rows, err := ReadArchive(page)
		if err != nil || len(rows.Follows) != 2 || len(rows.Lists) != 1 || rows.Lists[0].Collected != 2 || rows.Accounts[0].Handle != "me" {
			t.Errorf("%+v, %v", rows, err)
		}
	}
	for name, files := range map[string][]File{
		"whose archive":   {followers},
		"window.YTD":      {account, file("x.js", "{}")},
		"only account.js": {account, file("dm.js", `window.YTD.direct_messages.part0 = [{"dmConversation":{}}]`)},
	} {
		if _, err := Archive(files, day); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want an error that says %q", err, name)
		}
	}
	if _, err := Archive([]File{account}, time.Time{}); err == nil {
		t.Error("an archive of no day is taken")
	}
}

func FuzzReadTwarc(f *testing.F) {
	f.Add([]byte(`{"id":"1","username":"a","public_metrics":{"followers_count":10},"__twarc":{"retrieved_at":"2022-03-04T05:06:07Z"}}`))
	f.Add([]byte("{\"user\":null}\n[]\n\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := ReadTwarc(ingest.Page{Raw: raw, Platform: "twitter", FetchedAt: unknownTime}); err != nil {
			t.Error(err)
		}
	})
}
