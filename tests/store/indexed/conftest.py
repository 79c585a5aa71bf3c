"""A graph of every kind of term, as a store of the engine's and as an index."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.pipeline.ordered import OrderedQuads
from kg.pipeline.writing import write_statements
from kg.quads import quads_of_dataset
from kg.store.indexed import Index, IndexAnswers

E = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
JSON = ox.QueryResultsFormat.JSON

LITERALS = [
    '"plain"', '"plain"@en', '"plain"@en-gb', '"أمل"@ar', '""', '"7"', f'"7"^^<{XSD}integer>',
    f'"-3"^^<{XSD}integer>', f'"007"^^<{XSD}integer>', f'"1.50"^^<{XSD}decimal>',
    f'"1e3"^^<{XSD}double>', f'"NaN"^^<{XSD}float>', f'"true"^^<{XSD}boolean>',
    f'"2012-01-31"^^<{XSD}date>', f'"2012-01-31T00:00:00+00:00"^^<{XSD}dateTime>',
    f'"odd"^^<{E}type>', f'"no date"^^<{XSD}date>', f'"kept"^^<{XSD}string>',
    r'"a \"quoted\" word, a \\ and\na line\tand \u0001\u007F"', r'"\U0001F600 \u2028"@fr',
    '"' + "long " * 200 + '"', '"it\'s"', '"<b>&amp;</b>"', '"http://example.org/a"',
]  # fmt: skip
RESOURCES = [f"<{E}{name}>" for name in "abcdefghij"] + [f"<{E}./dotted>"]
RESOURCES += [f"<{E}wide/ünïcödé>", f"<{E}q?x=1&y=2#part>"]
PROPERTIES = [f"<{E}{name}>" for name in ("p", "q", "r", "name", "a")]
PROPERTIES.append("<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>")


@dataclass(frozen=True)
class Both:
    """The same triples in two ways."""

    store: ox.Store
    answers: IndexAnswers
    index: Index

    def by_engine(self, query: str) -> bytes:
        found = self.store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        written = found.serialize(format=JSON)
        assert written is not None
        return written


def both(triples: str, folder: Path) -> Both:
    """Return triples, given as N-Triples, as a store and as an index."""
    dataset = ox.Dataset(ox.parse(triples.encode(), ox.RdfFormat.N_TRIPLES))
    written = write_statements(OrderedQuads(quads_of_dataset(dataset, "urn:g")), folder)
    index = Index(folder / "columns" / "triples.index")
    store = ox.Store.read_only(str(folder / "store"))
    stored = sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert index.triples == stored <= written.triples
    return Both(store, IndexAnswers(index, 100_000, 1 << 20, 1_000_000), index)


def random_triples(seed: int, count: int) -> str:
    chosen = random.Random(seed)
    lines = {
        f"{chosen.choice(RESOURCES)} {chosen.choice(PROPERTIES)} "
        f"{chosen.choice(RESOURCES + LITERALS)} ."
        for _ in range(count)
    }
    # these two, whose names the engine makes up, are where no other test looks
    lines |= {f"<{E}anonymous> <{E}p> _:x .", f"_:x <{E}p> <{E}anonymous> ."}
    lines |= {f"<{E}s{n}> <{E}many> <{E}hub> ." for n in range(700)}
    lines |= {f"<{E}s{n}> <{E}few> <{E}small> ." for n in range(40)}
    lines |= {f'<{E}s{n}> <{E}name> "name {n % 7}" .' for n in range(60)}
    lines |= {f"<{E}big> <{E}p> <{E}s{n}> ." for n in range(12_000)}
    return "\n".join(sorted(lines)) + "\n"


@pytest.fixture(scope="session", params=[1, 2])
def graph_of_all(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder = tmp_path_factory.mktemp("indexed")
    return both(random_triples(request.param, 300), folder)
