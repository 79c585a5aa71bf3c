"""Which query may run: places for quick queries, others for long ones, and a fair queue.

Every query begins in a quick place. When it has run for a while, or is in the way of others, it
makes room: it goes on in a long place, where it yields the processor to the quick ones, or is
paused until one is free. So cheap queries are answered while analytic ones run, however many of
those there are.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from kg.errors import LimitError

__all__ = ["Job", "Lanes"]

WAITING, QUICK, LONG, PAUSED, OUT, GONE = "waiting", "quick", "long", "paused", "out", "gone"
PAUSED_PER_PLACE = 2
"""How many long queries may be paused for each long place: they keep their memory."""


@dataclass(eq=False, slots=True)
class Job:
    """One query on its way.

    Where it has to wait, ``turn`` is set when it may go on, and ``tell`` is called, by whichever
    thread made room: it may not do more than pass that on.
    """

    client: str | None
    tell: Callable[[], object] | None = None
    place: str = WAITING
    turn: threading.Event | None = None

    @property
    def waits(self) -> bool:
        """Whether it has no place yet."""
        return self.place is WAITING

    def may_go_on(self) -> None:
        """Say so to whoever waits."""
        if self.turn is not None:
            self.turn.set()
        if self.tell is not None:
            self.tell()


class Lanes:
    """The places for queries.

    Parameters
    ----------
    places:
        How many quick queries run at a time, and how many long ones.
    max_waiting:
        How many queries may wait for a quick place.
    max_per_client:
        How many queries one client may have here in all; 0 sets no limit.
    patience_s:
        How long a query waits for a place, in seconds.
    """

    def __init__(
        self, places: int, max_waiting: int, max_per_client: int, patience_s: float
    ) -> None:
        self.places = places
        self._max_waiting = max_waiting
        self._max_per_client = max_per_client
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._counts = Counter({QUICK: 0, LONG: 0, PAUSED: 0})
        self._clients: Counter[str] = Counter()
        self._long_of: Counter[str] = Counter()
        self._waiting: deque[Job] = deque()
        self._paused: deque[Job] = deque()
        self._closed = False

    def enter(self, client: str | None) -> Job:
        """Return when a quick place is free.

        Raises
        ------
        LimitError
            The client has too many queries here (429), too many wait, or none came free (503).
        """
        job = self.apply(client)
        self.await_place(job)
        return job

    def apply(self, client: str | None, tell: Callable[[], object] | None = None) -> Job:
        """Return a query that has a quick place, or waits for one; ``tell`` is called then.

        Raises
        ------
        LimitError
            The client has too many queries here (429), or too many wait (503).
        """
        job = Job(client, tell)
        with self._lock:
            self._refuse_if_closed()
            self._count(job)
            if self._counts[QUICK] < self.places and self._may_start(job):
                self._counts[QUICK] += 1
                job.place = QUICK
                return job
            if len(self._waiting) >= self._max_waiting:
                self._forget(job)
                raise self._busy(f"{len(self._waiting)} queries are waiting already")
            job.turn = threading.Event()
            self._waiting.append(job)
        return job

    def await_place(
        self,
        job: Job,
        waited_s: float = 0.0,
        look: Callable[[], None] | None = None,
        every_s: float = 1.0,
    ) -> None:
        """Return when a query has its quick place; it has waited for so many seconds already.

        ``look`` is called now and then, and may raise: then the query still has to leave.

        Raises
        ------
        LimitError
            None came free (503); the query is forgotten then.
        """
        if job.turn is None:
            return
        left = max(0.0, self._patience_s - waited_s)
        while not job.turn.wait(left if look is None else min(every_s, left)) and left > 0:
            if look is None:
                break
            look()
            left -= every_s
        with self._lock:
            if job.waits:
                self._forget(job)
                self._refuse_if_closed()
                raise self._busy(f"no place came free in {self._patience_s:g} s")

    def slow(self, job: Job) -> bool:
        """Take a query out of its quick place; True when it may go on as a long one at once.

        Otherwise it has to be paused until :meth:`await_turn` returns.

        Raises
        ------
        LimitError
            Too many long queries run and are paused already (503).
        """
        with self._lock:
            self._leave_place(job)
            if job.client is not None:
                self._long_of[job.client] += 1
            if self._counts[LONG] < self.places:
                self._take(job, LONG)
            elif len(self._paused) < PAUSED_PER_PLACE * self.places:
                job.turn, job.tell = threading.Event(), None
                job.place = PAUSED
                self._paused.append(job)
            else:
                self._advance()
                raise self._busy(
                    f"{self._counts[LONG]} long ones run and {len(self._paused)} wait to go on"
                )
            self._advance()
            return job.place is LONG

    def await_turn(self, job: Job, look: Callable[[], None], every_s: float) -> None:
        """Return when a paused query may go on; ``look`` is called now and then, and may raise.

        Raises
        ------
        LimitError
            No long place came free in time (503), or the server is stopping.
        """
        left = self._patience_s
        assert job.turn is not None  # :meth:`slow` paused it
        while not job.turn.wait(min(every_s, left)):
            look()
            left -= every_s
            if left <= 0:
                raise self._busy(f"no place for a long one came free in {self._patience_s:g} s")
        with self._lock:
            self._refuse_if_closed()

    def leave(self, job: Job) -> None:
        """Give the query's place to the next; a second call does nothing."""
        with self._lock:
            if job.place is GONE:
                return
            if job.waits:
                self._forget(job)
                return
            was_long = job.place is not QUICK
            self._leave_place(job)
            if was_long and job.client is not None:
                self._long_of[job.client] -= 1
                if self._long_of[job.client] <= 0:
                    del self._long_of[job.client]
            self._forget(job)
            self._advance()

    def close(self) -> None:
        """Refuse whoever waits or comes."""
        with self._lock:
            self._closed = True
            for job in (*self._waiting, *self._paused):
                job.may_go_on()

    @property
    def quick(self) -> int:
        """How many quick queries run now."""
        return self._counts[QUICK]

    @property
    def is_full(self) -> bool:
        """Whether somebody waits for a quick place, and would get it."""
        return bool(self._waiting) and any(map(self._may_start, list(self._waiting)))

    def _take(self, job: Job, place: str) -> None:
        self._counts[place] += 1
        job.place = place
        job.may_go_on()

    def _leave_place(self, job: Job) -> None:
        if job.place in (QUICK, LONG):
            self._counts[job.place] -= 1
        elif job in self._paused:
            self._paused.remove(job)
        job.place = OUT

    def _advance(self) -> None:
        """Let whoever comes next go on."""
        while self._paused and self._counts[LONG] < self.places:
            self._take(self._paused.popleft(), LONG)
        while self._counts[QUICK] < self.places:
            following = next(filter(self._may_start, self._waiting), None)
            if following is None:
                return
            self._waiting.remove(following)
            self._take(following, QUICK)

    def _may_start(self, job: Job) -> bool:
        """Whether a client has room: one with many long queries waits for one of them to end."""
        return job.client is None or self._long_of[job.client] < 2 * self.places

    def _count(self, job: Job) -> None:
        if job.client is None:
            return
        most = self._max_per_client
        if most and self._clients[job.client] >= most:
            raise LimitError(
                f"{most} queries of yours are running or waiting. Accepted: up to {most} at a "
                "time. Wait for one to end.",
                status=429,
                retry_after=1,
            )
        self._clients[job.client] += 1

    def _forget(self, job: Job) -> None:
        job.place = GONE
        if job in self._waiting:
            self._waiting.remove(job)
        if job.client is not None:
            self._clients[job.client] -= 1
            if self._clients[job.client] <= 0:
                del self._clients[job.client]

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise LimitError("The server is stopping.", status=503, retry_after=5)

    def _busy(self, what: str) -> LimitError:
        return LimitError(
            f"All query workers are busy: {what}. Try again in a few seconds.",
            status=503,
            retry_after=max(1, round(self._patience_s / 4)),
        )
