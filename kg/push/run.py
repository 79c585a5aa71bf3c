"""Push a release: send what is not there yet, count it, delete what is left over, record it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kg.endpoint import Record, RecordedGraph, read_record
from kg.errors import KgError, ReleaseError
from kg.provenance import GraphNames
from kg.push.graphs import GraphFile, split_dump
from kg.push.record import Plan, record_text
from kg.push.targets import Target
from kg.queries import bind, get_query
from kg.store.release import Release
from kg.store.remote import Dataset, RemoteStore

__all__ = ["Step", "push"]


@dataclass(frozen=True)
class Step:
    """One thing that a push does: ``action`` is send, keep or delete."""

    action: str
    graph: str
    triples: int


def push(
    release: Release,
    store: RemoteStore,
    target: Target,
    *,
    union: bool | None = None,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Step]:
    """Load a release into a server, so that its endpoint answers for it.

    Parameters
    ----------
    release:
        What is loaded.
    store:
        The server's endpoint, by which it is counted and asked what is there.
    target:
        What the graphs are written to.
    union:
        Whether a graph of all triples, each once, is written too, which queries are then about;
        None where the server needs one: Virtuoso, or if graphs share triples.
    dry_run:
        Change nothing, say what would be done.
    tell:
        Is told how far it is.

    Returns
    -------
    list of Step
        What was done, or would be.

    Raises
    ------
    KgError
        Something failed; the message says what is there, and that the next push goes on from it.
    """
    store.dataset = Dataset()
    names = GraphNames(release.manifest["base"])
    if union is None:
        shared = release.manifest["quads"] != release.manifest["triples"]
        union = shared or store.dialect.needs_union
    with tempfile.TemporaryDirectory(prefix="rihla-") as folder:
        files = split_dump(release, Path(folder), names.union if union else None)
        plan = _plan(release, files, _known(store, names), names.union if union else None)
        steps = _steps(plan)
        if not dry_run:
            by_name = {file.name: file for file in files}
            _Run(plan, by_name, names.release, store, target, tell).all()
    return steps


def _known(store: RemoteStore, names: GraphNames) -> Record | None:
    """Return the record that is there; one of another base is none of ours to replace."""
    record = read_record(store)
    if record is not None and record.graph != names.release:
        raise ReleaseError(
            f"{store.url} holds release {record.release} of another base, {record.base}: two "
            "cannot be told apart by those who ask. Push to a server or dataset of its own."
        )
    return record


def _plan(
    release: Release, files: list[GraphFile], record: Record | None, union: str | None
) -> Plan:
    wanted = {file.name: RecordedGraph(file.triples, file.digest) for file in files}
    there = record.everything if record else {}
    return Plan(
        release=release,
        wanted=wanted,
        union=union,
        held={n: g.digest for n, g in there.items() if n in wanted and g.digest},
        stale={name: graph.triples for name, graph in there.items() if name not in wanted},
    )


def _steps(plan: Plan) -> list[Step]:
    missing = set(plan.missing())
    return [
        *(
            Step("send" if name in missing else "keep", name, graph.triples)
            for name, graph in plan.wanted.items()
        ),
        *(Step("delete", name, triples) for name, triples in plan.stale.items()),
    ]


class _Run:
    """One push under way."""

    def __init__(
        self,
        plan: Plan,
        files: dict[str, GraphFile],
        record: str,
        store: RemoteStore,
        target: Target,
        tell: Callable[[str], None],
    ) -> None:
        self.plan, self.files, self.record = plan, files, record
        self.store, self.target, self.tell = store, target, tell

    def all(self) -> None:
        """Do all of it."""
        try:
            self._keep_what_is_right()
            for number, name in enumerate(missing := self.plan.missing(), start=1):
                self._send(name, f"{number} of {len(missing)}")
            for name, triples in list(self.plan.stale.items()):
                self.target.drop(name)
                del self.plan.stale[name]
                self.tell(f"deleted <{name}>, {triples:,} triples of an earlier push")
            self._write_record(datetime.now(UTC).isoformat(timespec="seconds"))
        except KgError as error:
            raise ReleaseError(f"{error} {self._state()}") from error

    def _keep_what_is_right(self) -> None:
        """Count what the record says is there: somebody else may have changed it."""
        for name in [name for name in self.plan.held if name not in self.plan.missing()]:
            if self._count(name) == self.plan.wanted[name].triples:
                self.tell(f"kept <{name}>: it holds the same already")
            else:
                del self.plan.held[name]
        for name in self.plan.missing():
            self.plan.held.pop(name, None)
        self._write_record(None)

    def _send(self, name: str, place: str) -> None:
        wanted = self.plan.wanted[name]

        def sent(triples: int) -> None:
            self.tell(f"{place}: <{name}>, {triples:,} of {wanted.triples:,} triples")

        self.target.put(self.files[name], sent)
        found = self._count(name)
        if found != wanted.triples:
            raise ReleaseError(
                f"<{name}> holds {found:,} triples at {self.store.url}, and {wanted.triples:,} "
                "were sent. The server may change or drop values that it does not take."
            )
        self.plan.held[name] = self.files[name].digest
        self._write_record(None)

    def _write_record(self, complete: str | None) -> None:
        self.target.put_text(self.record, record_text(self.plan, complete))

    def _count(self, name: str) -> int:
        text = bind(get_query("endpoint/count"), {"graph": name})
        return int(str(self.store.table(text).rows[0][0]))

    def _state(self) -> str:
        whole, wanted = len(self.plan.wanted) - len(self.plan.missing()), len(self.plan.wanted)
        return (
            f"{whole} of {wanted} graphs of release {self.plan.release.id} are at {self.store.url} "
            "in whole; until all are, it says that it holds a part. Push again: that goes on from "
            "here."
        )
