"""One table of answers, whatever produced it: a query, a measure or a list of releases."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kg.errors import KgError

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = ["Plot", "ResultTable", "Value"]

_SHOWN = 20
_TOLD = ("definition", "formula", "reference")

Value = str | int | float | bool | dt.date | None


@dataclass(frozen=True)
class Plot:
    """A drawing: an SVG document, shown by notebooks as it is."""

    svg: str = field(repr=False)

    def write(self, path: str | Path) -> Path:
        """Write the SVG to a file and return its path."""
        path = Path(path)
        path.write_text(self.svg, encoding="utf-8")
        return path

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, repr=False)
class ResultTable:
    """Rows under named columns, with what a reader needs to trust them.

    Parameters
    ----------
    columns:
        Column names, in order.
    rows:
        One tuple a row, as long as ``columns``. IRIs and text are ``str``; a missing
        value is ``None``.
    meta:
        Release, parameters, coverage, method text: whatever the producer can say.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
    meta: Mapping[str, object] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} rows: {', '.join(self.columns)})"

    def _repr_html_(self) -> str:
        """Return what notebooks show: the first rows, and what the table says of itself."""
        head = "".join(f"<th>{escape(c)}</th>" for c in self.columns)
        cells = ("".join(f"<td>{escape(_shown(v))}</td>" for v in r) for r in self.rows[:_SHOWN])
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        told = [str(self.meta[part]) for part in _TOLD if self.meta.get(part)]
        told += [f"Release {self.meta['release']}."] if self.meta.get("release") else []
        told += [f"First {_SHOWN} of {len(self)} rows."] if len(self) > _SHOWN else []
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"<p>{escape(' '.join(told))}</p>"
        )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        """Yield the rows in order."""
        return iter(self.rows)

    def column(self, name: str) -> list[Value]:
        """Return the values of one column, top to bottom."""
        position = self.columns.index(name)
        return [row[position] for row in self.rows]

    def select(self, names: Sequence[str]) -> ResultTable:
        """Return a table of only these columns, in this order."""
        positions = [self.columns.index(name) for name in names]
        rows = [tuple(row[p] for p in positions) for row in self.rows]
        return ResultTable(tuple(names), rows, self.meta)

    def to_records(self) -> list[dict[str, Value]]:
        """Return one dictionary a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the same as :meth:`to_records`: one dictionary a row."""
        return cast("list[dict[str, Any]]", self.to_records())

    def to_csv(self) -> str:
        """Return RFC 4180 text with a header line; a missing value is an empty cell."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows([["" if v is None else _plain(v) for v in row] for row in self.rows])
        return buffer.getvalue()

    def to_json(self, indent: int | None = None) -> str:
        """Return ``{"columns": […], "rows": [{…}], "meta": {…}}``."""
        document = {
            "columns": list(self.columns),
            "rows": [{c: _plain(v) for c, v in record.items()} for record in self.to_records()],
            "meta": dict(self.meta),
        }
        return json.dumps(document, ensure_ascii=False, indent=indent, default=str, allow_nan=False)

    def to_markdown(self) -> str:
        """Return a GitHub-flavoured Markdown table."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join("| " + " | ".join(map(_markdown_cell, line)) + " |" for line in lines)

    def to_polars(self) -> polars.DataFrame:
        """Return a polars frame with the same columns and rows."""
        import polars as pl

        # Column by column: a frame built from rows guesses types from the first ones only.
        return pl.DataFrame({name: self.column(name) for name in self.columns}, strict=False)

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas frame with the same columns and rows."""
        try:
            import pandas as pd
        except ImportError as error:
            raise KgError(
                "to_pandas() needs pandas, which is not installed. "
                "Install it with: pip install 'rihla-kg[pandas]'"
            ) from error
        return pd.DataFrame(self.rows, columns=list(self.columns))


def _shown(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _plain(value: Value) -> Any:
    """Return a value that csv and json write as a reader expects."""
    if isinstance(value, float) and not math.isfinite(value):
        # JSON has no such numbers: spelt as XML Schema does.
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return value.isoformat() if isinstance(value, dt.date) else value


def _markdown_cell(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").splitlines())
