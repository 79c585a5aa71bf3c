"""A small register in our own words, for the tests of matching."""

from __future__ import annotations

import polars as pl

from kg.reconcile import Directory

# id, name, country, city, url, parents, aliases, acronyms
RECORDS: list[tuple[str, str, str, str, str, str, str, str]] = [
    ("u-lummer", "University of Lummersdorf", "DE", "Lummersdorf", "https://www.uni-lummersdorf.de",
     "", "Universität Lummersdorf", "UL"),
    ("u-lummer-clinic", "University Hospital Lummersdorf", "DE", "Lummersdorf", "",
     "u-lummer", "Klinikum der Universität Lummersdorf", ""),
    ("u-tech", "Quarran University of Technology", "SA", "Quarran", "https://qut.edu.sa",
     "", "جامعة قران للتقنية", "QUTECH"),
    ("u-quarran", "Quarran University", "SA", "Quarran", "", "", "", ""),
    ("nci-eg", "National Cancer Institute", "EG", "Cairo", "", "", "", "NCI"),
    ("nci-us", "National Cancer Institute", "US", "Bethesda", "", "", "", "NCI"),
    ("moscow", "Zelenin State University", "RU", "Zelenin", "", "",
     "Зеленинский государственный университет", "ZSU"),
    ("acme-de", "Acmetron (Germany)", "DE", "Berlin", "", "acme", "", ""),
    ("acme", "Acmetron (United States)", "US", "Boston", "", "", "", ""),
    ("ucb", "University of Westland, Brayton", "US", "Brayton", "", "ucs",
     "University of Westland", ""),
    ("ucm", "University of Westland, Mercia", "US", "Mercia", "", "ucs",
     "University of Westland", ""),
    ("ucs", "University of Westland System", "US", "Oakburg", "", "", "", ""),
    ("jiaotong", "Hanlu Jiaotong University", "CN", "Hanlu", "", "", "", "HJTU"),
    ("lagos", "Universidad de los Ríos Altos", "CL", "Osorno", "", "", "", ""),
]  # fmt: skip


def register(extra: list[tuple[str, str, str, str, str, str, str, str]] | None = None) -> Directory:
    """Return the directory of RECORDS, with many others so that words are rare or common."""
    records = RECORDS + (extra or []) + _others()
    organisations = pl.DataFrame(
        [
            {"id": r[0], "name": r[1], "country": r[2], "city": r[3], "url": r[4],
             "parents": [r[5]] if r[5] else []}
            for r in records
        ],
        schema_overrides={"parents": pl.List(pl.String)},
    )  # fmt: skip
    names = [(r[0], r[1], "name") for r in records]
    names += [(r[0], a, "alias") for r in records for a in r[6].split("|") if a]
    names += [(r[0], a, "acronym") for r in records for a in r[7].split("|") if a]
    frame = pl.DataFrame(names, schema=["id", "value", "kind"], orient="row")
    return Directory(organisations, frame)


def _others() -> list[tuple[str, str, str, str, str, str, str, str]]:
    """Return 2,000 universities, institutes and hospitals of places that no test names."""
    kinds = ("University of {}", "{} Institute of Technology", "{} Hospital", "{} Medical College",
             "National Institute of {} Science")  # fmt: skip
    countries = ("DE", "US", "CN", "FR", "BR", "IN", "JP", "GB")
    return [
        (f"x{i}", kinds[i % 5].format(f"Xa{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}vo{i % 7}"),
         countries[i % 8], f"Town{i}", "", "", "", "")
        for i in range(2_000)
    ]  # fmt: skip
