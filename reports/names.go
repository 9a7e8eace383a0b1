package reports

import (
	"context"
	"strings"
	"time"
	"unicode"
)

// A platform is what the report knows of one: its names, its family and its dates.
type platform struct {
	ID, Name, NameZH, Family string
	Launched, Closed         *time.Time
}

// A measure is a kind of count with its definition.
type measure struct {
	ID, Name, NameZH, Unit, Definition string
}

// names turns keys into words. A key that no table explains is shown as its own words.
type names struct {
	*locale
	platforms map[string]platform
	order     []string       // platforms by family and launch
	place     map[string]int // of each in order
	measures  map[string]measure
}

func loadNames(ctx context.Context, s *store, l *locale) (names, error) {
	n := names{locale: l, platforms: map[string]platform{}, measures: map[string]measure{}, place: map[string]int{}}
	ps, err := collect[platform](ctx, s, `
		select platform, coalesce(name, platform), coalesce(name_zh, ''), coalesce(family, ''), launched_from, closed_to
		from marts.platforms
		order by family desc, launched_from nulls last, platform`)
	if err != nil {
		return n, err
	}
	for _, p := range ps {
		n.platforms[p.ID] = p
		n.place[p.ID] = len(n.order)
		n.order = append(n.order, p.ID)
	}
	ms, err := collect[measure](ctx, s, `
		select metric, coalesce(name, metric), coalesce(name_zh, ''), coalesce(unit, ''), coalesce(definition, '')
		from marts.metrics
		order by metric`)
	for _, m := range ms {
		n.measures[m.ID] = m
	}
	return n, err
}

// platform gives a platform's name in the report's language, the English one where that has none.
func (n names) platform(id string) string {
	p, ok := n.platforms[id]
	if ok && n.zh && p.NameZH != "" {
		return plain(p.NameZH)
	}
	if ok && p.Name != "" {
		return plain(p.Name)
	}
	return title(id)
}

// measure gives a kind of count as it stands within a sentence: "monthly active users".
func (n names) measure(id string) string {
	m, ok := n.measures[id]
	if ok && n.zh && m.NameZH != "" {
		return plain(m.NameZH)
	}
	if ok && m.Name != "" {
		return n.say(lowerFirst(plain(m.Name)))
	}
	return n.say(strings.ReplaceAll(id, "_", " "))
}

// family gives a family's name: "Weibo-style".
func (l *locale) family(id string) string {
	switch id {
	case "":
		return l.say("No family")
	case "weibo_style":
		return l.say("Weibo-style")
	case "twitter_style":
		return l.say("Twitter-style")
	}
	return title(id)
}

// title writes a key as words: "sina_weibo" becomes "Sina Weibo".
func title(id string) string {
	words := strings.FieldsFunc(id, func(r rune) bool { return r == '_' || r == ' ' })
	for i, w := range words {
		words[i] = sentence(w)
	}
	return strings.Join(words, " ")
}

// lowerFirst lowers the first letter unless the word is an acronym.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// plain makes a name from a stranger fit for running text and for attributes: control characters, line breaks and
// direction marks become spaces, and runs of space one space.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// clip shortens s to n characters, with an ellipsis where something is left out.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimRight(string(r[:n-1]), " ") + "…"
}

// A textRun is a stretch of text in one script.
type textRun struct {
	Text string
	Han  bool
}

// isHan reports whether r belongs to Chinese text: a character, a phonetic letter, or its punctuation.
func isHan(r rune) bool {
	return r >= '\u2e80' && (unicode.Is(unicode.Han, r) || unicode.Is(unicode.Bopomofo, r) || r >= '\u3000' && r <= '\u303f')
}

// runs splits s so that Chinese text can carry its language: punctuation and spaces inside it belong to it.
func (l *locale) runs(s string) []textRun {
	if l.zh || strings.IndexFunc(s, isHan) < 0 {
		return []textRun{{Text: s}}
	}
	var all []textRun
	start, han := 0, false
	for i, r := range s {
		now := isHan(r)
		if now == han || han && i > start && unicode.IsDigit(r) {
			continue
		}
		if i > start {
			all = append(all, textRun{s[start:i], han})
		}
		start, han = i, now
	}
	if start < len(s) {
		all = append(all, textRun{s[start:], han})
	}
	return all
}
