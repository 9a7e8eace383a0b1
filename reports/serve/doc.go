// Package serve shows a report and its warehouse to the browser of the person who started it: the page, the tables, and
// a query page over read-only SQL.
//
// It is made for one machine. It listens on loopback, answers only to the names of loopback (a page elsewhere on the web
// could otherwise rebind its own name to this address), takes queries only from its own pages, and runs nothing but a
// select, within limits of time, rows and bytes. What the SQL may do is the warehouse's business: see Store.
//
//	GET  /                       the report, in a frame that follows what is published
//	GET  /report/...             the report's folder
//	GET  /tables, /tables/NAME   what there is, described; /tables/NAME.csv, .json, .parquet, .arrow: the whole table
//	GET  /query                  the query page
//	POST /api/query              {"sql": "..."}: the first rows, as a grid
//	POST /download               a form (sql, format): all rows as a file
//	GET  /api/published          server-sent events: one whenever another warehouse is published
//
// A warehouse is opened when it is first asked for and again when another one is published; queries that run keep theirs
// until they end.
package serve
