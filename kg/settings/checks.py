"""Checks that several sections make of their values."""

from __future__ import annotations

from kg.errors import SettingsError

__all__ = ["IRI", "refuse_less"]

IRI = r"https?://(?:[^\s<>\"{}|\\^`\[\]%]|%[0-9A-Fa-f]{2})+"
"""Pattern of a web address."""


def refuse_less(section: object, name: str, **least: int) -> None:
    """Refuse numbers of a section below the least that each may be."""
    for key, smallest in least.items():
        value = getattr(section, key)
        if value < smallest:
            raise SettingsError(f"{name} {key}: found {value}. Accepted: {smallest} or more.")
