"""Matches in builds, from the proposal over the decision to the graph and back."""

from __future__ import annotations

import csv
import gzip
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import cli
from kg.errors import InputError, SettingsError
from kg.pipeline import build
from kg.pipeline.matching import LAST_REVIEW
from kg.pipeline.review import open_review
from kg.reconcile import read_decisions
from kg.settings import Settings, load_settings

ROR, OTHER = "03yrm5c26", "042nb2s44"
ADA, BOB = "0000-0002-1825-0097", "0000-0001-5109-3700"
TABLES = {
    "register": {
        "organisations": f"""\
            id,name,alias,ror,country,city
            r1,University of Lummersdorf,Universität Lummersdorf,{ROR},DE,Lummersdorf
            r2,Quarran Technical Institute,,{OTHER},SA,Quarran
            """,
        "countries": "iso2,iso3,name_en\nDE,DEU,Germany\nSA,SAU,Saudi Arabia\nFR,FRA,France\n",
        "trainings": "id,name\nt1,One\n",
        "people": f"id,name,orcid,consent\nada,Ada Specimen,{ADA},consented\n",
        "participations": "training,role,person,organisation\nt1,instructor,ada,r1\n",
    },
    "own": {
        "organisations": """\
            id,name,country,city
            o1,Univ. of Lummersdorf,DE,Lummersdorf
            o2,Quaran Techn. Inst.,FR,
            o3,Nowhere College,FR,
            o4,University of Lummersdorf,DE,
            """,
        "trainings": "id,name\nt2,Two\n",
        "people": "id,name,consent\np1,Specimen Ada,consented\np2,A. Specimen,consented\n"
        "p3,Bo Sample,consented\n",
        "participations": "training,role,person,organisation\nt2,learner,p1,o1\nt2,learner,p2,o1\n",
    },
}  # fmt: skip
SOURCE = """
[[source]]
id = "{id}"
kind = "tables"
path = "{id}"
title = "{id}"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
retrieved = 2026-11-20
publish = "named"
"""


@pytest.fixture
def project(tmp_path: Path) -> Settings:
    parts = ['[project]\ntitle = "Two"\n']
    for source, tables in TABLES.items():
        (tmp_path / source).mkdir()
        for name, text in tables.items():
            (tmp_path / source / f"{name}.csv").write_text(textwrap.dedent(text), encoding="utf-8")
        parts.append(SOURCE.format(id=source))
    (tmp_path / "rihla.toml").write_text("".join(parts), encoding="utf-8")
    return load_settings(tmp_path)


def kg(settings: Settings, *arguments: str, typed: str | None = None) -> str:
    project = ["--project", str(settings.file)]
    result = CliRunner().invoke(cli, ["reconcile", *project, *arguments], input=typed)
    assert result.exit_code == 0, result.output
    return result.output


def review(settings: Settings) -> dict[str, str]:
    """Return the zone of each row of the last build that has candidates."""
    with (settings.project.releases / LAST_REVIEW).open(encoding="utf-8") as stream:
        return {row["key"]: row["zone"] for row in csv.DictReader(stream)}


def dump(settings: Settings) -> str:
    release = build(settings).release
    return gzip.decompress((release.path / "data.nq.gz").read_bytes()).decode()


BASE = "https://w3id.org/rihla/id/"


def test_each_zone_is_treated_as_it_says(project: Settings) -> None:
    manifest = build(project).release.manifest["matches"]
    assert (manifest["wanted"], manifest["matched"]) == (4, 1)
    assert (manifest["organisations_accept"], manifest["organisations_review"]) == (1, 1)
    assert manifest["organisations_reject"] == 1
    assert review(project) == {"o1": "accept", "o2": "review", "p1": "accept", "p2": "review"}


def test_a_match_is_in_the_graph_with_its_evidence(project: Settings) -> None:
    text = dump(project)
    match = f"<{BASE}match/organisation-own-o1>"
    vocabulary = "https://w3id.org/rihla/ontology#"
    assert f"{match} <{vocabulary}matchedTo> <{BASE}organisation/ror-{ROR}>" in text
    assert f'{match} <{vocabulary}matchedName> "Univ. of Lummersdorf"' in text
    assert f"{match} <{vocabulary}matchScore> " in text
    assert f'{match} <{vocabulary}matchReason> "the country agrees (DE)"' in text
    assert f"<{BASE}organisation/o2>" in text  # what waits stays apart
    assert f"<{BASE}organisation/o1>" not in text
    assert "owl#sameAs" not in text  # nobody has decided yet


def test_the_same_inputs_give_the_same_release(project: Settings) -> None:
    assert build(project).changed
    assert not build(project).changed


def test_a_decision_is_kept_obeyed_and_taken_back(project: Settings) -> None:
    build(project)
    said = kg(project, "--who", "Ada", typed="a\nq\n")
    assert "Quaran Techn. Inst." in said and "1 decisions; 1 rows wait" in said
    (decision,) = read_decisions(project.project.decisions)
    assert (decision.key, decision.target, decision.who) == ("o2", OTHER, "Ada")
    text = dump(project)
    same = "http://www.w3.org/2002/07/owl#sameAs"
    assert f"<{BASE}organisation/o2> <{same}> <{BASE}organisation/ror-{OTHER}>" in text
    assert '"Quaran Techn. Inst."' in text
    assert review(project)["o2"] == "decided"
    assert "Taken back: accept Quarran Technical Institute" in kg(project, "--undo")
    assert read_decisions(project.project.decisions) == []
    assert build(project).changed
    assert review(project)["o2"] == "review"
    assert "no decision" in kg(project, "--undo")


def test_a_rejected_match_is_made_no_more_not_even_by_exact_name(project: Settings) -> None:
    build(project)
    path = project.project.decisions
    path.write_text(
        "kind,source,key,target,decision\n"
        f"organisation,own,o1,{ROR},reject\norganisation,own,o4,{ROR},reject\n",
        encoding="utf-8",
    )
    text = dump(project)
    assert f"<{BASE}organisation/o1>" in text
    assert f"<{BASE}organisation/o4>" in text
    assert "o1" not in review(project)


def test_in_the_terminal_one_undoes_and_skips(project: Settings) -> None:
    build(project)
    said = kg(project, typed="u\nr\nu\ns\ns\n")
    assert "Nothing was decided yet" in said and "Taken back: reject" in said
    assert "0 decisions; 2 rows wait" in said
    assert read_decisions(project.project.decisions) == []


def test_a_spreadsheet_goes_out_and_comes_back(project: Settings, tmp_path: Path) -> None:
    build(project)
    path = tmp_path / "review.csv"
    assert "3 rows wait" not in kg(project, "--csv", str(path))
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["key"] for row in rows} == {"o2", "p2"}
    for row in rows:
        row["decision"] = "Reject" if row["key"] == "p2" else "a"
        row["why"] = "looked it up"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert "1 accepted, 1 rejected" in kg(project, "--apply", str(path))
    assert {(d.key, d.decision, d.why) for d in read_decisions(project.project.decisions)} == {
        ("o2", "accept", "looked it up"), ("p2", "reject", "looked it up"),
    }  # fmt: skip
    assert "No rows" in kg(project, "--list")


def test_what_was_accepted_for_its_score_can_be_looked_at(project: Settings) -> None:
    build(project)
    listed = kg(project, "--list", "--all", "--format", "csv")
    assert {row["key"] for row in csv.DictReader(listed.splitlines())} == {"o1", "o2", "p1", "p2"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("organisation,own,o2,x,maybe", "row 2, column decision: found 'maybe'"),
        ("place,own,o2,x,accept", "row 2, column kind: found 'place'"),
        ("organisation,own,,x,accept", "row 2, column key: found an empty cell"),
        ("organisation,own,o2,x,accept\norganisation,own,o2,y,a", "row 3, column decision"),
    ],
)
def test_a_bad_cell_of_the_spreadsheet_takes_nothing_in(
    project: Settings, tmp_path: Path, line: str, message: str
) -> None:
    build(project)
    path = tmp_path / "filled.csv"
    path.write_text(f"kind,source,key,target,decision\n{line}\n", encoding="utf-8")
    result = CliRunner().invoke(
        cli, ["reconcile", "--project", str(project.file), "--apply", str(path)]
    )
    assert result.exit_code == 1 and message in result.output
    assert read_decisions(project.project.decisions) == []


def test_before_a_build_there_is_nothing_to_review(make_project: Callable[..., Settings]) -> None:
    with pytest.raises(SettingsError, match="kg build"):
        open_review(make_project(trainings="id,name\nt,T\n"), "Ada")


def test_people_are_joined_by_name_and_something_shared_only(project: Settings) -> None:
    text = dump(project)
    assert f"<{BASE}person/p1>" not in text  # the same name at the same organisation
    assert f"match/person-own-p1> <https://w3id.org/rihla/ontology#matchedTo> "\
        f"<{BASE}person/orcid-{ADA}>" in text  # fmt: skip
    assert f"<{BASE}person/p2>" in text  # initials: a person has to look


def test_a_name_alone_joins_nobody(project: Settings) -> None:
    own = project.file.parent / "own"
    (own / "participations.csv").write_text(
        "training,role,person\nt2,learner,p1\n", encoding="utf-8"
    )
    text = dump(project)
    assert f"<{BASE}person/p1>" in text
    assert "p1" not in review(project)


def test_a_broken_file_of_decisions_stops_a_build(project: Settings) -> None:
    project.project.decisions.write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"decisions\.csv, row 1"):
        build(project)
