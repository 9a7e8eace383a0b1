package reports

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// A locale is a language of the report: its sentences, numbers, units and dates. The English text of a sentence is its
// key, so sections are written and read in English; locales/<tag>/*.json hold what other languages say in its place.
// A sentence without a translation stays English, and a test names it.
type locale struct {
	tag     language.Tag
	zh      bool
	words   map[string]string // English to this language; nil for English
	printer *message.Printer

	once      sync.Once
	templates *template.Template
}

// Languages are the values of Options.Lang.
var Languages = []string{"en", "zh"}

//go:embed locales
var localeFiles embed.FS

var (
	english = newLocale(language.English)
	chinese = sync.OnceValues(func() (*locale, error) {
		l := newLocale(language.SimplifiedChinese)
		l.zh = true
		var err error
		l.words, err = readWords(localeFiles, "locales/zh/*.json")
		return l, err
	})
)

// CheckLang reports whether a report can be written in a language.
func CheckLang(lang string) error {
	_, err := findLocale(lang)
	return err
}

func newLocale(tag language.Tag) *locale {
	return &locale{tag: tag, printer: message.NewPrinter(tag)}
}

// findLocale gives the locale for a language as users write it: "", "en", "en-GB", "zh", "zh-CN", "zh-Hans".
func findLocale(lang string) (*locale, error) {
	if lang == "" {
		return english, nil
	}
	tag, err := language.Parse(lang)
	base, _ := tag.Base()
	switch {
	case err == nil && base.String() == "en":
		return english, nil
	case err == nil && base.String() == "zh":
		return chinese()
	}
	return nil, fmt.Errorf("language %q: want one of %s", lang, strings.Join(Languages, ", "))
}

// readWords reads all catalogues of a pattern. A text may stand in several only with one translation.
func readWords(files fs.FS, pattern string) (map[string]string, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var words map[string]string
		if err := json.Unmarshal(data, &words); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, text := range words {
			if old, ok := all[key]; ok && old != text {
				return nil, fmt.Errorf("%s: %q is translated twice: %q and %q", name, key, old, text)
			}
			all[key] = text
		}
	}
	return all, nil
}

// lang is the short name of the language, as charts and attributes take it.
func (l *locale) lang() string {
	if l.zh {
		return "zh"
	}
	return "en"
}

// say gives a sentence in the report's language. format is its English text, which is also the key of its translation;
// args stand in it as in fmt.Sprintf, and translations may put them in another order (%[2]s). Without args nothing is
// formatted, so a percent sign is itself.
func (l *locale) say(format string, args ...any) string {
	if text, ok := l.words[format]; ok {
		format = text
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// sayHTML is say for templates whose sentence holds markup. The markup is ours, in the template or the catalogue; args
// are escaped.
func (l *locale) sayHTML(format string, args ...any) template.HTML {
	safe := make([]any, len(args))
	for i, a := range args {
		safe[i] = a
		if s, ok := a.(string); ok {
			safe[i] = template.HTMLEscapeString(typeset(s))
		}
	}
	return template.HTML(typeset(l.say(format, safe...)))
}

// foreign reports whether s, a text from outside, is in another language than the page as far as can be seen: words in
// Latin letters on a Chinese page. It is marked as English, so that a screen reader pronounces it.
func (l *locale) foreign(s string) bool {
	return l.zh && strings.IndexFunc(s, isHan) < 0 && strings.Contains(strings.TrimSpace(s), " ")
}

// word marks a text that say is handed later, by a variable, so that the test of translations finds it.
func word(text string) string { return text }

// sentences joins whole sentences: with a space where the language has one between them.
func (l *locale) sentences(all ...string) string {
	gap := " "
	if l.zh {
		gap = ""
	}
	kept := make([]string, 0, len(all))
	for _, s := range all {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, gap)
}
