// Package trino runs the models and jobs of the warehouse on a Trino cluster over the same lake, for lakes that have
// outgrown one machine. There is no second text of any model: a query names lake, staging, marts, results and meta, and
// this package says where those lie in the cluster.
//
// # What is made in the catalog
//
// With the address https://user@host/catalog/news the schemas are news_lake, news_staging, and so on; without a last
// part of the path they are named lake, staging, ...
//
//	lake      external tables over the lake's folders, partitioned by platform and day; no byte is copied
//	staging   views
//	run_<t>   one schema per run: the tables marts_<name>, results_<name>, meta_<name>
//	marts, results, meta   views over the tables of the published run
//
// A run writes into a schema of its own, and readers see its tables once all of them are there and the checks have
// passed: publishing replaces one view after the other, meta.run last. The schema of the run before stays for those who
// are still reading; older ones are dropped. A run that died leaves its schema, which a later one drops a day after.
//
// Everything that this package makes carries a mark in its comment. A table or view without it is somebody else's: it
// is never replaced and never dropped, and its name in our way is an error.
//
// Rows that Go computes reach the cluster as Parquet files beside the lake's datasets, under results/, written by the
// function that Options names (package lake does it with Arrow).
//
// Source: the Trino documentation, "Hive connector" and "SQL statement syntax"; tried with Trino 476.
package trino
