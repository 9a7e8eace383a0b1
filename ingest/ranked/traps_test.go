package ranked

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/overtake-analytics/overtake/ingest/fetch"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

// ask asks one page of a handler over a network in memory.
func ask(t *testing.T, ctx context.Context, h http.HandlerFunc, path string, limit int) (fetch.Answer, error) {
	t.Helper()
	net := sourcetest.NewNetwork(map[string]http.Handler{sourcetest.Host: h})
	client, err := fetch.New(fetch.Options{UserAgent: "overtake/test (+mailto:tests@example.org)", Dial: net.Dial, Tries: 2,
		Hosts: map[string]fetch.HostLimit{sourcetest.Host: {Requests: 6000, Robots: true}, "other.example": {}}})
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	defer client.Close()
	return Getter{Client: client, Limit: limit}.Get(ctx, "http://"+sourcetest.Host+path, nil)
}

// robots answers robots.txt with a text and everything else with a page.
func robots(status int, mediaType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.Header().Set("Content-Type", mediaType)
			w.WriteHeader(status)
			fmt.Fprint(w, text)
			return
		}
		fmt.Fprint(w, "<p>page</p>")
	}
}

func TestRobotsAreObeyedWhereCollyWouldNot(t *testing.T) {
	for name, c := range map[string]struct {
		h       http.HandlerFunc
		allowed bool
	}{
		"none":            {robots(404, "text/html", ""), true},
		"allows":          {robots(200, "text/plain", "User-agent: *\nDisallow: /private\n"), true},
		"forbids":         {robots(200, "text/plain", "User-agent: *\r\nDisallow: /top\r\n"), false},
		"forbids us":      {robots(200, "text/plain", "User-agent: overtake\nDisallow: /\n"), false},
		"403":             {robots(403, "text/plain", ""), false},
		"432":             {robots(432, "text/html", ""), false},
		"503":             {robots(503, "text/plain", ""), false},
		"an HTML page":    {robots(200, "text/html", "<html>app</html>"), false},
		"too many for it": {robots(429, "text/plain", ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := ask(t, t.Context(), c.h, "/top", 0)
				var refused *fetch.RefusedError
				if (err == nil) != c.allowed || err != nil && !errors.As(err, &refused) {
					t.Errorf("err = %v, want allowed %v", err, c.allowed)
				}
			})
		})
	}
}

func TestARedirectIsNoPage(t *testing.T) {
	for target, wrong := range map[string]bool{"/login": true, "/top/": false, "/": true, "http://other.example/top": true, "/top?next=1": true} {
		synctest.Test(t, func(t *testing.T) {
			a, err := ask(t, t.Context(), func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.RequestURI() {
				case "/robots.txt":
					http.NotFound(w, r)
				case "/top":
					http.Redirect(w, r, target, http.StatusFound)
				default:
					fmt.Fprint(w, "<title>Login</title>")
				}
			}, "/top", 0)
			var redirect *RedirectError
			if errors.As(err, &redirect) != wrong {
				t.Errorf("redirect to %s: %v, %+v", target, err, a)
			}
		})
	}
}

func TestACutPageIsAnError(t *testing.T) {
	body := bytes.Repeat([]byte("<p>row</p>"), 2000)
	h := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Write(body)
	}
	synctest.Test(t, func(t *testing.T) {
		if _, err := ask(t, t.Context(), h, "/top", len(body)-1); !errors.Is(err, fetch.ErrTooLarge) {
			t.Errorf("err = %v, want ErrTooLarge", err)
		}
		if a, err := ask(t, t.Context(), h, "/top", len(body)); err != nil || len(a.Body) != len(body) {
			t.Errorf("%d bytes of %d, %v", len(a.Body), len(body), err)
		}
	})
}

func TestStatusesThatGoHasNoNameFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, err := ask(t, t.Context(), func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			w.WriteHeader(432)
		}, "/top", 0)
		var status *fetch.StatusError
		if !errors.As(err, &status) || status.Status != 432 || a.Status != 432 {
			t.Errorf("status %d, err %v", a.Status, err)
		}
	})
}

func TestPausesEndWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := ask(t, ctx, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(429)
		}, "/top", 0)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Minute {
			t.Errorf("err = %v after %v", err, time.Since(start))
		}
	})
}

func TestThePageIsKeptAsServed(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(`<table><tr><th>名次</th><th>名字</th><th>粉丝</th></tr><tr><td>1</td><td>示例一</td><td>117.3万</td></tr></table>`)
	if err != nil {
		t.Fatal(err)
	}
	d := describe(t, "gbk", `
version = 1
platform = "sina_weibo"
kind = "followers"
table = "table"
need = ["粉丝"]
rows = "tr"
least = 1
[[handle]]
header = ["名字"]
[[count]]
header = ["粉丝"]
`)
	synctest.Test(t, func(t *testing.T) {
		a, err := ask(t, t.Context(), func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=gbk")
			fmt.Fprint(w, gbk)
		}, "/top", 0)
		if err != nil || string(a.Body) != gbk {
			t.Fatalf("%q, %v: not as served", a.Body, err)
		}
		reply, err := d.Read(pageOf(d, a.URL, a.MediaType, a.Body))
		if err != nil || len(reply.Rows.Rankings) != 1 || reply.Rows.Rankings[0].NativeID != "示例一" || reply.Rows.Rankings[0].Step != 1000 {
			t.Errorf("%+v, %v", reply.Rows.Rankings, err)
		}
	})
}

func TestAPageThatIsAnotherGivesNothing(t *testing.T) {
	d := describe(t, "top", top)
	for name, raw := range map[string]string{
		"a login":           "<title>Login</title><table><tr><th>Account</th><th>Followers</th></tr></table>",
		"no such table":     "<table><tr><th>Account</th><th>Points</th></tr><tr><td>a</td><td>1</td></tr></table>",
		"few rows":          "<table><tr><th>Rank</th><th>Account</th><th>Name</th><th>Followers</th></tr><tr><td>1</td><td><a href='/u/a'>a</a></td><td>A</td><td>5</td></tr></table>",
		"nothing":           "",
		"JSON in its place": `{"error":"x"}`,
	} {
		reply, err := d.Read(pageOf(d, "http://platform.example/top", "text/html", []byte(raw)))
		var layout *LayoutError
		if !errors.As(err, &layout) || len(reply.Rows.Rankings) > 0 {
			t.Errorf("%s: %v, %d rows", name, err, len(reply.Rows.Rankings))
		}
	}
	archived := Shipped()["twitaholic"]
	if _, err := archived.Read(pageOf(archived, "http://twitaholic.com/top100/", "text/html", []byte("<div id=therest><table><tr><th>a</th><th>Followers</th></tr></table></div>"))); err == nil {
		t.Error("a capture without a time was taken")
	}
}

func TestMistakesInDescriptions(t *testing.T) {
	for want, text := range map[string]string{
		"version = 0":      "platform='twitter'",
		"unknown key":      "version=1\ncolumn=3",
		"line 2":           "version=1\nplatform=",
		"platform = ":      "version=1\nplatform='X Y'",
		"rows is missing":  "version=1\nplatform='twitter'\nkind='followers'",
		"[[count]] is":     "version=1\nplatform='twitter'\nkind='followers'\nrows='tr'",
		"[[handle]] or":    "version=1\nplatform='twitter'\nkind='followers'\nrows='tr'\n[[count]]\nselect='td'",
		"header needs":     "version=1\nplatform='twitter'\nkind='followers'\nrows='tr'\n[[count]]\nheader=['x']\n[[handle]]\nselect='a'",
		"selector \"((\"":  "version=1\nplatform='twitter'\nkind='followers'\nrows='(('\n[[count]]\nselect='td'\n[[handle]]\nselect='a'",
		"pattern = \"(\"":  "version=1\nplatform='twitter'\nkind='followers'\nrows='tr'\n[[count]]\npattern='('\n[[handle]]\nselect='a'",
		"mode = \"trunc\"": "version=1\nplatform='twitter'\nkind='followers'\nrows='tr'\n[[count]]\nselect='td'\nmode='trunc'\n[[handle]]\nselect='a'",
		"page and number":  "version=1\nplatform='twitter'\nkind='followers'\nrows='tr'\nurls=['http://a.example','http://b.example']\n[[count]]\nselect='td'\n[[handle]]\nselect='a'",
		"unwrap = ":        "version=1\nplatform='twitter'\nkind='followers'\nrows='tr'\nunwrap='xml'\n[[count]]\nselect='td'\n[[handle]]\nselect='a'",
	} {
		if _, err := Parse("x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := New(Shipped()["twitaholic"]); err == nil {
		t.Error("a page that is gone is asked for")
	}
	if _, err := New(Shipped()["twitaholic"], "web.archive.org/x"); err == nil {
		t.Error("an address without a scheme is taken")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`<table class="wikitable"><tr><th>Username</th><th>Followers</th></tr><tr><td rowspan="3" colspan="2">@a</td></tr></table>`))
	f.Add([]byte(`{"parse":{"text":"<table class=wikitable><tr><th>Username</th><th>Followers</th></tr></table>"}}`))
	f.Add([]byte(`STK.pageletM.view({"pid":"pl_category_1","html":"<div class=\"categories_list\"><div class=detail>粉丝：1万</div></div>"})`))
	f.Add([]byte("\xff\xfe<\x00t\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, d := range Shipped() {
			c := *d
			c.Least = 1
			p := pageOf(&c, capture, "text/html", raw)
			sourcetest.Holds(t, Site{&c}, p)
		}
	})
}
