"""Reads what `overtake export` wrote with the readers of each format's own world, and compares every value with the warehouse.

    python .ci/exports.py WAREHOUSE EXPORT

EXPORT holds the tables in all formats. Ends with "N passed, 0 failed" and 0, or with 1.
"""

import csv
import datetime as dt
import decimal
import json
import sys
from pathlib import Path

import duckdb
import frictionless
import mlcroissant
import openpyxl
import pandas
import pyarrow.feather
import pyarrow.parquet

warehouse, folder = sys.argv[1], Path(sys.argv[2])
db = duckdb.connect(warehouse, read_only=True)
package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
passed, failed = 0, 0


def check(what, problem):
    global passed, failed
    if problem:
        failed += 1
        print(f"{what}: {problem}")
    else:
        passed += 1


def plain(value):
    """One form for one value, whoever read it: the text that the CSV has."""
    if value is None or value is pandas.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dt.datetime, pandas.Timestamp)):
        value = value.to_pydatetime() if isinstance(value, pandas.Timestamp) else value
        value = value.astimezone(dt.timezone.utc).replace(tzinfo=None) if value.tzinfo else value
        return value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    if isinstance(value, (float, decimal.Decimal)):
        return repr(float(value))
    return str(value)


def typed(text, kind):
    """A text of a CSV or JSON file as what its schema says it is."""
    if text is None or text == "":
        return None
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text)
    if kind == "boolean":
        return str(text).lower() == "true"
    if kind == "date":
        return dt.date.fromisoformat(str(text))
    if kind == "datetime":
        return dt.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return text


def undefused(text):
    return text[1:] if isinstance(text, str) and len(text) > 1 and text[0] == "'" and text[1] in "=+-@＝＋－＠\t\r\n" else text


def differs(columns, rows, want_columns, want_rows, numbers=()):
    """Says where two tables differ, or nothing. The columns of numbers are those of a workbook: 15 digits, like Excel's own."""
    if list(columns) != want_columns:
        return f"columns {list(columns)}, want {want_columns}"
    if len(rows) != len(want_rows):
        return f"{len(rows)} rows, want {len(want_rows)}"
    for n, (row, want) in enumerate(zip(rows, want_rows)):
        for c, (a, b) in enumerate(zip(row, want)):
            if want_columns[c] in numbers and a is not None and b is not None and abs(a - b) <= 1e-14 * abs(b):
                continue
            if plain(a) != plain(b):
                return f"row {n}, {want_columns[c]}: {a!r}, want {b!r}"


resources = {r["path"]: r for r in package["resources"]}
tables = sorted({r["title"] for r in package["resources"] if "title" in r})
book = openpyxl.load_workbook(folder / "overtake.xlsx", read_only=True)
sheets = {row[1]: row[0] for row in book["Contents"].iter_rows(min_row=2, values_only=True)}
copy = duckdb.connect(str(folder / "overtake.duckdb"), read_only=True)

for table in tables:
    fields = resources[table + ".csv"]["schema"]["fields"]
    kinds = [f["type"] for f in fields]
    numbers = {f["name"] for f in fields if f["type"] == "number"}
    truth = db.execute(f"select * from {table} order by all")
    want_columns = [d[0] for d in truth.description]
    want = [[float(v) if k == "number" and v is not None else v for v, k in zip(row, kinds)] for row in truth.fetchall()]

    # pandas: CSV as text, then by the schema; JSON the same way
    frame = pandas.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)
    rows = [[typed(undefused(v), k) for v, k in zip(row, kinds)] for row in frame.itertuples(index=False, name=None)]
    check(f"pandas {table}.csv", differs(frame.columns, rows, want_columns, [[None if v == "" else v for v in row] for row in want]))
    records = json.loads((folder / f"{table}.json").read_text(encoding="utf-8"))
    rows = [[typed(r[c], k) for c, k in zip(want_columns, kinds)] for r in records]
    check(f"json {table}.json", differs(records[0] if records else want_columns, rows, want_columns, want))
    if records:
        frame = pandas.read_json(folder / f"{table}.json", dtype=False)
        check(f"pandas {table}.json", None if (list(frame.columns), len(frame)) == (want_columns, len(want)) else f"{len(frame)} rows of {list(frame.columns)}")

    # pyarrow: Parquet and Arrow IPC
    for name, read in ((f"{table}.parquet", pyarrow.parquet.read_table), (f"{table}.arrow", pyarrow.feather.read_table)):
        t = read(folder / name)
        check(f"pyarrow {name}", differs(t.column_names, list(zip(*(c.to_pylist() for c in t.columns))), want_columns, want))

    # openpyxl: the workbook. Excel knows no time zone and rounds instants to milliseconds.
    sheet = book[sheets[table]].iter_rows(values_only=True)
    head = next(sheet)
    rows = []
    for row in sheet:
        row = list(row) + [None] * (len(kinds) - len(row))
        rows.append([v.date() if k == "date" and isinstance(v, dt.datetime) else typed(v, k) if k in ("date", "datetime") and isinstance(v, str) else v for v, k in zip(row, kinds)])
    rounded = [[v.replace(microsecond=round(v.microsecond, -3) % 1000000) if isinstance(v, dt.datetime) else None if v == "" else v for v in row] for row in want]
    rows = [[v.replace(microsecond=round(v.microsecond, -3) % 1000000) if isinstance(v, dt.datetime) else v for v in row] for row in rows]
    check(f"openpyxl {table}", differs(head, rows, want_columns, rounded, numbers))

    # DuckDB: its own file, with types and comments; and the Parquet file
    got = copy.execute(f"select * from {table} order by all")
    check(f"duckdb {table}", differs([d[0] for d in got.description], [[float(v) if k == "number" and v is not None else v for v, k in zip(row, kinds)] for row in got.fetchall()], want_columns, want))
    schema, name = table.split(".")
    ask = "select column_name, data_type, comment from duckdb_columns() where schema_name = ? and table_name = ? order by column_index"
    check(f"duckdb columns of {table}", None if copy.execute(ask, [schema, name]).fetchall() == db.execute(ask, [schema, name]).fetchall() else "types or comments differ")
    got = duckdb.sql(f"select * from '{folder}/{table}.parquet'")
    check(f"duckdb {table}.parquet", differs(got.columns, got.fetchall(), want_columns, want))

# No cell is run by a spreadsheet.
for path in folder.glob("*.csv"):
    with path.open(encoding="utf-8", newline="") as f:
        hot = [c for row in csv.reader(f) for c in row if c[:1] in ("=", "@", "+", "-") and not c[1:2].isdigit() and c[1:2] != "."]
        check(f"formulas in {path.name}", hot[:1])
check("formulas in the workbook", [c.coordinate for sheet in openpyxl.load_workbook(folder / "overtake.xlsx") for row in sheet.iter_rows() for c in row if c.data_type == "f"][:3])

# The descriptions, by the programs of those who define them.
report = frictionless.validate(str(folder / "datapackage.json"))
check("frictionless datapackage.json", None if report.valid else [f"{t.name}: {e.message}" for t in report.tasks for e in t.errors][:3])
dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
check("mlcroissant croissant.json", dataset.metadata.ctx.issues.errors or dataset.metadata.ctx.issues.warnings)
records = list(dataset.records(record_set="marts_platforms"))
check("mlcroissant records", None if len(records) == db.execute("select count(*) from marts.platforms").fetchone()[0] else f"{len(records)} records")

print(f"{len(tables)} tables")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
