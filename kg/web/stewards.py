"""Pages for data stewards: quality of the release, its history, templates of the tables."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock

import polars as pl
from flask import Blueprint, Response, render_template, request

from kg.changes import diff_summary
from kg.errors import KgError, LimitError, NotFoundError
from kg.files import shipped_folder
from kg.language import tell
from kg.ontology import load_ontology
from kg.ontology.templates import chosen_tables, columns_table, write_template
from kg.ontology.workbook import write_workbook
from kg.results import ResultTable
from kg.schema import Schema
from kg.store.release import Release, find_release, list_releases
from kg.web import headers
from kg.web.bindings import Rows, rows_from_table
from kg.web.formats import HTML
from kg.web.problems import status_of
from kg.web.sending import not_modified, send_text
from kg.web.service import service

__all__ = ["FILES", "OF_BUILD", "blueprint", "problem_counts", "tables_of", "unmatched"]

blueprint = Blueprint("stewards", __name__)

SHOWN_ROWS = 200
FILES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
"""Suffix of an address → as what tables are sent."""

_LARGEST_DUMP = 64 * 1024 * 1024  # bytes, compressed: more takes more memory than a page may
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COMPARING = Lock()
_GROUP = ["severity", "source", "table", "column", "rule", "accepted"]


@blueprint.get("/quality")
def quality() -> Response:
    """Show counts, problems of the build, unmatched names and suspected duplicates."""
    release = service().release
    tag = headers.etag(release.id, "quality")
    if headers.is_known(tag):
        return not_modified(tag)
    text = render_template(
        "quality.html",
        manifest=release.manifest,
        counts=service().rows("quality/counts"),
        duplicates=service().rows("quality/suspected-duplicates"),
        problems=_shown(problem_counts(release)),
        names=_shown(unmatched(release)),
        shown=SHOWN_ROWS,
    )
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


def problem_counts(release: Release) -> ResultTable | None:
    """Return how many cells broke each rule, the most first; None where there is no report.

    The cells themselves may tell of people, so they stay with the stewards.
    """
    report = _table(release.path / "report.csv")
    if report is None:
        return None
    counted = report.group_by(_GROUP).len("cells").sort(["cells", *_GROUP], descending=True)
    return ResultTable(tuple(counted.columns), counted.rows())


def unmatched(release: Release) -> ResultTable | None:
    """Return the organisations without a stable identifier that no match was accepted for.

    None where the build wrote no list. Names of people are on it too, and are not shown.
    """
    review = _table(release.path / "review.csv")
    if review is None:
        return None
    left = review.filter(
        pl.col("kind").str.starts_with("organi"), pl.col("zone").is_in(["review", "reject"])
    )
    chosen = left.select("source", "name", "country", "zone", best_match="target_name")
    return ResultTable(tuple(chosen.columns), chosen.rows())


def _table(path: Path) -> pl.DataFrame | None:
    return pl.read_csv(path, infer_schema=False) if path.is_file() else None


def _shown(table: ResultTable | None) -> Rows | None:
    return None if table is None else rows_from_table(table, {})


OF_BUILD: Mapping[str, Callable[[Release], ResultTable | None]] = {
    "problems": problem_counts,
    "unmatched": unmatched,
}
"""The tables of the quality page that no query answers."""


@blueprint.get("/api/quality/<what>.<suffix>")
def quality_table(what: str, suffix: str) -> Response:
    """Send the problems of the build or the unmatched institutions as csv or json."""
    if what not in OF_BUILD:
        raise NotFoundError(
            tell(
                "There is no table %(what)s. Accepted: %(accepted)s.",
                what=repr(what[:40]),
                accepted=", ".join(OF_BUILD),
            )
        )
    release = service().release
    tag = headers.etag(release.id, "quality", what, suffix)
    if headers.is_known(tag):
        return not_modified(tag)
    table = OF_BUILD[what](release)
    if table is None:
        raise NotFoundError(tell("This release has no report."))
    return _as_file(table, suffix, tag)


@blueprint.get("/api/releases.<suffix>")
def releases_table(suffix: str) -> Response:
    """Send the releases that are kept, or what changed between ``old`` and ``new``."""
    old, new = request.args.get("old", ""), request.args.get("new", "")
    table = _compared(old, new) if old and new else _listed(_kept())
    response = _as_file(table, suffix, headers.etag(table.to_csv(), suffix))
    response.headers["Cache-Control"] = "no-store"  # the next build adds one
    return response


def _as_file(table: ResultTable, suffix: str, tag: str) -> Response:
    if suffix not in FILES:
        raise NotFoundError(
            tell("There is no table as .%(suffix)s. Accepted: .csv, .json.", suffix=suffix)
        )
    told = replace(table, meta={"release": service().release.id, **table.meta})
    text = told.to_csv() if suffix == "csv" else told.to_json()
    return send_text(text, FILES[suffix], tag)


def _kept() -> list[Release]:
    return list_releases(service().settings.project.releases) or [service().release]


def _listed(kept: list[Release]) -> ResultTable:
    rows = [
        (r.id, str(r.manifest.get("built", "")), r.manifest.get("quads"),
         len(r.manifest.get("sources", [])), str(r.manifest.get("ontology", "")))
        for r in kept
    ]  # fmt: skip
    return ResultTable(("release", "built", "statements", "sources", "ontology"), rows)


@blueprint.get("/releases")
def releases() -> Response:
    """List the releases that are kept; with ``old`` and ``new``, what changed between them."""
    kept = _kept()
    old, new = request.args.get("old", ""), request.args.get("new", "")
    changes, error = None, None
    try:
        changes = _shown(_compared(old, new)) if old and new else None
    except KgError as problem:
        error = problem
    text = render_template(
        "releases.html",
        kept=kept,
        old=old or kept[min(1, len(kept) - 1)].id,
        new=new or kept[0].id,
        changes=changes,
        shown=SHOWN_ROWS,
        error=error,
    )
    response = Response(text, mimetype=HTML.media_type)
    response.headers["Cache-Control"] = "no-store"  # the next build adds one
    response.status_code = 200 if error is None else status_of(error)
    return response


def _compared(old: str, new: str) -> ResultTable:
    folder = service().settings.project.releases
    pair = tuple(find_release(folder, release_id) for release_id in (old, new))
    if max(release.dump.stat().st_size for release in pair) > _LARGEST_DUMP:
        raise LimitError(
            tell(
                "These releases are too large for a page. Run: kg diff %(old)s %(new)s.",
                old=old,
                new=new,
            )
        )
    with _COMPARING:  # one at a time: it reads both dumps
        return _changes(folder, old, new)


@lru_cache(maxsize=16)
def _changes(folder: Path, old: str, new: str) -> ResultTable:
    return diff_summary(find_release(folder, old), find_release(folder, new))


@blueprint.get("/templates")
def templates() -> Response:
    """Offer the templates of the tables, with what each column holds."""
    schema = tables_of(service().release.path)
    tag = headers.etag(service().release.id, "templates")
    columns = {name: rows_from_table(columns_table(schema, name), {}) for name in schema.tables}
    text = render_template("templates.html", columns=columns)
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)


@blueprint.get("/templates/<name>.csv")
def template(name: str) -> Response:
    """Send the CSV template of one table: header and example row."""
    schema = tables_of(service().release.path)
    chosen_tables(schema, name)
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write_template(schema, Path(folder), name)
        text = path.read_bytes()
    tag = headers.etag(service().release.id, "template", name)
    return _attached(send_text(text, "text/csv; charset=utf-8", tag), f"{name}.csv")


@blueprint.get("/templates/rihla-<language>.xlsx")
def workbook(language: str) -> Response:
    """Send the workbook of all tables, with help in one of the languages."""
    if language not in ("en", "ar", "fr"):
        raise NotFoundError(
            tell(
                "There is no workbook in %(language)s. Accepted: en, ar, fr.",
                language=repr(language[:20]),
            )
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rihla.xlsx"
        content = write_workbook(
            tables_of(service().release.path), path, language=language
        ).read_bytes()
    tag = headers.etag(service().release.id, "workbook", language)
    return _attached(send_text(content, _XLSX, tag), f"rihla-{language}.xlsx")


def _attached(response: Response, name: str) -> Response:
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@lru_cache(maxsize=2)
def tables_of(folder: Path) -> Schema:
    """Return the tables of the release in a folder, read once."""
    kept = folder / "ontology"
    # What an endpoint elsewhere serves comes without a folder: its tables are those of ours.
    return load_ontology(kept if kept.is_dir() else shipped_folder("ontology")).schema
