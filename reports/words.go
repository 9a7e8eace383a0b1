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
	{0.99, "virtually certain"},
	{0.95, "extremely likely"},
	{0.90, "very likely"},
	{0.66, "likely"},
	{0.33, "about as likely as not"},
	{0.10, "unlikely"},
	{0.05, "very unlikely"},
	{0.01, "extremely unlikely"},
	{0, "exceptionally unlikely"},
}

// chance is the word for probability p, without its number.
func chance(p float64) string {
	for _, c := range chanceWords {
		if p >= c.From {
			return c.Word
		}
	}
	return chanceWords[len(chanceWords)-1].Word
}

// likely is the word with its number, as sentences print it: "very likely (93 %)".
func likely(p float64) string { return chance(p) + " (" + probability(p) + ")" }

// probability prints p in whole percent, never as a certainty that a simulation cannot give.
func probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return dash
	case p < 0.005:
		return "<1" + thin + "%"
	case p >= 0.995:
		return ">99" + thin + "%"
	}
	return fmt.Sprintf("%.0f%s%%", 100*p, thin)
}

// listed joins words as English does: "a", "a and b", "a, b and c".
func listed(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// numerals are the numbers that running text writes as words.
var numerals = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// counted is a number with its noun: "one reading", "12 readings", "no readings". An irregular plural is given.
func counted(n int, noun string, plural ...string) string {
	word := noun + "s"
	if len(plural) > 0 {
		word = plural[0]
	}
	if n == 1 {
		word = noun
	}
	return numeral(n) + " " + word
}

// numeral writes a small number as a word.
func numeral(n int) string {
	if n >= 0 && n < len(numerals) {
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

// plural is word with an s unless n is one.
func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
