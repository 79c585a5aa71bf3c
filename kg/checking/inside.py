"""The check itself, in a child with limits: files in, counts, faults and refused rows out.

Nothing here trusts a file. What goes back to the parent is JSON and bytes, never pickled: a
parser that a file took over could write anything.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from kg.checking.cells import check_cells, row_counts
from kg.checking.known import Known, known_things
from kg.checking.report import SEVERITIES, refused_rows, report_csv
from kg.checking.telling import tell_table
from kg.errors import InputError
from kg.identifiers import key_segment
from kg.reconcile import ResolvedTable, resolve
from kg.schema import Schema
from kg.sources.reading import check_limits
from kg.tables import CheckedTable, Problem, read_sheets
from kg.tables.reading import table_of

__all__ = ["Inside", "check_inside"]

_SOURCE = "upload"
_SHOWN = 1_000  # problems that a page gets
_ENCLOSED = 1_000_000  # bytes of a file that comes with a page
_UNCHECKED = "urn:rihla:unchecked:"
_GROUP = ("severity", "table", "column", "rule")


@dataclass(frozen=True)
class Inside:
    """What the child is asked; all of it comes from its parent.

    ``files`` lie each in a folder of its own below ``folder``. ``answer`` is page, json, csv or
    refused. ``names`` and ``details`` are flat tables of the release ``release``.
    """

    folder: Path
    files: tuple[Path, ...]
    schema: Schema
    base: str
    answer: str
    release: str
    table: str | None = None
    dates: str | None = None
    names: Path | None = None
    details: Path | None = None


@dataclass(frozen=True)
class _Sheet:
    """One sheet of a file, with what it was read as; ``fault`` says why it was not."""

    file: str
    sheet: str | None
    told: str = ""
    table: CheckedTable | None = None
    fault: str | None = None


def check_inside(asked: Inside, output: BinaryIO) -> None:
    """Check the files, and write a line of JSON followed by the parts that it announces."""
    known = known_things(asked.names, asked.details, asked.schema)
    sheets = [sheet for path in asked.files for sheet in _sheets(path, asked)]
    checked = [sheet.table for sheet in sheets if sheet.table is not None]
    resolved = _resolved(checked, known, asked)
    problems = _sorted(
        replace(problem, source="") for table in resolved for problem in table.problems
    )
    summary = {
        "release": asked.release,
        "files": _files(sheets, resolved, known),
        "tally": {s: sum(p.severity == s for p in problems) for s in SEVERITIES},
    }
    parts = {
        name: re.sub(_places(asked), "", text) if isinstance(text, str) else text
        for name, text in _parts(asked, summary, problems, resolved).items()
    }
    if asked.answer == "page":
        summary |= _shown(problems, parts)
        parts = {name: part for name, part in parts.items() if len(part) <= _ENCLOSED}
    sent = {name: p.encode() if isinstance(p, str) else p for name, p in parts.items()}
    head = json.dumps({**summary, "parts": {n: len(p) for n, p in sent.items()}})
    output.write(re.sub(_places(asked), "", head).encode() + b"\n")
    for part in sent.values():
        output.write(part)


def _places(asked: Inside) -> str:
    """Return the pattern of what stands before a file's own name in messages."""
    return rf"{re.escape(str(asked.folder))}/[0-9]+/"


def _sheets(path: Path, asked: Inside) -> Iterator[_Sheet]:
    """Yield what a file holds; what cannot be taken in is a fault, and the next one is read."""
    tables = asked.schema.tables
    wanted = tables[asked.table].by_name if asked.table else _columns(path, asked.schema)
    try:
        found = read_sheets(path, wanted)
    except InputError as error:
        yield _Sheet(path.name, None, fault=str(error))
        return
    for records in found:
        sheet, told = _Sheet(path.name, records.sheet), ""
        try:
            table, told = tell_table(path, records, asked.schema, asked.table, len(found) == 1)
            read = table_of(records, path, _SOURCE, table, asked.dates)
            check_limits(read)
            yield replace(sheet, told=told, table=check_cells(read, asked.schema))
        except InputError as error:
            yield replace(sheet, told=told, fault=str(error))


def _columns(path: Path, schema: Schema) -> list[str]:
    """Return the columns that a delimited file may have: they tell its dialect."""
    named = path.name.split(".")[0]
    if named in schema.tables:
        return list(schema.tables[named].by_name)
    return sorted({name for table in schema.tables.values() for name in table.by_name})


def _resolved(checked: Sequence[CheckedTable], known: Known, asked: Inside) -> list[ResolvedTable]:
    """Resolve all references: in the files, in the release, and else as not checked.

    Where the table that a reference leads to is among the files, what it lacks is a fault, as in
    a build. Where it is not, it may be in a file that stayed at home: the row is kept, and the
    cell is told as a doubt.
    """
    keys = dict(known.keys)
    first = resolve(checked, asked.schema, asked.base, keys)
    here = {table.schema.name for table in checked}
    absent: list[Problem] = []
    for table in first:
        for problem in table.problems:
            if problem.rule == "reference" and not _targets(table, problem, asked.schema) & here:
                absent.append(problem)
                for name in _targets(table, problem, asked.schema):
                    keys[name] = pl.concat([keys.get(name, _none()), _stand_in(problem)]).unique()
                    break
    if not absent:
        return first
    again = resolve(checked, asked.schema, asked.base, keys)
    return [replace(t, problems=_with_doubts(t, absent, asked)) for t in again]


def _targets(table: ResolvedTable, problem: Problem, schema: Schema) -> set[str]:
    target = table.checked.schema.by_name[problem.column].target
    return {found.name for found in schema.tables_for(str(target))} if target else set()


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"key": pl.String, "iri": pl.String})


def _stand_in(problem: Problem) -> pl.DataFrame:
    """Return an entry for a thing that nobody here knows, so that its row can have a key."""
    key = pl.DataFrame({"key": [str(problem.value).lower()]})
    return key.with_columns(iri=pl.lit(_UNCHECKED) + key_segment(pl.col("key")))


def _with_doubts(
    table: ResolvedTable, absent: Sequence[Problem], asked: Inside
) -> tuple[Problem, ...]:
    source = table.checked.table
    place = (source.file, source.sheet, source.name)
    own = [p for p in absent if (p.file, p.sheet, p.table) == place]
    return (*table.problems, *(_doubt(table, p, asked) for p in own))


def _doubt(table: ResolvedTable, problem: Problem, asked: Inside) -> Problem:
    lacking = " or ".join(sorted(_targets(table, problem, asked.schema)))
    return replace(
        problem,
        severity="warning",
        rule="not checked",
        accepted=f"{problem.accepted}. It is neither in these files nor in release "
        f"{asked.release}; a build refuses the row unless another file of {lacking} has it",
    )


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    order = {severity: i for i, severity in enumerate(SEVERITIES)}
    return sorted(
        problems, key=lambda p: (order[p.severity], p.file, p.sheet or "", p.row, p.column, p.rule)
    )


def _files(
    sheets: Sequence[_Sheet], resolved: Sequence[ResolvedTable], known: Known
) -> list[dict[str, Any]]:
    """Return a line for each sheet: what it is, or why it could not be read."""
    results = iter(resolved)
    lines = []
    for sheet in sheets:
        line: dict[str, Any] = {"file": sheet.file, "sheet": sheet.sheet, "table": None,
                                "told_by": sheet.told or None, "fault": sheet.fault}  # fmt: skip
        if sheet.table is not None:
            found = next(results)
            read, kept, refused, merged = row_counts(found)
            line |= {"table": sheet.table.schema.name, "read": read, "kept": kept,
                     "refused": refused, "merged": merged,
                     "in_release": _in_release(found, known)}  # fmt: skip
        lines.append(line)
    return lines


def _in_release(table: ResolvedTable, known: Known) -> int | None:
    """Return how many of the rows are about things that the release has; None: not known."""
    if table.checked.schema.name not in known.tables:
        return None
    return len(set(table.subjects["iri"].to_list()) & known.iris)


def _parts(
    asked: Inside,
    summary: dict[str, Any],
    problems: Sequence[Problem],
    resolved: Sequence[ResolvedTable],
) -> dict[str, str | bytes]:
    """Return the files of the answer; a page has all of them."""
    wanted: dict[str, Callable[[], str | bytes]] = {
        "json": lambda: json.dumps(
            {**summary, "problems": [_record(p) for p in problems]}, ensure_ascii=False, indent=1
        ),
        "csv": lambda: report_csv(problems),
        "refused": lambda: _packed(_refused(resolved), asked),
    }
    return {name: make() for name, make in wanted.items() if asked.answer in ("page", name)}


def _record(problem: Problem) -> dict[str, Any]:
    return {name: value for name, value in asdict(problem).items() if name != "source"}


def _refused(resolved: Sequence[ResolvedTable]) -> dict[str, str]:
    """Return table → its refused rows as CSV, with what is wrong in a last column."""
    return {f"{name}.csv": rows.write_csv() for (_, name), rows in refused_rows(resolved).items()}


def _packed(files: dict[str, str], asked: Inside) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)  # without a time: the same rows give the same bytes
            archive.writestr(entry, re.sub(_places(asked), "", text), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _shown(problems: Sequence[Problem], parts: dict[str, str | bytes]) -> dict[str, Any]:
    groups: dict[tuple[str, ...], int] = {}
    for problem in problems:
        key = tuple(getattr(problem, name) for name in _GROUP)
        groups[key] = groups.get(key, 0) + 1
    return {
        "groups": [[*key, count] for key, count in groups.items()],
        "problems": [_record(p) for p in problems[:_SHOWN]],
        "sizes": {name: len(part) for name, part in parts.items()},
    }
