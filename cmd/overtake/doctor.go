package main

import (
	"fmt"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest/files"
	"github.com/overtake-analytics/overtake/reports/chart"
)

// doctorCmd looks for what will go wrong, before it does.
type doctorCmd struct{}

// Help shows examples.
func (doctorCmd) Help() string {
	return "Examples:\n  overtake doctor\n  overtake doctor --dir ~/microblogs --json"
}

// Run changes nothing. It ends with an error when something needs a cure.
func (doctorCmd) Run(a *app) error {
	all := []finding{a.checkMachine(), a.checkFolder(), a.checkSpace(), a.checkFonts(), a.checkHistory(), a.checkTokens(), a.checkRuns(), a.checkLeftovers()}
	if exists(a.space.journal()) {
		all = append(all, a.verifyJournal(), a.verifyLake(), a.verifyWarehouse(), a.verifyReport(), a.checkAge())
	}
	if a.onTrino() {
		all = append(all, a.checkCluster()...)
	}
	return a.showFindings(all, "in need of a cure")
}

func (a *app) checkMachine() finding {
	return finding{Part: "program", OK: true, What: fmt.Sprintf("overtake %s, %s, %d processors", buildVersion(), runtime.Version(), runtime.GOMAXPROCS(0))}
}

// checkFolder sees whether the working folder can be written to, without leaving a trace.
func (a *app) checkFolder() finding {
	root := a.space.root
	dir := root
	for !exists(dir) && filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
	}
	if err := unix.Access(dir, unix.W_OK); err != nil {
		return failed("folder", root, fmt.Errorf("%s cannot be written to: %w", dir, err), "choose another folder with --dir, or change its rights")
	}
	conf := "built-in defaults"
	if a.conf.path != "" {
		conf = a.conf.path
	}
	return finding{Part: "folder", Path: root, OK: true, What: fmt.Sprintf("%s can be written to; configuration: %s", root, conf)}
}

// The shipped history needs about 20 MB in all its forms; a new warehouse stands beside the old one for a moment.
const wantFree = 200 << 20

func (a *app) checkSpace() finding {
	dir := a.space.root
	for !exists(dir) && filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
	}
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return failed("space", dir, err, "look at the folder's file system")
	}
	free := int64(st.Bavail) * st.Bsize
	if free < wantFree {
		return failed("space", dir, fmt.Errorf("%s free in %s, want %s", bytesText(free), dir, bytesText(wantFree)), "free some space, or choose another folder with --dir")
	}
	return finding{Part: "space", Path: dir, OK: true, What: bytesText(free) + " free"}
}

// checkFonts draws nothing: it asks the chart package which characters it could not draw.
func (a *app) checkFonts() finding {
	names := "新浪微博 腾讯微博 搜狐微博 网易微博 姚晨 粉丝 用户 亿 万"
	if missing := chart.MissingGlyphs(names); len(missing) > 0 {
		return failed("fonts", "", fmt.Errorf("no glyph for %q in PNG charts", string(missing)), "install Noto Sans CJK (Debian: fonts-noto-cjk)")
	}
	return finding{Part: "fonts", OK: true, What: "Chinese names can be drawn"}
}

// checkHistory reads the figures that the configuration points to, and counts what would go into quarantine.
func (a *app) checkHistory() finding {
	if !a.conf.History.Use {
		return finding{Part: "history", OK: true, What: "switched off in " + a.conf.path}
	}
	own, err := a.ownFiles()
	if err != nil {
		return failed("history", a.conf.History.Dir, err, "make the folder, or change history.dir in the configuration")
	}
	var bad, rows int
	var first string
	decoders := files.Decoders()
	for page, err := range files.History(data.History, own...).Pages(a.ctx, "") {
		if err != nil {
			return failed("history", a.conf.History.Dir, err, "compare with the CSV files of the shipped history")
		}
		got, err := decoders[page.Decoder](page)
		if err != nil {
			return failed("history", page.Document, err, "the first line must name the columns as the shipped file of that name does")
		}
		rows += len(got.PlatformMetrics) + len(got.Snapshots) + len(got.Events)
		bad += len(got.Quarantine)
		if len(got.Quarantine) > 0 && first == "" {
			q := got.Quarantine[0]
			first = fmt.Sprintf("; the first: %s line %d: %s", q.Document, q.Line, q.Reason)
		}
	}
	if bad > 0 {
		return failed("history", a.conf.History.Dir, fmt.Errorf("%d rows cannot be read%s", bad, first), "mend these rows; the others are used meanwhile")
	}
	return finding{Part: "history", OK: true, What: fmt.Sprintf("%d figures and events can be read", rows)}
}
