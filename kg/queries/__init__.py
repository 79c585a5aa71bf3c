"""Named queries: one question a file, with a typed header; parameters bound, never glued in.

A query file begins with lines ``#+ `` that hold YAML: title, question, parameters, and so on.
Each parameter has a line ``VALUES ?name { <example> }  # parameter`` in the query; binding
replaces what stands in its braces by serialised terms. So the file runs as it stands in any
SPARQL tool. docs/queries.md describes the header.
"""

from __future__ import annotations

from kg.queries.binding import Resolver, bind, entity_iri, usual_value
from kg.queries.files import NamedQuery, parse_query
from kg.queries.listing import INTERNAL_GROUPS, catalogue, get_query, origin
from kg.queries.resolving import entity_resolver, the_one
from kg.queries.values import TYPES, Parameter

__all__ = [
    "INTERNAL_GROUPS",
    "TYPES",
    "NamedQuery",
    "Parameter",
    "Resolver",
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
