"""``kg query``, ``search``, ``sparql``, ``network``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TextIO

import click

from kg.analysis.filters import LEVEL_CLASSES, parse_years
from kg.analysis.graph import Graph
from kg.cli.options import format_option, graph_option, open_from, show
from kg.network import FORMATS as NETWORK_FORMATS
from kg.network import LEVELS, MEASURES, PROJECTIONS, Network
from kg.queries import INTERNAL_GROUPS, catalogue
from kg.results import ResultTable
from kg.search import KINDS

__all__ = ["network", "query", "search", "sparql"]


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


@click.command()
@graph_option
@format_option
@click.argument("projection", type=click.Choice(list(PROJECTIONS)), default="partnership")
@click.option("--measure", "-m", "measures", multiple=True, type=click.Choice(list(MEASURES)),
              help="Centrality; several times for several, all when left out.")  # fmt: skip
@click.option("--edges", is_flag=True, help="List edges instead of nodes.")
@click.option("--evidence", nargs=2, metavar="A B", help="List the trainings behind an edge.")
@click.option("--level", type=click.Choice(list(LEVELS)), help="What a node is.")
@click.option("--weight", help="The weight that counts; docs/networks.md defines each.")
@click.option("--sector", multiple=True, help="Trainings of a sector.")
@click.option("--topic", multiple=True, help="Trainings of a topic, or of one below it.")
@click.option("--method", multiple=True, help="Trainings that teach a method.")
@click.option("--programme", multiple=True, help="Trainings of a programme.")
@click.option("--series", multiple=True, help="Trainings of a series.")
@click.option("--training-format", multiple=True, help="Trainings of a format, such as Workshop.")
@click.option("--held-in", multiple=True, help="Trainings held in a country.")
@click.option("--country", multiple=True, help="Edges that touch a country.")
@click.option("--bloc", multiple=True, help="Edges that touch a bloc's members at the time.")
@click.option("--within", is_flag=True, help="With --country or --bloc: both ends inside.")
@click.option("--years", metavar="PERIOD", help="Trainings that began in 2015, 2012-2020, 2012-.")
@click.option("--top", type=click.IntRange(min=1), help="Print the first rows only.")
def network(
    location: str | None,
    form: str,
    output: Path | None,
    projection: str,
    measures: tuple[str, ...],
    edges: bool,
    evidence: tuple[str, str] | None,
    level: str | None,
    weight: str | None,
    training_format: tuple[str, ...],
    within: bool,
    years: str | None,
    top: int | None,
    **filters: tuple[str, ...],
) -> None:
    """Who is linked with whom through trainings, and how central each is.

    With --output ending in .graphml or .gexf the network itself is written.

    \b
    Examples:
      kg network partnership --measure betweenness --top 20
      kg network partnership --bloc oic --sector health --years 2012-2020 --format csv
      kg network knowledge-flow --level country --edges
      kg network partnership --output partnership.graphml
    """
    graph = open_from(location)
    given: dict[str, Any] = {name: list(values) for name, values in filters.items() if values}
    net = graph.network(
        projection,
        level=level,
        weight=weight,
        years=parse_years(years) if years else None,
        within=within,
        format=list(training_format),
        **given,
    )
    if output and output.suffix.removeprefix(".") in set(NETWORK_FORMATS) - {"csv", "json"}:
        net.write(output)
        click.echo(f"{net!r} written to {output}.", err=True)
        return
    if evidence:
        ends = [graph.iri(end, LEVEL_CLASSES[str(net.meta["level"])]) for end in evidence]
        show(net.evidence(*ends), form, output)
    else:
        show(_table(net, list(measures), edges, top), form, output)


def _table(net: Network, measures: list[str], edges: bool, top: int | None) -> ResultTable:
    if edges:
        return net.edges(top=top)
    return net.centrality(measures[0] if len(measures) == 1 else measures or None, top=top)
