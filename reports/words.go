package reports

import (
	"fmt"
	"math"
	"strings"
)

// A chanceWord names a range of probability. The scale is the one that the climate panel has published for its authors
// (Mastrandrea et al. 2010, Guidance note on the treatment of uncertainties, IPCC): fixed, so that a word means the same
// in every report, and always printed with its number.
type chanceWord struct {
	From float64 // lowest probability that the word covers, 0..1
	Word string
}

// chanceWords runs from the most to the least probable; a probability takes the first word whose From it reaches.
var chanceWords = []chanceWord{
	{0.99, word("virtually certain")},
	{0.95, word("extremely likely")},
	{0.90, word("very likely")},
	{0.66, word("likely")},
	{0.33, word("about as likely as not")},
	{0.10, word("unlikely")},
	{0.05, word("very unlikely")},
	{0.01, word("extremely unlikely")},
	{0, word("exceptionally unlikely")},
}

// chance is the word for probability p, without its number.
func (l *locale) chance(p float64) string {
	for _, c := range chanceWords {
		if p >= c.From {
			return l.say(c.Word)
		}
	}
	return l.say(chanceWords[len(chanceWords)-1].Word)
}

// likely is the word with its number, as sentences print it: "very likely (93 %)".
func (l *locale) likely(p float64) string { return l.say("%s (%s)", l.chance(p), l.probability(p)) }

// probability prints p in whole percent, never as a certainty that a simulation cannot give.
func (l *locale) probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return dash
	case p < 0.005:
		return "<1" + l.percentSign()
	case p >= 0.995:
		return ">99" + l.percentSign()
	}
	return fmt.Sprintf("%.0f%s", 100*p, l.percentSign())
}

// listed joins words as the language does: "a", "a and b", "a, b and c".
func (l *locale) listed(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	comma := ", "
	if l.zh {
		comma = "、"
	}
	return l.say("%s and %s", strings.Join(words[:len(words)-1], comma), words[len(words)-1])
}

// numerals are the numbers that running text writes as words.
var numerals = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// counted is a number with its noun: "one reading", "12 readings", "no readings". An irregular plural is given. In the
// catalogues "%s reading" holds the noun with the measure word that it takes.
func (l *locale) counted(n int, noun string, plural ...string) string {
	return l.noun(l.numeral(n), n, noun, plural...)
}

// amount is counted with figures only, for tables and notes: "1 row", "3 rows".
func (l *locale) amount(n int, noun string, plural ...string) string {
	return l.noun(whole(float64(n)), n, noun, plural...)
}

func (l *locale) noun(number string, n int, noun string, plural ...string) string {
	switch {
	case l.zh:
		return l.say("%s "+noun, number)
	case n == 1:
		return number + " " + noun
	case len(plural) > 0:
		return number + " " + plural[0]
	}
	return number + " " + noun + "s"
}

// numeral writes a small number as a word, where the language does so.
func (l *locale) numeral(n int) string {
	if !l.zh && n >= 0 && n < len(numerals) {
		return numerals[n]
	}
	return whole(float64(n))
}

// sentence starts s with a capital letter and leaves the rest alone.
func sentence(s string) string {
	for i, r := range s {
		if i == 0 {
			return strings.ToUpper(string(r)) + s[len(string(r)):]
		}
	}
	return s
}
