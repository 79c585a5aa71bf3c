"""One path for a source's module: the file, the folder, or a folder of all that was stated.

This runs in the confined child: unpacking is reading. What is said of the files names them as
the project file does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import InputError
from kg.sources.base import SourceTables
from kg.sources.inputs import Input
from kg.sources.packed import is_packed, unpack

__all__ = ["Gathered", "gather"]


@dataclass(frozen=True)
class Gathered:
    """The ``path`` to read, and for places in the scratch folder the input that they stand for.

    ``places`` gives scratch path, the name to show and the input, the longest path first.
    """

    path: Path
    places: tuple[tuple[str, str, Input], ...]

    def named(self, text: str) -> str:
        """Return a text that names inputs in place of scratch files."""
        for scratch, name, _ in self.places:
            text = text.replace(scratch, name)
        return text

    def tables(self, found: SourceTables) -> SourceTables:
        """Return tables that name inputs, and the inputs themselves as the files."""
        tables = []
        for table in found.tables:
            file = self.named(table.file)
            notes = tuple(replace(note, file=self.named(note.file)) for note in table.notes)
            tables.append(replace(table, file=file, notes=notes))
        files = dict.fromkeys(self._input(path) for path in found.files)
        return replace(found, tables=tuple(tables), files=tuple(files))

    def _input(self, path: Path) -> Path:
        text = str(path)
        for scratch, _, item in self.places:
            if text == scratch or text.startswith(f"{scratch}/"):
                # A folder that is read where it lies has files of its own.
                return path if str(item.path) == scratch and item.path.is_dir() else item.path
        return path


def gather(inputs: Sequence[Input], scratch: Path, keep_packed: bool = False) -> Gathered:
    """Return one path for all inputs; several stand side by side in a folder under ``scratch``.

    A second file of a name gets a number before its ending, as the second file of a table has.
    ``keep_packed`` leaves a gzip file as it is, for a module that streams it.

    Raises
    ------
    InputError
        A packed file is damaged, too large, or packed again.
    """
    plain = [_unpacked(item, scratch / f"{i}", keep_packed) for i, item in enumerate(inputs)]
    if len(plain) == 1:
        (path, item) = plain[0]
        return Gathered(path, ((str(path), item.name, item),))
    folder = scratch / "all"
    folder.mkdir()
    places = [
        (str(_linked(path, folder)), name, item)
        for top, item in plain
        for path, name in _files(top, item)
    ]
    places.sort(key=lambda place: -len(place[0]))
    rest = (str(folder), f"{len(inputs)} inputs", Input(folder, "inputs"))
    return Gathered(folder, (*places, rest))


def _unpacked(item: Input, folder: Path, keep_packed: bool) -> tuple[Path, Input]:
    if not is_packed(item.path) or item.path.is_dir():
        return item.path, item
    if keep_packed and item.path.suffix.lower() == ".gz":
        return item.path, item
    folder.mkdir()
    try:
        return unpack(item.path, folder), item
    except InputError as error:
        raise InputError(str(error).replace(str(item.path), item.name)) from error


def _files(top: Path, item: Input) -> list[tuple[Path, str]]:
    """Return the files of an input with their names; of a folder those directly in it."""
    if not top.is_dir():
        return [(top, item.name)]
    found = sorted(path for path in top.iterdir() if path.is_file())
    return [(path, f"{item.name}/{path.name}") for path in found if path.name[0] != "."]


def _linked(path: Path, folder: Path) -> Path:
    first, dot, rest = path.name.partition(".")
    target, number = folder / path.name, 1
    while target.is_symlink():
        number += 1
        target = folder / f"{first}.{number}{dot}{rest}"
    target.symlink_to(path)
    return target
