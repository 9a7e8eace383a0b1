package fetch

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestWhatWasSeenIsAskedForByItsTag(t *testing.T) {
	const day = "Tue, 24 Nov 2026 10:00:00 GMT"
	var asked []string
	text := "one"
	c, base := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("If-None-Match")+"|"+r.Header.Get("If-Modified-Since"))
		w.Header().Set("X-RateLimit-Remaining", fmt.Sprint(100-len(asked)))
		if r.Header.Get("If-None-Match") == `W/"`+text+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `W/"`+text+`"`)
		w.Header().Set("Last-Modified", day)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"text":%q}`, text)
	})
	get := func(want string, h http.Header) {
		t.Helper()
		a, err := c.Get(t.Context(), base+"/profile", h)
		if err != nil || a.Status != 200 || !strings.Contains(string(a.Body), want) || a.MediaType != "application/json" {
			t.Fatalf("%d %s %s, %v; want %s", a.Status, a.MediaType, a.Body, err, want)
		}
		if left := a.Header.Get("X-RateLimit-Remaining"); left != fmt.Sprint(100-len(asked)) {
			t.Errorf("the limits are those of an old answer: %s", left)
		}
	}
	get("one", nil)
	get("one", nil)
	text = "two"
	get("two", nil)
	get("two", nil)
	get("two", http.Header{"Authorization": {"Bearer another"}}) // whoever else asks may be told something else
	want := []string{"|", `W/"one"|` + day, `W/"one"|` + day, `W/"two"|` + day, "|"}
	if strings.Join(asked, "\n") != strings.Join(want, "\n") {
		t.Errorf("asked with %q, want %q", asked, want)
	}
}

func TestWhatMayNotBeKeptIsNot(t *testing.T) {
	for name, set := range map[string]func(http.Header){
		"no-store":     func(h http.Header) { h.Set("ETag", `"x"`); h.Set("Cache-Control", "private, no-store") },
		"no validator": func(h http.Header) { h.Set("Cache-Control", "max-age=600") },
	} {
		var tags []string
		c, base := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			tags = append(tags, r.Header.Get("If-None-Match"))
			set(w.Header())
			fmt.Fprint(w, "{}")
		})
		for range 2 {
			if _, err := c.Get(t.Context(), base, nil); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Join(tags, "") != "" {
			t.Errorf("%s: asked with %q", name, tags)
		}
	}
}

func TestKeptAnswersAreBounded(t *testing.T) {
	v := newValidate(roundTripper(func(r *http.Request) (*http.Response, error) {
		resp := respond(200, headers("ETag", `"x"`))
		resp.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", 400)))
		return resp, nil
	}), 1000)
	for i := range 10 {
		req, _ := http.NewRequest(http.MethodGet, fmt.Sprintf("https://a.example/%d", i), nil)
		if _, err := v.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
	}
	if v.size != 800 || len(v.kept) != 2 || v.order.Len() != 2 {
		t.Errorf("%d bytes in %d answers, want 800 in 2", v.size, len(v.kept))
	}
}
