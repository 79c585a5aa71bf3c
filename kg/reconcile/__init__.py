"""Reconciliation: which thing a row describes, and which thing a cell means."""

from kg.reconcile.keys import ResolvedTable, resolve
from kg.reconcile.names import NameMatches, match_names
from kg.reconcile.redirects import follow_replacements

__all__ = ["NameMatches", "ResolvedTable", "follow_replacements", "match_names", "resolve"]
