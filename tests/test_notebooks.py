"""The notebooks run on the demo world, and show what they show in docs/notebooks."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kg.settings import PROJECT_VARIABLE
from tests.conftest import ROOT
from tests.demo import built_demo

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def execute() -> ModuleType:
    """The script that runs notebooks; pip install 'rihla-kg[test]' brings what it needs."""
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    specification = importlib.util.spec_from_file_location(
        "execute", ROOT / "docs" / "notebooks" / "execute.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the demo world, built."""
    return built_demo(tmp_path_factory) / "rihla.toml"


def test_there_are_three() -> None:
    names = [path.stem for path in NOTEBOOKS]
    assert names == ["diffusion", "knowledge-flow", "partnership-centrality"]


# zmq and asyncio say things about event loops and sockets that are no matter of the notebooks.
@pytest.mark.filterwarnings("default")
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_shows(
    path: Path, demo: Path, execute: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nbformat

    monkeypatch.setenv(PROJECT_VARIABLE, str(demo))
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{':'.join(sys.path)}")
    kept = execute.texts(nbformat.read(path, as_version=4))
    assert execute.texts(execute.executed(path)) == kept, (
        f"{path.name} shows something else now: look at it, then run docs/notebooks/execute.py"
    )
