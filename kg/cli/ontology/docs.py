"""``kg ontology docs``."""

from __future__ import annotations

from pathlib import Path

import click

import kg
from kg.cli.ontology.options import folder_option
from kg.ontology import load_ontology
from kg.ontology.docs.site import write_site

__all__ = ["docs"]

_STYLESHEET = Path(kg.__file__).parent / "web" / "static" / "rihla.css"


@click.command()
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), show_default=True,
              default=Path("ontology-docs"), help="Write the files into this folder.")  # fmt: skip
@folder_option
def docs(into: Path, folder: Path) -> None:
    """Write the documentation of the ontology as static files in three languages.

    Any web server can serve them; index.html is the overview in English. kg serve shows the same
    pages at /ontology.

    \b
    Examples:
      kg ontology docs
      kg ontology docs --folder ontology --into public/ontology
    """
    written = write_site(load_ontology(folder), into, _STYLESHEET)
    pages = sum(path.suffix == ".html" for path in written)
    click.echo(f"{into / 'index.html'}: {pages} pages, {len(written)} files.")
