// Package reports makes the report: one page for people who install nothing, with every chart as a picture, every table
// as CSV and a manifest of checksums beside it.
//
//	m, err := reports.Build(ctx, warehouse, reports.Options{Dir: "report", Version: version, Generated: time.Now()})
//	_, err = reports.Verify("report")
//
// The page is a list of sections ([Sections]), each in its own file with its template: it asks the warehouse (marts and
// results, nothing else), hands figures and tables to the [Book], and writes HTML. To add one, write a type with ID,
// Title and Render, a template, and a line in Sections; sections_test.go then holds it against a warehouse that is
// full, empty, without tables, and full of hostile names.
//
// What holds for all of it:
//
//   - index.html needs nothing but itself: no request, no script to be complete, at most 2 MB. A policy in its head
//     forbids everything else.
//   - The same warehouse, day and version give the same bytes; only the manifest tells the time.
//   - Texts from outside are escaped by html/template and isolated from the text around them; CSV cells that a
//     spreadsheet would run are defused. The SVG of package chart, which escapes by itself, is the one exception.
//   - Sentences are made from results, with the interval or the date of every number, and words for probability from
//     one published scale.
//   - A new report takes the old one's place in one step (publish.go).
package reports
