//go:build !linux

package reports

// swap puts tmp in place of dir.
func swap(tmp, dir string) error { return replace(tmp, dir) }
