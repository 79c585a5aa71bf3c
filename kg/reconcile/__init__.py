"""Reconciliation: which thing a row describes, and which thing a cell means."""

from kg.reconcile.directory import Directory
from kg.reconcile.keys import ResolvedTable, resolve
from kg.reconcile.matcher import Candidate, Query, match
from kg.reconcile.names import NameMatches, match_names
from kg.reconcile.redirects import follow_replacements

__all__ = [
    "Candidate",
    "Directory",
    "NameMatches",
    "Query",
    "ResolvedTable",
    "follow_replacements",
    "match",
    "match_names",
    "resolve",
]
