"""The registry: every projection is documented and fits together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kg.network import LEVELS, PROJECTIONS, ROLES, project

from .worlds import teaching

DOCUMENT = Path(__file__).parents[2] / "docs" / "networks.md"


@pytest.mark.parametrize("name", PROJECTIONS)
def test_every_projection_is_documented_and_tested(name: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"### `{name}`" in text
    assert all(f"| `{weight}` |" in text for weight in PROJECTIONS[name].weights)
    module = "bipartite" if PROJECTIONS[name].bipartite else name.replace("-", "_")
    assert (Path(__file__).parent / f"test_{module}.py").exists()


@pytest.mark.parametrize("name", PROJECTIONS)
def test_levels_and_roles_exist(name: str) -> None:
    projection = PROJECTIONS[name]
    assert set(projection.levels) <= set(LEVELS)
    assert set(projection.roles) <= set(ROLES)
    assert not (projection.directed and projection.symmetric)
    assert projection.bipartite is (projection.second in LEVELS)


@pytest.mark.parametrize(
    ("name", "level"), [(name, level) for name, p in PROJECTIONS.items() for level in p.levels]
)
def test_every_level_gives_positive_weights_and_evidence(name: str, level: str) -> None:
    network = project(teaching(), name, level=level)
    assert network.edges_by_code.height > 0
    for weight in network.weights:
        values = network.edges_by_code[weight].to_numpy()
        assert np.all(np.isfinite(values))
        assert np.all(values > 0)
    for source, _, target, _, _, shared, first, last in network.edges():
        evidence = network.evidence(str(source), str(target))
        years = [year for year in evidence.column("year") if year is not None]
        assert len(evidence) == shared
        assert (min(years), max(years)) == (first, last)  # type: ignore[type-var]
