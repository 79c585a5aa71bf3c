"""Reconciliation: which thing a row describes, and which thing a cell means."""

from kg.reconcile.decisions import Decision, Decisions, read_decisions, write_decisions
from kg.reconcile.directory import Directory
from kg.reconcile.keys import ResolvedTable, resolve
from kg.reconcile.matcher import Candidate, Query, match
from kg.reconcile.names import NameMatches, match_names
from kg.reconcile.organisations import link_organisations
from kg.reconcile.people import link_people
from kg.reconcile.proposals import Proposal, apply_decisions, counts_by_zone
from kg.reconcile.redirects import follow_replacements

__all__ = [
    "Candidate",
    "Decision",
    "Decisions",
    "Directory",
    "NameMatches",
    "Proposal",
    "Query",
    "ResolvedTable",
    "apply_decisions",
    "counts_by_zone",
    "follow_replacements",
    "link_organisations",
    "link_people",
    "match",
    "match_names",
    "read_decisions",
    "resolve",
    "write_decisions",
]
