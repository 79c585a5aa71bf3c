"""The README is true: its commands run, and print what it shows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.analysis.analyses import ANALYSES
from kg.cli import cli
from tests.conftest import ROOT
from tests.demo import built_demo, shell

README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"


def section(title: str) -> str:
    """Return the text under a heading, up to the next heading of any level."""
    found = re.search(rf"(?ms)^#+ {re.escape(title)}$(.*?)(?=^#+ |\Z)", README)
    assert found, f"README.md has no heading {title!r}"
    return found[1]


def blocks(title: str, language: str = "") -> list[str]:
    """Return the fenced blocks of a language under a heading."""
    fenced = re.findall(r"(?ms)^```(\w*)\n(.*?)^```$", section(title))
    return [text for name, text in fenced if name == language]


def shown(output: str) -> re.Pattern[str]:
    """Return a pattern for output in which … stands for anything."""
    return re.compile(".*?".join(re.escape(part) for part in output.strip().split("…")), re.S)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the demo world, built."""
    return built_demo(tmp_path_factory)


@pytest.fixture(scope="module")
def address(demo: Path) -> Iterator[str]:
    """The address of a server that serves it."""
    command = [sys.executable, "-m", "kg", "serve", "--project", str(demo), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        yield line[line.index("http://") :].strip().rstrip("/")
        server.terminate()


def test_the_researchers_script_prints_what_is_shown(demo: Path, address: str) -> None:
    script, _ = blocks("Researchers: a SPARQL question", "python")
    output = blocks("Researchers: a SPARQL question")[0]
    printed = shell(f"{sys.executable} -", demo, text=script.replace(ADDRESS, address))
    assert printed.split() == output.split()


def test_the_researchers_other_tools_work(demo: Path, address: str) -> None:
    _, script = blocks("Researchers: a SPARQL question", "python")
    script = script.replace(ADDRESS, address) + "print(len(answer) > 0)"
    assert shell(f"{sys.executable} -", demo, text=script) == "True\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    "title", ["Researchers: a SPARQL question", "Analysts: a centrality table"]
)
def test_curl_works(title: str, demo: Path, address: str) -> None:
    commands = [
        line
        for block in blocks(title)
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("curl")
    ]
    assert commands
    for command in commands:
        lines = shell(command.replace(ADDRESS, address).replace("curl", "curl -fsS", 1), demo)
        assert len(lines.splitlines()) > 1, command


def test_the_stewards_steps_do_what_is_said(tmp_path: Path) -> None:
    first, refusal, second = blocks("Stewards: a new training, and a rebuild")
    printed = shell(first, tmp_path, code=1)
    assert shown(refusal).search(printed), printed
    rows = shell(second, tmp_path / "mine").splitlines()
    sectors = {row.split("/")[-1].split(",")[0] for row in rows if "/id/sector/" in row}
    assert "natural-science" in sectors


def test_the_analysts_script_prints_what_is_shown(demo: Path) -> None:
    (script,) = blocks("Analysts: a centrality table", "python")
    output = blocks("Analysts: a centrality table")[0]
    assert shell(f"{sys.executable} -", demo, text=script).strip() == output.strip()


def test_the_analysts_commands_work(demo: Path) -> None:
    commands = blocks("Analysts: a centrality table")[1].splitlines()
    own = [line for line in commands if line.startswith("kg ")]
    assert len(own) == 3
    for command in own:
        shell(command, demo)
    assert (demo / "partnership.graphml").stat().st_size > 1000


PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), ROOT / "data" / "README.md",
         ROOT / "ontology" / "README.md"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    named = re.findall(r"`((?:tests|docs|kg|benchmarks|queries|ontology)/[\w./-]+)`", text)
    missing += [path for path in named if not (ROOT / path).exists()]
    assert not missing


def test_every_command_is_documented() -> None:
    # The commands of single analyses are in docs/analyses.md; see tests/analysis/test_analyses.py.
    documented = set(re.findall(r"(?m)^\| `kg ([a-z]+(?: [a-z]+)?)", _cli_page()))
    commands = {
        f"{name} {sub}" if sub else name
        for name, command in cli.commands.items()
        for sub in getattr(command, "commands", {"": None})
        if sub not in ANALYSES
    }
    assert "analyse" in documented
    assert documented - {"analyse"} == commands


def _cli_page() -> str:
    return (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
