package trino

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	client "github.com/trinodb/trino-go-client/trino"

	"github.com/overtake-analytics/overtake/analysis"
)

// An Address says which cluster, catalog and schemas are meant.
type Address struct {
	// URL is http(s)://user@host:port/catalog or .../catalog/prefix. What the Go client of Trino reads from the query of
	// an address is passed on (SSLCertPath, sessionProperties, ...). It holds no password.
	URL string
	// Password and Token come from the environment; each may be empty. Trino takes them over https only.
	Password, Token string
}

// A cluster is an open connection to a catalog.
type cluster struct {
	db      *sql.DB
	catalog string
	prefix  string // of our schemas, with its underscore
	host    string // for errors, without user
	version string // of the server
}

// connect opens the address. No request is made.
func connect(a Address) (*cluster, error) {
	u, err := url.Parse(a.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("trino address %q: want http(s)://user@host:port/catalog or .../catalog/prefix", redact(a.URL))
	}
	if _, has := u.User.Password(); has {
		return nil, fmt.Errorf("trino address %q holds a password: name the environment variable that holds it instead", redact(a.URL))
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if parts[0] == "" || len(parts) > 2 || wordLen(parts[0]) != len(parts[0]) || len(parts) == 2 && wordLen(parts[1]) != len(parts[1]) {
		return nil, fmt.Errorf("trino address %q: want a catalog, and perhaps a prefix of our schemas, as path: /catalog or /catalog/prefix", redact(a.URL))
	}
	if u.User.Username() == "" {
		u.User = url.User("overtake")
	}
	c := &cluster{catalog: strings.ToLower(parts[0]), host: u.Host}
	if len(parts) == 2 {
		c.prefix = strings.ToLower(parts[1]) + "_"
	}
	if (a.Password != "" || a.Token != "") && u.Scheme != "https" {
		return nil, fmt.Errorf("trino address %q: a password or token is sent over https only", redact(a.URL))
	}
	if a.Password != "" {
		u.User = url.UserPassword(u.User.Username(), a.Password)
	}
	conf, err := configOf(u, c.catalog, a.Token)
	if err != nil {
		return nil, err
	}
	connector, err := client.NewConnector(conf)
	if err != nil {
		return nil, fmt.Errorf("trino address %q: %w", redact(a.URL), err)
	}
	c.db = sql.OpenDB(connector)
	return c, nil
}

func configOf(u *url.URL, catalog, token string) (*client.Config, error) {
	q := u.Query()
	q.Set("catalog", catalog)
	v := *u
	v.Path, v.RawQuery = "", q.Encode()
	conf, err := client.ParseDSN(v.String())
	if err != nil {
		return nil, fmt.Errorf("trino address %q: %w", redact(u.String()), err)
	}
	conf.Source, conf.TimeZone = "overtake", "UTC"
	if token != "" {
		conf.AccessToken = token
	}
	return conf, nil
}

// redact removes user and password from an address.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(not an address)"
	}
	u.User, u.RawQuery = nil, ""
	return u.String()
}

// schema is where one of our schemas lies, with its catalog.
func (c *cluster) schema(name string) string { return fmt.Sprintf("%q.%q", c.catalog, c.prefix+name) }

// published places the tables that readers see.
func (c *cluster) published(schema, table string) (string, bool) {
	return c.schema(schema) + "." + quoteName(table), true
}

// in places tables for a run: what the run writes lies in its own schema.
func (c *cluster) in(run string) place {
	return func(schema, table string) (string, bool) {
		switch schema {
		case "marts", "results", "meta":
			return c.schema(run) + "." + quoteName(schema+"_"+table), true
		}
		return c.published(schema, table)
	}
}

func (c *cluster) exec(ctx context.Context, statement string) error {
	_, err := c.db.ExecContext(ctx, statement)
	return c.explain(err)
}

func (c *cluster) query(ctx context.Context, at place, query string, args []any) (*sql.Rows, error) {
	args = append([]any(nil), args...)
	for i, a := range args {
		if t, ok := a.(time.Time); ok {
			if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
				args[i] = client.Date(t.Year(), t.Month(), t.Day())
			} else {
				args[i] = client.Timestamp(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond())
			}
		}
	}
	rows, err := c.db.QueryContext(ctx, translate(query, at), args...)
	return rows, c.explain(err)
}

// each runs a query of our own and calls f for each row.
func (c *cluster) each(ctx context.Context, query string, f func(*sql.Rows) error) error {
	rows, err := c.db.QueryContext(ctx, query)
	if err != nil {
		return c.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return c.explain(rows.Err())
}

// texts runs a query whose rows are single texts.
func (c *cluster) texts(ctx context.Context, query string) ([]string, error) {
	var all []string
	return all, c.each(ctx, query, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		all = append(all, s)
		return err
	})
}

// A DB reads what is published.
type DB struct{ c *cluster }

var _ analysis.Querier = (*DB)(nil)

// Open connects to a cluster for reading. The error wraps [ErrNothing] where nothing has been published yet.
func Open(ctx context.Context, a Address) (*DB, error) {
	c, err := connect(a)
	if err != nil {
		return nil, err
	}
	err = c.oldEnough(ctx)
	var run map[string]string
	if err == nil {
		run, err = c.runFacts(ctx)
	}
	if err == nil && len(run) == 0 {
		err = fmt.Errorf("%w in %s: run \"overtake run --engine trino\" first", ErrNothing, c.schema("meta"))
	}
	if err != nil {
		return nil, errors.Join(err, c.db.Close())
	}
	return &DB{c}, nil
}

// ErrNothing says that no run has been published in the catalog.
var ErrNothing = errors.New("nothing is published yet")

// QueryContext runs a query on the published tables. It satisfies [analysis.Querier].
func (db *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.c.query(ctx, db.c.published, query, args)
}

// Engine is the name and version of the cluster.
func (db *DB) Engine() string { return "Trino " + db.c.version }

// Tables lists what is published, such as marts.events.
func (db *DB) Tables(ctx context.Context) ([]string, error) { return db.c.tables(ctx) }

// AsOf is the last day whose publications the published results have seen, midnight UTC.
func (db *DB) AsOf(ctx context.Context) (time.Time, error) {
	run, err := db.c.runFacts(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.DateOnly, run["as_of"])
}

// Close ends the connection.
func (db *DB) Close() error { return db.c.db.Close() }

// tables lists the published views of marts, results and meta, sorted.
func (c *cluster) tables(ctx context.Context) ([]string, error) {
	return c.texts(ctx, fmt.Sprintf(`
		select substr(table_schema, %d) || '.' || table_name
		from %s.information_schema.tables
		where table_schema in (%s) order by 1`, len(c.prefix)+1, quoteName(c.catalog), c.schemaList("marts", "results", "meta")))
}

func (c *cluster) schemaList(names ...string) string {
	var all []string
	for _, n := range names {
		all = append(all, quoteText(c.prefix+n))
	}
	return strings.Join(all, ", ")
}

// runFacts reads meta.run of the published run; empty where there is none.
func (c *cluster) runFacts(ctx context.Context) (map[string]string, error) {
	have, err := c.tables(ctx)
	if err != nil {
		return nil, err
	}
	facts := map[string]string{}
	for _, t := range have {
		if t != "meta.run" {
			continue
		}
		return facts, c.each(ctx, "select key, value from "+c.schema("meta")+".run", func(rows *sql.Rows) error {
			var k, v string
			err := rows.Scan(&k, &v)
			facts[k] = v
			return err
		})
	}
	return facts, nil
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
