"""``kg network``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.analysis.filters import LEVEL_CLASSES, parse_years
from kg.analysis.graph import Graph
from kg.cli.options import format_option, graph_option, open_from, show
from kg.cli.progress import progress
from kg.network import ALL_MEASURES, EDGE_MEASURES, LEVELS, PROJECTIONS, ROLES, Network
from kg.network import FORMATS as NETWORK_FORMATS
from kg.network.groups import ATTRIBUTES
from kg.results import ResultTable

__all__ = ["network"]

_BACKBONES = [name for name, measure in EDGE_MEASURES.items() if measure.kept]
_MANY = 1000  # nodes from which it is worth showing
_MEASURE_OPTIONS = (
    "weight", "top", "normalised", "groups", "sample", "seed",
    "backbone", "threshold", "slices", "step",
)  # fmt: skip


@click.command()
@graph_option
@format_option
@click.argument("projection", type=click.Choice(list(PROJECTIONS)), default="partnership")
@click.option("--measure", "-m", "measures", multiple=True, type=click.Choice(ALL_MEASURES),
              metavar="NAME", help="Of nodes, edges or the whole; may be repeated.")  # fmt: skip
@click.option("--summary", is_flag=True, help="Measure the whole network, by all its measures.")
@click.option("--edges", is_flag=True, help="List edges instead of nodes.")
@click.option("--evidence", nargs=2, metavar="A B", help="List the trainings behind an edge.")
@click.option("--path", "route", nargs=2, metavar="A B", help="Show a shortest path with evidence.")
@click.option("--level", type=click.Choice(list(LEVELS)), help="What a node is.")
@click.option("--weight", help="The weight that counts; docs/networks.md defines each.")
@click.option("--sector", multiple=True, help="Trainings of a sector.")
@click.option("--topic", multiple=True, help="Trainings of a topic, or of one below it.")
@click.option("--method", multiple=True, help="Trainings that teach a method.")
@click.option("--programme", multiple=True, help="Trainings of a programme.")
@click.option("--series", multiple=True, help="Trainings of a series.")
@click.option("--training-format", multiple=True, help="Trainings of a format, such as Workshop.")
@click.option("--held-in", multiple=True, help="Trainings held in a country.")
@click.option("--years", metavar="PERIOD", help="Trainings that began in 2015, 2012-2020, 2012-.")
@click.option("--min-headcount", type=click.IntRange(min=1), metavar="N",
              help="Trainings with at least N known learners.")  # fmt: skip
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), metavar="ROLE",
              help="The roles that count, instead of the projection's own.")  # fmt: skip
@click.option("--country", multiple=True, help="Edges that touch a country.")
@click.option("--bloc", multiple=True, help="Edges that touch a bloc's members at the time.")
@click.option("--within", is_flag=True, help="With --country or --bloc: both ends inside.")
@click.option(
    "--isolates",
    is_flag=True,
    help="Keep nodes that took part and have no edge; with a bloc or country, those inside.",
)
@click.option("--loops", is_flag=True, help="Keep flows of a node to itself among the edges.")
@click.option("--backbone", type=click.Choice(_BACKBONES), help="Keep edges that stand out.")
@click.option("--threshold", type=float, help="Of the backbone, instead of the usual one.")
@click.option("--min-weight", type=float, metavar="W", help="Keep edges of at least this weight.")
@click.option("--slices", type=click.IntRange(min=1), metavar="YEARS",
              help="Measure period by period, each of so many years.")  # fmt: skip
@click.option("--step", type=click.IntRange(min=1), metavar="YEARS",
              help="Begin a period every so many years, not after the last.")  # fmt: skip
@click.option("--groups", default="country", metavar="GROUPS",
              help="What brokerage and mixing group by: country, bloc, kind, a bloc.")  # fmt: skip
@click.option("--normalised", is_flag=True, help="Divide scores by their largest possible value.")
@click.option("--sample", type=click.IntRange(min=2), metavar="N",
              help="Estimate measures over all pairs from N sources, with errors.")  # fmt: skip
@click.option("--seed", type=int, default=1, help="Of the sample.")
@click.option("--top", type=click.IntRange(min=1), help="Print the first rows only.")
def network(location: str | None, form: str, output: Path | None, **given: Any) -> None:
    """Who is linked with whom through trainings, and how central each is.

    With --output ending in .graphml, .gexf, .svg or .vosviewer the network itself is written.

    \b
    Examples:
      kg network partnership --measure betweenness --top 20
      kg network partnership --bloc oic --sector health --years 2012-2020 --format csv
      kg network knowledge-flow --level country --edges
      kg network partnership --summary --groups bloc
      kg network partnership --measure disparity --top 20
      kg network partnership --backbone disparity --output backbone.graphml
      kg network partnership --bloc oic --min-weight 2 --output oic.vosviewer
      kg network hosting --level country --measure strength --slices 3
    """
    graph = open_from(location)
    net = _made(graph, given)
    if output and output.suffix.removeprefix(".") in set(NETWORK_FORMATS) - {"csv", "json"}:
        net = _backbone(net, given)
        net.write(output)
        click.echo(f"{net!r} written to {output}.", err=True)
        return
    show(_answer(graph, net, given), form, output)


def _made(graph: Graph, given: dict[str, Any]) -> Network:
    """Return the network that the options describe, and take them out."""
    names = (
        "sector", "topic", "method", "programme", "series", "held_in", "country", "bloc",
    )  # fmt: skip
    filters: dict[str, Any] = {name: list(given.pop(name)) for name in names}
    filters["format"] = list(given.pop("training_format"))
    years = given.pop("years")
    weight, least = given["weight"], given.pop("min_weight")
    made = graph.network(
        given.pop("projection"),
        level=given.pop("level"),
        weight=weight if weight != "unweighted" else None,
        roles=list(given.pop("roles")) or None,
        isolates=given.pop("isolates"),
        loops=given.pop("loops"),
        years=parse_years(years) if years else None,
        min_headcount=given.pop("min_headcount"),
        within=given.pop("within"),
        **{name: values for name, values in filters.items() if values},
    )
    return made if least is None else made.heavier(least, weight=weight)


def _backbone(net: Network, given: dict[str, Any]) -> Network:
    if given["backbone"] is None:
        return net
    return net.backbone(given["backbone"], threshold=given["threshold"], weight=given["weight"])


def _answer(graph: Graph, net: Network, given: dict[str, Any]) -> ResultTable:
    for name, ask in (("evidence", net.evidence), ("route", _backbone(net, given).path)):
        if given[name]:
            # The nodes of a bipartite network are of two classes: any will do.
            target = LEVEL_CLASSES.get(str(net.meta["level"]))
            return ask(*(graph.iri(end, target) for end in given[name]))
    options = {name: given[name] for name in _MEASURE_OPTIONS}
    if options["groups"] not in ATTRIBUTES:
        options["groups"] = graph.iri(options["groups"], LEVEL_CLASSES["bloc"])
    hint = "" if options["sample"] else " (--sample 1000 estimates)"
    with progress(f"paths from all nodes{hint}", least=_MANY):
        if given["summary"]:
            return _backbone(net, given).summary(
                weight=given["weight"],
                **{name: options[name] for name in ("groups", "sample", "seed")},
            )
        if given["edges"]:
            edge_measures = list(given["measures"])
            return _backbone(net, given).edges(
                edge_measures or None, weight=given["weight"],
                **{name: options[name] for name in ("top", "sample", "seed")},
            )  # fmt: skip
        names = list(given["measures"])
        return net.measure(names[0] if len(names) == 1 else names or None, **options)
