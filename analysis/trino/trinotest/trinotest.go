// Package trinotest starts real Trino clusters on this machine for tests: a coordinator and workers, each a process of
// its own with a bounded heap, stopped by their process ids.
//
// The server is the unpacked archive io.trino:trino-server that OVERTAKE_TRINO names (.ci/trino fetches it). It needs a
// JDK of version 24 or newer: JAVA_HOME, or one of those below /usr/lib/jvm.
package trinotest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/trinodb/trino-go-client/trino" // the driver
)

// A Cluster is a coordinator, which also works, and workers. The catalog is named lake and sees Root as local:///.
type Cluster struct {
	Root  string // folder that the cluster sees
	URL   string // http://me@127.0.0.1:port
	dir   string
	nodes []*node
}

type node struct {
	name string
	cmd  *exec.Cmd
	done chan struct{}
}

// Options bound a cluster. The zero value is a coordinator alone.
type Options struct {
	Workers int
	Heap    string // of each process, as -Xmx takes it; empty: 1G
	Rules   string // JSON of file-based access control; empty: everybody may do everything
}

// Start starts a cluster that ends with the test, and waits until all of it answers.
func Start(t *testing.T, o Options) *Cluster {
	t.Helper()
	server, java := os.Getenv("OVERTAKE_TRINO"), findJava(t)
	if server == "" {
		t.Fatal("OVERTAKE_TRINO must name the folder of an unpacked Trino server; sh .ci/trino fetches one and runs these tests")
	}
	c := &Cluster{Root: t.TempDir(), dir: t.TempDir()}
	port := freePort(t)
	c.URL = fmt.Sprintf("http://me@127.0.0.1:%d", port)
	plugins := filepath.Join(c.dir, "plugins")
	must(t, os.Mkdir(plugins, 0o755))
	must(t, os.Symlink(filepath.Join(server, "plugin", "hive"), filepath.Join(plugins, "hive")))
	if o.Heap == "" {
		o.Heap = "1G"
	}
	t.Cleanup(func() { c.stop(t) })
	for i := range o.Workers + 1 {
		name, at := "coordinator", port
		if i > 0 {
			name, at = fmt.Sprintf("worker-%d", i), freePort(t)
		}
		c.write(t, name, at, port, o)
		c.start(t, name, server, java, o.Heap)
	}
	c.wait(t, o.Workers+1)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// findJava looks for a JDK that runs the server.
func findJava(t *testing.T) string {
	t.Helper()
	homes, err := filepath.Glob("/usr/lib/jvm/*")
	must(t, err)
	version := regexp.MustCompile(`version "(\d+)`)
	for _, home := range append([]string{os.Getenv("JAVA_HOME")}, homes...) {
		bin := filepath.Join(home, "bin", "java")
		if home == "" {
			continue
		}
		out, err := exec.Command(bin, "-version").CombinedOutput()
		if m := version.FindSubmatch(out); err == nil && m != nil {
			if n, err := strconv.Atoi(string(m[1])); err == nil && n >= 24 {
				return bin
			}
		}
	}
	t.Fatal("no JDK of version 24 or newer in JAVA_HOME or below /usr/lib/jvm: install one, such as Temurin 25")
	return ""
}

// write makes the configuration of one process.
func (c *Cluster) write(t *testing.T, name string, port, coordinator int, o Options) {
	t.Helper()
	etc := filepath.Join(c.dir, name, "etc")
	must(t, os.MkdirAll(filepath.Join(etc, "catalog"), 0o755))
	config := fmt.Sprintf(`coordinator=%t
http-server.http.port=%d
discovery.uri=http://127.0.0.1:%d
plugin.dir=%s
catalog.config-dir=%s
query.max-memory=1GB
query.max-memory-per-node=500MB
internal-communication.shared-secret=trinotest
`, name == "coordinator", port, coordinator, filepath.Join(c.dir, "plugins"), filepath.Join(etc, "catalog"))
	if name == "coordinator" {
		config += "node-scheduler.include-coordinator=true\n"
		if o.Rules != "" {
			rules := filepath.Join(etc, "rules.json")
			must(t, os.WriteFile(rules, []byte(o.Rules), 0o644))
			must(t, os.WriteFile(filepath.Join(etc, "access-control.properties"),
				[]byte("access-control.name=file\nsecurity.config-file="+rules+"\n"), 0o644))
		}
	}
	must(t, os.WriteFile(filepath.Join(etc, "config.properties"), []byte(config), 0o644))
	must(t, os.WriteFile(filepath.Join(etc, "log.properties"), []byte("io=WARN\nBootstrap=WARN\norg=WARN\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(etc, "catalog", "lake.properties"), []byte(strings.ReplaceAll(Catalog, "<root>", c.Root)), 0o644))
}

// Catalog is the configuration of a catalog over a lake on a local disk, <root> being the folder that holds it.
const Catalog = `connector.name=hive
hive.metastore=file
hive.metastore.catalog.dir=local:///metastore
fs.native-local.enabled=true
local.location=<root>
hive.timestamp-precision=MICROSECONDS
hive.recursive-directories=true
hive.parquet.use-column-names=true
hive.non-managed-table-writes-enabled=true
`

func (c *Cluster) start(t *testing.T, name, server, java, heap string) {
	t.Helper()
	dir := filepath.Join(c.dir, name)
	log, err := os.Create(filepath.Join(dir, "server.log"))
	must(t, err)
	defer log.Close()
	cmd := exec.Command(java, "-cp", filepath.Join(server, "lib", "*"), "-Xmx"+heap, "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading", "--enable-native-access=ALL-UNNAMED", "-XX:+ExitOnOutOfMemoryError",
		"-Djdk.attach.allowAttachSelf=true", "--add-opens=java.base/java.nio=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
		"--add-modules=jdk.incubator.vector", "-Dnode.environment=test", "-Dnode.id="+name, "-Dnode.data-dir="+filepath.Join(dir, "data"),
		"-Dnode.internal-address=127.0.0.1", "-Dconfig="+filepath.Join(dir, "etc", "config.properties"), "-Dlog.levels-file="+filepath.Join(dir, "etc", "log.properties"), "io.trino.server.TrinoServer")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(t, cmd.Start())
	n := &node{name: name, cmd: cmd, done: make(chan struct{})}
	go func() { _ = cmd.Wait(); close(n.done) }()
	c.nodes = append(c.nodes, n)
}

// wait waits until the coordinator has started and knows all nodes.
func (c *Cluster) wait(t *testing.T, nodes int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for c.ready(ctx) < nodes {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the cluster did not come up:\n%s", c.tail())
		}
		for _, n := range c.nodes {
			select {
			case <-n.done:
				t.Fatalf("%s ended:\n%s", n.name, c.tail())
			default:
			}
		}
	}
}

// ready is how many nodes are at work, once the coordinator has started.
func (c *Cluster) ready(ctx context.Context) (nodes int) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.Replace(c.URL, "me@", "", 1)+"/v1/info", nil)
	if err != nil {
		return 0
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	var info struct {
		Starting bool `json:"starting"`
	}
	if json.NewDecoder(resp.Body).Decode(&info) != nil || info.Starting {
		return 0
	}
	db, err := sql.Open("trino", c.URL)
	if err != nil {
		return 0
	}
	defer db.Close()
	if db.QueryRowContext(ctx, "select count(*) from system.runtime.nodes where state = 'active'").Scan(&nodes) != nil {
		return 0
	}
	return nodes
}

// Kill ends a worker as a power cut would. The first is 1.
func (c *Cluster) Kill(t *testing.T, worker int) {
	t.Helper()
	n := c.nodes[worker]
	must(t, n.cmd.Process.Kill())
	<-n.done
}

func (c *Cluster) stop(t *testing.T) {
	for _, n := range c.nodes {
		_ = n.cmd.Process.Kill() // it may have ended already
		<-n.done
	}
	if t.Failed() {
		t.Log(c.tail())
	}
}

// tail is the end of each log.
func (c *Cluster) tail() string {
	var all strings.Builder
	for _, n := range c.nodes {
		text, _ := os.ReadFile(filepath.Join(c.dir, n.name, "server.log"))
		fmt.Fprintf(&all, "%s: ...%s\n", n.name, text[max(0, len(text)-2000):])
	}
	return all.String()
}
