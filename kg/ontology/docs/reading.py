"""Make the documentation of an ontology folder: nothing here knows any term by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, BNode, Graph, Namespace, URIRef
from rdflib.term import Node

from kg.ontology.docs.concepts import read_schemes
from kg.ontology.docs.mappings import read_mappings
from kg.ontology.docs.model import Documentation, Expression, Ref, Scheme, Term, TermMapping
from kg.ontology.docs.naming import KINDS, Names, list_of, texts_of
from kg.ontology.files import Ontology
from kg.schema import Schema, TableSchema
from kg.terms import ONTOLOGY, VOCABULARY_BASE

__all__ = ["read_documentation"]

_VANN = Namespace("http://purl.org/vocab/vann/")
_STATUS = URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")
_CHARACTERISTICS = (
    OWL.TransitiveProperty,
    OWL.SymmetricProperty,
    OWL.AsymmetricProperty,
    OWL.ReflexiveProperty,
    OWL.IrreflexiveProperty,
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
)
_PREFIXES = {"semapv": "https://w3id.org/semapv/vocab/"}


def read_documentation(ontology: Ontology) -> Documentation:
    """Return everything that the pages of an ontology folder show.

    Raises
    ------
    InputError, SettingsError
        A file of the folder cannot be read; the message names it.
    """
    return _Reader(ontology).documentation()


class _Reader:
    """Looks up each part of the documentation once."""

    def __init__(self, ontology: Ontology) -> None:
        self.graph: Graph = ontology.vocabulary
        self.folder: Path = ontology.folder
        self.ontology = ontology
        self.header: Node = self.graph.value(None, RDF.type, OWL.Ontology) or ONTOLOGY
        namespace = self.graph.value(self.header, _VANN.preferredNamespaceUri)
        self.namespace = str(namespace or VOCABULARY_BASE)
        self.names = Names(ontology.vocabulary, ontology.schemes, self.namespace)
        self.schema: Schema = ontology.schema

    def documentation(self) -> Documentation:
        """Put the parts together."""
        prefix = self.graph.value(self.header, _VANN.preferredNamespacePrefix)
        own = [r for r in self.names.refs.values() if r.iri.startswith(self.namespace)]
        terms = [self._term(r) for r in own if r.kind in KINDS.values()]
        return Documentation(
            iri=str(self.header),
            namespace=self.namespace,
            prefix=str(prefix or self.names.curie(f"{self.namespace}x").partition(":")[0]),
            version=self.ontology.version,
            licence=str(self.graph.value(self.header, DCTERMS.license) or ""),
            titles=texts_of(self.graph, self.header, DCTERMS.title, RDFS.label),
            descriptions=texts_of(self.graph, self.header, DCTERMS.description, RDFS.comment),
            terms={t.name: t for t in sorted(terms, key=lambda t: t.name.lower())},
            schemes={s.ref.name: s for s in self.schemes},
            tables=self.schema.tables,
            refs=self.names.refs,
            outside=self._outside(),
            paths={path: self.names.ref(URIRef(path)) for path in self.columns},
            subjects=tuple(sorted(set(self.subjects.values()))),
        )

    @cached_property
    def subjects(self) -> dict[str, str]:
        """The file of each own term, without its ending."""
        paths = [self.folder / "rihla.ttl", *sorted((self.folder / "vocabulary").glob("*.ttl"))]
        found = {iri: path.stem for path in paths for iri in _subjects_of(path)}
        return {r.iri: found.get(r.iri, "") for r in self.names.refs.values() if r.iri in found}

    @cached_property
    def mappings(self) -> dict[str, list[TermMapping]]:
        """The rows of the mapping tables by subject, the closest first."""
        known = {**self.names.prefixes, **_PREFIXES}
        found: dict[str, list[TermMapping]] = defaultdict(list)
        for row in read_mappings(self.folder / "mappings", known):
            predicate = row.predicate.replace("#", "/").rpartition("/")[2]
            target = Ref(row.object, row.object_curie)
            found[row.subject].append(
                TermMapping(row.subject, predicate, target, row.confidence, row.comment, row.title)
            )
        for rows in found.values():
            rows.sort(key=lambda r: (-(r.confidence or 0), r.object.curie))
        return found

    @cached_property
    def schemes(self) -> tuple[Scheme, ...]:
        """The concept schemes as trees."""
        return read_schemes(self.ontology.schemes, self.names, self.folder, self.mappings)

    @cached_property
    def members(self) -> dict[str, set[str]]:
        """The properties by each class that is their domain, and under ``range`` by range."""
        found: dict[str, set[str]] = defaultdict(set)
        for ref in self.names.refs.values():
            if ref.kind.endswith("property"):
                for word, predicate in (("domain", RDFS.domain), ("range", RDFS.range)):
                    for node in self.graph.objects(URIRef(ref.iri), predicate):
                        for named in self._named_in(node):
                            found[f"{word} {named}"].add(ref.iri)
        return found

    @cached_property
    def chain_uses(self) -> dict[str, list[tuple[Ref, Expression]]]:
        """The chains that each property is a part of, with the property that follows."""
        found: dict[str, list[tuple[Ref, Expression]]] = defaultdict(list)
        chains = [
            (self.names.ref(subject), self.names.chain(head))
            for subject, head in self.graph.subject_objects(OWL.propertyChainAxiom)
        ]
        # by what they say: the names of blank nodes are others each time
        for ref, chain in sorted(chains, key=lambda pair: (pair[0].iri, str(pair[1]))):
            for part in {p.iri for p in chain.parts if isinstance(p, Ref)}:
                found[part].append((ref, chain))
        return found

    @cached_property
    def columns(self) -> dict[str, list[tuple[str, str, Ref]]]:
        """Table, column and class by the property that the column writes."""
        found: dict[str, list[tuple[str, str, Ref]]] = defaultdict(list)
        for table in self.schema.tables.values():
            for column in table.columns:
                entry = (table.name, column.name, self.names.ref(URIRef(table.target)))
                found[column.path].append(entry)
        return found

    @cached_property
    def scheme_refs(self) -> dict[str, set[Node]]:
        """The schemes by the classes whose concepts they hold."""
        graph = self.ontology.schemes
        found: dict[str, set[Node]] = defaultdict(set)
        for concept, scheme in graph.subject_objects(SKOS.inScheme):
            for kind in graph.objects(concept, RDF.type):
                found[str(kind)].add(scheme)
        return found

    def _term(self, ref: Ref) -> Term:
        node = URIRef(ref.iri)
        common = self._common(node, ref)
        details = self._class(node) if ref.kind == "class" else self._property(node)
        return Term(ref=ref, **common, **details)  # type: ignore[arg-type]

    def _common(self, node: URIRef, ref: Ref) -> dict[str, object]:
        graph, names = self.graph, self.names
        above = RDFS.subClassOf if ref.kind == "class" else RDFS.subPropertyOf
        same = OWL.equivalentClass if ref.kind == "class" else OWL.equivalentProperty
        return {
            "definitions": texts_of(graph, node, SKOS.definition, RDFS.comment),
            "examples": tuple(sorted(str(e) for e in graph.objects(node, SKOS.example))),
            "notes": tuple(_notes(graph, node)),
            "status": str(graph.value(node, _STATUS) or ""),
            "subject": self.subjects.get(ref.iri, ""),
            "deprecated": str(graph.value(node, OWL.deprecated)).lower() in ("true", "1"),
            "replaced_by": names.of(graph.objects(node, DCTERMS.isReplacedBy)),
            "replaces": names.of(graph.subjects(DCTERMS.isReplacedBy, node)),
            "parents": names.of(graph.objects(node, above)),
            "children": names.of(graph.subjects(above, node)),
            "equivalents": self._all_said([*graph.objects(node, same)]),
            "mappings": tuple(self.mappings.get(ref.iri, ())),
        }

    def _class(self, node: URIRef) -> dict[str, object]:
        graph, names = self.graph, self.names
        above = self._above(node)
        table, table_of = self._table(node, above)
        return {
            "conditions": self._all_said(
                [c for c in graph.objects(node, RDFS.subClassOf) if isinstance(c, BNode)]
            ),
            "disjoint": names.of(self._disjoint(node)),
            "properties": self._members("domain", node),
            "inherited": tuple(
                (names.ref(c), found) for c in above if (found := self._members("domain", c))
            ),
            "values_of": self._members("range", node),
            "relations": tuple(self._relations(node)),
            "schemes": names.of(self.scheme_refs.get(str(node), ())),
            "table": table,
            "table_of": table_of,
        }

    def _property(self, node: URIRef) -> dict[str, object]:
        graph, names = self.graph, self.names
        chains = [names.chain(head) for head in graph.objects(node, OWL.propertyChainAxiom)]
        types = set(graph.objects(node, RDF.type))
        inverses = [*graph.objects(node, OWL.inverseOf), *graph.subjects(OWL.inverseOf, node)]
        return {
            "domains": self._all_said([*graph.objects(node, RDFS.domain)]),
            "ranges": self._all_said([*graph.objects(node, RDFS.range)]),
            "inverses": names.of(inverses),
            "characteristics": tuple(
                str(c).rpartition("#")[2] for c in _CHARACTERISTICS if c in types
            ),
            "chains": tuple(sorted(chains, key=_order)),
            "uses": tuple(self.chain_uses.get(str(node), ())),
            "columns": tuple(self.columns.get(str(node), ())),
        }

    def _relations(self, node: URIRef) -> Iterable[tuple[Ref, Ref]]:
        """Yield the main relations: the columns that refer to something, then what is stated.

        What only follows from other statements (chains, inverses) would crowd the diagrams.
        """
        seen = set()
        for path, target, labels in self._references(node):
            ref = self.names.ref(URIRef(path))
            if path not in seen and target in self.names.refs:
                seen.add(path)
                shown = {language: text[:1].lower() + text[1:] for language, text in labels.items()}
                yield (ref if ref.labels else replace(ref, labels=shown)), self.names.refs[target]

    def _references(self, node: URIRef) -> Iterable[tuple[str, str, Mapping[str, str]]]:
        table = next((t for t in self.schema.tables.values() if t.target == str(node)), None)
        for column in table.columns if table else ():
            if column.target and not column.inverse:
                yield column.path, column.target, column.labels
        for ref in self._members("domain", node):
            prop = URIRef(ref.iri)
            follows = (OWL.propertyChainAxiom, OWL.inverseOf)
            if not any(self.graph.value(prop, p) for p in follows):
                target = self.graph.value(prop, RDFS.range)
                yield ref.iri, str(target), ref.labels

    def _members(self, word: str, node: Node) -> tuple[Ref, ...]:
        return self.names.of(URIRef(iri) for iri in self.members.get(f"{word} {node}", ()))

    def _all_said(self, nodes: Sequence[Node]) -> tuple[Ref | Expression, ...]:
        return tuple(sorted((self.names.said(n) for n in nodes), key=_order))

    def _named_in(self, node: Node) -> list[Node]:
        """Return a class, or the members of a union of classes."""
        if isinstance(node, URIRef):
            return [node]
        return [
            m
            for m in list_of(self.graph, self.graph.value(node, OWL.unionOf))
            if isinstance(m, URIRef)
        ]

    def _above(self, node: URIRef) -> list[URIRef]:
        """Return the own classes above a class, the nearest first."""
        found: dict[URIRef, None] = {}
        level: list[Node] = [node]
        while level:
            level = [
                p for n in level for p in sorted(self.graph.objects(n, RDFS.subClassOf), key=str)
            ]
            level = [p for p in level if isinstance(p, URIRef) and p not in found and p != node]
            found |= {p: None for p in level if isinstance(p, URIRef)}
        return [c for c in found if str(c) in self.names.refs]

    def _table(self, node: URIRef, above: list[URIRef]) -> tuple[TableSchema | None, Ref | None]:
        """Return the table of a class, or the nearest class above that has one."""
        by_class = {t.target: t for t in self.schema.tables.values()}
        own = by_class.get(str(node))
        nearest = next((c for c in above if str(c) in by_class), None)
        if own is not None or nearest is None:
            return own, None
        return by_class[str(nearest)], self.names.ref(nearest)

    def _disjoint(self, node: URIRef) -> set[Node]:
        graph = self.graph
        found = {*graph.objects(node, OWL.disjointWith), *graph.subjects(OWL.disjointWith, node)}
        for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses):
            members = list_of(graph, graph.value(axiom, OWL.members))
            if node in members:
                found |= set(members) - {node}
        return found

    def _outside(self) -> tuple[Ref, ...]:
        declared = {s for kind in KINDS for s in self.graph.subjects(RDF.type, kind)}
        refs = self.names.of(declared)
        return tuple(r for r in refs if r.kind == "outside")


def _notes(graph: Graph, node: Node) -> Iterable[Mapping[str, str]]:
    for predicate in (SKOS.scopeNote, SKOS.note, SKOS.editorialNote, SKOS.changeNote):
        found = texts_of(graph, node, predicate)
        if found:
            yield found


def _order(said: Ref | Expression | str) -> tuple[str, ...]:
    """Sort named classes by name, then expressions by what they say: blank nodes have no order."""
    if isinstance(said, Ref):
        return ("0", said.curie)
    if isinstance(said, str):
        return ("1", said)
    return ("2", said.form, *(word for part in said.parts for word in _order(part)))


def _subjects_of(path: Path) -> set[str]:
    """Return the IRIs that a Turtle file says the type of; it was parsed before, so it is one."""
    with path.open("rb") as stream:
        return {
            t.subject.value
            for t in ox.parse(stream, format=ox.RdfFormat.TURTLE)
            if isinstance(t.subject, ox.NamedNode) and t.predicate.value == str(RDF.type)
        }
