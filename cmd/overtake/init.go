package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// initCmd writes the commented default configuration into a folder.
type initCmd struct {
	Target string `arg:"" optional:"" default:"." placeholder:"DIR" help:"Folder to write overtake.toml into; made if it does not exist."`
}

// Help shows examples.
func (initCmd) Help() string {
	return "Examples:\n  overtake init\n  overtake init ~/microblogs && overtake run --dir ~/microblogs"
}

// Run never overwrites a file.
func (c initCmd) Run(a *app) error {
	if err := os.MkdirAll(c.Target, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	path := filepath.Join(c.Target, configName)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return withHint(fmt.Errorf("%s exists already; it stays as it is", path), "overtake init into another folder")
	}
	if err != nil {
		return err
	}
	if _, err = f.WriteString(defaultConfig); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	fmt.Fprintf(a.std.out, "wrote %s\nnext: overtake run --dir %s\n", path, c.Target)
	return nil
}
