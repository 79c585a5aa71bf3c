"""Forgetting over whole projects: nothing is left, nobody else is touched, no moment is bad."""

from __future__ import annotations

import atexit
import functools
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from kg.cli import cli
from kg.errors import NotFoundError, ReleaseError
from kg.pipeline import build, verify
from kg.pipeline.forget import forget, plan_to_forget, run
from kg.pipeline.releases import building
from kg.queries import get_query
from kg.settings import Settings, load_settings
from kg.store import EmbeddedStore, current_release, list_releases
from kg.store.lease import hold
from kg.store.release import find_release
from kg.tombstones import read_tombstones
from tests.conftest import ROOT
from tests.privacy.world import COUNTRIES, ORGANISATIONS, write_sources

ORCID = "0000-0001-2345-6789"
KEY = "own-carla-muster"
ABSENT = ("carla muster", "muster, carla", KEY, ORCID, "muster carla")

OWN = {
    "countries": COUNTRIES,
    "organisations": ORGANISATIONS,
    "trainings": "id,name,format,start_date,description,url\n"
    "t1,One,Workshop,2019-05-01,Led by Carla Muster and Bob Samplewright.,\n"
    "t2,Two,Workshop,2020-05-01,By Muster; Carla.,https://example.org/carla-muster\n",
    "people": "id,name,orcid,consent\n"
    f"{KEY},Carla Muster,{ORCID},published\n"
    "own-carla-muster-beispiel,Carla Muster Beispiel,,published\n"
    "bob,Bob Samplewright,,published\n",
    "participations": "training,role,person,organisation\n"
    f"t1,educator,{KEY},uni\nt1,learner,bob,lab\n"
    f"t2,learner,https://orcid.org/{ORCID},uni\n"
    "t2,helper,own-carla-muster-beispiel,lab\n",
    "affiliations": f"person,organisation,position\n{KEY},uni,Reader\nbob,lab,Reader\n",
    "outcomes": "id,type,name,person\n"
    f"o1,Publication,A paper by Carla Muster,{KEY}|bob\n"
    f'badge-{KEY},Certificate,"Badge, Carla Muster",{KEY}\n'
    "badge-own-carla-muster-beispiel,Certificate,Badge,own-carla-muster-beispiel\n",
    "attributions": f"outcome,training,grade\nbadge-{KEY},t1,temporal-only\no1,t1,temporal-only\n",
}
# The same name elsewhere: one is she by her ORCID iD, the other is somebody else.
OTHER = {
    "people": "id,name,orcid,consent\n"
    f"x-1,C. Muster,{ORCID},published\nx-namesake,Carla Muster,,published\n",
    "trainings": "id,name,format,start_date\nt9,Nine,Workshop,2021-05-01\n",
    "participations": "training,role,person\nt9,learner,x-1\nt9,helper,bob\n",
}
NAMESAKE = "training,role,person\nt9,learner,x-1\nt9,helper,bob\nt9,educator,x-namesake\n"


def texts_of(path: Path) -> Iterator[str]:
    """Yield what a file holds, unpacked; a folder holds nothing by itself."""
    if path.is_dir():
        return
    raw = path.read_bytes()
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    yield raw.decode("utf-8", "replace")
    if raw[:4] == b"PAR1":
        yield pl.read_parquet(path).write_json()
    if raw[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            yield from (
                archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
            )
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as tables:
            yield "\n".join(text for (text,) in tables.execute("SELECT text FROM terms").fetchall())
    if path.name == "CURRENT" and path.parent.name == "store":
        store = EmbeddedStore(path.parent, "any")
        query = "SELECT * WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        yield store.serialise(query, "text/csv").decode()


def naming(folder: Path, words: tuple[str, ...] = ABSENT, others: str = "beispiel") -> list[str]:
    """Return the files below a folder that name the person; longer names of others do not count."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        for text in texts_of(path):
            plain = re.sub(rf"carla[ -]muster[ -]{others}", "", text.lower())
            if any(word in plain for word in words):
                found.append(str(path.relative_to(folder)))
    return sorted(set(found))


def project(
    folder: Path, own: Mapping[str, str] = OWN, other: Mapping[str, str] = OTHER
) -> Settings:
    settings = write_sources(folder, {"own": own, "other": other})
    shutil.rmtree(settings.project.releases, ignore_errors=True)
    return settings


@functools.cache
def _saved(times: int, other: tuple[tuple[str, str], ...]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rihla-forget-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = project(folder, other=dict(other))
    for number in range(times):
        (folder / "own" / "places.csv").write_text(f"id,name\np{number},Place {number}\n")
        build(settings)
    return folder


def built(folder: Path, times: int = 1, other: Mapping[str, str] = OTHER) -> Settings:
    """Return a project with so many releases, built once and copied."""
    saved = _saved(times, tuple(other.items()))
    shutil.copytree(saved, folder, symlinks=True, dirs_exist_ok=True)
    return load_settings(folder / "rihla.toml")


def people(settings: Settings) -> set[str]:
    columns = pl.read_parquet(current_release(settings.project.releases).columns("names"))
    found = columns.filter(pl.col("kind") == "person")["entity"]
    return {iri.rpartition("/")[2] for iri in found}


EVERYBODY_ELSE = {"bob", "own-carla-muster-beispiel", "x-namesake"}


def test_nothing_is_left_in_releases_and_reports(tmp_path: Path) -> None:
    settings = built(tmp_path, 3)
    reports = settings.project.releases / "last-build-report.csv"
    reports.write_text(reports.read_text() + "own,f,people,2,name,Carla Muster,r,a,error,,\n")
    exported = tmp_path / "report.csv"
    shutil.copyfile(reports, exported)
    old = [release.id for release in list_releases(settings.project.releases)]
    assert len(naming(settings.project.releases)) > len(old)
    done = forget(settings, [ORCID])
    assert done is not None
    assert (done.failed, done.waiting) == ({}, ())
    # The namesake in the other source keeps her name.
    left = [n for n in naming(tmp_path) if not n.startswith(("own/", "other/"))]
    assert naming(settings.project.releases, (KEY, ORCID, "muster, carla")) == []
    for folder in {(tmp_path / name).parent for name in left}:
        assert any("x-namesake" in text for path in folder.iterdir() for text in texts_of(path))
    assert naming(settings.project.forgotten) == naming(tmp_path / "report.csv") == []
    assert people(settings) == EVERYBODY_ELSE
    assert exported.read_text().count("\n") == 1
    new = list_releases(settings.project.releases)
    assert [find_release(settings.project.releases, name).id for name in old] == [r.id for r in new]
    assert [r.manifest["replaces"] for r in new] == [[name] for name in old]
    assert all(verify(release) and release.manifest["rewritten"] for release in new)
    assert not any("muster" in json.dumps(dict(r.manifest)).lower() for r in new)


def test_without_a_namesake_no_file_has_the_name(tmp_path: Path) -> None:
    other = {"people": "id,name,orcid,consent\nx-2,Dora Beispiel,,published\n"}
    settings = built(tmp_path, 2, other=other)
    forget(settings, [KEY], edit=True)
    assert naming(tmp_path) == []
    # Not even where the words stand in another order, or in an address.
    text = gzip.decompress(current_release(settings.project.releases).dump.read_bytes()).decode()
    assert '"Led by … and Bob Samplewright."' in text
    assert '"By …."' in text
    assert "example.org/" not in text
    assert '"A paper by …"' in text


def test_what_told_only_of_the_person_goes_and_the_rest_stays(tmp_path: Path) -> None:
    settings = built(tmp_path)
    done = forget(settings, [KEY])
    assert done is not None
    (release,) = done.releases
    assert release.left == 0
    text = gzip.decompress(current_release(settings.project.releases).dump.read_bytes()).decode()
    assert "/outcome/badge-own-carla-muster-beispiel>" in text
    assert f"/outcome/badge-{KEY}>" not in text
    assert "/outcome/o1>" in text
    assert re.search(r"/outcome/o1> <[^>]*creditedTo> <[^>]*/person/bob>", text)
    assert "/participation/t1/learner/bob>" in text
    # Who is forgotten is not counted either: the participation is gone.
    assert "/participation/t1/educator" not in text


def test_an_example_of_a_query_names_them_no_more(tmp_path: Path) -> None:
    """A named query that ships with the software has a person as its example."""
    example = get_query("people/trainings").parameters["person"].example
    key = str(example).removeprefix("person:")
    other = {"people": f"id,name,consent\n{key},Somebody Exemplary,published\n"}
    settings = built(tmp_path, other=other)
    folder = settings.project.releases
    assert naming(folder, (key,))
    forget(settings, [key])
    assert naming(folder, (key,)) == []
    text = gzip.decompress(current_release(folder).dump.read_bytes()).decode()
    assert "VALUES ?person { person:forgotten }" in text
    queries = [line for line in text.splitlines() if "graph/queries> ." in line]
    build(settings)
    assert naming(folder, (key,)) == []
    text = gzip.decompress(current_release(folder).dump.read_bytes()).decode()
    assert [line for line in text.splitlines() if "graph/queries> ." in line] == queries


@pytest.mark.parametrize("edit", [False, True])
def test_a_build_does_not_bring_them_back(tmp_path: Path, edit: bool) -> None:
    settings = built(tmp_path)
    forget(settings, [KEY], edit=edit)
    rewritten = _statements(settings)
    result = build(settings)
    assert result.changed
    assert people(settings) == EVERYBODY_ELSE
    assert naming(settings.project.releases, (KEY, ORCID, "muster, carla")) == []
    assert result.loaded is not None
    assert not [p for p in result.loaded.problems if p.severity == "error"]
    # What was rewritten is what a load gives that leaves the person out.
    assert _statements(settings) == rewritten
    # Neither does a row without a key, that shares her training.
    (tmp_path / "other" / "people.csv").write_text(
        "id,name,consent\nx-9,Carla MUSTER,published\nx-8,Dora Beispiel,published\n"
    )
    (tmp_path / "other" / "participations.csv").write_text(
        "training,role,person\nt1,mentor,x-9\nt1,mentor,x-8\n"
    )
    build(settings)
    assert people(settings) == EVERYBODY_ELSE - {"x-namesake"} | {"x-8"}


def _statements(settings: Settings) -> set[str]:
    """Return the statements of the sources without their graphs, which bear hashes of the load."""
    dump = current_release(settings.project.releases).dump
    lines = gzip.decompress(dump.read_bytes()).decode().splitlines()
    own = [line for line in lines if re.search(r"/graph/(own|other)-[0-9a-f]{8}> \.$", line)]
    return {line.rpartition(" <")[0] for line in own}


def test_the_rows_of_the_sources_are_told(tmp_path: Path) -> None:
    settings = built(tmp_path)
    before = {p: p.read_bytes() for p in (tmp_path / "own").iterdir()}
    done = forget(settings, [KEY])
    assert done is not None
    assert {p: p.read_bytes() for p in (tmp_path / "own").iterdir()} == before
    told = {(n.source, n.table): n.rows for n in done.rows}
    assert told == {
        ("own", "people"): "2", ("own", "participations"): "2, 4", ("own", "affiliations"): "2",
        ("own", "outcomes"): "2–3", ("own", "attributions"): "2", ("own", "trainings"): "2–3",
        ("other", "people"): "2", ("other", "participations"): "2",
    }  # fmt: skip


def test_their_rows_can_be_edited(tmp_path: Path) -> None:
    settings = built(tmp_path)
    done = forget(settings, [KEY], edit=True)
    assert done is not None
    assert done.rows == ()
    assert naming(tmp_path / "own") == []
    outcomes = (tmp_path / "own" / "outcomes.csv").read_text().splitlines()
    assert outcomes == [
        "id,type,name,person",
        "o1,Publication,A paper by …,bob",
        "badge-own-carla-muster-beispiel,Certificate,Badge,own-carla-muster-beispiel",
    ]
    assert (tmp_path / "own" / "attributions.csv").read_text().count("\n") == 2
    assert "x-namesake,Carla Muster" in (tmp_path / "other" / "people.csv").read_text()
    again = plan_to_forget(settings, [])
    assert again.namings == ()


def test_workbooks_are_told_and_left(tmp_path: Path) -> None:
    settings = built(tmp_path)
    pl.DataFrame({"id": [KEY], "name": ["Carla Muster"], "consent": ["published"]}).write_excel(
        tmp_path / "own" / "people.xlsx", worksheet="people"
    )
    (tmp_path / "own" / "people.csv").unlink()
    done = forget(settings, [ORCID], edit=True)
    assert done is not None
    assert [(Path(n.file).name, n.sheet, n.rows) for n in done.rows] == [
        ("people.xlsx", "people", "2")
    ]


def test_namesakes_are_asked_about(tmp_path: Path) -> None:
    settings = built(tmp_path)
    with pytest.raises(NotFoundError, match=r"2 people are called 'carla muster'.*\n.*own-carla"):
        forget(settings, ["carla muster"])
    with pytest.raises(NotFoundError, match="Nobody in the sources"):
        forget(settings, ["Nobody Known"])
    assert not read_tombstones(settings.project.forgotten)
    done = forget(settings, ["Carla Muster"], ask=lambda found: [found[-1]])
    assert done is not None
    assert people(settings) == EVERYBODY_ELSE - {"x-namesake"} | {f"orcid-{ORCID}"}


def test_a_namesake_in_the_same_training_stays(tmp_path: Path) -> None:
    other = {**OTHER, "participations": NAMESAKE}
    other["people"] = OTHER["people"].replace("Carla Muster,", "Carla Muster,0000-0002-1825-0097")
    settings = built(tmp_path, other=other)
    done = forget(settings, [KEY])
    assert done is not None
    assert done.plan.spared > 0
    build(settings)
    assert people(settings) == EVERYBODY_ELSE - {"x-namesake"} | {"orcid-0000-0002-1825-0097"}


def test_saying_no_and_dry_runs_change_nothing(tmp_path: Path) -> None:
    settings = built(tmp_path)
    before = sorted((p, p.stat().st_mtime_ns) for p in tmp_path.rglob("*") if p.is_file())
    assert forget(settings, [KEY], agree=lambda _: False) is None
    shown = CliRunner().invoke(
        cli, ["forget", KEY, "--dry-run", "--project", str(settings.file), "--format", "csv"]
    )
    assert shown.exit_code == 0
    assert re.search(r"release 20.*,statements of own-[0-9a-f]{8},\d+", shown.output)
    after = sorted((p, p.stat().st_mtime_ns) for p in tmp_path.rglob("*") if p.is_file())
    lock = settings.project.releases / ".lock"
    assert [a for a in after if a[0] != lock] == [b for b in before if b[0] != lock]


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    settings = built(tmp_path)
    arguments = ["--project", str(settings.file), "--format", "csv"]
    refused = CliRunner().invoke(cli, ["forget", KEY, *arguments], input="n\n")
    assert "For good" in refused.output or "for good" in refused.output
    assert KEY in str(plan_to_forget(settings, [KEY]).people[0])
    done = CliRunner().invoke(cli, ["forget", KEY, "--yes", *arguments])
    assert done.exit_code == 0
    assert "1 forgotten; " in done.output
    assert re.search(r"Release \S+ is now \S+\.", done.output)
    assert "own" in done.output
    assert "--edit-sources" in done.output
    nobody = CliRunner().invoke(cli, ["forget", *arguments])
    assert nobody.exit_code == 2


def test_only_rows_of_reports_name_somebody(tmp_path: Path) -> None:
    """Who was refused is in no graph; the release's report still names them."""
    settings = built(tmp_path)
    (tmp_path / "other" / "people.csv").write_text(
        "id,name,orcid,consent\nz-12345,Zora Refusova,0000,published\n"
    )
    (tmp_path / "other" / "participations.csv").unlink()
    text = settings.file.read_text().replace('publish = "named"', "max_refused = 1.0")
    settings.file.write_text(text)
    settings = load_settings(settings.file)
    build(settings)
    report = current_release(settings.project.releases).path / "report.csv"
    report_text = report.read_text()
    assert "0000" in report_text
    report.write_text(report_text.replace(",0000,", ",Zora Refusova 0000,"))
    old = current_release(settings.project.releases)
    done = forget(settings, ["z-12345"])
    assert done is not None
    assert naming(settings.project.releases, ("zora",)) == []
    new = current_release(settings.project.releases)
    assert new.id != old.id
    assert new.manifest["dump"] == old.manifest["dump"]
    assert new.manifest["problems"]["error"] == old.manifest["problems"]["error"] - 1
    assert verify(new)


def test_downloads_and_decisions_are_cleaned(tmp_path: Path) -> None:
    settings = built(tmp_path)
    for name, text in (("one", f"x\n{ORCID}\n"), ("two", "x\ny\n")):
        copy = settings.load.downloads / f"example.org-{name}"
        copy.mkdir(parents=True)
        with gzip.open(copy / "people.csv.gz", "wt") as stream:
            stream.write(text)
        (copy / "about.json").write_text("{}")
    header = "kind,source,key,name,target,target_name,decision,who,when,why\n"
    settings.project.decisions.write_text(
        header + f"person,own,{KEY},Carla Muster,{ORCID},Carla Muster,accept,Steward,2026,\n"
        "organisation,own,uni,A University,05a28rw58,A Univ,accept,Carla Muster,2026,\n"
    )
    forget(settings, [KEY])
    assert [p.name for p in settings.load.downloads.iterdir()] == ["example.org-two"]
    kept = settings.project.decisions.read_text().splitlines()[1:]
    assert kept == ["organisation,own,uni,A University,05a28rw58,A Univ,accept,(withheld),2026,"]


def test_other_files_that_name_them_are_told(tmp_path: Path) -> None:
    settings = built(tmp_path)
    (tmp_path / "notes.md").write_text("Ask Carla Muster.\n")
    done = forget(settings, [KEY])
    assert done is not None
    assert done.plan.further == (tmp_path / "notes.md",)


def test_a_source_that_cannot_be_read_does_not_stop_it(tmp_path: Path) -> None:
    settings = built(tmp_path)
    shutil.rmtree(tmp_path / "other")
    done = forget(settings, [KEY])
    assert done is not None
    assert list(done.plan.unread) == ["source other"]
    assert naming(settings.project.releases, (KEY, ORCID)) == []


def test_a_reader_keeps_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    settings = built(tmp_path)
    old = current_release(settings.project.releases)
    lease = hold(old)
    done = forget(settings, [KEY], wait_seconds=0)
    assert done is not None
    assert done.waiting == (old.path.name,)
    assert [r.id for r in list_releases(settings.project.releases)] != [old.id]
    assert len(list_releases(settings.project.releases)) == 1
    assert (old.path / "store" / "CURRENT").exists()
    lease.close()
    forget(settings, [], wait_seconds=0)
    assert not old.path.exists()


def test_a_backup_that_is_brought_back_is_cleaned_again(tmp_path: Path) -> None:
    settings = built(tmp_path)
    saved = tmp_path.parent / f"{tmp_path.name}-saved"
    shutil.copytree(settings.project.releases, saved, symlinks=True)
    forget(settings, [KEY], edit=True)
    shutil.rmtree(settings.project.releases)
    shutil.copytree(saved, settings.project.releases, symlinks=True)
    assert naming(settings.project.releases, (ORCID,))
    done = forget(settings, [])
    assert done is not None
    assert done.buried == 0
    assert naming(settings.project.releases, (KEY, ORCID)) == []
    assert people(settings) == EVERYBODY_ELSE


def test_a_build_that_runs_is_not_disturbed(tmp_path: Path) -> None:
    settings = built(tmp_path)
    with building(settings.project.releases), pytest.raises(ReleaseError, match="is running"):
        forget(settings, [KEY])
    assert not read_tombstones(settings.project.forgotten)


CRASH = """
import os, sys
from pathlib import Path
import kg.pipeline.forget.run as run
import kg.pipeline.forget.rewriting as rewriting
import kg.pipeline.releases as releases
from kg.settings import load_settings
name, after = sys.argv[2], int(sys.argv[3])
calls = 0
def die(*_, **__):
    os.kill(os.getpid(), 9)
for module in (run, rewriting, releases):
    if hasattr(module, name):
        real = getattr(module, name)
        def crashing(*a, real=real, **k):
            global calls
            calls += 1
            if calls > after:
                die()
            return real(*a, **k)
        setattr(module, name, crashing)
run.forget(load_settings(Path(sys.argv[1])), ["0000-0001-2345-6789"])
"""
RARER = (("bury", 0), ("rewrite", 0), ("exchange", 0), ("remove_downloads", 0),
         ("remove_hidden", 1))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("_clean_files", 0),
        ("rewrite", 1),
        ("_point", 0),
        *(pytest.param(*point, marks=pytest.mark.slow) for point in RARER),
    ],
)
def test_killed_half_way_each_release_is_whole_and_a_second_run_ends_it(
    tmp_path: Path, name: str, after: int
) -> None:
    settings = built(tmp_path, 2)
    ended = subprocess.run(
        [sys.executable, "-c", CRASH, str(settings.file), name, str(after)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    folder = settings.project.releases
    assert verify(current_release(folder))
    assert all(verify(release) for release in list_releases(folder))
    forget(settings, [ORCID])
    assert naming(folder, (KEY, ORCID, "muster, carla")) == []
    assert len(list_releases(folder)) == 2
    assert people(settings) == EVERYBODY_ELSE
    assert verify(current_release(folder))
    assert {p.name for p in folder.iterdir()} == {
        ".lock", "current", "last-build-report.csv", "last-build-review.csv",
        *(release.path.name for release in list_releases(folder)),
    }  # fmt: skip


def test_a_release_that_cannot_be_written_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = built(tmp_path, 2)
    bad = list_releases(settings.project.releases)[0].id
    real = run.rewrite

    def failing(release, *rest):  # type: ignore[no-untyped-def]  # stands in for one signature
        if release.id == bad:
            raise ReleaseError("the disk is full")
        return real(release, *rest)

    monkeypatch.setattr(run, "rewrite", failing)
    done = forget(settings, [KEY])
    assert done is not None
    assert done.failed == {bad: "the disk is full"}
    assert len(done.releases) == 1
