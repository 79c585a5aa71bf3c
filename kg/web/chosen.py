"""The bloc that a reader looks from: one choice that every page obeys and every link carries.

``?bloc=<key>`` names a bloc of the graph, ``?bloc=world`` none, ``?countries=QA,TR`` any set of
countries. It stands in the address and nowhere else: no cookie, so a page can be kept, cited, and
read without scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import polars as pl
from flask import Flask, current_app, g, has_request_context, request

from kg.analysis.blocs import MARK, WORLD, country_set, members_of
from kg.errors import KgError, QueryError
from kg.language import tell
from kg.web.language import FOR_PROGRAMS, gettext, language
from kg.web.pinning import pinned
from kg.web.service import service

__all__ = ["WORLD", "Chosen", "blocs", "chosen_bloc", "is_page", "own_arguments", "permanent"]

CARRIED = ("bloc", "countries")
"""The parameters of an address that hold the choice."""

_WITH_FIELD = ("analysis_pages.analysis", "pages.network", "pages.network_map", "pages.query")

# These say by themselves which bloc is meant, or know of none.
_WITHOUT_CHOICE = (*FOR_PROGRAMS, "/id/", "/ontology/")


@dataclass(frozen=True)
class Chosen:
    """A choice of countries.

    Attributes
    ----------
    value:
        What the filter ``bloc`` of networks and analyses takes: the key of a bloc, or a set such
        as ``countries:QA,TR``. Empty for the whole world.
    label:
        Its name in the language of the page; empty for the whole world.
    iri:
        The IRI of the bloc; empty for a set of countries and for the whole world.
    countries:
        The IRIs of its countries, sorted: of a bloc, all that were ever members.
    query:
        The parameters of an address that say so.
    explicit:
        The address names it; otherwise it is the usual one.
    """

    value: str = ""
    label: str = ""
    iri: str = ""
    countries: tuple[str, ...] = ()
    query: Mapping[str, str] | None = None
    explicit: bool = False

    @property
    def codes(self) -> str:
        """The countries as ``countries=`` takes them; empty for a bloc or the world."""
        return self.value.removeprefix(MARK) if self.value.startswith(MARK) else ""

    def __bool__(self) -> bool:
        """Whether anything but the whole world was chosen."""
        return bool(self.value)


def chosen_bloc() -> Chosen:
    """Return the bloc or the countries that this page is to be seen from.

    Never raises: where the address asks for a bloc that there is not, the request has been refused
    before.
    """
    if not has_request_context() or not service().is_ours:
        return Chosen()
    if "chosen_bloc" not in g:
        g.chosen_bloc = _usual()
    found: Chosen = g.chosen_bloc
    return found


def blocs() -> list[tuple[str, str]]:
    """Return (key, name) of the blocs of the graph, by their names in the language of the page."""
    found = [(iri.rpartition("/")[2], _name(iri, label)) for iri, label in _known()]
    return sorted(found, key=lambda bloc: (bloc[1].casefold(), bloc[0]))


def permanent(**values: str) -> str:
    """Return the full address of this page pinned to its release, and to the bloc that counts.

    ``values`` are further parameters, which the page took as given though the address is without.
    """
    named = any(request.args.get(name) for name in CARRIED)
    return pinned(**values, **({} if named else {"bloc": chosen_bloc().value or WORLD}))


def own_arguments() -> dict[str, list[str]]:
    """Return the parameters of this page's address without those that hold the choice."""
    return {key: v for key, v in request.args.lists() if key not in CARRIED}


def is_page(endpoint: str) -> bool:
    """Return whether an endpoint is a page for people, whose links carry the choice."""
    return endpoint in _pages(current_app._get_current_object())  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """Read the choice before each page, and put it into every link to another."""
    app.before_request(_choose)
    app.url_defaults(_carry)
    app.context_processor(_told)
    app.jinja_env.globals["permanent"] = permanent


@lru_cache(maxsize=8)
def _pages(app: Flask) -> frozenset[str]:
    rules = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ())]
    return frozenset(
        rule.endpoint
        for rule in rules
        if not rule.rule.startswith(_WITHOUT_CHOICE) and "." not in rule.rule.rpartition("/")[2]
    )


def _choose() -> None:
    if request.endpoint is None or not is_page(request.endpoint) or not service().is_ours:
        return
    countries = ",".join(part for part in request.args.getlist("countries") if part.strip())
    named = request.args.getlist("bloc")
    try:
        if countries:
            g.chosen_bloc = _set(countries)
        elif named:
            g.chosen_bloc = _bloc(named[0].strip())
    except KgError:
        g.chosen_bloc = Chosen()
        # A page that has a field for the bloc says itself, beside it, what is wrong.
        if countries or not _has_field(request.endpoint):
            raise


def _has_field(endpoint: str) -> bool:
    return endpoint in _WITH_FIELD


def _usual() -> Chosen:
    """Return the bloc that counts where nobody chose; none where the flat tables cannot be read."""
    try:
        known = _known()
    except KgError:
        return Chosen()
    keys = {iri.rpartition("/")[2]: (iri, label) for iri, label in known}
    usual = service().graph.default_bloc
    return _of_bloc(*keys[usual], explicit=False) if usual in keys else Chosen()


def _bloc(text: str) -> Chosen:
    if text in ("", WORLD):
        return Chosen(query={"bloc": WORLD}, explicit=True)
    if text.startswith(MARK):
        return _set(text)
    for iri, label in _known():
        if text in (iri.rpartition("/")[2], iri, label):
            return _of_bloc(iri, label, explicit=True)
    accepted = ", ".join([*(key for key, _ in blocs()), WORLD])
    raise QueryError(
        tell(
            "bloc: there is no bloc %(text)s. Accepted: %(accepted)s.",
            text=repr(text[:100]),
            accepted=accepted,
        )
    )


def _of_bloc(iri: str, label: str, *, explicit: bool) -> Chosen:
    key = iri.rpartition("/")[2]
    return Chosen(key, _name(iri, label), iri, _members(iri), {"bloc": key}, explicit)


def _set(text: str) -> Chosen:
    name = _canonical(service().release.id, text)
    members = members_of(name, service().graph.columns("entities")).rows()
    labels = [_name(iri, label) for iri, label in members]
    more = f" + {len(labels) - 3}" if len(labels) > 3 else ""
    codes = name.removeprefix(MARK)
    return Chosen(
        value=name,
        label=gettext(", ").join(labels[:3]) + more,
        countries=tuple(iri for iri, _ in members),
        query={"countries": codes},
        explicit=True,
    )


@lru_cache(maxsize=256)
def _canonical(_release: str, text: str) -> str:
    return country_set(text, service().graph.resolve, service().graph.prefixes)


def _known() -> list[tuple[str, str]]:
    """Return (IRI, name) of the blocs."""
    graph = service().graph

    def known() -> list[tuple[str, str]]:
        entities = graph.columns("entities").filter(pl.col("kind") == "bloc")
        return entities.select("entity", pl.coalesce("label", "entity")).sort("entity").rows()

    return service().kept.made("blocs", known)  # type: ignore[no-any-return]  # of anything


def _members(iri: str) -> tuple[str, ...]:
    """Return the countries that were ever members of a bloc, sorted."""
    graph = service().graph

    def members() -> tuple[str, ...]:
        found = graph.columns("bloc_members").filter(pl.col("bloc") == iri)
        return tuple(found["country"].unique().sort().to_list())

    return service().kept.made(("members", iri), members)  # type: ignore[no-any-return]  # as above


def _name(iri: str, label: str) -> str:
    code = language()
    return label if code == "en" else service().labels(code).get(iri, label)


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    found: Chosen | None = g.get("chosen_bloc") if has_request_context() else None
    if found is None or not found.explicit or not found.query or not is_page(endpoint):
        return
    if not set(CARRIED) & set(values):
        values.update(found.query)


def _told() -> dict[str, object]:
    """Give templates the choice, the blocs, and what a form has to keep."""
    shown = request.method == "GET" and request.endpoint is not None and is_page(request.endpoint)
    if not shown or not service().is_ours:
        return {"choosing": False, "kept_arguments": list}
    return {
        "choosing": True,
        "seen_from": chosen_bloc(),
        "blocs": blocs,
        "kept_arguments": lambda: [(k, v) for k, vs in own_arguments().items() for v in vs],
        "world_key": WORLD,
        "without_choice": lambda: (
            f"{request.script_root}{request.path}"
            + (f"?{urlencode(own_arguments(), doseq=True)}" if own_arguments() else "")
        ),
    }
