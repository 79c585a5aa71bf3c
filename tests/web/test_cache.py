"""The budget of bytes holds whatever is put in, and what was used last stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.web.cache import Cache

KIB = 1024


def sizes(cache: Cache) -> int:
    return sum(size for _, size in cache._kept.values())


def test_what_was_used_longest_ago_makes_room() -> None:
    cache = Cache(64 * KIB)
    for number in range(20):
        assert cache.put(("answer", 1, number), number, 5 * KIB)
        assert cache.get(("answer", 1, 0)) == 0
    kept = [number for number in range(20) if cache.get(("answer", 1, number)) is not None]
    assert kept == [0, *range(11, 20)]
    figures = cache.figures()
    assert figures.evictions == 10
    assert figures.bytes == sizes(cache) == 10 * 6 * KIB
    assert (figures.hits, figures.misses) == ({"answer": 30}, {"answer": 10})


def test_no_entry_takes_all_of_it() -> None:
    cache = Cache(64 * KIB)
    assert not cache.put(("answer", 1, "large"), "large", 8 * KIB)
    assert cache.put(("answer", 1, "small"), "small", 7 * KIB)
    assert cache.get(("answer", 1, "large")) is None
    assert not cache.grow(("answer", 1, "small"), 1)
    assert cache.get(("answer", 1, "small")) is None, "it has grown too large"
    assert not cache.grow(("answer", 1, "none"), 1)
    assert cache.figures().bytes == 0


def test_no_budget_keeps_nothing() -> None:
    assert not Cache(0).put(("answer", 1, 1), 1, 0)


def test_what_belongs_to_one_goes_with_it() -> None:
    cache = Cache(64 * KIB)
    for owner in (1, 2):
        for number in range(3):
            cache.put(("answer", owner, number), number, 100)
    cache.drop(1)
    assert cache.get(("answer", 1, 0)) is None
    assert cache.get(("answer", 2, 0)) == 0
    assert not cache.put(("answer", 1, 0), 0, 100), "an answer that comes late is not kept"
    assert cache.figures().entries == 3


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "get", "grow", "drop"]),
            st.integers(0, 30),
            st.integers(0, 12 * KIB),
        )
    )
)
def test_the_books_balance(steps: list[tuple[str, int, int]]) -> None:
    cache = Cache(48 * KIB)
    for step, number, size in steps:
        key = ("answer", number % 4, number)
        if step == "put":
            cache.put(key, number, size)
        elif step == "get":
            assert cache.get(key) in (None, number)
        elif step == "grow":
            cache.grow(key, size)
        else:
            cache.drop(number % 4)
        assert cache.figures().bytes == sizes(cache) <= cache.budget
