"""The first fault of a query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from lark import Lark, Token, Tree, UnexpectedToken
from lark.lexer import Lexer

from kg.store.grammar.tokens import KEYWORDS, SIGNS, UnknownTokenError, tokens
from kg.terms import PREFIXES

__all__ = ["Fault", "fault_of", "undeclared"]

_LONGEST = 8_000  # characters; a longer query keeps the engine's words
_SHOWN = 8
_LONG = 60  # characters of a token that are shown
_NEWER = re.compile(r"<<|>>|\{\||\|\}|~")  # SPARQL 1.2, which the grammar has not
_END = "$END"
_KINDS = {
    "VAR": "a variable",
    **dict.fromkeys(("IRIREF", "PNAME", "PNAME_NS"), "an IRI or a prefixed name"),
    **dict.fromkeys(("STRING", "NUMBER", "INTEGER", "SIGNED", "TRUE", "FALSE"), "a literal"),
    "BLANK_NODE": "a blank node",
    **dict.fromkeys(("FUNCTION", "AGGREGATE", "EXISTS", "NOT"), "a function"),
    "LANGTAG": "a language such as @en",
    "WITHOUT": "MINUS",
    "A": "'a'",
    _END: "the end",
    **{name: f"'{sign}'" for sign, name in SIGNS.items()},
}
_FIRST = ("AS", "BY", "'}'", "')'", "']'", "'{'", "'('", "'.'", "';'", "','", "a variable",
          "an IRI or a prefixed name", "a literal")  # fmt: skip
_CLOSING = {"LBRACE": "RBRACE", "LPAR": "RPAR", "LSQB": "RSQB"}
_BAD_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*([ \"{}|\\^`])[^\n<>]*>")
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_QUOTES = re.compile(r"\"{3}|'{3}|[\"']")


class Fault(NamedTuple):
    """A place (line and column from 1) and what is wrong there, a sentence without its capital."""

    line: int
    column: int
    reason: str


def fault_of(text: str) -> Fault | None:
    """Return the first fault of a query's text; None where the grammar finds none.

    Notes
    -----
    The grammar is that of SPARQL 1.1: texts with signs of 1.2, and very long ones, are not read.
    """
    if len(text) > _LONGEST or _NEWER.search(text):
        return None
    read: list[Token] = []
    try:
        tree = _parser().parse(_noted(text, read))
    except UnknownTokenError as error:
        return _unknown(text, read) or _at(text, error.place, _not_a_token(text, error.place))
    except UnexpectedToken as error:
        place = len(text) if error.token.type == _END else int(error.token.start_pos or 0)
        before = read if error.token.type == _END else read[:-1]
        return _unknown(text, before) or _at(text, place, _unexpected(text, error, before))
    return _unknown(text, read) or _bound_again(text, read) or _ungrouped(text, tree)


def undeclared(prefix: str) -> str:
    """Say that a prefix (with its colon) is not declared, and how to do it."""
    known = PREFIXES.get(prefix.removesuffix(":"), "…")
    return f"the prefix {prefix} is not declared. Begin with: PREFIX {prefix} <{known}>."


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("sparql.lark").read_text("utf-8")
    return Lark(
        grammar, parser="lalr", lexer=_Given, maybe_placeholders=False, keep_all_tokens=True
    )


class _Given(Lexer):
    """Hands on tokens that are made already."""

    def __init__(self, _: object) -> None:
        pass

    def lex(self, data: Iterable[Token]) -> Iterator[Token]:  # type: ignore[override]  # no text
        yield from data


def _noted(text: str, read: list[Token]) -> Iterator[Token]:
    for token in tokens(text):
        read.append(token)
        yield token


def _at(text: str, place: int, reason: str) -> Fault:
    line, column = _place(text, place)
    return Fault(line, column, reason)


def _place(text: str, place: int) -> tuple[int, int]:
    before = re.split(r"\r\n|\r|\n", text[:place])
    return len(before), len(before[-1]) + 1


def _not_a_token(text: str, place: int) -> str:
    opened = _QUOTES.match(text, place)
    if opened:
        return f"the string that begins with {opened[0]} is never closed."
    return f"{text[place]!r} cannot stand here."


def _unexpected(text: str, error: UnexpectedToken, read: Sequence[Token]) -> str:
    parser: Any = error.interactive_parser  # untyped
    accepted: set[str] = parser.accepts()
    open_ones = _open(read)
    if error.token.type == _END and open_ones:
        last = open_ones[-1]
        line, column = _place(text, int(last.start_pos or 0))
        where = f"the '{last}' of line {line}, column {column} is never closed"
        return f"the query ends, and {where}{_expected(accepted)}."
    if error.token.type in _CLOSING.values() and not open_ones:
        return f"this '{error.token}' closes nothing{_expected(accepted)}."
    iri = _BAD_IRI.match(text, int(error.token.start_pos or 0))
    if iri:
        found = f"the IRI {_short(iri[0])} holds {iri[1]!r}"
        return f"{found}, which has to be written as %{ord(iri[1]):02X}."
    found = "the query ends" if error.token.type == _END else f"found {_quoted(error.token)}"
    return f"{found}{_expected(accepted)}.{_suggestion(error.token, accepted)}"


def _open(read: Sequence[Token]) -> list[Token]:
    found: list[Token] = []
    for token in read:
        if token.type in _CLOSING:
            found.append(token)
        elif found and token.type == _CLOSING[found[-1].type]:
            found.pop()
    return found


def _quoted(token: str) -> str:
    return _short(token) if token[0] in "'\"<" else f"'{_short(token)}'"


def _short(token: str) -> str:
    return token if len(token) <= _LONG else f"{token[:_LONG]}…"


def _expected(accepted: set[str]) -> str:
    """Name what could stand here, brackets and points first."""
    names = {_kind(name, accepted) for name in accepted} - {""}
    ordered = [name for name in _FIRST if name in names]
    ordered += sorted(names - set(ordered))
    if not ordered:
        return ""
    more = len(ordered) - _SHOWN
    shown = ordered[:_SHOWN] + ([f"{more} more"] if more > 1 else ordered[_SHOWN:])
    return f", expected {_listed(shown)}"


def _kind(name: str, accepted: set[str]) -> str:
    if name == "PNAME_NS" and "PNAME" not in accepted:
        return "a prefix such as rihla:"
    if name in ("INTEGER", "SIGNED") and "STRING" not in accepted:
        return "a whole number" if name == "INTEGER" else ""  # a sum, for which + and - stand
    return _KINDS.get(name, name)


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _suggestion(token: Token, accepted: set[str]) -> str:
    if token.type == "WORD":
        wanted = [name for name in sorted(accepted) if name in KEYWORDS]
        close = get_close_matches(token.upper(), wanted, 1)
        if close:
            return f" Did you mean {close[0]}?"
        return " A word alone is a name only with a prefix (rihla:…), or in quotes."
    if token.type == "EQUAL" and "VAR" in accepted:
        return " Equality is one '='."
    return ""


def _unknown(text: str, read: Sequence[Token]) -> Fault | None:
    """Find a prefix that is not declared, or an IRI that is relative to nothing."""
    declared, has_base = set[str](), False
    for before, token in zip([None, *read], read, strict=False):
        word = before.type if before is not None else ""
        has_base = has_base or word == "BASE"
        if word == "PREFIX":
            declared.add(str(token))
        elif token.type in ("PNAME", "PNAME_NS"):
            prefix = f"{token.partition(':')[0]}:"
            if prefix not in declared:
                return _at(text, int(token.start_pos or 0), undeclared(prefix))
        elif token.type == "IRIREF" and not has_base and not _SCHEME.match(token):
            reason = f"the IRI {_short(token)} has no scheme such as https:, and there is no BASE."
            return _at(text, int(token.start_pos or 0), reason)
    return None


def _bound_again(text: str, read: Sequence[Token]) -> Fault | None:
    """Find a BIND to a variable that its group used before."""
    groups: list[set[str]] = []
    binds = False
    for before, token in zip([None, *read], read, strict=False):
        if token.type == "LBRACE":
            groups.append(set())
        elif token.type == "RBRACE":
            groups.pop()
        elif token.type == "BIND":
            binds = True
        elif token.type == "VAR" and groups:
            is_new = binds and before is not None and before.type == "AS"
            if is_new and str(token) in groups[-1]:
                reason = f"{token} has a value in this group already. Give BIND another name."
                return _at(text, int(token.start_pos or 0), reason)
            binds = binds and not is_new
            groups[-1].add(str(token))
    return None


def _ungrouped(text: str, tree: Tree[Token]) -> Fault | None:
    """Find a variable that is selected from groups, and is none of their keys."""
    for select in tree.find_pred(lambda t: t.data in ("select", "sub_select")):
        keys = [key for part in select.children for key in _named(part, "group_by")]
        known = {str(leaf) for key in keys for leaf in key.scan_values(_is_variable)}
        items = [item for part in select.children for item in _named(part, "item")]
        for item in items if keys else []:
            name = item.children[0]
            if len(item.children) == 1 and isinstance(name, Token) and str(name) not in known:
                reason = (
                    f"{name} is selected, and is not in GROUP BY. Add it there, or aggregate it, "
                    f"as in (SAMPLE({name}) AS ?one)."
                )
                return _at(text, int(name.start_pos or 0), reason)
    return None


def _named(part: Tree[Token] | Token, name: str) -> list[Tree[Token]]:
    """Return the branches of a name right below a part."""
    children = part.children if isinstance(part, Tree) else []
    return [child for child in children if isinstance(child, Tree) and child.data == name]


def _is_variable(leaf: object) -> bool:
    return isinstance(leaf, Token) and leaf.type == "VAR"
