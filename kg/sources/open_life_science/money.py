"""The organisations around the programme, and the money that it received."""

from __future__ import annotations

import re
from typing import Any

from kg.errors import InputError
from kg.sources.base import slug
from kg.sources.collected import Collected, clean_text, tagged, web_address
from kg.sources.open_life_science.folder import PROGRAMME, Folder, day, key_of, records
from kg.sources.yaml_files import Record

__all__ = ["add_organisations"]

_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
_SITE = "https://openlifesci.org/"


def add_organisations(folder: Folder, collected: Collected) -> None:
    """Add programme, organisations and fundings."""
    file, content = folder.yaml("organizations.yaml")
    people, _ = folder.yaml("people.yaml")
    own = {"id": PROGRAMME, "type": "NonProfit", "name": "OLS@en", "alias": "Open Life Science@en",
           "acronym": "OLS", "country": "GB", "url": _SITE}  # fmt: skip
    collected.add("organisations", people, 1, own)
    programme = {"id": PROGRAMME, "name": "Open Life Science@en", "acronym": "OLS",
                 "organisation": PROGRAMME, "url": _SITE}  # fmt: skip
    collected.add("programmes", people, 1, programme)
    if content is not None and not isinstance(content, Record):
        raise InputError(f"{file}: is no mapping of organisations by key.")
    for key, entry in (content or {}).items():
        _add_organisation(key, entry, file, collected)
    _add_fundings(folder, collected)


def _id(key: str) -> str:
    return f"ols-partner-{key_of(key)}"


def _add_organisation(key: str, entry: Any, file: str, collected: Collected) -> None:
    if not isinstance(entry, Record):
        raise InputError(f"{file}: {key} has no fields. Accepted: a mapping.")
    # Europe, Africa and Global are where some work, not a country.
    country = collected.country("organisations", file, entry.line, entry.get("country"))
    row = {
        "id": _id(key),
        "name": tagged(entry.get("name") or key),
        "country": country,
        "url": web_address(entry.get("website")),
    }
    collected.add("organisations", file, entry.line, row)


def _add_fundings(folder: Folder, collected: Collected) -> None:
    file, content = folder.yaml("funding.yaml")
    for entry in records(content, file):
        funder, stated = entry.get("funder") or "", entry.get("date_award")
        amount = entry.get("amount") or ""
        date = day(stated)
        if stated and not date:
            accepted = "a day, month or year, such as February 2021"
            collected.doubt("fundings", file, entry.line, "date", stated, accepted)
        if amount and not _AMOUNT.fullmatch(amount):
            collected.doubt("fundings", file, entry.line, "amount", amount, "one number")
            amount = ""
        purpose = clean_text(entry.get("purpose"))
        row = {
            # The purpose tells two awards of one funder in one month apart.
            "id": f"ols-{key_of(funder)}-{slug(stated or 'undated')}-{slug(purpose or '')[:40]}",
            "name": tagged(purpose or f"Award of {funder}", "en"),
            "funder": _id(funder),
            "recipient": PROGRAMME,
            "programme": PROGRAMME,
            "amount": amount or None,
            # A currency says nothing without its amount.
            "currency": entry.get("currency") if amount else None,
            "date": date,
            "source_url": web_address(entry.get("proposal")),
        }
        collected.add("fundings", file, entry.line, row)
