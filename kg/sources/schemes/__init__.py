"""Classifications from elsewhere, each with a reader of its format, as topics and methods."""

from kg.sources.schemes import edam, euroscivoc, openalex_topics, unesco

__all__ = ["edam", "euroscivoc", "openalex_topics", "unesco"]
