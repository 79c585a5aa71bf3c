"""``kg query``, ``search``, ``sparql``."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from kg.cli.options import format_option, graph_option, open_from, show
from kg.queries import INTERNAL_GROUPS, catalogue
from kg.results import ResultTable
from kg.search import KINDS

__all__ = ["query", "search", "sparql"]


@click.command()
@graph_option
@format_option
@click.argument("query_id", required=False)
@click.option("--param", "-p", "pairs", multiple=True, metavar="NAME=VALUE",
              help="A parameter; several times for several values.")  # fmt: skip
@click.option("--sparql", "text_only", is_flag=True, help="Print the query's SPARQL instead.")
def query(
    location: str | None,
    form: str,
    output: Path | None,
    query_id: str | None,
    pairs: tuple[str, ...],
    text_only: bool,
) -> None:
    """Answer the named query QUERY_ID; without one, list all.

    \b
    Examples:
      kg query
      kg query people/learned-method -p method=project-management -p country=NG
      kg query countries/balance -p bloc=oic --format csv
    """
    if query_id is None:
        from kg.analysis.graph import Graph  # it takes a second to load, and completion need not

        listed = [q for q in Graph.queries().rows if _is_public(str(q[0]))]
        show(ResultTable(("query", "question", "parameters"), listed), form, output)
        return
    answer = open_from(location).query(query_id, **_parameters(pairs))
    if text_only:
        click.echo(answer.meta["sparql"])
    else:
        show(answer, form, output)


@click.command()
@graph_option
@format_option
@click.argument("text", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS),
              help="Only things of this kind; several times for several.")  # fmt: skip
@click.option("--language", type=click.Choice(["en", "ar", "fr"]), default="en", show_default=True,
              help="In which the labels are wanted.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def search(
    location: str | None,
    form: str,
    output: Path | None,
    text: tuple[str, ...],
    kinds: tuple[str, ...],
    language: str,
    limit: int,
) -> None:
    """Find things by name or code, in any script: TEXT is words or their beginnings.

    \b
    Examples:
      kg search cape town
      kg search الأزهر --kind organisation
      kg search sequencing --kind method --language fr
    """
    show(open_from(location).search(" ".join(text), kinds, language, limit), form, output)


def _is_public(query_id: str) -> bool:
    return catalogue()[query_id].group not in INTERNAL_GROUPS


def _parameters(pairs: tuple[str, ...]) -> dict[str, object]:
    parameters: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--param {pair!r}: write NAME=VALUE.")
        parameters.setdefault(name, []).append(value)
    return dict(parameters)


@click.command()
@graph_option
@format_option
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
def sparql(location: str | None, form: str, output: Path | None, file: TextIO) -> None:
    """Answer the SPARQL query in FILE, or from standard input.

    CONSTRUCT and DESCRIBE print Turtle.

    \b
    Examples:
      kg sparql question.rq --format csv
      echo 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }' | kg sparql
    """
    answer = open_from(location).sparql(file.read())
    if isinstance(answer, ResultTable):
        show(answer, form, output)
    elif output:
        output.write_text(answer, encoding="utf-8")
    else:
        click.echo(answer)
