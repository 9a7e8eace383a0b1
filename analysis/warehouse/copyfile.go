package warehouse

import (
	"io"
	"os"
)

// copyFile makes the new file to as a copy of from: by sharing its blocks where the file system can (btrfs, xfs), else
// within the kernel. Nothing is synced: the copy counts only when Publish has synced and renamed it.
func copyFile(to, from string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := dst.Close(); err == nil {
			err = cerr
		}
	}()
	if shareBlocks(dst, src) {
		return nil
	}
	_, err = io.Copy(dst, src)
	return err
}

// syncFile makes what was written to the file, or the entries of the folder, last.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
