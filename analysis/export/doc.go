// Package export writes tables of the warehouse into a folder that others can use without us: Parquet, CSV, Arrow, JSON, an
// Excel workbook or a DuckDB file, with what a reader must know beside them.
//
//	datapackage.json   every file with its checksum, every table with its columns (Frictionless Data Package 1.0)
//	croissant.json     the same for machine-learning tools and search engines (Croissant 1.0, a schema.org Dataset)
//	CITATION.cff       how to cite it (Citation File Format 1.2.0)
//
// Columns stand in the order of the warehouse, rows are sorted by all columns. Texts that a spreadsheet would run as a
// formula are defused in CSV and are plain texts in a workbook. Ids of followers never leave as they are: each is replaced
// by a keyed hash. Tables that hold words of strangers as they came (rejected rows, addresses of requests) are not
// exported at all.
//
// The folder appears whole or not at all, and replaces an earlier export only.
package export
