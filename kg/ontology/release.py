"""Release a version of the ontology: files that others load, written once and never again.

The same ontology gives the same bytes. Functional and Manchester syntax are left out: no library
among the package's dependencies writes them (owlready2 writes RDF/XML and N-Triples).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import InputError, KgError
from kg.files import read_utf8, write_atomically
from kg.ontology.canonical import WRITERS, says
from kg.ontology.consistency import check_consistency
from kg.ontology.diff import OntologyDiff, compare
from kg.ontology.edit import LANGUAGES, versioned_header
from kg.ontology.files import Ontology, load_ontology
from kg.ontology.new_term import short
from kg.ontology.snapshot import RELEASES, of_ontology, open_snapshot, released_versions
from kg.terms import VOCABULARY_BASE

__all__ = ["OntologyRelease", "changelog_section", "release_ontology", "undocumented"]

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_TERM_KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@dataclass(frozen=True)
class OntologyRelease:
    """A version that was written: its folder, its files, and what changed since the prior one."""

    version: str
    folder: Path
    files: tuple[str, ...]
    prior: str | None
    diff: OntologyDiff | None


def release_ontology(folder: Path, version: str, into: Path | None = None) -> OntologyRelease:
    """Check the ontology, write the version's folder, and set the version in rihla.ttl.

    Parameters
    ----------
    folder:
        The ontology's folder.
    version:
        Three numbers, such as ``0.2.0``.
    into:
        Where the version's folder goes; by default ``releases`` inside ``folder``.

    Raises
    ------
    InputError
        The version is not higher than the last, is lower than the changes demand, has no section
        in CHANGELOG.md, or a term is not documented; nothing was written.
    KgError
        The ontology is inconsistent or a class cannot have members; nothing was written.
    """
    target = into or folder / RELEASES
    prior = _prior(target, version)
    section = changelog_section(folder / "CHANGELOG.md", version)
    header = versioned_header(folder, version, prior)
    ontology = _with_header(load_ontology(folder), header)
    diff = _checked_diff(ontology, target, prior, version)
    _refuse_undocumented(ontology)
    _refuse_inconsistent(ontology)
    texts = dict(_texts(ontology, version, section))
    _publish(target / version, texts)
    _set_header(folder / "rihla.ttl", header, target / version)
    return OntologyRelease(version, target / version, tuple(texts), prior, diff)


def changelog_section(path: Path, version: str) -> str:
    """Return what the changelog says about a version, heading included.

    Raises
    ------
    InputError
        There is no such section, or it is empty.
    """
    pattern = rf"(?ms)^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)"
    found = re.search(pattern, read_utf8(path))
    if found is None or not found[1].strip():
        raise InputError(
            f"{path}: there is nothing about {version}. Accepted: a heading '## {version}' with "
            "what changed below it. 'kg ontology diff' lists the changes."
        )
    return found[0].rstrip() + "\n"


def undocumented(ontology: Ontology) -> list[str]:
    """Return one line for each own term or concept that lacks texts, sorted."""
    terms = {
        s for kind in _TERM_KINDS for s in ontology.vocabulary.subjects(RDF.type, kind)
        if str(s).startswith(VOCABULARY_BASE)
    }  # fmt: skip
    concepts = set(ontology.schemes.subjects(SKOS.inScheme))
    lines = [*_gaps(ontology.vocabulary, terms, RDFS.label),
             *_gaps(ontology.schemes, concepts, SKOS.prefLabel)]  # fmt: skip
    return sorted(lines)


def _gaps(graph: Graph, subjects: Iterable[Node], label: URIRef) -> Iterator[str]:
    for subject in subjects:
        missing = [
            f"{what} in {language}"
            for what, predicate in (("label", label), ("definition", SKOS.definition))
            for language in LANGUAGES
            if not _has_text(graph, subject, predicate, language)
        ]
        if missing:
            yield f"{short(subject)}: {', '.join(missing)}"


def _has_text(graph: Graph, subject: Node, predicate: URIRef, language: str) -> bool:
    texts = graph.objects(subject, predicate)
    return any(isinstance(t, Literal) and t.language == language and t.strip() for t in texts)


def _prior(target: Path, version: str) -> str | None:
    """Return the last released version, which must be lower."""
    if not _VERSION.fullmatch(version):
        raise InputError(
            f"{version!r} is not a version. Accepted: three numbers with full stops, as in 0.2.0."
        )
    released = released_versions(target)
    if released and _numbers(version) <= _numbers(released[-1]):
        raise InputError(
            f"{version} is not higher than the last release, {released[-1]}. Accepted: a higher "
            "version; what was released stays as it is."
        )
    return released[-1] if released else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _with_header(ontology: Ontology, header: str) -> Ontology:
    """Return the ontology as it will be: the same statements, another header."""
    before = Graph().parse(data=read_utf8(ontology.folder / "rihla.ttl"), format="turtle")
    after = Graph().parse(data=header, format="turtle")
    vocabulary = Graph()
    for prefix, namespace in (ontology.vocabulary + after).namespaces():
        vocabulary.bind(prefix, namespace)
    for triple in ontology.vocabulary:
        vocabulary.add(triple)
    subjects = set(before.subjects(RDF.type, OWL.Ontology))
    for subject in subjects:
        vocabulary.remove((subject, None, None))
        for predicate, value in after.predicate_objects(subject):
            vocabulary.add((subject, predicate, value))
    return replace(ontology, vocabulary=vocabulary)


def _checked_diff(
    ontology: Ontology, target: Path, prior: str | None, version: str
) -> OntologyDiff | None:
    if prior is None:
        return None
    diff = compare(open_snapshot(target / prior, ontology.folder), of_ontology(ontology))
    advice = diff.advice
    if advice.version is not None and _numbers(version) < _numbers(advice.version):
        heavy = next(c for c in diff.changes)
        raise InputError(
            f"{version} is too low: there are changes that ask for a {advice.step} step, such as "
            f"{heavy.kind} {heavy.name} ({heavy.reason}). Accepted: {advice.version} or higher. "
            f"'kg ontology diff {prior}' lists all."
        )
    return diff


def _refuse_undocumented(ontology: Ontology) -> None:
    lines = undocumented(ontology)
    if lines:
        more = f"; and {len(lines) - 5} more" if len(lines) > 5 else ""
        raise InputError(
            f"{ontology.folder}: terms without documentation: {'; '.join(lines[:5])}{more}. "
            "Accepted: a label and a definition in en, ar and fr for every term."
        )


def _refuse_inconsistent(ontology: Ontology) -> None:
    """Run HermiT; it raises by itself where the ontology is inconsistent."""
    report = check_consistency(ontology)
    if report.rows:
        classes = ", ".join(str(row[0]) for row in report.rows[:5])
        raise KgError(
            f"{ontology.folder}: classes that cannot have members: {classes}. "
            "'kg ontology check' says more."
        )


def _texts(ontology: Ontology, version: str, section: str) -> Iterator[tuple[str, str]]:
    """Yield name and content of each file."""
    prefixes = of_ontology(ontology).prefixes
    for suffix in WRITERS:
        yield f"rihla-{version}.{suffix}", _written(ontology.vocabulary, suffix, prefixes)
    yield f"rihla-{version}-shapes.ttl", _written(ontology.shapes, "ttl", prefixes)
    yield f"rihla-{version}-schemes.ttl", _written(ontology.schemes, "ttl", prefixes)
    for name, query in ontology.rules.items():
        yield f"rules/{name}", query
    yield "CHANGELOG.md", section


def _written(graph: Graph, suffix: str, prefixes: Mapping[str, str]) -> str:
    """Return a graph as text that was read back and says the same."""
    text = WRITERS[suffix](graph, prefixes)
    if not says(text, suffix, graph):
        raise KgError(
            f"The ontology cannot be written as {suffix} without loss: a blank node is shared or "
            "leads back to itself. Give it an IRI."
        )
    return text


def _publish(folder: Path, texts: Mapping[str, str]) -> None:
    """Write all files beside, then rename the folder, so that a release is whole or absent."""
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    try:
        for name, text in texts.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _set_header(path: Path, header: str, released: Path) -> None:
    """Write the new header; without it the release must not stand."""
    try:
        write_atomically(path, header)
    except OSError:
        shutil.rmtree(released, ignore_errors=True)
        raise
