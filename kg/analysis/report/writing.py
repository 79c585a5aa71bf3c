"""A report as one HTML file that needs nothing else, or as Markdown with its drawings beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from kg.analysis.plots.svg import isolated
from kg.analysis.report.content import Report, Section
from kg.errors import InputError
from kg.language import (
    decimal,
    gettext,
    language,
    named,
    percent,
    plural,
    right_to_left,
    said,
    speaking,
    spoken_word,
    whole,
)
from kg.results import ResultTable

__all__ = ["WRITERS", "Figure", "as_html", "as_markdown", "write_report"]

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
    path.write_text(as_html(report), encoding="utf-8")
    return [path]


def _markdown(report: Report, path: Path) -> list[Path]:
    folder = path.with_name(f"{path.stem}_files")
    folder.mkdir(exist_ok=True)
    text, drawings = as_markdown(report, folder.name)
    for name, svg in drawings.items():
        (folder / name).write_text(svg, encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return [path, *(folder / name for name in drawings)]


WRITERS: Mapping[str, Callable[[Report, Path], list[Path]]] = {".html": _html, ".md": _markdown}
"""Suffix of a report's file → how it is written."""


@dataclass(frozen=True)
class Figure:
    """A drawing with its number, its caption, and the name of its file where it has one."""

    number: int
    caption: str
    svg: Markup
    file: str


def as_html(report: Report) -> str:
    """Return a report as one page that loads nothing, in the language that is spoken."""
    return _rendered("report.html.j2", report, _figures(report), "")


def as_markdown(report: Report, folder: str) -> tuple[str, dict[str, str]]:
    """Return a report as Markdown, and its drawings: name of a file in ``folder`` → SVG."""
    figures = _figures(report)
    drawings = {f.file: str(f.svg) for found in figures.values() for f in found}
    return _rendered("report.md.j2", report, figures, folder), drawings


def _figures(report: Report) -> dict[str, list[Figure]]:
    """Return anchor of a section → its figures; they are numbered through the report."""
    figures: dict[str, list[Figure]] = {}
    numbers = count(1)
    for section in report.sections:
        for chart in section.charts:
            assert section.result is not None  # it has drawings
            # every text of a drawing was escaped when it was drawn
            svg = Markup(section.result.plot(chart.kind).svg)  # noqa: S704
            number = next(numbers)
            caption, file = _caption(report, section, number), f"{section.anchor}-{chart.kind}.svg"
            figures.setdefault(section.anchor, []).append(Figure(number, caption, svg, file))
    return figures


def _caption(report: Report, section: Section, number: int) -> str:
    """Return what stands below a figure: what it shows, how it was computed, what it rests on."""
    assert section.result is not None  # it has a figure
    meta = section.result.meta
    method = said(str(meta["formula"] or meta["definition"])).rstrip(".")
    parts = (
        gettext("Figure %(number)s.", number=whole(number, language())),
        gettext("%(title)s: %(subject)s.", title=said(section.title), subject=report.title),
        gettext("Method: %(method)s.", method=isolated(method)),
        _rests_on(section.result.coverage),
        gettext("Release %(release)s.", release=isolated(report.release)),
    )
    return " ".join(parts)


def _rests_on(coverage: Mapping[str, Any]) -> str:
    counts = {name: whole(n, language()) for name, n in coverage.items() if isinstance(n, int)}
    if coverage.get("considered"):
        share = percent(coverage["placed"] / coverage["considered"], language())
        return gettext(
            "Coverage: %(placed)s of %(considered)s participations (%(share)s) could be placed, "
            "from %(selected)s trainings.",
            placed=counts["placed"],
            considered=counts["considered"],
            share=share,
            selected=counts["trainings_selected"],
        )
    return gettext(
        "Coverage: %(selected)s of %(all)s trainings, %(participations)s participations.",
        selected=counts["trainings_selected"],
        all=counts["trainings_in_release"],
        participations=counts["participations"],
    )


def _rendered(
    template: str, report: Report, figures: Mapping[str, list[Figure]], folder: str
) -> str:
    chosen = _environment().get_template(template)
    return chosen.render(report=report, figures=figures, folder=folder)


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
        cell=_cell, coverage=_coverage, literal=_literal, isolated=isolated, numeric=_numeric,
        said=said, named=named,
        written=_written, whole=lambda n: whole(n, language()),
    )  # fmt: skip
    environment.globals.update(language=language, rtl=right_to_left)
    return environment


_OF_YEARS = ("year", "cohort", "arrival", "until", "since", "group")


def _cell(value: object, column: str = "") -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, float) and value == 0:
        return "0"
    if isinstance(value, float):
        return decimal(value, language()) if abs(value) < 1000 else whole(round(value), language())
    if isinstance(value, int) and (column == "of_year" or not column.endswith(_OF_YEARS)):
        return whole(value, language())
    return str(spoken_word(value))


def _written(section: Section) -> str:
    """Return the table as Markdown, its columns and cells in the language of the report."""
    table = section.shown
    assert table is not None  # it is written where there are rows
    rows = [
        tuple(_cell(v, c).replace("<", "&lt;") for v, c in zip(row, table.columns, strict=True))
        for row in table.rows
    ]
    return ResultTable(tuple(named(section.heading(c)) for c in table.columns), rows).to_markdown()


def _literal(text: object) -> str:
    """Return a text for Markdown, in which nothing of it is markup."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", str(text))


def _numeric(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _coverage(section: Section) -> list[tuple[str, object]]:
    if section.result is None:
        return []
    found = section.result.coverage
    own = [key for key in found if key not in _COVERAGE]
    kept = [(named(k), found[k]) for k in (*_COVERAGE, *own) if k in found]
    return [(k, whole(v, language()) if isinstance(v, int) else v) for k, v in kept]
