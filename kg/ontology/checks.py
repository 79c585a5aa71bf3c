"""The quality of an ontology: rules as queries whose rows are faults, HermiT, and the profile.

A rule is a file ``checks/<name>.rq`` of the ontology's folder. Lines ``#+ `` at its head hold
YAML: ``title`` in en, ar and fr, ``severity`` (error or warning), ``remedy``, and ``pitfall``,
the code of the same fault in the OOPS! catalogue (Poveda-Villalón et al. 2014), where one fits.
It is a SELECT of ``?term`` and ``?detail`` over one graph of vocabulary, shapes, schemes,
mappings (as ``owl:Axiom``) and what each SPARQL rule makes (``prov:generated``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyoxigraph as ox
import yaml
from rdflib import PROV, RDFS, SKOS, BNode, Graph, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.term import Node

from kg.errors import InputError, QueryError
from kg.files import parse_yaml, read_utf8
from kg.ontology.consistency import Classification, classify
from kg.ontology.files import Ontology
from kg.ontology.mappings import mapping_graph
from kg.ontology.profile import CHECKED, UNHANDLED, Construct, profile_violations
from kg.terms import PREFIXES

__all__ = [
    "SEVERITIES",
    "Check",
    "Finding",
    "Report",
    "checked_graph",
    "inspect",
    "read_checks",
    "run_checks",
]

SEVERITIES = ("error", "warning")


@dataclass(frozen=True)
class Check:
    """One rule; ``title`` is by language, ``pitfall`` a code of OOPS! or empty."""

    name: str
    title: Mapping[str, str]
    severity: str
    remedy: str
    text: str
    pitfall: str = ""


@dataclass(frozen=True)
class Finding:
    """One fault. ``term`` is an IRI, or empty where only a nameless node is at fault."""

    severity: str
    rule: str
    title: str
    term: str
    label: str
    detail: str
    remedy: str
    pitfall: str = ""


@dataclass(frozen=True)
class Report:
    """All that was found out.

    ``classification`` is None where HermiT did not run. ``checked_only`` counts, by construct,
    the axioms that HermiT checks and data are not inferred from.
    """

    findings: Sequence[Finding]
    rules: int
    classification: Classification | None = None
    checked_only: Mapping[str, int] = field(default_factory=dict)

    def count(self, severity: str) -> int:
        """Return the number of findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON can hold it."""
        found = self.classification
        return {
            "rules": self.rules,
            "errors": self.count("error"),
            "warnings": self.count("warning"),
            "findings": [asdict(finding) for finding in self.findings],
            "reasoner": None if found is None else _reasoned(found),
            "checked_not_inferred": dict(self.checked_only),
        }


def _reasoned(found: Classification) -> dict[str, object]:
    return {
        "consistent": not found.contradiction,
        "unsatisfiable": sorted(found.unsatisfiable),
        "inferred_superclasses": {sub: list(above) for sub, above in found.inferred.items()},
    }


def inspect(ontology: Ontology, reasoner: bool = True) -> Report:
    """Run the rules, the profile's test and, unless told not to, HermiT.

    Raises
    ------
    KgError
        There is no Java for HermiT, HermiT refuses the ontology, or a rule is malformed.
    """
    classification = classify(ontology) if reasoner else None
    checks = read_checks(ontology.folder / "checks")
    graph = checked_graph(ontology)
    constructs = profile_violations(ontology.vocabulary)
    findings = [
        *run_checks(graph, checks),
        *_labelled(_of_profile(constructs), graph),
        *_labelled(_of_reasoner(classification or Classification()), graph),
    ]
    findings.sort(key=lambda f: (SEVERITIES.index(f.severity), f.rule, f.term, f.detail))
    return Report(findings, len(checks), classification, _counted(constructs))


def read_checks(folder: Path) -> dict[str, Check]:
    """Return the rules of a folder by name.

    Raises
    ------
    QueryError
        A rule's header is malformed; the message names the file and what is accepted.
    """
    return {path.stem: _check(path) for path in sorted(folder.glob("*.rq"))}


def _check(path: Path) -> Check:
    text = read_utf8(path)
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header = parse_yaml("\n".join(lines)) or {}
        check = Check(
            name=path.stem,
            title={language: header["title"][language] for language in ("en", "ar", "fr")},
            severity=header["severity"],
            remedy=header["remedy"],
            text=text,
            pitfall=header.get("pitfall", ""),
        )
        SEVERITIES.index(check.severity)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise QueryError(
            f"{path}: the header cannot be read ({error!r}). Accepted: lines '#+ key: value' in "
            "YAML: title in en, ar and fr; severity error or warning; remedy; pitfall if any."
        ) from error
    return check


def checked_graph(ontology: Ontology) -> Graph:
    """Return the graph that the rules ask: everything that stewards edit."""
    graph = ontology.vocabulary + ontology.shapes + ontology.schemes
    graph += mapping_graph(ontology.folder / "mappings")
    for name, text in ontology.rules.items():
        for term in _made_by(name, text):
            graph.add((URIRef(f"urn:rihla:rule:{name}"), PROV.generated, term))
    return graph


def _made_by(name: str, text: str) -> set[Node]:
    """Return the IRIs in the template of a CONSTRUCT query."""
    try:
        template = prepareQuery(text).algebra.template
    except Exception as error:  # rdflib's parser raises many kinds
        raise InputError(f"rules/{name}: is not a SPARQL CONSTRUCT query: {error}") from error
    return {term for triple in template or () for term in triple if isinstance(term, URIRef)}


def run_checks(graph: Graph, checks: Mapping[str, Check]) -> list[Finding]:
    """Return the faults that rules find in a graph, in the order of the rules.

    Raises
    ------
    QueryError
        A rule is not a SPARQL SELECT of ?term and ?detail.
    """
    store = _store(graph)
    found = (finding for check in checks.values() for finding in _faults(check, store))
    return list(_labelled(found, graph))


def _store(graph: Graph) -> ox.Store:
    store = ox.Store()
    # rdflib's N-Triples need no base and keep every literal as it is.
    data = graph.serialize(format="nt", encoding="utf-8")
    store.bulk_load(data, ox.RdfFormat.N_TRIPLES)
    return store


def _faults(check: Check, store: ox.Store) -> Iterator[Finding]:
    try:
        rows = store.query(check.text)
        if not isinstance(rows, ox.QuerySolutions) or not _asked(rows):
            raise ValueError("the query returns something else")
        found = [(row["term"], row["detail"]) for row in rows]
    except (SyntaxError, ValueError) as error:
        raise QueryError(
            f"checks/{check.name}.rq: {error}. Accepted: a SPARQL SELECT of ?term and ?detail."
        ) from error
    for term, detail in found:
        iri = term.value if isinstance(term, ox.NamedNode) else ""
        text = "" if detail is None else str(getattr(detail, "value", detail))
        yield Finding(
            check.severity, check.name, check.title["en"], iri, "", _short(text), check.remedy,
            check.pitfall,
        )  # fmt: skip


def _asked(rows: ox.QuerySolutions) -> bool:
    return {"term", "detail"} <= {variable.value for variable in rows.variables}


def _of_profile(constructs: Iterable[Construct]) -> Iterator[Finding]:
    for term, construct, handling in constructs:
        if handling == UNHANDLED:
            yield Finding(
                "error", "outside-profile", "A construct that nothing handles", term, "",
                construct, "Correct its spelling, or say it with constructs of OWL 2 DL.",
            )  # fmt: skip


def _of_reasoner(found: Classification) -> Iterator[Finding]:
    if found.contradiction:
        yield Finding(
            "error", "inconsistent", "The ontology contradicts itself", "", "",
            found.contradiction, "Change one of the axioms that clash.",
        )  # fmt: skip
    for iri, why in found.unsatisfiable.items():
        yield Finding(
            "error", "unsatisfiable-class", "A class that can have no members", iri, "",
            why or "no explanation", "Change one of the axioms that the detail names.",
        )  # fmt: skip


def _counted(constructs: Iterable[Construct]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _, construct, handling in constructs:
        if handling == CHECKED:
            counts[construct] = counts.get(construct, 0) + 1
    return counts


def _labelled(findings: Iterable[Finding], graph: Graph) -> Iterator[Finding]:
    for finding in findings:
        label = _label(graph, URIRef(finding.term)) if finding.term else ""
        yield Finding(**{**asdict(finding), "label": label})


def _label(graph: Graph, term: Node) -> str:
    """Return the English label, or any; a nameless node has none."""
    if isinstance(term, BNode):
        return ""
    texts = [o for p in (SKOS.prefLabel, RDFS.label) for o in graph.objects(term, p)]
    return str(min(texts, key=lambda t: (getattr(t, "language", "") != "en", str(t)), default=""))


def _short(text: str) -> str:
    """Write the IRIs of known vocabularies in a text as CURIEs."""
    for prefix, base in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        text = text.replace(base, f"{prefix}:")
    return text
