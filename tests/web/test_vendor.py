"""Libraries for browsers are the files that their SOURCE.md names, with their licences."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

import kg.web

VENDOR = Path(kg.web.__file__).parent / "static" / "vendor"
NEVER_REACHED = "return j=eval(`(`+text+`)`)"
"""YASQE carries json2.js, which stands in for JSON.parse where a browser has none."""
FOLDERS = sorted(path.parent for path in VENDOR.glob("*/SOURCE.md"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_library_is_what_its_source_says(folder: Path) -> None:
    text = (folder / "SOURCE.md").read_text(encoding="utf-8")
    assert re.search(r"https://registry\.npmjs\.org/\S+\.tgz, SHA-256 [0-9a-f]{64}", text)
    scripts = sorted(folder.glob("*.js"))
    assert scripts
    for script in scripts:
        assert f"`{script.name}`" in text
        assert hashlib.sha256(script.read_bytes()).hexdigest() in text
    assert (folder / "LICENSE.txt").stat().st_size > 500


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_library_makes_code_from_text(folder: Path) -> None:
    """The policy of the pages forbids it, so it would fail at the reader's."""
    for script in folder.glob("*.js"):
        text = script.read_text(encoding="utf-8").replace(NEVER_REACHED, "")
        assert not re.search(r"\beval\(|new Function\(", text), script.name


def test_the_libraries_of_the_network_page_are_there() -> None:
    assert {"graphology", "sigma"} <= {folder.name for folder in FOLDERS}
