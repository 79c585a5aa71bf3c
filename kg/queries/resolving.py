"""What a key or a label means, asked of a store."""

from __future__ import annotations

from collections.abc import Sequence

from kg.errors import Candidate, QueryError
from kg.language import tell
from kg.queries.binding import Resolver, bind
from kg.queries.listing import get_query
from kg.store.base import Store


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
