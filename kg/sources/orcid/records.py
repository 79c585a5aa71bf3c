"""ORCID records from files: JSON or XML brought to one form, and what is public in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from kg.errors import InputError
from kg.files import read_utf8
from kg.sources.collected import clean_text, web_address
from kg.sources.xml_files import read_xml

__all__ = ["Activity", "Organisation", "Record", "orcid_records"]

_SUFFIXES = (".json", ".jsonl", ".xml")
_ORCID = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]")
_Node = Mapping[str, Any]


@dataclass(frozen=True)
class Organisation:
    """An organisation as a record names it; ``scheme`` says whose ``identifier`` it has."""

    name: str
    city: str | None
    country: str | None
    scheme: str | None
    identifier: str | None


@dataclass(frozen=True)
class Activity:
    """One entry of a section, such as an employment; ``kind`` is ORCID's word for it.

    ``start`` and ``end`` are (year, month, day) as far as they are given. ``awards`` are the
    numbers of a funding.
    """

    kind: str
    key: str
    visibility: str
    title: str | None
    department: str | None
    type: str | None
    start: tuple[str, ...]
    end: tuple[str, ...]
    organisation: Organisation | None
    url: str | None
    awards: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One person's record; ``file`` and ``line`` say where it stands. ``name`` may be hidden."""

    file: str
    line: int
    orcid: str
    name: str | None
    name_visibility: str
    deactivated: bool
    url: str | None
    activities: tuple[Activity, ...]


def orcid_records(path: Path) -> Iterator[Record]:
    """Yield the records of a file or of all files of a folder.

    Raises
    ------
    InputError
        A file is no record, in JSON or XML; the message names file and line.
    """
    if not path.is_dir():
        yield from _of_file(path)
        return
    files = sorted(p for p in path.rglob("*") if p.suffix in _SUFFIXES and p.is_file())
    if not files:
        raise InputError(f"{path}: there is no file that ends in {', '.join(_SUFFIXES)}.")
    for file in files:
        yield from _of_file(file)


def _of_file(path: Path) -> Iterator[Record]:
    for line, node in _nodes(path):
        try:
            yield _record(node, str(path), line)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise _unreadable(path, line, f"{type(error).__name__}: {error}") from error


def _unreadable(path: Path, line: int, reason: str) -> InputError:
    return InputError(
        f"{path}, line {line}: is no ORCID record ({reason}). Accepted: records of version 3.0 "
        "as ORCID's public API and data file have them, in JSON (one, or one a line) or XML."
    )


def _nodes(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the line at which a record begins, and the record as nested dictionaries."""
    try:
        if path.suffix == ".xml":
            yield 1, _from_xml(ET.fromstring(read_xml(path)))  # noqa: S314 (no document type)
            return
        text = read_utf8(path)
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            for number, line in enumerate(text.split("\n"), start=1):
                if line.strip():
                    yield number, _parsed(line, path, number)
            return
        for item in found if isinstance(found, list) else [found]:
            yield 1, item
    except ET.ParseError as error:
        raise _unreadable(path, error.position[0], str(error)) from error
    except json.JSONDecodeError as error:
        raise _unreadable(path, error.lineno, error.msg) from error
    except RecursionError as error:
        raise _unreadable(path, 1, "it is nested too deeply") from error


def _parsed(line: str, path: Path, number: int) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise _unreadable(path, number, error.msg) from error


def _from_xml(element: ET.Element) -> Any:
    """Return an element as JSON has it: names without namespace, attributes as entries."""
    if not len(element):
        text = (element.text or "").strip()
        return {**element.attrib, "value": text} if element.attrib else text
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        name = child.tag.rpartition("}")[2]
        value = _from_xml(child)
        if name in found:
            known = found[name]
            found[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            found[name] = value
    return found


def _text(node: Any) -> str | None:
    """Return a text that stands bare or as a value, on one line."""
    value = node.get("value") if isinstance(node, Mapping) else node
    return clean_text(str(value)) if value not in (None, "") else None


def _list(node: Any) -> list[Any]:
    return [] if node in (None, "") else node if isinstance(node, list) else [node]


def _record(node: _Node, file: str, line: int) -> Record:
    orcid = _text(node["orcid-identifier"]["path"]) or ""
    if not _ORCID.fullmatch(orcid):
        raise ValueError(f"{orcid!r} is no ORCID iD")
    person = node.get("person") or {}
    name = person.get("name") or {}
    history = node.get("history") or {}
    return Record(
        file=file,
        line=line,
        orcid=orcid,
        name=_name(name) if name else None,
        name_visibility=_visibility(name) if name else "missing",
        deactivated=bool(_text(history.get("deactivation-date"))),
        url=_page(person),
        activities=tuple(_activities(node.get("activities-summary") or {})),
    )


def _name(name: _Node) -> str | None:
    parts = [_text(name.get("given-names")), _text(name.get("family-name"))]
    return _text(name.get("credit-name")) or " ".join(p for p in parts if p) or None


def _visibility(node: _Node) -> str:
    return str(node.get("visibility") or "missing").lower()


def _page(person: _Node) -> str | None:
    """Return the first public page of a person."""
    section = person.get("researcher-urls") or {}
    pages = _list(section.get("researcher-url")) if isinstance(section, Mapping) else []
    public = (p for p in pages if _visibility(p) == "public")
    return next((web_address(_text(p.get("url"))) for p in public), None)


def _activities(sections: _Node) -> Iterator[Activity]:
    """Yield one activity of each group: the same thing said by several sources is one."""
    for section in sections.values():
        if isinstance(section, Mapping):
            groups = [*_list(section.get("affiliation-group")), *_list(section.get("group"))]
            for group in groups:
                found = list(_summaries(group))
                public = [a for a in found if a.visibility == "public"]
                yield from (public or found)[:1]


def _summaries(group: _Node) -> Iterator[Activity]:
    for holder in [*_list(group.get("summaries")), group]:
        for name, nodes in holder.items():
            if name.endswith("-summary"):
                yield from (_activity(name.removesuffix("-summary"), n) for n in _list(nodes))


def _activity(kind: str, node: _Node) -> Activity:
    title = node.get("title") if kind == "funding" else node.get("role-title")
    organisation = node.get("organization")
    return Activity(
        kind=kind,
        key=str(node.get("put-code", "")),
        visibility=_visibility(node),
        title=_text(title.get("title") or title) if isinstance(title, Mapping) else _text(title),
        department=_text(node.get("department-name")),
        type=_text(node.get("type")),
        start=_date(node.get("start-date")),
        end=_date(node.get("end-date")),
        organisation=_organisation(organisation) if organisation else None,
        url=web_address(_text(node.get("url"))),
        awards=tuple(_awards(node.get("external-ids") or {})),
    )


def _date(node: _Node | str | None) -> tuple[str, ...]:
    if not isinstance(node, Mapping):
        return ()
    parts = [_text(node.get(name)) for name in ("year", "month", "day")]
    known = parts[: parts.index(None)] if None in parts else parts
    return tuple(str(part) for part in known)


def _organisation(node: _Node) -> Organisation | None:
    name = _text(node.get("name"))
    if not name:
        return None
    address = node.get("address") or {}
    given = node.get("disambiguated-organization") or {}
    return Organisation(
        name=name,
        city=_text(address.get("city")),
        country=_text(address.get("country")),
        scheme=(_text(given.get("disambiguation-source")) or "").upper() or None,
        identifier=_text(given.get("disambiguated-organization-identifier")),
    )


def _awards(node: _Node) -> Iterator[str]:
    for item in _list(node.get("external-id")):
        value = _text(item.get("external-id-value"))
        if value and "grant" in (_text(item.get("external-id-type")) or ""):
            yield value
