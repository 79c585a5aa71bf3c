"""``kg ontology check``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import click

from kg.cli.ontology.options import folder_option
from kg.errors import KgError
from kg.ontology import load_ontology
from kg.ontology.checks import Finding, Report, inspect
from kg.results import ResultTable
from kg.terms import PREFIXES

__all__ = ["check"]


def _text(report: Report) -> str:
    return "\n".join([*_finding_lines(report), *_reasoner_lines(report), _summary(report)]) + "\n"


def _finding_lines(report: Report) -> Iterator[str]:
    key = lambda f: (f.severity, f.rule, f.title, f.remedy)  # noqa: E731 - a key, not a function
    for (severity, rule, title, remedy), findings in groupby(report.findings, key):
        yield f"{severity}: {title} ({rule})"
        for finding in findings:
            yield f"  {_named(finding)}: {finding.detail}".replace("\n", "\n    ")
        yield f"  Do: {remedy}\n"


def _reasoner_lines(report: Report) -> Iterator[str]:
    found = report.classification
    if found is None:
        yield "HermiT did not run (--no-reasoner)."
    elif not found.contradiction and not found.unsatisfiable:
        yield "HermiT: consistent; every class can have members."
    for sub, above in (found.inferred if found else {}).items():
        yield f"HermiT infers: {_short(sub)} is below {', '.join(map(_short, above))}."
    if report.checked_only:
        counts = ", ".join(f"{name} {count}" for name, count in report.checked_only.items())
        yield f"Checked by HermiT, not used for inference: {counts}."


def _summary(report: Report) -> str:
    counts = f"{_plural(report, 'error')}, {_plural(report, 'warning')}"
    return f"{report.rules} rules: {counts}."


def _plural(report: Report, severity: str) -> str:
    count = report.count(severity)
    return f"{count} {severity}{'' if count == 1 else 's'}"


def _markdown(report: Report) -> str:
    columns = ("severity", "term", "label", "rule", "pitfall", "detail", "remedy")
    rows = [
        (f.severity, _short(f.term), f.label, f.rule, f.pitfall, f.detail, f.remedy)
        for f in report.findings
    ]
    table = f"\n{ResultTable(columns, rows).to_markdown()}\n" if rows else ""
    notes = "\n".join(f"- {line}" for line in (_summary(report), *_reasoner_lines(report)))
    return f"# Quality of the ontology\n\n{notes}\n{table}"


def _json(report: Report) -> str:
    return json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n"


def _named(finding: Finding) -> str:
    label = f" “{finding.label}”" if finding.label else ""
    return f"{_short(finding.term) or 'the ontology'}{label}"


def _short(iri: str) -> str:
    for prefix, base in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


_FORMATS: dict[str, Callable[[Report], str]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
}


@click.command()
@folder_option
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), default="text",
              show_default=True, help="How to write the report.")  # fmt: skip
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path),
              help="Write to a file.")  # fmt: skip
@click.option("--no-reasoner", is_flag=True, help="Leave HermiT out; then no Java is needed.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
def check(folder: Path, form: str, output: Path | None, no_reasoner: bool, strict: bool) -> None:
    """Check the ontology by its rules, by HermiT and against the profile for inference.

    Exit code 1 on errors. HermiT needs a Java runtime: the system's, or pip install
    'rihla-kg[reasoner]'.

    \b
    Examples:
      kg ontology check
      kg ontology check --no-reasoner --format markdown --output report.md
    """
    try:
        report = inspect(load_ontology(folder), reasoner=not no_reasoner)
    except KgError as error:
        hint = " Or leave HermiT out with --no-reasoner." if "Java runtime" in str(error) else ""
        raise KgError(f"{error}{hint}") from error
    text = _FORMATS[form](report)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    if report.count("error") or (strict and report.findings):
        sys.exit(1)
