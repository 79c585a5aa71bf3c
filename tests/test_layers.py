"""The house: imports point downward only, and siblings do not know each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

# The top layer first; docs/architecture.md draws the same.
LAYERS = [
    {"cli"},
    {"web", "pipeline", "push"},
    {"analysis"},
    {"endpoint"},
    {"checking"},
    {"catalogue", "changes", "columns", "description"},
    {"sources", "ontology", "network", "queries", "mapping", "provenance"},
    {"reconcile", "privacy", "store"},
    {"tables"},
    {"schema"},
    {"identifiers", "settings", "paging", "results", "search", "tombstones"},
    {"terms", "files", "quads", "confined", "folding", "language", "latest"},
    {"errors"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
MODULES = sorted((ROOT / "kg").rglob("*.py"))


def area(path: Path) -> str:
    return path.relative_to(ROOT / "kg").parts[0].removesuffix(".py")


def imported_areas(path: Path) -> set[str]:
    """Return the parts of kg that a module imports, wherever in the file it does."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "kg":
            found |= {alias.name for alias in node.names if alias.name in RANK}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kg."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("kg.")}
    return found


def test_every_part_has_a_layer() -> None:
    assert {area(path) for path in MODULES} - {"__init__", "__main__", "_shipped"} == set(RANK)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_downward(path: Path) -> None:
    own = area(path)
    if own in ("__init__", "__main__"):
        return  # the doors of the package
    upward = {other for other in imported_areas(path) if other != own and RANK[other] <= RANK[own]}
    assert not upward, f"{path.name} in {own} imports {sorted(upward)}, which is not below it"
