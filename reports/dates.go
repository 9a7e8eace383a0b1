package reports

import (
	"math"
	"strconv"
	"time"
)

// Layouts of dates. x/text, which writes the numbers, has no dates yet; these are the customs of CLDR, with no-break
// spaces in English.
const (
	enDay, enShortDay, enMonth, enShortMonth = "2\u00a0January\u00a02006", "2\u00a0Jan\u00a02006", "January\u00a02006", "Jan\u00a02006"
	zhDay, zhMonth, zhYear                   = "2006年1月2日", "2006年1月", "2006年"
)

func (l *locale) date(t time.Time, en, zh string) string {
	if l.zh {
		return t.UTC().Format(zh)
	}
	return t.UTC().Format(en)
}

// day prints a date in words: "28 February 2011".
func (l *locale) day(t time.Time) string { return l.date(t, enDay, zhDay) }

// shortDay prints a date for tables: "28 Feb 2011".
func (l *locale) shortDay(t time.Time) string { return l.date(t, enShortDay, zhDay) }

// month prints a date to the month: "February 2011".
func (l *locale) month(t time.Time) string { return l.date(t, enMonth, zhMonth) }

// shortMonth prints a date to the month for charts: "Feb 2011".
func (l *locale) shortMonth(t time.Time) string { return l.date(t, enShortMonth, zhMonth) }

// year prints the year of a horizon.
func (l *locale) year(t *time.Time) string {
	if t == nil {
		return l.say("the horizon")
	}
	return l.date(*t, "2006", zhYear)
}

// dated prints a date no finer than it is known: precision is day, week, month, quarter or year, and t the last day.
func (l *locale) dated(t time.Time, precision string) string {
	switch precision {
	case "month":
		return l.shortMonth(t)
	case "quarter":
		quarter := strconv.Itoa((int(t.UTC().Month()) + 2) / 3)
		if l.zh {
			return t.UTC().Format(zhYear) + "第" + quarter + "季度"
		}
		return "Q" + quarter + "\u00a0" + t.UTC().Format("2006")
	case "year":
		return l.date(t, "2006", zhYear)
	}
	return l.shortDay(t)
}

// span prints a window of time as briefly as it allows: "May–Jun 2011", "22 May – 3 Jun 2011".
func (l *locale) span(from, to time.Time) string {
	switch {
	case from.Equal(to):
		return l.shortDay(from)
	case from.Day() == 1 && to.AddDate(0, 0, 1).Day() == 1: // whole months
		if from.Year() != to.Year() {
			return l.shortMonth(from) + l.until() + l.shortMonth(to)
		}
		if from.Month() == to.Month() {
			return l.shortMonth(to)
		}
		return l.date(from, "Jan", zhMonth) + l.until() + l.date(to, enShortMonth, "1月")
	case from.Year() == to.Year():
		return l.date(from, "2\u00a0Jan", zhDay) + l.apart() + l.date(to, enShortDay, "1月2日")
	}
	return l.shortDay(from) + l.apart() + l.shortDay(to)
}

// until stands between two months, apart between two dates of several words.
func (l *locale) until() string {
	if l.zh {
		return "至"
	}
	return "–"
}

func (l *locale) apart() string {
	if l.zh {
		return "至"
	}
	return " – "
}

// length prints a number of days as people say it: "23 days", "5 months", "2.3 years".
func (l *locale) length(days float64) string {
	a := math.Abs(days)
	switch {
	case a < 45:
		return l.counted(int(math.Round(a)), "day")
	case a < 700:
		return l.counted(int(math.Round(a/30.436875)), "month")
	}
	return l.say("%s years", digits(a/365.2425, 2))
}

// season says roughly when: "early 2017", "mid-2014", "late 2011".
func (l *locale) season(t time.Time) string {
	year := t.Format("2006")
	switch {
	case t.Month() <= 4:
		return l.say("early %s", year)
	case t.Month() <= 8:
		return l.say("mid-%s", year)
	}
	return l.say("late %s", year)
}
