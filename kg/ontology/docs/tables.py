"""What the cells of a column accept, said in the language of the page."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from kg.ontology.docs.model import Documentation, Ref
from kg.ontology.docs.words import LANGUAGES, say
from kg.schema import Column

__all__ = ["accepted"]

Link = Callable[[Ref], Markup]


def accepted(docs: Documentation, link: Link, language: str, column: Column, target: str) -> Markup:
    """Return what is accepted in a column of the table of the class ``target``."""
    said = _limited(_base(docs, link, language, column, target), language, column)
    if column.scheme:
        said = _say("identifier", language, Markup("<code>{}</code>").format(column.scheme))
    if column.less_or_equal:
        said = _say("date-not-after", language, said, _code(column.less_or_equal))
    if column.separator:
        said = _say("several", language, said, _code(column.separator))
    return said


def _base(docs: Documentation, link: Link, language: str, column: Column, target: str) -> Markup:
    between = f" {say('or', language)} "
    if column.values:
        return Markup.escape(between).join(_code(value) for value in column.values)
    if column.kind == "reference":
        return _say("key-of", language, _class(docs, link, str(column.target)))
    if column.kind == "class":
        return _say("name-of-class", language, _class(docs, link, target))
    if column.kind == "iri":
        return _say("web-address", language)
    if column.kind == "text":
        return _say("text-language", language)
    if column.language:
        return _say("text-in", language, LANGUAGES.get(column.language, column.language))
    words = dict.fromkeys(say(d.rpartition("#")[2], language) for d in column.datatypes)
    return Markup.escape(between.join(words))


def _limited(said: Markup, language: str, column: Column) -> Markup:
    for name, bound in column.limits.items():
        if not (name == "at_least" and column.datatypes and _implied(column.datatypes[0], bound)):
            said = _say(name, language, said, f"{bound:g}")
    return said


def _implied(datatype: str, bound: float) -> bool:
    """Whether the datatype's own words give the least value already."""
    name = datatype.rpartition("#")[2]
    return {"nonNegativeInteger": 0.0, "positiveInteger": 1.0}.get(name) == bound


def _class(docs: Documentation, link: Link, iri: str) -> Markup:
    return link(docs.refs.get(iri) or Ref(iri, iri))


def _code(text: str) -> Markup:
    return Markup('<code dir="ltr">{}</code>').format(text)


def _say(key: str, language: str, *parts: object) -> Markup:
    return Markup(say(key, language)).format(*parts)  # noqa: S704 - our words; parts are escaped
