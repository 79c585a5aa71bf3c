"""The file of decisions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.reconcile import Decision, Decisions, read_decisions, write_decisions

ONE = Decision("organisation", "own", "x1", "Univ. X", "03yrm5c26", "X University", "accept",
               "Ada", "2026-11-20T10:00:00+00:00", "its page, \"about\"")  # fmt: skip
ROW = ("organisation", "own", "x1")


def test_decisions_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    lines = [ONE, replace(ONE, key="x2", decision="reject", why="")]
    write_decisions(path, lines)
    assert read_decisions(path) == lines


def test_without_a_file_nothing_was_decided(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "none.csv") == []


def test_the_newest_word_counts() -> None:
    no = replace(ONE, decision="reject")
    assert Decisions.of([ONE]).accepted[ROW] == ONE
    both = Decisions.of([ONE, no])
    assert not both.accepted and both.rejects(*ROW, ONE.target)
    again = Decisions.of([no, ONE])
    assert again.accepted[ROW] == ONE and not again.rejects(*ROW, ONE.target)


def test_rejecting_one_candidate_leaves_the_accepted_other() -> None:
    other = replace(ONE, target="042nb2s44", decision="reject")
    assert Decisions.of([ONE, other]).accepted[ROW] == ONE


def test_who_and_when_do_not_change_a_build() -> None:
    later = replace(ONE, who="Bob", when="2027-01-01T00:00:00+00:00", why="")
    assert Decisions.of([ONE]).content == Decisions.of([later]).content
    assert Decisions.of([ONE]).content != Decisions.of([]).content


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind,source,key,target\n", "row 1: found the columns kind, source, key, target"),
        ("kind,source,key,target,decision,x\n", "row 1: found the columns"),
        ("kind,source,key,target,decision\norganisation,own,x1,03yrm5c26,maybe\n",
         "row 2, column decision: found 'maybe'. Accepted: accept or reject."),
        ("kind,source,key,target,decision\nplace,own,x1,03yrm5c26,accept\n",
         "row 2, column kind: found 'place'. Accepted: organisation or person."),
        ("kind,source,key,target,decision\norganisation,own,,03yrm5c26,accept\n",
         "row 2, column key: found ''. Accepted: a value."),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_decisions(path)
    assert message in str(error.value)
