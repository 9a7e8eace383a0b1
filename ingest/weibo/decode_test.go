package weibo

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/observed"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

var seen = time.Date(2026, 11, 24, 10, 0, 5, 0, time.UTC)

// answer is a page of a walk over account 1000000001.
func answer(i Interface, what crawl.What, url, raw string) ingest.Page {
	w := crawl.Walk{Site: "weibo-" + string(i), What: what, Subject: "1000000001", StartedAt: seen.Add(-time.Minute)}
	return ingest.Page{Source: w.Name(), Decoder: i.DecoderName(), Document: w.Document(), URL: url, Platform: Platform, FetchedAt: seen, Status: 200, Raw: []byte(raw)}
}

// formatFloat writes a count in full.
func formatFloat(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func TestNumbersAsTheyAreWritten(t *testing.T) {
	for raw, want := range map[string]string{
		`1369`: "exact 1369", `"1369"`: "exact 1369", `"1,369"`: "exact 1369", `"87万"`: "round 870000", `"1234.5万"`: "round 12345000",
		`"100万+"`: "censored_right 1000000", `"1.2亿"`: "round 120000000", `"1亿+"`: "censored_right 100000000", `"１２３４.５万"`: "round 12345000",
		`""`: "", `null`: "", `"--"`: "", `{"x":1}`: "error", `"many"`: "error", `-1`: "error", `true`: "error",
	} {
		var v struct {
			N observed.Count `json:"n"`
		}
		if err := observed.Decode([]byte(`{"n":`+raw+`}`), &v); err != nil {
			t.Fatal(err)
		}
		got := ""
		r, ok, err := v.N.Reading(ingest.Followers, ingest.ParseOptions{})
		switch {
		case err != nil:
			got = "error"
		case ok:
			got = string(r.Mode) + " " + formatFloat(r.Value)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", raw, got, want)
		}
	}
}

func TestThreeInterfacesSayTheSame(t *testing.T) {
	for name, c := range map[string]struct {
		page ingest.Page
		want string
	}{
		"open": {answer(Open, crawl.Profile, "https://api.weibo.com/2/users/show.json?uid=1000000001",
			`{"id":1000000001,"idstr":"1000000001","screen_name":"示例账号","followers_count":12345678,"friends_count":62,"statuses_count":2805,"verified":true,"verified_type":3}`), "media 12345678 exact"},
		"mobile": {answer(Mobile, crawl.Profile, "https://m.weibo.cn/api/container/getIndex?containerid=1005051000000001",
			`{"ok":1,"data":{"userInfo":{"id":1000000001,"screen_name":"示例账号","statuses_count":2805,"verified":true,"verified_type":3,"follow_count":62,"followers_count":"1234.5万","followers_count_str":"1234.5万"}}}`), "media 12345000 round"},
		"desktop": {answer(Desktop, crawl.Profile, "https://weibo.com/ajax/profile/info?uid=1000000001",
			`{"ok":1,"data":{"user":{"id":1000000001,"idstr":"1000000001","screen_name":"示例账号","verified":true,"verified_type":3,"followers_count":12345678,"followers_count_str":"1234.6万","friends_count":62,"statuses_count":2805,"status_total_counter":{"total_cnt":"120,003,579"}}}}`), "media 12345678 exact"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Interface(name).Read(c.page)
			if err != nil {
				t.Fatal(err)
			}
			got := map[ingest.Kind]float64{}
			for _, s := range r.Rows.Snapshots {
				got[s.Kind] = s.Value
			}
			if got[ingest.Following] != 62 || got[ingest.Posts] != 2805 || len(r.Rows.Accounts) != 1 {
				t.Errorf("counts %v, accounts %v", got, r.Rows.Accounts)
			}
			if a := r.Rows.Accounts[0]; a.NativeID != "1000000001" || a.DisplayName != "示例账号" {
				t.Errorf("account %+v", a)
			}
			first := r.Rows.Snapshots[0]
			if text := r.Rows.Accounts[0].Category + " " + formatFloat(first.Value) + " " + string(first.Mode); text != c.want {
				t.Errorf("followers: %s, want %s", text, c.want)
			}
			if diff := cmp.Diff(ingest.StatusActive, r.Rows.AccountStatuses[0].Status); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVanishedAccounts(t *testing.T) {
	for name, c := range map[string]struct {
		i   Interface
		raw string
	}{
		"open, number":  {Open, `{"request":"/2/users/show.json","error_code":20003,"error":"User does not exists!"}`},
		"open, text":    {Open, `{"request":"/2/users/show.json","error_code":"20003","error":"User does not exists!"}`},
		"mobile":        {Mobile, `{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}`},
		"desktop, null": {Desktop, `{"ok":1,"data":{"user":null}}`},
	} {
		r, err := c.i.Read(answer(c.i, crawl.Profile, "https://a.example/x", c.raw))
		if err != nil || len(r.Rows.AccountStatuses) != 1 || r.Rows.AccountStatuses[0].Status != ingest.StatusNotFound || r.Rows.AccountStatuses[0].NativeID != "1000000001" {
			t.Errorf("%s: %+v, %v", name, r.Rows.AccountStatuses, err)
		}
	}
	// An answer about somebody else is no answer.
	if _, err := Open.Read(answer(Open, crawl.Profile, "https://a.example/x", `{"id":1000000002,"screen_name":"x"}`)); err == nil {
		t.Error("another account's profile was taken")
	}
}

func TestCountersOfPosts(t *testing.T) {
	raw := `{"ok":1,"data":{"since_id":"4762810834227120kp2","list":[{"id":4762810834227121,"idstr":"4762810834227121","created_at":"Wed Apr 27 10:20:54 +0800 2022",
	"user":{"id":1000000001},"reposts_count":1890,"comments_count":1924,"attitudes_count":1000000,"number_display_strategy":{"display_text_min_number":1000000,"display_text":"100万+"}}],"total":2805}}`
	r, err := Desktop.Read(answer(Desktop, crawl.Posts, "https://weibo.com/ajax/statuses/mymblog?uid=1000000001&page=3", raw))
	if err != nil {
		t.Fatal(err)
	}
	modes := map[ingest.Kind]ingest.Mode{}
	for _, p := range r.Rows.Posts {
		modes[p.Kind] = p.Mode
		if want := time.Date(2022, 4, 27, 2, 20, 54, 0, time.UTC); !p.PostedAt.Equal(want) {
			t.Errorf("posted at %v, want %v", p.PostedAt, want)
		}
	}
	want := map[ingest.Kind]ingest.Mode{ingest.Likes: ingest.CensoredRight, ingest.Reposts: ingest.Exact, ingest.Replies: ingest.Exact}
	if diff := cmp.Diff(want, modes); diff != "" {
		t.Errorf("a capped counter is a lower bound, -want +got:\n%s", diff)
	}
	if r.Next != "4 4762810834227120kp2" {
		t.Errorf("next %q", r.Next)
	}
}

func TestTimesOfPosts(t *testing.T) {
	for text, want := range map[string]string{
		"Wed Apr 27 10:20:54 +0800 2022": "2022-04-27T02:20:54Z", "刚刚": "2026-11-24T10:00:05Z", "5分钟前": "2026-11-24T09:55:05Z",
		"3小时前": "2026-11-24T07:00:05Z", "昨天 12:30": "2026-11-23T04:30:00Z", "01-31": "2026-01-30T16:00:00Z", "12-31": "2025-12-30T16:00:00Z",
		"2019-01-31": "2019-01-30T16:00:00Z", "soon": "",
	} {
		got := ""
		if at, err := parseTime(text, seen); err == nil {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestQuotasOfTheOpenAPI(t *testing.T) {
	for code, until := range map[string]string{
		"10022": "2026-11-24T11:00:00Z", // the next full hour
		"10023": "2026-11-24T16:00:00Z", // midnight in Beijing
		"21327": "", "10014": "",
	} {
		p := answer(Open, crawl.Followers, "https://api.weibo.com/x", `{"request":"/2/x.json","error_code":`+code+`,"error":"no"}`)
		p.Status = 403
		_, err := Open.Read(p)
		var stop *crawl.StopError
		if !errors.As(err, &stop) {
			t.Errorf("error %s: %v, want a stop", code, err)
			continue
		}
		if got := stop.Until; (until == "") != got.IsZero() || until != "" && got.UTC().Format(time.RFC3339) != until {
			t.Errorf("error %s stops until %v, want %s", code, got, until)
		}
	}
	p := answer(Open, crawl.Followers, "https://api.weibo.com/x", `{"error_code":10024,"error":"one call"}`)
	var stop *crawl.StopError
	if _, err := Open.Read(p); err == nil || errors.As(err, &stop) {
		t.Errorf("error 10024: %v, want an error of this walk alone", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range []string{
		`{"ok":1,"data":{"userInfo":{"id":1,"followers_count":"87万"}}}`, `{"ok":-100,"url":"https://passport.weibo.com/"}`, `[{"id":"1","followers_count":"1369"}]`,
		`{"ok":1,"users":[{"id":2,"idstr":"2"}],"next_cursor":20}`, `{"users":[],"next_cursor":0}`, `{"error_code":"10023"}`, `<html>Sina Visitor System`,
		`{"ok":1,"data":{"cardlistInfo":{"since_id":2},"cards":[{"card_type":11,"card_group":[{"card_type":10,"user":{"id":3}}]}]}}`,
		`{"ok":1,"data":{"list":[{"id":1,"created_at":"昨天 12:30","attitudes_count":"100万+","user":null}]}}`, `{"ok":1,"data":{"cards":{"0":{}}}}`, `null`, `{}`, ``,
	} {
		f.Add([]byte(raw), 200)
	}
	f.Fuzz(func(t *testing.T, raw []byte, status int) {
		for _, i := range Interfaces {
			for _, what := range []crawl.What{crawl.Profile, crawl.Profiles, crawl.Followers, crawl.Posts, crawl.Resolve} {
				w := crawl.Walk{What: what, Subject: "1000000001"}
				sourcetest.Holds(t, Site{Interface: i}, sourcetest.Answer(Site{Interface: i}, w, "https://a.example/x?page=2&since_id=2", status, raw))
			}
		}
	})
}
