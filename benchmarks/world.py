"""A synthetic world of any size: tables in the steward's form, the same for the same seed.

Sizes are heavy-tailed (few organisations host much, few people travel often, few trainings are
large), names come in five scripts, people learn before they teach, and every cell passes the
checks. Countries and blocs are those of the demo.

    python benchmarks/world.py --participations 100000 --into /tmp/world
    kg build --project /tmp/world/rihla.toml

A participation makes about nine triples of data.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from kg.files import shipped_folder
from kg.ontology import load_ontology
from kg.schema import Schema
from kg.terms import VOCABULARY_BASE

Rng = np.random.Generator
Codes = np.ndarray  # integers, one a row

_FIRST_YEAR, _YEARS = 2000, 25
_GIVEN = {
    "": ["Amina", "José", "Chloé", "Søren", "Ngozi", "Wei", "Priya", "Zoë", "Joaquín", "Thị Hoa"],
    "ar": ["محمد", "فاطمة", "ليلى", "يوسف", "خديجة"],
    "ru": ["Айгуль", "Ольга", "Тимур", "Нурлан"],
    "zh": ["秀英", "伟", "芳", "敏"],
    "tr": ["Ayşe", "Çağrı", "İrem", "Gülşen"],
}
_FAMILY = {
    "": ["Al-Hassan", "O’Neill", "García", "Nkemelu", "Müller", "Kowalczyk", "Ouédraogo", "Tan"],
    "ar": ["الخوارزمي", "بن سينا", "الإدريسي", "الزهراوي"],
    "ru": ["Абдрахманов", "Иванова", "Юсупов"],
    "zh": ["王", "李", "张", "刘"],
    "tr": ["Yılmaz", "Öztürk", "Şahin"],
}
_PLACES = ["Northern", "Coastal", "National", "Royal", "Central", "Highland", "Delta", "Oasis"]
_KINDS = ["University", "Institute of Technology", "Research Centre", "Academy of Sciences"]
_ARABIC = ["جامعة", "معهد", "مركز", "أكاديمية"]
_ROLES = ["learner", "educator", "helper", "mentor", "organiser"]


@dataclass(frozen=True)
class Sizes:
    """How many rows of each kind follow from a number of participations."""

    participations: int

    @property
    def trainings(self) -> int:
        return max(20, self.participations // 12)

    @property
    def people(self) -> int:
        return max(50, self.participations // 4)

    @property
    def organisations(self) -> int:
        return max(20, int(4 * self.participations**0.6))

    @property
    def series(self) -> int:
        return max(4, self.trainings // 15)

    @property
    def programmes(self) -> int:
        return max(3, self.trainings // 300)

    @property
    def outcomes(self) -> int:
        return max(10, self.participations // 20)


def heavy(rng: Rng, count: int, of: int, tail: float = 1.0) -> Codes:
    """Draw ``count`` of ``of`` things, the k-th with a chance in proportion to k^-tail."""
    weights = np.arange(1, of + 1, dtype=float) ** -tail
    return np.searchsorted(np.cumsum(weights / weights.sum()), rng.random(count)).clip(0, of - 1)


def pick(rng: Rng, values: Sequence[str], count: int, tail: float = 0.7) -> np.ndarray:
    return np.array(values, dtype=object)[heavy(rng, count, len(values), tail)]


def names(rng: Rng, count: int) -> list[str]:
    scripts = list(_GIVEN)
    chosen = heavy(rng, count, len(scripts), 1.2)
    given, family = rng.random((2, count))
    found = []
    for script, first, last in zip(chosen, given, family, strict=True):
        ours, theirs = _GIVEN[scripts[script]], _FAMILY[scripts[script]]
        found.append(f"{ours[int(first * len(ours))]} {theirs[int(last * len(theirs))]}")
    return found


def keys(prefix: str, codes: Codes | range) -> list[str]:
    return [f"{prefix}{code}" for code in codes]


def decimal(value: float) -> str:
    """Write a number without zeros at its end."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def some(rng: Rng, values: list[str], share: float) -> list[str | None]:
    """Leave this share of the values and empty the other cells."""
    return [v if c < share else None for v, c in zip(values, rng.random(len(values)), strict=True)]


def joined(a: Sequence[str | None], b: Sequence[str | None]) -> list[str | None]:
    """Write two values in a cell, or one where they are the same or there is no second one."""
    pairs = zip(a, b, strict=True)
    return [f"{x}|{y}" if x and y and x != y else x for x, y in pairs]


def dates(years: Codes, days: Codes) -> list[str]:
    start = np.array([f"{year}-01-01" for year in years], dtype="datetime64[D]")
    return [str(day) for day in start + days]


def organisations(rng: Rng, sizes: Sizes, countries: Sequence[str]) -> pl.DataFrame:
    n = sizes.organisations
    place, kind = rng.integers(len(_PLACES), size=n), rng.integers(len(_KINDS), size=n)
    parent = [
        f"o{int(rng.integers(i))}" if i and chance < 0.15 else None
        for i, chance in enumerate(rng.random(n))
    ]
    # Few are a second entry of the one before, under its name and in its country.
    again = rng.random(n) < 0.01
    numbered = [i - 1 if again[i] and i else i for i in range(n)]
    country = pick(rng, countries, n)
    return pl.DataFrame(
        {
            "id": keys("o", range(n)),
            "type": pick(rng, ["University", "ResearchInstitute"], n),
            "name": [f"{_PLACES[place[i]]} {_KINDS[kind[i]]} {i}" for i in numbered],
            "alias": [f"{_ARABIC[kind[i]]} {i}@ar" for i in range(n)],
            "country": country[numbered],
            "latitude": [decimal(v) for v in rng.uniform(-60, 70, n)],
            "longitude": [decimal(v) for v in rng.uniform(-180, 180, n)],
            "url": [f"https://o{i}.example.org/" for i in range(n)],
            "part_of": parent,
        }
    )  # fmt: skip


def people(rng: Rng, sizes: Sizes) -> pl.DataFrame:
    n = sizes.people
    return pl.DataFrame(
        {"id": keys("p", range(n)), "name": names(rng, n), "consent": ["published"] * n}
    )


def trainings(rng: Rng, sizes: Sizes, schema: Schema, hosts: Codes) -> pl.DataFrame:
    n = sizes.trainings
    years = _FIRST_YEAR + np.minimum(rng.beta(3, 1.5, n) * _YEARS, _YEARS - 1).astype(int)
    days, length = rng.integers(0, 340, n), rng.geometric(0.25, n)
    series = heavy(rng, n, sizes.series, 0.8)
    topics, methods = concepts(schema, "Topic"), concepts(schema, "Method")
    programmes = heavy(rng, n, sizes.programmes, 0.8)
    kinds = ["Workshop", "Course", "Seminar", "Fellowship", "Symposium"]
    return pl.DataFrame(
        {
            "id": keys("t", range(n)),
            "name": [f"Training {i} on {t}" for i, t in enumerate(pick(rng, topics, n))],
            "format": pick(rng, kinds, n),
            "series": some(rng, keys("s", series), 0.6),
            "programme": some(rng, keys("g", programmes), 0.4),
            "start_date": dates(years, days),
            "end_date": dates(years, days + length),
            "host": keys("o", hosts),
            "organiser": keys("o", heavy(rng, n, sizes.organisations)),
            "funder": some(rng, keys("o", heavy(rng, n, sizes.organisations, 1.3)), 0.4),
            "topic": joined(pick(rng, topics, n), some(rng, list(pick(rng, topics, n)), 0.3)),
            "method": joined(pick(rng, methods, n), some(rng, list(pick(rng, methods, n)), 0.3)),
            "url": [f"https://trainings.example.org/{i}" for i in range(n)],
        }
    )  # fmt: skip


def concepts(schema: Schema, target: str) -> list[str]:
    """Return the keys of a scheme's concepts: the last part of each IRI."""
    iris = {iri for cls, _, iri in schema.concepts if cls == VOCABULARY_BASE + target}
    return sorted(iri.rpartition("/")[2] for iri in iris)


def participations(rng: Rng, sizes: Sizes, home: Codes) -> pl.DataFrame:
    """Return who took part: a tenth as counted groups, each person once in a training."""
    n = sizes.participations
    training = heavy(rng, n, sizes.trainings, 0.35)
    person = heavy(rng, n, sizes.people, 0.45)
    group = rng.random(n) < 0.1
    moved = np.where(rng.random(n) < 0.1, heavy(rng, n, sizes.organisations), home[person])
    # Whoever is met often teaches more: the first tenth of all people are mostly educators.
    chance = np.where(person < sizes.people // 10, 0.45, 0.08)
    role = np.where(rng.random(n) < chance, rng.integers(1, len(_ROLES), n), 0)
    sizes_of = rng.geometric(0.08, n) + 4
    frame = pl.DataFrame(
        {
            "training": keys("t", training),
            "role": np.array(_ROLES, dtype=object)[np.where(group, 0, role)],
            "person": [None if g else p for g, p in zip(group, keys("p", person), strict=True)],
            "organisation": keys("o", moved),
            "headcount": [str(h) if g else None for g, h in zip(group, sizes_of, strict=True)],
        }
    )  # fmt: skip
    named = frame.filter(pl.col("person").is_not_null()).unique(
        ["training", "role", "person"], keep="first", maintain_order=True
    )
    groups = frame.filter(pl.col("person").is_null()).unique(
        ["training", "role", "organisation"], keep="first", maintain_order=True
    )
    both = pl.concat([named, groups])
    return both.select(pl.Series("id", keys("x", range(both.height))), pl.all())


def outcomes(rng: Rng, sizes: Sizes, took_part: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return outcomes of people, and which of their trainings each is credited to."""
    behind = took_part.drop_nulls("person").sample(
        sizes.outcomes, with_replacement=True, seed=int(rng.integers(2**31))
    )
    n = behind.height
    # A third is made by two who were in the same training.
    beside = took_part.drop_nulls("person").unique("training", keep="last", maintain_order=True)
    second = behind.join(beside, on="training", how="left", maintain_order="left")["person_right"]
    made = pl.DataFrame(
        {
            "id": keys("w", range(n)),
            "type": pick(rng, ["Publication", "Dataset", "Certificate"], n),
            "name": [f"Outcome {i}" for i in range(n)],
            "date": dates(rng.integers(2005, 2026, n), rng.integers(0, 365, n)),
            "person": joined(behind["person"].to_list(), some(rng, second.to_list(), 0.3)),
        }
    )
    credited = pl.DataFrame(
        {
            "outcome": made["id"],
            "training": behind["training"],
            "grade": pick(rng, ["acknowledged", "temporal-only"], n),
        }
    )
    return made, credited


def write_world(into: Path, count: int, seed: int = 1) -> dict[str, int]:
    """Write a world's tables and project file; return the rows of each table."""
    rng = np.random.default_rng(seed)
    sizes = Sizes(count)
    schema = load_ontology(shipped_folder("ontology")).schema
    given = shipped_folder("data") / "tables"
    codes = pl.read_csv(given / "countries.csv", infer_schema=False)["iso2"].to_list()
    hosts = heavy(rng, sizes.trainings, sizes.organisations)
    home = heavy(rng, sizes.people, sizes.organisations, 0.8)
    took_part = participations(rng, sizes, home)
    made, credited = outcomes(rng, sizes, took_part)
    tables = {
        "organisations": organisations(rng, sizes, codes),
        "people": people(rng, sizes),
        "series": pl.DataFrame(
            {"id": keys("s", range(sizes.series)), "name": keys("Series ", range(sizes.series))}
        ),
        "programmes": pl.DataFrame(
            {
                "id": keys("g", range(sizes.programmes)),
                "name": keys("Programme ", range(sizes.programmes)),
            }
        ),
        "trainings": trainings(rng, sizes, schema, hosts),
        "participations": took_part,
        "outcomes": made,
        "attributions": credited,
    }
    folder = into / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        frame.write_csv(folder / f"{name}.csv")
    for name in ("countries", "blocs", "bloc_memberships"):
        shutil.copy(given / f"{name}.csv", folder)
    (into / "rihla.toml").write_text(_PROJECT, encoding="utf-8")
    return {name: frame.height for name, frame in tables.items()}


_PROJECT = """[project]
title = "Synthetic world"
releases = "releases"

[[source]]
id = "synthetic"
kind = "tables"
path = "tables"
title = "Synthetic world"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
retrieved = 2026-01-01
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--into", type=Path, required=True)
    given = parser.parse_args()
    for name, rows in write_world(given.into, given.participations, given.seed).items():
        print(f"{name:16} {rows:>10,} rows")


if __name__ == "__main__":
    main()
