from __future__ import annotations

import time

import networkx as nx
import numpy as np
import pytest

from kg.network import Network, costs
from kg.network.lanes import add_up


def path_of(nodes: int) -> Network:
    return Network.from_networkx(nx.path_graph(nodes))


def test_work_is_left_when_enough_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "_PATIENCE", 0.02)
    seen = []

    def slow(some: object, *_: object) -> None:
        seen.append(some)
        time.sleep(0.01)

    taken = costs.forecast(lambda: add_up(slow, np.arange(32_000), lambda: (np.zeros(1),)))
    assert len(seen) < 500  # of a thousand
    assert taken > 0.5


def test_short_work_is_done() -> None:
    assert 0 <= path_of(5).forecast("betweenness") < 60
    assert path_of(5).forecast("degree") >= 0


def test_the_sampled_form_is_offered_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    network = path_of(1200)

    def said(**options: object) -> list[str]:
        table = network.centrality(["degree", "betweenness"], **options)  # type: ignore[arg-type]  # tried by name
        return [c for c in table.meta["caveats"] if "sample=" in c]  # type: ignore[attr-defined]  # a list

    assert said() == []
    monkeypatch.setattr(costs, "LARGE", 1000)
    assert len(said()) == 1
    assert "bound on its error" in said()[0]
    assert said(sample=100) == []
