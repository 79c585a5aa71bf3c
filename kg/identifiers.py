"""Persistent identifiers: how each is written, normalised and checked; and how IRIs are minted.

Every scheme works on whole polars columns. A scheme accepts the bare identifier and its usual
URL or CURIE form, and yields the bare identifier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

__all__ = ["SCHEMES", "IdentifierScheme", "key_segment"]

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class IdentifierScheme:
    """One kind of identifier.

    ``prefix`` is a regular expression for what may stand before the bare form, ``pattern`` one
    for the bare form, ``checksum`` an expression that is true where the check digits agree,
    and ``accepted`` says all this to a person.
    """

    prefix: str
    pattern: str
    accepted: str
    upper: bool = False
    checksum: Callable[[pl.Expr], pl.Expr] | None = None

    def normalise(self, values: pl.Expr) -> pl.Expr:
        """Return the bare form of each value; what is malformed stays malformed."""
        bare = values.str.strip_chars().str.replace(f"(?i)^(?:{self.prefix})", "")
        return bare.str.to_uppercase() if self.upper else bare.str.to_lowercase()

    def is_valid(self, values: pl.Expr) -> pl.Expr:
        """Return whether each normalised value is well formed with the right check digits."""
        well_formed = values.str.contains(f"^(?:{self.pattern})$")
        if self.checksum is None:
            return well_formed
        # Digits of malformed values are not numbers: look at the check digits of the others only.
        return well_formed & self.checksum(pl.when(well_formed).then(values)).fill_null(value=False)


def _mod_11_2(values: pl.Expr) -> pl.Expr:
    """ISO 7064 MOD 11-2 over 16 characters (ORCID, ISNI); the last may be X for 10."""
    digits = values.str.replace_all("-", "")
    total = pl.lit(0, dtype=pl.Int64)
    for position in range(15):
        total = (total + digits.str.slice(position, 1).cast(pl.Int64, strict=False)) * 2
    expected = (12 - total % 11) % 11
    last = digits.str.slice(15, 1).replace({"X": "10"}).cast(pl.Int64, strict=False)
    return expected == last


def _mod_97_10(values: pl.Expr) -> pl.Expr:
    """ROR's ISO 7064 MOD 97-10: six base-32 characters (Crockford), then two check digits."""
    number = pl.lit(0, dtype=pl.Int64)
    for position in range(1, 7):
        symbol = values.str.slice(position, 1)
        digit = symbol.replace_strict(
            list(_CROCKFORD), list(range(32)), default=None, return_dtype=pl.Int64
        )
        number = number * 32 + digit
    check = values.str.slice(7, 2).cast(pl.Int64, strict=False)
    return 98 - (number * 100) % 97 == check


SCHEMES: dict[str, IdentifierScheme] = {
    "ror": IdentifierScheme(
        prefix=r"https?://(?:www\.)?ror\.org/|ror\.org/|ror:",
        pattern=r"0[0-9abcdefghjkmnpqrstvwxyz]{6}[0-9]{2}",
        accepted="a ROR id with right check digits, such as 03yrm5c26 or https://ror.org/03yrm5c26",
        checksum=_mod_97_10,
    ),
    "orcid": IdentifierScheme(
        prefix=r"https?://(?:www\.)?orcid\.org/|orcid\.org/|orcid:",
        pattern=r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]",
        accepted="an ORCID iD with the right check digit, such as 0000-0002-1825-0097",
        upper=True,
        checksum=_mod_11_2,
    ),
    "isni": IdentifierScheme(
        prefix=r"https?://(?:www\.)?isni\.org/(?:isni/)?|isni:",
        pattern=r"[0-9]{15}[0-9X]",
        accepted="an ISNI of 16 characters without spaces, such as 0000000121032683",
        upper=True,
        checksum=_mod_11_2,
    ),
    "wikidata": IdentifierScheme(
        prefix=r"https?://(?:www\.)?wikidata\.org/(?:wiki|entity)/|wikidata:|wd:",
        pattern=r"Q[1-9][0-9]*",
        accepted="a Wikidata item, such as Q7842",
        upper=True,
    ),
    "doi": IdentifierScheme(
        prefix=r"https?://(?:dx\.)?doi\.org/|doi:",
        pattern=r"10\.[0-9]{4,9}/\S+",
        accepted="a DOI, such as 10.5281/zenodo.3332807",
    ),
    "grid": IdentifierScheme(
        prefix=r"https?://(?:www\.)?grid\.ac/institutes/",
        pattern=r"grid\.[0-9]+\.[0-9a-f]+",
        accepted="a GRID id, such as grid.7445.2",
    ),
    "fundref": IdentifierScheme(
        prefix=r"(?:https?://(?:dx\.)?doi\.org/)?10\.13039/|fundref:",
        pattern=r"[0-9]{9,12}",
        accepted="an id of the Open Funder Registry, such as 501100004052 or 10.13039/501100004052",
    ),
    "pic": IdentifierScheme(
        prefix=r"pic:",
        pattern=r"[0-9]{9}",
        accepted="a participant identification code of nine digits, such as 999993953",
    ),
}


def key_segment(values: pl.Expr) -> pl.Expr:
    """Return values as segments of an IRI path: unreserved characters stay, others become ``-``.

    RFC 3987 would allow more, but a key should survive copying into any tool.
    """
    return values.str.replace_all(r"[^A-Za-z0-9._~-]+", "-").str.strip_chars("-")
