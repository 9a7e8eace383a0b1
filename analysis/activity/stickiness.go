package activity

import (
	"fmt"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// StickyYear is the year of which it was said that users of Sina Weibo were stickier than those of Twitter.
const StickyYear = 2011

// A Statement is one sentence about the stickiness of a platform in a year: what the data say, or why they cannot.
type Statement struct {
	Platform  string // empty where it is about the comparison
	Can       bool
	Text      string
	Value     measure.Estimate
	SourceURL string
}

// Sticky writes what the data can and cannot say about stickiness in a year, platform by platform and then between the
// families: the quotients that exist, and for daily over monthly users, where no one source gives both, what there is.
func Sticky(d series.Data, all []Quotient, year int) []Statement {
	var out []Statement
	within := func(t time.Time) bool { return t.Year() == year }
	for _, p := range d.Platforms {
		mine := stickyOf(d, all, p, within)
		out = append(out, mine...)
	}
	out = append(out, stickyBetween(d, all, year, within)...)
	return out
}

func stickyOf(d series.Data, all []Quotient, p series.Platform, within func(time.Time) bool) []Statement {
	dau, okD := d.Find(p.Name, "daily_active_users")
	mau, okM := d.Find(p.Name, "monthly_active_users")
	reg, okR := d.Find(p.Name, "registered_users")
	daily, monthly, accounts := told(dau, okD, within), told(mau, okM, within), told(reg, okR, within)
	if daily == "" && monthly == "" && accounts == "" {
		return nil
	}
	var out []Statement
	direct := false
	for _, q := range all {
		if q.Platform != p.Name || !within(q.On) || !q.Value.Defined() {
			continue
		}
		direct = direct || q.Name == "dau_per_mau"
		text := fmt.Sprintf("%s, %s: %s %.3g (%s / %s): %s.", p.Title, q.On.Format(time.DateOnly), plain(q.Name), q.Value.Point, short(q.Top.Point), short(q.Base.Point), q.Text)
		if len(q.Value.Flags) > 0 {
			text += " Mind: " + strings.NewReplacer("_", " ", ",", ", ").Replace(q.Value.Flags.String()) + "."
		}
		out = append(out, Statement{p.Name, true, text, q.Value.Estimate, q.SourceURL})
	}
	if !direct {
		have := func(kind, what string) string {
			if what == "" {
				return kind + " there is no figure at all"
			}
			return kind + " there are " + what
		}
		text := fmt.Sprintf("%s: the share of the month's users who come on a day cannot be told: no source gives both for one period (of %s, of %s). Dividing one source's daily users by another's monthly ones is not done.",
			p.Title, have("daily users", daily), have("monthly users", monthly))
		out = append(out, Statement{p.Name, false, text, measure.Undefined("stickiness"), ""})
	}
	return out
}

// told lists the points of a series in the year, in words; empty where there is none.
func told(s series.Series, ok bool, within func(time.Time) bool) string {
	if !ok {
		return ""
	}
	var parts []string
	for _, p := range s.Points {
		if within(p.On) {
			mark := ""
			if p.Derived {
				mark = ", derived by us"
			}
			parts = append(parts, fmt.Sprintf("%s on %s (trust %s%s)", short(p.Value.Point), p.On.Format(time.DateOnly), orUnknown(p.Trust), mark))
		}
	}
	if len(parts) > 3 {
		parts = append(parts[:1], fmt.Sprintf("%d more", len(parts)-2), parts[len(parts)-1])
	}
	return strings.Join(parts, "; ")
}

func orUnknown(trust string) string {
	if trust == "" {
		return "unknown"
	}
	return trust
}

func stickyBetween(d series.Data, all []Quotient, year int, within func(time.Time) bool) []Statement {
	var out []Statement
	title := func(name string) string {
		if p, ok := d.Platform(name); ok && p.Title != "" {
			return p.Title
		}
		return name
	}
	for _, c := range Compare(all) {
		if !within(c.A.On) || !within(c.B.On) {
			continue
		}
		verdict := "cannot be told apart within their errors"
		if c.LogRatio.Lo > 0 {
			verdict = "higher on " + title(c.A.Platform)
		} else if c.LogRatio.Hi < 0 {
			verdict = "higher on " + title(c.B.Platform)
		}
		text := fmt.Sprintf("%s of %s (%s) against %s (%s): %s (log ratio %.2f, 95 %% interval %.2f to %.2f from rounding and dispute alone).",
			plain(c.A.Name), title(c.A.Platform), c.A.On.Format(time.DateOnly), title(c.B.Platform), c.B.On.Format(time.DateOnly), verdict,
			c.LogRatio.Point, c.LogRatio.Lo, c.LogRatio.Hi)
		out = append(out, Statement{"", true, text, c.LogRatio, c.A.SourceURL})
	}
	direct := false
	for _, q := range all {
		direct = direct || q.Name == "dau_per_mau" && within(q.On)
	}
	if !direct {
		text := fmt.Sprintf("Whether users of one platform were stickier than those of another in %d cannot be told from this data: that needs daily and monthly users of both, each pair from one source, and there is no such pair of any platform.", year)
		out = append(out, Statement{"", false, text, measure.Undefined("stickiness"), ""})
	}
	return out
}

// plain is the name of a quotient in words.
func plain(name string) string {
	r := strings.NewReplacer("per_dau", "per daily user", "per_mau", "per monthly user", "dau", "daily users", "mau", "monthly users", "registered", "registered account", "top100", "top-100", "_", " ")
	return r.Replace(name)
}

// short prints a count with a unit letter, such as 198.2 M.
func short(v float64) string {
	switch {
	case v >= 1e9:
		return fmt.Sprintf("%.4g B", v/1e9)
	case v >= 1e6:
		return fmt.Sprintf("%.4g M", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%.4g k", v/1e3)
	}
	return fmt.Sprintf("%.4g", v)
}
