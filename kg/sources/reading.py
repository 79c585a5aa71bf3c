"""Reading a source in a confined child, so that no file can harm the build or call home."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import polars as pl

import kg.errors
from kg.confined import Limits, Outcome, prepare, run_confined
from kg.errors import InputError, KgError
from kg.files import CELL_LIMIT
from kg.schema import Schema
from kg.settings import LoadSettings, SourceSettings
from kg.sources.base import SourceTables
from kg.sources.gathering import gather
from kg.sources.inputs import Input, find_file, find_inputs
from kg.sources.wire import read_tables, write_tables
from kg.tables import InputTable

__all__ = ["Reader", "check_limits", "get_ready", "read_confined"]

Reader = Callable[[SourceSettings, Schema], SourceTables]
_MIB = 1024 * 1024
_PRELOADED = ("kg.sources",)


def get_ready() -> None:
    """Start what reads sources; it takes a second, in which others may work."""
    prepare(_PRELOADED)


@dataclass(frozen=True)
class _Request:
    """What the child needs; all of it comes from this process."""

    reader: Reader
    settings: SourceSettings
    schema: Schema
    inputs: tuple[Input, ...]
    scratch: Path
    keep_packed: bool


def read_confined(
    reader: Reader,
    settings: SourceSettings,
    schema: Schema,
    load: LoadSettings,
    keep_packed: bool = False,
) -> SourceTables:
    """Find the inputs of a source, and read them by ``reader`` in a child with limits.

    Raises
    ------
    SettingsError
        An input or an option does not fit.
    InputError
        A file cannot be taken in: it is not what it should be, or its reader crashed, hung or
        wanted too much memory.
    """
    inputs = tuple(find_inputs(settings, load))
    further = {name: find_file(name, text, settings, load) for name, text in settings.files.items()}
    settings = replace(settings, files={name: str(item.path) for name, item in further.items()})
    limits = Limits(memory=load.memory_mib * _MIB, seconds=load.seconds)
    with TemporaryDirectory(prefix="rihla-") as scratch:
        request = _Request(reader, settings, schema, inputs, Path(scratch).resolve(), keep_packed)
        outcome = run_confined(
            _read,
            request,
            limits,
            [str(item.path.resolve()) for item in (*inputs, *further.values())],
            [str(request.scratch)],
            preloaded=_PRELOADED,
        )
    if outcome.result is None:
        raise _refusal(outcome, settings, inputs, load)
    with outcome.result as stream:
        return read_tables(stream)


def _read(request: _Request, output: BinaryIO) -> None:
    """Read in the child; errors name the inputs, not what lies in the scratch folder."""
    gathered = gather(request.inputs, request.scratch, request.keep_packed)
    try:
        found = request.reader(replace(request.settings, path=gathered.path), request.schema)
        for table in found.tables:
            check_limits(table)
    except KgError as error:
        raise type(error)(gathered.named(str(error))) from error
    write_tables(gathered.tables(found), output)


def check_limits(table: InputTable) -> None:
    """Refuse what no cell of any format may hold.

    Raises
    ------
    InputError
        A cell is too long, or holds a NUL.
    """
    text = pl.col(pl.String)
    for bad, what in (
        (text.str.len_bytes() > CELL_LIMIT, f"a cell of more than {CELL_LIMIT:,} bytes"),
        (text.str.contains("\0", literal=True), "a NUL character"),
    ):
        found = table.frame.select(bad.arg_max().name.keep(), bad.any().name.prefix("any "))
        for name in [n for n in table.frame.columns if n != "_row"]:
            if found[f"any {name}"].item():
                row = table.frame["_row"][int(found[name].item())]
                raise InputError(
                    f"{table.file}, row {row}, column {name}: found {what}. Accepted: text of "
                    f"up to {CELL_LIMIT:,} bytes without NUL."
                )


def _refusal(
    outcome: Outcome, settings: SourceSettings, inputs: tuple[Input, ...], load: LoadSettings
) -> KgError:
    """Return the error that says which source and file could not be read, and why."""
    error = outcome.error
    if outcome.reason == "raised" and error["ours"]:
        kind: type[KgError] = getattr(kg.errors, error["kind"])
        return kind(error["message"])
    file = _name(outcome.reading, inputs)
    refusal = InputError(f"[[source]] {settings.id}: {file} {_reason(outcome, load)}")
    if "traceback" in error:
        refusal.add_note(error["traceback"])
    return refusal


def _reason(outcome: Outcome, load: LoadSettings) -> str:
    error = outcome.error
    reasons = {
        "memory": f"took more than {load.memory_mib} MiB of memory to read. If it is to be "
        "trusted, split it, or raise memory_mib in [load].",
        "time": f"took longer than {load.seconds:g} s to read. If it is to be trusted, split it, "
        "or raise seconds in [load].",
        "size": "unpacks to a file larger than is accepted. Unpack it by hand if it is to be "
        "trusted.",
    }
    if outcome.reason == "raised":
        return (
            f"cannot be read: {error['kind']}: {error['message']} ({error['place']}). It does not "
            "have the form that this kind of source expects."
        )
    return reasons.get(outcome.reason) or (
        f"made its reader stop ({error['message']}): it is damaged or hostile. Accepted: a file "
        "as its publisher offers it. Fetch it again."
    )


def _name(reading: str | None, inputs: tuple[Input, ...]) -> str:
    """Return how to name the file that was read last, or all that may be meant."""
    for item in inputs:
        if reading is not None and reading.startswith(str(item.path.resolve())):
            return reading.replace(str(item.path.resolve()), item.name, 1)
    if reading is not None and len(inputs) > 1:
        return f"a file ({Path(reading).name})"
    return ", ".join(item.name for item in inputs[:3]) + (" …" if len(inputs) > 3 else "")
