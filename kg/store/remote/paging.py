"""An answer in pieces: where a server gives only so many rows, the query is asked page by page.

The text is taken apart by its tokens, never parsed: what is needed is where the pattern ends and
which modifiers follow. Pages need an order in which each row has its place, so the columns of the
answer are added to whatever the query sorts by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.store.guard import tokens

__all__ = ["Outline", "count_text", "names_text", "outline", "page_text", "solutions_text"]

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


@dataclass(frozen=True)
class Outline:
    """What a query consists of.

    Attributes
    ----------
    form:
        SELECT, ASK, CONSTRUCT, DESCRIBE, or the empty text.
    prologue:
        PREFIX and BASE, up to the form.
    datasets:
        FROM and FROM NAMED.
    body:
        From the form to the end of the pattern, without the dataset.
    grouping, order, values:
        The modifiers as they stand: GROUP BY with HAVING, ORDER BY, VALUES at the end.
    limit, offset:
        Numbers of rows; ``limit`` is None where there is none.
    template:
        Where the body's pattern begins: behind the form and, in CONSTRUCT, its template.
    """

    form: str = ""
    prologue: str = ""
    datasets: str = ""
    body: str = ""
    grouping: str = ""
    order: str = ""
    values: str = ""
    limit: int | None = None
    offset: int = 0
    template: int = 0

    @property
    def has_dataset(self) -> bool:
        """Whether the query names its own graphs."""
        return bool(self.datasets)

    @property
    def can_be_paged(self) -> bool:
        """Whether pages of it can be asked for."""
        return self.form == "SELECT" and bool(self.body)


class _Reader:
    """One pass over the tokens of a query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self.form, self.form_at = "", 0
        self.groups: list[tuple[int, int]] = []  # of braces that stand in no others
        self.words: list[tuple[str, int]] = []  # behind the form, in no braces
        self.datasets: list[tuple[int, int]] = []
        self.awaits = ""
        self.opened_at = 0
        for token in tokens(text):
            self.take(token)

    def take(self, token: re.Match[str]) -> None:
        kind, raw = str(token.lastgroup), token[0]
        if kind == "comment":
            return
        if kind == "open":
            if raw == "{" and self.depth == 0:
                self.opened_at = token.start()
            self.depth += 1
        elif kind == "close":
            self.depth -= 1
            if raw == "}" and self.depth == 0 and self.form:
                self.groups.append((self.opened_at, token.end()))
        elif self.depth == 0:
            self._outside(kind, raw, token)

    def _outside(self, kind: str, raw: str, token: re.Match[str]) -> None:
        if self._is_of_dataset(kind, raw, token):
            return
        if kind != "word":
            self.awaits = ""
            return
        word = raw.upper()
        if not self.form:
            # The prefix of a PREFIX line may be called as a form is.
            if word in _FORMS and self.awaits != "PREFIX":
                self.form, self.form_at, word = word, token.start(), ""
            self.awaits = word
        else:
            self.words.append((word, token.start()))

    def _is_of_dataset(self, kind: str, raw: str, token: re.Match[str]) -> bool:
        """Take FROM, NAMED and the name that follows; a prefixed name is two tokens."""
        word = raw.upper() if kind == "word" else ""
        templates = 1 if self.form == "CONSTRUCT" else 0
        here = self.form and len(self.groups) <= templates and not self.awaits
        if here and word == "FROM":
            self.datasets.append((token.start(), token.end()))
            self.awaits = "FROM"
        elif self.awaits == "FROM" and (kind in ("iri", "name", "number") or word):
            start, _ = self.datasets[-1]
            self.datasets[-1] = (start, token.end())
            if kind in ("iri", "name"):
                self.awaits = ""
        else:
            return False
        return True


def outline(text: str) -> Outline:
    """Take a query apart."""
    read = _Reader(text)
    if not read.form or not read.groups:
        return Outline(form=read.form)
    number = 1 if read.form == "CONSTRUCT" and len(read.groups) > 1 else 0
    ends = read.groups[number][1]
    parts = _modifiers(text, [(w, at) for w, at in read.words if at >= ends and w in _MODIFIERS])
    body, template = text[read.form_at : ends], read.groups[0][1] - read.form_at if number else 0
    for start, end in reversed(read.datasets):
        body = body[: start - read.form_at] + " " * (end - start) + body[end - read.form_at :]
    return Outline(
        form=read.form,
        prologue=text[: read.form_at],
        datasets="\n".join(text[a:b] for a, b in read.datasets),
        body=body,
        grouping=parts["GROUP"] + parts["HAVING"],
        order=parts["ORDER"],
        values=parts["VALUES"],
        limit=_whole_number(parts["LIMIT"]),
        offset=_whole_number(parts["OFFSET"]) or 0,
        template=template,
    )


def _modifiers(text: str, words: Sequence[tuple[str, int]]) -> dict[str, str]:
    found = dict.fromkeys(_MODIFIERS, "")
    bounds = [at for _, at in words][1:] + [len(text)] * bool(words)
    for (word, start), end in zip(words, bounds, strict=True):
        found[word] += f"{text[start:end].rstrip()}\n"
    return found


def _whole_number(text: str) -> int | None:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else None


def page_text(
    asked: Outline, columns: Sequence[str], limit: int, offset: int, nested: bool = False
) -> str:
    """Return the query for ``limit`` rows from ``offset`` (0 is the first) of its answer.

    ``nested`` puts the sorting into a query of its own inside: Virtuoso refuses to sort for a page
    beyond its ten thousandth row otherwise.
    """
    names = " ".join(f"?{name}" for name in columns)
    order = f"{asked.order or 'ORDER BY'}\n{names}"
    left = limit if asked.limit is None else max(0, min(limit, asked.limit - offset))
    rows = f"LIMIT {left} OFFSET {asked.offset + offset}"
    if not nested:
        head, tail = _around(asked)
        return f"{head}\n{order}\n{rows}\n{tail}"
    inner = f"{asked.body}\n{asked.grouping}{order}\n{asked.values}"
    return f"{asked.prologue}SELECT {names}\n{asked.datasets}\nWHERE {{ {{\n{inner}\n}} }}\n{rows}"


def count_text(asked: Outline, columns: Sequence[str], distinct: bool) -> str:
    """Return the query that counts the rows of an answer, or its different rows, as ``?rows``."""
    names = " ".join(f"?{name}" for name in columns)
    limit = "" if asked.limit is None else f"LIMIT {asked.limit}\n"
    offset = f"OFFSET {asked.offset}\n" if asked.offset else ""
    order = f"{asked.order or 'ORDER BY'}\n{names}\n" if limit or offset else ""
    inner = f"{{\n{asked.body}\n{asked.grouping}{order}{limit}{offset}{asked.values}\n}}"
    if distinct:
        inner = f"{{ SELECT DISTINCT {names} WHERE {{ {inner} }} }}"
    return f"{asked.prologue}SELECT (COUNT(*) AS ?rows)\n{asked.datasets}\nWHERE {{ {inner} }}"


def names_text(asked: Outline) -> str:
    """Return the query for one row of an answer, which tells its columns."""
    head, tail = _around(asked)
    return f"{head}LIMIT 1\n{tail}"


def solutions_text(asked: Outline) -> str:
    """Return the query for a row for each solution that a CONSTRUCT query's graph is made of."""
    pattern = asked.body[asked.template :] if asked.template else asked.body[len(asked.form) :]
    pattern = re.sub(r"^\s*WHERE\b", "", pattern, flags=re.IGNORECASE)
    limit = "" if asked.limit is None else f"LIMIT {asked.limit}\n"
    offset = f"OFFSET {asked.offset}\n" if asked.offset else ""
    return (
        f"{asked.prologue}SELECT (1 AS ?one)\n{asked.datasets}\nWHERE {pattern}\n"
        f"{asked.grouping}{asked.order}{limit}{offset}{asked.values}"
    )


def _around(asked: Outline) -> tuple[str, str]:
    """Return what stands before the order and behind the limit."""
    start = asked.body
    if asked.datasets:
        # Before the pattern, where they stood.
        opened = start.index("{")
        before = re.sub(r"\bWHERE\s*$", "", start[:opened], flags=re.IGNORECASE)
        start = f"{before}\n{asked.datasets}\nWHERE {start[opened:]}"
    return f"{asked.prologue}{start}\n{asked.grouping}", asked.values
