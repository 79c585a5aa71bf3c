"""Answers of the workers, kept: whole ones only, and one run for all who ask the same at once."""

from __future__ import annotations

import copy
import hashlib
import io
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from kg.errors import KgError, LimitError
from kg.language import tell
from kg.store.workers import Answer
from kg.web.cache import Cache
from kg.web.encoding import ENCODINGS, IN_ONE_PIECE

__all__ = ["Answers", "Flight", "Kept", "KeptAnswer", "is_repeatable", "key_of"]

_LOOK_SECONDS = 0.25  # how often somebody who waits is asked whether he is still there
_OTHERS_FAULT = (429, 499, 503)  # it says something of the client that ran it, not of the query
# With these functions the same query on the same release answers otherwise each time.
_VARIES = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)


def is_repeatable(sparql: str) -> bool:
    """Whether a query has the same answer each time, as long as the release is the same."""
    return not _VARIES.search(sparql)


def key_of(*parts: str | Sequence[str] | None) -> bytes:
    """Return a key for what determines an answer within a release."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        for text in [part or ""] if part is None or isinstance(part, str) else ["[", *part, "]"]:
            digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.digest()


@dataclass
class Kept:
    """An answer in memory, as it is and compressed; ``seconds`` is what it took once."""

    content_type: str
    seconds: float
    body: bytes
    key: tuple[Hashable, ...] = ()
    packed: dict[str, bytes] = field(default_factory=dict)
    cache: Cache | None = None

    def as_encoded(self, encoding: str) -> bytes:
        """Return the body in a content encoding; compressed once, and then kept with it."""
        found = self.packed.get(encoding)
        if found is None:
            found = ENCODINGS[encoding][0](self.body)
            if self.cache is not None and self.cache.grow(self.key, len(found)):
                self.packed[encoding] = found
        return found


class KeptAnswer(Answer):
    """An answer that is kept in memory.

    ``how`` tells where it came from: ``hit`` (kept from before), ``shared`` (somebody else was
    asking just then), or ``miss`` (it was run for this request).
    """

    def __init__(self, kept: Kept, how: str) -> None:
        # Bytes behind such a file are shared, not copied.
        file = io.BytesIO(kept.body)
        super().__init__(kept.content_type, kept.seconds, len(kept.body), file)
        self.kept = kept
        self.how = how


class Flight:
    """One run that others wait for; ``alone`` where its answer is too large to be shared."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.kept: Kept | None = None
        self.error: KgError | None = None
        self.alone = False


class Answers:
    """The answers of one open release.

    Parameters
    ----------
    cache:
        Where they are kept.
    owner:
        What tells this open release from others.
    max_waiting, max_per_client:
        How many requests may wait for the run of another one, in all and of one client (0: no
        limit).
    """

    def __init__(
        self,
        cache: Cache | None = None,
        owner: Hashable = None,
        max_waiting: int = 32,
        max_per_client: int = 0,
    ) -> None:
        self.cache = cache or Cache(0)
        self.owner = owner
        self._max_waiting = max_waiting
        self._max_per_client = max_per_client
        self._lock = threading.Lock()
        self._flights: dict[bytes, Flight] = {}
        self._followers: Counter[str | None] = Counter()

    def find(self, key: bytes, quiet: bool = False) -> KeptAnswer | None:
        """Return an answer that is kept; ``quiet`` counts no miss."""
        kept = self.cache.get(("answer", self.owner, key), quiet)
        return None if kept is None else KeptAnswer(kept, "hit")

    def answer(
        self,
        key: bytes,
        run: Callable[[], Answer],
        *,
        client: str | None = None,
        is_gone: Callable[[], bool] | None = None,
        patience_s: float = 60.0,
        flight: Flight | None = None,
    ) -> Answer:
        """Return what is kept under a key, or what ``run`` gives, which is then kept.

        While one request runs it, others with the same key wait for its answer. Who has
        :meth:`lead` already gives the ``flight``.

        Raises
        ------
        KgError
            As ``run`` does, also where another request ran it; LimitError where too many wait.
        """
        if flight is not None:
            return self._lead(key, flight, run)
        if not self.cache.budget:
            return run()
        until = time.monotonic() + patience_s
        while True:
            found = self.find(key)
            if found is not None:
                return found
            flight, leads = self._joined(key)
            if leads:
                return self._lead(key, flight, run)
            landed = self._follow(flight, client, is_gone, until)
            if flight.kept is not None:
                return KeptAnswer(flight.kept, "shared")
            if flight.error is not None:
                raise copy.copy(flight.error)
            if flight.alone or not landed:
                return run()
            # whoever ran it hung up, or had too many queries: the next one runs it

    def lead(self, key: bytes) -> Flight | None:
        """Return a run that others may wait for, until it has to :meth:`land`.

        None where somebody runs it already.
        """
        flight, leads = self._joined(key) if self.cache.budget else (Flight(), True)
        if leads:
            self.cache.count_miss("answer")
        return flight if leads else None

    def land(
        self,
        key: bytes,
        flight: Flight,
        answer: Answer | None = None,
        error: KgError | None = None,
    ) -> Answer:
        """End a run: keep its answer, and give it, or an error, to those who wait for it.

        Without either they run it themselves.
        """
        try:
            if error is not None:
                flight.error = error
            most = self.cache.largest if self.cache.budget else IN_ONE_PIECE
            if answer is None or answer.size > most:
                flight.alone = answer is not None
                return answer or Answer("", 0.0, 0, io.BytesIO())
            kept = self.keep(key, answer)
            flight.kept = kept.kept
            return kept
        finally:
            with self._lock:
                if self._flights.get(key) is flight:
                    del self._flights[key]
            flight.landed.set()

    def keep(self, key: bytes, answer: Answer) -> KeptAnswer:
        """Keep an answer that is small enough, and return it as one that was made just now."""
        with answer:
            kept = Kept(answer.content_type, answer.seconds, answer.read())
        kept.key, kept.cache = ("answer", self.owner, key), self.cache
        self.cache.put(kept.key, kept, len(kept.body))
        return KeptAnswer(kept, "miss")

    def _joined(self, key: bytes) -> tuple[Flight, bool]:
        """Return the run under a key, and whether it has yet to be made."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = Flight()
            return flight, True

    def _lead(self, key: bytes, flight: Flight, run: Callable[[], Answer]) -> Answer:
        answer: Answer | None = None
        fault: KgError | None = None
        try:
            answer = run()
        except KgError as error:
            if not (isinstance(error, LimitError) and error.status in _OTHERS_FAULT):
                fault = error
            raise
        finally:
            landed = self.land(key, flight, answer, fault)
        return landed

    def _follow(
        self,
        flight: Flight,
        client: str | None,
        is_gone: Callable[[], bool] | None,
        until: float,
    ) -> bool:
        """Wait for another request's run; False where it takes too long."""
        with self._waiting(client):
            while (left := until - time.monotonic()) > 0:
                if flight.landed.wait(min(left, _LOOK_SECONDS)):
                    return True
                if is_gone and is_gone():
                    raise LimitError(tell("The client hung up while it waited."), status=499)
        return False

    @contextmanager
    def _waiting(self, client: str | None) -> Iterator[None]:
        """Count who waits: each holds a thread of the server."""
        most = self._max_per_client
        with self._lock:
            if most and client is not None and self._followers[client] >= most:
                raise LimitError(
                    tell(
                        "%(most)s queries of yours are waiting. Accepted: up to %(most)s at a "
                        "time. Wait for one to end.",
                        most=most,
                    ),
                    status=429,
                    retry_after=1,
                )
            if self._followers.total() >= self._max_waiting:
                raise LimitError(
                    tell(
                        "%(max_waiting)s queries are waiting already. Try again in a few seconds.",
                        max_waiting=self._max_waiting,
                    ),
                    retry_after=2,
                )
            self._followers[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._followers[client] -= 1
                if not self._followers[client]:
                    del self._followers[client]
