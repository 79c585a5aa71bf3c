"""Pages for stewards: what the build doubted without the cells, history, templates."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from flask.testing import FlaskClient

from kg.ontology import load_ontology
from kg.store import Release
from kg.web import stewards
from tests.web.test_pages import page

REPORT = """source,file,table,row,column,value,rule,accepted,severity,sheet,suggestion
s,people.csv,people,3,orcid,amina@example.org,pattern,an ORCID,error,,
s,people.csv,people,4,orcid,<script>,pattern,an ORCID,error,,
s,people.csv,people,4,name,,required,text,warning,,
"""
REVIEW = """kind,source,key,name,country,city,zone,target,target_name
organisation,s,k1,<b>Lab</b>,ZA,,reject,,
organisation,s,k2,Known,ZA,,accept,https://ror.org/x,Known
person,s,k3,Amina,ZA,,review,,
"""


def a_release(folder: Path) -> Release:
    (folder / "report.csv").write_text(REPORT, encoding="utf-8")
    (folder / "review.csv").write_text(REVIEW, encoding="utf-8")
    return Release("r", folder, {})


def test_problems_are_counted_without_the_cells(tmp_path: Path) -> None:
    counted = stewards.problem_counts(a_release(tmp_path))
    assert counted is not None
    assert counted.rows[0] == ("error", "s", "people", "orcid", "pattern", "an ORCID", 2)
    assert "amina" not in str(counted.rows)


def test_unmatched_names_are_those_of_organisations(tmp_path: Path) -> None:
    names = stewards.unmatched(a_release(tmp_path))
    assert names is not None
    assert names.rows == [("s", "<b>Lab</b>", "ZA", "reject", None)]


def test_a_release_without_reports_says_so(tmp_path: Path) -> None:
    empty = Release("r", tmp_path, {})
    assert stewards.problem_counts(empty) is None
    assert stewards.unmatched(empty) is None


def test_the_quality_page_opens(client: FlaskClient, world: Release) -> None:
    text, outline = page(client, "/quality")
    left = world.manifest["matches"]["organisations_reject"]
    assert f"Left apart: {left}." in text
    assert "Which organisations may be the same?" in text
    assert "/api/queries/quality/suspected-duplicates.csv" in outline.links


def test_releases_are_listed_and_compared(client: FlaskClient, world: Release) -> None:
    text, _ = page(client, "/releases")
    assert world.id in text
    text, _ = page(client, f"/releases?old={world.id}&new={world.id}")
    assert "No statement differs." in text
    text, _ = page(client, "/releases?old=<b>x&new=y", status=404)
    assert "<b>x" not in text


def test_every_table_has_its_template(client: FlaskClient, world: Release) -> None:
    _, outline = page(client, "/templates")
    for name, table in load_ontology(world.path / "ontology").schema.tables.items():
        assert f"/templates/{name}.csv" in outline.links
        answer = client.get(f"/templates/{name}.csv")
        assert answer.text.splitlines()[0] == ",".join(c.name for c in table.columns)
        assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get("/templates/nothing.csv").status_code == 404


def test_the_workbook_comes_in_three_languages(client: FlaskClient) -> None:
    for language in ("en", "ar", "fr"):
        answer = client.get(f"/templates/rihla-{language}.xlsx")
        assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert client.get("/templates/rihla-xx.xlsx").status_code == 404


def test_the_tables_of_the_build_are_files_too(client: FlaskClient, world: Release) -> None:
    answer = client.get("/api/quality/problems.json")
    assert answer.json["meta"]["release"] == world.id  # type: ignore[index]  # it is an object
    counted = stewards.problem_counts(world)
    assert counted is not None
    assert client.get("/api/quality/problems.csv").text == counted.to_csv()
    tag = client.get("/api/quality/unmatched.csv").headers["ETag"]
    again = client.get("/api/quality/unmatched.csv", headers={"If-None-Match": tag})
    assert again.status_code == 304
    for missing in ("/api/quality/cells.csv", "/api/quality/problems.pdf", "/api/releases.pdf"):
        assert client.get(missing).status_code == 404


def test_releases_and_what_changed_are_files_too(client: FlaskClient, world: Release) -> None:
    listed = client.get("/api/releases.csv").text.splitlines()
    assert listed[0] == "release,built,statements,sources,ontology"
    assert listed[1].startswith(world.id)
    same = client.get(f"/api/releases.json?old={world.id}&new={world.id}").json
    assert same is not None and same["rows"] == []
    assert client.get("/api/releases.json?old=x&new=y").status_code == 404


def test_every_answer_on_quality_says_how_to_have_it(client: FlaskClient, world: Release) -> None:
    text, outline = page(client, "/quality")
    for panel in ("problems", "unmatched", "suspected-duplicates", "counts"):
        assert f"http://localhost/quality?release={world.id}#{panel}" in outline.links
    assert text.count("@misc{") == 4
