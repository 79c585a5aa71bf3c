"""The schema of the tables, read from the SHACL shapes: columns, datatypes, keys, references.

A node shape with ``csvw:name`` is a table. A shape without one, whose target class is a
subclass, adds its columns to the table of the nearest ancestor. ontology/README.md shows how
each kind of column is written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from rdflib import RDF, RDFS, SH, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import SettingsError
from kg.terms import CSVW, RIHLA

__all__ = ["Column", "Schema", "TableSchema", "read_schema"]

SEPARATOR = "|"
_TEXT = {XSD.string, RDF.langString}
_DATES = {XSD.date, XSD.gYearMonth, XSD.gYear}
_LIMITS = {
    "at_least": SH.minInclusive,
    "more_than": SH.minExclusive,
    "at_most": SH.maxInclusive,
    "less_than": SH.maxExclusive,
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``kind`` is ``literal`` (with ``datatypes``), ``text`` (a string that may end in ``@lang``),
    ``iri``, ``reference`` (to ``target``) or ``class`` (a subclass of the table's class).
    Where a ``key_only`` column is filled, its row is not found by labels. ``less_or_equal`` names
    the column whose value must not be smaller. Limits are numbers.
    """

    name: str
    path: str
    kind: str
    inverse: bool = False
    datatypes: tuple[str, ...] = ()
    language: str | None = None
    target: str | None = None
    required: bool = False
    separator: str | None = None
    pattern: str | None = None
    values: tuple[str, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)
    lengths: tuple[int | None, int | None] = (None, None)
    less_or_equal: str | None = None
    scheme: str | None = None
    lookup: bool = False
    key_only: bool = False
    warning: bool = False
    message: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    example: str = ""
    order: float = 0

    @property
    def partial_date(self) -> bool:
        """Whether the column takes a year or a month in place of a full date."""
        return len(self.datatypes) > 1


@dataclass(frozen=True)
class TableSchema:
    """One table: its class, its columns in order, how a row gets its IRI.

    ``key_templates`` are tried in order; the first whose columns are all filled gives the IRI.
    ``one_of`` lists groups of columns of which each row fills at least one.
    """

    name: str
    target: str
    columns: tuple[Column, ...]
    key_templates: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}


@dataclass(frozen=True)
class Schema:
    """All tables by name, and what the vocabulary says about classes and concepts.

    ``ancestors`` gives every class's superclasses, itself included. ``class_keys`` gives, for
    each class, the folded names by which a cell may mean it. ``concepts`` lists
    ``(class, folded key, IRI)`` for every concept of the schemes. ``covering`` gives, for the IRI
    of a concept elsewhere, the own concepts that mean the same or are broader.
    """

    tables: dict[str, TableSchema]
    ancestors: dict[str, frozenset[str]]
    class_keys: dict[str, frozenset[str]]
    concepts: tuple[tuple[str, str, str], ...]
    covering: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def subclasses(self, iri: str) -> list[str]:
        """Return the class and all classes below it, sorted."""
        return sorted(c for c, above in self.ancestors.items() if iri in above)

    def tables_for(self, target: str) -> list[TableSchema]:
        """Return the tables whose rows may be what a reference to ``target`` means."""
        return [
            table
            for table in self.tables.values()
            if target in self.ancestors.get(table.target, {table.target})
            or table.target in self.ancestors.get(target, {target})
        ]


def read_schema(graph: Graph) -> Schema:
    """Read the schema from a graph that holds vocabulary, shapes and schemes.

    Raises
    ------
    SettingsError
        A shape says something that cannot be a table; the message names the shape.
    """
    ancestors = _ancestors(graph)
    shapes = [
        s for s in graph.subjects(RDF.type, SH.NodeShape) if (s, SH.targetClass, None) in graph
    ]
    shapes.sort(key=str)
    tables = {t.name: t for t in (_table(graph, s) for s in shapes if _is_table(graph, s))}
    for shape in (s for s in shapes if not _is_table(graph, s)):
        table = _nearest_table(graph, shape, tables, ancestors)
        tables[table.name] = _extended(graph, shape, table)
    return Schema(
        tables=dict(sorted(tables.items())),
        ancestors=ancestors,
        class_keys=_class_keys(graph, ancestors),
        concepts=tuple(_concepts(graph, ancestors)),
    )


def _is_table(graph: Graph, shape: Node) -> bool:
    return (shape, CSVW.name, None) in graph


def _ancestors(graph: Graph) -> dict[str, frozenset[str]]:
    classes = set(graph.subjects(RDFS.subClassOf)) | set(graph.objects(None, SH.targetClass))
    return {
        str(c): frozenset(
            str(a) for a in graph.transitive_objects(c, RDFS.subClassOf) if isinstance(a, URIRef)
        )
        for c in classes
        if isinstance(c, URIRef)
    }


def _class_keys(graph: Graph, ancestors: Iterable[str]) -> dict[str, frozenset[str]]:
    keys = {}
    for iri in ancestors:
        labels = {str(label) for label in graph.objects(URIRef(iri), RDFS.label)}
        names = {iri, iri.rpartition("#")[2] or iri, *labels}
        keys[iri] = frozenset(map(_folded, names))
    return keys


def _concepts(
    graph: Graph, ancestors: Mapping[str, frozenset[str]]
) -> Iterable[tuple[str, str, str]]:
    """Yield class, folded key and IRI of each concept, under each class it belongs to."""
    for concept in sorted(set(graph.subjects(SKOS.inScheme)), key=str):
        keys = {str(concept), str(concept).rpartition("/")[2]}
        for predicate in (SKOS.notation, SKOS.prefLabel, SKOS.altLabel):
            keys |= {str(value) for value in graph.objects(concept, predicate)}
        types = {str(t) for t in graph.objects(concept, RDF.type)}
        classes = set().union(*(ancestors.get(t, {t}) for t in types))
        for cls in sorted(classes):
            for key in sorted(set(map(_folded, keys))):
                yield cls, key, str(concept)


def _folded(text: str) -> str:
    """Return a name in the form in which cells are looked up: composed, in small letters."""
    return unicodedata.normalize("NFC", text).lower()


def _nearest_table(
    graph: Graph,
    shape: Node,
    tables: Mapping[str, TableSchema],
    ancestors: Mapping[str, frozenset[str]],
) -> TableSchema:
    target = str(graph.value(shape, SH.targetClass))
    above = [t for t in tables.values() if t.target in ancestors.get(target, frozenset())]
    if not above:
        raise SettingsError(
            f"The shape {shape} has no csvw:name, and no superclass of {target} has a table. "
            "Give it a csvw:name, or make its class a subclass of one with a table."
        )
    # The nearest ancestor has the most ancestors itself.
    return max(above, key=lambda t: (len(ancestors.get(t.target, ())), t.name))


def _extended(graph: Graph, shape: Node, table: TableSchema) -> TableSchema:
    # A row of another subclass leaves the added columns empty, so none of them is required.
    new = [c for c in _columns(graph, shape) if c.name not in table.by_name]
    columns = (*table.columns, *(replace(c, required=False) for c in new))
    return replace(table, columns=_with_comparisons(graph, shape, columns))


def _table(graph: Graph, shape: Node) -> TableSchema:
    name = str(graph.value(shape, CSVW.name))
    templates = graph.value(shape, RIHLA.keyTemplate)
    if templates is None:
        raise SettingsError(f"The shape {shape} (table {name}) lacks rihla:keyTemplate.")
    columns = tuple(_columns(graph, shape))
    return TableSchema(
        name=name,
        target=str(graph.value(shape, SH.targetClass)),
        columns=_with_comparisons(graph, shape, columns),
        key_templates=tuple(str(t) for t in _items(graph, templates)),
        one_of=tuple(_one_of(graph, shape, columns)),
        labels=_by_language(graph, shape, RDFS.label),
    )


def _columns(graph: Graph, shape: Node) -> list[Column]:
    properties = [p for p in graph.objects(shape, SH.property) if (p, CSVW.name, None) in graph]
    groups = [_columns_of(graph, p) for p in properties]
    # By the shape's order; the languages of one property stay in the order of its list.
    return [c for group in sorted(groups, key=lambda g: (g[0].order, g[0].name)) for c in group]


def _columns_of(graph: Graph, node: Node) -> list[Column]:
    """Return the columns of one property shape: one, or one for each of its languages."""
    column = _column(graph, node)
    languages = graph.value(node, SH.languageIn)
    if languages is None:
        return [column]
    return [
        replace(
            column,
            name=f"{column.name}_{language}",
            kind="literal",
            datatypes=(),
            language=str(language),
            required=column.required and position == 0,
            example=_example(graph, node, str(language)),
        )
        for position, language in enumerate(_items(graph, languages))
    ]


def _column(graph: Graph, node: Node) -> Column:
    path, inverse = _path(graph, node)
    datatypes = _datatypes(graph, node)
    return Column(
        name=str(graph.value(node, CSVW.name)),
        path=path,
        inverse=inverse,
        kind=_kind(graph, node, path, datatypes),
        datatypes=tuple(datatypes),
        target=_optional(graph, node, SH["class"]),
        required=_integer(graph, node, SH.minCount) >= 1,
        separator=_separator(graph, node),
        pattern=_pattern(graph, node),
        values=tuple(str(v) for v in _items(graph, graph.value(node, SH["in"]))),
        limits={
            name: float(str(graph.value(node, predicate)))
            for name, predicate in _LIMITS.items()
            if (node, predicate, None) in graph
        },
        lengths=(
            _integer(graph, node, SH.minLength) or None,
            _integer(graph, node, SH.maxLength) or None,
        ),
        scheme=_optional(graph, node, RIHLA.identifierScheme),
        lookup=str(graph.value(node, RIHLA.lookup)) == "true",
        key_only=str(graph.value(node, RIHLA.keyOnly)) == "true",
        warning=graph.value(node, SH.severity) in (SH.Warning, SH.Info),
        message=_optional(graph, node, SH.message),
        labels=_by_language(graph, node, SH.name),
        descriptions=_by_language(graph, node, SH.description),
        example=_example(graph, node, "en"),
        order=float(str(graph.value(node, SH.order, default=Literal(0)))),
    )


def _path(graph: Graph, node: Node) -> tuple[str, bool]:
    path = graph.value(node, SH.path)
    inverse = graph.value(path, SH.inversePath) if isinstance(path, BNode) else None
    target = inverse or path
    if not isinstance(target, URIRef):
        raise SettingsError(
            f"The column {graph.value(node, CSVW.name)} has no plain sh:path. Accepted: a "
            "property, or [ sh:inversePath property ]."
        )
    return str(target), inverse is not None


def _datatypes(graph: Graph, node: Node) -> list[str]:
    direct = graph.value(node, SH.datatype)
    if direct is not None:
        return [str(direct)]
    alternatives = _items(graph, graph.value(node, SH["or"]))
    return [str(d) for a in alternatives if (d := graph.value(a, SH.datatype)) is not None]


def _kind(graph: Graph, node: Node, path: str, datatypes: list[str]) -> str:
    if path == str(RDF.type):
        return "class"
    if (node, SH["class"], None) in graph:
        return "reference"
    if graph.value(node, SH.nodeKind) == SH.IRI:
        return "iri"
    kinds = {URIRef(d) for d in datatypes}
    if kinds == _TEXT:
        return "text"
    if len(kinds) > 1 and not kinds <= _DATES:
        raise SettingsError(
            f"The column {graph.value(node, CSVW.name)} has several datatypes. Accepted in sh:or: "
            "xsd:date, xsd:gYearMonth and xsd:gYear, or xsd:string and rdf:langString."
        )
    if not datatypes:
        raise SettingsError(
            f"The column {graph.value(node, CSVW.name)} has neither sh:datatype, sh:class nor "
            "sh:nodeKind sh:IRI, so its cells cannot be read."
        )
    return "literal"


def _separator(graph: Graph, node: Node) -> str | None:
    if _integer(graph, node, SH.maxCount) == 1 or (node, SH.languageIn, None) in graph:
        return None
    return _optional(graph, node, CSVW.separator) or SEPARATOR


def _pattern(graph: Graph, node: Node) -> str | None:
    pattern, flags = _optional(graph, node, SH.pattern), _optional(graph, node, SH.flags)
    return f"(?{flags}){pattern}" if pattern and flags else pattern


def _with_comparisons(graph: Graph, shape: Node, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Fill in ``less_or_equal``: the shape names a property, a row check needs its column."""
    by_path = {c.path: c.name for c in columns}
    bounds = {
        str(graph.value(p, CSVW.name)): by_path.get(str(other))
        for p in graph.objects(shape, SH.property)
        if (other := graph.value(p, SH.lessThanOrEquals)) is not None
    }
    return tuple(replace(c, less_or_equal=bounds.get(c.name, c.less_or_equal)) for c in columns)


def _one_of(graph: Graph, shape: Node, columns: tuple[Column, ...]) -> Iterable[tuple[str, ...]]:
    by_path = {c.path: c.name for c in columns}
    for alternatives in graph.objects(shape, SH["or"]):
        paths = [
            str(graph.value(p, SH.path))
            for a in _items(graph, alternatives)
            for p in graph.objects(a, SH.property)
        ]
        known = tuple(by_path[path] for path in paths if path in by_path)
        if known:
            yield known


def _example(graph: Graph, node: Node, language: str) -> str:
    examples = [e for e in graph.objects(node, SKOS.example) if isinstance(e, Literal)]
    fitting = [e for e in examples if e.language in (language, None)]
    return str(min(fitting)) if fitting else ""


def _by_language(graph: Graph, node: Node, predicate: URIRef) -> dict[str, str]:
    values = [v for v in graph.objects(node, predicate) if isinstance(v, Literal)]
    return {v.language or "en": str(v) for v in sorted(values)}


def _items(graph: Graph, head: Node | None) -> list[Node]:
    return [] if head is None else list(Collection(graph, head))


def _optional(graph: Graph, node: Node, predicate: URIRef) -> str | None:
    value = graph.value(node, predicate)
    return None if value is None else str(value)


def _integer(graph: Graph, node: Node, predicate: URIRef) -> int:
    return int(str(graph.value(node, predicate, default=Literal(0))))
