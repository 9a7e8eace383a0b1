package follows

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/ingest/lake"
)

// parquet reads a Parquet file, the row groups by all workers side by side.
func (r *reader) parquet(ctx context.Context, file int, in Input) error {
	if in.Size < 0 {
		return errors.New("a Parquet file is read from its end: name the file instead of piping it")
	}
	sum, err := sumOf(in)
	if err != nil {
		return err
	}
	r.names = append(r.names, baseName(in.Name))
	src, err := lake.OpenEdges(in.Name, edgeColumns)
	if err != nil {
		return fmt.Errorf("%s: %w", in.Name, err)
	}
	defer src.Close()
	groups := make(chan int, src.Groups())
	for i := range src.Groups() {
		groups <- i
	}
	close(groups)
	g, ctx := errgroup.WithContext(ctx)
	for _, w := range r.workers {
		w.file = file
		g.Go(func() error {
			for i := range groups {
				err := src.Read(ctx, i, func(row int64, account, follower lake.EdgeID) error {
					w.parquetEdge(row, account, follower)
					return w.err
				})
				if err != nil {
					return fmt.Errorf("%s: row group %d: %w", in.Name, i, err)
				}
				r.done.Add(in.Size / int64(src.Groups()))
				r.say()
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r.files = append(r.files, lake.ImportedFile{Name: baseName(in.Name), Bytes: in.Size, SHA256: sum})
	return nil
}

// parquetEdge takes a row. Texts that are numbers are numbers, as in text files.
func (w *worker) parquetEdge(row int64, account, follower lake.EdgeID) {
	l := layout{texts: true}
	for _, end := range []lake.EdgeID{account, follower} {
		problem := end.Problem
		if problem == "" && end.IsText {
			if _, problem = number(end.Text); problem != "" && l.isText(end.Text) {
				problem = ""
			}
		}
		if problem != "" {
			w.reject(row, []byte(fmt.Sprintf("%s %s", account, follower)), problem)
			return
		}
	}
	if !account.IsText && !follower.IsText {
		w.edge(account.Number, follower.Number)
		return
	}
	w.textEdge([]byte(account.String()), []byte(follower.String()))
}
