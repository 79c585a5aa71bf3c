"""The tokens of a query, named as the grammar names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import Token

__all__ = ["KEYWORDS", "SIGNS", "UnknownTokenError", "tokens"]

KEYWORDS = frozenset(
    """BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT DESCRIBE ASK FROM NAMED WHERE GROUP BY
    HAVING ORDER ASC DESC LIMIT OFFSET VALUES UNION OPTIONAL MINUS LATERAL GRAPH SERVICE SILENT
    FILTER BIND UNDEF NOT IN EXISTS SEPARATOR TRUE FALSE""".split()  # noqa: SIM905  # read as a list
)
_FUNCTIONS = frozenset(
    """STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN
    UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS
    MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG
    STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE ADJUST TRIPLE
    SUBJECT PREDICATE OBJECT ISTRIPLE LANGDIR HASLANG HASLANGDIR STRLANGDIR""".split()  # noqa: SIM905
)
_AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
SIGNS = {
    "*": "STAR", "(": "LPAR", ")": "RPAR", "{": "LBRACE", "}": "RBRACE", ".": "DOT", ",": "COMMA",
    ";": "SEMICOLON", "[": "LSQB", "]": "RSQB", "|": "VBAR", "/": "SLASH", "?": "QMARK",
    "+": "PLUS", "^": "CIRCUMFLEX", "!": "BANG", "||": "__ANON_0", "&&": "__ANON_1", "=": "EQUAL",
    "!=": "__ANON_2", "<": "LESSTHAN", ">": "MORETHAN", "<=": "__ANON_3", ">=": "__ANON_4",
    "-": "MINUS", "^^": "__ANON_5",
}  # fmt: skip
"""Sign → the name that lark gives it."""

_NAME = r"[^\W\d_](?:[\w.·-]{0,80}[\w·-])?"  # bounded, as it is tried at each word
_LOCAL = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?\#@%])"
_TOKEN = re.compile(
    rf"""
    (?P<skip>[ \t\r\n]+|\#[^\r\n]*)
  | (?P<IRIREF><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<STRING>"{{3}}(?:[^"\\]|\\.|"(?!""))*"{{3}}|'{{3}}(?:[^'\\]|\\.|'(?!''))*'{{3}}
      |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
  | (?P<open>"{{3}}|'{{3}}|["'])
  | (?P<VAR>[?$]\w[\w·]*)
  | (?P<LANGTAG>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<BLANK_NODE>_:\w(?:[\w.·-]*[\w·-])?)
  | (?P<PNAME>(?:{_NAME})?:{_LOCAL}(?:(?:{_LOCAL}|[.·-])*(?:{_LOCAL}|[·-]))?)
  | (?P<PNAME_NS>(?:{_NAME})?:)
  | (?P<NUMBER>[+-]?(?:\d+\.\d*|\.?\d+)[eE][+-]?\d+|[+-]?\d*\.\d+)
  | (?P<INTEGER>[+-]?\d+)
  | (?P<word>[^\W\d]\w*)
  | (?P<sign>\^\^|&&|\|\||!=|<=|>=|[{{}}()\[\].,;=<>!*/+\-|^?])
    """,
    re.VERBOSE | re.DOTALL,
)


class UnknownTokenError(Exception):
    """No token begins at a place of the text, its one argument."""

    @property
    def place(self) -> int:
        """The number of characters before it."""
        return int(self.args[0])


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, each with its place.

    Raises
    ------
    UnknownTokenError
        Something is no token, or a string is not closed.
    """
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup == "open":
            raise UnknownTokenError(at)
        if match.lastgroup != "skip":
            yield Token(_name(str(match.lastgroup), match[0]), match[0], start_pos=at)
        at = match.end()


def _name(group: str, text: str) -> str:
    if group == "sign":
        return SIGNS[text]
    if group == "word":
        return _word(text)
    if text[0] in "+-":
        return "SIGNED"
    return group


def _word(text: str) -> str:
    capitals = text.upper()
    if text == "a":
        return "A"
    if capitals == "MINUS":
        return "WITHOUT"  # as lark calls a sign MINUS
    if capitals in KEYWORDS:
        return capitals
    if capitals in _FUNCTIONS:
        return "FUNCTION"
    return "AGGREGATE" if capitals in _AGGREGATES else "WORD"
