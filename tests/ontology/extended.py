"""An ontology that a steward extended: a copy of the shipped one with an accreditation."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.conftest import ROOT

__all__ = ["extended_copy"]


def extended_copy(into: Path) -> Path:
    """Copy the ontology and add the class, properties and shape of ontology/README.md."""
    folder = into / "ontology"
    shutil.copytree(ROOT / "ontology", folder)
    vocabulary, shape = re.findall(
        r"```turtle\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )[:2]
    (folder / "vocabulary" / "accreditation.ttl").write_text(vocabulary, encoding="utf-8")
    (folder / "shapes" / "accreditation.ttl").write_text(shape, encoding="utf-8")
    return folder
