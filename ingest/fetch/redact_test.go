package fetch

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestRedactURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:pw@a.example/x?access_token=s3cret&limit=80":     "https://a.example/x?access_token=REDACTED&limit=80",
		"https://a.example/x?limit=80&Access%5FToken=s3cret#frag":      "https://a.example/x?limit=80&Access%5FToken=REDACTED",
		"https://a.example/2/users?pagination_token=7140dibdnow9c7btw": "https://a.example/2/users?pagination_token=7140dibdnow9c7btw",
		"https://a.example/x?q=a+b&token":                              "https://a.example/x?q=a+b&token",
		"https://a.example/x":                                          "https://a.example/x",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := RedactURL(u); got != want {
			t.Errorf("RedactURL(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestRedactText(t *testing.T) {
	for _, c := range []string{
		`{"access_token":"s3cret","limit":1}`, `GET /x?access_token=s3cret&a=1`, `Authorization: Bearer s3cret`,
		`bad "client_secret": "s3cret"`, `apikey=s3cret`,
	} {
		if got := Redact(c); strings.Contains(got, "s3cret") || !strings.Contains(got, hidden) {
			t.Errorf("Redact(%s) = %s", c, got)
		}
	}
	for _, c := range []string{`{"next_token":"7140dib"}`, `followers: 12`, `the token of appreciation`} {
		if got := Redact(c); got != c {
			t.Errorf("Redact(%s) = %s, want it unchanged", c, got)
		}
	}
}

func TestRedactHeader(t *testing.T) {
	h := http.Header{"Authorization": {"Bearer s3cret"}, "Cookie": {"a=s3cret"}, "Accept": {"*/*"}}
	got := RedactHeader(h)
	if got.Get("Authorization") != hidden || got.Get("Cookie") != hidden || got.Get("Accept") != "*/*" {
		t.Errorf("RedactHeader = %v", got)
	}
	if h.Get("Authorization") != "Bearer s3cret" {
		t.Error("RedactHeader changed its argument")
	}
}

func TestExcerptIsShortPlainAndWithoutSecrets(t *testing.T) {
	got := excerpt([]byte("<html>\n\x00\x1b[31m access_token=s3cret " + strings.Repeat("长", 500)))
	if len([]rune(got)) > 201 || strings.ContainsAny(got, "\n\x00\x1b") || strings.Contains(got, "s3cret") {
		t.Errorf("excerpt = %q", got)
	}
}
