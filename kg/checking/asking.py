"""Asking for a check: files go to a child with limits, an answer or a reason comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, BinaryIO

import kg.errors
from kg.checking.inside import Inside, check_inside
from kg.confined import Limits, Outcome, run_confined
from kg.errors import InputError, KgError, LimitError
from kg.schema import Schema
from kg.store.release import Release
from kg.tables import FORMATS

__all__ = ["ANSWERS", "CheckLimits", "Checked", "Question", "ask", "file_name"]

ANSWERS = ("page", "json", "csv", "refused")
"""What can be asked for: all that a page shows, the report, or the refused rows as a ZIP."""

_MIB = 1024 * 1024
_LONGEST = 120  # characters of a file's name
_LARGEST_ANSWER = 64 * _MIB
_HEAD = 16 * _MIB


@dataclass(frozen=True)
class CheckLimits:
    """What a check may use: wall time in seconds, address space in bytes."""

    seconds: float = 30.0
    memory: int = 1024 * _MIB


@dataclass(frozen=True)
class Question:
    """What is to be checked, and how.

    ``table`` is what every file is read as; without it their names, sheets and columns tell.
    ``dates`` is ``day-first``, ``month-first`` or None: then 03/04/2019 is a fault.
    """

    answer: str = "page"
    table: str | None = None
    dates: str | None = None

    def checked(self, schema: Schema) -> Question:
        """Return it, once its values are such as there are.

        Raises
        ------
        InputError
            One is not.
        """
        accepted: dict[str, Iterable[str | None]] = {
            "answer": ANSWERS,
            "table": [None, *schema.tables],
            "dates": [None, "day-first", "month-first"],
        }
        for name, values in accepted.items():
            found = getattr(self, name)
            if found not in values:
                raise InputError(
                    f"{name}: found {str(found)[:80]!r}. Accepted: "
                    f"{', '.join(v for v in values if v)}."
                )
        return self


@dataclass(frozen=True)
class Checked:
    """What was found: ``summary`` for people and ``parts``, whole files by name of the answer."""

    summary: Mapping[str, Any]
    parts: Mapping[str, bytes]


def file_name(name: str) -> str:
    """Return a file's own name, without folders and without what no name should hold.

    Raises
    ------
    InputError
        Its ending is not one that is read.
    """
    bare = re.split(r"[/\\]", name)[-1]
    bare = "".join(c if c.isprintable() else "_" for c in bare).strip(" .")
    path = Path(bare or "file")
    if path.suffix.lower() not in FORMATS:
        raise InputError(
            f"{bare[:_LONGEST]}: found the ending {path.suffix[:20]!r}. Accepted: "
            f"{', '.join(FORMATS)}."
        )
    return path.stem[:_LONGEST].strip() + path.suffix.lower()


def ask(
    files: Iterable[tuple[str, IO[bytes]]],
    question: Question,
    schema: Schema,
    base: str,
    release: Release,
    limits: CheckLimits,
) -> Checked:
    """Check files as a build would, in a child with limits and without network.

    The files are in a temporary folder while it runs, and nowhere afterwards.

    Parameters
    ----------
    files:
        Names, as :func:`file_name` gives them, and contents.
    question:
        What is wanted.
    schema, base:
        The tables that there are, and the start of every IRI.
    release:
        Whose things the files may refer to.
    limits:
        What the child may use.

    Raises
    ------
    InputError
        A file makes its reader stop.
    LimitError
        It took too long (504), too much memory, or its report is too large (413).
    """
    with TemporaryDirectory(prefix="rihla-check-") as scratch:
        folder = Path(scratch).resolve()
        paths = tuple(_written(folder / str(i), *file) for i, file in enumerate(files))
        columns = [release.columns(name) for name in ("names", "details")]
        kept = columns if all(path.is_file() for path in columns) else [None, None]
        asked = Inside(
            folder, paths, schema, base, question.answer, release.id, question.table,
            question.dates, *kept,
        )  # fmt: skip
        outcome = run_confined(
            check_inside,
            asked,
            Limits(limits.memory, limits.seconds, _LARGEST_ANSWER),
            [str(folder), *(str(path.resolve()) for path in kept if path)],
            preloaded=["kg.sources", "kg.checking"],
        )
        if outcome.result is None:
            raise _refusal(outcome, folder, limits)
        with outcome.result as stream:
            return _read(stream)


def _written(folder: Path, name: str, content: IO[bytes]) -> Path:
    folder.mkdir()
    with (folder / name).open("wb") as target:
        while block := content.read(_MIB):
            target.write(block)
    return folder / name


def _read(stream: BinaryIO) -> Checked:
    head = stream.readline(_HEAD)
    try:
        summary = json.loads(head)
    except ValueError as error:
        raise LimitError("The report is too large to be shown. Ask for it as CSV.", 413) from error
    lengths = summary.pop("parts")
    return Checked(summary, {name: stream.read(length) for name, length in lengths.items()})


def _refusal(outcome: Outcome, folder: Path, limits: CheckLimits) -> KgError:
    file = (outcome.reading or "").removeprefix(f"{folder}/").partition("/")[2] or "A file"
    advice = "Split it, or run kg check where the files are"
    if outcome.reason == "raised" and outcome.error["ours"]:
        kind: type[KgError] = getattr(kg.errors, outcome.error["kind"])
        return kind(re.sub(rf"{re.escape(str(folder))}/[0-9]+/", "", outcome.error["message"]))
    if outcome.reason == "time":
        return LimitError(f"{file}: checking took longer than {limits.seconds:g} s. {advice}.", 504)
    if outcome.reason == "memory":
        most = limits.memory // _MIB
        return LimitError(f"{file}: checking took more than {most} MiB of memory. {advice}.", 413)
    if outcome.reason == "size":
        most = _LARGEST_ANSWER // _MIB
        return LimitError(f"The report is larger than {most} MiB. {advice}.", 413)
    refusal = InputError(
        f"{file}: made its reader stop ({outcome.error['message'][:200]}): it is damaged or "
        "hostile. Accepted: a file as a spreadsheet program saves it."
    )
    refusal.add_note(str(outcome.error.get("traceback") or outcome.error.get("words", "")))
    return refusal
