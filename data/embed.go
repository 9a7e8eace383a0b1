// Package data carries the shipped history: cited figures of microblog platforms from 2006 to today, as CSV files.
//
// The files are evidence, not tables. They enter the warehouse by the same way as a collector's answers: source,
// journal, lake, warehouse. data/README.md describes what becomes of them; history/SOURCES.md says where they came from.
package data

import "embed"

// History holds the CSV files of the folder history, under the names history/<file>.csv.
//
//go:embed history/*.csv
var History embed.FS
