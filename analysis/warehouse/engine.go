package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/marcboeker/go-duckdb/v2"
)

// The name under which the file is attached: that which DuckDB gives overtake.duckdb when somebody opens it by hand.
const catalog = "overtake"

// An engine is one DuckDB instance in memory to which one file at a time is attached. Attaching, rather than opening the
// file itself, lets one process hold an old and a new file of the same path: DuckDB would hand out the old one again.
type engine struct {
	db       *sql.DB
	attached atomic.Bool
}

// newEngine starts DuckDB. Zero threads means DuckDB's own choice, and so does an empty memory limit. Spilled data goes
// to tempDir. Extensions are never fetched from the network.
func newEngine(threads int, memoryLimit, tempDir string) (*engine, error) {
	v := url.Values{
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
		"temp_directory":               {tempDir},
	}
	if threads > 0 {
		v.Set("threads", strconv.Itoa(threads))
	}
	if memoryLimit != "" {
		v.Set("memory_limit", memoryLimit)
	}
	e := &engine{}
	c, err := duckdb.NewConnector(":memory:?"+v.Encode(), e.initConn)
	if err != nil {
		return nil, fmt.Errorf("start DuckDB: %w", err)
	}
	e.db = sql.OpenDB(c)
	return e, nil
}

// initConn makes a new connection see the attached file first.
func (e *engine) initConn(x driver.ExecerContext) error {
	if !e.attached.Load() {
		return nil
	}
	_, err := x.ExecContext(context.Background(), "use "+catalog, nil)
	return err
}

// attach opens the file, read-only or for writing (then it is made if it is missing).
func (e *engine) attach(ctx context.Context, path string, readOnly bool) error {
	// Most tables are small: with blocks of DuckDB's usual 256 KiB the file would be three times as large.
	mode := " (block_size 16384)"
	if readOnly {
		mode = " (read_only)"
	}
	if _, err := e.db.ExecContext(ctx, "attach "+quote(path)+" as "+catalog+mode); err != nil {
		return err
	}
	e.attached.Store(true)
	return e.renewConnections(ctx)
}

// detach closes the file. DuckDB writes its log into it first.
func (e *engine) detach(ctx context.Context) error {
	if !e.attached.Swap(false) {
		return nil
	}
	if err := e.renewConnections(ctx); err != nil {
		return err
	}
	_, err := e.db.ExecContext(ctx, "detach "+catalog)
	return err
}

// renewConnections closes idle connections, so that the next ones are set up by initConn.
func (e *engine) renewConnections(ctx context.Context) error {
	e.db.SetMaxIdleConns(0)
	e.db.SetMaxIdleConns(8)
	return ctx.Err()
}

func (e *engine) close() error { return e.db.Close() }

// isLocked reports whether err says that another process holds the file for writing.
func isLocked(err error) bool {
	return err != nil && strings.Contains(err.Error(), "Could not set lock on file")
}

// isFull reports whether err says that the disk takes no more, which DuckDB may call fatal.
func isFull(err error) bool {
	if err == nil {
		return false
	}
	return strings.Contains(err.Error(), "No space left on device") || strings.Contains(err.Error(), "File too large")
}

// isOfTheMachine reports whether err says that the machine has no more to give, which tells nothing of the file.
func isOfTheMachine(err error) bool {
	var d *duckdb.Error
	return isFull(err) || err != nil && strings.Contains(err.Error(), "Cannot open file") || errors.As(err, &d) && d.Type == duckdb.ErrorTypeOutOfMemory
}

// IsDamaged reports whether err says that the warehouse file holds something that DuckDB never wrote.
func IsDamaged(err error) bool { return isDamaged(err) }

// isDamaged reports whether err says that the attached file holds something that DuckDB never wrote.
func isDamaged(err error) bool {
	var d *duckdb.Error
	if !errors.As(err, &d) || isFull(err) {
		return false
	}
	for _, sign := range []string{"Corrupt database file", "checksum", "not a valid DuckDB database file", "Failed to deserialize", "FATAL Error"} {
		if strings.Contains(d.Msg, sign) {
			return true
		}
	}
	return d.Type == duckdb.ErrorTypeSerialization
}

// transaction runs statements between begin and commit on a connection of their own.
func (e *engine) transaction(ctx context.Context, statements string) error {
	c, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return inTransaction(ctx, c, func() error { return exec(ctx, c, statements) })
}

// exec runs statements, separated by semicolons, for their effect.
func exec(ctx context.Context, c *sql.Conn, statements string) error {
	_, err := c.ExecContext(ctx, statements)
	return err
}

// inTransaction runs f between begin and commit on one connection, and rolls back where f fails.
func inTransaction(ctx context.Context, c *sql.Conn, f func() error) error {
	if err := exec(ctx, c, "begin transaction"); err != nil {
		return err
	}
	if err := f(); err != nil {
		// The context may be what failed; the rollback must still happen.
		return errors.Join(err, exec(context.WithoutCancel(ctx), c, "rollback"))
	}
	return exec(ctx, c, "commit")
}

// quote makes a text literal.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// quoteAll makes a list of text literals.
func quoteAll(ss []string) string {
	q := make([]string, len(ss))
	for i, s := range ss {
		q[i] = quote(s)
	}
	return strings.Join(q, ", ")
}
