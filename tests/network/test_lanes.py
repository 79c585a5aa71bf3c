from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from kg.network import lanes
from kg.network.lanes import add_up, watched


def test_every_source_is_done_once() -> None:
    def work(some: NDArray[np.int64], total: NDArray[np.float64]) -> None:
        total[some] += 1

    (total,) = add_up(work, np.arange(1000), lambda: (np.zeros(1000),), chunk=7)
    assert (total == 1).all()
    (nothing,) = add_up(work, np.arange(0), lambda: (np.zeros(3),))
    assert nothing.tolist() == [0, 0, 0]


def test_progress_is_told_and_may_stop_the_work() -> None:
    seen: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        seen.append((done, of))
        if done > 50:
            raise KeyboardInterrupt

    with watched(stop), pytest.raises(KeyboardInterrupt):
        add_up(lambda *_: None, np.arange(1000), lambda: (), chunk=10)
    assert seen[0] == (10, 1000)
    assert len(seen) < 100
    add_up(lambda *_: None, np.arange(1000), lambda: (), chunk=10)
    assert len(seen) < 100  # nobody watches any more


def test_a_fault_in_a_thread_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(lanes.os, "sched_getaffinity", lambda _: {0, 1})
    with pytest.raises(ValueError, match="broken"):
        add_up(fail, np.arange(1000), lambda: ())
