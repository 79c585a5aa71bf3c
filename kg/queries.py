"""Named queries: one question a file, with a typed header; parameters bound, never glued in.

A query file begins with lines ``#+ `` that hold YAML: title, question, parameters, and so on.
Each parameter has a line ``VALUES ?name { <example> }  # parameter`` in the query; binding
replaces what stands in its braces by serialised terms. So the file runs as it stands in any
SPARQL tool. docs/queries.md describes the header.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from kg.errors import Candidate, NotFoundError, QueryError
from kg.files import parse_yaml, read_utf8, shipped_folder
from kg.language import tell
from kg.store.base import Store
from kg.terms import PREFIXES

__all__ = [
    "INTERNAL_GROUPS",
    "TYPES",
    "NamedQuery",
    "Parameter",
    "bind",
    "catalogue",
    "entity_iri",
    "entity_resolver",
    "get_query",
    "origin",
    "parse_query",
    "the_one",
    "usual_value",
]

INTERNAL_GROUPS = frozenset({"columns", "endpoint", "lookup", "pages"})
"""Groups that serve the software; the catalogue shows people the others."""

_PARAMETER_LINE = r"(?m)^(\s*VALUES\s+\?{name}\s*\{{)([^}}\n]*)(\}}\s*#\s*parameter\b.*)$"
_DECLARED = re.compile(r"(?m)^\s*VALUES\s+\?(\w+)\s*\{[^}\n]*\}\s*#\s*parameter\b")
_DECLARED_LINE = re.compile(r"(?m)^\s*VALUES\s+\?\w+\s*\{[^}\n]*\}\s*#\s*parameter\b.*$")
_CURIE = re.compile(r"^([a-z][a-z0-9]*):([A-Za-z0-9._~-]+)$")
_IRI = re.compile(r"^https?://[^\s<>\"{}|\\^`]+$")

Resolver = Callable[[str, str | None], str]
"""Turns a text and a class IRI (or None) into the IRI of the thing that is meant."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query.

    ``default`` is the value used when none is given; ``any`` means no restriction. Without a
    default the parameter is required. ``target`` is the IRI of the class of the things meant,
    ``values`` the texts that are accepted where not every one is.
    """

    name: str
    type: str
    example: str
    target: str | None = None
    default: str | None = None
    values: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is None


@dataclass(frozen=True)
class NamedQuery:
    """A query file. Texts are by language: ``en``, ``ar``, ``fr``."""

    id: str
    title: Mapping[str, str]
    question: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    text: str
    view: str = "table"
    competency: int | None = None
    note: Mapping[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The folder that the query stands in."""
        return self.id.partition("/")[0]


def catalogue(folder: Path | None = None) -> Mapping[str, NamedQuery]:
    """Return all query files by id, such as ``people/learned-method``.

    Raises
    ------
    QueryError
        A file's header is malformed; the message names the file.
    """
    return _catalogue(folder or shipped_folder("queries"))


@lru_cache(maxsize=4)
def _catalogue(root: Path) -> Mapping[str, NamedQuery]:
    found = (parse_query(path, root) for path in sorted(root.glob("*/*.rq")))
    return {query.id: query for query in found}


def get_query(query_id: str, folder: Path | None = None) -> NamedQuery:
    """Return one named query.

    Raises
    ------
    NotFoundError
        There is none of this id; the message lists close ones.
    """
    known = catalogue(folder)
    if query_id in known:
        return known[query_id]
    close = difflib.get_close_matches(query_id, known, n=3, cutoff=0.4)
    hint = tell(" Close: %(close)s.", close=", ".join(close)) if close else ""
    raise NotFoundError(
        tell(
            "There is no query %(query_id)s.%(hint)s 'kg query' lists all.",
            query_id=repr(query_id),
            hint=hint,
        )
    )


def origin(sparql: str) -> str:
    """Return the text of the named query that a query is, whatever its parameters; else none.

    Comments and the lines of parameters do not count.
    """
    return _origins().get(_essence(sparql), "")


@lru_cache(maxsize=1)
def _origins() -> Mapping[str, str]:
    return {_essence(query.text): query.text for query in catalogue().values()}


def _essence(sparql: str) -> str:
    lines = _DECLARED_LINE.sub("", sparql).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip() and line[0] != "#")


def parse_query(path: Path, root: Path) -> NamedQuery:
    """Read one query file."""
    text = read_utf8(path)
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    query_id = path.relative_to(root).with_suffix("").as_posix()
    try:
        header = parse_yaml("\n".join(lines)) or {}
        parameters = {
            name: _parameter(name, entry)
            for name, entry in (header.get("parameters") or {}).items()
        }
        query = NamedQuery(
            id=query_id,
            title=dict(header["title"]),
            question=dict(header["question"]),
            parameters=parameters,
            text=text,
            view=header.get("view", "table"),
            competency=header.get("competency"),
            note=header.get("note") or {},
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise QueryError(
            f"{path}: the header cannot be read ({error}). Accepted: lines '#+ key: value' in "
            "YAML with at least title and question, each in en, ar and fr."
        ) from error
    _check_declared(query, path)
    return query


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    if entry["type"] not in TYPES:
        raise ValueError(f"parameter {name} has the type {entry['type']!r}, not {sorted(TYPES)}")
    default = entry.get("default")
    return Parameter(
        name=name,
        type=entry["type"],
        example=str(entry["example"]),
        target=_expanded(entry["class"]) if "class" in entry else None,
        default=None if default is None else str(default),
        values=tuple(str(value) for value in entry.get("values", ())),
        labels=entry.get("label") or {},
    )


def _check_declared(query: NamedQuery, path: Path) -> None:
    declared = set(_DECLARED.findall(query.text))
    if declared != set(query.parameters):
        raise QueryError(
            f"{path}: the header names the parameters {sorted(query.parameters)}, the lines "
            f"'VALUES ?name {{ … }}  # parameter' name {sorted(declared)}. Make them agree."
        )


def bind(
    query: NamedQuery,
    values: Mapping[str, object],
    resolve: Resolver | None = None,
    prefixes: Mapping[str, str] = PREFIXES,
    usual: Mapping[str, str] | None = None,
) -> str:
    """Return the query's text with its parameters bound.

    Parameters
    ----------
    query:
        A named query.
    values:
        A value, or a list of values of which any may hold, for each parameter. IRIs may be
        given whole, as CURIE (``country:ZA``), or as a key or label that ``resolve`` knows.
    resolve:
        Finds the thing that a key or a label means.
    prefixes:
        What the prefix of a CURIE stands for.
    usual:
        Class IRI → what a parameter for its things means where nothing is given, in the place of
        what the query's own header says; see :func:`usual_value`.

    Raises
    ------
    QueryError
        A parameter is unknown, missing or badly formed; the message says what is accepted.
    """
    unknown = sorted(set(values) - set(query.parameters))
    if unknown:
        accepted = ", ".join(query.parameters) or "none"
        raise QueryError(
            tell(
                "%(name)s has no parameter %(key)s.%(hint)s Accepted: %(accepted)s.",
                name=query.id,
                key=", ".join(unknown),
                hint="",
                accepted=accepted,
            )
        )
    text = query.text
    for parameter in query.parameters.values():
        parameter = replace(parameter, default=usual_value(parameter, usual or {}))
        given = _given(query, parameter, values.get(parameter.name))
        terms = None if given is None else [_term(parameter, v, resolve, prefixes) for v in given]
        text = _with_values(text, parameter.name, terms)
    return text


def usual_value(parameter: Parameter, usual: Mapping[str, str]) -> str | None:
    """Return what a parameter means where nothing is given.

    ``usual`` (class IRI → value) says it of parameters that have a thing as their default;
    ``any`` and parameters that must be given stay as they are.
    """
    if parameter.default in (None, "any"):
        return parameter.default
    return usual.get(parameter.target or "", parameter.default)


def _given(query: NamedQuery, parameter: Parameter, value: object) -> list[object] | None:
    """Return the values of a parameter, or None where nothing restricts it."""
    if value is None or value == "" or value == []:
        value = parameter.default
    if value is None:
        raise QueryError(
            tell(
                "%(query)s needs a value for %(name)s (%(type)s), such as %(example)s.",
                query=query.id,
                name=parameter.name,
                type=parameter.type,
                example=parameter.example,
            )
        )
    values = list(value) if isinstance(value, list | tuple | set) else [value]
    return None if "any" in values else values


def _with_values(text: str, name: str, terms: Iterable[str] | None) -> str:
    pattern = re.compile(_PARAMETER_LINE.format(name=name))
    if terms is None:
        return pattern.sub("", text)
    joined = " ".join(terms)
    return pattern.sub(lambda m: f"{m[1]} {joined} {m[3]}", text)


def entity_iri(
    text: str,
    target: str | None,
    resolve: Resolver | None,
    prefixes: Mapping[str, str] = PREFIXES,
) -> str | None:
    """Return the IRI that a text means: an IRI, a CURIE, or what ``resolve`` finds.

    None where it is neither of the first two and there is no ``resolve``.
    """
    text = text.strip()
    if _IRI.match(text):
        return text
    curie = _CURIE.match(text)
    if curie and curie[1] in prefixes:
        return prefixes[curie[1]] + curie[2]
    return resolve(text, target) if resolve else None


def _string(parameter: Parameter, value: object) -> str:
    text = str(value)
    if parameter.values and text not in parameter.values:
        raise _refusal(parameter, value, f"one of {', '.join(parameter.values)}")
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise _refusal(parameter, value, "text without NUL characters or surrogates")
    for raw, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(raw, written)
    return f'"{text}"'


def _integer(parameter: Parameter, value: object) -> str:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", str(value).strip()):
        raise _refusal(parameter, value, "a whole number")
    return str(int(str(value)))


def _year(parameter: Parameter, value: object) -> str:
    if not re.fullmatch(r"[12][0-9]{3}", str(value).strip()):
        raise _refusal(parameter, value, "a year of four digits")
    return str(value).strip()


def _decimal(parameter: Parameter, value: object) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", text):
        raise _refusal(parameter, value, "a number with a decimal point")
    return text if "." in text else f"{text}.0"


def _date(parameter: Parameter, value: object) -> str:
    try:
        day = dt.date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise _refusal(parameter, value, "a date written YYYY-MM-DD") from error
    return f'"{day.isoformat()}"^^<http://www.w3.org/2001/XMLSchema#date>'


_LITERALS: dict[str, Callable[[Parameter, object], str]] = {
    "date": _date,
    "decimal": _decimal,
    "integer": _integer,
    "string": _string,
    "year": _year,
}
"""Literal types: name → how a value becomes a SPARQL term."""

TYPES = ("iri", *_LITERALS)
"""The types that a parameter may have."""


def _term(
    parameter: Parameter,
    value: object,
    resolve: Resolver | None,
    prefixes: Mapping[str, str],
) -> str:
    if parameter.type != "iri":
        return _LITERALS[parameter.type](parameter, value)
    try:
        iri = entity_iri(str(value), parameter.target, resolve, prefixes)
    except QueryError as error:
        message = tell("%(name)s: %(error)s", name=parameter.name, error=error.told)
        raise QueryError(message, candidates=error.candidates) from error
    if iri is None:
        raise _refusal(parameter, value, "an IRI, or a CURIE such as country:ZA")
    return f"<{iri}>"


def _refusal(parameter: Parameter, value: object, accepted: str) -> QueryError:
    return QueryError(
        tell(
            "%(key)s: found %(value)s. Accepted: %(accepted)s, such as %(example)s.",
            key=parameter.name,
            value=repr(str(value)[:80]),
            accepted=accepted,
            example=parameter.example,
        )
    )


def entity_resolver(store: Store) -> Resolver:
    """Return a resolver that looks keys and labels up in a store.

    It raises QueryError for a text that means nothing, or more than one thing.
    """
    lookup = get_query("lookup/entity")

    def resolve(text: str, target: str | None) -> str:
        given: dict[str, object] = {"text": text, "class": target}
        found = store.table(bind(lookup, given))
        things = {
            str(iri): Candidate(str(label), str(kind), str(iri))
            for iri, label, kind in zip(
                found.column("entity"), found.column("label"), found.column("class"), strict=True
            )
        }
        return the_one(list(things.values()), text, target)

    return resolve


def the_one(found: Sequence[Candidate], text: str, target: str | None) -> str:
    """Return the IRI of the only thing that a text may mean.

    Raises
    ------
    QueryError
        It means nothing, or more than one thing.
    """
    if len(found) == 1:
        return found[0].iri
    kind = (target or "thing").rpartition("#")[2]
    if not found:
        raise QueryError(
            tell(
                "There is no %(kind)s %(text)s. Accepted: its key, code, name in any language, or "
                "IRI.",
                kind=kind,
                text=repr(text),
            )
        )
    several = ", ".join(f"{label} <{iri}>" for label, _, iri in found[:5])
    message = tell(
        "%(text)s means more than one %(kind)s: %(several)s. Give its IRI.",
        text=repr(text),
        kind=kind,
        several=several,
    )
    raise QueryError(message, candidates=found)


def _expanded(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else curie
