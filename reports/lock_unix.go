//go:build unix

package reports

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockDir takes the lock of a folder, or returns errTaken at once. The lock goes with the process, however it ends.
func lockDir(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, errTaken
	}
	return func() { f.Close() }, nil
}
