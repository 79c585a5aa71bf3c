"""``kg ontology diff``, ``release`` and ``term``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.cli.ontology.options import folder_option
from kg.cli.options import open_from
from kg.ontology.diff import OntologyDiff, compare
from kg.ontology.diff_report import REPORTS
from kg.ontology.edit import KINDS, LANGUAGES, Edit, NewTerm, add_term, deprecate_term
from kg.ontology.impact import EDITORIAL
from kg.ontology.release import release_ontology
from kg.ontology.snapshot import open_snapshot
from kg.queries import catalogue

__all__ = ["diff", "release", "term"]

_F = TypeVar("_F", bound=Callable[..., Any])
_USES = "pages/term-uses"


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@folder_option
@click.option("--graph", "location", metavar="PATH|URL",
              help="Also count each term's uses in a project, release or endpoint.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(list(REPORTS)), default="text",
              show_default=True, help="How to show the changes.")  # fmt: skip
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path),
              help="Write to a file.")  # fmt: skip
def diff(
    old: str, new: str | None, folder: Path, location: str | None, form: str, output: Path | None
) -> None:
    """List what changed from OLD to NEW, what it breaks, and the version step it asks for.

    Each is an ontology folder, an RDF file, or a released version; NEW is by default the
    ontology's folder.

    \b
    Examples:
      kg ontology diff 0.1.0
      kg ontology diff 0.1.0 0.2.0 --format markdown -o changes.md
      kg ontology diff 0.1.0 my-ontology --graph rihla.toml
    """
    queries = {name: query.text for name, query in catalogue().items()}
    states = (open_snapshot(old, folder), open_snapshot(new or folder, folder))
    found = compare(*states, queries)
    if location:
        found = _counted(found, location)
    text = REPORTS[form](found)
    if output:
        output.write_bytes(text.encode())
    else:
        click.echo(text, nl=False)


def _counted(found: OntologyDiff, location: str) -> OntologyDiff:
    terms = sorted({c.iri for c in found.changes if c.iri and c.impact != EDITORIAL})
    if not terms:
        return found
    rows = open_from(location).query(_USES, term=terms).to_records()
    return found.with_uses({str(r["term"]): int(str(r["uses"])) for r in rows})


@click.command()
@click.argument("version")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path),
              help="Where the version's folder goes; by default releases/.")  # fmt: skip
@folder_option
def release(version: str, into: Path | None, folder: Path) -> None:
    """Write VERSION of the ontology as files for others, and set it in rihla.ttl.

    Refuses an ontology that is inconsistent or not documented, a version without a section in
    CHANGELOG.md, and a version that is lower than the changes ask for. Needs Java, as
    'kg ontology check' does.

    \b
    Examples:
      kg ontology release 0.2.0
    """
    done = release_ontology(folder, version, into)
    click.echo(f"{done.folder}: {len(done.files)} files.")
    for name in done.files:
        click.echo(f"  {name}")


@click.group()
def term() -> None:
    """Add a term to the vocabulary's files, or deprecate one, in place."""


def _text_options(what: str) -> Callable[[_F], _F]:
    """Add --label-en and so on."""

    def decorate(command: _F) -> _F:
        for language in reversed(LANGUAGES):
            command = click.option(
                f"--{what}-{language}", default="", metavar="TEXT",
                help=f"The {what}, in the language {language}.",
            )(command)  # fmt: skip
        return command

    return decorate


@term.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What it is.")
@click.option("--file", required=True, metavar="vocabulary/NAME.ttl",
              help="The file to write it into; a new one is created.")  # fmt: skip
@click.option("--parent", "parents", multiple=True, metavar="TERM",
              help="The class or property above it; may be repeated.")  # fmt: skip
@click.option("--domain", metavar="CLASS", help="Of a property: what has it.")
@click.option("--range", "reach", metavar="CLASS|DATATYPE", help="Of a property: what it leads to.")
@_text_options("label")
@_text_options("definition")
@click.option("--example", default="", metavar="TEXT", help="One example.")
@folder_option
def add(
    name: str, kind: str, file: str, parents: tuple[str, ...], domain: str | None,
    reach: str | None, example: str, folder: Path, **texts: str,
) -> None:  # fmt: skip
    """Write the new term NAME behind the last one of its kind in a file.

    Label and definition are needed in all three languages, and one example. The file's other
    lines stay as they are. Then add its shape, and a line to CHANGELOG.md.

    \b
    Examples:
      kg ontology term add Clinic --kind class --parent Workshop \\
        --file vocabulary/training.ttl \\
        --label-en Clinic --label-ar "عيادة تدريبية" --label-fr Clinique \\
        --definition-en "A workshop on the learners' own data." \\
        --definition-ar "ورشة عمل على بيانات المتعلّمين أنفسهم." \\
        --definition-fr "Un atelier sur les données des apprenants." \\
        --example "A statistics clinic"
    """
    labels, definitions = (
        {language: texts[f"{what}_{language}"] for language in LANGUAGES}
        for what in ("label", "definition")
    )
    new = NewTerm(name, kind, labels, definitions, example, parents, domain, reach)
    _show(add_term(folder, file, new))


@term.command()
@click.argument("name")
@click.option("--replaced-by", required=True, metavar="TERM", help="What to use instead.")
@folder_option
def deprecate(name: str, replaced_by: str, folder: Path) -> None:
    """Mark the term or concept NAME as deprecated, and say what replaces it.

    \b
    Examples:
      kg ontology term deprecate Seminar --replaced-by Workshop
      kg ontology term deprecate topic:genomics --replaced-by topic:genetics
    """
    _show(deprecate_term(folder, name, replaced_by))


def _show(edit: Edit) -> None:
    click.echo(f"{edit.path}: added")
    for line in edit.added:
        click.echo(f"  {line}")
