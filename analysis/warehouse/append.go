package warehouse

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/marcboeker/go-duckdb/v2"
)

// withAppender lets f add rows to a table within the transaction of the writing connection.
func (d *Draft) withAppender(ctx context.Context, schema, name string, f func(add func(...driver.Value) error) error) error {
	return d.w.Raw(func(c any) error {
		a, err := duckdb.NewAppenderFromConn(c.(driver.Conn), schema, name)
		if err != nil {
			return fmt.Errorf("append to %s.%s: %w", schema, name, err)
		}
		n := 0
		err = f(func(row ...driver.Value) error {
			// The appender itself does not know the context: ask now and then.
			if n++; n%4096 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return a.AppendRow(row...)
		})
		if cerr := a.Close(); cerr != nil {
			err = errors.Join(err, fmt.Errorf("append to %s.%s: %w", schema, name, cerr))
		}
		return err
	})
}
