"""The IRI of each row and the thing that each reference means, on the project's own schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import SettingsError
from kg.ontology import Ontology
from kg.reconcile import ResolvedTable, resolve
from kg.schema import Column, Schema, TableSchema
from kg.tables import CheckedTable, check_table, table_from_records

BASE = "https://example.org/id/"
XSD = "http://www.w3.org/2001/XMLSchema#"
ROR, OTHER_ROR = "03yrm5c26", "042nb2s44"
Row = dict[str, str | None]


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


def checked(
    schema: Schema, name: str, *rows: Row, source: str = "own", file: str | None = None
) -> CheckedTable:
    """Return rows as checked cells; the first stands in row 2 of ``<name>.csv``."""
    numbers = range(2, len(rows) + 2)
    table = table_from_records(rows, source, schema.tables[name], file or f"{name}.csv", numbers)
    return check_table(table, schema.tables[name], {})


def iris(table: ResolvedTable) -> list[str]:
    return [iri.removeprefix(BASE) for iri in table.subjects.sort("_id")["iri"]]


def meant(table: ResolvedTable, column: str) -> list[str]:
    return [iri.removeprefix(BASE) for iri in table.references[column].sort("_id")["iri"]]


def told(tables: Sequence[ResolvedTable]) -> list[tuple[str, int, str, str]]:
    """Return file, row, column and rule of every problem."""
    return [(p.file, p.row, p.column, p.rule) for t in tables for p in t.problems]


def counts(table: ResolvedTable) -> tuple[int, int, int, int]:
    """Return rows read, kept, refused and merged, each counted on its own."""
    read = table.checked.rows.height
    return read, table.subjects.height, len(table.refused), table.merged


def person(key: str, **rest: str) -> Row:
    return {"id": key, "name": key.title(), "consent": "published", **rest}


def organisation(key: str, **rest: str) -> Row:
    return {"id": key, "name": f"Institute {key}", **rest}


def training(key: str, **rest: str) -> Row:
    return {"id": key, "name": f"Training {key}", **rest}


GHANA: Row = {
    "iso2": "GH",
    "iso3": "GHA",
    "name_en": "Ghana",
    "name_ar": "غانا",
    "alias": "Gold Coast@en",
}


# IRIs of rows


@pytest.mark.parametrize(
    ("rest", "iri"),
    [
        ({"ror": ROR, "wikidata": "Q42", "pic": "999993953"}, f"organisation/ror-{ROR}"),
        ({"wikidata": "Q42", "pic": "999993953"}, "organisation/wikidata-Q42"),
        ({"pic": "999993953"}, "organisation/pic-999993953"),
        ({}, "organisation/a"),
        ({"ror": f"https://ror.org/{ROR}"}, f"organisation/ror-{ROR}"),
    ],
)
def test_the_first_template_that_is_filled_gives_the_iri(
    schema: Schema, rest: dict[str, str], iri: str
) -> None:
    (table,) = resolve([checked(schema, "organisations", organisation("a", **rest))], schema, BASE)
    assert iris(table) == [iri]


def test_a_key_is_made_of_the_keys_of_others(schema: Schema) -> None:
    tables = [
        checked(schema, "people", person("ada", orcid="0000-0002-1825-0097")),
        checked(schema, "trainings", training("t1")),
        checked(
            schema,
            "participations",
            {"training": "t1", "role": "Learner", "person": "ada"},
            {"training": "t1", "role": "learner", "headcount": "3"},
            {"id": "p1", "training": "t1", "role": "learner", "headcount": "3"},
        ),
    ]
    *_, participations = resolve(tables, schema, BASE)
    assert iris(participations) == [
        "participation/t1/learner/orcid-0000-0002-1825-0097",
        "participation/t1/learner",
        "participation/p1",
    ]


TOWN = "https://example.org/o#Town"


def small_schema(*columns: Column, templates: tuple[str, ...] = ("town/{name}",)) -> Schema:
    table = TableSchema("towns", TOWN, columns, templates)
    return Schema({"towns": table}, {TOWN: frozenset({TOWN})}, {}, ())


def text(name: str, **rest: object) -> Column:
    path = f"https://example.org/o#{name}"
    return Column(name, path, "literal", datatypes=(XSD + "string",), **rest)  # type: ignore[arg-type]


def town(name: str = "town", **rest: object) -> Column:
    path = f"https://example.org/o#{name}"
    return Column(name, path, "reference", target=TOWN, **rest)  # type: ignore[arg-type]


def test_a_key_keeps_to_characters_that_survive_copying() -> None:
    schema = small_schema(text("name"))
    (table,) = resolve([checked(schema, "towns", {"name": "São Tomé/2"})], schema, BASE)
    assert iris(table) == ["town/S-o-Tom-2"]


def test_a_key_of_no_such_character_is_missing() -> None:
    schema = small_schema(text("name"), text("code"), templates=("town/{code}", "town/{name}"))
    rows: list[Row] = [{"name": "مكة"}, {"name": "مكة", "code": "mecca"}]
    (table,) = resolve([checked(schema, "towns", *rows)], schema, BASE)
    assert iris(table) == ["town/mecca"]
    (problem,) = table.problems
    assert (problem.row, problem.rule) == (2, "key")
    assert problem.accepted == "a row with code or name"


def test_a_key_may_be_a_reference_of_several_values_and_takes_the_first() -> None:
    rules = text("name", lookup=True), town("near", separator="|")
    rows = TableSchema("towns", TOWN, rules, ("town/{name}",))
    pair = "https://example.org/o#Pair"
    pairs = TableSchema("pairs", pair, (town("ends", separator="|"),), ("pair/{ends}",))
    schema = Schema(
        {"towns": rows, "pairs": pairs},
        {TOWN: frozenset({TOWN}), pair: frozenset({pair})}, {}, (),
    )  # fmt: skip
    tables = [
        checked(schema, "towns", {"name": "b"}, {"name": "a"}),
        checked(schema, "pairs", {"ends": "b|a"}),
    ]
    _, found = resolve(tables, schema, BASE)
    assert iris(found) == ["pair/b"]
    assert meant(found, "ends") == ["town/b", "town/a"]


def test_tables_whose_keys_need_each_other_are_named() -> None:
    ring = {}
    for name, other in (("as", "B"), ("bs", "A")):
        own = f"https://example.org/o#{name[0].upper()}"
        column = Column("x", own + "x", "reference", target=f"https://example.org/o#{other}")
        ring[name] = TableSchema(name, own, (column,), (f"{name}/{{x}}",))
    schema = Schema(ring, {}, {}, ())
    tables = [checked(schema, name, {"x": "1"}) for name in ring]
    with pytest.raises(SettingsError, match="need each other"):
        resolve(tables, schema, BASE)


# References


@pytest.mark.parametrize(
    "cell",
    ["GH", "gh", "GHA", "Ghana", "GHANA", "غانا", "gold coast", BASE + "country/GH"],
)
def test_a_country_goes_by_codes_names_and_iri(schema: Schema, cell: str) -> None:
    tables = [
        checked(schema, "countries", GHANA),
        checked(schema, "organisations", organisation("a", country=cell)),
    ]
    _, organisations = resolve(tables, schema, BASE)
    assert meant(organisations, "country") == ["country/GH"]


@pytest.mark.parametrize(
    "cell",
    ["a", "A", ROR, ROR.upper(), f"https://ror.org/{ROR}", f"ror:{ROR}", "Q42",
     "http://www.wikidata.org/entity/Q42", f"{BASE}organisation/ror-{ROR}"],
)  # fmt: skip
def test_an_organisation_goes_by_id_and_identifiers(schema: Schema, cell: str) -> None:
    tables = [
        checked(schema, "organisations", organisation("a", ror=ROR, wikidata="Q42")),
        checked(schema, "trainings", training("t", host=cell)),
    ]
    _, trainings = resolve(tables, schema, BASE)
    assert meant(trainings, "host") == [f"organisation/ror-{ROR}"]


@pytest.mark.parametrize(
    "cell", ["learner", "Learner", "متعلّم", "https://w3id.org/rihla/id/role/learner"]
)
def test_a_concept_goes_by_key_label_and_iri(schema: Schema, cell: str) -> None:
    tables = [
        checked(schema, "trainings", training("t")),
        checked(schema, "participations", {"training": "t", "role": cell, "headcount": "2"}),
    ]
    _, participations = resolve(tables, schema, BASE)
    assert participations.references["role"]["iri"].to_list() == [
        "https://w3id.org/rihla/id/role/learner"
    ]


def test_several_values_mean_several_things(schema: Schema) -> None:
    tables = [
        checked(schema, "organisations", organisation("a"), organisation("b")),
        checked(schema, "trainings", training("t", host="b|a|A")),
    ]
    _, trainings = resolve(tables, schema, BASE)
    assert meant(trainings, "host") == ["organisation/b", "organisation/a"]


def test_a_row_of_any_source_may_be_meant(schema: Schema) -> None:
    tables = [
        checked(schema, "trainings", training("t", host="a"), source="one"),
        checked(schema, "organisations", organisation("a"), source="two"),
    ]
    trainings, _ = resolve(tables, schema, BASE)
    assert meant(trainings, "host") == ["organisation/a"]


def test_a_key_that_two_things_have_is_ambiguous(schema: Schema) -> None:
    tables = [
        checked(
            schema, "countries", GHANA, {"iso2": "TG", "name_en": "Togo", "alias": "Gold Coast@en"}
        ),
        checked(schema, "organisations", organisation("a", country="Gold Coast")),
    ]
    _, organisations = resolve(tables, schema, BASE)
    (problem,) = organisations.problems
    assert (problem.row, problem.column, problem.rule) == (2, "country", "ambiguous")
    assert problem.accepted == "a key that means one Country only; use its id"
    assert organisations.subjects.is_empty()


def test_a_dangling_reference_is_refused_with_the_closest_key(schema: Schema) -> None:
    tables = [
        checked(schema, "countries", GHANA),
        checked(schema, "organisations", organisation("a", country="Ghanna")),
    ]
    _, organisations = resolve(tables, schema, BASE)
    (problem,) = organisations.problems
    assert (problem.file, problem.row, problem.column) == ("organisations.csv", 2, "country")
    assert (problem.value, problem.rule) == ("Ghanna", "reference")
    assert problem.accepted.startswith("a known Country: the iso2, iso3, name_en")
    assert problem.accepted.endswith("Did you mean ghana?")


def test_a_reference_unlike_any_key_gets_no_suggestion(schema: Schema) -> None:
    tables = [
        checked(schema, "countries", GHANA),
        checked(schema, "organisations", organisation("a", country="Atlantis")),
    ]
    _, organisations = resolve(tables, schema, BASE)
    assert "Did you mean" not in organisations.problems[0].accepted


def test_a_name_is_no_key_of_an_organisation(schema: Schema) -> None:
    tables = [
        checked(schema, "organisations", organisation("a")),
        checked(schema, "trainings", training("t", host="Institute a")),
    ]
    assert told(resolve(tables, schema, BASE)) == [("trainings.csv", 2, "host", "reference")]


def test_a_doubt_drops_the_reference_and_keeps_the_row() -> None:
    schema = small_schema(text("name", lookup=True), town("near", warning=True))
    rows: list[Row] = [{"name": "a", "near": "b"}, {"name": "b", "near": "nowhere"}]
    (table,) = resolve([checked(schema, "towns", *rows)], schema, BASE)
    assert iris(table) == ["town/a", "town/b"]
    assert meant(table, "near") == ["town/b"]
    assert [(p.row, p.severity) for p in table.problems] == [(3, "warning")]


# Refusals


def test_a_refusal_takes_with_it_what_refers_to_it(schema: Schema) -> None:
    tables = [
        checked(schema, "organisations", organisation("a", country="Atlantis"), organisation("b")),
        checked(schema, "trainings", training("t", host="a"), training("u", host="b")),
        checked(
            schema,
            "participations",
            {"training": "t", "role": "learner", "headcount": "3"},
            {"training": "u", "role": "learner", "headcount": "3"},
        ),
    ]
    found = resolve(tables, schema, BASE)
    assert told(found) == [
        ("organisations.csv", 2, "country", "reference"),
        ("trainings.csv", 2, "host", "reference"),
        ("participations.csv", 2, "training", "reference"),
    ]
    assert [counts(t) for t in found] == [(2, 1, 1, 0)] * 3
    reasons = [t.problems[0].accepted for t in found]
    assert "refused" not in reasons[0]
    assert reasons[1].endswith("; the row with this key was refused")
    assert reasons[2].endswith("; the row with this key was refused")


def test_a_row_refused_by_its_cells_is_no_target(schema: Schema) -> None:
    tables = [
        checked(schema, "organisations", organisation("a", latitude="200"), organisation("a-2")),
        checked(schema, "trainings", training("t", host="a")),
    ]
    organisations, trainings = resolve(tables, schema, BASE)
    assert [counts(organisations), counts(trainings)] == [(2, 1, 1, 0), (1, 0, 1, 0)]
    assert trainings.problems[0].accepted.endswith("; the row with this key was refused")


def test_a_successor_that_is_refused_takes_its_predecessors_with_it(schema: Schema) -> None:
    rows = [
        organisation("grandchild", successor="child"),
        organisation("child", successor="parent"),
        organisation("parent", country="Atlantis"),
        organisation("stranger"),
    ]
    (table,) = resolve([checked(schema, "organisations", *rows)], schema, BASE)
    assert iris(table) == ["organisation/stranger"]
    assert [p.row for p in table.problems] == [2, 3, 4]


def test_rows_that_refer_to_each_other_are_kept(schema: Schema) -> None:
    rows = [organisation("a", part_of="b"), organisation("b", part_of="a")]
    (table,) = resolve([checked(schema, "organisations", *rows)], schema, BASE)
    assert counts(table) == (2, 2, 0, 0)


# Duplicates


def test_a_second_row_with_the_same_key_is_refused(schema: Schema) -> None:
    rows = [
        training("t"),
        training("u"),
        training("t", mode="online"),
        training("t", mode="hybrid"),
    ]
    (table,) = resolve([checked(schema, "trainings", *rows)], schema, BASE)
    assert iris(table) == ["training/t", "training/u"]
    assert counts(table) == (4, 2, 2, 0)
    first, second = table.problems
    assert (first.row, first.column, first.rule, first.value) == (
        4,
        "id",
        "duplicate",
        "training/t",
    )
    assert first.accepted == "a key that no other row has; the first one is in trainings.csv, row 2"
    assert second.row == 5


def test_a_row_that_repeats_another_in_every_cell_is_merged(schema: Schema) -> None:
    rows = [training("t", mode="online"), training("u"), training("t", mode="online")]
    (table,) = resolve([checked(schema, "trainings", *rows)], schema, BASE)
    assert counts(table) == (3, 2, 0, 1)
    assert table.problems == ()


def test_a_repeated_row_falls_with_the_first(schema: Schema) -> None:
    rows = [training("t", host="gone"), training("t", host="gone")]
    (table,) = resolve([checked(schema, "trainings", *rows)], schema, BASE)
    assert counts(table) == (2, 0, 2, 0)


def test_a_key_in_two_files_of_a_source_is_refused_in_the_second(schema: Schema) -> None:
    tables = [
        checked(schema, "trainings", training("t"), file="trainings.csv"),
        checked(schema, "trainings", training("t", mode="online"), file="trainings.2019.csv"),
    ]
    found = resolve(tables, schema, BASE)
    assert told(found) == [("trainings.2019.csv", 2, "id", "duplicate")]
    assert found[1].problems[0].accepted.endswith("trainings.csv, row 2")


def test_the_same_ror_in_two_sources_is_one_thing(schema: Schema) -> None:
    tables = [
        checked(schema, "organisations", organisation("a", ror=ROR), source="one"),
        checked(schema, "organisations", organisation("b", ror=ROR), source="two"),
        checked(schema, "trainings", training("t", host="a|b"), source="one"),
    ]
    first, second, trainings = resolve(tables, schema, BASE)
    assert iris(first) == iris(second) == [f"organisation/ror-{ROR}"]
    assert meant(trainings, "host") == [f"organisation/ror-{ROR}"]
    assert told([first, second, trainings]) == []


def test_the_same_ror_twice_in_a_source_is_a_duplicate(schema: Schema) -> None:
    rows = [
        organisation("a", ror=ROR),
        organisation("b", ror=ROR),
        organisation("c", ror=OTHER_ROR),
    ]
    (table,) = resolve([checked(schema, "organisations", *rows)], schema, BASE)
    assert counts(table) == (3, 2, 1, 0)
    assert table.problems[0].value == f"organisation/ror-{ROR}"


@pytest.mark.parametrize("namesake", [0, 1])
def test_a_namesake_may_stand_beside_the_thing_itself(schema: Schema, namesake: int) -> None:
    rows = [organisation("a", ror=ROR), organisation("b", ror=ROR)]
    table = replace(checked(schema, "organisations", *rows), namesakes=frozenset({namesake}))
    (found,) = resolve([table], schema, BASE)
    assert counts(found) == (2, 2, 0, 0)
    assert set(iris(found)) == {f"organisation/ror-{ROR}"}


def test_many_duplicates_are_told_each_with_its_first() -> None:
    schema = small_schema(text("name"), text("note"))
    rows: list[Row] = [{"name": f"n{i % 500}", "note": str(i)} for i in range(1000)]
    (table,) = resolve([checked(schema, "towns", *rows)], schema, BASE)
    assert counts(table) == (1000, 500, 500, 0)
    assert all(f"row {p.row - 500}" in p.accepted for p in table.problems)


# Sums


def test_tables_without_rows_or_columns_pass_through(schema: Schema) -> None:
    tables = [checked(schema, "organisations"), checked(schema, "places", {"id": None})]
    assert [counts(t) for t in resolve(tables, schema, BASE)] == [(0, 0, 0, 0), (1, 0, 1, 0)]


NAMES = st.sampled_from(["a", "b", "c", "d", "gone", ""])
TOWNS = st.lists(
    st.fixed_dictionaries({"name": NAMES, "near": NAMES, "note": st.sampled_from(["", "x"])}),
    max_size=8,
)


@settings(max_examples=40)
@given(TOWNS, TOWNS)
def test_read_is_kept_and_refused_and_merged(one: list[Row], two: list[Row]) -> None:
    schema = small_schema(text("name", lookup=True), text("note"), town("near"))
    tables = [checked(schema, "towns", *one), checked(schema, "towns", *two, source="two")]
    found = resolve(tables, schema, BASE)
    known = {iri for table in found for iri in table.subjects["iri"]}
    for table in found:
        read, kept, refused, merged = counts(table)
        assert read == kept + refused + merged
        assert table.subjects["iri"].n_unique() == kept
        assert not set(table.subjects["_id"]) & table.refused
        assert {p.row for p in table.problems} == {i + 2 for i in table.refused}
        # No kept row refers to one that is not.
        references = table.references.get(
            "near", pl.DataFrame(schema={"_id": pl.UInt32, "iri": pl.String})
        )
        assert set(references.join(table.subjects, on="_id", how="semi")["iri"]) <= known
