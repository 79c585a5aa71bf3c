"""ORCID's public records, in JSON and XML of version 3.0.

Who belonged where, who was trained or visited where, with whose money, and what people were
awarded. Only what ORCID shows to everyone is read.
"""

from kg.sources.orcid.reader import read

__all__ = ["read"]
