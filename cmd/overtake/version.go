package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by a release build (-ldflags "-X main.version=v1.2.3").
var version = "0.1.0-dev"

// buildVersion is the release's version, with the commit where the build knows it.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return version + "+" + s.Value[:12]
		}
	}
	return version
}

// versionCmd prints what this program is.
type versionCmd struct{}

// Run prints one line, or an object with --json.
func (versionCmd) Run(a *app) error {
	if a.JSON {
		return json.NewEncoder(a.std.out).Encode(map[string]string{
			"version": buildVersion(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
		})
	}
	_, err := fmt.Fprintf(a.std.out, "overtake %s %s %s/%s\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
