"""Matching of affiliation strings with ROR: precision, recall, and strings a second.

The gold is the S2AFF collection's (CSV with ``affiliation``, ``ror_ids`` and, where only a part
of ROR is at hand, ``all_in_ror_subset``); the register is a dump of ROR as JSON Lines, plain or
gzipped. Each string gets at most one answer; any of those listed in the gold is right. The gold
is split by a hash of the string: the weights were fitted and the thresholds chosen on one half.

    python benchmarks/reconciliation.py affiliations.csv ror.jsonl.gz
    python benchmarks/reconciliation.py affiliations.csv ror.jsonl.gz --fit kg/reconcile/weights.csv
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from kg.reconcile import Directory
from kg.reconcile.evidence import FEATURES
from kg.reconcile.matcher import findings_of
from kg.reconcile.scoring import ACCEPT
from kg.reconcile.spans import Finding
from kg.sources.ror_records import RorRecord, ror_record

_ROR = re.compile(r"https://ror\.org/(\w{9})")
_RIDGE = 2.0  # penalty on squared weights
_COMMON = 30  # findings in which a product of features must occur to get a weight


@dataclass(frozen=True)
class Gold:
    """One string: the answers in the register, and whether they are all of the answers."""

    text: str
    answers: frozenset[str]
    named: str
    answerable: bool
    tuning: bool


def read_register(path: Path, before: str | None) -> tuple[Directory, dict[str, str]]:
    """Return the directory, and the successors of withdrawn records.

    ``before`` leaves out records that are known to be created on that day or later.
    """
    rows, successors = [], {}
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as stream:
        for line in stream:
            record = json.loads(line)
            if record["status"] == "withdrawn":
                heirs = [r for r in record["relationships"] if r["type"].lower() == "successor"]
                if heirs:
                    successors[record["id"][-9:]] = heirs[0]["id"][-9:]
            elif before is None or _created(record) < before:
                rows.append(ror_record(record, 0))
    return Directory(*_frames(rows)), successors


def _created(record: Mapping[str, Any]) -> str:
    return str(record.get("admin", {}).get("created", {}).get("date", ""))


def _frames(records: Sequence[RorRecord]) -> tuple[pl.DataFrame, pl.DataFrame]:
    organisations = [
        {
            "id": record.ror,
            "name": record.cells["name"],
            "country": record.cells["country"],
            "city": record.cells["city"],
            "url": record.cells["url"],
            "parents": [ror for kind, ror, _ in record.relations if kind == "parent"],
        }
        for record in records
    ]
    names = [
        (record.ror, re.sub(r"@[a-zA-Z-]{2,}$", "", value), kind)
        for record in records
        for column, kind in (("name", "name"), ("alias", "alias"), ("acronym", "acronym"))
        for value in (record.cells[column] or "").split("|")
        if value
    ]
    return pl.DataFrame(organisations), pl.DataFrame(
        names, schema=["id", "value", "kind"], orient="row"
    )


def read_gold(path: Path, directory: Directory, successors: Mapping[str, str]) -> list[Gold]:
    known = {o.id for o in directory.organisations}
    gold = []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            ids = {_current(i, successors) for i in _ROR.findall(row["ror_ids"])}
            whole = row.get("all_in_ror_subset", "yes") == "yes" and bool(ids & known)
            tuning = hashlib.sha256(row["affiliation"].encode()).digest()[0] % 2 == 0
            named = "" if ids else row["ror_ids"]
            gold.append(Gold(row["affiliation"], frozenset(ids & known), named, whole, tuning))
    return gold


def _current(key: str, successors: Mapping[str, str]) -> str:
    for _ in range(5):
        key = successors.get(key, key)
    return key


def best(found: Iterable[list[Finding]], directory: Directory) -> list[tuple[str, float, str]]:
    """Return id, score and name of the best candidate of each text; an empty id for none."""
    return [
        (directory.organisations[f[0].organisation].id, f[0].score, f[0].name.text)
        if f
        else ("", 0.0, "")
        for f in found
    ]


def report(gold: Sequence[Gold], answers: Sequence[tuple[str, float, str]], least: float) -> None:
    print(f"accepted from {least}  half   strings  precision  recall     F1   p@1")
    for tuning in (True, False):
        pairs = [
            (g, a)
            for g, a in zip(gold, answers, strict=True)
            if g.answerable and g.tuning is tuning
        ]
        given = [(g, a) for g, a in pairs if a[1] >= least]
        right = sum(a[0] in g.answers for g, a in given)
        precision, recall = right / max(len(given), 1), right / max(len(pairs), 1)
        first = sum(a[0] in g.answers for g, a in pairs) / max(len(pairs), 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(
            f"{'':15}{'tuning' if tuning else 'held out':>9}{len(pairs):9}{precision:11.4f}"
            f"{recall:8.4f}{f1:7.4f}{first:6.3f}"
        )
    absent = [(g, a) for g, a in zip(gold, answers, strict=True) if not g.answerable]
    given = [(g, a) for g, a in absent if a[1] >= least]
    right = sum(a[0] in g.answers for g, a in given)
    namesake = sum(
        bool(g.named) and a[0] not in g.answers and _same(g.named, a[2]) for g, a in given
    )
    print(
        f"An answer is not in the register: {len(absent)} strings, {len(absent) - len(given)} "
        f"without a match, {right} with one of the answers that are in it, {namesake} with a "
        f"record of the very name that the gold gives in place of an id, "
        f"{len(given) - right - namesake} with another."
    )


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W", "", one).casefold() == re.sub(r"\W", "", other).casefold()


def fit(
    found: Sequence[list[Finding]], gold: Sequence[Gold], directory: Directory, target: Path
) -> None:
    """Fit the weights on the tuning half and write them."""
    chosen = [(f, g) for f, g in zip(found, gold, strict=True) if g.tuning]
    flat = [finding for group, _ in chosen for finding in group]
    right = [
        directory.organisations[f.organisation].id in g.answers
        for group, g in chosen
        for f in group
    ]
    plain = np.array([f.values for f in flat])
    pairs = [
        (i, j)
        for i in range(1, len(FEATURES))
        for j in range(i + 1, len(FEATURES))
        if np.count_nonzero(plain[:, i] * plain[:, j]) > _COMMON
    ]
    crossed = np.hstack([plain, *(plain[:, [i]] * plain[:, [j]] for i, j in pairs)])
    weights = _fitted(crossed, np.array(right), _rivals(chosen, directory))
    names = [(name, "") for name in FEATURES] + [(FEATURES[i], FEATURES[j]) for i, j in pairs]
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["first", "second", "weight"])
        writer.writerows((*n, f"{w:.4f}") for n, w in zip(names, weights, strict=True))


def _rivals(chosen: Sequence[tuple[list[Finding], Gold]], directory: Directory) -> csr_matrix:
    edges, start = [], 0
    for group, _ in chosen:
        for i, one in enumerate(group):
            for j, other in enumerate(group):
                related = other.organisation in directory.ancestors(
                    one.organisation
                ) or one.organisation in directory.ancestors(other.organisation)
                if i != j and one.places & other.places and not related:
                    edges.append((start + i, start + j))
        start += len(group)
    rows, columns = zip(*edges, strict=True)
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(start, start))


def _fitted(values: Any, right: Any, rivals: csr_matrix) -> Any:
    """Return the weights of the least loss: logistic, less the logarithm of what rivals score."""
    sign = 2.0 * right - 1

    def loss(weights: Any) -> tuple[float, Any]:
        odds = values @ weights
        raised = np.exp(np.clip(odds, -30, 30))
        rival = rivals @ raised
        margin = sign * (odds - np.log1p(rival))
        slope = -sign / (1 + np.exp(np.clip(margin, -50, 50)))
        slope = slope - raised * (rivals.T @ (slope / (1 + rival)))
        ridge = np.concatenate([[0], weights[1:]])
        value = np.logaddexp(0, -margin).sum() + _RIDGE * (ridge**2).sum() / 2
        return value, values.T @ slope + _RIDGE * ridge

    start = np.zeros(values.shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 800}).x


_HELD: dict[str, Directory] = {}


def _match_part(texts: list[str]) -> int:
    return sum(1 for _ in findings_of(_HELD["directory"], texts))


def speed(directory: Directory, texts: list[str], workers: int, copies: int) -> float:
    """Return strings a second; each worker has the directory before the clock starts."""
    _HELD["directory"] = directory
    many = texts * copies
    parts = [many[i::workers] for i in range(workers)]
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        list(pool.map(_match_part, [["warm"]] * workers))
        start = time.perf_counter()
        list(pool.map(_match_part, parts))
        return len(many) / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("register", type=Path)
    parser.add_argument("--before", help="leave out records created on that day or later")
    parser.add_argument("--fit", type=Path, metavar="FILE", help="fit the weights and write them")
    parser.add_argument("--least", type=float, default=ACCEPT, help="accept from this score on")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    start = time.perf_counter()
    directory, successors = read_register(options.register, options.before)
    print(f"{len(directory)} organisations, {len(directory.names)} names: ", end="")
    print(f"read and indexed in {time.perf_counter() - start:.1f} s")
    gold = read_gold(options.gold, directory, successors)
    texts = [g.text for g in gold]
    found = list(findings_of(directory, texts))
    if options.fit:
        fit(found, gold, directory, options.fit)
        print(f"Wrote {options.fit}; run again to measure.")
        return
    report(gold, best(found, directory), options.least)
    start = time.process_time()
    _ = list(findings_of(directory, texts))
    print(f"{len(texts) / (time.process_time() - start):,.0f} strings a second of one processor")
    rate = speed(directory, texts, options.workers, copies=3)
    print(f"{rate:,.0f} strings a second with {options.workers} processes, by the clock")


if __name__ == "__main__":
    main()
