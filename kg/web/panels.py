"""A panel: a question in words, its answer, where it can be had, and how to cite it.

Panels are the units of pages. A panel asks nothing of its own: it names an analysis, a named query
or a table of a network, with the parameters that it gives to it, and templates/panel.html shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from markupsafe import Markup

from kg.errors import KgError, LimitError
from kg.results import ResultTable
from kg.web.analyse import answered
from kg.web.bindings import Rows, Term, names_of, rows_from_table
from kg.web.chosen import chosen_bloc
from kg.web.copying import copying
from kg.web.language import gettext
from kg.web.network_api import centrality
from kg.web.profiles.drawing import DRAWINGS
from kg.web.render import named, native, short_name
from kg.web.service import service

__all__ = ["ALSO", "BLOC", "SUBJECT", "Panel", "PanelAnswer", "answer_panel", "reference"]

SUBJECT, ALSO, BLOC = "$subject", "$also", "$bloc"
"""What stands for the thing of a page, the second one of a pair, and whence the page is seen."""

_TURNED = {"given": "taught", "received": "learned"}
"""What an exchange looks like from the thing in the middle: what it gave, it taught."""

_XSD = "http://www.w3.org/2001/XMLSchema#decimal"
_WORDS = ("aspect", "of", "cadence", "capacity", "kind", "timing", "partner_of")
_NAMED = re.compile(r"[a-z][a-z0-9]*:[A-Za-z0-9._~-]+")


@dataclass(frozen=True)
class Panel:
    """What a panel asks, of whom, and how the answer is shown.

    Attributes
    ----------
    key:
        Its name in the address of the page.
    question, empty:
        Texts in English, as in the catalogues: what is asked, and why there may be no answer.
    door:
        ``analyse``, ``queries`` or ``network``.
    call:
        Name of the analysis, id of the query, or ``projection/table``.
    given:
        Its parameters; :data:`SUBJECT`, :data:`ALSO` and :data:`BLOC` stand for things.
    columns:
        The columns that the table shows; all where empty.
    drawing:
        A name of :data:`kg.web.profiles.drawing.DRAWINGS`.
    shown:
        Rows on the page; the downloads hold all.
    needs:
        A column that must be more than 0 for a row to be shown.
    only:
        A column whose value must be one of the two things.
    lazy:
        It takes long, and is asked when it is opened.
    """

    key: str
    question: str
    call: str
    given: Mapping[str, str]
    empty: str
    columns: tuple[str, ...] = ()
    door: str = "analyse"
    drawing: str = ""
    shown: int = 8
    needs: str = ""
    only: str = ""
    lazy: bool = False


@dataclass(frozen=True)
class PanelAnswer:
    """A panel and what the release answers, for templates/panel.html.

    ``rows`` are those that the page shows, of ``total``.
    """

    panel: Panel
    question: str
    rows: Rows = field(default_factory=lambda: Rows((), []))
    total: int = 0
    drawing: Markup | None = None
    reason: str = ""
    error: KgError | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    python: str = ""


def answer_panel(panel: Panel, subject: str, also: str = "") -> PanelAnswer:
    """Answer a panel about a thing (an IRI), or about two; an error is part of the answer."""
    things = {SUBJECT: reference(subject), ALSO: reference(also), BLOC: chosen_bloc().value}
    given = {name: things.get(value, value) for name, value in panel.given.items()}
    question = gettext(panel.question, bloc=chosen_bloc().label)
    links = _links(panel, given)
    try:
        rows, total, drawing = _DOORS[panel.door](panel, given, (subject, also))
    except KgError as error:
        if copying() and isinstance(error, LimitError):
            raise  # it would stay so for ever
        return PanelAnswer(panel, question, error=error, **links)
    return PanelAnswer(panel, question, rows, total, drawing, gettext(panel.empty), **links)


def reference(iri: str) -> str:
    """Return how a thing is best named in a call: as CURIE where that is possible."""
    short = short_name(iri)
    return short if _NAMED.fullmatch(short) else iri


def _links(panel: Panel, given: Mapping[str, Any]) -> dict[str, Any]:
    query = f"?{urlencode(given)}" if given else ""
    values = "".join(f", {name}={value!r}" for name, value in given.items())
    if panel.door == "analyse":
        return {
            "addresses": {
                suffix: url_for("analyse.answer", name=panel.call, suffix=suffix) + query
                for suffix in ("csv", "json")
            },
            "page": url_for("analysis_pages.analysis", name=panel.call, **given),
            "python": f"kg.open().analyse({panel.call!r}{values})",
        }
    group, _, name = panel.call.partition("/")
    if panel.door == "network":
        address = {"projection": group, "measure": name, **given}
        return {
            "addresses": {
                suffix: url_for("api.network_measure", suffix=suffix, **address)
                for suffix in ("csv", "json")
            },
            "page": url_for("pages.network", projection=group, measure="degree"),
            "python": f"kg.open().network({group!r})",
        }
    return {
        "addresses": {
            suffix: url_for("api.query_answer", group=group, name=name, suffix=suffix, **given)
            for suffix in ("csv", "json", "rq")
        },
        "page": url_for("pages.query", group=group, name=name, **given),
        "python": f"kg.open().query({panel.call!r}{values})",
    }


Answered = tuple[Rows, int, Markup | None]


def _analysis(panel: Panel, given: Mapping[str, str], things: tuple[str, str]) -> Answered:
    asked = {name: [value] for name, value in given.items()}
    if not panel.needs and not panel.only:
        asked["top"] = [str(panel.shown)]  # what nobody sees need not be made
    result = answered(panel.call, asked)
    table, total = _kept(result, panel, things)
    draw = DRAWINGS.get(panel.drawing)
    drawn = draw(_native(table), gettext(panel.question)) if draw and len(table) > 1 else None
    return _shown(rows_from_table(table, names_of(table.columns)), panel, given), total, drawn


def _native(table: ResultTable) -> list[dict[str, Any]]:
    """Return the records with names in the language of the page."""
    found = table.to_records()
    for record in found:
        for column in [c for c in record if f"{c}_label" in record]:
            record[f"{column}_label"] = native(str(record[column])) or record[f"{column}_label"]
    return found


def _kept(table: ResultTable, panel: Panel, things: tuple[str, str]) -> tuple[ResultTable, int]:
    """Return the rows that the page shows, and how many there are in all."""
    kept = list(table.rows)
    if panel.needs:
        place = table.columns.index(panel.needs)
        kept = [row for row in kept if (row[place] or 0) > 0]  # type: ignore[operator]
    if panel.only:
        place = table.columns.index(panel.only)
        kept = [row for row in kept if row[place] in things]
    left_out = table.meta.get("left_out", 0)
    total = len(kept) + (left_out if isinstance(left_out, int) else 0)
    return ResultTable(table.columns, kept[: panel.shown], table.meta), total


def _query(panel: Panel, given: Mapping[str, str], things: tuple[str, str]) -> Answered:
    del things
    found = service().rows(panel.call, **given)
    return _shown(Rows(found.columns, found.rows[: panel.shown]), panel, given), len(found), None


def _network(panel: Panel, given: Mapping[str, str], things: tuple[str, str]) -> Answered:
    projection, _, table = panel.call.partition("/")
    asked = {name: [value] for name, value in given.items()}
    key = (panel.call, *sorted(given.items()))
    found = service().kept.made(key, lambda: centrality(projection, table, asked))
    kept, total = _kept(found, panel, things)
    return _shown(rows_from_table(kept, names_of(kept.columns)), panel, given), total, None


_DOORS: Mapping[str, Callable[[Panel, Mapping[str, str], tuple[str, str]], Answered]] = {
    "analyse": _analysis,
    "queries": _query,
    "network": _network,
}


def _shown(rows: Rows, panel: Panel, given: Mapping[str, str]) -> Rows:
    """Keep the columns of a panel with their labels, in its order, as the page says them."""
    rows = _told(rows, given)
    columns = panel.columns or rows.columns
    wanted = [n for c in columns for n in (c, f"{c}_label") if n in rows.columns]
    wanted = list(dict.fromkeys(wanted))
    places = [rows.columns.index(name) for name in wanted]
    heads = {"group": given.get("by", "group"), **(_TURNED if panel.call == "exchange" else {})}
    return Rows(
        tuple(_head(name, heads) for name in wanted),
        [tuple(row[place] for place in places) for row in rows.rows],
    )


def _head(column: str, heads: Mapping[str, str]) -> str:
    """Return a column's name as readers of the page know it."""
    bare = column.removesuffix("_label")
    return heads.get(bare, bare) + column.removeprefix(bare)


def _told(rows: Rows, given: Mapping[str, str]) -> Rows:
    """Say shares as per cent, numbers shortly, and words that are values in the page's language."""
    spoken = {*_WORDS, *(["group"] if given.get("by") == "role" else [])}
    tell = [_word if column in spoken else _TOLD.get(column, _as_it_is) for column in rows.columns]
    told = [tuple(t and say(t) for say, t in zip(tell, row, strict=True)) for row in rows.rows]
    return Rows(rows.columns, told)


def _as_it_is(term: Term) -> Term:
    return term


def _word(term: Term) -> Term:
    return Term("literal", gettext(", ").join(named(part) for part in term.text.split(", ")))


def _share(term: Term) -> Term:
    return Term("literal", f"{float(term.text):.0%}", datatype=_XSD)


def _rounded(term: Term) -> Term:
    return Term("literal", f"{float(term.text):.1f}".removesuffix(".0"), datatype=_XSD)


def _truth(term: Term) -> Term:
    return Term("literal", gettext("yes") if term.text.lower() == "true" else gettext("no"))


_TOLD: Mapping[str, Callable[[Term], Term]] = {
    "lapsed": _truth,
    "longest_gap": _rounded,
    "median_gap": _rounded,
    "months_since_last": _rounded,
    "share": _share,
    "quotient": _rounded,
    "given": _rounded,
    "received": _rounded,
    "net": _rounded,
}
