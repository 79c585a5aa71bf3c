"""Documentation generated from the ontology folder: pages in three languages, with no server."""

from kg.ontology.docs.model import Documentation
from kg.ontology.docs.reading import read_documentation

__all__ = ["Documentation", "read_documentation"]
