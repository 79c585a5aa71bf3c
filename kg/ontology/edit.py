"""Add and deprecate terms in the Turtle files, in place.

One block of one file changes; every other byte, comments and layout included, stays as it was.
Each edit is parsed before it is written: if the statements of the file change by anything but
the intended triples, nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, SKOS, BNode, Graph, Literal, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.term import Node

from kg.errors import InputError, KgError, NotFoundError
from kg.files import read_utf8, write_atomically
from kg.ontology.files import load_ontology
from kg.ontology.new_term import (
    KINDS,
    LANGUAGES,
    VS,
    NewTerm,
    Triple,
    check_name,
    check_texts,
    described,
    short,
    term_iri,
    written_block,
)
from kg.ontology.turtle import Statement, literal, read_statements, spliced
from kg.terms import DEFAULT_BASE, ONTOLOGY, PREFIXES, VOCABULARY_BASE

__all__ = [
    "KINDS",
    "LANGUAGES",
    "Edit",
    "NewTerm",
    "add_term",
    "deprecate_term",
    "term_iri",
    "versioned_header",
]

_FILE = re.compile(r"vocabulary/[a-z0-9]+(-[a-z0-9]+)*\.ttl")
_REST_OF_LINE = re.compile(r"[ \t]*(#[^\r\n]*)?")
_BOM = "\ufeff"
_NAMESPACES = PREFIXES | {"vs": str(VS)}


@dataclass(frozen=True)
class Edit:
    """What an edit did: the file, the term, and the statements that were added, as text."""

    path: Path
    term: str
    added: tuple[str, ...]


def add_term(folder: Path, file: str, term: NewTerm) -> Edit:
    """Write a new term into a file of the vocabulary, behind the last one of its kind.

    Parameters
    ----------
    folder:
        The ontology's folder.
    file:
        Such as ``vocabulary/training.ttl``; it is created if need be.
    term:
        The term; its status will be ``testing``.

    Raises
    ------
    InputError
        The name, a parent, a text or the file is not accepted; nothing was written.
    """
    ontology = load_ontology(folder)
    path = _vocabulary_file(folder, file)
    check_name(ontology, term)
    check_texts(term)
    intended = described(ontology, term)
    before = _raw_text(path) if path.exists() else f"# {path.stem.capitalize()}.\n"
    text = _with_prefixes(before, _needed(intended), path)
    after = _with_block(text, term, intended, path)
    _write_checked(path, before, after, intended, ())
    return Edit(path, term_iri(term.name), _shown(intended))


def deprecate_term(folder: Path, name: str, replaced_by: str) -> Edit:
    """Mark a term or a concept as deprecated and say what replaces it.

    Raises
    ------
    NotFoundError
        One of the two is not in the ontology.
    InputError
        They do not fit each other, or the term is deprecated already; nothing was written.
    """
    ontology = load_ontology(folder)
    old, new = URIRef(term_iri(name)), URIRef(term_iri(replaced_by))
    _check_replacement(ontology.vocabulary + ontology.schemes, old, new)
    path = _file_of(folder, str(old))
    intended: set[Triple] = {
        (old, OWL.deprecated, Literal(True)),
        (old, DCTERMS.isReplacedBy, new),
    }
    before = _raw_text(path)
    text = _with_prefixes(before, (str(OWL), str(DCTERMS)), path, before_term=str(old))
    statement = _defining(text, str(old), path)
    lines = (
        f"{statement.name(str(OWL.deprecated))} true",
        f"{statement.name(str(DCTERMS.isReplacedBy))} {statement.name(str(new))}",
    )
    _write_checked(path, before, _appended(text, statement, lines), intended, ())
    return Edit(path, str(old), _shown(intended))


def versioned_header(folder: Path, version: str, prior: str | None) -> str:
    """Return the text of rihla.ttl with version IRI, version and prior version set.

    Nothing is written. ``prior`` None leaves a prior version that stands there.
    """
    path = folder / "rihla.ttl"
    before = _raw_text(path)
    wanted: dict[URIRef, Node] = {
        OWL.versionIRI: URIRef(f"{ONTOLOGY}/{version}"),
        OWL.versionInfo: Literal(version),
    }
    if prior:
        wanted[OWL.priorVersion] = URIRef(f"{ONTOLOGY}/{prior}")
    after = before
    for predicate, value in wanted.items():
        after = _with_object(after, _defining(after, str(ONTOLOGY), path), predicate, value)
    graph = Graph().parse(data=before.removeprefix(_BOM), format="turtle")
    removed = {t for p in wanted for t in graph.triples((ONTOLOGY, p, None))}
    _check_change(path, before, after, {(ONTOLOGY, p, v) for p, v in wanted.items()}, removed)
    return after


def _raw_text(path: Path) -> str:
    """Return a file's text with its byte order mark and line ends as they are."""
    read_utf8(path)  # for its message on bytes that are not UTF-8
    return path.read_bytes().decode()


def _vocabulary_file(folder: Path, file: str) -> Path:
    name = file.removeprefix(f"{folder.as_posix()}/")
    if not _FILE.fullmatch(name):
        there = ", ".join(f"vocabulary/{p.name}" for p in sorted(folder.glob("vocabulary/*.ttl")))
        raise InputError(
            f"The file {file!r} cannot hold terms. Accepted: vocabulary/<subject>.ttl in small "
            f"letters, a new one or one of {there}."
        )
    return folder / name


def _check_replacement(graph: Graph, old: URIRef, new: URIRef) -> None:
    for iri in (old, new):
        if (iri, RDF.type, None) not in graph:
            raise NotFoundError(
                f"{short(iri)} is not in the ontology. Accepted: a class, a property or a concept "
                "that it declares, such as rihla:Training or topic:genetics."
            )
    if not str(old).startswith((VOCABULARY_BASE, DEFAULT_BASE)):
        raise InputError(
            f"{short(old)} belongs to another vocabulary. Accepted: terms of ours; stop using it "
            "instead."
        )
    if (old, OWL.deprecated, Literal(True)) in graph:
        raise InputError(f"{short(old)} is deprecated already. Nothing is to be done.")
    if old == new or (new, OWL.deprecated, Literal(True)) in graph:
        raise InputError(f"{short(new)} cannot replace it. Accepted: another term, in use.")
    kinds = [_kinds(graph, old), _kinds(graph, new)]
    if not kinds[0] & kinds[1]:
        raise InputError(
            f"{short(new)} is of another kind than {short(old)} "
            f"({_listed(kinds[1])}, not {_listed(kinds[0])}). Accepted: a term of the same kind."
        )


def _kinds(graph: Graph, iri: URIRef) -> set[Node]:
    # Every concept is a skos:Concept: the more exact class, such as rihla:Topic, decides.
    return set(graph.objects(iri, RDF.type)) - {SKOS.Concept}


def _listed(nodes: Iterable[Node]) -> str:
    return ", ".join(sorted(map(short, nodes))) or "skos:Concept"


def _file_of(folder: Path, iri: str) -> Path:
    for pattern in ("rihla.ttl", "vocabulary/*.ttl", "schemes/*.ttl"):
        for path in sorted(folder.glob(pattern)):
            if any(_defines(s, iri) for s in read_statements(_raw_text(path), str(path))):
                return path
    raise NotFoundError(f"No file of {folder} declares {iri} with its type. Declare it first.")


def _defines(statement: Statement, iri: str) -> bool:
    return statement.subject == iri and any(p == str(RDF.type) for p, _ in statement.pairs())


def _defining(text: str, iri: str, path: Path) -> Statement:
    return next(s for s in read_statements(text, str(path)) if _defines(s, iri))


def _needed(triples: Iterable[Triple]) -> tuple[str, ...]:
    """Return the namespaces that a block needs names for."""
    iris = {str(n) for t in triples for n in t if isinstance(n, URIRef)} - {str(ONTOLOGY)}
    known = _NAMESPACES.values()
    return tuple(ns for ns in known if any(i.startswith(ns) for i in iris) and ns != str(RDF))


def _with_prefixes(
    text: str, namespaces: Iterable[str], path: Path, before_term: str | None = None
) -> str:
    """Return the text with the prefixes declared that it lacks, in alphabetical place."""
    names = {ns: prefix for prefix, ns in _NAMESPACES.items()}
    for namespace in namespaces:
        text = _with_prefix(text, names[namespace], namespace, path, before_term)
    return text


def _with_prefix(text: str, prefix: str, namespace: str, path: Path, stop: str | None) -> str:
    statements = read_statements(text, str(path))
    head = _head(statements, stop)
    known = head[-1].prefixes if head else {}
    if namespace in known.values() or prefix in known:
        return text  # a name that is taken: the block will have full IRIs
    width = max((len(s.tokens[1].text) for s in head if len(s.tokens) > 3), default=0)
    line = f"@prefix {(prefix + ':').ljust(width)} <{namespace}> ."
    later = [s for s in head if s.tokens[1].text > f"{prefix}:" and s.tokens[0].text == "@prefix"]
    end = _line_end(text)
    if later:
        return spliced(text, later[0].start, later[0].start, line + end)
    if head:
        return spliced(text, head[-1].end, head[-1].end, end + line)
    at = statements[0].start if statements else len(text)
    return spliced(text, at, at, ("" if statements else end) + line + end)


def _head(statements: list[Statement], stop: str | None) -> list[Statement]:
    """Return the directives before anything else is said."""
    head = []
    for statement in statements:
        if not statement.directive or (stop is not None and statement.subject == stop):
            break
        head.append(statement)
    return head


def _with_block(text: str, term: NewTerm, triples: set[Triple], path: Path) -> str:
    """Return the text with the term's block behind the last one of its kind, or at the end."""
    statements = read_statements(text, str(path))
    alike = [s for s in statements if _is_of_kind(s, KINDS[term.kind])]
    after, end = (alike or statements)[-1], _line_end(text)
    at = _REST_OF_LINE.match(text, after.end).end()  # type: ignore[union-attr]  # it may be empty
    block = written_block(term, triples, after, end)
    return spliced(text, at, at, end + end + block + ("" if text[at:] else end))


def _is_of_kind(statement: Statement, kind: URIRef) -> bool:
    return any(
        predicate == str(RDF.type) and any(statement.iri(o) == str(kind) for o in objects)
        for predicate, objects in statement.pairs()
    )


def _appended(text: str, statement: Statement, lines: Iterable[str]) -> str:
    """Return the text with predicates and objects added at the end of a statement."""
    last = statement.tokens[-2]
    indent, end = _indent(text, statement), _line_end(text)
    joined = f" ;{end}{indent}".join(lines)
    lead = "" if last.text == ";" else " ;"  # a block may end in "; ."
    return spliced(text, last.end, last.end, f"{lead}{end}{indent}{joined}")


def _with_object(text: str, statement: Statement, predicate: URIRef, value: Node) -> str:
    """Return the text with a predicate's objects replaced by one, or added at the end."""
    written = f"<{value}>" if isinstance(value, URIRef) else literal(str(value))
    for known, objects in statement.pairs():
        if known == str(predicate):
            return spliced(text, objects[0].start, objects[-1].end, written)
    return _appended(text, statement, [f"{statement.name(str(predicate))} {written}"])


def _indent(text: str, statement: Statement) -> str:
    match = re.search(r"\n([ \t]+)\S", text[statement.start : statement.end])
    return match[1] if match else "    "


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _write_checked(
    path: Path, before: str, after: str, added: set[Triple], removed: Iterable[Triple]
) -> None:
    _check_change(path, before, after, added, removed)
    write_atomically(path, after)


def _check_change(
    path: Path, before: str, after: str, added: set[Triple], removed: Iterable[Triple]
) -> None:
    """Refuse an edit whose statements differ from what was intended."""
    old, new = _statements(before, path), _statements(after, path)
    if new != (old - set(removed)) | added:
        raise KgError(
            f"{path}: the edit would change other statements than the intended, so the file was "
            "left as it was. Edit it by hand, and please report the file."
        )


def _statements(text: str, path: Path) -> set[Triple]:
    """Return the triples; blank nodes have canonical names, so that two readings compare."""
    try:
        graph = Graph().parse(data=text.removeprefix(_BOM), format="turtle")
    except Exception as error:  # rdflib's parser raises many kinds
        raise InputError(f"{path}: is not Turtle: {error}") from error
    if any(isinstance(n, BNode) for t in graph for n in t):
        graph = to_canonical_graph(graph)
    return set(graph)


def _shown(triples: Iterable[Triple]) -> tuple[str, ...]:
    return tuple(sorted(f"{short(s)} {short(p)} {_text(o)}" for s, p, o in triples))


def _text(node: Node) -> str:
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return str(node)
    return short(node) if isinstance(node, URIRef) else node.n3()
