"""The run: find, bury, clean, rewrite, tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import KgError
from kg.ontology import load_ontology
from kg.pipeline.assemble import Clock
from kg.pipeline.forget.inputs import Naming, Read, edit_sources, namings, read_all
from kg.pipeline.forget.people import (
    Person,
    Sighting,
    choose,
    forgotten_among,
    keys_to_bury,
    merge,
    seen_in_quads,
    seen_in_tables,
)
from kg.pipeline.forget.records import (
    LAST_FILES,
    clean_decisions,
    clean_export,
    clean_table,
    files_below,
    named_downloads,
    names_someone,
    remove_downloads,
)
from kg.pipeline.forget.rewriting import Rewritten, rewrite, what_would_go
from kg.pipeline.releases import building, remove_hidden
from kg.pipeline.rework import asserted_quads, own_ontology
from kg.privacy import people_of
from kg.privacy.traces import Traces, traces_of
from kg.schema import Schema
from kg.settings import Settings
from kg.store.release import Release, list_releases
from kg.tombstones import bury, read_tombstones

__all__ = ["Forgotten", "Plan", "forget", "plan_to_forget"]

Ask = Callable[[Sequence[Person]], Sequence[Person]]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What forgetting some people comes to; nothing of it is done yet.

    ``keys`` are to be buried; ``spared`` counts pairs of a name and a training or organisation
    that are not, since a namesake has them too. ``releases`` are those that change, ``files``
    gives rows to remove by file beside them, ``downloads`` copies to remove. ``namings`` are rows
    of sources, ``further`` other files of the project that name the people. ``unread`` says why a
    source or release could not be looked at, ``all_files`` whether every file was.
    """

    people: tuple[Person, ...]
    keys: frozenset[str]
    spared: int
    traces: Traces
    releases: tuple[Rewritten, ...]
    files: dict[Path, int]
    downloads: tuple[Path, ...]
    namings: tuple[Naming, ...]
    further: tuple[Path, ...]
    unread: dict[str, str]
    all_files: bool
    schema: Schema


@dataclass(frozen=True)
class Forgotten:
    """What was done. ``waiting`` are old folders that a process still reads.

    ``rows`` are what the steward has to take out of sources by hand, ``failed`` why a release
    could not be rewritten.
    """

    plan: Plan
    buried: int
    releases: tuple[Rewritten, ...]
    rows: tuple[Naming, ...]
    waiting: tuple[str, ...]
    failed: dict[str, str] = field(default_factory=dict)


def plan_to_forget(settings: Settings, wanted: Sequence[str], ask: Ask | None = None) -> Plan:
    """Find people and everything about them.

    Parameters
    ----------
    settings:
        The project.
    wanted:
        IRIs, keys, ORCID iDs or exact names; none means all who have a tombstone already, as after
        a run that was killed or a backup that was brought back.
    ask:
        Chooses among people of one name.

    Raises
    ------
    NotFoundError
        Somebody is not found, or a name is that of several.
    """
    schema = load_ontology(settings.ontology).schema
    read = read_all(settings, schema)
    unread = {f"source {source}": reason for source, reason in read.unread.items()}
    kept = _readable(settings, unread)
    everybody = merge(_sightings(kept, read, schema, settings))
    tombstones = read_tombstones(settings.project.forgotten)
    if wanted:
        chosen = [person for text in wanted for person in choose(everybody, text, ask)]
        chosen = list({id(person): person for person in chosen}.values())
    else:
        chosen = forgotten_among(everybody, tombstones)
    return _plan(chosen, everybody, kept, read, schema, settings, unread)


def _readable(settings: Settings, unread: dict[str, str]) -> list[Release]:
    kept = []
    for release in list_releases(settings.project.releases):
        try:
            asserted_quads(release)
            kept.append(release)
        except KgError as error:
            unread[f"release {release.id}"] = str(error)
    return kept


def _sightings(
    kept: Sequence[Release], read: Read, schema: Schema, settings: Settings
) -> Iterator[Sighting]:
    for release in kept:
        own = own_ontology(release, settings).schema
        yield from seen_in_quads(asserted_quads(release), own, release.id)
    yield from seen_in_tables(people_of(read.tables, schema, settings.project.base))


def _plan(
    chosen: Sequence[Person],
    everybody: Sequence[Person],
    kept: Sequence[Release],
    read: Read,
    schema: Schema,
    settings: Settings,
    unread: dict[str, str],
) -> Plan:
    traces = _traces(chosen, everybody)
    keys, spared = keys_to_bury(chosen, everybody)
    iris = {iri for person in chosen for iri in person.iris}
    looked = [what_would_go(release, iris, traces, settings) for release in kept]
    gone = {term.strip("<>") for release in looked for term in release.iris}
    bearing = {iri.lower() for iri in gone if iri in iris or traces.spans(iri)}
    rows = namings(read, keys | bearing, settings, schema) if chosen else []
    named = _named_files(settings, traces, rows) if chosen else _Named({}, (), (), True)
    return Plan(
        tuple(chosen),
        frozenset(keys | bearing),
        spared,
        traces,
        tuple(release for release in looked if release),
        named.files,
        named.downloads,
        tuple(rows),
        named.further,
        unread,
        named.complete,
        schema,
    )


def _traces(chosen: Sequence[Person], everybody: Sequence[Person]) -> Traces:
    mine = {id(person) for person in chosen}
    rest = [person for person in everybody if id(person) not in mine]
    others = {text for person in rest for text in (*person.names, *person.short_keys)}
    names = {name for person in chosen for name in person.names}
    keys = {key for person in chosen for key in person.short_keys}
    return traces_of(names, keys, others)


@dataclass(frozen=True)
class _Named:
    files: dict[Path, int]
    downloads: tuple[Path, ...]
    further: tuple[Path, ...]
    complete: bool


def _named_files(settings: Settings, traces: Traces, rows: Sequence[Naming]) -> _Named:
    """Look into the files beside the releases, and into all others of the project's folder."""
    project = settings.project
    files = {project.releases / name: 0 for name in LAST_FILES}
    files = {path: clean_table(path, traces, write=False) for path in files}
    files[project.decisions] = clean_decisions(project.decisions, traces, write=False)
    left_out = [project.releases, project.forgotten, settings.load.downloads, *files]
    below, complete = files_below(settings.file.parent, left_out)
    told = {Path(naming.file) for naming in rows}
    further = []
    for path in below:
        if path in told or not names_someone(path, traces):
            continue
        count = clean_export(path, traces, write=False)
        if count:
            files[path] = count
        else:
            further.append(path)
    downloads = settings.load.downloads
    copies = named_downloads(downloads, traces) if downloads.is_dir() else []
    return _Named({p: n for p, n in files.items() if n}, tuple(copies), tuple(further), complete)


def forget(
    settings: Settings,
    wanted: Sequence[str],
    agree: Callable[[Plan], bool] = lambda _: True,
    ask: Ask | None = None,
    progress: Progress = lambda _: None,
    edit: bool = False,
    wait_seconds: float = 30.0,
) -> Forgotten | None:
    """Forget people: bury their keys, and take them out of everything that the project keeps.

    Parameters
    ----------
    settings, wanted, ask:
        As for :func:`plan_to_forget`.
    agree:
        Is shown what would be done; where it says no, nothing is.
    progress:
        Called with the name of each step when it begins.
    edit:
        Change the steward's own CSV, TSV and JSON Lines tables too.
    wait_seconds:
        How long to wait for readers of the old releases to move on.

    Returns
    -------
    Forgotten or None
        What was done; None where ``agree`` said no.

    Raises
    ------
    NotFoundError
        Somebody is not found, or a name is that of several.
    ReleaseError
        A build is running, or the folder of releases cannot be written.
    """
    folder = settings.project.releases
    with building(folder) as workspace:
        progress("looking for them")
        plan = plan_to_forget(settings, wanted, ask)
        if not agree(plan):
            return None
        progress("burying their keys")
        buried = _bury(settings, plan)
        _clean_files(settings, plan)
        done, failed = _rewrite_all(settings, plan, workspace, progress)
        remove_downloads(plan.downloads)
        rows = plan.namings
        if edit:
            progress("changing the tables")
            rows = tuple(edit_sources(rows, settings, plan.schema))
        progress("waiting for readers of the old releases")
        waiting = remove_hidden(folder, wait_seconds)
    return Forgotten(plan, buried, tuple(done), rows, tuple(waiting), failed)


def _bury(settings: Settings, plan: Plan) -> int:
    folder = settings.project.forgotten
    before = len(read_tombstones(folder).hashes)
    return len(bury(folder, plan.keys).hashes) - before if plan.keys else 0


def _clean_files(settings: Settings, plan: Plan) -> None:
    for path in plan.files:
        if path == settings.project.decisions:
            clean_decisions(path, plan.traces)
        elif path.name in LAST_FILES:
            clean_table(path, plan.traces)
        else:
            clean_export(path, plan.traces)


def _rewrite_all(
    settings: Settings, plan: Plan, workspace: Path, progress: Progress
) -> tuple[list[Rewritten], dict[str, str]]:
    """Rewrite one release after the other; one that cannot be written does not stop the others."""
    people = {iri for person in plan.people for iri in person.iris}
    done, failed = [], {}
    for number, found in enumerate(plan.releases):
        progress(f"writing {found.release.id} anew")
        place = workspace / str(number)
        try:
            done.append(
                rewrite(found.release, people, plan.traces, settings, place, Clock(progress))
            )
        except KgError as error:
            failed[found.release.id] = str(error)
    return done, failed
