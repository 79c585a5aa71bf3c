"""Run the notebooks on the current release and keep their outputs: python docs/notebooks/execute.py.

``RIHLA_PROJECT`` names the project (the demo world, for the outputs that are kept here).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
_RELEASE = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}")


def executed(path: Path) -> Any:
    """Return a notebook as it is after a run; a cell that fails raises."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran tells nobody anything
    return notebook


def texts(notebook: Any) -> list[str]:
    """Return what each cell prints or shows as text, whatever the release is called."""
    shown = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        parts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
        shown.append(_RELEASE.sub("RELEASE", "".join(parts)))
    return shown


if __name__ == "__main__":
    for file in sorted(FOLDER.glob("*.ipynb")):
        nbformat.write(executed(file), file)
