"""A report as one HTML file that needs nothing else, or as Markdown with its drawings beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from kg.analysis.report.content import Report, Section
from kg.errors import InputError
from kg.language import (
    decimal,
    gettext,
    language,
    named,
    plural,
    right_to_left,
    said,
    speaking,
    whole,
)
from kg.results import ResultTable

__all__ = ["WRITERS", "write_report"]

_COVERAGE = (
    "trainings_in_release",
    "trainings_selected",
    "participations",
    "with_institution",
    "with_country",
    "with_named_person",
    "groups_of_unknown_size",
    "considered",
    "placed",
)


def write_report(report: Report, path: Path, code: str = "en") -> list[Path]:
    """Write a report in a language, in the form of the path's suffix; return every file written.

    Raises
    ------
    InputError
        The suffix is none of :data:`WRITERS`.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InputError(f"{path}: found {path.suffix!r}. Accepted: {', '.join(WRITERS)}.")
    with speaking(code):
        return writer(report, path)


def _html(report: Report, path: Path) -> list[Path]:
    path.write_text(_rendered("report.html.j2", report, {}), encoding="utf-8")
    return [path]


def _markdown(report: Report, path: Path) -> list[Path]:
    folder = path.with_name(f"{path.stem}_files")
    folder.mkdir(exist_ok=True)
    drawings, written = {}, [path]
    for section in report.sections:
        if section.result is None or section.result.chart is None:
            continue
        file = folder / f"{section.anchor}.svg"
        written.append(section.result.plot().write(file))
        drawings[section.anchor] = f"{folder.name}/{file.name}"
    path.write_text(_rendered("report.md.j2", report, drawings), encoding="utf-8")
    return written


WRITERS: Mapping[str, Callable[[Report, Path], list[Path]]] = {".html": _html, ".md": _markdown}
"""Suffix of a report's file → how it is written."""


def _rendered(template: str, report: Report, drawings: Mapping[str, str]) -> str:
    return _environment().get_template(template).render(report=report, drawings=drawings)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kg.analysis.report", "templates"),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.add_extension("jinja2.ext.i18n")
    install: Callable[..., None] = environment.install_gettext_callables  # type: ignore[attr-defined]
    install(said, lambda one, many, n: plural(one, many, n, language()), newstyle=True)
    environment.filters.update(
        cell=_cell, drawing=_drawing, coverage=_coverage, numeric=_numeric, said=said, named=named,
        written=_written, whole=lambda n: whole(n, language()),
    )  # fmt: skip
    environment.globals.update(language=language, rtl=right_to_left)
    return environment


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, float):
        return decimal(value, language()) if abs(value) < 1000 else whole(round(value), language())
    return str(value)


def _written(table: ResultTable) -> str:
    """Return a table as Markdown, its columns and cells in the language of the report."""
    rows = [tuple(_cell(value) for value in row) for row in table.rows]
    return ResultTable(tuple(named(c) for c in table.columns), rows).to_markdown()


def _numeric(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _drawing(section: Section) -> Markup:
    """Return the drawing as markup: every text in it was escaped when it was drawn."""
    if section.result is None or section.result.chart is None:
        return Markup("")
    return Markup(section.result.plot().svg)  # noqa: S704  (see above)


def _coverage(section: Section) -> list[tuple[str, object]]:
    if section.result is None:
        return []
    found = section.result.coverage
    own = [key for key in found if key not in _COVERAGE]
    kept = [(named(k), found[k]) for k in (*_COVERAGE, *own) if k in found]
    return [(k, whole(v, language()) if isinstance(v, int) else v) for k, v in kept]
