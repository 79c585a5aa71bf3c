"""Load: read every source, check every cell, resolve every reference, map what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import polars as pl

from kg.checking import check_cells, row_counts
from kg.errors import InputError
from kg.mapping import map_lines, map_tables
from kg.pipeline.matching import match_tables
from kg.privacy import Protection, count_groups, protect
from kg.provenance import FileRecord, GraphNames, LoadRecord, content_hash, file_records
from kg.reconcile import NameMatches, Proposal, ResolvedTable
from kg.results import ResultTable, Value
from kg.schema import Schema
from kg.settings import LoadSettings, Settings, SourceSettings
from kg.sources import read_source
from kg.sources.downloads import fetched_from
from kg.tables import CheckedTable, InputTable, Problem
from kg.tombstones import read_tombstones

__all__ = ["Loaded", "load_sources", "refuse_excess"]

Progress = Callable[[str], None]
_CHECKING = 2  # tables that are checked at the same time
_SHOWN = 20  # problems in the message of a build that stops


@dataclass(frozen=True)
class Loaded:
    """All sources as resolved tables, with what was found on the way.

    ``suppressed`` counts the groups whose headcount fell below the project's threshold (and
    ``suppressed_by`` those of each source),
    ``withheld`` the rows that were taken out, by source and table, since they are about people
    who are not named: rows in files = rows read + rows withheld. ``proposals`` are the rows
    without an identifier that were looked up by score, ``decided`` what stewards said of matches.
    """

    tables: tuple[ResolvedTable, ...]
    loads: tuple[LoadRecord, ...]
    problems: tuple[Problem, ...]
    matches: NameMatches
    suppressed: int
    withheld: Mapping[tuple[str, str], int] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()
    decided: str = ""
    suppressed_by: Mapping[str, int] = field(default_factory=dict)

    def quads(self, names: GraphNames) -> pl.DataFrame:
        """Return the quads of all tables, one graph a load."""
        return map_tables(self.tables, self._graphs(names))

    def lines(self, names: GraphNames | None = None) -> Iterator[bytes]:
        """Yield the same as N-Quads, or as N-Triples without ``names``, some lines at a time."""
        return map_lines(self.tables, self._graphs(names) if names else None)

    def _graphs(self, names: GraphNames) -> dict[str, str]:
        return {load.source.id: names.load(load.source.id, load.content) for load in self.loads}

    def counts(self) -> ResultTable:
        """Return rows read, kept, refused and merged, a line for each table of each source."""
        groups: dict[tuple[str, str], list[int]] = {}
        for table in self.tables:
            source = table.checked.table
            line = groups.setdefault((source.source, source.name), [0, 0, 0, 0])
            for i, count in enumerate(row_counts(table)):
                line[i] += count
        rows: list[tuple[Value, ...]] = [(*key, *line) for key, line in groups.items()]
        return ResultTable(("source", "table", "read", "kept", "refused", "merged"), rows)


def load_sources(settings: Settings, schema: Schema, progress: Progress = lambda _: None) -> Loaded:
    """Read, check and resolve all sources of a project.

    Raises
    ------
    InputError
        A file cannot be taken in at all. Rows that are refused do not raise: see ``problems``
        and :func:`refuse_excess`.
    """
    files: dict[str, tuple[FileRecord, ...]] = {}
    read: list[InputTable] = []
    for source in settings.sources:
        progress(f"reading {source.id}")
        found = read_source(source, schema, settings.load)
        files[source.id] = file_records(
            found.files, partial(fetched_from, downloads=settings.load.downloads)
        )
        read += found.tables
    checked, protection, suppressed = _checked(read, settings, schema)
    progress("matching names and references")
    matched = match_tables(checked, settings, schema)
    tables = matched.tables
    loads = [_record(s, files[s.id], tables, protection) for s in settings.sources]
    problems = tuple(problem for table in tables for problem in table.problems)
    withheld = _rows_taken(read, checked)
    return Loaded(
        tables,
        tuple(loads),
        problems,
        matched.exact,
        sum(suppressed.values()),
        withheld,
        matched.proposals,
        matched.decided,
        suppressed,
    )


def _checked(
    read: Sequence[InputTable], settings: Settings, schema: Schema
) -> tuple[list[CheckedTable], Protection, Mapping[str, int]]:
    """Take out people who are not named, check every cell, and count those people into groups."""
    tombstones = read_tombstones(settings.project.forgotten)
    base = settings.project.base
    protection = protect(read, settings.sources, schema, base, tombstones)
    with ThreadPoolExecutor(_CHECKING) as checking:
        checked = list(checking.map(partial(check_cells, schema=schema), protection.tables))
    counted = count_groups(checked, protection)
    safe = [_suppress(table, settings.build.suppress_below) for table in counted]
    suppressed: dict[str, int] = {}
    for table, count in safe:
        suppressed[table.table.source] = suppressed.get(table.table.source, 0) + count
    return [table for table, _ in safe], protection, suppressed


def _rows_taken(
    read: Sequence[InputTable], checked: Sequence[CheckedTable]
) -> Mapping[tuple[str, str], int]:
    taken: dict[tuple[str, str], int] = {}
    for before, after in zip(read, checked, strict=True):
        if count := before.frame.height - after.rows.height:
            key = (before.source, before.name)
            taken[key] = taken.get(key, 0) + count
    return taken


def refuse_excess(loaded: Loaded, strict: bool = False, limits: LoadSettings | None = None) -> None:
    """Stop where more rows were refused than a source or the project allows.

    ``max_refused`` of each source is looked at first, then ``limits`` over all of them. Where it
    is ``strict``, one refused or doubtful cell stops it.

    Raises
    ------
    InputError
        With the first problems in full.
    """
    doubtful = [p for p in loaded.problems if p.severity != "info"]
    if strict and doubtful:
        raise InputError(
            f"{len(doubtful)} cells were refused or doubtful; --strict allows none. Nothing was "
            "changed.\n" + _listed(doubtful)
        )
    errors = [p for p in loaded.problems if p.severity == "error"]
    for load in loaded.loads:
        allowed = load.source.max_refused
        if load.refused > allowed * load.read:
            own = [p for p in errors if p.source == load.source.id]
            raise InputError(
                f"{load.source.id}: {load.refused} of {load.read} rows were refused; "
                f"max_refused allows {allowed:.1%}. Nothing was changed.\n" + _listed(own)
            )
    _refuse_total(loaded, limits or LoadSettings(), errors)


def _refuse_total(loaded: Loaded, limits: LoadSettings, errors: list[Problem]) -> None:
    refused = sum(load.refused for load in loaded.loads)
    read = sum(load.read for load in loaded.loads)
    most = limits.max_refused_rows
    exceeded = f"max_refused_rows in [load] allows {most}" if most is not None else ""
    if most is None or refused <= most:
        exceeded = f"max_refused in [load] allows {limits.max_refused:.1%}"
        if refused <= limits.max_refused * read:
            return
    raise InputError(
        f"{refused} of {read} rows of all sources were refused; {exceeded}. Nothing was changed.\n"
        + _listed(errors)
    )


def _listed(problems: list[Problem]) -> str:
    lines = [f"  {problem}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        lines.append(f"  … and {len(problems) - _SHOWN} more")
    return "\n".join(lines)


def _suppress(table: CheckedTable, threshold: int) -> tuple[CheckedTable, int]:
    """Drop the headcount of counted groups below the threshold; say how many there were.

    Small groups can be recognised; the participation stays, its size does not, and a
    ``headcount_withheld`` says that there is one.
    """
    counts = table.values.get("headcount")
    if threshold <= 1 or table.schema.name != "participations" or counts is None:
        return table, 0
    small = counts.filter(pl.col("value").cast(pl.Int64, strict=False) < threshold)
    if "person" in table.values:
        small = small.join(table.values["person"], on="_id", how="anti")
    kept = counts.join(small, on="_id", how="anti", maintain_order="left")
    withheld = small.select("_id", value=pl.lit("true"))
    if "headcount_withheld" in table.values:
        stated = table.values["headcount_withheld"].join(withheld, on="_id", how="anti")
        withheld = pl.concat([stated, withheld])
    values = {**table.values, "headcount": kept, "headcount_withheld": withheld}
    return replace(table, values=values), small.height


def _record(
    source: SourceSettings,
    files: tuple[FileRecord, ...],
    tables: Iterable[ResolvedTable],
    protection: Protection,
) -> LoadRecord:
    own = [row_counts(t) for t in tables if t.checked.table.source == source.id]
    read, kept, refused, merged = (sum(counts[i] for counts in own) for i in range(4))
    content = content_hash(source, files, protection.marks.get(source.id, ""))
    shown = tuple(file for file in files if not protection.hides(file.name))
    return LoadRecord(source, content, read, kept, refused, merged, shown)
