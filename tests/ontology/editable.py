"""A copy of the ontology that a test may edit."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import ROOT


def copied_ontology(tmp_path: Path, name: str = "ontology") -> Path:
    """Copy the ontology of the checkout without its releases."""
    ignored = shutil.ignore_patterns("releases", "w3id", "checks", ".*")
    return Path(shutil.copytree(ROOT / "ontology", tmp_path / name, ignore=ignored))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a text that must stand in a file."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} has changed; mend the test: {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
