"""Pages of pairs and comparisons, and single panels for what opens later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request, url_for

from kg.errors import KgError, NotFoundError, QueryError
from kg.language import tell
from kg.web import headers
from kg.web.analyse import answered
from kg.web.formats import HTML
from kg.web.panels import Panel, answer_panel, reference
from kg.web.profiles.kinds import COMPARED
from kg.web.profiles.pairs import PAIR, PAIR_OF
from kg.web.profiles.things import Thing, candidates, thing_at
from kg.web.sending import not_modified
from kg.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("profiles", __name__)

MOST = 5
_SHOWN_CHOICES = 8


@blueprint.get("/pair/<kind>/<key>/<other_kind>/<path:other_key>")
def pair(kind: str, key: str, other_kind: str, other_key: str) -> Response:
    """Show what two things have to do with each other."""
    tag = headers.etag(service().release.id, request.full_path, "pair")
    if headers.is_known(tag):
        return not_modified(tag)
    first, second = thing_at(kind, key), thing_at(other_kind, other_key)
    if first.iri == second.iri:
        raise QueryError(
            tell("A pair is two different things. Accepted: another key for the second.")
        )
    panels = _pair_panels(first, second)
    text = render_template(
        "pair.html",
        first=first,
        second=second,
        answers=[_answer(panel, first, second) for panel in panels],
    )
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


def _pair_panels(first: Thing, second: Thing) -> tuple[Panel, ...]:
    return PAIR.get(frozenset({first.kind.name, second.kind.name}), PAIR_OF)


def _answer(panel: Panel, first: Thing, second: Thing) -> object:
    return panel if panel.lazy else answer_panel(panel, first.iri, second.iri)


@blueprint.get("/pair")
def choose_pair() -> Response:
    """Lead to the pair of ``of`` (kind/key) and ``with`` (a name, key, code or IRI)."""
    first = _found(request.args.get("of", ""))
    choices = candidates(request.args.get("with", ""), _SHOWN_CHOICES)
    if first is not None and len(choices) == 1:
        return redirect(_pair_address(first, choices[0]), 303)  # type: ignore[return-value]
    text = render_template(
        "pair_choice.html",
        first=first,
        asked=request.args.get("with", ""),
        choices=[(c, _pair_address(first, c)) for c in choices if first and c.iri != first.iri],
    )
    return Response(text, mimetype=HTML.media_type)


def _pair_address(first: Thing, second: Thing) -> str:
    return url_for(
        "profiles.pair",
        kind=first.place[0],
        key=first.place[1],
        other_kind=second.place[0],
        other_key=second.place[1],
    )


def _found(text: str) -> Thing | None:
    kind, slash, key = text.partition("/")
    if slash and not text.startswith(("http:", "https:")):
        return thing_at(kind, key)
    found = candidates(text, 2)
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Column:
    """One of the things of a comparison: its numbers by measure, or why there are none.

    ``address`` and ``python`` ask for the same numbers.
    """

    thing: Thing
    numbers: dict[str, object]
    reason: str
    address: str
    python: str


@blueprint.get("/compare")
def compare() -> Response:
    """Show the same measures of up to five things of one kind side by side."""
    tag = headers.etag(service().release.id, request.full_path, "compare")
    if headers.is_known(tag):
        return not_modified(tag)
    asked = [text.strip() for text in request.args.getlist("with") if text.strip()]
    if len(asked) > MOST:
        raise QueryError(
            tell(
                "with: found %(count)s things. Accepted: up to %(most)s.",
                count=len(asked),
                most=MOST,
            )
        )
    things, open_questions = _resolved(asked)
    kinds = {thing.kind.name for thing in things}
    if len(kinds) > 1:
        raise QueryError(
            tell(
                "with: found %(accepted)s. Accepted: things of one kind.",
                accepted=", ".join(sorted(kinds)),
            )
        )
    text = render_template(
        "compare.html",
        columns=[_column(thing) for thing in things],
        measures=COMPARED,
        years=_year_panels(things),
        questions=open_questions,
        most=MOST,
        kind=things[0].kind if things else None,
        here=_here,
    )
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


def _resolved(asked: Sequence[str]) -> tuple[list[Thing], list[tuple[str, list[Thing]]]]:
    """Return the things that are meant, and what may mean several with its choices."""
    things: list[Thing] = []
    unclear: list[tuple[str, list[Thing]]] = []
    for text in asked:
        found = _found(text) if "/" in text else None
        choices = [found] if found else candidates(text, _SHOWN_CHOICES)
        if len(choices) != 1:
            unclear.append((text, choices))
        elif choices[0].iri not in [thing.iri for thing in things]:
            things.append(choices[0])
    return things, unclear


def _here(things: Sequence[Thing]) -> str:
    """Return the address of a comparison."""
    return url_for("profiles.compare", **{"with": ["/".join(t.place) for t in things]})  # type: ignore[arg-type]


def _column(thing: Thing) -> Column:
    named = reference(thing.iri)
    address = url_for("analyse.answer", name="profile", suffix="csv", subject=named)
    python = f"kg.open().analyse('profile', subject={named!r})"
    try:
        result = answered("profile", {"subject": [named]})
    except KgError as error:
        return Column(thing, {}, str(error), address, python)
    records = result.to_records()
    return Column(thing, dict(records[0]) if records else {}, "", address, python)


def _year_panels(things: Sequence[Thing]) -> list[object]:
    if not things:
        return []
    years = next((p for p in things[0].kind.panels if p.key == "years"), None)
    return [answer_panel(years, thing.iri) for thing in things] if years else []


@blueprint.get("/panel/<panel>/<kind>/<path:key>")
def panel(panel: str, kind: str, key: str) -> Response:
    """Show one panel alone; with ``also`` (kind/key) that of a pair, with ``bare`` no page."""
    tag = headers.etag(service().release.id, request.full_path, "panel")
    if headers.is_known(tag):
        return not_modified(tag)
    first = thing_at(kind, key)
    second = _found(request.args.get("also", "")) if request.args.get("also") else None
    chosen = _chosen(panel, first, second)
    text = render_template(
        "panel_bare.html" if "bare" in request.args else "panel_page.html",
        answer=answer_panel(chosen, first.iri, second.iri if second else ""),
        first=first,
        second=second,
    )
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


def _chosen(key: str, first: Thing, second: Thing | None) -> Panel:
    panels = _pair_panels(first, second) if second else first.kind.panels
    for found in panels:
        if found.key == key:
            return found
    accepted = ", ".join(p.key for p in panels)
    raise NotFoundError(
        tell(
            "There is no panel %(key)s here. Accepted: %(accepted)s.",
            key=repr(key[:60]),
            accepted=accepted,
        )
    )
