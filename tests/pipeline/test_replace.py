"""One source replaced or dropped: the same release as a whole build gives, the others not read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from kg.changes import diff_summary
from kg.cli import cli
from kg.errors import InputError, NotFoundError, ReleaseError, SettingsError
from kg.pipeline import build, verify
from kg.pipeline.origins import listed_sources
from kg.pipeline.replace import _plain, drop_source, replace_source
from kg.quads import QUAD
from kg.settings import Settings, load_settings
from kg.store import current_release
from tests.privacy.world import COUNTRIES, write_sources

ROR = "05a28rw58"
REGISTRY = {
    "countries": COUNTRIES,
    "organisations": f"id,name,country,ror\nr1,Example Institute,SA,{ROR}\nr2,Lab,DJ,\n",
}
OWN = {
    "trainings": "id,name,format,start_date,host\nt1,One,Workshop,2019-05-01,r2\n",
    "people": "id,name,orcid,consent\n"
    "bob,Bob Samplewright,,published\nada,Ada Specimen,0000-0001-2345-6789,published\n",
    "participations": "training,role,person,organisation,headcount\n"
    f"t1,learner,bob,{ROR},\nt1,educator,ada,r2,\nt1,learner,,r2,3\n",
    "outcomes": "id,type,name,person\no1,Publication,Paper,bob|ada\n",
}
OWN_2 = {
    **OWN,
    "trainings": "id,name,format,start_date,host\nt1,One anew,Workshop,2019-05-02,r2\n"
    "t2,Two,School,2020-05-01,r1\n",
}
EVENTS = {"trainings": "id,name,format,host\ne1,Event,Workshop,r2\n"}
ALL = {"registry": REGISTRY, "own": OWN, "events": EVENTS}


def project(folder: Path, own: dict[str, str] | None = None, **more: dict[str, str]) -> Settings:
    return write_sources(folder, {**ALL, "own": own or OWN, **more}, build="suppress_below = 5")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    build(project(folder))
    return folder


@pytest.fixture
def world(saved: Path, tmp_path: Path) -> Path:
    shutil.copytree(saved, tmp_path / "project", symlinks=True)
    return tmp_path / "project"


def hide(folder: Path, *sources: str) -> None:
    """Take the files of sources away: whoever reads them fails."""
    for name in sources:
        (folder / name).rename(folder / f"hidden-{name}")


def whole(folder: Path, make: Callable[[Path], Settings]) -> str:
    """Return the hash of the dump of a whole build of the same project elsewhere."""
    (folder / "whole").mkdir()
    return str(build(make(folder / "whole")).release.manifest["dump"])


def test_a_new_version_replaces_its_graph_alone(world: Path, tmp_path: Path) -> None:
    old = current_release(world / "releases")
    settings = project(world, OWN_2)
    hide(world, "registry", "events")
    done = replace_source(settings, "own")
    assert done.read_all is None
    assert done.result.changed
    release = current_release(world / "releases")
    assert verify(release)
    assert release.manifest["dump"] == whole(tmp_path, lambda place: project(place, OWN_2))
    touched = {str(row[0]) for row in diff_summary(old, release).rows}
    assert "own" in touched
    assert not {"registry", "events"} & touched
    assert release.manifest["suppressed_groups"] == 1
    own = {s["id"]: s for s in release.manifest["sources"]}
    assert own["registry"] == {s["id"]: s for s in old.manifest["sources"]}["registry"]
    # And a whole build has nothing to add.
    for name in ("registry", "events"):
        (world / f"hidden-{name}").rename(world / name)
    assert not build(settings).changed


def test_the_same_version_changes_nothing(world: Path) -> None:
    before = current_release(world / "releases")
    done = replace_source(load_settings(world / "rihla.toml"), "own")
    assert (done.read_all, done.result.changed) == (None, False)
    assert current_release(world / "releases").id == before.id


def test_a_source_is_dropped_without_reading_the_others(world: Path, tmp_path: Path) -> None:
    settings = load_settings(world / "rihla.toml")
    hide(world, "registry", "own", "events")
    done = drop_source(settings, "events")
    assert done.read_all is None
    rest = {"registry": REGISTRY, "own": OWN}
    other = whole(tmp_path, lambda place: write_sources(place, rest, build="suppress_below = 5"))
    release = current_release(world / "releases")
    assert release.manifest["dump"] == other
    assert [s["id"] for s in release.manifest["sources"]] == ["registry", "own"]
    states = {row[0]: row[2] for row in listed_sources(settings, release).rows}
    assert states == {"registry": "loaded", "own": "loaded", "events": "not loaded"}


def test_what_the_others_refer_to_is_not_dropped_from_under_them(world: Path) -> None:
    """Own refers to the registry's organisations: without it, its rows are refused, as always."""
    before = current_release(world / "releases").id
    settings = load_settings(world / "rihla.toml")
    with pytest.raises(InputError, match=r"own: .* rows were refused"):
        drop_source(settings, "registry")
    assert current_release(world / "releases").id == before


def test_a_new_version_that_changes_what_others_say_reads_all(world: Path, tmp_path: Path) -> None:
    shy = OWN["people"].replace("0000-0001-2345-6789,published", ",refused")
    refusing = {**OWN, "people": shy}
    ada = "id,name,orcid,consent\nada,Ada Specimen,0000-0001-2345-6789,published\n"
    also = {**EVENTS, "people": ada}
    also["participations"] = "training,role,person\ne1,learner,ada\n"
    build(project(world, events=also))
    settings = project(world, refusing, events=also)
    done = replace_source(settings, "own")
    assert done.read_all == "events says something else beside it"
    other = whole(tmp_path, lambda place: project(place, refusing, events=also))
    assert current_release(world / "releases").manifest["dump"] == other


def test_other_conditions_read_all(world: Path) -> None:
    text = (world / "rihla.toml").read_text()
    (world / "rihla.toml").write_text(text.replace("suppress_below = 5", "suppress_below = 4"))
    done = replace_source(load_settings(world / "rihla.toml"), "own")
    assert done.read_all is not None
    assert "settings" in done.read_all


def test_matches_with_the_one_that_goes_read_all(world: Path, tmp_path: Path) -> None:
    named = {**OWN, "organisations": "id,name,country\no-1,Example Institute,SA\n"}
    build(project(world, named))
    settings = project(world, named)
    (world / "registry" / "organisations.csv").write_text(
        f"id,name,country,ror\nr1,Another Name,SA,{ROR}\nr2,Lab,DJ,\n"
    )
    done = replace_source(settings, "registry")
    assert done.read_all == "things of own were matched by name, perhaps with registry"
    # The other way round nothing leans on what is replaced.
    again = replace_source(settings, "own")
    assert again.read_all is None
    assert not again.result.changed


def test_a_refused_version_changes_nothing(world: Path) -> None:
    before = current_release(world / "releases").id
    settings = project(world, {**OWN, "trainings": "id,name,format\nt1,,Workshop\n"})
    with pytest.raises(InputError, match="own"):
        replace_source(settings, "own")
    assert current_release(world / "releases").id == before


def test_errors_say_what_is_accepted(world: Path, tmp_path: Path) -> None:
    settings = load_settings(world / "rihla.toml")
    for call in (drop_source, replace_source):
        with pytest.raises(NotFoundError, match="Accepted: registry, own, events"):
            call(settings, "nothing")
    (tmp_path / "one").mkdir()
    alone = write_sources(tmp_path / "one", {"registry": REGISTRY})
    with pytest.raises(ReleaseError, match="kg build"):
        drop_source(alone, "registry")
    build(alone)
    with pytest.raises(SettingsError, match="only source"):
        drop_source(alone, "registry")


def test_the_commands(world: Path) -> None:
    project_option = ["--project", str(world / "rihla.toml")]
    listed = CliRunner().invoke(cli, ["source", "list", *project_option, "--format", "csv"])
    assert "own,tables,loaded," in listed.output
    (world / "new").mkdir()
    for name, text in OWN_2.items():
        (world / "new" / f"{name}.csv").write_text(text)
    arguments = ["--path", str(world / "new"), "--retrieved", "2026-11-21", *project_option]
    replaced = CliRunner().invoke(cli, ["source", "replace", "own", *arguments])
    assert replaced.exit_code == 0, replaced.output
    assert "All sources were read" not in replaced.output
    assert "Write it into" in replaced.output
    dropped = CliRunner().invoke(cli, ["source", "drop", "events", *project_option])
    assert dropped.exit_code == 0, dropped.output
    assert "still states events" in dropped.output
    sources = current_release(world / "releases").manifest["sources"]
    # The first release kept no trace of where it was read from: --path is for this once.
    assert "events" not in [s["id"] for s in sources]


def test_an_at_sign_that_reading_widens_is_no_difference() -> None:
    quads = pl.DataFrame([("<s>", "<p>", '"Lab @en"', "<g>")], schema=QUAD, orient="row")
    wide = pl.DataFrame([("<s>", "<p>", '"Lab ＠en"', "<g>")], schema=QUAD, orient="row")
    assert _plain(quads).equals(_plain(wide))
