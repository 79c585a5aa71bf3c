"""Code that meets outside data runs in a process of its own, with limits and without network."""

from kg.confined.client import Limits, Outcome, prepare, run_confined

__all__ = ["Limits", "Outcome", "prepare", "run_confined"]
