package reports

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// swap puts tmp in place of dir in one step; the old folder, if there was one, is then at tmp.
func swap(tmp, dir string) error {
	err := unix.Renameat2(unix.AT_FDCWD, tmp, unix.AT_FDCWD, dir, unix.RENAME_EXCHANGE)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.ENOENT):
		return os.Rename(tmp, dir)
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.ENOTSUP):
		return replace(tmp, dir)
	}
	return &os.LinkError{Op: "exchange", Old: tmp, New: dir, Err: err}
}
