"""The HTTP server of ``kg serve``: one event loop that reads, answers what it can, and sends.

What is kept in memory and quick queries are answered by the loop itself; pages and all else are
made by threads that run the WSGI application. See docs/decisions/0014-own-event-loop.md.
"""

from kg.web.front.server import Front, FrontLimits

__all__ = ["Front", "FrontLimits"]
