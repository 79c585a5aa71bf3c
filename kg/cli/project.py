"""``kg init`` and ``kg cite``."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from kg.cli.options import graph_option, open_from
from kg.errors import SettingsError
from kg.files import shipped_folder
from kg.ontology import load_ontology
from kg.ontology.templates import header_line
from kg.settings import PROJECT_FILE

__all__ = ["cite", "init"]

_STARTER = """\
# A Rihla project. docs/project-file.md explains every key.

[project]
title = "My trainings"

[build]
# Groups of fewer people than this are kept without their size.
suppress_below = 5

# Countries with their codes and names, and blocs with their members, come with Rihla.
[[source]]
id = "reference"
kind = "tables"
path = "{reference}"
only = ["countries", "blocs", "bloc_memberships"]
title = "Countries and blocs"
licence = "https://creativecommons.org/licenses/by/4.0/"
retrieved = 2026-11-20

[[source]]
id = "own"
kind = "tables"
path = "tables"
title = "My trainings"
licence = "https://creativecommons.org/licenses/by/4.0/"
retrieved = 2026-11-20
"""
_REFERENCE = {"countries", "blocs", "bloc_memberships", "topics", "methods", "partnerships"}


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--demo", is_flag=True, help="Copy the demo world instead of empty tables.")
def init(folder: Path, demo: bool) -> None:
    """Start a project in FOLDER: a project file and a table for each kind of thing.

    \b
    Examples:
      kg init trainings
      kg init --demo demo
    """
    if (folder / PROJECT_FILE).exists():
        raise SettingsError(f"{folder / PROJECT_FILE} exists already; nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)
    if demo:
        shutil.copytree(shipped_folder("data"), folder / "data", dirs_exist_ok=True)
        shutil.copyfile(shipped_folder(PROJECT_FILE), folder / PROJECT_FILE)
    else:
        _write_starter(folder)
    click.echo(f"Wrote {folder / PROJECT_FILE}. Next: cd {folder} && kg build")


def _write_starter(folder: Path) -> None:
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    reference = shipped_folder("data") / "tables"
    shutil.copytree(
        reference,
        folder / "reference",
        dirs_exist_ok=True,
        ignore=lambda _, names: {n for n in names if n.removesuffix(".csv") not in _REFERENCE},
    )
    schema = load_ontology(shipped_folder("ontology")).schema
    for name, table in schema.tables.items():
        if name not in _REFERENCE:
            (tables / f"{name}.csv").write_text(header_line(table), encoding="utf-8")
    text = _STARTER.format(reference="reference")
    (folder / PROJECT_FILE).write_text(text, encoding="utf-8")


@click.command()
@graph_option
def cite(location: str | None) -> None:
    """Say how to cite the current release, and whom to attribute.

    \b
    Examples:
      kg cite
    """
    release = open_from(location).release
    if release is None:
        raise SettingsError("An endpoint elsewhere says itself how it is cited.")
    manifest = release.manifest
    click.echo(
        f"{manifest['title']}. Release {release.id}, built {manifest['built']}, ontology "
        f"{manifest['ontology']}, rihla-kg {manifest['software']}. SHA-256 of the canonical dump: "
        f"{manifest['dump']}."
    )
    for source in manifest["sources"]:
        credit = source["attribution"] or source["title"]
        click.echo(f"- {credit} ({source['licence']}), retrieved {source['retrieved']}.")
