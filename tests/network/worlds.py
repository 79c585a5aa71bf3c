"""A world of four trainings, small enough to reckon every number by hand.

Institutions A (ZA), B (NG), C (GB), D (TR), F (US); persons p1 (of C), p2 (of D), p3 (of C),
p4 (of A).

======== ======== ======== ========= ================= ==================== ======
training begins   host     organiser educators         learners             funder
======== ======== ======== ========= ================= ==================== ======
t1       2012-05  A        B         p1 of C           12 of D              F
t2       2014     A                  p1 of C           5 of A, some of B
t3       2019-11  C                  p2 of D, p3 of C  p4 of A
t4       2021-02  B                  p2 of D           30 of NG
======== ======== ======== ========= ================= ==================== ======

t1 and t3 are about health, t2 about technology, t4 has no sector.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from kg.network import COLUMNS, Columns

ROWS: dict[str, list[tuple[Any, ...]]] = {
    # training, role, side, organisation, person, country, headcount
    "involvements": [
        ("t1", "host", "host", "A", None, None, None),
        ("t1", "organiser", "organiser", "B", None, "NG", None),
        ("t1", "educator", "educator", "C", "p1", "GB", 1),
        ("t1", "learner", "learner", "D", None, "TR", 12),
        ("t1", "funder", "funder", "F", None, "US", None),
        ("t2", "host", "host", "A", None, "ZA", None),
        ("t2", "educator", "educator", "C", "p1", "GB", 1),
        ("t2", "learner", "learner", "A", None, "ZA", 5),
        ("t2", "learner", "learner", "B", None, "NG", None),
        ("t3", "host", "host", "C", None, "GB", None),
        ("t3", "educator", "educator", "D", "p2", "TR", 1),
        ("t3", "mentor", "educator", "C", "p3", "GB", 1),
        ("t3", "learner", "learner", "A", "p4", "ZA", 1),
        ("t4", "host", "host", "B", None, "NG", None),
        ("t4", "educator", "educator", "D", "p2", "TR", 1),
        ("t4", "learner", "learner", None, None, "NG", 30),
    ],
    # training, facet, value
    "facets": [
        ("t1", "sector", "sector:health"),
        ("t3", "sector", "sector:health"),
        ("t2", "sector", "sector:technology"),
        ("t1", "topic", "topic:genomics"),
        ("t2", "topic", "topic:python"),
        ("t1", "country", "ZA"),
        ("t2", "country", "ZA"),
        ("t3", "country", "GB"),
        ("t4", "country", "NG"),
        ("t1", "format", "Workshop"),
        ("t2", "format", "Workshop"),
        ("t3", "format", "School"),
    ],
    # training, label, start, end, year
    "trainings": [
        ("t1", "Genomics in Cape Town", "2012-05", "2012-05", 2012),
        ("t2", "Python in Cape Town", "2014", None, 2014),
        ("t3", "School in London", "2019-11-04", "2019-11-08", 2019),
        ("t4", "Clinic in Abuja", "2021-02", None, 2021),
    ],
    # entity, kind, label, country
    "entities": [
        ("A", "organisation", "Ankh University", "ZA"),
        ("B", "organisation", "Bauchi Institute", "NG"),
        ("C", "organisation", "Camden College", "GB"),
        ("D", "organisation", "Denizli University", "TR"),
        ("F", "organisation", "Foundation", "US"),
        ("p1", "person", "Pat One", None),
        ("p2", "person", "Pat Two", None),
        ("p3", "person", "Pat Three", None),
        ("ZA", "country", "South Africa", None),
        ("NG", "country", "Nigeria", None),
        ("GB", "country", "United Kingdom", None),
        ("TR", "country", "Türkiye", None),
        ("US", "country", "United States", None),
        ("FR", "country", "France", None),
        ("OIC", "bloc", "Organisation of Islamic Cooperation", None),
        ("EU", "bloc", "European Union", None),
        ("AU", "bloc", "African Union", None),
        ("sector:health", "sector", "Health", None),
        ("sector:technology", "sector", "Technology", None),
        ("sector:humanities", "sector", "Humanities", None),
    ],
    # bloc, country, start, end
    "bloc_members": [
        ("OIC", "TR", "1969-09-25", None),
        ("OIC", "NG", "1986", None),
        ("EU", "GB", "1973-01-01", "2020-01-31"),
        ("AU", "ZA", "1994-06-06", None),
        ("AU", "NG", None, None),
    ],
}


def frames(**rows: list[tuple[Any, ...]]) -> Columns:
    """Return the tables of these rows; tables that are not named are empty."""
    return {
        name: pl.DataFrame(rows.get(name, []), schema=dict(schema), orient="row")
        for name, schema in COLUMNS.items()
    }


def world(**replaced: list[tuple[Any, ...]]) -> Columns:
    """Return the world of four trainings, with other rows for some tables."""
    return frames(**(ROWS | replaced))


def teaching() -> Columns:
    """Return the world with methods, and with two topics and sectors for some trainings.

    t1 teaches methods m1 and m2, t2 m2, t3 m1, m2 and m3; t1 is also about python, t2 health.
    """
    more = [
        *(("t1", "method", m) for m in ("m1", "m2")),
        ("t2", "method", "m2"),
        *(("t3", "method", m) for m in ("m1", "m2", "m3")),
        ("t1", "topic", "topic:python"),
        ("t2", "sector", "sector:health"),
    ]
    return world(facets=ROWS["facets"] + more)
