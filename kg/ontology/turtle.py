"""Turtle as text: where each statement stands, so that one can be edited and no other byte moves.

A parser forgets layout and comments; this tokenizer keeps every offset. It knows comments,
strings in their four forms, IRIs, and brackets, so a full stop inside any of these ends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.errors import InputError

__all__ = ["Statement", "Token", "literal", "read_statements", "spliced"]

_TOKEN = re.compile(
    r'''
      (?P<space>\s+|\#[^\n\r]*)
    | (?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<iri><[^\x00-\x20<>"{}|^`]*>)
    | (?P<mark>[\[\]();,]|\^\^)
    | (?P<word>(?:\\.|[^\s<>"'\[\]();,\#^\\])+)
    ''',
    re.VERBOSE | re.DOTALL,
)
_DIRECTIVES = frozenset({"@prefix", "@base"})
_SPARQL_DIRECTIVES = frozenset({"prefix", "base"})  # these end without a full stop
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True)
class Token:
    """A piece of a file: ``kind`` is string, iri, mark, word or stop; offsets count characters."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind the last character."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Statement:
    """One statement with its full stop, and the prefixes that hold in it.

    ``subject`` is the IRI of what it speaks of; None for a directive or a blank node.
    """

    tokens: tuple[Token, ...]
    prefixes: Mapping[str, str]
    subject: str | None

    @property
    def start(self) -> int:
        """The offset of its first character."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """The offset behind its last character."""
        return self.tokens[-1].end

    @property
    def directive(self) -> bool:
        """Whether it declares a prefix or a base."""
        return _is_directive(self.tokens[0])

    def pairs(self) -> list[tuple[str | None, tuple[Token, ...]]]:
        """Return each predicate, as IRI, with the tokens of its objects."""
        body = self.tokens[1:-1] if self.tokens[-1].kind == "stop" else self.tokens[1:]
        return [(self.iri(part[0]), part[1:]) for part in _split(body, ";") if part]

    def iri(self, token: Token) -> str | None:
        """Return the IRI that a token stands for, if it stands for one."""
        return _iri(token, self.prefixes)

    def name(self, iri: str) -> str:
        """Return the shortest way to write an IRI inside this statement."""
        fitting = [(p, ns) for p, ns in self.prefixes.items() if ns and iri.startswith(ns)]
        for prefix, namespace in sorted(fitting, key=lambda pair: -len(pair[1])):
            if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", iri[len(namespace) :]):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"


def read_statements(text: str, name: str = "the text") -> list[Statement]:
    r"""Return the statements of a Turtle text, in order.

    Raises
    ------
    InputError
        A character fits nowhere, or the last statement is not closed; ``name`` is in the message.

    Examples
    --------
    >>> found = read_statements('@prefix a: <urn:a#> .\na:b a:c "1. 2" . # not. here.')
    >>> [(s.subject, s.start, s.end) for s in found]
    [(None, 0, 21), ('urn:a#b', 22, 38)]
    """
    prefixes: dict[str, str] = {}
    statements = []
    for tokens in _grouped(text, name):
        if _is_directive(tokens[0]):
            prefixes = prefixes | _declared(tokens)
        subject = None if _is_directive(tokens[0]) else _iri(tokens[0], prefixes)
        statements.append(Statement(tokens, prefixes, subject))
    return statements


def spliced(text: str, start: int, end: int, new: str) -> str:
    """Return the text with ``new`` in place of what stands between two offsets."""
    return text[:start] + new + text[end:]


def literal(value: str, language: str | None = None) -> str:
    r"""Return a text as Turtle writes it.

    Examples
    --------
    >>> print(literal('a "b"', "en"))
    "a \"b\""@en
    """
    written = "".join(_ESCAPES.get(c, c) for c in value)
    return f'"{written}"@{language}' if language else f'"{written}"'


def _tokens(text: str, name: str) -> Iterator[Token]:
    at = len(text) - len(text.removeprefix("\ufeff"))
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InputError(f"{_place(text, at, name)}: {text[at : at + 20]!r} is not Turtle.")
        yield from _tokens_of(match)
        at = match.end()


def _tokens_of(match: re.Match[str]) -> Iterator[Token]:
    kind, text, start = str(match.lastgroup), match[0], match.start()
    if kind == "space":
        return
    if kind != "word" or not text.endswith(".") or text.endswith("\\."):
        yield Token(kind, text, start)
        return
    # A name may hold full stops but not end in one: the last one closes the statement.
    if text != ".":
        yield Token("word", text[:-1], start)
    yield Token("stop", ".", match.end() - 1)


def _grouped(text: str, name: str) -> Iterator[tuple[Token, ...]]:
    group: list[Token] = []
    depth = 0
    for token in _tokens(text, name):
        group.append(token)
        depth += (token.text in ("[", "(")) - (token.text in ("]", ")"))
        if (token.kind == "stop" and depth == 0) or _closes_sparql_directive(group):
            yield tuple(group)
            group = []
    if group:
        raise InputError(
            f"{_place(text, group[0].start, name)}: the statement that begins here is not closed. "
            "Accepted: subject, predicate and object, then a full stop."
        )


def _closes_sparql_directive(group: list[Token]) -> bool:
    return group[0].text.lower() in _SPARQL_DIRECTIVES and group[-1].kind == "iri"


def _is_directive(token: Token) -> bool:
    return token.text in _DIRECTIVES or token.text.lower() in _SPARQL_DIRECTIVES


def _declared(tokens: tuple[Token, ...]) -> dict[str, str]:
    if not tokens[0].text.lower().endswith("prefix"):
        return {}
    return {tokens[1].text.removesuffix(":"): tokens[2].text[1:-1]}


def _iri(token: Token, prefixes: Mapping[str, str]) -> str | None:
    if token.kind == "iri":
        return token.text[1:-1]
    if token.text == "a":
        return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    prefix, colon, local = token.text.partition(":")
    known = token.kind == "word" and colon and prefix in prefixes
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local) if known else None


def _split(tokens: tuple[Token, ...], mark: str) -> Iterator[tuple[Token, ...]]:
    """Yield the runs of tokens between marks that stand outside all brackets."""
    run: list[Token] = []
    depth = 0
    for token in tokens:
        if token.text == mark and token.kind == "mark" and depth == 0:
            yield tuple(run)
            run = []
            continue
        depth += (token.text in ("[", "(")) - (token.text in ("]", ")"))
        run.append(token)
    yield tuple(run)


def _place(text: str, at: int, name: str) -> str:
    return f"{name}, line {text.count(chr(10), 0, at) + 1}"
