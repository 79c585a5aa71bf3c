from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kg.errors import SettingsError
from kg.files import shipped_folder
from kg.settings import PROJECT_VARIABLE, ProjectSettings, find_project, load_settings
from kg.sources.inputs import find_inputs
from kg.terms import DEFAULT_BASE

SOURCE = """
[[source]]
id = "own"
kind = "tables"
path = "tables"
title = "Own tables"
licence = "https://creativecommons.org/licenses/by/4.0/"
retrieved = 2026-11-20
"""


def project(folder: Path, text: str = SOURCE) -> Path:
    file = folder / "rihla.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_least_project_gets_every_default(tmp_path: Path) -> None:
    settings = load_settings(project(tmp_path))
    assert settings.project.base == DEFAULT_BASE
    assert settings.build.keep == 3
    assert settings.serve.port == 8000
    assert settings.ontology == shipped_folder("ontology")
    source = settings.sources[0]
    assert (source.id, source.retrieved, source.max_refused) == ("own", dt.date(2026, 11, 20), 0.0)


def test_every_path_is_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    settings = load_settings(project(tmp_path, '[project]\nontology = "words"\n' + SOURCE))
    assert settings.project.releases == tmp_path / "releases"
    assert settings.ontology == tmp_path / "words"
    assert settings.sources[0].path == tmp_path / "tables"


def test_a_path_may_name_an_environment_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project(tmp_path, SOURCE.replace('"tables"\nt', '"${WHERE}/t"\nt'))
    monkeypatch.delenv("WHERE", raising=False)
    settings = load_settings(file)  # whoever only asks a release needs no sources
    with pytest.raises(SettingsError, match="environment variable"):
        find_inputs(settings.sources[0], settings.load)
    elsewhere = project(tmp_path, '[project]\nontology = "${WHERE}/o"\n' + SOURCE)
    with pytest.raises(SettingsError, match="environment variable"):
        load_settings(elsewhere)
    project(tmp_path, SOURCE.replace('"tables"\nt', '"${WHERE}/t"\nt'))
    monkeypatch.setenv("WHERE", str(tmp_path / "there"))
    assert load_settings(file).sources[0].path == tmp_path / "there" / "t"


def test_what_a_source_module_reads_is_among_the_options(tmp_path: Path) -> None:
    source = load_settings(project(tmp_path, SOURCE + 'only = ["people"]\n')).sources[0]
    assert source.options == {"only": ["people"]}


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    assert load_settings(project(tmp_path, "\ufeff" + SOURCE)).sources[0].id == "own"


def test_a_folder_means_the_project_file_in_it(tmp_path: Path) -> None:
    file = project(tmp_path)
    assert load_settings(tmp_path).file == file


FAULTS = {
    "no source": ('[project]\ntitle = "x"', "no [[source]]"),
    "a source that is no table": ("source = [1]", "no [[source]]"),
    "one source instead of a list": (SOURCE.replace("[[source]]", "[source]"), "no [[source]]"),
    "no TOML": ("[project", "cannot be read as TOML"),
    "an unknown section": (SOURCE + "[extra]\n", "does not know extra"),
    "an unknown key": ('[project]\nname = "x"\n' + SOURCE, "does not know name"),
    "a section that is a value": ("build = 5\n" + SOURCE, "a section with keys"),
    "a missing key": (SOURCE.replace("licence", "# "), "lacks licence"),
    "a number in quotes": ('[build]\nkeep = "3"\n' + SOURCE, "a whole number"),
    "a yes for a number": ("[build]\nkeep = true\n" + SOURCE, "a whole number"),
    "a date in quotes": (SOURCE.replace("2026-11-20", '"2026-11-20"'), "a date without quotes"),
    "a time for a date": (SOURCE.replace("2026-11-20", "2026-11-20T10:00:00"), "a date without"),
    "a base that is no folder": ('[project]\nbase = "https://a.org/id"\n' + SOURCE, "ends in '/'"),
    "a base that is no address": ('[project]\nbase = "urn:x/"\n' + SOURCE, "ends in '/'"),
    "nothing kept": ("[build]\nkeep = 0\n" + SOURCE, "1 or more"),
    "a negative threshold": ("[build]\nsuppress_below = -1\n" + SOURCE, "0 or more"),
    "no worker": ("[serve]\nworkers = 0\n" + SOURCE, "1 or more"),
    "a port beyond the last": ("[serve]\nport = 65536\n" + SOURCE, "0 to 65535"),
    "no time": ("[serve]\ntimeout_seconds = 0\n" + SOURCE, "more than 0"),
    "a time that is no number": ("[serve]\ntimeout_seconds = nan\n" + SOURCE, "more than 0"),
    "no memory to read with": ("[load]\nmemory_mib = 1\n" + SOURCE, "64 or more"),
    "no time to read": ("[load]\nseconds = 0\n" + SOURCE, "more than 0"),
    "a number for yes or no": ("[load]\noffline = 1\n" + SOURCE, "true or false"),
    "a share of rows above one": ("[load]\nmax_refused = 2\n" + SOURCE, "0 to 1"),
    "rows below zero": ("[load]\nmax_refused_rows = -1\n" + SOURCE, "0 or more"),
    "an id with a space": (SOURCE.replace('"own"', '"my own"'), "small letters"),
    "an id in capitals": (SOURCE.replace('"own"', '"OWN"'), "small letters"),
    "an id that is there": (SOURCE + SOURCE, "more than one [[source]] is called own"),
    "a share above one": (SOURCE + "max_refused = 1.5\n", "0 to 1"),
    "a licence by its name": (
        SOURCE.replace("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        "a web address",
    ),
    "a licence that is no address": (
        SOURCE.replace("https://creativecommons.org/licenses/by/4.0/", "https://e.org/50%"),
        "a web address",
    ),
    "a homepage without https": (SOURCE + 'homepage = "example.org"\n', "a web address"),
}


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(project(tmp_path, text))
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no such project file.*kg init"):
        load_settings(tmp_path / "none.toml")


def test_a_project_is_found_from_below(tmp_path: Path) -> None:
    file = project(tmp_path)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_project(below) == file


def test_without_a_project_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="kg init"):
        find_project(tmp_path)


def test_the_variable_names_another_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, here = tmp_path / "named", tmp_path / "here"
    named.mkdir()
    here.mkdir()
    project(here)
    monkeypatch.chdir(here)
    monkeypatch.setenv(PROJECT_VARIABLE, str(project(named)))
    assert find_project() == named / "rihla.toml"


def test_the_bloc_that_counts_must_be_a_key() -> None:
    for good in ("eu", "world", "african-union"):
        assert ProjectSettings(default_bloc=good).default_bloc == good
    for bad in ("", "the EU", "bloc:eu"):
        with pytest.raises(SettingsError, match="or world for none"):
            ProjectSettings(default_bloc=bad)
