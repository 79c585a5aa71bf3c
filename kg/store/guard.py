"""The look at a query's text before any parser sees it.

The engine's parser is recursive and knows SERVICE, so a text is first checked with one
regular expression that cannot be driven into recursion: how long it is, how deep it nests,
which form it has, and whether it asks for something that this graph does not do. The scan
errs on the side of refusing: where SPARQL's grammar lets one text be read in two ways (``<``
as "less than" or as the start of an IRI), both readings have to be harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import LimitError, QueryError
from kg.language import tell

__all__ = ["GuardLimits", "QueryShape", "RefusedError", "inspect_query", "tokens"]


class RefusedError(QueryError):
    """The query asks for what this graph never does: an update, or a call to another server."""

    status = 403


@dataclass(frozen=True)
class GuardLimits:
    """What text is accepted.

    ``max_bytes`` of UTF-8, ``max_nesting`` brackets open at a time, and ``services``, the
    addresses that SERVICE may name.
    """

    max_bytes: int = 100_000
    max_nesting: int = 64
    services: frozenset[str] = frozenset()


@dataclass(frozen=True)
class QueryShape:
    """What the text says about itself.

    ``form`` is the first keyword after the prologue in capitals (SELECT, ASK, CONSTRUCT,
    DESCRIBE, or whatever stands there; empty for an empty text). ``has_dataset`` tells whether
    the query names its own dataset with FROM, ``calls_out`` whether it asks another server that
    is allowed.
    """

    form: str
    has_dataset: bool
    calls_out: bool = False


_TOKEN = re.compile(
    r'''(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'
          |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
      |(?P<comment>\#[^\n\r]*)
      |(?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]+)*>)
      |(?P<name>[?$]\w+|:[\w%-]*|@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\\.)
      |(?P<number>[0-9][0-9.]*)
      |(?P<word>\w[\w-]*)
      |(?P<open><<|[{(\[])
      |(?P<close>>>|[})\]])
      |(?P<other>\S)''',
    re.DOTALL | re.VERBOSE,
)
_UPDATES = {
    "ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH",
}  # fmt: skip
_OPERAND = {"string", "iri", "name", "number", "word"}


def tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield a query's tokens; ``lastgroup`` says what each is, as ``word``, ``open``, ``iri``."""
    return _TOKEN.finditer(text)


def inspect_query(text: str, limits: GuardLimits | None = None) -> QueryShape:
    """Return what form a query has, or refuse it.

    Raises
    ------
    LimitError
        The text is too long (status 413) or nests too deeply (status 400).
    RefusedError
        It is an update, or holds SERVICE outside of strings, IRIs and comments.
    QueryError
        It holds a NUL, a lone surrogate, or a ``<`` that could be read in two ways.
    """
    limits = limits or GuardLimits()
    _check_characters(text, limits)
    scan = _Scan(text, limits)
    to_the_end = _needs_whole_scan(text, limits)
    for match in _TOKEN.finditer(text):
        scan.take(match)
        if scan.form and not to_the_end:
            break
    if scan.form in _UPDATES:
        raise RefusedError(
            tell(
                "Found %(form)s: this endpoint answers queries only and no request changes the "
                "graph. Accepted: SELECT, ASK, CONSTRUCT and DESCRIBE. Changes come by releases.",
                form=scan.form,
            )
        )
    if scan.service:
        scan.refuse_service(scan.service)
    return QueryShape(scan.form, scan.has_dataset, scan.calls_out)


def _check_characters(text: str, limits: GuardLimits) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line, column = _position(text, error.start)
        raise QueryError(
            tell(
                "The query holds a lone surrogate, which is no character. Accepted: Unicode text."
            ),
            line,
            column,
        ) from error
    if size > limits.max_bytes:
        raise LimitError(
            tell(
                "The query has %(size)s bytes. Accepted: up to %(max_bytes)s. Put long lists of "
                "values into several queries.",
                size=size,
                max_bytes=limits.max_bytes,
            ),
            status=413,
        )
    if "\0" in text:
        line, column = _position(text, text.index("\0"))
        raise QueryError(tell("The query holds a NUL character. Remove it."), line, column)


def _needs_whole_scan(text: str, limits: GuardLimits) -> bool:
    """Whether more than the form is in question; most queries are settled by counting."""
    capitals = text.upper()
    opened = sum(map(text.count, ("{", "(", "[", "<<")))
    return opened > limits.max_nesting or "SERVICE" in capitals or "FROM" in capitals


class _Scan:
    """The state of one pass over the tokens."""

    def __init__(self, text: str, limits: GuardLimits) -> None:
        self.text = text
        self.max_nesting = limits.max_nesting
        self.services = limits.services
        self.service: re.Match[str] | None = None  # SERVICE whose address has yet to come
        self.calls_out = False
        self.open: list[str] = []
        self.extra = 0  # brackets inside of texts that are either an IRI or a comparison
        self.form = ""
        self.has_dataset = False
        self.previous = ""
        self.awaits_iri = False  # after PREFIX or BASE: what stands there is no keyword

    def take(self, match: re.Match[str]) -> None:
        """Account for one token."""
        kind = str(match.lastgroup)
        if kind == "comment":
            return
        if self.service and match.group().upper() != "SILENT":
            self.call(match)
        handle = _HANDLERS.get(kind)
        if handle:
            handle(self, match)
        self.previous = kind

    def word(self, match: re.Match[str]) -> None:
        word = match.group().upper()
        if word == "SERVICE" and self.services:
            self.service = match
        elif "SERVICE" in word:
            self.refuse_service(match)
        if self.form:
            self.has_dataset = self.has_dataset or word == "FROM"
        elif word in {"PREFIX", "BASE"}:
            self.awaits_iri = True
        elif word != "VERSION" and not self.awaits_iri:
            self.form = word

    def call(self, match: re.Match[str]) -> None:
        """Look at what follows SERVICE: an allowed address, written out."""
        if match.group()[1:-1] not in self.services or match.lastgroup != "iri":
            self.refuse_service(match)
        self.service = None
        self.calls_out = True

    def iri(self, match: re.Match[str]) -> None:
        self.awaits_iri = False
        body = match.group()
        if _may_hide_service(body):
            self.refuse_service(match)
        if "'" in body and self.previous in _OPERAND and self.open[-1:] == ["("]:
            line, column = _position(self.text, match.start())
            raise QueryError(
                tell(
                    "%(body)s can be read as an IRI or as a comparison with a string. Put a space "
                    "after '<' for a comparison; in an IRI write the apostrophe as \\u0027.",
                    body=body[:80],
                ),
                line,
                column,
            )
        code = body.partition("#")[0]
        opened = sum(map(code.count, "([")) - sum(map(code.count, ")]"))
        self.extra += max(0, opened)
        self.check_depth(match)

    def opening(self, match: re.Match[str]) -> None:
        self.open.append(match.group())
        self.check_depth(match)

    def closing(self, _match: re.Match[str]) -> None:
        del self.open[-1:]

    def check_depth(self, match: re.Match[str]) -> None:
        if len(self.open) + self.extra > self.max_nesting:
            line, column = _position(self.text, match.start())
            raise LimitError(
                tell(
                    "The query nests deeper than %(max_nesting)s brackets (line %(line)s, column "
                    "%(column)s). Accepted: up to %(max_nesting)s. Flatten the groups, or ask in "
                    "several queries.",
                    max_nesting=self.max_nesting,
                    line=line,
                    column=column,
                ),
                status=400,
            )

    def refuse_service(self, match: re.Match[str]) -> None:
        line, column = _position(self.text, match.start())
        found = f"Found SERVICE in {match.group()[:80]!r}"
        if self.services:
            raise RefusedError(
                tell(
                    "%(found)s. Accepted: SERVICE and one of these addresses, written out: "
                    "%(accepted)s.",
                    found=found,
                    accepted=", ".join(f"<{s}>" for s in sorted(self.services)),
                ),
                line,
                column,
            )
        raise RefusedError(
            tell(
                "%(found)s: no query here makes a request to another server. Ask that server "
                "directly and join the answers yourself. (A prefix that is called 'service' needs "
                "another name.)",
                found=found,
            ),
            line,
            column,
        )


def _may_hide_service(body: str) -> bool:
    """Whether ``<…>`` may be a comparison, the end of its expression, SERVICE, and a comment.

    Three searches and no pattern: with one, a long text could take minutes.
    """
    _, _, code = body.upper().partition(")")
    _, service, rest = code.partition("SERVICE")
    return bool(service) and "#" in rest


_HANDLERS = {
    "word": _Scan.word,
    "iri": _Scan.iri,
    "open": _Scan.opening,
    "close": _Scan.closing,
}


def _position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
