"""``kg analyse``: one command for each analysis, made from what it declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from kg.analysis.analyses import ANALYSES
from kg.analysis.base import COMMON, Analysis, Parameter
from kg.analysis.blocs import WORLD
from kg.analysis.graph import Graph
from kg.analysis.naming import names_in, renamed
from kg.analysis.report import WRITERS, gather, write_report
from kg.analysis.result import Result
from kg.cli.options import format_option, graph_option, open_from, show
from kg.cli.progress import progress
from kg.language import LANGUAGES, gettext, language, named, said, speaking

__all__ = ["analyse"]

_FILTER_HELP: Mapping[str, str] = {
    "sector": "Trainings of a sector.",
    "topic": "Trainings of a topic, or of one below it.",
    "method": "Trainings that teach a method.",
    "programme": "Trainings of a programme.",
    "series": "Trainings of a series.",
    "format": "Trainings of a format, such as Workshop.",
    "held_in": "Trainings held in a country.",
    "country": "People and institutions of a country.",
    "bloc": "People and institutions of a bloc's members at the time.",
    "years": "Trainings that began in 2015, 2012-2020, 2012-.",
    "min_headcount": "Trainings with at least so many known learners.",
    "within": "With --country or --bloc: both ends inside.",
}
_SHOWING: tuple[Callable[..., Any], ...] = (
    click.option(
        "--plot",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Also write the drawing to an SVG file.",
    ),
    click.option(
        "--language",
        "code",
        type=click.Choice(list(LANGUAGES)),
        default="en",
        show_default=True,
        help="Of names, drawing and notes.",
    ),
    click.option(
        "--method-text",
        "told",
        is_flag=True,
        help="Print method, coverage and caveats to the error stream.",
    ),
)


@click.group(invoke_without_command=True)
@click.pass_context
def analyse(context: click.Context) -> None:
    """Flows, diffusion, significance, diversity, gaps and recommendations, with their method.

    Without a name, list the analyses. Each result says how it was computed, what it rests on
    and what was left out.

    \b
    Examples:
      kg analyse
      kg analyse balance --level country --bloc oic
      kg analyse flow-matrix --level country --plot flows.svg
      kg analyse report --bloc oic --output oic.html
    """
    if context.invoked_subcommand is None:
        show(Graph.analyses(), "table")


def _command(name: str, analysis: Analysis) -> click.Command:
    """Return the command of an analysis: its parameters, then the filters."""

    def run(location: str | None, form: str, output: Path | None, plot: Path | None,
            code: str, told: bool, **given: Any) -> None:  # fmt: skip
        given_as = {key.removeprefix("training_"): _plain(v) for key, v in given.items()}
        graph = open_from(location)
        with progress(name, least=2):
            result = graph.analyse(name, **given_as)
        if code != "en":
            result = renamed(result, names_in(graph.columns("names"), code))
        with speaking(code):
            _print(result, form, output, plot, told)

    options = [_option(key, p) for key, p in {**analysis.parameters, **COMMON}.items()]
    options += [_filter(key) for key in analysis.filters]
    for option in reversed(options):
        run = option(run)
    for option in _SHOWING:
        run = option(run)
    return click.command(name, help=_help(name, analysis))(graph_option(format_option(run)))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _option(key: str, parameter: Parameter) -> Callable[..., Any]:
    flag = f"--{key.replace('_', '-')}"
    shown = parameter.default is not None
    if parameter.kind == "flag":
        both = f"{flag}/--no-{key.replace('_', '-')}"
        return click.option(
            both, key, default=parameter.default, show_default=shown, help=parameter.help
        )
    kind: Any = click.Choice(parameter.choices) if parameter.kind == "choice" else str
    return click.option(
        flag, key, type=kind, default=parameter.default, show_default=shown, help=parameter.help
    )


def _filter(key: str) -> Callable[..., Any]:
    if key == "within":
        return click.option("--within", is_flag=True, help=_FILTER_HELP[key])
    if key == "min_headcount":
        return click.option("--min-headcount", type=click.IntRange(min=1), help=_FILTER_HELP[key])
    if key == "years":
        return click.option("--years", metavar="PERIOD", help=_FILTER_HELP[key])
    # --format says how rows are printed, here as everywhere.
    name = "training-format" if key == "format" else key.replace("_", "-")
    inner = "training_format" if key == "format" else key
    return click.option(f"--{name}", inner, multiple=True, help=_FILTER_HELP[key])


def _help(name: str, analysis: Analysis) -> str:
    given = " ".join(f"--{k.replace('_', '-')} {v}" for k, v in analysis.example.items())
    lines = [
        f"{analysis.title}.",
        "",
        analysis.definition,
        "",
        "\b",
        "Examples:",
        f"  kg analyse {name} {given}".rstrip(),
        f"  kg analyse {name} {given}".rstrip() + " --format csv --method-text",
    ]
    return "\n".join(lines)


def _print(result: Result, form: str, output: Path | None, plot: Path | None, told: bool) -> None:
    if plot:
        result.plot().write(plot)
    show(result, form, output)
    if told:
        for part in ("definition", "formula", "reference"):
            if result.meta[part]:
                click.echo(said(str(result.meta[part])), err=True)
        for key, value in result.coverage.items():
            # English readers know the names of the JSON and of Python
            click.echo(f"  {key if language() == 'en' else named(key)}: {value}", err=True)
    if told or form == "table":
        for caveat in result.caveats:
            click.echo(gettext("Note: %(note)s", note=said(caveat)), err=True)


@analyse.command()
@graph_option
@click.option("--bloc", help="The bloc that it is about.")
@click.option("--country", help="The country that it is about.")
@click.option("--institution", help="The institution that it is about.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write: .html (one file), or .md with its drawings beside it.",
)
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default="en",
    show_default=True,
    help="In which the report is written.",
)
def report(
    location: str | None,
    bloc: str | None,
    country: str | None,
    institution: str | None,
    output: Path,
    language: str,
) -> None:
    """Write all of it for a bloc, a country or an institution into one file.

    Tables, plots and maps, each with its method, coverage and the command that gives it. Takes
    seconds to a minute. Without a subject it is about the project's bloc (default_bloc).

    \b
    Examples:
      kg analyse report --bloc oic --output oic.html
      kg analyse report -o our-bloc.html
      kg analyse report --country NG -o nigeria.md
      kg analyse report --institution "University of Oslo" -o oslo.html
      kg analyse report --bloc oic --language ar -o oic-ar.html
    """
    named = {"bloc": bloc, "country": country, "institution": institution}
    given = {kind: subject for kind, subject in named.items() if subject}
    if len(given) > 1:
        raise click.UsageError("Give one of --bloc, --country, --institution.")
    if output.suffix.lower() not in WRITERS:
        raise click.UsageError(f"--output {output}: it must end in {' or '.join(WRITERS)}.")
    graph = open_from(location)
    kind, subject = next(iter(given.items()), ("bloc", graph.default_bloc))
    if not given and subject == WORLD:
        raise click.UsageError(
            "Give one of --bloc, --country, --institution: the project has no default_bloc."
        )
    written = write_report(gather(graph, kind, subject, language), output, language)
    click.echo(f"{output} written{f', with {len(written) - 1} drawings' if written[1:] else ''}.",
               err=True)  # fmt: skip


for _name, _analysis in ANALYSES.items():
    analyse.add_command(_command(_name, _analysis))
