"""Organisations by exact name and country."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from kg.ontology import Ontology
from kg.reconcile import match_names, resolve
from kg.reconcile.names import NameMatches, folded_name
from kg.schema import Schema
from kg.tables import CheckedTable, check_table, table_from_records

ROR, OTHER_ROR = "03yrm5c26", "042nb2s44"


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def organisations(schema: Schema, source: str, *rows: dict[str, str | None]) -> CheckedTable:
    table = table_from_records(rows, source, schema.tables["organisations"], f"{source}.csv")
    return check_table(table, schema.tables["organisations"], {})


def register(schema: Schema, *rows: dict[str, str | None]) -> CheckedTable:
    default: dict[str, str | None] = {
        "id": "x", "name": "University of Liège", "alias": "Université de Liège@fr",
        "ror": ROR, "country": "BE",
    }  # fmt: skip
    return organisations(schema, "register", *(rows or (default,)))


def row(name: str, country: str | None = "BE", **rest: str) -> dict[str, str | None]:
    return {"id": "own", "name": name, "country": country, **rest}


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("The Université de Liège", "universite de liege"),
        ("UNIVERSITE  DE-LIEGE", "universite de liege"),
        ("Food & Agriculture", "food and agriculture"),
        ("İzmir", "izmir"),
        ("جامعة الملك", "جامعة الملك"),
        ("جَامِعَة", "جامعة"),
        ("Ｆｕｌｌ", "full"),
        ("Theatre", "theatre"),
        ("—", ""),
    ],
)
def test_names_fold_without_case_accents_and_punctuation(name: str, folded: str) -> None:
    assert pl.DataFrame({"n": [name]}).select(folded_name(pl.col("n"))).item() == folded


@pytest.mark.parametrize(
    "name",
    [
        "University of Liège",
        "the university of liege",
        "Universite de Liege",
        "Université de Liège@fr",
    ],
)
def test_the_same_name_in_the_same_country_is_matched(schema: Schema, name: str) -> None:
    (_, own), found = match_names([register(schema), organisations(schema, "own", row(name))])
    assert found == NameMatches(wanted=1, matched=1, ambiguous=0)
    assert own.values["ror"]["value"].to_list() == [ROR]
    assert own.namesakes == {0}
    # The register's name stays the name; this one becomes an alias.
    assert own.values["name"].is_empty()
    assert own.values["alias"].height == 1


@pytest.mark.parametrize(
    "wanted",
    [
        row("University of Liège", "FR"),
        row("University of Liège", None),
        row("University of Liege Press"),
        row("Liège"),
    ],
    ids=["another country", "no country", "longer", "shorter"],
)
def test_less_than_the_same_is_no_match(schema: Schema, wanted: dict[str, str | None]) -> None:
    (_, own), found = match_names([register(schema), organisations(schema, "own", wanted)])
    assert found.matched == 0
    assert "ror" not in own.values
    assert own.namesakes == frozenset()


def test_a_name_that_two_bear_is_left_open(schema: Schema) -> None:
    two = register(
        schema,
        {"id": "x", "name": "National University", "ror": ROR, "country": "BE"},
        {"id": "y", "name": "National University", "ror": OTHER_ROR, "country": "BE"},
    )
    (_, own), found = match_names([two, organisations(schema, "own", row("National University"))])
    assert found == NameMatches(wanted=1, matched=0, ambiguous=1)
    assert "ror" not in own.values


def test_one_that_bears_a_name_twice_is_one(schema: Schema) -> None:
    twice = register(
        schema,
        {"id": "x", "name": "Liège", "alias": "LIEGE|liege@en", "ror": ROR, "country": "BE"},
    )
    _, found = match_names([twice, organisations(schema, "own", row("Liège"))])
    assert found.matched == 1


def test_an_identifier_that_is_there_stays(schema: Schema) -> None:
    named = organisations(schema, "own", row("University of Liège", ror=OTHER_ROR))
    (_, own), found = match_names([register(schema), named])
    assert found.wanted == 0
    assert own.values["ror"]["value"].to_list() == [OTHER_ROR]


def test_namesakes_inside_a_source_are_left_to_its_steward(schema: Schema) -> None:
    own = organisations(
        schema, "own", {"id": "a", "name": "Liège", "ror": ROR, "country": "BE"}, row("Liège")
    )
    (result,), found = match_names([own])
    assert found.matched == 0
    assert result.values["ror"].height == 1


def test_a_refused_row_lends_no_identifier(schema: Schema) -> None:
    refused = replace(register(schema), refused=frozenset({0}))
    _, found = match_names([refused, organisations(schema, "own", row("University of Liège"))])
    assert found.matched == 0


def test_a_withdrawn_record_is_no_namesake(schema: Schema) -> None:
    gone = {**row("University of Liège"), "ror": ROR, "status": "withdrawn"}
    live = {**row("University of Liège"), "id": "other", "ror": OTHER_ROR, "status": "active"}
    own = organisations(schema, "own", row("University of Liège"))
    assert match_names([register(schema, gone), own])[1] == NameMatches(1, 0, 0)
    matched, counts = match_names([register(schema, gone, live), own])
    assert counts == NameMatches(1, 1, 0)
    assert matched[1].values["ror"]["value"].to_list() == [OTHER_ROR]


def test_one_that_ended_is_a_namesake_where_none_lives(schema: Schema) -> None:
    ended = {**row("University of Liège"), "ror": ROR, "status": "inactive"}
    heir = {**row("University of Liège"), "id": "other", "ror": OTHER_ROR}
    own = organisations(schema, "own", row("University of Liège"))
    for rows, expected in (((ended,), ROR), ((ended, heir), OTHER_ROR)):
        matched, counts = match_names([register(schema, *rows), own])
        assert counts == NameMatches(1, 1, 0)
        assert matched[1].values["ror"]["value"].to_list() == [expected]


def test_other_tables_pass_untouched(schema: Schema) -> None:
    people = check_table(
        table_from_records(
            [{"id": "a", "name": "University of Liège", "consent": "published"}],
            "own",
            schema.tables["people"],
            "people.csv",
        ),
        schema.tables["people"],
        {},
    )
    result, _ = match_names([people, register(schema)])
    assert result[0] is people


def test_tables_without_rows_give_nothing(schema: Schema) -> None:
    tables = [organisations(schema, "own"), organisations(schema, "other")]
    assert match_names(tables)[1] == NameMatches(0, 0, 0)


def test_a_matched_row_and_the_register_are_one_thing(schema: Schema) -> None:
    countries = table_from_records(
        [{"iso2": "BE", "name_en": "Belgium"}], "own", schema.tables["countries"], "countries.csv"
    )
    own = organisations(
        schema,
        "own",
        row("Université de Liège"),
        {"id": "again", "name": "University of Liege", "country": "BE"},
        {"id": "itself", "name": "ULiège", "ror": ROR},
    )
    matched, _ = match_names([register(schema), own])
    tables = [check_table(countries, schema.tables["countries"], {}), *matched]
    resolved = resolve(tables, schema, "https://e.org/")
    assert [p for t in resolved for p in t.problems] == []
    things = {iri for t in resolved[1:] for iri in t.subjects["iri"]}
    assert things == {f"https://e.org/organisation/ror-{ROR}"}
