"""Pages of the analyses: question, form, drawing, table, method, coverage, caveats, calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from kg.analysis.analyses import ANALYSES
from kg.analysis.base import Analysis
from kg.analysis.result import Result
from kg.errors import KgError, NotFoundError
from kg.language import tell
from kg.web import headers
from kg.web.analyse import SUFFIXES, answered, in_words
from kg.web.analysis_questions import QUESTIONS
from kg.web.bindings import Rows, names_of, rows_from_table
from kg.web.chosen import WORLD, chosen_bloc, own_arguments
from kg.web.fields import fields_of
from kg.web.formats import HTML
from kg.web.language import gettext, language, speaking
from kg.web.pinning import PARAMETER
from kg.web.problems import status_of
from kg.web.sending import not_modified
from kg.web.service import service

__all__ = ["blueprint", "grouped"]

blueprint = Blueprint("analysis_pages", __name__)

SHOWN_ROWS = 200
_TRUE = ("true", "yes", "1", "on")
Values = Mapping[str, list[str]]


@blueprint.get("/analyses")
def analyses() -> Response:
    """List the analyses by what they ask."""
    text = render_template("analyses.html", groups=grouped())
    tag = headers.etag(service().release.id, text)
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


@blueprint.get("/analyses/<name>")
def analysis(name: str) -> Response:
    """Show an analysis; without any parameter in the address it is answered for its example."""
    if name not in ANALYSES:
        raise NotFoundError(
            tell(
                "There is no analysis %(name)s. Accepted: %(accepted)s.",
                name=repr(name[:100]),
                accepted=", ".join(ANALYSES),
            )
        )
    tag = headers.etag(service().release.id, str(service().graph.policy), request.full_path)
    if headers.is_known(tag):
        return not_modified(tag)
    values = _values(ANALYSES[name])
    try:
        return headers.revalidated(_page(name, values, answered(name, values)), tag)
    except KgError as error:
        response = _page(name, values, None, error)
        response.status_code = status_of(error)
        response.headers["Cache-Control"] = "no-store"
        return response


def grouped() -> dict[str, list[tuple[str, Analysis, str]]]:
    """Return group → (name, analysis, question); one that has no group yet stands at the end."""
    groups = {
        group: [(name, ANALYSES[name], asked) for name, asked in found.items() if name in ANALYSES]
        for group, found in QUESTIONS.items()
    }
    placed = {name for found in QUESTIONS.values() for name in found}
    rest = [(name, a, a.definition) for name, a in ANALYSES.items() if name not in placed]
    return {**groups, "More": rest} if rest else groups


def _values(analysis: Analysis) -> dict[str, list[str]]:
    """Return the parameters of the address, else the example's, and the bloc that was chosen."""
    found = {key: [v for v in values if v.strip()] for key, values in own_arguments().items()}
    values = {key: given for key, given in found.items() if given}
    if not own_arguments():
        values = {key: [value] for key, value in analysis.example.items() if key != "bloc"}
    blocs = _blocs() if "bloc" in analysis.filters and "country" not in values else []
    return {**values, "bloc": blocs} if blocs else values


def _blocs() -> list[str]:
    named = [value.strip() for value in request.args.getlist("bloc")]
    if named and not chosen_bloc().codes:
        return [value for value in named if value not in ("", WORLD)]
    return [chosen_bloc().value] if chosen_bloc() else []


def _page(
    name: str, values: Values, result: Result | None, error: KgError | None = None
) -> Response:
    chosen = ANALYSES[name]
    addresses = {
        suffix: _address(
            "analyse.answer",
            values,
            name=name,
            suffix=suffix,
            **(_spoken() if suffix == "svg" else {}),
        )
        for suffix in SUFFIXES
        if suffix != "svg" or chosen.chart
    }
    text = render_template(
        "analysis.html",
        name=name,
        analysis=chosen,
        question=_question(name),
        values=values,
        given=bool(own_arguments()),
        own=fields_of(chosen, values, own=True),
        filters=fields_of(chosen, values, own=False),
        result=result,
        rows=None if result is None else _rows(result),
        shown=SHOWN_ROWS,
        error=error,
        addresses=addresses,
        drawings=[] if result is None or not len(result) else _drawings(name, values, result),
        command=_command(name, values),
        permalink=_permalink(chosen, values),
        manifest=service().release.manifest,
        call=_python(name, values),
    )
    return Response(text, mimetype=HTML.media_type)


def _address(endpoint: str, values: Values, **more: str) -> str:
    given: dict[str, Any] = {**values, **more}
    return url_for(endpoint, **given)


@dataclass(frozen=True)
class Drawing:
    """A drawing of a page: what kind it is, in words, the drawing, and the file of it."""

    said: str
    svg: Markup
    address: str


def _drawings(name: str, values: Values, result: Result) -> list[Drawing]:
    """Return the drawings that the rows allow, in the language of the page."""
    said, shown = _said_kinds(), in_words(result, language())
    with speaking():
        return [
            Drawing(
                said.get(chart.kind, ""),
                Markup(shown.plot(chart.kind).svg),  # noqa: S704 - the canvas escapes its texts
                _address("analyse.drawing", values, name=name, kind=chart.kind, **_spoken()),
            )
            for chart in result.charts
        ]


def _spoken() -> dict[str, str]:
    """Return what tells files, which have one address for all, the language of the page."""
    return {} if language() == "en" else {"language": language()}


def _said_kinds() -> dict[str, str]:
    """Return what each kind of drawing is, where an analysis has several."""
    return {
        "arrivals": gettext("Map of arrivals"),
        "bars": gettext("Bars"),
        "flows": gettext("Map of flows"),
        "heatmap": gettext("Matrix"),
        "map": gettext("Map"),
        "ribbons": gettext("Ribbons from those who taught to those who learned"),
        "spans": gettext("From the first training to the last"),
        "spread": gettext("How many were reached by each year"),
        "timeline": gettext("Time line"),
    }


def _permalink(analysis: Analysis, values: Values) -> str:
    """Return an address that says all: which release, and which bloc, or that none was meant."""
    whole = "bloc" in analysis.filters and not {"bloc", "country"} & set(values)
    said = {**values, **({"bloc": [WORLD]} if whole else {}), PARAMETER: service().release.id}
    return f"{request.base_url}?{urlencode(said, doseq=True)}"


def _question(name: str) -> str:
    asked = {name: text for found in QUESTIONS.values() for name, text in found.items()}
    return asked.get(name, ANALYSES[name].definition)


def _rows(result: Result) -> Rows:
    """Return the rows with the name of a thing in the place of its IRI."""
    return rows_from_table(in_words(result, language()), names_of(result.columns))


def _command(name: str, values: Values) -> list[str]:
    """Return the words of the same call on the command line."""
    flags = {key for key, p in ANALYSES[name].parameters.items() if p.kind == "flag"} | {"within"}
    words = ["kg", "analyse", name]
    for key, given in values.items():
        # --format says how rows are printed
        option = "training-format" if key == "format" else key.replace("_", "-")
        for value in given:
            if key not in flags:
                words += [f"--{option}", value]
            elif value.lower() in _TRUE:
                words.append(f"--{option}")
            elif key != "within":  # which is off unless it is asked for
                words.append(f"--no-{option}")
    return words


def _python(name: str, values: Values) -> str:
    """Return the same call in Python."""
    given = (f"{k}={(v[0] if len(v) == 1 else v)!r}" for k, v in values.items() if k.isidentifier())
    return f"kg.open().analyse({', '.join([repr(name), *given])})"
