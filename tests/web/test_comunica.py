"""Comunica, the engine for the web in JavaScript, over a real socket.

``RIHLA_COMUNICA`` names a folder in which ``npm install @comunica/query-sparql`` was run, as
.ci/run does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.web.test_sparql import COUNT, TRAININGS

FOLDER = Path(os.environ.get("RIHLA_COMUNICA", "nowhere"))
pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (FOLDER / "node_modules/@comunica/query-sparql").is_dir(),
    reason="needs node, and RIHLA_COMUNICA to name a folder with @comunica/query-sparql",
)
PROGRAM = """
const { QueryEngine } = require('@comunica/query-sparql');
(async () => {
  const [address, type, text] = process.argv.slice(1);
  const source = type ? { type, value: address } : address;
  const found = await new QueryEngine().queryBindings(text, { sources: [source] });
  const rows = await found.toArray();
  const read = row => Object.fromEntries([...row].map(([k, v]) => [k.value, v.value]));
  console.log(JSON.stringify(rows.map(read)));
})();
"""
JOINED = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?name { ?x a <https://w3id.org/rihla/ontology#Country> ; rdfs:label ?name
  FILTER(LANG(?name) = "en") } ORDER BY ?name"""


def ask(address: str, kind: str, text: str) -> list[dict[str, str]]:
    done = subprocess.run(
        ["node", "-e", PROGRAM, address, kind, text],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("kind", ["sparql", ""], ids=["told", "found out"])
def test_it_asks_the_endpoint(live: str, kind: str) -> None:
    """Without being told, it knows an endpoint by its service description."""
    assert ask(f"{live}sparql", kind, COUNT) == [{"n": str(TRAININGS)}]


def test_rows_in_order(live: str) -> None:
    names = [row["name"] for row in ask(f"{live}sparql", "sparql", JOINED)]
    assert "Türkiye" in names
    assert names == sorted(names)
