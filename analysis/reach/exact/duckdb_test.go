package exact

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/reach"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// ask runs a query that gives rows of whole numbers.
func ask(t *testing.T, db *sql.DB, query string, args ...any) (out [][]int64) {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, dest := make([]int64, len(columns)), make([]any, len(columns))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEqualsPlainSQL holds every number of a result against what DuckDB gives for plain SQL on the same follows.
func TestEqualsPlainSQL(t *testing.T) {
	for name, sets := range shapes() {
		t.Run(name, func(t *testing.T) {
			db := warehousetest.Scratch(t)
			load(t, db, sets)
			r := run(t, sets, 2)
			place := map[int64]int{}
			for i, no := range r.Accounts {
				place[int64(no)] = i
			}
			equal := func(what string, got, want int64) {
				t.Helper()
				if got != want {
					t.Errorf("%s = %d, SQL says %d", what, got, want)
				}
			}
			totals := ask(t, db, `select count(*), count(distinct follower) from follows`)[0]
			equal("sum", r.Sum, totals[0])
			equal("reach", r.Unique, totals[1])

			frequency := make([]int64, len(r.Frequency))
			for _, row := range ask(t, db, `select n, count(*) from (select count(*) as n from follows group by follower) group by n`) {
				frequency[row[0]] = row[1]
			}
			alone := make([]int64, len(sets))
			for _, row := range ask(t, db, `
				select account, count(*) from (select follower, min(account) as account from follows group by follower having count(*) = 1)
				group by account`) {
				alone[place[row[0]]] = row[1]
			}
			for i := range r.Frequency {
				equal(fmt.Sprint("people who follow ", i), r.Frequency[i], frequency[i])
			}
			for i := range alone {
				equal(fmt.Sprint("exclusive to ", r.Accounts[i]), r.Exclusive[i], alone[i])
			}
			pairs := reach.NewPairs(len(sets))
			for _, row := range ask(t, db, `
				select a.account, b.account, count(*) from follows a join follows b using (follower)
				where a.account <= b.account group by all`) {
				pairs.Add(place[row[0]], place[row[1]], row[2])
			}
			for i := range sets {
				for j := i; j < len(sets); j++ {
					equal(fmt.Sprintf("pair %d, %d", r.Accounts[i], r.Accounts[j]), r.Pairs.At(i, j), pairs.At(i, j))
				}
			}
			greedily(t, db, r, equal)
		})
	}
}

// greedily picks the first six accounts in SQL.
func greedily(t *testing.T, db *sql.DB, r *reach.Result, equal func(string, int64, int64)) {
	var reached int64
	for k, step := range r.Greedy[:min(6, len(r.Greedy))] {
		best := ask(t, db, `
			select s.account, count(f.follower) as gain
			from sizes s left join (select * from follows anti join reached using (follower)) f using (account)
			where s.account not in (from picked)
			group by s.account, s.size
			order by gain desc, s.size desc, s.account limit 1`)[0]
		reached += best[1]
		equal(fmt.Sprint("pick ", k+1), int64(r.Accounts[step.Account]), best[0])
		equal(fmt.Sprint("gain ", k+1), step.Gain, best[1])
		equal(fmt.Sprint("reached ", k+1), step.Reached, reached)
		for _, do := range []string{`insert into picked values (?)`, `insert into reached select follower from follows where account = ? and follower not in (from reached)`} {
			if _, err := db.Exec(do, best[0]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// load puts the sets into tables.
func load(t *testing.T, db *sql.DB, sets []reach.Set) {
	t.Helper()
	exec := func(query string, args ...any) {
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`create table follows (account bigint, follower bigint)`)
	exec(`create table sizes (account bigint, size bigint)`)
	exec(`create table picked (account bigint)`)
	exec(`create table reached (follower bigint)`)
	for _, s := range sets {
		exec(`insert into sizes values (?, ?)`, s.Account, len(s.Followers))
		if len(s.Followers) > 0 {
			exec(`insert into follows select ?, unnest(string_split(?, ','))::bigint`, s.Account, strings.Trim(strings.ReplaceAll(fmt.Sprint(s.Followers), " ", ","), "[]"))
		}
	}
}
