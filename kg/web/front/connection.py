"""One connection: reads requests, has them answered in their order, and sends the answers."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

import httptools

from kg.web.front.bodies import Body
from kg.web.front.wire import Refusal, Request, head_of, refused

if TYPE_CHECKING:
    from kg.web.front.server import Front

__all__ = ["UPLOADS", "Connection"]

UPLOADS = (b"/check",)
"""What addresses end in to which files are posted."""

_SLICE = 16 * 1024  # bytes that are parsed at a time, of requests that come one upon another
_MOST_AHEAD = 64 * 1024  # bytes of later requests that are read while one is answered
_PIECE = 64 * 1024  # bytes of a large body that are sent at a time
_PIECES = 16  # after so many it is others' turn
_LINGER_SECONDS = 2.0  # how long a client that was refused may go on sending
_VERSIONS = ("1.0", "1.1")


class Connection(asyncio.Protocol):
    """A client's connection; ``gone`` once it has hung up, also where it only sends no more.

    Attributes
    ----------
    active:
        When something last came or went, in seconds of the loop's clock.
    """

    def __init__(self, front: Front) -> None:
        self._front = front
        self._parser = httptools.HttpRequestParser(self)
        self._transport: Any = None
        self._ahead = bytearray()
        self._queue: deque[Request | Refusal] = deque()
        self._current: Request | None = None
        self._body: Body | None = None
        self._running = self._paused = self._muted = False
        self._broken = self._closing = self._reading = False
        self._headers_done = False
        self._head_bytes = self._body_bytes = self._held_bytes = self._most = 0
        self._target = b""
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []
        self._piece: bytes | None = None
        self._peer = ("", 0)
        self.gone = False
        self.trusted = False
        self.active = self.since = 0.0

    # What asyncio tells

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._transport = transport
        peer = transport.get_extra_info("peername") or ("", 0)
        self._peer = (str(peer[0]), int(peer[1]))
        self.trusted = bool(self._front.trusted_proxy) and peer[0] == self._front.trusted_proxy
        self.active = self.since = self._front.now()
        transport.set_write_buffer_limits(high=_PIECE // 2)
        if not self._front.join(self):
            transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        """Let go of what was being sent."""
        self.gone = self._closing = True
        self._front.leave(self)
        self._forget_body()
        self._count_body(0)
        self._let_go()

    def eof_received(self) -> bool:
        """Answer what was asked, and close."""
        self.gone = True
        if self._current is None and not self._queue and not self._ahead:
            return False
        self._run()
        return not self._closing

    def data_received(self, data: bytes) -> None:
        """Take what came in."""
        self.active = self._front.now()
        if self._closing or self._broken:
            return
        if self._current is not None or self._ahead or self._paused:
            self._ahead += data
            if len(self._ahead) > _MOST_AHEAD and not self._muted:
                self._muted = True
                self._transport.pause_reading()
            return
        if not self._reading:
            answer = self._front.at_once(data, self.trusted)
            if answer is not None:
                self._transport.writelines(answer)
                return
            self._piece = data
        self._ahead += data
        self._run()
        self._piece = None

    def pause_writing(self) -> None:
        """Wait for a reader that is slow."""
        self._paused = True

    def resume_writing(self) -> None:
        """Go on sending."""
        self._paused = False
        self.active = self._front.now()
        if self._body is not None:
            self._pump()
        else:
            self._run()

    # What the parser tells

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._reading, self._headers_done = True, False
        self._target, self._headers, self._parts = b"", {}, []
        self.since = self._front.now()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one with an underscore could pass for another, and is left out."""
        if b"_" in name:
            return
        known = name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        self._headers[known] = f"{self._headers[known]}, {text}" if known in self._headers else text

    def on_headers_complete(self) -> None:
        """Refuse what will be too large before it comes."""
        self._headers_done, self._head_bytes = True, 0
        stated, limits = self._headers.get("CONTENT_LENGTH", "0"), self._front.limits
        takes_files = self._target.partition(b"?")[0].endswith(UPLOADS)
        self._most = max(limits.body_bytes, limits.upload_bytes if takes_files else 0)
        if stated.isdigit() and int(stated) > self._most:
            self._refuse(413, self._too_large())
        elif self._headers.pop("EXPECT", "").lower() == "100-continue" and not self._broken:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        if self._broken:
            return
        self._count_body(self._body_bytes + len(part))
        if self._body_bytes > self._most:
            self._refuse(413, self._too_large())
        elif self._front.body_bytes > self._front.limits.all_bodies_bytes:
            self._refuse(503, "Too many requests with large bodies are being read just now.")
        else:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        """Put a whole request into the queue."""
        self._reading = False
        version = self._parser.get_http_version()
        if version not in _VERSIONS:
            self._refuse(400, f"Found HTTP/{version}. Accepted: HTTP/1.1.")
        if self._broken:
            return
        request = Request(
            self._parser.get_method().decode("ascii"),
            self._target,
            self._headers,
            b"".join(self._parts),
            version,
            self._parser.should_keep_alive(),
            *self._peer,
        )
        self._parts = []
        self._held_bytes += self._body_bytes
        self._body_bytes = 0
        if self.trusted:
            _as_forwarded(request)
        self._queue.append(request)

    def _too_large(self) -> str:
        return f"The body of the request is too large. Accepted: up to {self._most:,} bytes."

    def _count_body(self, size: int) -> None:
        self._front.body_bytes += size - self._body_bytes
        self._body_bytes = size

    def _let_go(self) -> None:
        """Count no longer what was held of bodies that were read."""
        self._front.body_bytes -= self._held_bytes
        self._held_bytes = 0

    def _refuse(self, status: int, detail: str) -> None:
        """Say why after all that was asked before, and read nothing more."""
        if not self._broken:
            self._broken = True
            self._count_body(0)
            self._parts, self._ahead = [], bytearray()
            self._queue.append(Refusal(status, detail))

    # In order, one after another

    def _run(self) -> None:
        """Have answered what was asked, until one takes a while."""
        if self._running:
            return
        self._running = True
        try:
            while self._current is None and not self._closing and not self._paused:
                if self._queue:
                    self._answer(self._queue.popleft())
                elif self._ahead:
                    self._parse()
                else:
                    break
        finally:
            self._running = False
        if self._closing:
            return
        if self._muted and len(self._ahead) <= _MOST_AHEAD:
            self._muted = False
            self._transport.resume_reading()
        if self.gone and self._current is None and not self._ahead and not self._queue:
            self._end()

    def _parse(self) -> None:
        part = bytes(self._ahead[:_SLICE])
        del self._ahead[:_SLICE]
        try:
            self._parser.feed_data(part)
        except httptools.HttpParserUpgrade:
            self._broken = True  # what follows is of another protocol, which nobody speaks here
            self._ahead.clear()
        except httptools.HttpParserError:
            self._refuse(400, "The request is not valid HTTP/1.1.")
        piece, self._piece = self._piece, None
        alone = len(self._queue) == 1 and not (self._ahead or self._reading or self._broken)
        if alone and isinstance(self._queue[0], Request):
            self._queue[0].raw = piece
        if self._reading and not self._headers_done:
            self._head_bytes += len(part)
            if self._head_bytes > self._front.limits.head_bytes:
                self._refuse(431, "The address or the header fields are longer than is read.")
        else:
            self._head_bytes = 0

    def _answer(self, request: Request | Refusal) -> None:
        if isinstance(request, Refusal):
            self._transport.write(refused(request))
            self._linger()
            return
        if self._broken and not self._queue:
            request.keep = False
        self._current = request
        self._front.answer(self, request)

    def respond(
        self,
        status: str,
        headers: list[tuple[str, str]],
        body: bytes | Body,
        constant: bytes = b"",
    ) -> None:
        """Send the answer to the request that is being answered; see :func:`head_of`."""
        request = self._current
        if request is None or self._transport.is_closing():
            if isinstance(body, Body):
                body.close()
            return
        if isinstance(body, Body) and request.method == "HEAD":
            body.close()
            body = b""
        if request.method == "HEAD":
            body = b""
        self.offer(head_of(status, headers, request.keep, request.version, constant), body)

    def offer(self, head: bytes, body: bytes | Body) -> None:
        """Send a head and a body as they are, where there is room for a large body."""
        if isinstance(body, bytes) and len(body) > _PIECE:
            body = Body(body, 0, len(body))
        if isinstance(body, Body) and not self._front.room.take(body):
            body.close()
            self._current = None
            self._answer(Refusal(503, "Too many large answers are being read just now."))
            return
        self.send(head, body)

    def send(self, head: bytes, body: bytes | Body) -> None:
        """Send a head and a body as they are; there is room for it."""
        if isinstance(body, bytes):
            self._transport.write(head + body)
            self._done()
            return
        self._transport.write(head)
        self._body = body
        if not self._paused:
            self._pump()

    def _pump(self) -> None:
        """Send the next pieces of a large body, as far as they are taken."""
        body = self._body
        for _ in range(_PIECES):
            if body is None or self._transport.is_closing():
                return
            piece = body.read(_PIECE)
            if not piece and not body.is_done:  # the file has lost its end: say so by breaking off
                self._transport.abort()
                return
            self._transport.write(piece)
            self.active = self._front.now()
            if body.is_done:
                self._forget_body()
                self._done()
                return
            if self._paused:
                return
        self._front.soon(self._pump_if_open)

    def _pump_if_open(self) -> None:
        if not self._paused:
            self._pump()

    def _forget_body(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            self._front.room.give(body)
            body.close()

    def _done(self) -> None:
        """Go on with the next request, or end."""
        request, self._current = self._current, None
        self._let_go()
        self.active = self._front.now()
        if request is not None and not request.keep:
            self._end()
        else:
            self._run()

    def _end(self) -> None:
        self._closing = True
        self._transport.close()

    def _linger(self) -> None:
        """Close when the client has had time to read why: at once, it might never see it."""
        self._closing = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._front.later(_LINGER_SECONDS, self._transport.abort)

    def check(self, now: float) -> None:
        """End what is idle for too long, sends its head too slowly, or takes no more."""
        limits = self._front.limits
        idle_s = now - self.active
        if self._body is not None or self._paused:
            if idle_s > limits.stalled_s:
                self._transport.abort()
        elif self._current is not None:
            return  # queries have a limit of their own
        elif idle_s > limits.idle_s:
            self._end()
        elif self._reading and now - self.since > limits.sending_s:
            self._refuse(408, f"The request was not whole after {limits.sending_s:g} s.")
            self._run()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being answered or sent."""
        return self._current is None and not self._queue

    def end_when_done(self) -> None:
        """Close at once where nothing is under way, otherwise behind that."""
        if self.is_idle:
            self._end()
        elif self._current is not None:
            self._current.keep = False


def _as_forwarded(request: Request) -> None:
    """Take client, host and scheme from what the proxy says of them."""
    told = request.headers
    client = told.pop("X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    host = told.pop("X_FORWARDED_HOST", "").rpartition(",")[2].strip()
    scheme = told.pop("X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
    if client:
        request.client = client.strip('[]"')
    if host:
        told["HOST"] = host
    if scheme in ("http", "https"):
        request.scheme = scheme
