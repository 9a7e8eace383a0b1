"""Times overtake's import and reach side by side with DuckDB and ClickHouse (chDB), each in a process of its own.

Called by "sh .ci/bench reach"; see there for the arguments. The rivals take the same text file, the same Parquet files and
the same memory limit. Between the runs of one kind the others run, so that a busy machine disturbs all alike; medians count.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

MEMORY_GB = 4


# What runs in the child processes.

def duckdb_connect(folder):
    import duckdb

    c = duckdb.connect(os.path.join(folder, "rival.duckdb"))
    c.execute(f"set memory_limit = '{MEMORY_GB}GiB'")
    c.execute(f"set temp_directory = '{folder}'")
    return c


def duckdb_import(text, folder):
    """Read, sort by account and follower, write Parquet. Ids are not mapped to dense numbers, which ours does too."""
    duckdb_connect(folder).execute(
        f"""copy (select account, follower from read_csv('{text}', delim = '\t', header = false,
        columns = {{'account': 'UINTEGER', 'follower': 'UINTEGER'}}) order by account, follower)
        to '{folder}/rival.parquet' (format parquet)""")


def duckdb_reach(files, folder):
    """Each person's mask of accounts, and from the masks the frequency table, which gives the reach. Neither pairs nor a greedy
    order: counting 4,950 pairs out of the masks in SQL takes it minutes."""
    c = duckdb_connect(folder)
    c.execute(
        f"""create temp table masks as select follower_no,
            bit_or(case when account_no < 64 then 1::ubigint << account_no else 0 end) as lo,
            bit_or(case when account_no >= 64 then 1::ubigint << (account_no - 64) else 0 end) as hi
        from read_parquet('{files}') group by follower_no""")
    c.execute("select bit_count(lo) + bit_count(hi) as accounts, count(*) from masks group by accounts order by accounts")
    unique = sum(n for _, n in c.fetchall())
    return {"unique": unique}


def clickhouse_reach(files, folder):
    """A Roaring bitmap per account, their union, all pairs, and the frequency table by grouping. No greedy order."""
    from chdb import session

    s = session.Session(folder)
    s.query("create database b engine = Atomic")
    s.query("create table b.lists (account_no UInt32, people AggregateFunction(groupBitmap, UInt32)) engine = Memory")
    s.query(f"insert into b.lists select account_no, groupBitmapState(follower_no) from file('{files}', Parquet) group by account_no")
    unique = int(s.query("select groupBitmapMerge(people) from b.lists", "CSV").bytes())
    s.query(f"""select n, count() from (select follower_no, count() as n from file('{files}', Parquet) group by follower_no)
        group by n order by n""", "CSV").bytes()
    pairs = s.query("""select a.account_no, c.account_no, bitmapAndCardinality(a.people, c.people)
        from b.lists a cross join b.lists c where a.account_no < c.account_no""", "CSV").bytes()
    return {"unique": unique, "pairs": pairs.count(b"\n")}


# What runs here.

def timed(args):
    """Seconds, peak memory in MiB and standard output of a process, which must succeed."""
    with tempfile.TemporaryFile() as out:
        begin = time.time()
        p = subprocess.Popen(args, stdout=out, stderr=subprocess.PIPE)
        said = p.stderr.read()
        _, status, usage = os.wait4(p.pid, 0)
        took = time.time() - begin
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{args}: exit code {os.waitstatus_to_exitcode(status)}\n{said.decode()[-2000:]}")
        out.seek(0)
        return took, usage.ru_maxrss // 1024, usage.ru_utime + usage.ru_stime, out.read().decode()


def rival(name, *args):
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        return timed([sys.executable, __file__, "child", name, *args, folder])


def report(title, runs):
    """Prints medians and the ratio to the first."""
    print(f"\n{title}")
    first = None
    for name, all_runs in runs.items():
        seconds = statistics.median(r[0] for r in all_runs)
        cpu = statistics.median(r[2] for r in all_runs)
        first = first or (seconds, cpu)
        print(f"  {name:34s} {seconds:8.2f} s  {cpu:8.2f} s of processors  {max(r[1] for r in all_runs):6d} MiB"
              f"   x {seconds / first[0]:5.2f} ({cpu / first[1]:5.2f} by processors)", flush=True)


def generate(edges, users, accounts=100):
    text = os.path.join(WORK, f"{edges}-{users}.txt")
    if not os.path.exists(text):
        took, _, _, _ = timed([BINARY, "generate", "follows", "--edges", str(edges), "--users", str(users),
                               "--accounts", str(accounts), "--seed", "1", "--out", text, "-q"])
        print(f"generated {edges:,} follows of {users:,} people: {os.path.getsize(text) / 1e9:.2f} GB in {took:.1f} s", flush=True)
    return text


def ours_import(text, folder):
    subprocess.run(["rm", "-rf", folder], check=True)
    return timed([BINARY, "import", text, "--as", "twitter_rv", "--memory", f"{MEMORY_GB}GiB", "-q", "--dir", folder])


def ours_reach(folder):
    return timed([BINARY, "reach", "--platform", "twitter", "--top", "100", "--small-cell", "1", "--as-of", "2100-01-01", "--json", "--dir", folder])


def imports(edges, users, repeats):
    text = generate(edges, users)
    folder = os.path.join(WORK, f"ours-{edges}-{users}")
    runs = {"overtake import": [], "DuckDB read, sort, write": []}
    for _ in range(repeats):
        runs["overtake import"].append(ours_import(text, folder))
        if edges <= 400_000_000:
            runs["DuckDB read, sort, write"].append(rival("duckdb_import", text))
    report(f"Import of {edges:,} follows as text, {MEMORY_GB} GiB of memory (medians of {repeats})", {k: v for k, v in runs.items() if v})
    return folder


def reaches(edges, users, repeats, rivals=True):
    folder = os.path.join(WORK, f"ours-{edges}-{users}")
    if not os.path.exists(folder):
        ours_import(generate(edges, users), folder)
    files = f"{folder}/lake/follows/platform=twitter/*/*.parquet"
    runs = {"overtake reach, with greedy order": [], "ClickHouse (chDB), Roaring bitmaps": [], "DuckDB, masks and frequency only": []}
    for _ in range(repeats):
        runs["overtake reach, with greedy order"].append(ours_reach(folder))
        if rivals:
            runs["ClickHouse (chDB), Roaring bitmaps"].append(rival("clickhouse_reach", files))
            runs["DuckDB, masks and frequency only"].append(rival("duckdb_reach", files))
    report(f"Reach, frequency, pairs of 100 accounts, {edges:,} follows, {users:,} people (medians of {repeats})", {k: v for k, v in runs.items() if v})
    answers = [json.loads(r[-1][3]) for r in list(runs.values())[1:] if r]
    print("  rivals say:", answers)


if __name__ == "__main__":
    if sys.argv[1] == "child":
        answer = globals()[sys.argv[2]](*sys.argv[3:])
        print(json.dumps(answer))
        sys.exit()
    BINARY, WORK, WHAT = sys.argv[1:4]
    REPEATS = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    print(f"load of the machine at the begin: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if WHAT in ("all", "import"):
        imports(100_000_000, 50_000_000, REPEATS)
    if WHAT in ("all", "reach"):
        reaches(200_000_000, 50_000_000, REPEATS)
    if WHAT in ("all", "sizes"):
        for edges in (25_000_000, 50_000_000, 100_000_000, 200_000_000):
            reaches(edges, 50_000_000, REPEATS, rivals=False)
        reaches(50_000_000, 500_000_000, REPEATS, rivals=False)
    if WHAT == "billion":
        folder = imports(1_470_000_000, 50_000_000, 1)
        reaches(1_470_000_000, 50_000_000, 1, rivals=False)
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
