"""The static export: every page of the test world as a file, and no link that leads nowhere."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from flask import Flask

from kg.cli import cli
from kg.cli.site import forecast
from kg.errors import SettingsError
from kg.settings import Settings
from kg.store import Release
from kg.web import close_app, create_app
from kg.web.site import Exported, SiteError, export_site
from kg.web.site import export as exporting
from kg.web.site.addresses import Target, file_of, link_between, target_of
from kg.web.site.checking import broken_links
from kg.web.site.export import replace
from kg.web.site.names import Name, parts_of, shards_of
from kg.web.site.order import Order
from kg.web.site.writing import Writer, Written
from tests.outline import Outline

BASE = "https://example.org/rihla"
LINK = re.compile(r'\s(?:href|src|action)="([^"]*)"')


@pytest.fixture(scope="module")
def exported(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    # The world is tiny, but the ontology brings some five hundred concepts.
    out = tmp_path_factory.mktemp("site") / "out"
    left = ["method", "participation", "topic", "query"]
    return export_site(app, out, BASE, ["ar"], left, processes=1)


class Few(Order):
    """Begins at one question: the way is the same, and short. The processes import it from here."""

    @property
    def homes(self) -> list[str]:
        return ["/queries/quality/loads", "/dataset"]

    def is_written(self, target: Target) -> bool:
        parts = ("/static/", "/page/", "/data/", "/api/queries/quality", "/ontology/en/term/in")
        return super().is_written(target) and target.address.startswith(parts)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    made = exporting.ordered

    def ordered(app: Flask, *wanted: object) -> Few:
        order = made(app, *wanted)  # type: ignore[arg-type]  # what export_site gives
        return Few(**asdict(order))

    monkeypatch.setattr(exporting, "ordered", ordered)


def digests(folder: Path, names: Iterable[str] = ("*",)) -> dict[str, str]:
    files = [path for name in names for path in folder.rglob(name) if path.is_file()]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


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
    assert broken_links(exported.folder) == []
    for file in exported.folder.rglob("*.html"):
        text = file.read_text("utf-8")
        Outline(text)
        assert "http://localhost" not in text, file
        assert "http://127.0.0.1" not in text, file
        if file.name != "404.html":
            assert not [link for link in LINK.findall(text) if link.startswith("/")], file


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b c.html").write_text('<p id="here"></p>')
    (tmp_path / "a" / "index.html").write_text(
        '<a href="../b%20c.html#here"><a href="../b%20c.html#gone"><a href="no.html"><a href="#x">'
        '<img src="/root.png"><a href="../../out.html"><a href="https://example.org/"><a id="x">'
        '<a href="mailto:a@b.c"><a href="?q=1#x">'
    )
    assert broken_links(tmp_path) == [
        "a/index.html: ../b%20c.html#gone",
        "a/index.html: no.html",
        "a/index.html: /root.png",
        "a/index.html: ../../out.html",
    ]


def test_what_takes_a_server_says_so_in_place(exported: Exported) -> None:
    home = (exported.folder / "ar/index.html").read_text("utf-8")
    assert 'href="../server.html"' in home
    assert "search.js" not in home
    assert 'id="takes-server"' in home
    assert '<a data-server aria-describedby="takes-server" href="../server.html">SPARQL' in home
    assert "kg serve" in (exported.folder / "server.html").read_text("utf-8")
    query = (exported.folder / "ar/queries/people/learned-method/index.html").read_text("utf-8")
    assert re.search(
        r'<p class="takes-server"><a [^>]*>يحتاج هذا النموذج[^\n]*\n<form inert', query
    )
    assert "fr" not in re.findall(r'hreflang="(\w+)"', home)


def test_a_page_of_a_thing_answers_what_a_server_answers_later(exported: Exported) -> None:
    page = (exported.folder / "ar/page/organisation/ror-0test0050/index.html").read_text("utf-8")
    assert "data-panel" not in page
    assert 'class="together"' not in page
    assert f"{BASE}/ar/page/organisation/ror-0test0050?release=" in page  # to be cited
    assert ".nt" not in re.findall(r'href="[^"]*(\.\w+)"', page)


def test_several_processes_write_the_same_as_one(
    world_settings: Settings, world: Release, few: None, tmp_path: Path
) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    app = create_app(world_settings, world)
    try:
        # What depends on the order of a set, or on the names of blank nodes, differs by process.
        alone = export_site(app, one, None, ["en"], only=["series"], processes=1)
        made = export_site(app, two, None, ["en"], only=["series"], processes=2, check=True)
    finally:
        close_app(app)
    assert (one / "page/series").is_dir()
    assert (one / "ontology/en/term/inProgramme").is_dir()
    assert (one / "dataset").is_file()
    assert (made.pages, made.files, made.bytes) == (alone.pages, alone.files, alone.bytes)
    assert digests(one) == digests(two)
    page = next((one / "page/series").rglob("index.html")).read_text("utf-8")
    assert "127.0.0.1" not in page  # nobody said where it will be, so nobody can cite it


def test_an_export_that_was_stopped_goes_on(
    app: Flask, few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    write = Writer.write

    def breaks(self: Writer, address: str) -> Written:
        if address == "/data/series/zz-breaks.ttl" or len(written) == 12:
            raise SiteError(f"{address} was not answered")
        written.append(address)
        return write(self, address)

    monkeypatch.setattr(Writer, "write", breaks)
    monkeypatch.setattr(exporting, "_AT_ONCE", 4)
    with pytest.raises(SiteError, match="was not answered"):
        export_site(app, tmp_path / "out", None, ["en"], only=["series"], processes=1)
    assert not (tmp_path / "out").exists()
    first = list(written)
    monkeypatch.setattr(Writer, "write", lambda s, a: written.append(a) or write(s, a))
    done = export_site(app, tmp_path / "out", None, ["en"], only=["series"], processes=1)
    repeated = set(written[len(first) :]) & set(first)
    assert len(repeated) < 8  # what the last task had not handed in
    assert done.kept == len(first) - len(repeated)
    fresh = export_site(app, tmp_path / "new", None, ["en"], only=["series"], processes=1)
    assert digests(tmp_path / "out") == digests(tmp_path / "new")
    assert fresh.kept == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def marked(mark: str) -> list[int]:
    """Return the processes whose environment carries a mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone meanwhile
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc, as Linux has it")
def test_a_killed_export_leaves_no_process(
    world_settings: Settings, world: Release, tmp_path: Path
) -> None:
    project = world_settings.project.releases.parent / "rihla.toml"
    mark = f"rihla-{uuid.uuid4()}"
    command = [sys.executable, "-m", "kg", "site", str(tmp_path / "out"), "--project", str(project),
               "--processes", "2", "--quiet"]  # fmt: skip
    first = subprocess.Popen(command, env={**os.environ, "RIHLA_TEST_MARK": mark})
    try:
        # Both write, so both can be left behind.
        await_true(lambda: any(path.suffix == ".html" for path in tmp_path.rglob("*")), 120)
        assert len(marked(mark)) > 2
    finally:
        first.kill()
        first.wait()
    await_true(lambda: not marked(mark), 30)


def await_true(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.1)


def test_what_a_stopped_export_of_other_pages_left_is_thrown_away(
    app: Flask, few: None, tmp_path: Path
) -> None:
    left = tmp_path / ".out.new" / ".work"
    left.mkdir(parents=True)
    (left / "written.jsonl").write_text('{"release": "another"}\n')
    (tmp_path / ".out.new" / "old.html").write_text("")
    done = export_site(app, tmp_path / "out", None, ["en"], only=["series"], processes=1)
    assert done.kept == 0
    assert not (tmp_path / "out" / "old.html").exists()


def test_an_error_says_which_page(
    app: Flask, few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("nothing")

    monkeypatch.setattr("kg.web.data.profile_of", fails)
    with pytest.raises(SiteError, match=r"^/page/series/\S+ was not answered: ZeroDivisionError"):
        export_site(
            app, tmp_path / "out", "https://example.org/anew", ["en"], only=["series"], processes=1
        )


def test_kinds_that_are_not_there_are_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Kinds: found persons\. Accepted.* person, "):
        export_site(app, tmp_path / "out", only=["persons"])
    with pytest.raises(SettingsError, match="both --only and --without"):
        export_site(app, tmp_path / "out", only=["person"], without=["person"])


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

    def export(app: Flask, *arguments: object, **options: object) -> Exported:
        asked.extend(arguments[:4])
        asked.append(options)
        return Exported(tmp_path, world.id, 3, 4, 5_000_000, {"/sparql"}, 2)

    monkeypatch.setattr("kg.web.site.export_site", export)
    project = world_settings.project.releases.parent / "rihla.toml"
    options = ["--project", str(project), "--language", "fr, en", "--without", "topic", "--check",
               "--processes", "3", "--only", "a,b"]  # fmt: skip
    done = CliRunner().invoke(cli, ["site", str(tmp_path), *options])
    assert done.exit_code == 0, done.output
    assert f"3 pages and 4 files of release {world.id}" in done.output
    assert "2 of them were there" in done.output
    assert "Every link leads to a file" in done.output
    assert asked == [
        tmp_path, None, ["fr", "en"], ["topic"],
        {"only": ["a", "b"], "processes": 3, "fresh": False, "check": True},
    ]  # fmt: skip


def test_lines_tell_how_long_it_will_take() -> None:
    times, lines = iter([0.0, 10.0, 20.0, 45.0, 60.0]), list[str]()
    told = forecast(lines.append, lambda: next(times), each_s=30)
    for done in (10, 20, 80, 100):
        told(done, 1_080)
    assert lines == ["80 of 1,080 pages and files, about 8 min to go"]


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
    assert link_between("a/b/index.html", "c.html") == "../../c.html"
    assert link_between("a/b/index.html", "a/b/c/d.html") == "c/d.html"
    assert link_between("a/b/index.html", "a/c/index.html") == "../c/index.html"
    assert link_between("index.html", "index.html") == "index.html"
