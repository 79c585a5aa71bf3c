"""OpenAlex: works as outcomes, with their authors, institutions, funders and topics."""

from kg.sources.openalex.reader import read

__all__ = ["read"]
