"""The ontology as code sees it: its files, what follows from its axioms, and its quality."""

from kg.ontology.files import Ontology, load_ontology
from kg.ontology.inference import Axioms, compile_axioms, infer

__all__ = ["Axioms", "Ontology", "compile_axioms", "infer", "load_ontology"]
