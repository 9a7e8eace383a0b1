package reports

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// SectionIDs are the ids of all sections, in the order of the page.
func SectionIDs() []string {
	var all []string
	for _, s := range Sections() {
		all = append(all, s.ID())
	}
	return all
}

// ReadTemplate reads one's own order of sections: one id a line, empty lines and lines that begin with # count for
// nothing. Errors name the line.
func ReadTemplate(r io.Reader) ([]string, error) {
	known := map[string]bool{}
	for _, id := range SectionIDs() {
		known[id] = true
	}
	var all []string
	seen := map[string]int{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		id := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		switch {
		case id == "" || strings.HasPrefix(id, "#"):
			continue
		case !known[id]:
			return nil, fmt.Errorf("line %d: there is no section %q; there are %s", n, clip(plain(id), 40), strings.Join(SectionIDs(), ", "))
		case seen[id] > 0:
			return nil, fmt.Errorf("line %d: section %q stands in line %d already", n, id, seen[id])
		}
		seen[id] = n
		all = append(all, id)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("it names no section; there are %s", strings.Join(SectionIDs(), ", "))
	}
	return all, nil
}

// chosen gives the sections with these ids, all where none is named.
func chosen(ids []string) ([]Section, error) {
	all := Sections()
	if len(ids) == 0 {
		return all, nil
	}
	var some []Section
	for _, id := range ids {
		found := false
		for _, s := range all {
			if s.ID() == id {
				some, found = append(some, s), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no section %q; there are %s", id, strings.Join(SectionIDs(), ", "))
		}
	}
	return some, nil
}

// sections are those of the report that was asked for. A comparison stands after the answer, or first without one.
func (b *Book) sections(o Options) ([]Section, error) {
	all, err := chosen(o.Sections)
	if err != nil || o.Compare == "" {
		return all, err
	}
	was, err := readEarlier(o.Compare)
	if err != nil {
		return nil, err
	}
	at := 0
	if len(all) > 0 && all[0].ID() == (headline{}).ID() {
		at = 1
	}
	return slices.Insert(all, at, Section(changes{was})), nil
}

// withoutDeadLinks turns links to sections that the report does not show into plain text.
func withoutDeadLinks(page []byte, shown []part) []byte {
	here := map[string]bool{}
	for _, p := range shown {
		here[p.ID] = true
	}
	for _, id := range SectionIDs() {
		if !here[id] {
			page = regexp.MustCompile(`<a href="#`+id+`">(.*?)</a>`).ReplaceAll(page, []byte("$1"))
		}
	}
	return page
}
