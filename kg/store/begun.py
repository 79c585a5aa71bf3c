"""A query on its way: whoever began it may go on with other things until its reply is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kg.errors import LimitError
from kg.store.worker_process import Reply, WorkerProcess, framed

if TYPE_CHECKING:
    from kg.store.workers import Answer, WorkerPool

__all__ = ["Begun"]

_SENT_AT_ONCE = 32 * 1024  # bytes that the socket to an idle worker takes in any case


class Begun:
    """A query that has a place in a pool, or waits for one.

    A thread calls :meth:`finish` and waits. An event loop calls :meth:`try_start`, reads
    :meth:`fileno` when something arrives there, and hands over to a thread whatever takes
    longer than that.

    Parameters
    ----------
    pool:
        Where it runs.
    request:
        As kg/store/evaluator.py reads it.
    calls_out:
        Whether it needs a worker that may call other servers.
    client, tell:
        As :meth:`kg.store.lanes.Lanes.apply` has them.

    Raises
    ------
    LimitError
        There is no place for it (429, 503).
    """

    def __init__(
        self,
        pool: WorkerPool,
        request: Mapping[str, Any],
        calls_out: bool = False,
        client: str | None = None,
        tell: Callable[[], object] | None = None,
    ) -> None:
        self.request = request
        self.began = time.monotonic()
        self.reply: Reply | None = None
        self._pool = pool
        self._calls_out = calls_out
        self._frame = framed(request)
        self._sent = 0.0  # when; 0 is not yet
        self._worker: WorkerProcess | None = None
        self._job = pool.lanes.apply(client, tell)

    @property
    def waits(self) -> bool:
        """Whether it has no place yet."""
        return self._job.waits

    def try_start(self) -> bool:
        """Hand the query to a worker; False where that would take a while, or cannot be done."""
        if self._calls_out or len(self._frame) > _SENT_AT_ONCE or self._job.waits:
            return False
        worker = self._pool.lend_ready()
        if worker is None:
            return False
        if not worker.try_send(self._frame):
            threading.Thread(target=self._pool.give_back, args=(worker, False)).start()
            return False
        self._worker, self._sent = worker, time.monotonic()
        return True

    def fileno(self) -> int:
        """Return the descriptor on which the reply arrives; only after :meth:`try_start`."""
        assert self._worker is not None
        return self._worker.fileno()

    def try_receive(self) -> bool:
        """Read what has arrived; True where that is all, and the worker is another query's.

        Raises
        ------
        EOFError, OSError
            The worker has ended; :meth:`finish` tells why.
        """
        assert self._worker is not None
        self.reply = self._worker.try_receive()
        if self.reply is None:
            return False
        self._leave(patient=False)
        return True

    def is_small(self, most: int) -> bool:
        """Whether a good reply of at most so many bytes is there."""
        head = self.reply.head if self.reply is not None else {}
        return head.get("status") == "ok" and head["size"] <= most

    def finish(self, is_gone: Callable[[], bool] | None = None) -> Answer:
        """Wait for the answer; see :meth:`kg.store.workers.WorkerPool.run`."""
        try:
            if self.reply is None:
                self.reply = self._awaited(is_gone)
        except LimitError:
            self._pool.refuse_if_closed()
            raise
        finally:
            self._leave()
        reply, self.reply = self.reply, None
        return self._pool.answer(reply, self.request)

    def _awaited(self, is_gone: Callable[[], bool] | None) -> Reply:
        pool, timeout_s = self._pool, self.request["timeout_s"]
        if self._job.waits:
            pool.lanes.await_place(self._job, time.monotonic() - self.began)
        if self._worker is None:
            self._worker = pool.lend(self._calls_out)
            self._worker.await_ready()
        slow = pool.slowness(self._job, self._worker, is_gone)
        if self._sent:
            asked_s = time.monotonic() - self._sent
            return self._worker.ask(None, timeout_s, is_gone, slow, asked_s)
        return self._worker.ask(self._frame, timeout_s, is_gone, slow)

    def abandon(self) -> None:
        """Stop the query, whose answer nobody wants any more; do nothing where it has ended."""
        if self.reply is not None:
            self.reply.body.close()
            self.reply = None
        if self._worker is not None:
            self._worker.is_sound = False
        self._leave()

    def _leave(self, patient: bool = True) -> None:
        """Give worker and place to others; who is not patient does not wait for a process."""
        worker, self._worker = self._worker, None
        if worker is not None and (patient or worker.is_sound):
            self._pool.give_back(worker, again=not self._calls_out)
        elif worker is not None:
            threading.Thread(target=self._pool.give_back, args=(worker, False)).start()
        self._pool.lanes.leave(self._job)
