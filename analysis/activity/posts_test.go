package activity

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/series"
	"pgregory.net/rapid"
)

// authored is a ripe post of an account.
func authored(account int64, interactions, followers float64) AuthoredPost {
	at := date("2026-05-10")
	return AuthoredPost{Platform: "p", Family: "weibo_style", AccountNo: account, Author: fmt.Sprint("account ", account), PostedAt: at, SeenAt: at.AddDate(0, 0, 9),
		Post: Post{Interactions: measure.Reading{Value: interactions, Step: 1, Mode: measure.Exact, Lo: interactions, Hi: interactions}, Followers: followers}}
}

func bounded(p AuthoredPost) AuthoredPost {
	p.Interactions.Mode, p.Interactions.Hi = measure.CensoredRight, math.Inf(1)
	return p
}

func TestEngagementOfTheTop(t *testing.T) { // the posts of UT-10.2
	posts := []AuthoredPost{authored(1, 1290, 40000), authored(2, 330, 41000), authored(3, 5700, 42000)}
	rows, err := Engagements(posts, 1)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	r := rows[0]
	digits(t, "mean", r.Mean.Point, ".0586710")
	digits(t, "pooled", r.Pooled.Point, ".0595122")
	digits(t, "median", r.Median.Point, ".0322500")
	if r.Authors != 3 || r.Month != date("2026-05-01") || !(r.Pooled.Lo < r.Pooled.Point && r.Pooled.Point < r.Pooled.Hi) || r.Interactions.Point != 7320 {
		t.Errorf("%+v", r)
	}
	again, _ := Engagements(posts, 1)
	if again[0].Pooled.Lo != r.Pooled.Lo {
		t.Error("the interval is not repeatable")
	}
}

func TestPostsThatDoNotCount(t *testing.T) {
	young := authored(4, 9e9, 50000)
	young.SeenAt = young.PostedAt.Add(time.Hour)
	unknown := authored(5, 9e9, 0)
	late := authored(3, 5700, 42000)
	late.Later = true
	rows, err := Engagements([]AuthoredPost{authored(1, 1290, 40000), authored(2, 330, 41000), late, young, unknown}, 1)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "pooled", rows[0].Pooled.Point, ".0595122")
	if got := rows[0].Flags.String(); got != "followers_later,unripe_left_out,no_followers_known" {
		t.Errorf("flags %q", got)
	}
	if rows, err = Engagements([]AuthoredPost{young}, 1); err != nil || rows[0].Pooled.Defined() || !rows[0].Flags.Has(measure.FewPoints) {
		t.Errorf("%+v, %v: want no engagement of an hour", rows, err)
	}
}

// A stripped "+" would make 100万+ an exact million; here the mean is only bounded below and the median holds.
func TestCensoredEngagement(t *testing.T) {
	rows, err := Engagements([]AuthoredPost{authored(1, 20, 1e6), authored(2, 35, 1e6), authored(3, 50, 1e6), bounded(authored(4, 1e6, 1e6)), bounded(authored(5, 1e6, 1e6))}, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := rows[0]
	if r.Censored != 2 || !math.IsInf(r.Median.Hi, 1) || !math.IsInf(r.Pooled.Hi, 1) || !math.IsInf(r.Mean.Hi, 1) || !r.Flags.Has(measure.Censored) {
		t.Errorf("%+v", r)
	}
	digits(t, "median, exact", r.Median.Point, "5.0000e-05")
	digits(t, "mean, a lower bound", r.Mean.Point, ".400021") // UT-9.0 per million followers
	measuretest.CheckTables(t, engagementTable(rows, series.Data{}))
}

func TestFewAuthorsHaveNoInterval(t *testing.T) {
	rows, err := Engagements([]AuthoredPost{authored(1, 20, 1000), authored(1, 30, 1000), authored(2, 5, 1000)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; !r.Flags.Has(FewAuthors) || r.Pooled.Level == 0.95 {
		t.Errorf("%+v", r)
	}
}

func TestAuthorsAreShrunk(t *testing.T) {
	var posts []AuthoredPost
	for i := range int64(20) {
		posts = append(posts, authored(i, 100+20*float64(i), 10000))
	}
	posts = append(posts, authored(99, 40, 100)) // one lucky post before few followers
	all := Authors(posts)
	if len(all) != 21 || math.IsNaN(all[0].Shrunk) {
		t.Fatalf("%d authors, %+v", len(all), all[0])
	}
	for _, a := range all {
		if a.AccountNo == 99 && !(a.Shrunk < a.Rate) {
			t.Errorf("%+v: want a rate drawn down", a)
		}
	}
	measuretest.CheckTables(t, authorsTable(all, date("2026-06-01")))
}

// Whatever the posts, the tables come out whole and the intervals hold their points.
func TestEngagementAlwaysAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var posts []AuthoredPost
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			p := authored(rapid.Int64Range(1, 4).Draw(t, "account"), rapid.SampledFrom([]float64{0, 1, 7, 1e6, 1e18}).Draw(t, "interactions"),
				rapid.SampledFrom([]float64{0, 1, 1e3, 1e9, 1e18}).Draw(t, "followers"))
			if rapid.Bool().Draw(t, "bounded") {
				p = bounded(p)
			}
			posts = append(posts, p)
		}
		rows, err := Engagements(posts, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			for _, e := range []measure.Estimate{r.Pooled, r.Mean, r.Median} {
				if e.Defined() && (e.Lo > e.Point || e.Hi < e.Point) {
					t.Fatalf("%v outside %v..%v", e.Point, e.Lo, e.Hi)
				}
			}
		}
		measuretest.CheckTables(t, engagementTable(rows, series.Data{}), authorsTable(Authors(posts), date("2026-06-01")))
	})
}
