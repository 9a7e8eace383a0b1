package fetch

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// secretNames are parts of parameter and header names whose values never leave the process.
var secretNames = []string{"token", "secret", "password", "passwd", "authorization", "cookie", "api_key", "apikey", "client_id", "appsecret_proof", "signature", "sessionid", "jwt"}

// cursors are spelled like secrets by some platforms, but a journal without them could not be resumed.
var publicNames = []string{"pagination_token", "next_token", "previous_token"}

// hidden stands where a secret stood.
const hidden = "REDACTED"

func secret(name string) bool {
	name = strings.ToLower(name)
	for _, p := range publicNames {
		if name == p {
			return false
		}
	}
	for _, s := range secretNames {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// RedactURL writes u without user information and without the values of secret parameters. Parameters keep their order.
func RedactURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	c := *u
	c.User, c.Fragment, c.RawFragment = nil, "", ""
	parts := strings.Split(c.RawQuery, "&")
	for i, p := range parts {
		name, _, found := strings.Cut(p, "=")
		if plain, err := url.QueryUnescape(name); err == nil && found && secret(plain) {
			parts[i] = name + "=" + hidden
		}
	}
	c.RawQuery = strings.Join(parts, "&")
	return c.String()
}

// RedactHeader copies h without the values of secret headers.
func RedactHeader(h http.Header) http.Header {
	c := h.Clone()
	for name := range c {
		if secret(name) {
			c[name] = []string{hidden}
		}
	}
	return c
}

// inText finds name=value and "name": "value" pairs, and bearer tokens, in free text.
var inText = regexp.MustCompile(`(?i)("?[\w.-]*(?:token|secret|password|passwd|api_?key|signature|sessionid|jwt)[\w.-]*"?\s*[=:]\s*"?)([^"&\s,;}]+)|(bearer\s+)([\w.~+/=-]+)`)

// Redact removes secrets from a text that is to be logged or kept: values of secret names, and bearer tokens.
func Redact(text string) string {
	return inText.ReplaceAllStringFunc(text, func(m string) string {
		g := inText.FindStringSubmatch(m)
		if g[3] != "" {
			return g[3] + hidden
		}
		name := strings.Trim(g[1], "\"=: \t")
		if !secret(name) {
			return m
		}
		return g[1] + hidden
	})
}

// excerpt is the beginning of an answer, fit for an error text.
func excerpt(raw []byte) string {
	const most = 200
	text := string(raw[:min(len(raw), 4*most)])
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
	runes := []rune(Redact(strings.Join(strings.Fields(text), " ")))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}
