package trino

import "strings"

// A place says where a table of our queries stands in the cluster. Our queries name five schemas: lake, staging, marts,
// results and meta; anything else is left as it is.
type place func(schema, table string) (name string, ok bool)

// ours are the schemas that our queries name.
var ours = []string{"lake", "staging", "marts", "results", "meta"}

// translate rewrites the names of tables in a query. Texts, quoted names and comments are left alone, and so is a name
// that stands behind a dot, which is a column, and one of three parts, which names its catalog.
func translate(query string, at place) string {
	var out strings.Builder
	for i := 0; i < len(query); {
		n := skip(query[i:])
		if n == 0 {
			out.WriteByte(query[i])
			i++
			continue
		}
		word := query[i : i+n]
		schema := strings.ToLower(word)
		if !isOurs(schema) || i > 0 && query[i-1] == '.' || i+n >= len(query) || query[i+n] != '.' {
			out.WriteString(word)
			i += n
			continue
		}
		m := wordLen(query[i+n+1:])
		end := i + n + 1 + m
		whole := end < len(query) && query[end] == '.' // catalog, schema and table: the catalog may be called lake
		name, ok := at(schema, strings.ToLower(query[i+n+1:end]))
		if m == 0 || whole || !ok {
			out.WriteString(word)
			i += n
			continue
		}
		out.WriteString(name)
		i = end
	}
	return out.String()
}

func isOurs(schema string) bool {
	for _, s := range ours {
		if s == schema {
			return true
		}
	}
	return false
}

// skip is the length of the text, quoted name, comment or word that s begins with; 0 where it begins with none of them.
func skip(s string) int {
	switch {
	case s[0] == '\'' || s[0] == '"':
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 { // a doubled quote reads as two texts, which is as well
			return end + 2
		}
		return len(s)
	case strings.HasPrefix(s, "--"):
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return end
		}
		return len(s)
	case strings.HasPrefix(s, "/*"):
		if end := strings.Index(s, "*/"); end >= 0 {
			return end + 2
		}
		return len(s)
	}
	return wordLen(s)
}

// wordLen is the length of the name or number that s begins with.
func wordLen(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}
