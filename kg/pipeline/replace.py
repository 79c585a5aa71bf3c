"""One source of a release replaced or dropped, the others' statements kept as they are.

The others are read from the release itself, as RDF, so their files and addresses need not be
there. They pass through the whole load beside the new source: it refers to their things and is
matched with them. Only where each of them comes out as it went in are their graphs kept; where
one does not, or could not be compared, everything is read anew, and the caller is told why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import NotFoundError, SettingsError
from kg.files import read_csv, write_atomically
from kg.mapping import map_tables
from kg.ontology import Ontology, load_ontology
from kg.pipeline.assemble import Clock
from kg.pipeline.build import BuildResult, build, finish, result_of
from kg.pipeline.contents import Contents, conditions_of, contents_of, inputs_of, reading_of
from kg.pipeline.load import Loaded, load_sources, refuse_excess
from kg.pipeline.matching import LAST_REVIEW
from kg.pipeline.releases import building, is_whole
from kg.pipeline.rework import asserted_quads
from kg.provenance import FileRecord, GraphNames, LoadRecord
from kg.quads import TERM
from kg.reconcile import Decisions, read_decisions
from kg.settings import Settings, SourceSettings
from kg.store.release import Release, current_release
from kg.terms import RIHLA

__all__ = ["Replaced", "drop_source", "replace_source"]

Progress = Callable[[str], None]
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_USED = "<http://www.w3.org/ns/prov#used>"
_SAME = "<http://www.w3.org/2002/07/owl#sameAs>"
_REPLACED_BY = "<http://purl.org/dc/terms/isReplacedBy>"
_MADE = ("matched", "organisations_accept", "organisations_decided", "people_accept",
         "people_decided")  # fmt: skip
_TRIPLE = ("s", "p", "o")
_ZONES = ("review", "accept", "decided", "reject")
_IDENTIFIERS = [f"<{RIHLA.ror}>", f"<{RIHLA.orcid}>"]


@dataclass(frozen=True)
class Replaced:
    """The release that came of it; ``read_all`` says why every source was read, if so."""

    result: BuildResult
    read_all: str | None = None


class _UnsoundError(Exception):
    """The graphs of the other sources cannot be kept; the message says why."""


def replace_source(
    settings: Settings,
    source_id: str,
    path: str | None = None,
    progress: Progress = lambda _: None,
    strict: bool = False,
) -> Replaced:
    """Read one source anew and build a release with it and the others as they are.

    Parameters
    ----------
    settings:
        The project.
    source_id:
        The source; one that the project file has and the release has not is added.
    path:
        Where to read it, in place of what the project file says.
    progress, strict:
        As for :func:`kg.pipeline.build.build`.

    Raises
    ------
    NotFoundError
        The project has no such source.
    InputError
        The new version cannot be taken in, or more of it is refused than allowed; nothing changed.
    ReleaseError
        There is no release yet, or the new one cannot be written.
    """
    if source_id not in [source.id for source in settings.sources]:
        raise _unknown(source_id, settings)
    if path is not None:
        sources = [_moved(s, path) if s.id == source_id else s for s in settings.sources]
        settings = replace(settings, sources=tuple(sources))
    return _rework(settings, source_id, progress, strict)


def drop_source(
    settings: Settings, source_id: str, progress: Progress = lambda _: None
) -> Replaced:
    """Build a release without one source.

    The project file is the steward's: while it states the source, the next build loads it again.

    Raises
    ------
    NotFoundError
        Neither project nor release has such a source.
    SettingsError
        It is the only one.
    ReleaseError
        There is no release yet, or the new one cannot be written.
    """
    release = current_release(settings.project.releases)
    if source_id not in [entry["id"] for entry in release.manifest["sources"]]:
        raise _unknown(source_id, settings)
    rest = tuple(source for source in settings.sources if source.id != source_id)
    if not rest:
        raise SettingsError(f"{source_id} is the only source: a release without it would be empty.")
    return _rework(replace(settings, sources=rest), source_id, progress, strict=False)


def _unknown(source_id: str, settings: Settings) -> NotFoundError:
    known = ", ".join(source.id for source in settings.sources)
    return NotFoundError(f"There is no source {source_id!r}. Accepted: {known}.")


def _moved(source: SourceSettings, path: str) -> SourceSettings:
    from_here = path if "://" in path else str(Path(path).resolve())
    several = "://" in path or bool(set("*?[") & set(path))
    inputs = (from_here,) if several else ()
    place = source.path if several else Path(from_here)
    return replace(source, path=place, inputs=inputs, sha256={})


def _rework(settings: Settings, source_id: str, progress: Progress, strict: bool) -> Replaced:
    clock = Clock(progress)
    folder = settings.project.releases
    release = current_release(folder)
    try:
        with building(folder) as workspace:
            with clock.step("ontology"):
                ontology = load_ontology(settings.ontology)
            _refuse_unlike(release, settings, ontology, source_id)
            with clock.step("load"):
                loaded = _load(release, settings, ontology, source_id, progress)
            refuse_excess(_only(loaded, source_id), strict, settings.load)
            contents = _contents(release, loaded, settings, source_id)
            _write_last(settings, contents)
            inputs = inputs_of(settings, ontology, contents.loads, loaded.decided)
            same = release.manifest.get("inputs") == inputs and is_whole(release.path)
            if not same:
                release = finish(settings, ontology, contents, workspace, clock, loaded.decided)
        return Replaced(result_of(release, _only(loaded, source_id), clock, changed=not same))
    except _UnsoundError as reason:
        progress(f"reading all sources: {reason}")
        return Replaced(build(settings, progress, strict=strict), str(reason))


def _refuse_unlike(
    release: Release, settings: Settings, ontology: Ontology, source_id: str
) -> None:
    """Refuse to keep anything where the release was made under other conditions than now."""
    entries = _entries(release)
    rest = [source for source in settings.sources if source.id != source_id]
    if set(entries) - {source_id} != {source.id for source in rest}:
        raise _UnsoundError("the project file has other sources than the release")
    decided = Decisions.of(read_decisions(settings.project.decisions)).content
    if release.manifest.get("conditions") != conditions_of(settings, ontology, decided):
        raise _UnsoundError(
            "software, ontology, settings or decisions are not those of the release any more"
        )
    for source in rest:
        entry = entries[source.id]
        if entry.get("reading") != reading_of(source):
            raise _UnsoundError(f"{source.id} may be read otherwise than in the release")
        if entry["refused"]:
            raise _UnsoundError(f"rows of {source.id} were refused that may be good now")
    if source_id in entries:
        _refuse_leaning(release, entries, source_id)


def _refuse_leaning(release: Release, entries: Mapping[str, Any], source_id: str) -> None:
    """Refuse where other sources owe what they say to the one that goes."""
    names = GraphNames(release.manifest["base"])
    graph = f"<{names.load(source_id, entries[source_id]['content'])}>"
    old = asserted_quads(release).filter(pl.col("g") == graph)
    if old.filter(pl.col("p") == _REPLACED_BY).height:
        raise _UnsoundError(
            f"{source_id} says which things replace others, and references follow that"
        )
    if not old.filter(pl.col("p").is_in(_IDENTIFIERS)).height:
        return
    for name, entry in entries.items():
        made = [entry["matches"][z] for z in _MADE] if name != source_id else []
        if any(made):
            raise _UnsoundError(f"things of {name} were matched by name, perhaps with {source_id}")


def _entries(release: Release) -> dict[str, Any]:
    return {entry["id"]: entry for entry in release.manifest["sources"]}


def _load(
    release: Release,
    settings: Settings,
    ontology: Ontology,
    source_id: str,
    progress: Progress,
) -> Loaded:
    """Load the source beside the others' statements; these have to come out as they went in."""
    names = GraphNames(settings.project.base)
    entries = _entries(release)
    kept = {
        source.id: names.load(source.id, entries[source.id]["content"])
        for source in settings.sources
        if source.id != source_id
    }
    sources = [
        _from_release(source, release, kept[source.id]) if source.id in kept else source
        for source in settings.sources
    ]
    loaded = load_sources(replace(settings, sources=tuple(sources)), ontology.schema, progress)
    old = asserted_quads(release)
    for name, graph in kept.items():
        tables = [table for table in loaded.tables if table.checked.table.source == name]
        new = map_tables(tables, {name: graph})
        own = old.filter(pl.col("g") == f"<{graph}>")
        other = _plain(new).join(_plain(own), on=[*_TRIPLE], how="anti")
        if new.height != own.height or other.height:
            raise _UnsoundError(f"{name} says something else beside it")
    return loaded


def _plain(quads: pl.DataFrame) -> pl.DataFrame:
    """Return triples with one form of the at sign.

    A text that ends as a language mark does is read from RDF with a full-width one, so that its
    cell is not taken for a text in that language.
    """
    at = pl.col("o").cast(pl.String).str.replace_all("＠", "@", literal=True)
    return quads.select("s", "p", at.cast(TERM))


def _from_release(source: SourceSettings, release: Release, graph: str) -> SourceSettings:
    return replace(
        source,
        kind="rdf",
        path=release.dump,
        inputs=(),
        sha256={},
        files={},
        options={"graphs": [graph]},
        publish="named",
        max_refused=1.0,
    )


def _only(loaded: Loaded, source_id: str) -> Loaded:
    """Return what a load says of one source: the others have been judged before."""
    return replace(
        loaded,
        loads=tuple(load for load in loaded.loads if load.source.id == source_id),
        problems=tuple(p for p in loaded.problems if p.source == source_id),
        proposals=tuple(p for p in loaded.proposals if p.source == source_id),
        tables=tuple(t for t in loaded.tables if t.checked.table.source == source_id),
    )


def _contents(release: Release, loaded: Loaded, settings: Settings, source_id: str) -> Contents:
    """Join what the new source gives with what the release has of the others."""
    names = GraphNames(settings.project.base)
    own = contents_of(_only(loaded, source_id), names)
    entries = {**_entries(release), **{entry["id"]: entry for entry in own.entries}}
    order = [source.id for source in settings.sources]
    records = {load.source.id: load for load in own.loads}
    loads = tuple(records.get(s.id) or _record(s, entries[s.id]) for s in settings.sources)
    old = asserted_quads(release)
    rest = [name for name in order if name != source_id]
    graphs = [f"<{names.load(name, entries[name]['content'])}>" for name in rest]
    data = pl.concat([old.filter(pl.col("g").is_in(graphs)), own.data])
    matches = pl.concat([_match_quads(old, rest, names), own.matches]).unique()
    report = _joined(release.path / "report.csv", own.report, ("source", order), source_id)
    review = _joined(release.path / "review.csv", own.review, ("zone", _ZONES), source_id)
    return Contents(loads, data, matches, report, review, tuple(entries[n] for n in order))


def _record(source: SourceSettings, entry: Mapping[str, Any]) -> LoadRecord:
    files = tuple(FileRecord(**file) for file in entry.get("files", ()))
    read, kept, refused, merged = (
        int(entry[name]) for name in ("read", "kept", "refused", "merged")
    )
    return LoadRecord(source, entry["content"], read, kept, refused, merged, files)


def _match_quads(old: pl.DataFrame, sources: Sequence[str], names: GraphNames) -> pl.DataFrame:
    """Return the provenance of the matches of some sources' rows."""
    provenance = old.filter(pl.col("g") == f"<{names.provenance}>")
    used = [f"<{names.base}source/{name}>" for name in sources]
    matches = provenance.filter((pl.col("p") == _TYPE) & (pl.col("o") == f"<{RIHLA.Match}>"))
    theirs = provenance.filter((pl.col("p") == _USED) & pl.col("o").is_in(used))
    own = matches.join(theirs.select("s"), on="s", how="semi").select("s")
    places = own.select(pl.col("s").cast(pl.String))["s"].str.strip_chars("<>")
    rows = [
        f"<{names.base}{kind}/{place.removeprefix(f'{names.base}match/{kind}-{name}-')}>"
        for place in places
        for name in sources
        for kind in ("organisation", "person")
        if place.startswith(f"{names.base}match/{kind}-{name}-")
    ]
    same = provenance.filter((pl.col("p") == _SAME) & pl.col("s").is_in(rows))
    return pl.concat([provenance.join(own, on="s", how="semi"), same])


def _joined(path: Path, new: str, by: tuple[str, Sequence[str]], source_id: str) -> str:
    """Return a CSV file's rows of the other sources with the new rows of one.

    ``by`` is the column that the rows are sorted by, and the order of what it holds.
    """
    header, *fresh = list(csv.reader(io.StringIO(new, newline="")))
    place = header.index(by[0])
    old: list[list[str]] = []
    if path.is_file():
        records = read_csv(path)
        at = records.header.index("source")
        old = [cells for _, cells in records.rows if cells[at] != source_id]
    rows = sorted([*old, *fresh], key=lambda cells: _position(by[1], cells[place]))
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    return buffer.getvalue()


def _position(order: Sequence[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _write_last(settings: Settings, contents: Contents) -> None:
    folder = settings.project.releases
    write_atomically(folder / "last-build-report.csv", contents.report)
    write_atomically(folder / LAST_REVIEW, contents.review)
