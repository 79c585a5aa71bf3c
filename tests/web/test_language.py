"""Pages in Arabic and French: addresses, catalogues, and that no text lacks a translation."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

import kg
from kg.analysis.analyses import ANALYSES
from kg.language import FOLDER, TRANSLATED
from kg.network import ALL_MEASURES, FILTERS, LEVELS, PROJECTIONS
from kg.network.edge_measures import EDGE_MEASURES
from kg.network.graph_measures import GRAPH_MEASURES
from kg.network.measures import MEASURES
from kg.queries import catalogue as catalogue_of_queries
from kg.search import KINDS
from kg.web.analysis_questions import QUESTIONS
from kg.web.language import in_language, language, ngettext, told, whole
from kg.web.render import words

PACKAGE = Path(kg.__file__).parent
EXPECTED = Path(__file__).parents[1] / "expected"
_LANGUAGE = "language import "  # what speaks imports its words; others may have a function tell
PLACE = re.compile(r"%\((\w+)\)s|%%")


@cache
def messages() -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Return file and message of every text of the pages, and of what is told below them."""
    keywords = {
        "_": None, "gettext": None, "ngettext": (1, 2),
        "tell": None, "tell_number": (1, 2), "marked": None,
    }  # fmt: skip
    found = []
    for path in sorted(PACKAGE.rglob("*")):
        is_page = path.suffix in (".html", ".j2")
        if not is_page and (path.suffix != ".py" or _LANGUAGE not in path.read_text("utf-8")):
            continue
        method = "jinja2.ext:babel_extract" if is_page else "python"
        options = {"newstyle_gettext": "true", "silent": "false"} if is_page else {}
        for _, message, _, _ in extract_from_file(method, path, keywords, options=options):
            found.append((path.relative_to(PACKAGE).as_posix(), message))
    return tuple(found)


@cache
def catalogue(code: str) -> dict[str, tuple[str, ...]]:
    """Return message → translations of a language, of all its files."""
    found: dict[str, tuple[str, ...]] = {}
    for file in sorted((FOLDER / code).glob("*.po")):
        with file.open("rb") as text:
            for entry in read_po(text, locale=code, abort_invalid=True):
                if entry.id:
                    key = entry.id if isinstance(entry.id, str) else entry.id[0]
                    texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
                    assert found.setdefault(key, texts) == texts, f"{file}: {key!r} again"
    return found


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated(code: str) -> None:
    known = catalogue(code)
    missing = sorted(
        {
            f"{file}: {message if isinstance(message, str) else message[0]}"
            for file, message in messages()
            if not all(known.get(message if isinstance(message, str) else message[0], ("",)))
        }
    )
    assert not missing, f"{len(missing)} texts without {code}:\n" + "\n".join(missing)


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_fill_in_the_same_values(code: str) -> None:
    for message, texts in catalogue(code).items():
        wanted = set(PLACE.findall(message)) - {"num"}
        for text in texts:
            assert set(PLACE.findall(text)) - {"num"} == wanted, (message, text)


def names() -> set[str]:
    """Return the words that pages make from names: of columns, groups, kinds and measures."""
    shown = [
        q
        for q in catalogue_of_queries().values()
        if q.group not in ("pages", "columns", "endpoint")
    ]
    columns = {c for path in EXPECTED.glob("*/*.json") for c in columns_of(path)}
    analyses = [name for a in ANALYSES.values() for name in (*a.columns, *a.accepted, *a.filters)]
    labels = {c for c in (*columns, *analyses) if c.endswith("_label")}
    networks = (*ALL_MEASURES, *PROJECTIONS, *FILTERS, *LEVELS)
    found = (*(columns | set(analyses)) - labels, *networks, *KINDS, *(q.group for q in shown))
    return {words(name) for name in found}


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_analysis_says_what_it_asks_in_each_language(code: str) -> None:
    texts = {text for found in QUESTIONS.values() for text in (*found.values(),)} | set(QUESTIONS)
    for analysis in ANALYSES.values():
        helps = [p.help for p in analysis.accepted.values() if p is not None and p.help]
        texts |= {analysis.title, analysis.definition, analysis.formula, *helps}
        texts |= {*analysis.columns.values(), *analysis.blank.values()} - {""}
    missing = sorted(text for text in texts if not all(catalogue(code).get(text, ("",))))
    assert not missing, f"{len(missing)} texts of analyses without {code}: " + "; ".join(missing)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_measure_of_networks_says_what_it_is_in_each_language(code: str) -> None:
    measures = {**MEASURES, **EDGE_MEASURES, **GRAPH_MEASURES}.values()
    texts = {text for m in measures for text in (m.definition, m.disconnected) if text}
    texts |= {word for level in LEVELS.values() for word in (level.kind, level.plural)}
    missing = sorted(text for text in texts if not all(catalogue(code).get(text, ("",))))
    assert not missing, f"{len(missing)} texts of measures without {code}: " + "; ".join(missing)


def columns_of(expected: Path) -> list[str]:
    document = json.loads(expected.read_text(encoding="utf-8"))
    return [c for case in document.get("cases", [document]) for c in case.get("columns", [])]


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_name_of_a_column_is_translated(code: str) -> None:
    missing = sorted(name for name in names() if not all(catalogue(code).get(name, ("",))))
    assert not missing, f"{len(missing)} names without {code}: " + ", ".join(missing)


def test_prefix_makes_the_page_of_a_language(client: FlaskClient) -> None:
    page = client.get("/ar/search?q=x").get_data(as_text=True)
    assert '<html lang="ar" dir="rtl">' in page
    assert 'href="/ar/queries"' in page and 'href="/fr/search?q=x"' in page
    assert 'href="/search?q=x"' in page, "the same page in English"
    assert 'src="/static/' in page and "/ar/static" not in page
    assert 'action="/ar/search"' in page and 'data-api="/ar/api/search"' in page


def test_language_without_slash_leads_home(client: FlaskClient) -> None:
    response = client.get("/fr")
    assert response.status_code == 308 and response.headers["Location"] == "/fr/"
    assert client.get("/fr/").status_code == 200


def test_prefix_is_kept_below_a_mount(app: Flask) -> None:
    answer = app.test_client().get("/ar/search", environ_overrides={"SCRIPT_NAME": "/rihla"})
    page = answer.get_data(as_text=True)
    assert 'href="/rihla/ar/queries"' in page and 'href="/rihla/fr/search"' in page
    assert 'href="/rihla/search"' in page and 'src="/rihla/static/' in page


def test_languages_have_tags_of_their_own(client: FlaskClient) -> None:
    tags = {client.get(f"{prefix}/quality").headers["ETag"] for prefix in ("", "/ar", "/fr")}
    assert len(tags) == 3


def test_full_addresses_name_no_language(app: Flask) -> None:
    with app.test_request_context("/x", environ_overrides={"rihla.language": "ar",
                                  "rihla.root": "", "SCRIPT_NAME": "/ar"}):  # fmt: skip
        assert app.url_for("pages.queries") == "/ar/queries"
        assert app.url_for("pages.queries", _external=True) == "http://localhost/queries"
        assert app.url_for("api.queries") == "/api/queries"
        assert in_language("en") == "/x" and in_language("fr") == "/fr/x"
        assert language() == "ar"


def test_told_takes_the_language_then_english_then_any(app: Flask) -> None:
    with app.test_request_context("/x", environ_overrides={"rihla.language": "fr"}):
        assert told({"en": "method", "fr": "méthode"}) == "méthode"
        assert told({"en": "method"}) == "method"
        assert told({"ar": "طريقة"}) == "طريقة"
        assert told({}) == ""
        assert whole(1234567) == "1\u202f234\u202f567"


def test_plural_forms_follow_the_language(app: Flask) -> None:
    assert ngettext("%(num)s row", "%(num)s rows", 1234) == "1,234 rows"
    assert ngettext("%(num)s row", "%(num)s rows", 1) == "1 row"
