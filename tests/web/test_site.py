"""The static export: every page of the test world as a file, and no link that leads nowhere."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask

from kg.cli import cli
from kg.errors import SettingsError
from kg.settings import Settings
from kg.store import Release
from kg.web.site import Exported, export_site
from kg.web.site.addresses import file_of, link_between, target_of
from kg.web.site.export import replace
from kg.web.site.names import Name, parts_of, shards_of
from tests.outline import Outline

BASE = "https://example.org/rihla"
LINK = re.compile(r'\s(?:href|src|action)="([^"]*)"')


@pytest.fixture(scope="module")
def exported(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    # The world is tiny, but the ontology brings some five hundred concepts.
    out = tmp_path_factory.mktemp("site") / "out"
    return export_site(app, out, BASE, ["ar"], without=["method", "participation", "topic"])


def test_the_pages_of_the_release_are_there(exported: Exported) -> None:
    folder = exported.folder
    for place in (
        "index.html",
        "ar/index.html",
        "ar/queries/index.html",
        "ar/queries/people/learned-method/index.html",
        "ar/analyses/balance/index.html",
        "ar/page/organisation/ror-0test0050/index.html",
        "data/organisation/ror-0test0050.ttl",
        "data/organisation/ror-0test0050.jsonld",
        "ar/releases/index.html",
        "ar/ontology/ar/term/Training/index.html",
        "static/rihla.css",
        "404.html",
        "server.html",
    ):
        assert (folder / place).is_file(), place
    assert not (folder / "fr").exists()
    assert not (folder / "ar/page/topic").exists()
    assert exported.pages == sum(1 for _ in folder.rglob("index*.html")) - 1
    assert 'url=ar/index.html"' in (folder / "index.html").read_text("utf-8")
    page = (folder / "ar/page/organisation/ror-0test0050/index.html").read_text("utf-8")
    assert '<html lang="ar" dir="rtl">' in page


def test_no_link_is_broken_or_leaves_the_folder(exported: Exported) -> None:
    anchors: dict[Path, set[str]] = {}
    for file in exported.folder.rglob("*.html"):
        if file.name == "404.html":
            continue
        text = file.read_text("utf-8")
        Outline(text)
        for link in map(unescape, LINK.findall(text)):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                assert not link.startswith("http://localhost"), f"{file}: {link}"
                continue
            goal = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            assert goal.is_file(), f"{file.relative_to(exported.folder)}: {link}"
            assert goal.is_relative_to(exported.folder.resolve()), link
            assert not link.startswith("/")
            anchors.setdefault(goal, set()).add(parts.fragment)


def test_what_takes_a_server_leads_to_the_page_that_says_so(exported: Exported) -> None:
    home = (exported.folder / "ar/index.html").read_text("utf-8")
    assert 'href="../server.html"' in home
    assert "search.js" not in home
    assert "kg serve" in (exported.folder / "server.html").read_text("utf-8")
    assert any(address.startswith("/ar/sparql") for address in exported.asking)


def test_search_leads_to_a_page_with_an_index(exported: Exported) -> None:
    folder = exported.folder
    assert 'action="search/index.html"' in (folder / "ar/index.html").read_text("utf-8")
    page = (folder / "ar/search/index.html").read_text("utf-8")
    (listed,) = re.findall(r'data-shards="([^"]*)"', page)
    shards = json.loads(unescape(listed))
    files = {path.stem for path in (folder / "ar/search/names").iterdir()}
    assert files == {shard.encode().hex() for shard in shards}
    text = (folder / f"ar/search/names/{b'th'.hex()}.js").read_text("utf-8")
    rows = json.loads(text.partition(",")[2].rpartition(")")[0])
    found = {row[4] for row in rows if row[0].startswith("thames test university")}
    assert found >= {"../page/organisation/ror-0test0050/index.html"}
    for row in rows:
        assert (folder / "ar/search" / unquote(row[4])).is_file()


def test_the_plain_list_names_everything_that_has_a_page(exported: Exported) -> None:
    folder = exported.folder / "ar/search"
    lists = [path for path in folder.rglob("index.html") if path.parent != folder]
    linked = {
        (path.parent / unquote(unescape(link))).resolve()
        for path in lists
        for link in LINK.findall(path.read_text("utf-8"))
    }
    assert exported.folder / "ar/page/organisation/ror-0test0050/index.html" in linked
    people = set((exported.folder / "ar/page/person").glob("*/index.html"))
    assert people
    assert people <= linked
    start = (folder / "index.html").read_text("utf-8")
    for path in lists:
        assert f'href="{path.parent.name}/index.html"' in start


def named(words: str, place: str = "/x", label: str = "") -> Name:
    return Name(words.title(), label or words.title(), "topic", place, 0, words)


def test_a_name_is_in_the_shard_of_each_of_its_words() -> None:
    names = [named("graph theory"), named("theory", "/y"), named("c", "/z")]
    assert shards_of(names) == {"c": [names[2]], "gr": [names[0]], "th": [names[0], names[1]]}


def test_large_shards_are_split_and_lose_no_name() -> None:
    names = [named(f"data set {i:04d}", f"/{i}") for i in range(1_000)]
    names += [named(f"dataset {i}", f"/d{i}") for i in range(1_000)] + [named("da", "/da")]
    shards = shards_of(names)
    assert set(shards) >= {"da", "se"}
    assert shards["da"] == [names[-1]]
    for prefix, found in shards.items():
        assert len(found) <= 1_500, prefix
        assert all(any(w.startswith(prefix) for w in n.words.split()) for n in found)
    for name in names:
        for word in name.words.split():
            assert any(word.startswith(prefix) and name in shards[prefix] for prefix in shards)


def test_a_full_letter_has_several_pages_and_signs_have_one() -> None:
    names = [named(f"a{i:04d}", f"/{i}") for i in range(1_100)] + [named("2019", "/n")]
    parts = parts_of(names)
    assert [(part.letter, len(part.names)) for part in parts] == [
        ("#", 1), ("A", 500), ("A", 500), ("A", 100)]  # fmt: skip
    assert len({part.key for part in parts}) == len(parts)


def test_the_map_of_the_site_names_every_page(exported: Exported) -> None:
    text = (exported.folder / "sitemap.xml").read_text("utf-8")
    assert text.count("<loc>") == exported.pages
    assert f"<loc>{BASE}/ar/page/organisation/ror-0test0050/index.html</loc>" in text
    assert f"Sitemap: {BASE}/sitemap.xml" in (exported.folder / "robots.txt").read_text()


def test_the_page_of_errors_stands_at_any_address(exported: Exported) -> None:
    text = (exported.folder / "404.html").read_text("utf-8")
    assert 'href="/rihla/static/rihla.css"' in text
    assert 'href="/rihla/ar/index.html"' in text


def test_other_content_is_never_replaced(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError, match="no export"):
        export_site(app, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
    with pytest.raises(SettingsError, match="Accepted: en, ar, fr"):
        export_site(app, tmp_path / "new", languages=["de"])
    with pytest.raises(SettingsError, match="base-url"):
        export_site(app, tmp_path / "new", "example.org")


def test_a_new_export_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    out, new = tmp_path / "out", tmp_path / ".out.new"
    for number in range(2):
        new.mkdir()
        (new / f"{number}.html").write_text("")
        replace(out, new)
    assert [path.name for path in out.iterdir()] == ["1.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_command_says_what_it_wrote(
    world_settings: Settings, world: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def export(app: Flask, *arguments: object) -> Exported:
        asked.extend(arguments[:4])
        return Exported(tmp_path, world.id, 3, 4, 5_000_000, {"/sparql"})

    monkeypatch.setattr("kg.web.site.export_site", export)
    project = world_settings.project.releases.parent / "rihla.toml"
    options = ["--project", str(project), "--languages", "fr, en", "--without", "topic"]
    done = CliRunner().invoke(cli, ["site", str(tmp_path), *options])
    assert done.exit_code == 0, done.output
    assert f"3 pages and 4 files of release {world.id}" in done.output
    assert asked == [tmp_path, None, ["fr", "en"], ["topic"]]


def test_addresses_become_files() -> None:
    assert file_of("/", True) == "index.html"
    assert file_of("/page/x/a%20b", True) == "page/x/a~20b/index.html"
    assert file_of("/data/x/y.ttl", False) == "data/x/y.ttl"
    named = file_of("/api/q.csv?country=ZA", False)
    assert re.fullmatch(r"api/q-[0-9a-f]{10}\.csv", named)
    assert named != file_of("/api/q.csv?country=TR", False)
    assert ".." not in file_of("/page/../../etc", True).split("/")
    assert len(file_of("/page/x/" + "a" * 400, True)) < 200


def test_links_know_what_is_of_the_site() -> None:
    origin, release = "https://example.org/rihla", "r1"
    inside = target_of("https://example.org/rihla/queries?release=r1#top", "/", origin, release)
    assert inside is not None
    assert (inside.address, inside.fragment) == ("/queries", "top")
    assert target_of("https://example.org/other", "/", origin, release) is None
    assert target_of("mailto:a@b.c", "/", origin, release) is None
    relative = target_of("../b", "/page/x/y", origin, release)
    assert relative is not None and relative.address == "/page/b"
    term = target_of("ontology/ar/term/x", "/fr/ontology", origin, release)
    assert term is not None and term.address == "/ar/ontology/ar/term/x"
    assert link_between("a/b/index.html", "c.html", "x") == "../../c.html#x"
