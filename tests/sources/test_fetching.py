"""Fetching URLs, from a server on this machine."""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.pipeline import build
from kg.settings import LoadSettings, load_settings
from kg.sources import fetching, read_source
from kg.sources.downloads import file_name, kept
from kg.sources.fetching import USER_AGENT, fetch
from kg.store import EmbeddedStore
from tests.conftest import WORLD, write_project
from tests.sources.served import Answer, Site, served

CSV = b"id,name\na,A place\n"
TYPE = {"Content-Type": "text/csv; charset=utf-8"}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(fetching.time, "sleep", lambda _: None)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with served() as site:
        yield site


@pytest.fixture
def load(tmp_path: Path) -> LoadSettings:
    return LoadSettings(downloads=tmp_path / "downloads", seconds=20, max_download_mib=1)


def get(
    url: str, load: LoadSettings, pin: str | None = None, media_type: str | None = None
) -> Path:
    return fetch(url, load, pin, media_type, "[[source]] own")


def changing(content: list[bytes]) -> Callable[[dict[str, str]], Answer]:
    """Answer with the last content, and 304 to whoever has it."""

    def page(headers: dict[str, str]) -> Answer:
        tag = f'"{hashlib.sha256(content[-1]).hexdigest()[:8]}"'
        if headers.get("if-none-match") == tag:
            return 304, {}, b""
        return (
            200,
            {**TYPE, "ETag": tag, "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"},
            (content[-1]),
        )

    return page


def test_what_is_there_is_only_asked_after(site: Site, load: LoadSettings) -> None:
    content = [CSV]
    site.pages["/places.csv"] = changing(content)
    url = f"{site.address}/places.csv"
    path = get(url, load)
    assert (path.name, path.read_bytes()) == ("places.csv", CSV)
    assert get(url, load) == path
    first, second = (headers for _, headers in site.asked)
    assert first["user-agent"] == USER_AGENT
    assert "if-none-match" not in first
    assert second["if-none-match"]
    assert second["if-modified-since"] == "Fri, 20 Nov 2026 08:00:00 GMT"
    content.append(b"id,name\nb,Another\n")
    assert get(url, load).read_bytes() == content[-1]


def test_offline_uses_what_is_there_and_asks_nobody(site: Site, load: LoadSettings) -> None:
    url = f"{site.address}/places.csv"
    offline = replace(load, offline=True)
    with pytest.raises(InputError, match=r"nothing is fetched offline\. Build once without"):
        get(url, offline)
    site.pages["/places.csv"] = changing([CSV])
    path = get(url, load)
    assert get(url, offline) == path
    assert len(site.asked) == 1


def test_pinned_content_is_not_asked_after_and_other_content_is_refused(
    site: Site, load: LoadSettings
) -> None:
    site.pages["/places.csv"] = (200, TYPE, CSV)
    url, pin = f"{site.address}/places.csv", hashlib.sha256(CSV).hexdigest()
    get(url, load, pin)
    get(url, load, pin)
    assert len(site.asked) == 1
    with pytest.raises(InputError, match=rf"has the SHA-256 {pin}\. Accepted: {'0' * 64}"):
        get(url, load, "0" * 64)


def test_a_damaged_copy_is_fetched_again(site: Site, load: LoadSettings) -> None:
    site.pages["/places.csv"] = changing([CSV])
    url = f"{site.address}/places.csv"
    path = get(url, load)
    path.write_bytes(b"id,name\n")
    assert get(url, load).read_bytes() == CSV
    assert "if-none-match" not in site.asked[-1][1]


def test_a_broken_transfer_leaves_the_old_copy_and_no_part(site: Site, load: LoadSettings) -> None:
    url = f"{site.address}/places.csv"
    site.pages["/places.csv"] = (200, TYPE, CSV)
    path = get(url, load)
    site.pages["/places.csv"] = (200, {**TYPE, "Content-Length": "999"}, CSV)
    with pytest.raises(InputError, match=r"cannot be fetched: .*The copy of 20"):
        get(url, load)
    assert path.read_bytes() == CSV
    assert kept(url, load.downloads) is not None
    assert sorted(p.name for p in path.parent.iterdir()) == ["about.json", "places.csv"]


def test_a_busy_server_is_asked_again(site: Site, load: LoadSettings) -> None:
    answers: list[Answer] = [(200, TYPE, CSV), (503, {}, b""), (429, {"Retry-After": "1"}, b"")]
    site.pages["/places.csv"] = lambda _: answers.pop()
    assert get(f"{site.address}/places.csv", load).read_bytes() == CSV
    assert len(site.asked) == 3


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, {}, b""), "answered 404 Not Found. Accepted: 200"),
        ((500, {}, b""), "answered 500"),
        ((304, {}, b""), "answered 304"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), "answered with a web page, not with a"),
        ((200, TYPE, b"x" * (1024**2 + 1)), "is larger than 1 MiB"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "redirects to 'file:///etc/passwd'"),
        ((302, {"Location": "ftp://example.org/"}, b""), "redirects to 'ftp://example.org/'"),
        ((302, {"Location": "/places.csv"}, b""), "redirects more than 5 times"),
    ],
)
def test_what_is_no_file_is_refused(
    site: Site, load: LoadSettings, answer: Answer, said: str
) -> None:
    site.pages["/places.csv"] = answer
    with pytest.raises(InputError, match=re.escape(said)):
        get(f"{site.address}/places.csv", load)
    assert not list(load.downloads.rglob("*.csv"))


def test_a_stream_without_a_stated_length_is_limited_too(site: Site, load: LoadSettings) -> None:
    packed = gzip.compress(bytes(50 * 1024**2))
    site.pages["/places.csv"] = (200, {**TYPE, "Content-Encoding": "gzip"}, packed)
    with pytest.raises(InputError, match="is larger than 1 MiB"):
        get(f"{site.address}/places.csv", load)


def test_a_packed_file_stays_packed(site: Site, load: LoadSettings) -> None:
    packed = gzip.compress(CSV)
    said = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    site.pages["/places.csv.gz"] = (200, said, packed)
    assert get(f"{site.address}/places.csv.gz", load).read_bytes() == packed
    site.pages["/places.csv"] = (200, said, packed)
    assert get(f"{site.address}/places.csv", load).read_bytes() == CSV


def test_a_stated_type_is_held(site: Site, load: LoadSettings) -> None:
    site.pages["/export"] = (200, TYPE, CSV)
    assert get(f"{site.address}/export", load, None, "text/csv").name == "export.csv"
    with pytest.raises(InputError, match=r"answered with text/csv\. Accepted: text/html"):
        get(f"{site.address}/export", load, None, "text/html")


def test_redirects_lead_to_the_file(site: Site, load: LoadSettings) -> None:
    site.pages["/old.csv"] = (301, {"Location": "/new.csv"}, b"")
    site.pages["/new.csv"] = (200, TYPE, CSV)
    assert get(f"{site.address}/old.csv", load).name == "old.csv"


def test_the_open_network_cannot_redirect_to_this_machine(
    site: Site, load: LoadSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``open.example`` stands for a server elsewhere; it is reached on this machine."""
    port = int(site.address.rpartition(":")[2])
    real = socket.getaddrinfo

    def resolve(host: str, *rest: Any, **named: Any) -> object:
        return real("127.0.0.1" if host == "open.example" else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    local = fetching._is_local
    monkeypatch.setattr(fetching, "_is_local", lambda h: h != "open.example" and local(h))
    targets = (f"http://127.0.0.1:{port}/a.csv", "http://[::1]/a.csv", "http://10.1.2.3/a.csv",
               "http://169.254.169.254/latest/meta-data", "http://localhost/a.csv")  # fmt: skip
    for target in targets:
        site.pages["/places.csv"] = (302, {"Location": target}, b"")
        with pytest.raises(InputError, match="an address of this machine or its own network"):
            get(f"http://open.example:{port}/places.csv", load)
    assert {path for path, _ in site.asked} == {"/places.csv"}


def test_encryption_is_not_given_up(load: LoadSettings) -> None:
    wanted = fetching._Wanted("https://example.org/a", load, None, None, "[[source]] own")
    with pytest.raises(InputError, match="without encryption"):
        fetching._check_redirect("https://example.org/a", "http://example.org/a", wanted)


def test_nobody_there(load: LoadSettings, site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/places.csv"
        with pytest.raises(InputError, match=r"cannot be fetched: .*Try again later\.$"):
            get(url, load)


@pytest.mark.parametrize(
    ("url", "media_type", "name"),
    [
        ("https://a.org/x/people.csv", "text/plain", "people.csv"),
        ("https://a.org/export.php?f=csv", "text/csv", "export.php.csv"),
        ("https://a.org/api", "application/json", "api.json"),
        ("https://a.org/", "text/html", "download.html"),
        ("https://a.org/a%2F..%2Fb.csv", "text/csv", "b.csv"),
        ("https://a.org/" + "x" * 300 + ".csv", "text/csv", "x" * 96 + ".csv"),
    ],
)
def test_names_have_the_ending_of_the_format(url: str, media_type: str, name: str) -> None:
    assert file_name(url, media_type) == name


def test_a_source_by_url_builds_and_says_so(site: Site, tmp_path: Path, ontology: Ontology) -> None:
    site.pages["/open/places.csv"] = changing([CSV])
    source = f"""
[[source]]
id = "far"
kind = "tables"
path = "{site.address}/open/places.csv"
title = "Far"
licence = "https://example.org/l"
retrieved = 2026-11-20
"""
    settings = load_settings(write_project(tmp_path, WORLD, source))
    result = build(settings)
    assert ("far", "places", 1, 1, 0, 0) in result.counts.rows
    (entry,) = [s for s in result.release.manifest["sources"] if s["id"] == "far"]
    assert [f["name"] for f in entry["files"]] == ["places.csv"]
    address = "SELECT ?a WHERE { ?f <http://www.w3.org/ns/dcat#downloadURL> ?a }"
    found = EmbeddedStore(result.release.store, "r").table(address)
    assert found.column("a") == [f"{site.address}/open/places.csv"]
    assert settings.load.downloads == tmp_path / "downloads"
    assert not build(settings).changed
    site.pages["/open/places.csv"] = (200, TYPE, b"id\na\n")
    with pytest.raises(InputError, match=f"^{site.address}/open/places.csv, row 1: the required"):
        read_source(settings.sources[1], ontology.schema, settings.load)
