package ingest

import (
	"fmt"
	"time"
)

// The precisions with which a figure's date is known, from fine to coarse.
const (
	PrecisionDay     = "day"
	PrecisionWeek    = "week"
	PrecisionMonth   = "month"
	PrecisionQuarter = "quarter"
	PrecisionYear    = "year"
)

// firstYear and lastYear bound the dates that a figure about microblogs can carry. A date outside is a slip of the pen.
const (
	firstYear = 1990
	lastYear  = 2100
)

// ParseDay reads a calendar day written as 2011-02-28: midnight UTC.
func ParseDay(text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("date %q, want a day like 2011-02-28", text)
	}
	if day.Year() < firstYear || day.Year() > lastYear {
		return time.Time{}, fmt.Errorf("date %q, want a year from %d to %d", text, firstYear, lastYear)
	}
	return day, nil
}

// Period returns the first and the last day of the time that asOf stands for, both included, midnight UTC.
//
//	day      the day itself
//	week     the seven days that end with asOf
//	month    the calendar month that holds asOf
//	quarter  the calendar quarter that holds asOf
//	year     the calendar year that holds asOf
func Period(asOf time.Time, precision string) (from, to time.Time, err error) {
	y, m, d := asOf.UTC().Date()
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	switch precision {
	case PrecisionDay:
		return date(y, m, d), date(y, m, d), nil
	case PrecisionWeek:
		return date(y, m, d-6), date(y, m, d), nil
	case PrecisionMonth:
		return date(y, m, 1), date(y, m+1, 0), nil
	case PrecisionQuarter:
		first := (m-1)/3*3 + 1
		return date(y, first, 1), date(y, first+3, 0), nil
	case PrecisionYear:
		return date(y, time.January, 1), date(y, time.December, 31), nil
	}
	return time.Time{}, time.Time{}, fmt.Errorf("precision %q, want day, week, month, quarter or year", precision)
}
