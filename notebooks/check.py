"""Runs tour.ipynb as a reader would and checks what came out; also the SQL of README.md and the colours of house.py.

    OVERTAKE_DB=overtake-data/overtake.duckdb python notebooks/check.py [--republished] [--keep DIR]

--republished demands that the warehouse was replaced by a newer one while the notebook ran (.ci/notebooks starts such a writer).
--keep leaves the executed notebook as HTML and its charts as PNG in DIR. Ends with "1 passed, 0 failed" and 0, or with 1.
"""

import argparse
import base64
import io
import os
import re
import sys
import time
from pathlib import Path

import matplotlib.image
import nbformat
from nbconvert import HTMLExporter
from nbconvert.preprocessors import CellExecutionError, ExecutePreprocessor

import house

HERE = Path(__file__).resolve().parent
CELL_SECONDS = 120  # a cell takes under a second; more means that it hangs


def stored_clean(book):
    """Outputs and counters do not belong into git: they differ on every run."""
    for cell in book.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield f"cell {cell.id} is stored with its outputs: clear them before you commit"


def executed_whole(book):
    """Every code cell ran to its end, without error and without a warning on standard error."""
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        if cell.execution_count is None:
            yield f"cell {cell.id} was not run"
        for out in cell.outputs:
            if out.output_type == "error":
                yield f"cell {cell.id}: {out.ename}: {out.evalue}"
            if out.output_type == "stream" and out.name == "stderr":
                yield f"cell {cell.id} warns: {out.text.strip()}"


def pictures(cell):
    """The cell's PNG pictures, as bytes."""
    for out in cell.outputs:
        if out.output_type in ("display_data", "execute_result") and "image/png" in out.data:
            yield base64.b64decode(out.data["image/png"])


def charts_drawn(book):
    """Each cell tagged "chart" left one picture with something on it, and no other cell left any."""
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        drawn = list(pictures(cell))
        wanted = 1 if "chart" in cell.metadata.get("tags", []) else 0
        if len(drawn) != wanted:
            yield f"cell {cell.id} drew {len(drawn)} charts, not {wanted}"
        for png in drawn:
            pixels = matplotlib.image.imread(io.BytesIO(png))[..., :3]
            ink = (pixels.min(axis=2) < 0.9).mean()
            coloured = (pixels.max(axis=2) - pixels.min(axis=2) > 0.3).mean()
            if min(pixels.shape[:2]) < 300 or ink < 0.01 or coloured < 0.0005:
                yield f"cell {cell.id}: the chart is (nearly) empty: {ink:.2%} ink, {coloured:.2%} colour"


def sql_of_readme(db):
    """Each SQL block of README.md answers with at least one row."""
    blocks = re.findall(r"```sql\n(.*?)```", (HERE / "README.md").read_text(encoding="utf-8"), re.S)
    if not blocks:
        yield "README.md holds no SQL block"
    for block in blocks:
        try:
            if not db.execute(block).fetchall():
                yield f"README.md: no rows from {block.strip()!r}"
        except Exception as err:  # whatever it is, the reader would meet it
            yield f"README.md: {block.strip()!r}: {err}"


def colours_of_house():
    """The colours here are those of the report."""
    theme = (HERE.parent / "reports" / "chart" / "theme.go").read_text(encoding="utf-8")
    report = {name: "#" + light for name, light in re.findall(r'\{"([\w-]+)", 0x([0-9a-f]{6}),', theme)}
    for name, colour in house.COLOURS.items():
        if report.get(name) != colour:
            yield f"house.py: {name} is {colour}, in reports/chart/theme.go {report.get(name)}"


def keep(book, folder):
    """Leaves the executed notebook as tour.html and its charts as PNG in folder."""
    folder.mkdir(parents=True, exist_ok=True)
    html, _ = HTMLExporter().from_notebook_node(book)
    (folder / "tour.html").write_text(html, encoding="utf-8")
    for cell in book.cells:
        for png in pictures(cell) if cell.cell_type == "code" else ():
            (folder / f"{cell.id}.png").write_bytes(png)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--republished", action="store_true", help="demand a newer warehouse in place at the end")
    args.add_argument("--keep", type=Path, metavar="DIR", help="leave HTML and charts there")
    args = args.parse_args()

    path = house.warehouse().resolve()
    os.environ["OVERTAKE_DB"] = str(path)
    book = nbformat.read(HERE / "tour.ipynb", as_version=4)
    faults = list(stored_clean(book))
    before, began = path.stat().st_ino, time.monotonic()
    runner = ExecutePreprocessor(timeout=CELL_SECONDS, kernel_name="python3")
    try:
        runner.preprocess(book, {"metadata": {"path": str(HERE)}})
    except CellExecutionError as err:
        faults.append(str(err))
    took = time.monotonic() - began
    if args.republished and path.stat().st_ino == before:
        faults.append(
            "no run published while the notebook was reading: the test of an undisturbed reader did not happen"
        )
    if args.keep:
        keep(book, args.keep)
    faults += executed_whole(book)
    faults += charts_drawn(book)
    faults += sql_of_readme(house.Warehouse(path).db)
    faults += colours_of_house()

    code = [cell for cell in book.cells if cell.cell_type == "code"]
    charts = sum(len(list(pictures(cell))) for cell in code)
    print(f"tour.ipynb: {len(code)} code cells, {charts} charts, {took:.1f} s")
    for fault in faults:
        print(f"  {fault}", file=sys.stderr)
    print("0 passed, 1 failed" if faults else "1 passed, 0 failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
