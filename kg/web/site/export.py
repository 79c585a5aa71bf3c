"""Writing the pages: those that links lead to from the home pages, and those of all things.

1. From the home pages on, link by link, but not into things: questions, analyses, the ontology.
   What a link on them leads to is known in the end only, so they are put aside.
2. The things: a list that the dump gives. Their links are turned at once, as all that they lead to
   is known by now; a page that leads to something else is put aside, and that is written too.
3. The pages that were put aside get their links; the pages of the site itself are added.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from flask import Flask

from kg.errors import SettingsError
from kg.web.language import LANGUAGES
from kg.web.site.checking import broken_links
from kg.web.site.crew import Crew, Task, crew, processors
from kg.web.site.journal import Journal
from kg.web.site.order import Order, Thing, ordered, things_of
from kg.web.site.own import OwnPages
from kg.web.site.searching import OWN_FILES
from kg.web.site.writing import SiteError, Written

__all__ = ["MARK", "Exported", "Progress", "export_site", "replace"]

_T = TypeVar("_T")

Progress = Callable[[int, int], None]
"""Told how many addresses are done, of how many as far as is known."""

MARK = ".rihla-site.json"
_AT_ONCE = 40  # addresses of a task; of the first pages, some of which take long, fewer
_AT_FIRST = 8
_MOVES = 5  # from one address to another


@dataclass
class Exported:
    """What was written: number of pages and of data files, bytes, and what takes a server."""

    folder: Path
    release: str
    pages: int = 0
    files: int = 0
    bytes: int = 0
    asking: set[str] = field(default_factory=set)
    kept: int = 0


@dataclass
class _Site:
    """An export under way."""

    order: Order
    things: Sequence[Thing]
    folder: Path
    journal: Journal
    crew: Crew
    progress: Progress
    total: int = 0

    @property
    def done(self) -> dict[str, Written]:
        return self.journal.done

    def write(self, groups: Iterable[Sequence[str]], known: Path | None = None) -> list[Written]:
        """Write addresses; those of a group stay together. Returns what became of them."""
        groups = list(groups)
        found = [self.done[a] for group in groups for a in group if a in self.done]
        left = [[a for a in group if a not in self.done] for group in groups]
        most = max(map(len, left), default=1) or 1
        size = _AT_FIRST if most == 1 else max(1, _AT_ONCE // most)
        tasks = [
            Task(tuple(a for group in part for a in group), known=known)
            for part in _batched([group for group in left if group], size)
        ]
        for written in self.crew(tasks):
            self.journal.note(written)
            found += written
            self.progress(len(self.done), self.total)
        return found

    def follow(self, begin: Iterable[str], known: Path | None = None) -> dict[str, Written]:
        """Write addresses and whatever their pages lead to."""
        waiting, met = list(begin), dict[str, Written]()
        while waiting:
            self.total = max(self.total, len(self.done) + len(waiting))
            written = self.write([[address] for address in waiting], known)
            met |= {entry.address: entry for entry in written}
            leads = {found for entry in written for found in entry.found}
            waiting = sorted(leads - met.keys())
        return met


def export_site(
    app: Flask,
    folder: Path,
    base_url: str | None = None,
    languages: Iterable[str] = tuple(LANGUAGES),
    without: Iterable[str] = (),
    progress: Progress = lambda _done, _total: None,
    *,
    only: Iterable[str] = (),
    processes: int | None = None,
    fresh: bool = False,
    check: bool = False,
) -> Exported:
    """Write the pages of the release that an application serves into a folder.

    Parameters
    ----------
    app:
        The application over the release.
    folder:
        Where to write. What an earlier export wrote there is replaced in one step at the end.
    base_url:
        Where the site will be: for the map of the site, and for addresses in texts.
    languages:
        Codes of :data:`kg.web.language.LANGUAGES`.
    without, only:
        Kinds whose things get no page, such as ``participation``, or which alone get one: links on
        others lead to the page that says what takes a server.
    progress:
        Told how many addresses are done, of how many.
    processes:
        How many write at the same time; None means one for each processor.
    fresh:
        Write every page, also where an export of the same pages was stopped.
    check:
        Follow every link of every page in the end.

    Raises
    ------
    SettingsError
        The folder holds something else, or a language, a kind or the address is none.
    SiteError
        A page could not be made, or a link leads nowhere. What was written stays beside the
        folder, and the next export of the same pages goes on from there.
    """
    order = ordered(app, base_url, languages, without, only)
    _refuse_foreign(folder)
    new = folder.with_name(f".{folder.name}.new")
    release = app.extensions["rihla"].release
    things = tuple(things_of(app, order))
    journal = Journal(new, order, release.content, fresh)
    done = Exported(new, order.release, kept=len(journal.done))
    count = processes or processors()
    try:
        with crew(app, order, new, journal.aside, things, count) as hands:
            site = _Site(order, things, new, journal, hands, progress)
            files = _written(site)
        _finish(app, site, files, done)
    finally:
        journal.close()
    journal.throw_away()
    if check:
        _check(new)
    replace(folder, new)
    done.folder = folder
    return done


def _written(site: _Site) -> dict[str, str]:
    """Write all that the application answers; returns address → file, or nothing."""
    order = site.order
    core = site.follow([*order.homes, *OWN_FILES])
    known = _handed(site, "core", _files(core), is_whole=False)
    groups = [order.addresses_of(thing) for thing in site.things]
    site.total = len(site.done.keys() | {a for group in groups for a in group})
    leads = {a for entry in site.write(groups, known) for a in entry.found}
    site.follow(sorted(leads - site.done.keys()), known)
    files = _files(site.done)
    whole = _handed(site, "whole", files, is_whole=True)
    pages = sorted((entry.address, entry.file) for entry in site.done.values() if entry.is_open)
    site.total = len(site.done) + len(pages)
    for count, turned in enumerate(site.crew(_turning(pages, whole)), 1):
        site.progress(min(len(site.done) + count * _AT_ONCE, site.total), site.total)
        assert all(entry.file for entry in turned)
    return files


def _batched(values: Sequence[_T], size: int) -> Iterator[tuple[_T, ...]]:
    return (tuple(values[start : start + size]) for start in range(0, len(values), size))


def _turning(pages: Sequence[tuple[str, str]], known: Path) -> Iterator[Task]:
    return (Task(pages=part, known=known) for part in _batched(pages, _AT_ONCE))


def _files(done: dict[str, Written]) -> dict[str, str]:
    """Return address → its file, or that of the address it moved to; nothing where it has none."""
    return {address: _file(done, address) for address in done}


def _file(done: dict[str, Written], address: str) -> str:
    for _ in range(_MOVES):
        entry = done.get(address)
        if entry is None or not entry.moved:
            return entry.file if entry else ""
        address = entry.moved
    return ""


def _handed(site: _Site, name: str, files: dict[str, str], *, is_whole: bool) -> Path:
    """Write down address → file for those who turn links."""
    path = site.journal.work / f"{name}.json"
    path.write_text(json.dumps([is_whole, files]), encoding="utf-8")
    return path


def _finish(app: Flask, site: _Site, files: dict[str, str], done: Exported) -> None:
    """Add the pages of the site itself, and count."""
    missing = [a for thing in site.things for a in site.order.addresses_of(thing) if not files[a]]
    if missing:
        raise SiteError(
            f"{len(missing)} pages of things were not answered, of them {missing[0]}: the release "
            "and its dump do not agree. Build again with 'kg build'."
        )
    own = OwnPages(app, site.order, site.folder, files)
    own.write([entry.file for entry in site.done.values() if entry.is_page])
    pages = sum(entry.is_page for entry in site.done.values())
    done.pages = pages + own.pages
    done.files = sum(bool(entry.file) for entry in site.done.values()) - pages + own.files
    done.asking = {address for address, file in files.items() if not file}
    done.bytes = sum(path.stat().st_size for path in _shipped(site.folder))
    about = {"release": site.order.release, "languages": site.order.languages, "pages": done.pages}
    (site.folder / MARK).write_text(json.dumps(about), encoding="utf-8")


def _shipped(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if not path.name.startswith("."):
            yield from ([path] if path.is_file() else (p for p in path.rglob("*") if p.is_file()))


def _check(folder: Path) -> None:
    broken = broken_links(folder)
    if broken:
        raise SiteError(
            f"{len(broken)} links lead nowhere. The first: {broken[0]}. What was written stays in "
            f"{folder}."
        )


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file. Give a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise SettingsError(
            f"{folder} holds something that is no export. Give an empty or a new folder."
        )


def replace(folder: Path, new: Path) -> None:
    """Put a new folder in the place of an old one: two renames."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
