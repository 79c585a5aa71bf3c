"""What an export has written so far, so that one that was stopped goes on from there."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path

import kg
from kg.web.site.order import Order
from kg.web.site.writing import Written

__all__ = ["Journal"]

_PLACE = ".work"
_CODE = ("*.py", "*.html", "*.po", "*.rq", "*.css", "*.js")


class Journal:
    """The list of what was written, in a folder of the export that goes when it is done.

    Parameters
    ----------
    folder:
        Where the export is written. What an export of other pages, or of other code, left there is
        thrown away.
    order:
        What is written.
    dump:
        What tells the content of the release.
    fresh:
        Begin anew in any case.
    """

    def __init__(self, folder: Path, order: Order, dump: str, fresh: bool = False) -> None:
        self.work = folder / _PLACE
        self._file = self.work / "written.jsonl"
        self._mark = _mark(order, dump)
        self.done: dict[str, Written] = {} if fresh else self._read()
        if not self.done:
            shutil.rmtree(folder, ignore_errors=True)
            self.aside.mkdir(parents=True)
        self._lines: TextIOWrapper = self._file.open("w", encoding="utf-8")
        self._lines.write(json.dumps(self._mark) + "\n")
        self.note(list(self.done.values()))

    @property
    def aside(self) -> Path:
        """Where pages wait whose links are open."""
        return self.work / "aside"

    def note(self, written: Iterable[Written]) -> None:
        """Keep what was written."""
        for entry in written:
            self.done[entry.address] = entry
            self._lines.write(json.dumps(entry._asdict(), ensure_ascii=False) + "\n")
        self._lines.flush()

    def close(self) -> None:
        """Close the list; what it holds stays for the next time."""
        self._lines.close()

    def throw_away(self) -> None:
        """Take it out of an export that is done."""
        self.close()
        shutil.rmtree(self.work)

    def _read(self) -> dict[str, Written]:
        """Return what an export of the same pages has written; nothing where there is none."""
        done = {}
        try:
            with self._file.open(encoding="utf-8") as lines:
                if json.loads(next(lines)) != self._mark:
                    return {}
                for line in lines:
                    entry = Written(**json.loads(line))
                    done[entry.address] = entry
        except (OSError, StopIteration):
            return {}
        except (ValueError, TypeError):
            return done  # the last line was cut off
        return done


def _mark(order: Order, dump: str) -> dict[str, object]:
    """Return what tells these pages from others: what is written, of what, by which code."""
    digest = hashlib.sha256(dump.encode())
    for pattern in _CODE:
        for path in sorted(Path(kg.__file__).parent.rglob(pattern)):
            digest.update(path.read_bytes())
    return {**json.loads(json.dumps(asdict(order))), "of": digest.hexdigest()}
