"""Foreign files by a mapping in the project file: a new source without any Python.

docs/mapping-sources.md is the steward's guide. A mapping gives, for each table, an expression
for each column; expressions run on whole columns, and none of them is code.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import InputError, SettingsError
from kg.files import read_utf8
from kg.schema import SEPARATOR, Schema, TableSchema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options, read_json, slug
from kg.tables import FORMATS, InputTable, Problem, read_sheets
from kg.tables.records import cell_text

__all__ = ["read"]

_FIELD = re.compile(r"\{([^{}]+)\}")
_WHERE = "where"
# Stands for a bar that a foreign value holds, while the bars between several values are ours.
_BAR = "\ue000"
_FULL_BAR = "｜"
_JSON = {".json", ".jsonl", ".ndjson"}
_ORDERS = ("day-first", "month-first")


@dataclass(frozen=True)
class _Expression:
    """What a column is made of; ``place`` says where in the project file it stands."""

    place: str
    template: str
    steps: Mapping[str, Any]

    @property
    def fields(self) -> list[str]:
        return [name.strip() for name in _FIELD.findall(self.template)]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a foreign file, or every such file of a folder, into the tables that are mapped.

    Raises
    ------
    SettingsError
        The mapping names a table, column, step or field that does not exist.
    InputError
        A file cannot be read.
    """
    options = check_options(settings, ["tables", "records", "sheet", "dates", "encoding"])
    where = f"[[source]] {settings.id}"
    if options.get("dates", _ORDERS[0]) not in _ORDERS:
        raise SettingsError(
            f"{where}: dates is {options['dates']!r}. Accepted: {' or '.join(_ORDERS)}."
        )
    mappings = _mappings(options.get("tables"), schema, where)
    wanted = sorted({f for m, w in mappings.values() for f in [*_fields(m), *w]})
    files = _files(settings)
    tables = [
        _table(frame, settings, str(path), schema.tables[name], mapping, conditions)
        for path in files
        for frame in [_frame(path, wanted, options, where)]
        for name, (mapping, conditions) in mappings.items()
    ]
    return SourceTables(tuple(tables), tuple(files))


def _files(settings: SourceSettings) -> list[Path]:
    if not settings.path.is_dir():
        return [settings.path]
    known = {*FORMATS, *_JSON}
    found = sorted(p for p in settings.path.iterdir() if p.suffix.lower() in known)
    if not found:
        raise InputError(
            f"[[source]] {settings.id}: there is no file in {settings.path}. Accepted: "
            f"{', '.join(sorted(known))}."
        )
    return found


def _fields(mapping: Mapping[str, _Expression]) -> list[str]:
    return [field for expression in mapping.values() for field in expression.fields]


def _mappings(
    stated: Any, schema: Schema, where: str
) -> dict[str, tuple[dict[str, _Expression], Mapping[str, Any]]]:
    """Return, for each table, the expressions of its columns and the conditions of its rows."""
    if not isinstance(stated, dict) or not stated:
        raise SettingsError(
            f"{where}: there is no mapping. Accepted: [source.tables.NAME] with a column = "
            "expression a line; docs/mapping-sources.md shows how."
        )
    mappings: dict[str, tuple[dict[str, _Expression], Mapping[str, Any]]] = {}
    for name, columns in stated.items():
        _known(name, schema.tables, f"{where}: tables.{name}", "table")
        if not isinstance(columns, dict):
            raise SettingsError(f"{where}: tables.{name} is {columns!r}. Accepted: a section.")
        conditions = columns.get(_WHERE, {})
        if not isinstance(conditions, dict):
            raise SettingsError(
                f"{where}: tables.{name}.where is {conditions!r}. Accepted: fields with the "
                'values that are wanted, such as { status = ["open", "full"] }.'
            )
        mappings[name] = (
            {
                column: _expression(text, f"{where}: tables.{name}.{column}")
                for column, text in columns.items()
                if column != _WHERE
            },
            conditions,
        )
        for column in mappings[name][0]:
            place = f"{where}: tables.{name}.{column}"
            _known(column, schema.tables[name].by_name, place, "column")
    return mappings


def _known(name: str, known: Iterable[str], place: str, kind: str) -> None:
    known = list(known)
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise SettingsError(
            f"{place}: there is no {kind} {name!r}.{hint} Accepted: {', '.join(known)}."
        )


def _expression(stated: Any, place: str) -> _Expression:
    if isinstance(stated, str):
        return _Expression(place, stated, {})
    if not isinstance(stated, dict) or not isinstance(stated.get("from"), str):
        raise SettingsError(
            f'{place}: found {stated!r}. Accepted: a text such as "{{Title}} ({{Year}})", or '
            f'{{ from = "{{Title}}", … }} with {", ".join(_STEPS)}.'
        )
    steps = {name: value for name, value in stated.items() if name != "from"}
    for name, value in steps.items():
        _known(name, _STEPS, f"{place}.{name}", "step")
        kind, _ = _STEPS[name]
        if not isinstance(value, kind):
            raise SettingsError(f"{place}.{name}: found {value!r}. Accepted: a {kind.__name__}.")
    if "pattern" in steps:
        _check_pattern(steps["pattern"], place)
    return _Expression(place, stated["from"], steps)


def _check_pattern(pattern: str, place: str) -> None:
    try:
        pl.Series([""]).str.extract(pattern, 1)
    except pl.exceptions.ComputeError as error:
        raise SettingsError(f"{place}.pattern: {error}. Accepted: a regular expression.") from error
    if not re.search(r"(?<!\\)\((?!\?)", pattern):
        raise SettingsError(
            f"{place}.pattern: found {pattern!r}. Accepted: a regular expression with one group "
            "in (parentheses), which is what is taken."
        )


def _frame(path: Path, wanted: list[str], options: Mapping[str, Any], where: str) -> pl.DataFrame:
    """Return the wanted fields of a file as text, with ``_row``."""
    if path.suffix.lower() in _JSON:
        return _json_frame(path, wanted, options.get("records"), where)
    sheets = read_sheets(path, wanted, options.get("encoding"))
    sheet = options.get("sheet")
    chosen = [s for s in sheets if sheet in (None, s.sheet)]
    if not chosen:
        raise InputError(f"{path}: no sheet is called {sheet!r}. Found: "
                         f"{', '.join(str(s.sheet) for s in sheets)}.")  # fmt: skip
    records = chosen[0]
    for field in wanted:
        _known(field, records.header, f"{where}: the mapping of {path}", "field")
    positions = {field: records.header.index(field) for field in wanted}
    # A list in Parquet comes with our bars; in any other file a bar is part of the text.
    bar = SEPARATOR if path.suffix.lower() == ".parquet" else _BAR
    columns = {
        field: [
            cells[i].replace(SEPARATOR, bar) if i < len(cells) else None
            for _, cells in records.rows
        ]
        for field, i in positions.items()
    }
    return _text(columns, [row for row, _ in records.rows])


def _json_frame(path: Path, wanted: list[str], place: Any, where: str) -> pl.DataFrame:
    if path.suffix.lower() == ".json":
        found = read_json(path)
        for part in str(place).split(".") if place else []:
            found = found.get(part) if isinstance(found, dict) else None
        numbered = list(enumerate(found, start=1)) if isinstance(found, list) else None
    else:
        lines = read_utf8(path).split("\n")
        numbered = [(n, _line(path, n, text)) for n, text in enumerate(lines, 1) if text.strip()]
    if numbered is None or not all(isinstance(record, dict) for _, record in numbered):
        raise InputError(
            f"{path}: there is no list of objects{f' at {place}' if place else ''}. Accepted: one; "
            'the option records says where in the file it is, such as records = "data.items".'
        )
    columns = {f: [_at(record, f) for _, record in numbered] for f in wanted}
    for field, cells in columns.items():
        if numbered and all(cell is None for cell in cells):
            keys = sorted({key for _, record in numbered for key in record})
            raise SettingsError(
                f"{where}: no record of {path} has a field {field!r}. Found: {', '.join(keys)}."
            )
    return _text(columns, [number for number, _ in numbered])


def _line(path: Path, number: int, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}, line {number}, column {error.colno}: is not JSON: {error.msg}."
        ) from error


def _at(record: Any, path: str) -> str | None:
    """Return the value at a dotted path; lists on the way give several values."""
    if isinstance(record, dict) and path in record:
        record, path = record[path], ""
    for part in path.split(".") if path else []:
        if isinstance(record, list):
            record = [item.get(part) for item in record if isinstance(item, dict)]
        else:
            record = record.get(part) if isinstance(record, dict) else None
    if isinstance(record, dict):
        return None
    items = record if isinstance(record, list) else [record]
    texts = [cell_text(v).replace(SEPARATOR, _BAR) for v in items if not isinstance(v, dict)]
    return SEPARATOR.join(text for text in texts if text) or None


def _text(columns: Mapping[str, list[str | None]], rows: list[int]) -> pl.DataFrame:
    frame = pl.DataFrame(
        {**columns, "_row": rows}, schema={**dict.fromkeys(columns, pl.String), "_row": pl.UInt32}
    )
    stripped = pl.col(pl.String).str.strip_chars()
    return frame.with_columns(pl.when(stripped != "").then(stripped).name.keep())


def _table(
    frame: pl.DataFrame,
    settings: SourceSettings,
    file: str,
    table: TableSchema,
    mapping: Mapping[str, _Expression],
    conditions: Mapping[str, Any],
) -> InputTable:
    read = frame.height
    for field, values in conditions.items():
        accepted = values if isinstance(values, list) else [values]
        texts = [cell_text(value).replace(SEPARATOR, _BAR) for value in accepted]
        frame = frame.filter(pl.col(field).is_in(texts))
    columns = {
        name: _evaluate(frame, expression).str.replace_all(
            _BAR, _FULL_BAR if table.by_name[name].separator else SEPARATOR, literal=True
        )
        for name, expression in mapping.items()
    }
    mapped = pl.DataFrame({**columns, "_row": frame["_row"]})
    dates = settings.options.get("dates")
    note = Problem(settings.id, file, table.name, 1, table.columns[0].name,
                   f"{read - frame.height} of {read} rows", _WHERE,
                   "left out of this table by the mapping's where", "info")  # fmt: skip
    notes = (note,) if frame.height < read else ()
    return InputTable(settings.id, table.name, file, mapped, dates=dates, notes=notes)


def _evaluate(frame: pl.DataFrame, expression: _Expression) -> pl.Series:
    """Return a column; it is empty where a field of its template is."""
    parts = _FIELD.split(expression.template)
    pieces = [
        pl.col(part.strip()) if i % 2 else pl.lit(part) for i, part in enumerate(parts) if part
    ]
    values = frame.select(value=pl.concat_str(pieces) if pieces else pl.lit(None, dtype=pl.String))[
        "value"
    ]
    if len(values) != frame.height:
        values = pl.Series("value", [expression.template] * frame.height, dtype=pl.String)
    for name, (_, step) in _STEPS.items():
        if name in expression.steps:
            values = step(values, expression.steps[name])
    return values


def _slugged(values: pl.Series, wanted: bool) -> pl.Series:
    if not wanted:
        return values
    known = {text: slug(text) for text in values.drop_nulls().unique()}
    return values.replace_strict(known, default=None, return_dtype=pl.String)


def _mapped(values: pl.Series, meanings: Mapping[str, Any]) -> pl.Series:
    known = {key.replace(SEPARATOR, _BAR): cell_text(v) or None for key, v in meanings.items()}
    each = values.str.split(SEPARATOR).list.eval(pl.element().replace(known))
    joined = each.list.drop_nulls().list.join(SEPARATOR)
    return joined.replace("", None)


def _first(values: pl.Series, wanted: bool) -> pl.Series:
    return values.str.split(SEPARATOR).list.first() if wanted else values


def _split(values: pl.Series, separator: str) -> pl.Series:
    return values.str.replace_all(separator.replace(SEPARATOR, _BAR), SEPARATOR, literal=True)


_STEPS: dict[str, tuple[type, Callable[[pl.Series, Any], pl.Series]]] = {
    "pattern": (str, lambda values, pattern: values.str.extract(pattern, 1)),
    "split": (str, _split),
    "first": (bool, _first),
    "map": (dict, _mapped),
    "lower": (bool, lambda values, wanted: values.str.to_lowercase() if wanted else values),
    "slug": (bool, _slugged),
    "default": (str, lambda values, text: values.fill_null(text)),
}
"""The steps of an expression, in the order in which they run."""
