"""Reports that are being made: one at a time, beside the requests, kept with their release.

A report takes as long as all its analyses. A request orders one and is answered at once; the page
shows how far it is, and the one that asks next gets it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from flask import Flask, g

from kg.analysis.report import Report, gather
from kg.analysis.result import Result
from kg.errors import KgError, LimitError
from kg.language import tell
from kg.latest import Latest
from kg.web.analyse import answered
from kg.web.service import Service, service

__all__ = ["MOST_WAITING", "Desk", "Order"]

MOST_WAITING = 4
"""Reports that are in work or wait."""

_RETRY_S = 30
_PATIENCE_S = 600.0  # for an analysis that somebody else asked for
_KEPT_FAILURES = 16

Key = tuple[str, str]


@dataclass(eq=False)
class Order:
    """A report that was ordered.

    Attributes
    ----------
    release, kind, iri, subject:
        Of which release it is, and about what: a name of :data:`kg.analysis.report.SUBJECTS`, the
        thing, and how calls name it.
    done, of:
        Analyses that are answered, of how many; 0 of 0 while it waits.
    ended:
        Set when it was made, or failed.
    """

    release: str
    kind: str
    iri: str
    subject: str
    done: int = 0
    of: int = 0
    ended: threading.Event = field(default_factory=threading.Event)


class _ClosingError(Exception):
    """The application ends, and nobody waits for the report any more."""


class Desk:
    """Takes orders of reports and makes them.

    Parameters
    ----------
    app:
        The application: each report is made in its context, from the release of its order.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._orders: dict[Key, Order] = {}  # the first is in work
        self._failed: Latest[KgError] = Latest(_KEPT_FAILURES)
        self._worker: threading.Thread | None = None

    def found(self, served: Service, iri: str) -> Report | Order | KgError | None:
        """Return the report about a thing, its order, why it failed, or None."""
        key = (served.release.id, iri)
        with self._lock:
            return served.reports.get(iri) or self._orders.get(key) or self._failed.get(key)

    def order(self, served: Service, kind: str, iri: str, subject: str) -> Order:
        """Order a report, or return the order that there is.

        Raises
        ------
        LimitError
            Too many wait.
        """
        key = (served.release.id, iri)
        with self._lock:
            if key in self._orders:
                return self._orders[key]
            if len(self._orders) >= MOST_WAITING:
                raise LimitError(
                    tell(
                        "%(most)s reports are being made or wait. Try again in a while, or make "
                        "it on your own machine: kg analyse report.",
                        most=MOST_WAITING,
                    ),
                    retry_after=_RETRY_S,
                )
            made = self._orders[key] = Order(served.release.id, kind, iri, subject)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="reports", daemon=True)
                self._worker.start()
            return made

    def _work(self) -> None:
        while True:
            with self._lock:
                order = next(iter(self._orders.values()), None)
                if order is None:
                    self._worker = None
                    return
            failure = self._made(order)
            with self._lock:
                key = (order.release, order.iri)
                del self._orders[key]
                if failure is not None:
                    self._failed.keep(key, failure)
            order.ended.set()

    def _made(self, order: Order) -> KgError | None:
        """Make a report; return why it failed."""
        try:
            self._make(order)
        except KgError as error:
            return error
        except _ClosingError:
            pass
        except Exception:
            self._app.logger.exception("The report about %s failed.", order.iri)
            return KgError(tell("This report could not be made; the server's log says why."))
        return None

    def _make(self, order: Order) -> None:
        current = self._app.extensions["rihla"]

        def begun(done: int, of: int) -> None:
            if current.is_closing:
                raise _ClosingError
            order.done, order.of = done, of

        with self._app.app_context():
            g.rihla = current.enter(order.release)  # the context leaves it
            graph = service().graph
            report = gather(graph, order.kind, order.subject, ask=_ask, begun=begun)
            service().reports.keep(order.iri, report)


def _ask(name: str, /, **given: object) -> Result:
    """Answer an analysis as its page does: heavy ones wait for each other."""
    return answered(name, {key: [str(v)] for key, v in given.items()}, _PATIENCE_S)
