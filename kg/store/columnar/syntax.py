"""SPARQL text to a tree: the part of the language that named queries are written in.

The tree is made of plain data. What is not known here (GRAPH, SERVICE, FROM, CONSTRUCT, …) is
refused with :class:`kg.store.columnar.values.UnsupportedError`; the text is SPARQL that another
engine has read or will read, so mistakes in it are not explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kg.store.columnar.tokens import tokens
from kg.store.columnar.tree import (
    Bind,
    Call,
    Filter,
    Group,
    Minus,
    Optional,
    Part,
    Select,
    Triple,
    Union,
    Values,
)
from kg.store.columnar.values import XSD, Term, UnsupportedError, Var

__all__ = ["parse"]

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "b": "\b", "f": "\f"}
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "GROUP_CONCAT", "SAMPLE")
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET")
_END = ("end", "")


def parse(text: str) -> Select:
    """Return the tree of a SELECT query."""
    return _Parser(text).query()


class _Parser:
    """One pass over the tokens of a query."""

    def __init__(self, text: str) -> None:
        self.tokens = list(tokens(text))
        self.at = 0
        self.prefixes: dict[str, str] = {}
        self.blanks = 0

    # --- tokens

    @property
    def next(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def take(self) -> tuple[str, str]:
        token = self.next
        self.at += 1
        return token

    def has(self, *signs: str) -> bool:
        """Whether one of these signs or words comes; it is taken where it does."""
        kind, raw = self.next
        if kind in ("sign", "word") and (raw if kind == "sign" else raw.upper()) in signs:
            self.at += 1
            return True
        return False

    def sees(self, *signs: str) -> bool:
        found = self.has(*signs)
        self.at -= found
        return found

    def must(self, sign: str) -> None:
        if not self.has(sign):
            raise UnsupportedError(f"{self.next[1]!r} where {sign!r} is awaited")

    # --- queries

    def query(self) -> Select:
        while self.has("PREFIX"):
            kind, raw = self.take()
            self.prefixes[raw.partition(":")[0]] = self.take()[1]
            if kind != "name":
                raise UnsupportedError("a prefix without a name")
        found = self.select()
        if self.next != _END:
            raise UnsupportedError(f"{self.next[1]!r} behind the query")
        return found

    def select(self) -> Select:
        self.must("SELECT")
        distinct, items = self.has("DISTINCT"), None if self.has("*") else self.items()
        self.has("WHERE")
        found = Select(self.group(), items, distinct)
        if self.has("GROUP"):
            self.must("BY")
            found.groups = self.several()
        if self.has("HAVING"):
            found.having = self.several()
        if self.has("ORDER"):
            self.must("BY")
            found.order = self.orders()
        while self.sees("LIMIT", "OFFSET"):
            word, number = self.take()[1].upper(), int(self.take()[1])
            found.limit, found.offset = (
                (number, found.offset) if word == "LIMIT" else (found.limit, number)
            )
        return found

    def items(self) -> list[tuple[str, Term | Var | Call]]:
        found: list[tuple[str, Term | Var | Call]] = []
        while True:
            kind, raw = self.next
            if kind == "var":
                self.take()
                found.append((raw, Var(raw)))
            elif self.has("("):
                expression = self.expression()
                self.must("AS")
                found.append((self.take()[1], expression))
                self.must(")")
            else:
                return found

    def several(self) -> list[Term | Var | Call]:
        found = []
        while self.next[0] == "var" or self.sees("(") or self.is_call():
            found.append(self.primary())
        return found

    def orders(self) -> list[tuple[Term | Var | Call, bool]]:
        found = []
        while True:
            if self.sees("ASC", "DESC"):
                descending = self.take()[1].upper() == "DESC"
                found.append((self.primary(), descending))
            elif self.next[0] == "var" or self.sees("(") or self.is_call():
                found.append((self.primary(), False))
            else:
                return found

    def is_call(self) -> bool:
        following = self.tokens[self.at + 1 : self.at + 2]
        kind, raw = self.next
        is_name = kind == "name" or (kind == "word" and raw.upper() not in _MODIFIERS)
        return is_name and following == [("sign", "(")]

    # --- patterns

    def group(self) -> Group:
        self.must("{")
        if self.sees("SELECT"):
            parts: list[Part] = [self.select()]
            self.must("}")
            return Group(tuple(parts))
        parts = []
        while not self.has("}"):
            self.part(parts)
            self.has(".")
        return Group(tuple(parts))

    def part(self, parts: list[Part]) -> None:
        if self.has("FILTER"):
            parts.append(Filter(self.primary()))
        elif self.has("BIND"):
            self.must("(")
            expression = self.expression()
            self.must("AS")
            parts.append(Bind(expression, self.take()[1]))
            self.must(")")
        elif self.has("OPTIONAL"):
            parts.append(Optional(self.group()))
        elif self.has("MINUS"):
            parts.append(Minus(self.group()))
        elif self.has("VALUES"):
            parts.append(self.values())
        elif self.sees("{"):
            groups = [self.group()]
            while self.has("UNION"):
                groups.append(self.group())
            parts.append(groups[0] if len(groups) == 1 else Union(tuple(groups)))
        elif self.sees("GRAPH", "SERVICE", "["):
            raise UnsupportedError(self.next[1])
        else:
            self.triples(parts)

    def values(self) -> Values:
        many = self.has("(")
        names: list[str] = []
        rows: list[tuple[Term | None, ...]] = []
        while self.next[0] == "var":
            names.append(self.take()[1])
        if many:
            self.must(")")
        self.must("{")
        while not self.has("}"):
            if not many:
                rows.append((self.datum(),))
                continue
            self.must("(")
            row = []
            while not self.has(")"):
                row.append(self.datum())
            rows.append(tuple(row))
        return Values(tuple(names), tuple(rows))

    def datum(self) -> Term | None:
        if self.has("UNDEF"):
            return None
        negative = self.has("-")
        found = self.term()
        if not isinstance(found, Term):
            raise UnsupportedError("a variable in VALUES")
        return found._replace(text="-" + found.text) if negative else found

    def triples(self, parts: list[Part]) -> None:
        subject = self.term()
        while True:
            path = self.path_or_variable()
            while True:
                parts.append(Triple(subject, path, self.term()))
                if not self.has(","):
                    break
            if not self.has(";"):
                return
            if self.sees(".", "}"):
                return

    def term(self) -> Term | Var:
        kind, raw = self.take()
        if kind == "var":
            return Var(raw)
        if kind == "iri":
            return Term("iri", raw)
        if kind == "name":
            prefix, _, local = raw.partition(":")
            return Term("iri", self.prefixes[prefix] + local)
        if kind == "string":
            return self.literal(raw)
        if kind == "number":
            datatype = "integer" if raw.isdigit() else "double" if "e" in raw.lower() else "decimal"
            return Term("literal", raw, "", XSD + datatype)
        if kind == "word" and raw in ("true", "false"):
            return Term("literal", raw, "", XSD + "boolean")
        raise UnsupportedError(f"{raw!r} where a term is awaited")

    def literal(self, raw: str) -> Term:
        text = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), raw[1:-1])
        if "\\u" in raw or "\\U" in raw:
            raise UnsupportedError("a character by its number")
        if self.next[0] == "lang":
            return Term("literal", text, self.take()[1].lower())
        if self.has("^^"):
            datatype = self.term()
            return Term("literal", text, "", datatype.text if isinstance(datatype, Term) else "")
        return Term("literal", text)

    # --- paths

    def path_or_variable(self) -> Term | Var | Call:
        return self.term() if self.next[0] == "var" else self.path()

    def path(self) -> Term | Var | Call:
        found = [self.steps()]
        while self.has("|"):
            found.append(self.steps())
        return found[0] if len(found) == 1 else Call("alternatives", tuple(found))

    def steps(self) -> Term | Var | Call:
        found = [self.step()]
        while self.has("/"):
            found.append(self.step())
        return found[0] if len(found) == 1 else Call("sequence", tuple(found))

    def step(self) -> Term | Var | Call:
        if self.has("^"):
            return Call("inverse", (self.step(),))
        if self.has("("):
            found = self.path()
            self.must(")")
        elif self.next == ("word", "a"):
            self.take()
            found = Term("iri", _RDF_TYPE)
        else:
            found = self.term()
        for sign in ("*", "+"):
            if self.has(sign):
                return Call(sign, (found,))
        if self.sees("?", "!"):
            raise UnsupportedError("a path with ? or !")
        return found

    # --- expressions

    def expression(self) -> Term | Var | Call:
        return self.chain(("||",), lambda: self.chain(("&&",), self.relation))

    def chain(
        self, signs: Sequence[str], below: Callable[[], Term | Var | Call]
    ) -> Term | Var | Call:
        """Return operands and signs of one rank, from the left."""
        found = below()
        while self.sees(*signs):
            found = Call(self.take()[1], (found, below()))
        return found

    def relation(self) -> Term | Var | Call:
        left = self.sums()
        if self.sees("=", "!=", "<", "<=", ">", ">="):
            return Call(self.take()[1], (left, self.sums()))
        if self.has("IN"):
            return Call("IN", (left, *self.arguments()))
        if self.sees("NOT"):
            self.take()
            self.must("IN")
            return Call("!", (Call("IN", (left, *self.arguments())),))
        return left

    def sums(self) -> Term | Var | Call:
        return self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.unary))

    def unary(self) -> Term | Var | Call:
        if self.has("!"):
            return Call("!", (self.unary(),))
        if self.has("-"):
            return Call("-", (Term("literal", "0", "", XSD + "integer"), self.unary()))
        return self.primary()

    def primary(self) -> Term | Var | Call:
        if self.has("("):
            found = self.expression()
            self.must(")")
            return found
        if self.has("EXISTS"):
            return Call("EXISTS", (self.group(),))
        if self.sees("NOT"):
            self.take()
            self.must("EXISTS")
            return Call("!", (Call("EXISTS", (self.group(),)),))
        if self.is_call():
            kind, raw = self.next
            if kind == "name":
                prefix, _, local = self.take()[1].partition(":")
                return Call(self.prefixes[prefix] + local, tuple(self.arguments()))
            self.take()
            return self.call(raw.upper())
        return self.term()

    def call(self, name: str) -> Call:
        if name not in _AGGREGATES:
            return Call(name, tuple(self.arguments()))
        self.must("(")
        distinct, separator = self.has("DISTINCT"), " "
        args = () if self.has("*") else (self.expression(),)
        if self.has(";"):
            self.must("SEPARATOR")
            self.must("=")
            separator = self.literal(self.take()[1]).text
        self.must(")")
        return Call(name, args, distinct, separator)

    def arguments(self) -> list[Term | Var | Call]:
        self.must("(")
        found: list[Term | Var | Call] = []
        while not self.has(")"):
            found.append(self.expression())
            self.has(",")
        return found
