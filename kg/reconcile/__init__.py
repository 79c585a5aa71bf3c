"""Reconciliation: which thing a row describes, and which thing a cell means."""

from kg.reconcile.keys import ResolvedTable, resolve
from kg.reconcile.names import NameMatches, match_names

__all__ = ["NameMatches", "ResolvedTable", "match_names", "resolve"]
