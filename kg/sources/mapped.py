"""Foreign files by a mapping in the project file: a new source without any Python.

docs/mapping-sources.md is the steward's guide. A mapping gives, for each table, an expression
for each column; expressions run on whole columns, and none of them is code.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import InputError, SettingsError
from kg.files import parse_json, read_utf8
from kg.schema import SEPARATOR, Schema, TableSchema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options, read_json
from kg.sources.collected import Concepts
from kg.sources.mapping_files import Joined, looked_up
from kg.sources.mapping_steps import BAR, STEPS, check_pattern, check_regex, run_steps
from kg.sources.mapping_where import check_condition, wanted_rows
from kg.tables import FORMATS, InputTable, Problem, read_sheets
from kg.tables.records import cell_text

__all__ = ["read"]

_FIELD = re.compile(r"\{([^{}]+)\}")
_WHERE, _EACH = "where", "each"
_FULL_BAR = "｜"
_JSON = {".json", ".jsonl", ".ndjson"}
_ORDERS = ("day-first", "month-first")


@dataclass(frozen=True)
class _Mapping:
    """What the rows of a table are made of.

    ``conditions`` gives wanted values by field; ``each`` makes a row for each of its values.
    """

    columns: Mapping[str, _Expression]
    conditions: Mapping[str, Any]
    each: _Expression | None

    @property
    def fields(self) -> list[str]:
        own = [field for expression in self.columns.values() for field in expression.fields]
        if self.each is None:
            return [*own, *self.conditions]
        return [*(f for f in own if f != _EACH), *self.each.fields, *self.conditions]


@dataclass(frozen=True)
class _Expression:
    """What a column is made of; ``place`` says where in the project file it stands."""

    place: str
    templates: tuple[str, ...]
    steps: Mapping[str, Any]

    @property
    def fields(self) -> list[str]:
        return [name.strip() for text in self.templates for name in _FIELD.findall(text)]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a foreign file, or every such file of a folder, into the tables that are mapped.

    Raises
    ------
    SettingsError
        The mapping names a table, column, step or field that does not exist.
    InputError
        A file cannot be read.
    """
    options = check_options(settings, ["tables", "records", "sheet", "dates", "encoding", "join"])
    where = f"[[source]] {settings.id}"
    if options.get("dates", _ORDERS[0]) not in _ORDERS:
        raise SettingsError(
            f"{where}: dates is {options['dates']!r}. Accepted: {' or '.join(_ORDERS)}."
        )
    mappings = _mappings(options.get("tables"), schema, where, settings.files)
    further = Joined(options.get("join", {}), settings.files, where)
    wanted = sorted({field for mapping in mappings.values() for field in mapping.fields})
    concepts = Concepts(schema)
    files = _files(settings)
    tables = [
        _table(frame, settings, str(path), schema.tables[name], mapping, concepts)
        for path in files
        for own in [_frame(path, further.own_fields(wanted), options, where)]
        for frame in [further.add_to(own, wanted)]
        for name, mapping in mappings.items()
    ]
    used = [Path(path) for path in settings.files.values()]
    return SourceTables(tuple(tables), (*files, *used))


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


def _mappings(
    stated: Any, schema: Schema, where: str, files: Mapping[str, str]
) -> dict[str, _Mapping]:
    """Return the mapping of each table."""
    if not isinstance(stated, dict) or not stated:
        raise SettingsError(
            f"{where}: there is no mapping. Accepted: [source.tables.NAME] with a column = "
            "expression a line; docs/mapping-sources.md shows how."
        )
    for name, columns in stated.items():
        _known(name, schema.tables, f"{where}: tables.{name}", "table")
        if not isinstance(columns, dict):
            raise SettingsError(f"{where}: tables.{name} is {columns!r}. Accepted: a section.")
    return {
        name: _mapping(columns, schema.tables[name], f"{where}: tables.{name}", files)
        for name, columns in stated.items()
    }


def _mapping(
    stated: Mapping[str, Any], table: TableSchema, place: str, files: Mapping[str, str]
) -> _Mapping:
    conditions = stated.get(_WHERE, {})
    if not isinstance(conditions, dict):
        raise SettingsError(
            f"{place}.where is {conditions!r}. Accepted: fields with the values that are wanted, "
            'such as { status = ["open", "full"] }.'
        )
    for name, condition in conditions.items():
        check_condition(condition, f"{place}.where.{name}")
    columns = {
        column: _expression(text, f"{place}.{column}", files)
        for column, text in stated.items()
        if column not in (_WHERE, _EACH)
    }
    for column in columns:
        _known(column, table.by_name, f"{place}.{column}", "column")
    each = _expression(stated[_EACH], f"{place}.{_EACH}", files) if _EACH in stated else None
    return _Mapping(columns, conditions, each)


def _known(name: str, known: Iterable[str], place: str, kind: str) -> None:
    known = list(known)
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise SettingsError(
            f"{place}: there is no {kind} {name!r}.{hint} Accepted: {', '.join(known)}."
        )


def _expression(stated: Any, place: str, files: Mapping[str, str]) -> _Expression:
    if isinstance(stated, str):
        return _Expression(place, (stated,), {})
    source = stated.get("from") if isinstance(stated, dict) else None
    templates = tuple(source) if isinstance(source, list) else (source,)
    fits = templates and all(isinstance(text, str) for text in templates)
    if not isinstance(stated, dict) or not fits:
        raise SettingsError(
            f'{place}: found {stated!r}. Accepted: a text such as "{{Title}} ({{Year}})", or '
            f'{{ from = "{{Title}}", … }} with {", ".join(STEPS)}; of from = ["{{A}}", "{{B}}"] '
            "the first that is filled counts."
        )
    steps = {name: value for name, value in stated.items() if name != "from"}
    for name, value in steps.items():
        _known(name, STEPS, f"{place}.{name}", "step")
        kind, _ = STEPS[name]
        if not isinstance(value, kind):
            raise SettingsError(f"{place}.{name}: found {value!r}. Accepted: a {kind.__name__}.")
    if "pattern" in steps or "as" in steps:
        check_pattern(steps.get("pattern"), steps.get("as", "{1}"), place)
    for pattern in steps.get("replace", {}):
        check_regex(pattern, f"{place}.replace")
    if "lookup" in steps:
        steps["lookup"] = looked_up(steps["lookup"], files, f"{place}.lookup")
    return _Expression(place, tuple(map(str, templates)), steps)


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
    bar = SEPARATOR if path.suffix.lower() == ".parquet" else BAR
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
        numbered = [
            (n, parse_json(text, path, n)) for n, text in enumerate(lines, 1) if text.strip()
        ]
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
    texts = [cell_text(v).replace(SEPARATOR, BAR) for v in items if not isinstance(v, dict)]
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
    mapping: _Mapping,
    concepts: Concepts,
) -> InputTable:
    notes = []

    def tell(column: str, value: str, rule: str, reading: str) -> None:
        notes.append(
            Problem(settings.id, file, table.name, 1, column, value, rule, reading, "info")
        )

    read = frame.height
    for field, condition in mapping.conditions.items():
        frame = wanted_rows(frame, field, condition)
    if frame.height < read:
        left_out = f"{read - frame.height} of {read} rows"
        tell(
            table.columns[0].name, left_out, _WHERE, "left out of this table by the mapping's where"
        )
    if mapping.each:
        values = _evaluate(frame, mapping.each).str.split(SEPARATOR)
        frame = frame.with_columns(values.alias(_EACH)).explode(_EACH).drop_nulls(_EACH)
    columns = {}
    for name, expression in mapping.columns.items():
        cells = _evaluate(frame, expression)
        if expression.steps.get("known"):
            cells, unknown = _known_concepts(cells, str(table.by_name[name].target), concepts)
            if unknown:
                tell(name, f"{len(unknown)} values: {', '.join(unknown)}", "known",
                     "left out: no concept of the vocabulary has these names")  # fmt: skip
        bar = _FULL_BAR if table.by_name[name].separator else SEPARATOR
        columns[name] = cells.str.replace_all(BAR, bar, literal=True)
    mapped = pl.DataFrame({**columns, "_row": frame["_row"]})
    dates = settings.options.get("dates")
    return InputTable(settings.id, table.name, file, mapped, dates=dates, notes=tuple(notes))


def _known_concepts(
    values: pl.Series, target: str, concepts: Concepts
) -> tuple[pl.Series, list[str]]:
    """Return values as the IRIs of the concepts that they name, and the others, sorted."""
    each = values.str.split(SEPARATOR)
    texts = each.explode().drop_nulls().unique().sort().to_list()
    found = {text: concepts.find_of(target, text) for text in texts}
    named = each.list.eval(pl.element().replace_strict(found, default=None, return_dtype=pl.String))
    cells = named.list.drop_nulls().list.unique(maintain_order=True).list.join(SEPARATOR)
    return cells.replace("", None), [text for text, iri in found.items() if iri is None]


def _evaluate(frame: pl.DataFrame, expression: _Expression) -> pl.Series:
    """Return a column: of each row the first template of which no field is empty."""
    filled = [_filled(frame, template) for template in expression.templates]
    values = pl.select(value=pl.coalesce(filled))["value"] if len(filled) > 1 else filled[0]
    return run_steps(values, expression.steps)


def _filled(frame: pl.DataFrame, template: str) -> pl.Series:
    parts = _FIELD.split(template)
    pieces = [
        pl.col(part.strip()) if i % 2 else pl.lit(part) for i, part in enumerate(parts) if part
    ]
    if len(parts) == 1:
        return pl.Series("value", [template or None] * frame.height, dtype=pl.String)
    return frame.select(value=pl.concat_str(pieces))["value"]
