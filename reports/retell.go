package reports

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Jobs write reasons and findings into the warehouse as English sentences. They reach another language by the patterns
// of locales/<tag>/told.json: the same keys as elsewhere, where %s stands for any text, which is retold in its turn.

// A pattern is a sentence of a job with holes.
type pattern struct {
	key   string
	match *regexp.Regexp
}

// joining is how long the fixed text of a pattern may be that only joins parts: "%s; %s", "%s against %s".
const joining = 12

// toldPatterns are the Chinese catalogue's sentences with holes: whole sentences, the longest first, then what joins
// parts, the shortest first, so that a list is taken apart before its parts are.
var toldPatterns = sync.OnceValue(func() []pattern {
	words, err := readWords(localeFiles, "locales/zh/told.json")
	if err != nil {
		panic(err) // our own file, read by the tests
	}
	var all []pattern
	for key := range words {
		if strings.Contains(key, "%s") {
			form := strings.ReplaceAll(regexp.QuoteMeta(key), "%s", "(.+?)")
			all = append(all, pattern{key, regexp.MustCompile("^" + form + "$")})
		}
	}
	fixed := func(p pattern) int { return len(strings.ReplaceAll(p.key, "%s", "")) }
	slices.SortFunc(all, func(x, y pattern) int {
		a, b := fixed(x), fixed(y)
		switch {
		case a <= joining && b <= joining:
			return cmp.Or(a-b, strings.Compare(x.key, y.key))
		default:
			return cmp.Or(b-a, strings.Compare(x.key, y.key))
		}
	})
	return all
})

// retell gives a sentence that a job has written into the warehouse in the report's language. What no pattern knows
// stays as it is.
func (l *locale) retell(s string) string {
	s = plain(s)
	if !l.zh || s == "" {
		return s
	}
	if text, ok := l.words[s]; ok {
		return text
	}
	for _, p := range toldPatterns() {
		m := p.match.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		parts := make([]any, len(m)-1)
		for i, part := range m[1:] {
			parts[i] = l.retell(part)
		}
		return l.say(p.key, parts...)
	}
	return l.recount(s)
}

// scaledCount is a count in English words or a percentage: "600 million", "7.1 %".
var scaledCount = regexp.MustCompile(`(\d[\d,.]*)\s(million|billion|thousand|%)`)

// recount writes the counts of a text in the units of the language.
func (l *locale) recount(s string) string {
	return scaledCount.ReplaceAllStringFunc(s, func(m string) string {
		parts := scaledCount.FindStringSubmatch(m)
		v, err := strconv.ParseFloat(strings.ReplaceAll(parts[1], ",", ""), 64)
		if err != nil {
			return m
		}
		if parts[2] == "%" {
			return parts[1] + "%"
		}
		for _, u := range scales {
			if u.long == parts[2] {
				return l.long(v * u.at)
			}
		}
		return m
	})
}

// retold is retell as a cell of a table.
func (l *locale) retold(s string) Cell { return Cell{Text: l.retell(s), Raw: s, Name: true} }
