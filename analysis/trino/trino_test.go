package trino

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	client "github.com/trinodb/trino-go-client/trino"
	"pgregory.net/rapid"

	"github.com/overtake-analytics/overtake/analysis/models"
)

func there(schema, table string) (string, bool) {
	return "there." + schema + "_" + table, table != "unknown"
}

func TestTranslatePlacesTables(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"select a from marts.events", "select a from there.marts_events"},
		{"select a from MARTS.Events e", "select a from there.marts_events e"},
		{"select 'marts.events' from results.growth", "select 'marts.events' from there.results_growth"},
		{"select 'it''s marts.events' from lake.posts", "select 'it''s marts.events' from there.lake_posts"},
		{"select \"marts\".x, t.marts from t -- marts.events\n, meta.run", "select \"marts\".x, t.marts from t -- marts.events\n, there.meta_run"},
		{"select /* marts.events */ 1 from staging.stg_a__b", "select /* marts.events */ 1 from there.staging_stg_a__b"},
		{"select marts.unknown from marts.events", "select marts.unknown from there.marts_events"},
		{"select a from lake.information_schema.tables", "select a from lake.information_schema.tables"},
		{"select a from c.marts.events", "select a from c.marts.events"},
		{"select mymarts.events, marts from x", "select mymarts.events, marts from x"},
		{"marts.", "marts."},
		{"'", "'"},
	} {
		if got := translate(c.query, there); got != c.want {
			t.Errorf("translate(%q)\n got %q\nwant %q", c.query, got, c.want)
		}
	}
}

// What names none of our schemas comes back as it was, whatever it is.
func TestTranslateLeavesTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.StringMatching(`[a-z '"/*.,()\n-]{0,60}`).Draw(t, "query")
		for _, s := range ours {
			if strings.Contains(strings.ToLower(query), s) {
				return
			}
		}
		if got := translate(query, there); got != query {
			t.Fatalf("%q became %q", query, got)
		}
	})
}

// Every table that a shipped model reads is placed: none is left with its own schema, which the cluster does not have.
func TestEveryModelIsPlaced(t *testing.T) {
	ms, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ms {
		var placed []string
		translate(m.SQL, func(schema, table string) (string, bool) {
			placed = append(placed, schema+"."+table)
			return "", true
		})
		for _, r := range m.Reads {
			if m.SQL != "" && !slices.Contains(placed, r) {
				t.Errorf("%s reads %s, which is not placed", m.Table(), r)
			}
		}
	}
}

func TestConnectRefuses(t *testing.T) {
	for _, c := range []struct {
		address Address
		want    string
	}{
		{Address{URL: ""}, "want http(s)://user@host:port/catalog"},
		{Address{URL: "http://h:8080"}, "want a catalog"},
		{Address{URL: "http://h:8080/a/b/c"}, "want a catalog"},
		{Address{URL: "http://h:8080/a;drop"}, "want a catalog"},
		{Address{URL: "http://u:secret@h:8080/lake"}, "environment variable"},
		{Address{URL: "http://u@h:8080/lake", Password: "secret"}, "over https only"},
		{Address{URL: "http://u@h:8080/lake", Token: "secret"}, "over https only"},
	} {
		_, err := connect(c.address)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("connect(%+v): %v, want %q and no secret", c.address, err, c.want)
		}
	}
}

func TestConnectPlacesSchemas(t *testing.T) {
	for url, want := range map[string]string{
		"https://u@h/Lake":      `"lake"."marts"."events"`,
		"https://u@h/lake/news": `"lake"."news_marts"."events"`,
	} {
		c, err := connect(Address{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer c.db.Close()
		if got, _ := c.published("marts", "events"); got != want {
			t.Errorf("%s: marts.events is %s, want %s", url, got, want)
		}
		if got, _ := c.in("run_1")("results", "growth"); !strings.HasSuffix(got, `run_1"."results_growth"`) {
			t.Errorf("%s: results.growth of a run is %s", url, got)
		}
	}
}

func TestExplainSaysWhatToDo(t *testing.T) {
	c := &cluster{host: "h:8080"}
	for _, name := range []string{"CATALOG_NOT_FOUND", "PERMISSION_DENIED", "ADMINISTRATIVELY_KILLED", "NODE_DISCONNECTED", "REMOTE_HOST_GONE"} {
		err := c.explain(&client.ErrTrino{ErrorName: name, Message: "line 1: because"})
		if !strings.Contains(err.Error(), cures[name]) || !strings.Contains(err.Error(), "line 1: because") {
			t.Errorf("%s: %v", name, err)
		}
		if again := c.explain(err); again != err {
			t.Errorf("%s is explained twice: %v", name, again)
		}
	}
	for status, want := range map[int]string{401: "engine.password_env", 403: "refuses", 404: "no Trino server"} {
		if err := c.explain(&client.ErrQueryFailed{StatusCode: status, Reason: errors.New("no")}); !strings.Contains(err.Error(), want) {
			t.Errorf("status %d: %v, want %q", status, err, want)
		}
	}
	if c.explain(nil) != nil {
		t.Error("no error is explained")
	}
}

func TestRunNamesSortByTime(t *testing.T) {
	a, b := runName(time.Unix(1e9, 0)), runName(time.Unix(1e9+1, 0))
	if a >= b || wordLen(a) != len(a) {
		t.Errorf("%s and %s", a, b)
	}
	if c := runName(time.Unix(1e9, 0)); c[:len("run_20010909014640")] != a[:len("run_20010909014640")] {
		t.Errorf("%s and %s", a, c)
	}
}
