"""The row-level report: every refused, doubtful or converted cell, for machines and for people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import jinja2
import polars as pl

from kg.files import write_atomically
from kg.reconcile import ResolvedTable
from kg.results import ResultTable
from kg.tables import Problem
from kg.tables.reading import IGNORED_COLUMN

__all__ = [
    "SEVERITIES",
    "harmless",
    "refused_rows",
    "report_csv",
    "report_lines",
    "report_page",
    "report_table",
    "write_refused",
]

_EXAMPLES = 3  # lines that are shown of a group
_GROUPS = 40  # groups that are shown
SEVERITIES = ("error", "warning", "info")
"""Of problems, the worst first."""

# A spreadsheet program runs a cell that begins like this as a formula; a number is none.
_FORMULA = re.compile(r"^[=@\t\r]|^[+-](?![0-9.,]+$)")


def report_table(problems: Sequence[Problem]) -> ResultTable:
    """Return the row-level report: a line for each refused, doubtful or converted cell."""
    columns = tuple(Problem.__dataclass_fields__)
    return ResultTable(columns, [tuple(getattr(p, c) for c in columns) for p in problems])


def report_csv(problems: Sequence[Problem]) -> str:
    """Return the report as CSV that no spreadsheet program takes for formulas."""
    table = report_table(problems)
    rows = [tuple(map(harmless, row)) for row in table.rows]
    return ResultTable(table.columns, rows).to_csv()


def harmless(cell: object) -> str | int | None:
    """Return a cell that a spreadsheet program takes for text, whatever it begins with."""
    if isinstance(cell, str):
        return f"'{cell}" if _FORMULA.match(cell) else cell
    return cell if isinstance(cell, int) else None


def report_lines(problems: Sequence[Problem], every: bool = False) -> list[str]:
    """Return the report as lines for a terminal: of each group the first, and how many more.

    A group is what shares severity, source, table, column and rule; errors come first. With
    ``every`` each problem has its line, in the order of the report.
    """
    if every:
        return [f"{problem.severity}: {problem}" for problem in problems]
    groups: dict[tuple[str, str, str, str, str], list[Problem]] = {}
    for p in sorted(problems, key=lambda p: SEVERITIES.index(p.severity)):
        groups.setdefault((p.severity, p.source, p.table, p.column, p.rule), []).append(p)
    lines: list[str] = []
    for (severity, source, table, column, rule), members in list(groups.items())[:_GROUPS]:
        lines += [f"{severity}: {problem}" for problem in members[:_EXAMPLES]]
        rest = len(members) - _EXAMPLES
        if rest > 0:
            lines.append(
                f"{severity}: … {rest} more of rule {rule} in column {column} of {table}, {source}"
            )
    hidden = list(groups.values())[_GROUPS:]
    if hidden:
        lines.append(f"… {sum(map(len, hidden))} more in {len(hidden)} other groups")
    return lines


def report_page(problems: Sequence[Problem], counts: ResultTable, title: str) -> str:
    """Return the report as one HTML page without any other file, grouped by rule and column."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kg.checking"), autoescape=True, trim_blocks=True
    )
    groups: dict[tuple[str, str, str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda p: (p.severity, p.source, p.table, p.rule)):
        key = (problem.severity, problem.table, problem.column, problem.rule)
        groups.setdefault(key, []).append(problem)
    tally = {s: sum(p.severity == s for p in problems) for s in SEVERITIES}
    page = environment.get_template("report.html")
    return page.render(title=title, counts=counts, groups=groups, tally=tally)


def write_refused(tables: Sequence[ResolvedTable], folder: Path) -> list[Path]:
    """Write the refused rows as ``<source>/<table>.csv``: correct them and load them again.

    The files have the form of the template; the column ``_problem`` says what is wrong, and
    loading leaves it out. A value that was read from another encoding is written in UTF-8.
    """
    written = []
    for (source_id, name), rows in refused_rows(tables).items():
        path = folder / source_id / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, rows.write_csv())
        written.append(path)
    return written


def refused_rows(tables: Sequence[ResolvedTable]) -> dict[tuple[str, str], pl.DataFrame]:
    """Return (source, table) → its refused rows, with ``_problem`` as their last column."""
    frames: dict[tuple[str, str], list[pl.DataFrame]] = {}
    for table in tables:
        refused = _refused_rows(table)
        if refused.height:
            source = table.checked.table
            frames.setdefault((source.source, source.name), []).append(refused)
    joined = {key: pl.concat(parts, how="diagonal") for key, parts in sorted(frames.items())}
    return {
        key: rows.select(pl.exclude(IGNORED_COLUMN), IGNORED_COLUMN) for key, rows in joined.items()
    }


def _refused_rows(table: ResolvedTable) -> pl.DataFrame:
    reasons: dict[int, list[str]] = {}
    for problem in table.problems:
        if problem.severity == "error":
            hint = f" Did you mean {problem.suggestion}?" if problem.suggestion else ""
            reason = f"{problem.column}: {problem.accepted}.{hint}"
            reasons.setdefault(problem.row, []).append(reason)
    texts = {row: " ".join(parts) for row, parts in reasons.items()}
    rows = table.checked.table.frame.with_row_index("_id")
    why = pl.col("_row").replace_strict(texts, default="", return_dtype=pl.String)
    return (
        rows.filter(pl.col("_id").is_in(list(table.refused)))
        .with_columns(why.alias(IGNORED_COLUMN))
        .drop("_id", "_row")
    )
