"""The things that pages are about: found by their address, or by what people type."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import GoneError, KgError, NotFoundError
from kg.language import tell
from kg.terms import VOCABULARY_BASE
from kg.web.language import gettext, language
from kg.web.profiles.kinds import KINDS, Kind, kind_of
from kg.web.render import native
from kg.web.service import service

__all__ = ["Thing", "candidates", "thing_at"]

_BAD = '<>"{}|\\^`'


@dataclass(frozen=True)
class Thing:
    """A thing with a profile; ``label`` in the page's language, ``place`` is kind and key."""

    iri: str
    label: str
    kind: Kind
    place: tuple[str, str]

    @property
    def path(self) -> str:
        """Kind and key as forms and addresses write them."""
        return "/".join(self.place)


def thing_at(kind: str, key: str) -> Thing:
    """Return the thing of an address.

    Raises
    ------
    NotFoundError, GoneError
        There is none, it was forgotten, or such things have no profile.
    """
    iri = service().iri_of(kind, key)
    if service().is_forgotten(iri):
        raise GoneError(
            tell("What had this name was removed from the graph and from all its releases.")
        )
    if any(c in _BAD or c <= " " or "\ud800" <= c <= "\udfff" for c in iri):
        raise NotFoundError(tell("The address holds characters that no IRI has."))
    rows = service().rows("pages/thing-classes", thing=iri).records()
    classes = {
        r["class"].text.removeprefix(VOCABULARY_BASE)
        for r in rows
        if r["class"] and r["class"].text.startswith(VOCABULARY_BASE)
    }
    found = kind_of(classes)
    if found is None:
        words = ", ".join(KINDS)
        raise NotFoundError(
            tell(
                "The graph has no %(kind)s %(key)s with a profile. Kinds: %(words)s.",
                kind=kind[:40],
                key=repr(key[:80]),
                words=words,
            )
        )
    labels = [r["label"].text for r in rows if r["label"]]
    return Thing(iri, native(iri) or (labels[0] if labels else f"{kind}/{key}"), found, (kind, key))


def candidates(text: str, most: int) -> list[Thing]:
    """Return what a text may mean: one thing where it is exact, else the likeliest.

    ``text`` is an IRI, CURIE, key, code or name in any language.
    """
    if not text.strip():
        return []
    exact = _exact(text.strip())
    if exact is not None:
        return [exact]
    hits = service().graph.search(text, language=language(), limit=most).to_records()
    found = [_of_hit(str(h["entity"]), str(h["label"]), str(h["kind"])) for h in hits]
    things = [thing for thing in found if thing is not None]
    named = [t for t in things if t.label.casefold() == text.strip().casefold()]
    return named if len(named) == 1 else things


def _exact(text: str) -> Thing | None:
    try:
        place = service().place_of(service().graph.iri(text))
        return thing_at(*place) if place else None
    except KgError:
        return None  # it is no single thing: a search tells what it may be


def _of_hit(iri: str, label: str, kind: str) -> Thing | None:
    place = service().place_of(iri)
    return (
        Thing(iri, label or gettext("no name"), KINDS[kind], place)
        if place and kind in KINDS
        else None
    )
