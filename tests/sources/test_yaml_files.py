"""YAML as plain values: nothing is executed, guessed or unfolded without end."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.sources.yaml_files import MAX_DEPTH, Record, read_yaml


def read(tmp_path: Path, text: str) -> object:
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    return read_yaml(file)


def test_scalars_stay_as_written(tmp_path: Path) -> None:
    assert read(tmp_path, "a: NO\nb: 007\nc: 2021-02-08\nd:\n0x42: ~\ne: 'null'\n") == {
        "a": "NO", "b": "007", "c": "2021-02-08", "d": None, "0x42": None, "e": "null",
    }  # fmt: skip


def test_records_know_their_line(tmp_path: Path) -> None:
    (first, second) = read(tmp_path, "# head\n---\n- a: 1\n-\n  b: 2\n")  # type: ignore[misc]
    assert isinstance(first, Record)
    assert (first.line, second.line) == (3, 5)


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "# only a remark\n") is None


def test_a_tag_runs_no_code(tmp_path: Path) -> None:
    assert read(tmp_path, "a: !!python/object/apply:os.getcwd []\n") == {"a": []}


def test_an_alias_is_written_out(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x [1, 2]\nb: *x\n") == {"a": ["1", "2"], "b": ["1", "2"]}


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (bomb(), "its aliases unfold to more than 1000000 values"),
        ("a: &a [*a]\n", f"nested deeper than {MAX_DEPTH} levels"),
        ("[" * 100 + "]" * 100, f"line 1: is nested deeper than {MAX_DEPTH} levels"),
        ("[" * 5000, "line 1, column 1001: is not YAML"),
        ("a: 1\nb: 2\na: 3\n", "line 3: the key 'a' stands twice"),
        ("a: &a {b: 1}\nc:\n  <<: *a\n", "line 3: found a key that is no plain text"),
        ("? [1, 2]\n: x\n", "line 1: found a key that is no plain text"),
        ("a: 'open\n", "line 2, column 1: is not YAML"),
        ("a: 1\n---\nb: 2\n", "is not YAML: but found another document"),
        ("a: \x01\n", "is not YAML"),
    ],
)
def test_what_cannot_be_plain_values_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)
