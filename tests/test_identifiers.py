from __future__ import annotations

import polars as pl
import pytest

from kg.identifiers import SCHEMES, key_segment

# Real identifiers: ROR's and ORCID's own documentation, and the Carpentries' DOI.
VALID = [
    ("ror", "https://ror.org/03yrm5c26", "03yrm5c26"),
    ("ror", "ror:042nb2s44", "042nb2s44"),
    ("ror", "02MHBDP94", "02mhbdp94"),
    ("orcid", "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("orcid", "0000-0002-1694-233x", "0000-0002-1694-233X"),
    ("isni", "0000000121032683", "0000000121032683"),
    ("wikidata", "http://www.wikidata.org/entity/Q42", "Q42"),
    ("doi", "https://doi.org/10.5281/ZENODO.3332807", "10.5281/zenodo.3332807"),
    ("grid", "grid.7445.2", "grid.7445.2"),
    ("pic", "999993953", "999993953"),
    ("fundref", "https://doi.org/10.13039/501100004052", "501100004052"),
    ("fundref", "100000001", "100000001"),
]
INVALID = [
    ("ror", "03yrm5c27"),  # a check digit off
    ("ror", "03yrm5l26"),  # Crockford's alphabet has no l
    ("ror", "3yrm5c26"),
    ("orcid", "0000-0002-1825-0098"),
    ("orcid", "0000000218250097"),
    ("isni", "0000000121032684"),
    ("wikidata", "42"),
    ("doi", "11.1/x"),
    ("pic", "12345678"),
    ("fundref", "10"),
]


def outcome(scheme: str, value: str) -> tuple[str, bool]:
    frame = pl.DataFrame({"v": [value]})
    frame = frame.with_columns(n=SCHEMES[scheme].normalise(pl.col("v")))
    return frame.select("n", ok=SCHEMES[scheme].is_valid(pl.col("n"))).row(0)


@pytest.mark.parametrize(("scheme", "value", "bare"), VALID)
def test_a_right_identifier_becomes_bare(scheme: str, value: str, bare: str) -> None:
    assert outcome(scheme, value) == (bare, True)


@pytest.mark.parametrize(("scheme", "value"), INVALID)
def test_a_wrong_identifier_is_seen(scheme: str, value: str) -> None:
    assert outcome(scheme, value)[1] is False


def test_every_scheme_is_tested() -> None:
    assert {scheme for scheme, *_ in VALID} == set(SCHEMES)


def test_one_altered_character_breaks_a_ror_checksum() -> None:
    right = "03yrm5c26"
    altered = [
        right[:i] + c + right[i + 1 :]
        for i in range(1, 9)
        for c in "0123456789abcdefghjkmnpqrstvwxyz"
        if c != right[i]
    ]
    frame = pl.DataFrame({"v": altered}).select(ok=SCHEMES["ror"].is_valid(pl.col("v")))
    assert frame["ok"].sum() == 0


@pytest.mark.parametrize(
    ("value", "segment"),
    [("a b/c", "a-b-c"), ("2019-01-28", "2019-01-28"), ("é#x", "x"), ("a~b_c.d", "a~b_c.d")],
)
def test_key_segments_survive_copying(value: str, segment: str) -> None:
    assert pl.DataFrame({"v": [value]}).select(key_segment(pl.col("v"))).item() == segment
