"""The last few results of what takes long."""

from __future__ import annotations

from kg.latest import Latest


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    kept: Latest[str] = Latest(2)
    kept.keep("a", "A")
    kept.keep("b", "B")
    assert kept.get("a") == "A"
    kept.keep("c", "C")
    assert (kept.get("a"), kept.get("b"), kept.get("c"), len(kept)) == ("A", None, "C", 2)


def test_a_value_is_made_once() -> None:
    numbers = iter(range(7, 10))
    kept: Latest[int] = Latest(2)
    assert [kept.made("key", lambda: next(numbers)) for _ in range(3)] == [7, 7, 7]
