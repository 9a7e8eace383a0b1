package trino

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// A Finding is one thing that was looked at.
type Finding struct {
	Part string // version, catalog, property, rights, lake
	What string // what was found
	Err  error  // nil where all is well
	Cure string
}

// Properties of a Hive catalog that the lake needs, with the line of its file. Those that a session can see are asked for.
var properties = []struct{ session, want, line, why string }{
	{"timestamp_precision", "MICROSECONDS", "hive.timestamp-precision=MICROSECONDS", "columns of microseconds are refused otherwise"},
	{"parquet_use_column_names", "true", "hive.parquet.use-column-names=true", "columns that were added to a dataset later are mixed up otherwise"},
}

// Examine looks at a cluster: whether it answers, its version, the catalog and what its file lacks, and whether this user
// may make schemas, tables and views. It makes one schema and drops it again.
func Examine(ctx context.Context, a Address) []Finding {
	c, err := connect(a)
	if err != nil {
		return []Finding{{Part: "cluster", Err: err, Cure: "correct engine.trino_url, or --trino-url"}}
	}
	defer c.db.Close()
	if err := c.oldEnough(ctx); err != nil {
		return []Finding{{Part: "cluster", Err: err, Cure: fmt.Sprintf("start Trino %d or newer at this address", Oldest)}}
	}
	all := []Finding{{Part: "cluster", What: fmt.Sprintf("Trino %s at %s", c.version, c.host)}}
	kind, err := c.texts(ctx, "select connector_name from system.metadata.catalogs where catalog_name = "+quoteText(c.catalog))
	switch {
	case err != nil:
		return append(all, Finding{Part: "catalog", Err: err, Cure: "give the user the right to read system.metadata"})
	case len(kind) == 0:
		return append(all, Finding{Part: "catalog", Err: fmt.Errorf("the cluster has no catalog %s", c.catalog), Cure: "add etc/catalog/" + c.catalog + ".properties, as analysis/trino/README.md shows it"})
	case kind[0] != "hive":
		return append(all, Finding{Part: "catalog", Err: fmt.Errorf("the catalog %s is one of the connector %s, want hive", c.catalog, kind[0]), Cure: "add a catalog with connector.name=hive"})
	}
	all = append(all, Finding{Part: "catalog", What: c.catalog + " is a Hive catalog"})
	all = append(all, c.properties(ctx)...)
	return append(all, c.rights(ctx))
}

func (c *cluster) properties(ctx context.Context) []Finding {
	var all []Finding
	for _, p := range properties {
		value, err := c.sessionProperty(ctx, p.session)
		f := Finding{Part: "catalog", What: p.line}
		switch {
		case err != nil:
			f.Err = err
		case !strings.EqualFold(value, p.want):
			f.Err, f.Cure = fmt.Errorf("%s of %s is %s: %s", p.session, c.catalog, value, p.why), fmt.Sprintf("add the line %s to etc/catalog/%s.properties on every node", p.line, c.catalog)
		}
		all = append(all, f)
	}
	return all
}

func (c *cluster) sessionProperty(ctx context.Context, name string) (value string, err error) {
	err = c.each(ctx, fmt.Sprintf("show session like %s", quoteText(c.catalog+"."+name)), func(rows *sql.Rows) error {
		var key, preset, typ, comment string
		return rows.Scan(&key, &value, &preset, &typ, &comment)
	})
	return value, err
}

// rights makes what a run makes, and drops it.
func (c *cluster) rights(ctx context.Context) Finding {
	schema := c.schema("doctor")
	steps := []string{
		"create schema " + schema,
		"create table " + schema + ".t (at timestamp(6)) with (format = 'PARQUET')",
		"insert into " + schema + ".t select cast('2011-02-28 00:00:00.000001' as timestamp(6))",
		"create view " + schema + ".v security invoker as select at from " + schema + ".t",
		"select at from " + schema + ".v",
	}
	var err error
	for _, s := range steps {
		if err = c.exec(ctx, s); err != nil {
			break
		}
	}
	if dropErr := c.exec(ctx, "drop schema if exists "+schema+" cascade"); err == nil {
		err = dropErr
	}
	return Finding{Part: "rights", What: "this user may make schemas, tables and views, and drop them", Err: err,
		Cure: fmt.Sprintf("give the user the right to make and drop schemas, tables and views in the catalog %s", c.catalog)}
}
