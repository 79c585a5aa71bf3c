"""Bodies that a WSGI application gives, as the loop sends them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.web.front.bodies import Body, FileBody, Room, body_of
from tests.web.front.conftest import Place


def whole(body: bytes | Body) -> bytes:
    if isinstance(body, bytes):
        return body
    parts = []
    while part := body.read(1000):
        parts.append(bytes(part))
    assert body.is_done
    body.close()
    return b"".join(parts)


class Parts:
    def __init__(self, count: int) -> None:
        self.count, self.closed = count, False

    def __iter__(self) -> Iterator[bytes]:
        for number in range(self.count):
            yield f"{number:09}\n".encode()

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("count", [0, 3, 300_000])
def test_parts_are_joined_and_large_ones_go_into_a_file(count: int) -> None:
    parts = Parts(count)
    body = body_of(parts, {})
    assert parts.closed
    assert isinstance(body, Body) == (count > 100_000)
    assert whole(body) == b"".join(Parts(count))


def test_files_are_sent_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 100)
    file = path.open("rb")
    body = body_of(FileBody(file), {})
    assert isinstance(body, Body) and body.size == 25_600
    assert whole(body) == path.read_bytes()
    assert file.closed
    kept = body_of(FileBody(io.BytesIO(b"abc" * 5)), {"content-length": "15"})
    assert whole(kept) == b"abc" * 5


def test_a_file_that_has_become_shorter_is_not_said_to_be_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    with path.open("rb") as file:
        body = Body(file.fileno(), 0, 200)
        assert body.read(150) == b"x" * 100
        assert body.read(150) == b"" and not body.is_done


def test_ranges_of_a_release_file(place: Place) -> None:
    address = "/files/data.nq.gz"
    data = place.ask(address).body
    assert len(data) > 2000
    for asked, expected in (
        ("bytes=0-99", data[:100]),
        ("bytes=1000-", data[1000:]),
        ("bytes=-7", data[-7:]),
    ):
        found = place.ask(address, Range=asked)
        assert (found.status, found.body) == (206, expected)
        assert found.headers["content-length"] == str(len(expected))
    assert place.ask(address, Range=f"bytes={len(data) + 5}-").status == 416


def test_room_is_taken_once_for_all_readers_of_one_answer(tmp_path: Path) -> None:
    room, data = Room(100, 50), bytes(60)
    first, second, other = Body(data, 0, 60), Body(data, 0, 60), Body(bytes(61), 0, 61)
    assert room.take(first) and room.take(second)
    assert not room.take(other), "60 and 61 are more than 100"
    room.give(first)
    assert room.used == {True: 60, False: 0}
    room.give(second)
    assert room.take(other)
    path = tmp_path / "named"
    path.write_bytes(bytes(1000))
    with path.open("rb") as file:
        named = Body(file.fileno(), 0, 1000)
        assert room.take(named), "it is there anyhow"
        path.unlink()
        room.give(named)
        assert room.used[False] == 0
        assert not room.take(Body(file.fileno(), 0, 1000))
