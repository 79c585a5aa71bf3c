"""Which queries an index answers, and what they ask: forms, of which clients have few.

A text is taken apart into its constants (IRIs and strings) and the rest, its form. A form is read
once: SELECT with or without DISTINCT, variables or ``*``, and triple patterns of terms and
variables, nothing else. LIMIT is read too: where there are no more rows, it changes nothing.
Whatever is not of this kind, or not surely read as the engine reads it, is None here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from secrets import token_hex
from typing import NamedTuple

import pyoxigraph as ox

from kg.store.columnar.results import term
from kg.store.columnar.syntax import parse
from kg.store.columnar.tree import Select, Triple
from kg.store.columnar.values import Term, UnsupportedError, Var

__all__ = ["Constant", "Form", "Pattern", "Question", "read"]

_LONGEST = 4_000  # characters of a text that is looked at
_MOST_PATTERNS = 8
_MOST_SIGNS = 5 * _MOST_PATTERNS  # full stops, semicolons and commas, also in names
_MOST_FORMS = 500
_IRI = r'<[^<>"{}|^`\\\x00-\x20]*>'
_PROLOGUE = re.compile(rf"(?:\s*PREFIX\s+[A-Za-z][\w-]*:\s*{_IRI})*", re.IGNORECASE | re.ASCII)
_CONSTANT = re.compile(rf"""({_IRI}|"[^"\\\x00-\x1f\x7f]*"|'[^"'\\\x00-\x1f\x7f]*'|\#[^\n\r]*)""")
_HARMLESS = re.compile(r"[\w\s?$*:;,.{}^@-]*", re.ASCII)
"""What a form may consist of. No brackets: they would stand for blank nodes and lists."""

_TRAPS = re.compile(r":[\w.-]*:|(?<!\^)\^(?!\^)|\^\^\^|SERVICE", re.IGNORECASE)
"""Names that our parser takes for two, paths, and what the guard refuses even as a prefix."""

_SECRET = token_hex(16)  # nobody can write a constant that passes for a hole
_HOLE = f"urn:{_SECRET}-{{}}-"
_HOLES = re.compile(rf"urn:{_SECRET}-([0-9]+)-")
_NOTHING = ox.Store()


class Constant(NamedTuple):
    """A term of a form as JSON; its odd parts are numbers of the text's constants."""

    parts: tuple[str | int, ...]


class Pattern(NamedTuple):
    """A triple pattern: each place is a variable's name or the number of a constant term."""

    subject: str | int
    property: str | int
    object: str | int


@dataclass(frozen=True)
class Form:
    """What all texts of a form ask: ``names`` are what a row has, in this order."""

    constants: tuple[Constant, ...]
    patterns: tuple[Pattern, ...]
    names: tuple[str, ...]
    distinct: bool
    limit: int | None

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The variables of the patterns, in the order of their first place."""
        found = [place for pattern in self.patterns for place in pattern if isinstance(place, str)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def orders(self) -> dict[int, tuple[int, ...]]:
        """The order of the patterns by the first of them, as far as it was found out."""
        return {}

    @cached_property
    def layout(self) -> tuple[bytes, tuple[int, ...], bytes]:
        """How an answer begins, which of the variables are shown, and a row's form for ``%``."""
        shown = [name for name in self.names if name in self.variables]
        names = ",".join(f'"{name}"' for name in self.names)
        head = f'{{"head":{{"vars":[{names}]}},"results":{{"bindings":['
        line = ",".join(f'"{name}":%b' for name in shown)
        return head.encode(), tuple(map(self.variables.index, shown)), f"{{{line}}}".encode()


class Question(NamedTuple):
    """A text's form, and the JSON of its constant terms."""

    form: Form
    terms: list[bytes]


_forms: dict[tuple[str, ...], Form | None] = {}


def read(text: str) -> Question | None:
    """Return what a text asks, where an index may answer it."""
    if len(text) > _LONGEST or "\0" in text:
        return None
    begin = 0
    if not text.startswith("SELECT"):
        prologue = _PROLOGUE.match(text)
        assert prologue is not None  # it may be empty
        begin = prologue.end()
    pieces = _CONSTANT.split(text[begin:])
    found = pieces[1::2]
    key = (text[:begin], "".join([each[0] for each in found]), *pieces[::2])
    try:
        form = _forms[key]
    except KeyError:
        form = _remembered(key, found)
    if form is None:
        return None
    filled = [_filled(constant.parts, found) for constant in form.constants]
    terms = [each for each in filled if each is not None]
    return Question(form, terms) if len(terms) == len(filled) else None


def _remembered(key: tuple[str, ...], found: list[str]) -> Form | None:
    if len(_forms) >= _MOST_FORMS:
        _forms.clear()
    form = _forms[key] = _form(key[0], list(key[2:]), found)
    return form


def _filled(parts: tuple[str | int, ...], found: list[str]) -> bytes | None:
    """Return a constant term as JSON; None where the engine might change it."""
    if len(parts) == 1:
        return str(parts[0]).encode()
    text = "".join([each if isinstance(each, str) else found[each][1:-1] for each in parts])
    # The engine resolves such an IRI, and another one comes out.
    return None if "/." in text or ":." in text else text.encode()


def _form(prologue: str, pieces: list[str], found: list[str]) -> Form | None:
    whole = re.sub(_IRI, "", f"{prologue} {' # '.join(pieces)}")
    if not all(map(_HARMLESS.fullmatch, pieces)) or _TRAPS.search(whole) or "/." in prologue:
        return None
    if whole.count("{") != 1 or sum(map(whole.count, ".;,")) > _MOST_SIGNS:
        return None
    text = f"{prologue} {pieces[0]}"
    for number, (constant, piece) in enumerate(zip(found, pieces[1:], strict=True)):
        text += _hole(number, constant) + piece
    try:
        form = _of_tree(parse(text))
    except (UnsupportedError, KeyError, ValueError, IndexError):
        return None
    return form if form is not None and _is_sparql(text) else None


def _is_sparql(text: str) -> bool:
    """Whether the engine reads a form, holes and all: our parser also takes what is no SPARQL.

    The form has few patterns: the engine ponders over four hundred of them for minutes.
    """
    try:
        _NOTHING.query(text)
    except (SyntaxError, ValueError, RuntimeError, OSError):
        return False
    return True


def _hole(number: int, constant: str) -> str:
    """Return what stands for a constant while the form is read."""
    if constant[0] == "#":
        return "\n"
    return constant[0] + _HOLE.format(number) + (">" if constant[0] == "<" else constant[0])


def _of_tree(tree: Select) -> Form | None:
    patterns = [part for part in tree.where.parts if isinstance(part, Triple)]
    if (
        not 0 < len(patterns) <= _MOST_PATTERNS
        or len(patterns) < len(tree.where.parts)
        or tree.groups or tree.having or tree.order or tree.offset
    ):  # fmt: skip
        return None
    constants: dict[Constant, int] = {}
    placed = [Pattern(*(_place(each, constants) for each in pattern)) for pattern in patterns]
    names = _names(tree, placed)
    if names is None:
        return None
    return Form(tuple(constants), tuple(placed), names, tree.distinct, tree.limit)


def _place(place: object, constants: dict[Constant, int]) -> str | int:
    if isinstance(place, Var):
        return place.name
    if not isinstance(place, Term):
        raise UnsupportedError("a path")
    parts = _HOLES.split(term(*place))
    constant = Constant(tuple(int(part) if at % 2 else part for at, part in enumerate(parts)))
    return constants.setdefault(constant, len(constants))


def _names(tree: Select, patterns: list[Pattern]) -> tuple[str, ...] | None:
    """Return what a row has: the engine sorts the names that ``*`` stands for."""
    if tree.items is None:
        return tuple(sorted({each for p in patterns for each in p if isinstance(each, str)}))
    names = tuple(name for name, _ in tree.items)
    plain = all(isinstance(each, Var) for _, each in tree.items)
    return names if names and plain and len(set(names)) == len(names) else None
