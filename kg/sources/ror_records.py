"""One record of the Research Organization Registry, in schema 1 or 2, as the cells of a row.

What leads to other records stays apart: only the whole dump tells where it leads.
https://ror.readme.io/docs/ror-data-structure describes both schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.sources.collected import joined, tagged

__all__ = ["RorRecord", "bare", "ror_record"]

_TYPES = {
    "education": "University",
    "healthcare": "Hospital",
    "archive": "Archive",
    "company": "Company",
    "government": "GovernmentBody",
    "facility": "Facility",
    "nonprofit": "NonProfit",
    "funder": "FundingBody",
}
_Json = Mapping[str, Any]


@dataclass(slots=True)
class RorRecord:
    """One record.

    ``cells`` are those of a row, without identifiers and links. ``identifiers`` gives the values
    of each scheme, the preferred one first; ``relations`` are (kind, ROR id, name); ``places``
    says where it is besides the first place.
    """

    line: int
    ror: str
    status: str
    cells: dict[str, str | None]
    identifiers: dict[str, list[str]]
    relations: list[tuple[str, str, str]]
    places: list[str]


def ror_record(record: _Json, line: int) -> RorRecord:
    """Read a record of either schema; one that has the form of neither raises what Python says."""
    places = _places(record)
    place = places[0] if places else {}
    website, pages = _links(record)
    names = _names(record)
    cells = {
        "id": f"ror-{bare(record['id'])}",
        "type": joined(_TYPES[t] for t in _types(record) if t in _TYPES),
        "name": names[0],
        "alias": joined(names[1:]),
        "official_name": joined(_official(record, names[0])),
        "acronym": joined(_acronyms(record)),
        "ror": bare(record["id"]),
        "country": place.get("country_code"),
        "city": place.get("name"),
        "latitude": _number(place.get("lat")),
        "longitude": _number(place.get("lng")),
        "url": website,
        "same_as": joined(pages),
        "domain": joined(record.get("domains") or ()),
        "established": f"{record['established']:04d}" if record.get("established") else None,
        "status": record["status"],
    }
    return RorRecord(
        line,
        bare(record["id"]),
        record["status"],
        cells,
        dict(_identifiers(record)),
        [(r["type"].lower(), bare(r["id"]), r["label"]) for r in record["relationships"]],
        [f"{p['name']} ({p['country_code']})" for p in places[1:]],
    )


def bare(iri: str) -> str:
    """Return a ROR id without its web address."""
    return iri.rpartition("/")[2]


def _types(record: _Json) -> list[str]:
    """Return the types in our order: the first is what an organisation mainly is."""
    kinds = {str(kind).lower() for kind in record["types"]}
    return [kind for kind in _TYPES if kind in kinds]


def _names(record: _Json) -> list[str | None]:
    """Return all names but acronyms with their language, the display name first."""
    if "name" in record:
        labels = (tagged(label["label"], label["iso639"]) for label in record["labels"])
        return [tagged(record["name"]), *map(tagged, record["aliases"]), *labels]
    spelt = [n for n in record["names"] if n["types"] != ["acronym"]]
    spelt.sort(key=lambda n: "ror_display" not in n["types"])
    return [tagged(n["value"], n["lang"]) for n in spelt]


def _official(record: _Json, display: str | None) -> Iterator[str | None]:
    """Yield the names that ROR calls labels: what the organisation calls itself in a language."""
    labels = (
        (tagged(label["label"], label["iso639"]) for label in record["labels"])
        if "labels" in record
        else (tagged(n["value"], n["lang"]) for n in record["names"] if "label" in n["types"])
    )
    yield from (label for label in labels if label != display)


def _acronyms(record: _Json) -> list[str]:
    if "acronyms" in record:
        return list(record["acronyms"])
    return [n["value"] for n in record["names"] if "acronym" in n["types"]]


def _identifiers(record: _Json) -> Iterator[tuple[str, list[str]]]:
    entries = record["external_ids"]
    if isinstance(entries, dict):
        entries = [{"type": kind.lower(), **value} for kind, value in entries.items()]
    for entry in entries:
        # Schema 1 gives a bare text where there is but one.
        every = [entry["all"]] if isinstance(entry["all"], str) else entry["all"]
        first = [entry["preferred"]] if entry["preferred"] else []
        yield entry["type"], list(dict.fromkeys(v.replace(" ", "") for v in (*first, *every)))


def _places(record: _Json) -> list[_Json]:
    if "locations" in record:
        return [place["geonames_details"] for place in record["locations"]]
    code = record["country"]["country_code"]
    return [
        {"country_code": code, "name": a.get("city"), "lat": a.get("lat"), "lng": a.get("lng")}
        for a in record["addresses"] or [{}]
    ]


def _links(record: _Json) -> tuple[str | None, list[str]]:
    """Return the first website, and all other pages."""
    links = record["links"]
    if "wikipedia_url" in record:
        links = [{"type": "website", "value": link} for link in links]
        links.append({"type": "wikipedia", "value": record["wikipedia_url"] or ""})
    sites = [_address(link["value"]) for link in links if link["type"] == "website"]
    pages = [_address(link["value"]) for link in links if link["type"] != "website"]
    return (sites[0] if sites else None), [*sites[1:], *pages]


def _address(link: str) -> str:
    return link.strip().replace(" ", "%20").replace("|", "%7C")


def _number(value: float | None) -> str | None:
    return None if value is None else format(value, "f").rstrip("0").rstrip(".")
