"""Reports of the test world: whole, self-contained, honest about what has no answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.analysis.analyses import ANALYSES
from kg.analysis.graph import Graph
from kg.analysis.report import Report, gather, write_report
from kg.analysis.report.content import _PLANS
from kg.errors import InputError, QueryError
from tests.analysis.worlds import OPEN
from tests.outline import Outline

SUBJECTS = {
    "bloc": "oic",
    "country": "TR",
    "institution": "https://w3id.org/rihla/id/organisation/ror-0test0050",
}


@pytest.fixture(scope="module")
def open_graph(graph: Graph) -> Graph:
    """The test world without thresholds, so that analyses have answers."""
    return Graph(graph.store, graph.release, OPEN)


@pytest.fixture(scope="module")
def reports(open_graph: Graph) -> dict[str, Report]:
    return {kind: gather(open_graph, kind, subject) for kind, subject in SUBJECTS.items()}


def test_every_analysis_is_in_a_report() -> None:
    planned = {plan.analysis for plans in _PLANS.values() for plan in plans}
    # those of one subject make the panels of its page, where everything else is told of it
    asked = {plan.analysis for plans in _PLANS.values() for plan in plans if plan.of_subject}
    assert planned - asked == {n for n, a in ANALYSES.items() if "subject" not in a.parameters}
    assert all("subject" in ANALYSES[name].parameters for name in asked)


def test_cells_that_are_empty_are_counted_in_the_rows_of_the_subject(
    reports: dict[str, Report],
) -> None:
    narrowed = [
        s for report in reports.values() for s in report.sections if s.narrowed and s.result
    ]
    assert narrowed
    for section in narrowed:
        assert section.result is not None
        assert section.result.meta["withheld_cells"] == 0
        found = {c: section.result.column(c).count(None) for c in section.result.columns}
        told = section.result.meta["empty_cells"]
        assert {c: n for c, n in found.items() if n} == {c: t["cells"] for c, t in told.items()}  # type: ignore[attr-defined]  # a mapping


def test_one_bar_is_no_drawing(reports: dict[str, Report]) -> None:
    for section in (s for report in reports.values() for s in report.sections):
        for chart in section.charts:
            assert section.result is not None
            shown = [v for v in section.result.column(chart.y) if v is not None]
            assert len(shown) > 1 or chart.kind not in ("bars", "dots")


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_section_has_an_answer_or_a_reason(reports: dict[str, Report], kind: str) -> None:
    report = reports[kind]
    assert [s.analysis for s in report.sections] == [p.analysis for p in _PLANS[kind]]
    assert sum(section.result is not None for section in report.sections) >= 5
    for section in report.sections:
        assert bool(section.result) != bool(section.refusal)
    anchors = [section.anchor for section in report.sections]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize("kind", SUBJECTS)
def test_the_page_needs_nothing_else(reports: dict[str, Report], kind: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert write_report(reports[kind], file) == [file]
    text = file.read_text(encoding="utf-8")
    page = Outline(text)
    assert not [link for link in page.links if not link.startswith("#")]
    assert "@import" not in text
    assert "url(" not in text
    assert "script" not in page.tags
    assert {link[1:] for link in page.links} <= set(page.ids)
    for section in reports[kind].sections:
        assert f'id="{section.anchor}"' in text
    assert text.count("Method and coverage") == sum(bool(s.result) for s in reports[kind].sections)
    assert "NaN" not in text


def test_markdown_has_its_drawings_beside_it(reports: dict[str, Report], tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    written = write_report(reports["bloc"], file)
    text = file.read_text(encoding="utf-8")
    named = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
    assert {tmp_path / name for name in named} == set(written) - {file}
    assert all((tmp_path / name).read_text(encoding="utf-8").startswith("<svg") for name in named)
    assert all(f"## {section.title}" in text for section in reports["bloc"].sections)


def test_the_rows_of_an_institution_are_its_own(reports: dict[str, Report]) -> None:
    balance = next(s for s in reports["institution"].sections if s.analysis == "balance")
    assert balance.result is not None
    assert len(balance.result) == 1


def test_a_place_in_the_network_is_one_in_all_of_it(reports: dict[str, Report]) -> None:
    """Of what is linked with one country that country is the middle, whatever it is elsewhere."""
    section = next(
        s for s in reports["country"].sections
        if s.analysis == "rank-intervals" and s.given["level"] == "country"
    )  # fmt: skip
    assert "country" not in section.given
    assert section.narrowed
    assert section.result is not None
    assert [row[0] for row in section.result.rows] == ["https://w3id.org/rihla/id/country/TR"]


def test_a_country_and_a_bloc_have_their_own_institutions(reports: dict[str, Report]) -> None:
    for kind, countries in (("country", {"TR"}), ("bloc", None)):
        section = next(
            s for s in reports[kind].sections
            if s.analysis == "rank-intervals" and s.given["level"] == "institution"
        )  # fmt: skip
        if section.result is None:
            assert section.refusal
            continue
        found = set(section.result.column("node"))
        assert found
        assert countries is None or len(found) < 60


def test_every_figure_is_captioned(reports: dict[str, Report], tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_report(reports["bloc"], file)
    text = file.read_text(encoding="utf-8")
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", text)
    assert len(captions) == text.count("<svg ")
    for number, caption in enumerate(captions, 1):
        assert caption.startswith(f"Figure {number}. ")
        assert "Method: " in caption
        assert "Coverage: " in caption
        assert reports["bloc"].release in caption


def test_rows_stand_in_the_order_of_the_plan(reports: dict[str, Report]) -> None:
    section = next(s for s in reports["bloc"].sections if s.given.get("by") == "sector")
    assert section.shown is not None
    years = section.shown.column("year")
    assert years == sorted(years, reverse=True)


def test_columns_are_called_by_what_they_hold(reports: dict[str, Report]) -> None:
    section = next(s for s in reports["bloc"].sections if s.analysis == "arrivals")
    assert section.heading("node_label") == "country"
    assert section.heading("value_label") == "method"
    assert section.heading("source_label") == "source"
    section = next(s for s in reports["institution"].sections if s.analysis == "balance")
    assert section.heading("label") == "institution"


def test_names_are_no_markup_in_markdown(reports: dict[str, Report], tmp_path: Path) -> None:
    from dataclasses import replace

    report = reports["country"]
    named = replace(report, title="<b>*Land*</b> [x](y)")
    file = tmp_path / "report.md"
    write_report(named, file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# \\<b\\>\\*Land\\*\\</b\\> \\[x\\](y)")


def test_who_waits_is_told_how_far_it_is(open_graph: Graph) -> None:
    class EnoughError(Exception):
        pass

    told: list[tuple[int, int]] = []

    def begun(done: int, of: int) -> None:
        told.append((done, of))
        if done == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        gather(open_graph, "country", "TR", begun=begun)
    assert told == [(n, len(_PLANS["country"])) for n in range(4)]


def test_the_command_gives_the_table(reports: dict[str, Report]) -> None:
    section = next(s for s in reports["bloc"].sections if s.analysis == "partners")
    assert section.command == "kg analyse partners --level country --bloc oic"


def test_the_thresholds_hold_in_reports_too(graph: Graph) -> None:
    from dataclasses import replace

    strict = Graph(graph.store, graph.release, replace(OPEN, least_trainings=10_000))
    report = gather(strict, "bloc", "oic")
    assert all("least_trainings" in s.refusal or "evaluate" in s.refusal for s in report.sections)


def test_what_is_wrong_is_said(graph: Graph, reports: dict[str, Report], tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="There is no Bloc"):
        gather(graph, "bloc", "atlantis")
    with pytest.raises(QueryError, match="A report is about"):
        gather(graph, "planet", "earth")
    with pytest.raises(InputError, match=r"Accepted: \.html, \.md"):
        write_report(reports["bloc"], tmp_path / "report.pdf")


@pytest.mark.parametrize(
    ("code", "words"),
    [("fr", ("Méthode et couverture", "formation à la recherche", "Tendances par année, par")),
     ("ar", ("الطريقة والتغطية", "التدريب البحثي", "الاتجاهات بحسب السنة، بحسب"))],
)  # fmt: skip
def test_a_report_is_written_in_each_language(
    open_graph: Graph, code: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    report = gather(open_graph, "country", "ZA", code)
    write_report(report, tmp_path / "report.html", code)
    write_report(report, tmp_path / "report.md", code)
    for suffix in ("html", "md"):
        text = (tmp_path / f"report.{suffix}").read_text(encoding="utf-8")
        for word in words[1 if suffix == "md" else 0 :][-1:]:
            assert word in text
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(word in text for word in words)
    assert f'lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"' in text
    assert report.title == {"fr": "Afrique du Sud", "ar": "جنوب أفريقيا"}[code]
    for english in ("Method and coverage", "No answer", "known country", "Contents"):
        assert english not in text


def test_words_in_cells_are_told_in_the_language(
    reports: dict[str, Report], tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    write_report(reports["institution"], file, "fr")
    coverage = next(s for s in reports["institution"].sections if s.analysis == "coverage")
    assert coverage.result is not None
    assert "date" in coverage.result.column("aspect")
    text = file.read_text(encoding="utf-8")
    assert "<bdi>participations</bdi>" in text
    assert "<bdi>organiser</bdi>" not in text
    assert "<bdi>educators</bdi>" not in text


def test_a_subject_is_named_by_its_kind(reports: dict[str, Report]) -> None:
    """The code of a country may be the acronym of an institution."""
    for kind, start in (("country", "country:TR"), ("institution", "organisation:ror-")):
        asked = [s.given["subject"] for s in reports[kind].sections if "subject" in s.given]
        assert asked
        assert all(str(subject).startswith(start) for subject in asked)
