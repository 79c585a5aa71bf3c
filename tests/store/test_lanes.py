"""Places for queries: who runs, who waits, who is paused, who is sent away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from kg.errors import LimitError
from kg.store.lanes import LONG, PAUSED, QUICK, Job, Lanes


def lanes(places: int = 1, waiting: int = 2, client: int = 0, patience: float = 60.0) -> Lanes:
    return Lanes(places, waiting, client, patience)


def in_thread(
    made: Lanes, function: Callable[[], object], waits: Callable[[], object] | None = None
) -> tuple[threading.Thread, list[object]]:
    """Start a function that has to wait, and return when it does: one more waits for a place."""
    before = len(made._waiting)
    waits = waits or (lambda: len(made._waiting) > before)
    found: list[object] = []

    def run() -> None:
        try:
            found.append(function())
        except LimitError as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + 30
    while not waits() and thread.is_alive():
        assert time.monotonic() < until
        time.sleep(0.002)
    return thread, found


def test_who_comes_when_a_place_is_free_runs_at_once() -> None:
    made = lanes(places=2)
    assert [made.enter(None).place for _ in range(2)] == [QUICK, QUICK]


def test_first_come_first_served() -> None:
    made = lanes()
    running = made.enter(None)
    first, _ = in_thread(made, lambda: made.enter("a"))
    second, found = in_thread(made, lambda: made.enter("b"))
    made.leave(running)
    first.join(30)
    assert not first.is_alive()
    assert not found
    made.close()
    second.join(30)
    assert "stopping" in str(found[0])


def test_a_long_query_makes_room() -> None:
    made = lanes()
    slow = made.enter("a")
    waiting, found = in_thread(made, lambda: made.enter("b"))
    assert made.slow(slow)
    waiting.join(30)
    assert isinstance(found[0], Job)
    assert (slow.place, found[0].place) == (LONG, QUICK)


def test_a_second_long_query_is_paused_until_the_first_ends() -> None:
    made = lanes()
    first, second = made.enter(None), None
    assert made.slow(first)
    second = made.enter(None)
    assert not made.slow(second)
    assert second.place == PAUSED
    looked: list[int] = []
    thread, _ = in_thread(
        made, lambda: made.await_turn(second, lambda: looked.append(1), 0.02), lambda: looked
    )
    made.leave(first)
    thread.join(30)
    assert second.place == LONG
    assert looked


def test_too_many_long_queries_are_sent_away() -> None:
    made = lanes()
    jobs = []
    for _ in range(3):  # one runs, two are paused
        jobs.append(made.enter(None))
        made.slow(jobs[-1])
    further = made.enter(None)
    with pytest.raises(LimitError, match="1 long ones run and 2 wait") as caught:
        made.slow(further)
    assert caught.value.status == 503
    for job in (*jobs, further):
        made.leave(job)
    assert made.enter(None).place == QUICK


def test_a_client_with_long_queries_waits_and_others_do_not() -> None:
    made = lanes()
    for _ in range(2):
        made.slow(made.enter("greedy"))
    waiting, found = in_thread(made, lambda: made.enter("greedy"))
    assert not found
    assert made.enter("other").place == QUICK
    made.close()
    waiting.join(30)


def test_patience_ends() -> None:
    made = lanes(patience=0.05)
    first = made.enter(None)
    with pytest.raises(LimitError, match=r"no place came free in 0\.05 s") as caught:
        made.enter(None)
    assert caught.value.status == 503
    assert made.slow(first)
    second = made.enter(None)
    assert not made.slow(second)
    with pytest.raises(LimitError, match="no place for a long one"):
        made.await_turn(second, lambda: None, 0.02)
    made.leave(second)
    made.leave(first)
    assert made.enter(None).place == QUICK


def test_what_is_over_is_forgotten() -> None:
    made = lanes(places=2, client=1)
    job = made.enter("a")
    with pytest.raises(LimitError, match="of yours") as caught:
        made.enter("a")
    assert caught.value.status == 429
    made.leave(job)
    made.slow(again := made.enter("a"))
    made.leave(again)
    assert not made._clients
    assert not made._long_of
    assert made.quick == 0
