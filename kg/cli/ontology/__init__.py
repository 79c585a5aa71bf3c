"""``kg ontology``: one module a command."""

from __future__ import annotations

import click

from kg.cli.lazy import Commands, LazyGroup

__all__ = ["ontology"]


COMMANDS = {
    "check": (
        "kg.cli.ontology.check:check",
        "Check the ontology by its rules, by HermiT and against the profile for inference.",
    ),
    "diff": (
        "kg.cli.ontology.change:diff",
        "List what changed from OLD to NEW, what it breaks, and the version step it asks for.",
    ),
    "docs": (
        "kg.cli.ontology.docs:docs",
        "Write the documentation of the ontology as static files in three languages.",
    ),
    "release": (
        "kg.cli.ontology.change:release",
        "Write VERSION of the ontology as files for others, and set it in rihla.ttl.",
    ),
    "template": (
        "kg.cli.ontology.template:template",
        "Explain the columns of TABLE (of all tables without one), or write templates.",
    ),
    "term": (
        "kg.cli.ontology.change:term",
        "Add a term to the vocabulary's files, or deprecate one, in place.",
    ),
}
"""As those of ``kg``."""


@click.group(cls=LazyGroup, commands=Commands(COMMANDS))
def ontology() -> None:
    """Templates from the ontology, its quality and its documentation."""
