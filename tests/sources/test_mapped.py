"""Foreign files by a mapping in the project file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kg.cli import cli
from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.pipeline import build
from kg.settings import load_settings
from kg.sources import SourceTables, read_source
from tests.conftest import ROOT, WORLD, write_project

EVENTS = """\
Nr;Title;Held;Kind;Organiser;Subjects;Status
1;Genomics week;03/02/2020;Face to face;Institut Pasteur;biology, genomics;open
2;Statistics;05/03/2020;Remote;Institut Pasteur;;open
3;Cancelled one;06/03/2020;Remote;;;cancelled
"""
MAPPING = """
dates = "day-first"

[source.tables.organisations]
where = { Status = "open" }
id = { from = "{Organiser}", slug = true }
name = "{Organiser}@fr"

[source.tables.trainings]
where = { Status = ["open", "full"] }
id = "event-{Nr}"
name = "{Title}"
format = "Workshop"
start_date = "{Held}"
mode = { from = "{Kind}", map = { "Face to face" = "in-person", Remote = "online" } }
organiser = { from = "{Organiser}", slug = true }
description = { from = "{Subjects}", pattern = "^([a-z]+)", default = "none given" }
"""

Reader = Callable[..., SourceTables]


@pytest.fixture
def read(tmp_path: Path, ontology: Ontology) -> Reader:
    """Read a file by a mapping: ``read("a.csv", content, mapping)``."""

    def reader(name: str, content: str | bytes, mapping: str) -> SourceTables:
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(raw)
        head = f'\n[[source]]\nid = "foreign"\nkind = "mapped"\npath = "{name}"\ntitle = "F"\n'
        rest = 'licence = "https://example.org/l"\nretrieved = 2026-11-20\n'
        file = tmp_path / "rihla.toml"
        file.write_text(head + rest + mapping, encoding="utf-8")
        (source,) = load_settings(file).sources
        return read_source(source, ontology.schema)

    return reader


def rows(found: SourceTables, name: str) -> list[dict[str, Any]]:
    (table,) = [t for t in found.tables if t.name == name]
    return table.frame.to_dicts()


def test_a_csv_file_gives_several_tables(read: Reader) -> None:
    found = read("events.csv", EVENTS, MAPPING)
    assert rows(found, "organisations") == [
        {"id": "institut-pasteur", "name": "Institut Pasteur@fr", "_row": row} for row in (2, 3)
    ]
    first, second = rows(found, "trainings")
    assert first == {
        "id": "event-1", "name": "Genomics week", "format": "Workshop", "start_date": "03/02/2020",
        "mode": "in-person", "organiser": "institut-pasteur", "description": "biology", "_row": 2,
    }  # fmt: skip
    assert (second["mode"], second["description"], second["_row"]) == ("online", "none given", 3)
    assert {t.dates for t in found.tables} == {"day-first"}


def test_json_with_paths_and_lists(read: Reader) -> None:
    content = """{"data": {"items": [
      {"name": "A", "place": {"country": "TN"}, "sites": ["https://a.tn", "https://b.tn"],
       "tags": [{"t": "x"}, {"t": "y"}]},
      {"name": "B", "place": {"country": null}, "sites": [], "tags": []}]}}"""
    mapping = """
records = "data.items"
[source.tables.organisations]
id = { from = "{name}", slug = true }
name = "{name}"
country = "{place.country}"
url = { from = "{sites}", first = true }
alias = "{tags.t}"
"""
    assert rows(read("o.json", content, mapping), "organisations") == [
        {"id": "a", "name": "A", "country": "TN", "url": "https://a.tn", "alias": "x|y", "_row": 1},
        {"id": "b", "name": "B", "country": None, "url": None, "alias": None, "_row": 2},
    ]


def test_rows_that_where_leaves_out_are_told(read: Reader) -> None:
    found = read("events.csv", EVENTS, MAPPING)
    notes = [(t.name, n.value, n.severity) for t in found.tables for n in t.notes]
    assert notes == [
        ("organisations", "1 of 3 rows", "info"), ("trainings", "1 of 3 rows", "info"),
    ]  # fmt: skip


def test_each_of_several_values_is_mapped_and_a_bar_is_no_separator(read: Reader) -> None:
    mapping = """
[source.tables.organisations]
id = "{k}"
name = "{n}"
alias = "{n}"
acronym = { from = "{v}", split = ";", map = { a = "A1", b = "B1", x = "" } }
url = { from = "{n}", first = true }
"""
    found = read("o.csv", "k,n,v\n1,p|q,a;b;c\n2,r,x\n", mapping)
    first, second = rows(found, "organisations")
    assert (first["name"], first["alias"], first["acronym"]) == ("p|q", "p｜q", "A1|B1|c")
    assert first["url"] == "p|q"
    assert second["acronym"] is None
    bars = '[source.tables.organisations]\nid = "{k}"\nalias = { from = "{n}", split = "|" }\n'
    assert rows(read("p.csv", "k,n\n1,p|q\n", bars), "organisations")[0]["alias"] == "p|q"


def test_rows_read_are_kept_refused_or_merged(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,site\nOne,x\nOne,y\nTwo,z\n")
    source = """
[[source]]
id = "foreign"
kind = "mapped"
path = "a.csv"
title = "F"
licence = "https://example.org/l"
retrieved = 2026-11-20
[source.tables.organisations]
id = { from = "{name}", slug = true }
name = "{name}"
"""
    result = build(load_settings(write_project(tmp_path, WORLD, source)))
    counts = {row[:2]: row[2:] for row in result.counts.rows}
    assert counts["foreign", "organisations"] == (3, 2, 0, 1)


def test_json_lines(read: Reader) -> None:
    mapping = '[source.tables.organisations]\nid = "{k}"\nname = "{n.en}"\n'
    found = read("o.jsonl", '{"k": "a", "n": {"en": "One"}}\n\n{"k": "b", "n": {}}\n', mapping)
    assert [(r["id"], r["name"], r["_row"]) for r in rows(found, "organisations")] == [
        ("a", "One", 1), ("b", None, 3),
    ]  # fmt: skip


def test_each_value_of_a_cell_becomes_a_row(read: Reader) -> None:
    mapping = """
[source.tables.organisations]
each = { from = "{hosts}", split = ";" }
id = { from = "{each}", slug = true }
name = "{each} of {k}"

[source.tables.trainings]
id = "{k}"
host = { from = "{hosts}", split = ";", slug = true }
"""
    found = read("a.csv", "k,hosts\n1,Um Two; One;\n2,\n3,One\n", mapping)
    assert [(r["id"], r["name"], r["_row"]) for r in rows(found, "organisations")] == [
        ("um-two", "Um Two of 1", 2), ("one", "One of 1", 2), ("one", "One of 3", 4),
    ]  # fmt: skip
    assert [r["host"] for r in rows(found, "trainings")] == ["um-two|one", None, "one"]


def test_groups_of_a_pattern_are_put_into_a_text(read: Reader) -> None:
    mapping = """
[source.tables.trainings]
id = "{k}"
start_date = { from = "{d}", pattern = '^(\\d{4})(\\d\\d)(\\d\\d)', as = "{1}-{2}-{3}" }
description = { from = "{t}", clean = true, pattern = "^(.*)$", as = "{1}@en" }
"""
    found = read("a.csv", "k,d,t\n1,20220222T1330,<p>One</p> &amp; two\n2,soon,\n", mapping)
    assert [(r["start_date"], r["description"]) for r in rows(found, "trainings")] == [
        ("2022-02-22", "One & two@en"), (None, None),
    ]  # fmt: skip


def test_known_keeps_what_names_a_concept_and_tells_the_rest(read: Reader) -> None:
    mapping = """
[source.tables.trainings]
id = "{k}"
topic = { from = "{t}", split = ",", known = true }
method = { from = "{t}", split = ",", known = true }
"""
    found = read("a.csv", 'k,t\n1,"Ecology, weaving, ecology"\n2,weaving\n3,\n', mapping)
    topics = [r["topic"] for r in rows(found, "trainings")]
    assert topics == ["https://w3id.org/rihla/id/topic/ecology", None, None]
    (table,) = found.tables
    assert [(n.column, n.value, n.severity) for n in table.notes] == [
        ("topic", "1 values: weaving", "info"),
        ("method", "3 values: Ecology, ecology, weaving", "info"),
    ]


BAD = [
    ("[source.tables.trainings]\nid = {from = '{Nr}', as = '{1}'}", "there is no pattern"),
    (
        "[source.tables.trainings]\nid = {from = '{Nr}', pattern = '(x)', as = '{2}'}",
        "with 1 groups",
    ),
    ("[source.tables.trainings]\nid = '{Nr}'\neach = 1", "tables.trainings.each: found 1"),
    ("[source.tables.trainings]\nid = '{each}'", "no field 'each'"),
    ("", "there is no mapping"),
    ("[source.tables.training]\nid = '{Nr}'", "no table 'training'. Did you mean trainings?"),
    ("[source.tables.trainings]\nnam = '{Nr}'", "no column 'nam'. Did you mean name?"),
    ("[source.tables.trainings]\nid = '{Nr}'\nname = '{Titel}'", "no field 'Titel'. Did you mean"),
    ("[source.tables.trainings]\nid = 1", "tables.trainings.id: found 1. Accepted: a text"),
    ("[source.tables.trainings]\nid = {from = '{Nr}', slg = true}", "no step 'slg'. Did you mean"),
    ("[source.tables.trainings]\nid = {from = '{Nr}', slug = 'x'}", "slug: found 'x'. Accepted: a"),
    ("[source.tables.trainings]\nid = {from = '{Nr}', pattern = '('}", "pattern: "),
    ("[source.tables.trainings]\nid = {from = '{Nr}', pattern = 'x'}", "with 0 groups"),
    ("[source.tables.trainings]\nid = '{Nr}'\nwhere = 'x'", "where is 'x'. Accepted: fields"),
    ("dates = 'x'\n[source.tables.trainings]\nid = '{Nr}'", "dates is 'x'. Accepted: day-first"),
    ("colour = 1\n[source.tables.trainings]\nid = '{Nr}'", "colour is not known to the kind"),
]


@pytest.mark.parametrize(("mapping", "said"), BAD)
def test_a_bad_mapping_is_named_with_its_place(read: Reader, mapping: str, said: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)):
        read("events.csv", EVENTS, mapping)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", "{}", "there is no list of objects"),
        ("a.json", "[1]", "there is no list of objects"),
        ("a.json", "[", "is not JSON"),
        ("a.jsonl", '{"Nr": 1}\n{', "line 2, column"),
        ("a.doc", "x", "found the ending"),
    ],
)
def test_a_bad_file_is_refused(read: Reader, name: str, content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(name, content, "[source.tables.organisations]\nid = '{Nr}'\nname = '{Nr}'\n")


def test_a_field_that_no_record_has_is_named(read: Reader) -> None:
    with pytest.raises(SettingsError, match=r"has a field 'nme'. Found: name"):
        read("a.json", '[{"name": "A"}]', "[source.tables.organisations]\nid = '{nme}'\n")


def test_the_guides_example_builds_beside_a_stewards_own_tables(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "mapping-sources.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)["source"][0]["kind"] == "mapped"
    (tmp_path / "world_universities_and_domains.json").write_text(
        '[{"name": "Université de Rabat", "alpha_two_code": "DE", "web_pages": ["http://r.ma"]}]'
    )
    settings = load_settings(write_project(tmp_path, WORLD, "\n" + example))
    result = build(settings)
    counts = {row[:2]: row[2:] for row in result.counts.rows}
    assert counts["universities", "organisations"] == (1, 1, 0, 0)


EXTRAS = """
files = { codes = "codes.csv", venues = "venues.csv" }
join = { venues = { on = "Venue", key = "id" } }

[source.tables.trainings]
where.Seats = { at_least = 5, at_most = 50 }
where.Status = { not = "cancelled" }
where.Title = { filled = true, matches = "^C" }
id = { from = "{Title}", hash = true }
name = { from = ["{Short}", "{Title}"], replace = { "\\\\s*\\\\(.*\\\\)$" = "" } }
start_date = { from = "{Day}", date = "%d/%m/%y" }
topic.from = "{Codes}"
topic.split = ";"
topic.lookup = { file = "codes", key = "code", value = "label" }
venue = { from = "{venues.name}", upper = true }
"""
COURSES = """\
Title,Short,Day,Codes,Venue,Seats,Status
Course A (online),,03/02/20,b;g;x,v1,10,open
Course B,Short B,2020-02-04,,v9,50,
Course C,,05/02/20,,,51,open
Course D,,05/02/20,,,9,cancelled
Day E,,05/02/20,,,9,open
"""


def test_lookups_joins_first_filled_and_tests(read: Reader, tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("code,label\nb,Biology\ng,Genomics\n")
    (tmp_path / "venues.csv").write_text("id,name\nv1,Hall\nv2,Room\n")
    found = read("courses.csv", COURSES, EXTRAS)
    first, second = rows(found, "trainings")
    assert len(first.pop("id")) == 16
    assert first == {"name": "Course A", "start_date": "2020-02-03", "topic": "Biology|Genomics|x",
                     "venue": "HALL", "_row": 2}  # fmt: skip
    assert (second["name"], second["start_date"], second["venue"], second["_row"]) == (
        "Short B", "2020-02-04", None, 3,
    )  # fmt: skip
    assert [p.name for p in found.files] == ["courses.csv", "codes.csv", "venues.csv"]


BAD_EXTRAS = [
    ("join = { v = { on = 'Nr', key = 'id' } }\n", "", "there is no file 'v'. Accepted: none"),
    ("files = { v = 'events.csv' }\njoin = { v = 1 }\n", "", "join is {'v': 1}. Accepted"),
    (
        "files = { v = 'events.csv' }\njoin = { v = { on = 'Nr', key = 'k' } }\n",
        "",
        "no column 'k'",
    ),
    ("files = { v = 'gone.csv' }\n", "", "there is nothing at"),
    ("files = 1\n", "", "files: found 1. Accepted: paths by name"),
    ("", "name = {from = '{Nr}', lookup = {file = 'v'}}", "lookup: found {'file': 'v'}. Accepted"),
    ("", "name = {from = '{Nr}', replace = {'(' = ''}}", "replace: "),
    ("", "name = {from = []}", "the first that is filled counts"),
    ("", "where = { Nr = { over = 1 } }", "where.Nr: found over = 1. Accepted: a value"),
    ("", "where = { Nr = { matches = '(' } }", "where.Nr.matches: "),
]


@pytest.mark.parametrize(("keys", "column", "said"), BAD_EXTRAS)
def test_bad_lookups_and_tests_are_named(read: Reader, keys: str, column: str, said: str) -> None:
    mapping = f"{keys}[source.tables.trainings]\nid = '{{Nr}}'\n{column}\n"
    with pytest.raises(SettingsError, match=re.escape(said)):
        read("events.csv", EVENTS, mapping)


def test_a_key_that_means_two_things_is_refused(read: Reader, tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("id,name\n1,A\n1,B\n")
    mapping = """
files = { v = "v.csv" }
join = { v = { on = "Nr", key = "id" } }
[source.tables.trainings]
id = "{Nr}"
name = "{v.name}"
"""
    with pytest.raises(InputError, match=r"v\.csv, row 3, column id: found '1' a second time"):
        read("events.csv", EVENTS, mapping)


def test_a_preview_shows_the_first_rows(tmp_path: Path) -> None:
    home = str(write_project(tmp_path).parent)
    shown = CliRunner().invoke(cli, ["check", "--preview", "world", "--project", home])
    assert shown.exit_code == 0, shown.output
    assert re.search(r"trainings: \d+ of \d+ rows of .*trainings\.csv", shown.output)
    unknown = CliRunner().invoke(cli, ["check", "--preview", "w", "--project", home])
    assert "There is no source 'w'. Accepted: world." in f"{unknown.exception} {unknown.output}"
