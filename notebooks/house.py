"""The house style for notebooks: open the warehouse, ask it, draw in the colours of the report, say a sentence with its numbers.

Charts read like the report's: the title says the finding, names stand at the ends of the lines, uncertainty is drawn, the
source stands below. COLOURS are those of reports/chart/theme.go (light); check.py compares them.
"""

import os
import warnings
from pathlib import Path

import duckdb
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown, display
from matplotlib import font_manager
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

HERE = Path(__file__).resolve().parent

# Name in theme.go -> light value.
COLOURS = {
    "ink": "#1c1f24",
    "ink-soft": "#4a4f57",
    "ink-faint": "#686e78",
    "axis": "#8b919b",
    "grid": "#e4e6ea",
    "quiet": "#b4b9c1",
    "accent": "#1f5a7a",
    "mark": "#2b2e34",
    "p-sina-weibo": "#c4351c",
    "p-tencent-weibo": "#c98200",
    "p-tencent-weibo-text": "#8f5c00",
    "p-sohu-weibo": "#57351d",
    "p-netease-weibo": "#8d1a60",
    "p-twitter": "#2353a4",
    "p-mastodon": "#9459dc",
    "p-bluesky": "#0a8794",
    "p-threads": "#7b9b81",
    "p-threads-text": "#567a5d",
}
INK, SOFT, FAINT, AXIS, GRID, QUIET, ACCENT, MARK = (
    COLOURS[k] for k in ("ink", "ink-soft", "ink-faint", "axis", "grid", "quiet", "accent", "mark")
)
MARKERS = {
    "sina_weibo": "o",
    "tencent_weibo": "s",
    "sohu_weibo": "v",
    "netease_weibo": "X",
    "twitter": "D",
    "mastodon": "^",
    "bluesky": "P",
    "threads": "h",
}


def colour(platform):
    """The platform's colour, the same in every chart; a platform that the house does not know is grey."""
    return COLOURS.get("p-" + platform.replace("_", "-"), FAINT)


def text_colour(platform):
    """Its colour for words: darker where the line's would be too pale to read."""
    return COLOURS.get("p-" + platform.replace("_", "-") + "-text", colour(platform))


def marker(platform):
    """Its marker: shapes differ, so that a grey print can be read."""
    return MARKERS.get(platform, "o")


# --- the warehouse --------------------------------------------------------------------------------------------------


def warehouse():
    """Path of the warehouse: OVERTAKE_DB, or else overtake-data/overtake.duckdb here, beside or above this folder."""
    if named := os.environ.get("OVERTAKE_DB"):
        path = Path(named).expanduser()
        if not path.exists():
            raise FileNotFoundError(f"OVERTAKE_DB names {path}, and there is no such file")
        return path
    for folder in (Path.cwd(), HERE.parent, HERE):
        path = folder / "overtake-data" / "overtake.duckdb"
        if path.exists():
            return path
    raise FileNotFoundError(
        "no overtake-data/overtake.duckdb here: make it with `go run ./cmd/overtake run`, or set OVERTAKE_DB to yours"
    )


class Warehouse:
    """A read-only connection: it keeps the state that it opened, whatever a run publishes meanwhile."""

    def __init__(self, path):
        self.path = Path(path)
        self.db = duckdb.connect(str(path), read_only=True)
        self.names = dict(self.db.sql("select platform, name from marts.platforms").fetchall())
        self.run = dict(self.db.sql("select key, value from meta.run").fetchall())
        self.as_of = pd.Timestamp(self.run["as_of"])

    def sql(self, query, **parameters):
        """The answer as a data frame. $name in the query takes a parameter."""
        return self.db.execute(query, parameters or None).df()

    def one(self, query, **parameters):
        """The first row of the answer."""
        return self.sql(query, **parameters).iloc[0]

    def name(self, platform):
        """How the platform is called in print."""
        return self.names.get(platform, platform)


def pair(df, metric, challenger, leader):
    """The rows of a comparison."""
    return df[(df.metric == metric) & (df.challenger == challenger) & (df.leader == leader)]


# --- words and numbers ----------------------------------------------------------------------------------------------


def short(x, digits=3):
    """A count as people say it: 340 M, 1.25 B."""
    for size, unit in ((1e9, " B"), (1e6, " M"), (1e3, " K")):
        if abs(x) >= size * (1 - 0.5 * 10**-digits):
            return f"{x / size:.{digits}g}{unit}"
    return f"{x:.{digits}g}"


def percent(x, digits=0):
    """0.123 as 12 %."""
    return f"{100 * x:.{digits}f} %".replace("-", "−")


def chance(p):
    """A probability as 33 %; never 0 % or 100 %, which no forecast can mean."""
    return "< 1 %" if p < 0.01 else "> 99 %" if p > 0.99 else percent(p)


def day(when):
    """A day as 28 Feb 2011; 'beyond the horizon' where there is none."""
    return "beyond the horizon" if pd.isna(when) else f"{when.day} {when:%b %Y}"


def say(text):
    """A sentence under a table or a chart; its numbers are computed where it is written."""
    display(Markdown(text))


def table(df, **formats):
    """A data frame as a small table; formats give a function per column. Empty cells stay empty."""
    shown = df.copy()
    for column in shown.columns:
        if column in formats:
            form = formats[column]
        elif pd.api.types.is_datetime64_any_dtype(shown[column]):
            form = "{:%Y-%m-%d}".format
        elif pd.api.types.is_float_dtype(shown[column]):
            form = "{:.3g}".format
        else:
            form = str
        shown[column] = [form(v) if pd.notna(v) else "" for v in shown[column]]
    left = {"text-align": "left", "white-space": "normal"}
    heads = [{"selector": "th", "props": [("text-align", "left")]}]
    display(shown.style.hide(axis="index").set_properties(**left).set_table_styles(heads))


# --- charts ---------------------------------------------------------------------------------------------------------


def use_style():
    """House style for matplotlib, with the report's font where this folder stands in its repository."""
    family = ["DejaVu Sans"]
    for font in sorted((HERE.parent / "reports" / "chart" / "fonts").glob("*.otf")):
        font_manager.fontManager.addfont(font)
        family.insert(0, font_manager.FontProperties(fname=font).get_name())
    warnings.filterwarnings("error", message="Glyph .* missing")  # a box instead of a letter is an error
    plt.rcParams.update(
        {
            "font.family": list(dict.fromkeys(family)),
            "font.size": 10.5,
            "figure.dpi": 110,
            "savefig.facecolor": "white",
            "text.color": INK,
            "axes.edgecolor": AXIS,
            "axes.labelcolor": SOFT,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "grid.color": GRID,
            "grid.linewidth": 0.9,
            "xtick.color": FAINT,
            "ytick.color": FAINT,
            "xtick.major.width": 0.8,
            "ytick.left": False,
            "lines.linewidth": 2,
            "lines.markersize": 4.5,
        }
    )


def chart(title, subtitle, source, height=4.4, right=0.84, left=0.08):
    """A figure with one axes, headed and sourced. right leaves room for the names at the ends of the lines."""
    fig, ax = plt.subplots(figsize=(9.6, height))
    head, foot = 0.72 / height, 0.72 / height
    fig.subplots_adjust(left=left, right=right, top=1 - head - 0.02, bottom=foot)
    fig.text(0.01, 1 - 0.10 / height, title, fontsize=14.5, fontweight="bold", va="top")
    fig.text(0.01, 1 - 0.42 / height, subtitle, fontsize=10.5, color=SOFT, va="top")
    fig.text(0.01, 0.06 / height, source, fontsize=8.5, color=FAINT, va="bottom")
    return fig, ax


def count_axis(ax):
    """Counts on the y axis as 200 M, from zero."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda x, _: "0" if x == 0 else short(x)))
    ax.set_ylim(bottom=0)


def log_ticks(axis, form, subs=(1, 2, 5)):
    """Ticks of a logarithmic axis at the multiples subs of each decade, written by form."""
    axis.set_major_locator(LogLocator(subs=subs))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda x, _: form(x)))


def date_axis(ax):
    """Days on the x axis: years, or months where the span is short."""
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))


def draw_series(ax, df, platform, gap_days=400):
    """A line of results.series with its 95 % band; broken where two readings lie further apart than gap_days."""
    df = df.sort_values("on")
    for _, part in df.groupby((df["on"].diff().dt.days > gap_days).cumsum()):
        ax.plot(part["on"], part["value"], color=colour(platform), marker=marker(platform), zorder=3)
        ax.fill_between(
            part["on"], part["lo95"], part["hi95"].fillna(part["value"]), color=colour(platform), alpha=0.18, lw=0
        )


def name_ends(ax, w, df, column, words=None, gap=0.065):
    """Names of the platforms in df at the right edge, level with their last value in column, pushed apart where they would meet.

    words(row) gives what stands behind the name; the value, where it is not given."""
    words = words or (lambda row: short(row[column]))
    to_axes, left = ax.transAxes.inverted(), ax.get_xlim()[0]
    rows = [part.iloc[-1] for _, part in df.groupby("platform")]
    level = [to_axes.transform(ax.transData.transform((left, row[column])))[1] for row in rows]
    last = -1.0
    for at, row in sorted(zip(level, rows), key=lambda pair: pair[0]):
        last = max(at, last + gap)
        name = ax.annotate(
            w.name(row.platform),
            (1.015, last),
            xycoords="axes fraction",
            va="center",
            fontsize=10,
            color=text_colour(row.platform),
            fontweight="bold",
        )
        ax.annotate(
            " " + words(row), (1, 0.5), xycoords=name, va="center", fontsize=10, color=SOFT, annotation_clip=False
        )


def draw_points(ax, x, value, lo, hi, platform):
    """Points with their intervals, not joined: values of separate periods."""
    ax.errorbar(
        x,
        value,
        yerr=[value - lo, hi - value],
        fmt=marker(platform),
        ms=6.5,
        color=colour(platform),
        elinewidth=4.5,
        ecolor=colour(platform) + "60",
    )


def draw_fan(ax, df, platform):
    """A median with its 50 % and 80 % bands, from the columns q10 to q90 of a fan's table."""
    ax.fill_between(df["on"], df.q10, df.q90, color=colour(platform), alpha=0.14, lw=0)
    ax.fill_between(df["on"], df.q25, df.q75, color=colour(platform), alpha=0.18, lw=0)
    ax.plot(df["on"], df.q50, "--", color=colour(platform))


def windows_below(ax, windows):
    """Spans of time as bars under the zero of a count axis. windows: (label, first day, last day, day to mark or None, colour)."""
    pitch = 0.057 * ax.get_ylim()[1]
    ax.set_yticks([t for t in ax.get_yticks() if 0 <= t <= ax.get_ylim()[1]])
    for i, (label, start, end, mark, paint) in enumerate(windows):
        y = -pitch * (0.7 + i)
        ax.plot([start, end], [y, y], color=paint, lw=6, solid_capstyle="butt")
        ax.annotate(label + "  ", (start, y), ha="right", va="center", fontsize=9, color=SOFT)
        if mark is not None:
            ax.plot([mark], [y], "|", color=INK, ms=12, mew=2.2)
    ax.set_ylim(bottom=-pitch * (len(windows) + 0.7))


def name_rows(ax, labels, size=9.5):
    """Names for rows drawn at 0, 1, 2, ..., and a grid along the x axis."""
    ax.set_yticks(range(len(labels)), labels, color=INK, fontsize=size)
    ax.set_ylim(-0.7, len(labels) - 0.3)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)


def percent_axis(axis):
    """Shares as percent."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: percent(x)))


def intervals(ax, rows, form, zero=None, size=10.5):
    """Horizontal intervals, one a row, the first on top, the middle written by form at the right.

    rows: (label, low, middle, high, colour); None for an end that lies beyond the axis, or for no middle."""
    low_edge, high_edge = ax.get_xlim()
    for i, (label, lo, mid, hi, paint) in enumerate(rows):
        y = len(rows) - 1 - i
        ax.plot(
            [low_edge if lo is None else lo, high_edge if hi is None else hi],
            [y, y],
            color=paint,
            lw=5,
            alpha=0.35,
            solid_capstyle="butt",
        )
        if mid is not None:
            ax.plot([mid], [y], "o", color=paint, ms=7, zorder=3)
            ax.annotate(form(mid), (1.015, y), xycoords=("axes fraction", "data"), va="center", color=SOFT, fontsize=10)
    name_rows(ax, [row[0] for row in reversed(rows)], size)
    if zero is not None:
        ax.axvline(zero, color=AXIS, lw=1.2, zorder=1)
