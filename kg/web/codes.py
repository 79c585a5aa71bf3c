"""Code words in cells, such as a capacity or a state, said in the language of the page.

Answers hold the words themselves, for programs; readers of a page see what they mean.
"""

from __future__ import annotations

import re

from kg.language import message, words
from kg.web.bindings import Term
from kg.web.language import gettext, language

__all__ = ["CODED", "in_words", "said_code"]

CODED = frozenset({
    "aspect", "blocs", "cadence", "capacities_a", "capacities_b", "capacity", "countries",
    "group", "institutions", "kind", "mode", "of", "organisation_from", "partner_of", "scope",
    "score", "source", "state", "status", "term", "timing", "via", "what", "zone",
})  # fmt: skip
"""The columns that hold such words: one, or several with commas, semicolons or spaces between."""

_SEPARATORS = re.compile(r"(; |, )")
_TRUTHS = {"true": "yes", "false": "no"}


def said_code(text: str) -> str:
    """Return code words in the language of the page; what is no code word stays as it is."""
    code = language()
    if code == "en":
        return text
    parts = _SEPARATORS.split(text)
    said = [_part(part, code) for part in parts[::2]]
    return gettext(", ").join(said) if len(parts) > 1 else said[0]


def _part(text: str, code: str) -> str:
    known = words(text)
    said = message(known, code)
    if said != known:
        return said
    each = text.split(" ")  # several capacities stand so in one cell
    spoken = [message(words(word), code) for word in each]
    if len(each) > 1 and all(s != words(w) for s, w in zip(spoken, each, strict=True)):
        return gettext(", ").join(spoken)
    return text


def in_words(column: str, value: Term | None) -> Term | None:
    """Return a cell as a page says it: truth values as yes and no, code words as what they mean."""
    if value is None or value.kind != "literal" or value.language or value.is_number:
        return value
    if value.text.lower() in _TRUTHS:
        return Term("literal", gettext(_TRUTHS[value.text.lower()]))
    return Term("literal", said_code(value.text)) if column in CODED else value
