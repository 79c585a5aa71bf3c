"""What is said of a reference that leads nowhere: what is accepted, and what was perhaps meant."""

from __future__ import annotations

import polars as pl
from rapidfuzz import fuzz, process

from kg.schema import Column, Schema

__all__ = ["accepted_keys", "local_name", "suggestions"]

_SUGGESTIONS = 200  # distinct unknown values that get a "did you mean"
_CLOSE = 80  # rapidfuzz score from 0 to 100


def suggestions(
    unknown: pl.DataFrame, keyed: pl.DataFrame, known: pl.DataFrame, fallen: pl.DataFrame
) -> dict[str, str]:
    """Say of each unknown value that its row was refused, else what the closest known key is."""
    if not unknown.height:
        return {}
    gone = keyed.join(fallen, on="key", how="semi")["value"].to_list()
    hints = dict.fromkeys(gone, "; the row with this key was refused")
    wanted = [v for v in unknown["value"].unique(maintain_order=True) if v not in hints]
    keys = known["key"].filter(~known["key"].str.starts_with("http")).sort().to_list()
    for value in wanted[:_SUGGESTIONS]:
        close = process.extractOne(value.lower(), keys, scorer=fuzz.ratio, score_cutoff=_CLOSE)
        if close:
            hints[value] = f". Did you mean {close[0]}?"
    return hints


def accepted_keys(column: Column, schema: Schema) -> str:
    """Say which keys a reference may have."""
    target = str(column.target)
    keys = []
    for table in schema.tables_for(target):
        names = ", ".join(c.name for c in table.columns if c.lookup)
        keys.append(f"the {names} of a row in table {table.name}")
    if any(cls == target for cls, _, _ in schema.concepts):
        keys.append("the key or label of a concept")
    return f"a known {local_name(target)}: {' or '.join(keys)}"


def local_name(iri: str) -> str:
    """Return the name of a class without its namespace."""
    return iri.rpartition("#")[2] or iri
