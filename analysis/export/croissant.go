package export

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// croissantContext is the JSON-LD context that the format prescribes. https://docs.mlcommons.org/croissant/docs/croissant-spec.html
const croissantContext = `{
	"@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column", "conformsTo": "dct:conformsTo",
	"cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/", "data": {"@id": "cr:data", "@type": "@json"},
	"dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/", "equivalentProperty": "cr:equivalentProperty", "samplingRate": "cr:samplingRate",
	"examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field", "fileProperty": "cr:fileProperty",
	"fileObject": "cr:fileObject", "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset",
	"jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
	"references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace", "sc": "https://schema.org/",
	"separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform"
}`

var croissantTypes = map[string]string{"text": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date", "instant": "sc:DateTime"}

type object = map[string]any

// homepage is where the program and the shipped data live.
const homepage = "https://github.com/overtake-analytics/overtake"

// croissant describes the files, and their columns where the format can be read by Croissant's own tools.
func (w *work) croissant() object {
	var distribution, records []object
	described := map[*table]bool{}
	for _, f := range w.files {
		o := object{"@type": "cr:FileObject", "@id": f.Path, "name": f.Path, "contentUrl": f.Path, "contentSize": fmt.Sprintf("%d B", f.Bytes), "encodingFormat": mediatypes[f.Format], "sha256": f.SHA256}
		if f.Format == "parquet" {
			o["encodingFormat"] = "application/x-parquet" // the name that Croissant knows it by
		}
		distribution = append(distribution, o)
		if (f.Format == "csv" || f.Format == "parquet") && !described[f.Table] {
			described[f.Table] = true
			records = append(records, f.records())
		}
	}
	all := object{
		"@context": json.RawMessage(croissantContext), "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0",
		"name": "overtake", "alternateName": w.opt.Title, "description": w.about(), "url": homepage, "keywords": keywords, "version": semantic(w.opt.Version),
		"citeAs": w.opt.Title + ". " + homepage, "distribution": distribution,
	}
	if records != nil {
		all["recordSet"] = records
	}
	if w.opt.AsOf != "" {
		all["datePublished"] = w.opt.AsOf
	}
	if w.opt.Author != "" {
		all["creator"] = object{"@type": "sc:Organization", "name": w.opt.Author}
	}
	if w.opt.Licence != "" {
		all["license"] = "https://spdx.org/licenses/" + w.opt.Licence
	}
	return all
}

func (f file) records() object {
	name := strings.ReplaceAll(f.Table.Full(), ".", "_")
	var fields []object
	for _, c := range f.Table.Fields {
		fields = append(fields, object{
			"@type": "cr:Field", "@id": name + "/" + c.Name, "name": c.Name, "description": c.Comment, "dataType": croissantTypes[c.Kind],
			"source": object{"fileObject": object{"@id": f.Path}, "extract": object{"column": c.Name}},
		})
	}
	return object{"@type": "cr:RecordSet", "@id": name, "name": name, "description": f.Table.Comment, "field": fields}
}

var semver = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)`)

// semantic is the three-part version that descriptions want; a program that was built from a working tree has none.
func semantic(version string) string {
	if m := semver.FindStringSubmatch(version); m != nil {
		return m[1]
	}
	return "0.0.0"
}

// citation is a CITATION.cff. A JSON text is a YAML text too.
func (w *work) citation() string {
	quote := func(s string) string {
		b, _ := json.Marshal(s) // a text always has a form
		return string(b)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cff-version: 1.2.0\nmessage: %s\ntype: dataset\ntitle: %s\n", quote("If you use these figures, please cite them, and the pages that they come from: "+packageName+" lists them."), quote(w.opt.Title))
	fmt.Fprintf(&b, "authors:\n  - name: %s\nversion: %s\nurl: %s\n", quote(w.opt.Author), quote(w.opt.Version), quote(homepage))
	if w.opt.AsOf != "" {
		fmt.Fprintf(&b, "date-released: %s\n", quote(w.opt.AsOf))
	}
	if w.opt.Licence != "" {
		fmt.Fprintf(&b, "license: %s\n", quote(w.opt.Licence))
	}
	b.WriteString("keywords:\n")
	for _, k := range keywords {
		fmt.Fprintf(&b, "  - %s\n", quote(k))
	}
	return b.String()
}
