"""Files beside the graph that may name a person: reports, reviews, decisions, downloads, others."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

import polars as pl

from kg.errors import InputError
from kg.files import read_csv, write_atomically
from kg.pipeline.matching import LAST_REVIEW, REVIEW_COLUMNS
from kg.privacy.protect import WITHHELD
from kg.privacy.traces import Traces
from kg.reconcile import Decision, read_decisions, write_decisions
from kg.results import ResultTable
from kg.tables import Problem
from kg.tables.reading import IGNORED_COLUMN

__all__ = [
    "clean_decisions",
    "clean_export",
    "clean_table",
    "files_below",
    "named_downloads",
    "names_someone",
    "remove_downloads",
]

LAST_REPORT = "last-build-report.csv"
LAST_FILES = (LAST_REPORT, LAST_REVIEW)
_REPORT_COLUMNS = tuple(f.name for f in fields(Problem))
_LARGEST = 1 << 28  # bytes of a file that is looked into
_MOST_FILES = 20_000
_ROW = re.compile(r"<tr><td>.*?</tr>\n?", re.DOTALL)
_PAGE = re.compile(r"<p>\d+ refused, \d+ doubtful and \d+ converted cells\.")
_ABOUT = "about.json"


def clean_table(path: Path, traces: Traces, write: bool = True) -> int:
    """Take the rows that name somebody out of a CSV file that we wrote; return their number."""
    if not path.is_file():
        return 0
    records = read_csv(path)
    texts = pl.Series(["\n".join(cells) for _, cells in records.rows], dtype=pl.String)
    named = traces.found(texts).to_list()
    if any(named) and write:
        rows = [tuple(c) for (_, c), hit in zip(records.rows, named, strict=True) if not hit]
        mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
        write_atomically(path, mark + ResultTable(tuple(records.header), rows).to_csv())
    return sum(named)


def clean_decisions(path: Path, traces: Traces, write: bool = True) -> int:
    """Take the decisions about some people out of a file of decisions; return their number.

    Where one of them decided about others, the decision stays and its author goes.
    """
    decisions = read_decisions(path)
    about = [[d.key, d.name, d.target, d.target_name, d.why] for d in decisions]
    texts = pl.Series(["\n".join(a) for a in about], dtype=pl.String)
    named = traces.found(texts).to_list()
    authors = traces.found(pl.Series([d.who for d in decisions], dtype=pl.String)).to_list()
    kept: list[Decision] = []
    for decision, hit, author in zip(decisions, named, authors, strict=True):
        if hit and decision.kind == "organisation":
            clean = {n: traces.without(getattr(decision, n)) for n in ("name", "why")}
            kept.append(replace(decision, **clean))
        elif not hit:
            kept.append(replace(decision, who=WITHHELD) if author else decision)
    if write and kept != decisions:
        write_decisions(path, kept)
    return sum(a or b for a, b in zip(named, authors, strict=True))


def clean_export(path: Path, traces: Traces, write: bool = True) -> int | None:
    """Take the rows that name somebody out of a report, a review or refused rows.

    Returns
    -------
    int or None
        How many rows; None where the file is none that ``kg`` writes.
    """
    ending = path.suffix.lower()
    try:
        if ending == ".csv" and _is_ours(read_csv(path).header):
            return clean_table(path, traces, write)
        if ending == ".json":
            return _clean_json(path, traces, write)
        if ending in (".html", ".htm"):
            return _clean_page(path, traces, write)
    except (InputError, OSError, ValueError):
        return None
    return None


def _is_ours(header: Sequence[str]) -> bool:
    known = (set(_REPORT_COLUMNS), set(REVIEW_COLUMNS))
    return set(header) in known or IGNORED_COLUMN in header


def _clean_json(path: Path, traces: Traces, write: bool) -> int | None:
    rows: list[dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    ours = isinstance(rows, list) and rows and isinstance(rows[0], dict)
    if not ours or set(rows[0]) != set(_REPORT_COLUMNS):
        return None
    texts = pl.Series([json.dumps(row, ensure_ascii=False) for row in rows], dtype=pl.String)
    named = traces.found(texts).to_list()
    if any(named) and write:
        kept = [row for row, hit in zip(rows, named, strict=True) if not hit]
        write_atomically(path, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
    return int(sum(named))


def _clean_page(path: Path, traces: Traces, write: bool) -> int | None:
    text = path.read_text(encoding="utf-8")
    if not _PAGE.search(text):
        return None
    rows = _ROW.findall(text)
    named = [row for row, hit in zip(rows, traces.found(pl.Series(rows, dtype=pl.String)),
                                     strict=True) if hit]  # fmt: skip
    for row in named if write else ():
        text = text.replace(row, "")
    if named and write:
        write_atomically(path, text)
    return len(named)


def named_downloads(folder: Path, traces: Traces) -> list[Path]:
    """Return the folders of the downloads cache whose file, address or name names somebody."""
    found = []
    for place in sorted(p for p in folder.glob("*") if p.is_dir()):
        files = [path for path in sorted(place.iterdir()) if path.is_file()]
        if any(names_someone(path, traces) for path in files):
            found.append(place)
    return found


def remove_downloads(places: Sequence[Path]) -> None:
    """Remove copies; what describes them goes first, so that half a copy counts as none."""
    for place in places:
        (place / _ABOUT).unlink(missing_ok=True)
        shutil.rmtree(place)


def files_below(folder: Path, left_out: Sequence[Path]) -> tuple[list[Path], bool]:
    """Return the files of a folder and its folders, and whether these are all.

    Hidden files, links, and what lies in ``left_out`` are not among them.
    """
    found: list[Path] = []
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.name.startswith(".") or path.is_symlink() or path in left_out:
                continue
            if path.is_dir():
                waiting.append(path)
            elif path.is_file():
                found.append(path)
            if len(found) >= _MOST_FILES:
                return found, False
    return found, True


def names_someone(path: Path, traces: Traces) -> bool:
    """Return whether a file names one of some people, in its name or in what it holds.

    gzip, zip (and so workbooks) and Parquet are looked into.
    """
    if traces.spans(path.name):
        return True
    if path.stat().st_size > _LARGEST:
        return False
    try:
        return any(bool(traces.found(texts).any()) for texts in _texts(path))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, pl.exceptions.PolarsError):
        return False


def _texts(path: Path) -> Iterator[pl.Series]:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start == b"PAR1":
        for column in pl.read_parquet(path).iter_columns():
            yield column.cast(pl.String, strict=False)
    elif start[:2] == b"\x1f\x8b":
        with gzip.open(path, "rb") as packed:
            yield _lines(packed.read(_LARGEST))
    elif start == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.file_size <= _LARGEST:
                    # In a workbook each cell is an element: its text stands alone without tags.
                    yield _lines(re.sub(rb"<[^>]*>", b"\n", archive.read(member)))
    else:
        yield _lines(path.read_bytes())


def _lines(raw: bytes) -> pl.Series:
    text = io.StringIO(raw.decode("utf-8", "replace"))
    return pl.Series([line for line in text if len(line) > 2], dtype=pl.String)
