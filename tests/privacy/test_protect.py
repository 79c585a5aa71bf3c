"""Who is named and who is counted, over whole loads; and that nothing of the others is left."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from kg.checking.report import report_csv, write_refused
from kg.ontology import Ontology
from kg.pipeline import build
from kg.pipeline.load import Loaded, load_sources
from kg.provenance import GraphNames
from kg.settings import Settings
from kg.store import EmbeddedStore, Release
from tests.privacy.world import ORCID, PEOPLE, TABLES, write_sources

BASE = "https://w3id.org/rihla/id/"
EVERYBODY = {"ada", "bob", f"orcid-{ORCID}"}  # who did not refuse


def load(settings: Settings, ontology: Ontology) -> Loaded:
    return load_sources(settings, ontology.schema)


def named(loaded: Loaded) -> set[str]:
    quads = loaded.quads(GraphNames(BASE))
    people = quads.filter(pl.col("o") == "<https://w3id.org/rihla/ontology#Person>")
    return {s.strip("<>").removeprefix(f"{BASE}person/") for s in people["s"]}


def groups(loaded: Loaded) -> list[tuple[object, ...]]:
    """Return training, role, organisation, country and size of each counted group."""
    quads = loaded.quads(GraphNames(BASE))
    found: dict[str, dict[str, str]] = {}
    for s, p, o, _ in quads.iter_rows():
        if "/participation/counted-" in s:
            name = p.strip("<>").rpartition("#")[2].rpartition("/")[2]
            value = o.partition("^^")[0].strip('<>"').rpartition("/")[2]
            found.setdefault(s, {})[name] = value
    columns = ("training", "role", "organisation", "fromCountry", "headcount", "headcountWithheld")
    return sorted((tuple(g.get(c, "") for c in columns) for g in found.values()), key=str)


def everything(release: Release) -> str:
    """Return all that a release says, wherever it is kept."""
    parts = [gzip.decompress(release.dump.read_bytes()).decode()]
    store = EmbeddedStore(release.store, release.id)
    query = "SELECT * WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    parts.append(store.serialise(query, "text/csv").decode())
    for path in release.path.rglob("*"):
        if path.suffix == ".parquet":
            parts.append(pl.read_parquet(path).write_json())
        elif path.is_file() and "ontology" not in path.parts:
            # Short names turn up by chance in packed bytes: text is eight letters and more.
            parts += [found.decode() for found in re.findall(rb"[ -~]{8,}", path.read_bytes())]
    return "\n".join(parts).lower()


ABSENT = ("rosa", "exemplo", "zoe", "zo\\u00e9", "zoé", "chantillonova", "qq-note")


def test_who_refused_is_counted_and_leaves_no_trace(tmp_path: Path, ontology: Ontology) -> None:
    settings = write_sources(tmp_path, {"own": TABLES})
    loaded = load(settings, ontology)
    assert not [str(p) for p in loaded.problems]
    assert named(loaded) == EVERYBODY
    assert groups(loaded) == [
        ("t1", "learner", "lab", "", "2", ""),
        ("t2", "learner", "", "DJ", "1", ""),
    ]
    # two people, one of whose three parts stands for two; one affiliation
    assert dict(loaded.withheld) == {
        ("own", "people"): 2, ("own", "participations"): 1, ("own", "affiliations"): 1,
    }  # fmt: skip
    text = everything(build(settings).release)
    assert [part for part in ABSENT if part in text] == []
    assert "a paper by …" in text
    assert "led by carla muster and …" in text


def test_nothing_is_taken_out_where_nobody_must_be(tmp_path: Path, ontology: Ontology) -> None:
    people = PEOPLE.replace("refused", "published").replace("withdrawn", "published")
    tables = {**TABLES, "people": people.replace("zoé,", "zoe,")}
    loaded = load(write_sources(tmp_path, {"own": tables}), ontology)
    assert named(loaded) == {*EVERYBODY, "rosa", "zoe"}
    assert not loaded.withheld
    assert groups(loaded) == []


@pytest.mark.parametrize(
    ("rule", "expected"), [("named", EVERYBODY), ("consented", {"bob"}), ("groups", set())]
)
def test_the_publish_rule(
    tmp_path: Path, ontology: Ontology, rule: str, expected: set[str]
) -> None:
    loaded = load(write_sources(tmp_path, {"own": TABLES}, {"own": rule}), ontology)
    assert named(loaded) == expected
    sizes = [int(str(g[4])) for g in groups(loaded)]
    assert sum(sizes) == 6 - len([p for p in ("ada", "bob", ORCID) if p_in(p, expected)])


def p_in(key: str, expected: set[str]) -> bool:
    return key in expected or f"orcid-{key}" in expected


def test_small_groups_lose_their_size(tmp_path: Path, ontology: Ontology) -> None:
    settings = write_sources(tmp_path, {"own": TABLES}, build="suppress_below = 2")
    assert groups(load(settings, ontology)) == [
        ("t1", "learner", "lab", "", "2", ""),
        ("t2", "learner", "", "DJ", "", "true"),
    ]


def test_a_groups_source_leaves_no_trace(tmp_path: Path) -> None:
    settings = write_sources(tmp_path, {"own": TABLES}, {"own": "groups"})
    text = everything(build(settings).release)
    wrong = (
        "specimenova",
        "samplewright",
        "muster",
        "exemplo",
        ORCID,
        "qq-stats",
        "sub-reader",
    )
    assert [part for part in wrong if part in text] == []


# Several sources


def two(
    first: str, second: str, **rules: str
) -> tuple[Mapping[str, Mapping[str, str]], dict[str, str]]:
    a = {**{k: TABLES[k] for k in ("countries", "organisations", "trainings")}, "people": first}
    return {"a": a, "b": {"people": second}}, rules


@pytest.mark.parametrize(
    ("in_a", "in_b", "rules", "expected"),
    [
        # the strictest rule wins, whichever comes first
        ("published", "published", {"a": "named", "b": "consented"}, set()),
        ("published", "published", {"a": "groups", "b": "named"}, set()),
        # unless the person consented where they may be named
        ("consented", "published", {"a": "named", "b": "groups"}, {"x"}),
        ("published", "consented", {"a": "named", "b": "consented"}, {"x"}),
        # to consent in a source that names nobody does not help
        ("published", "consented", {"a": "named", "b": "groups"}, set()),
        # and a refusal anywhere holds everywhere
        ("consented", "refused", {}, set()),
        ("withdrawn", "consented", {}, set()),
        ("published", "published", {}, {"x"}),
    ],
)
def test_two_sources_about_one_person(
    tmp_path: Path,
    ontology: Ontology,
    in_a: str,
    in_b: str,
    rules: dict[str, str],
    expected: set[str],
) -> None:
    head = "id,name,consent\n"
    sources, publish = two(f"{head}x,Xenia Muster,{in_a}\n", f"{head}X,Xenia M.,{in_b}\n", **rules)
    loaded = load(write_sources(tmp_path, sources, publish), ontology)
    assert {p.lower() for p in named(loaded)} == expected


def test_an_orcid_joins_what_ids_do_not(tmp_path: Path, ontology: Ontology) -> None:
    head = "id,name,orcid,consent\n"
    url = f"https://orcid.org/{ORCID}"
    sources, _ = two(f"{head}x,X,{ORCID},published\n", f"{head}y,Y,{url},refused\n")
    assert named(load(write_sources(tmp_path, sources), ontology)) == set()


@pytest.mark.parametrize(("training", "expected"), [("t1", set()), ("t2", {"y"})])
def test_a_refusal_holds_for_a_namesake_with_evidence(
    tmp_path: Path, ontology: Ontology, training: str, expected: set[str]
) -> None:
    head = "id,name,consent\n"
    sources, _ = two(f"{head}x,Émile Muster,refused\n", f"{head}y,emile MUSTER,published\n")
    took_part = "training,role,person\n{},learner,{}\n"
    parts = {
        "a": {**sources["a"], "participations": took_part.format("t1", "x")},
        "b": {**sources["b"], "participations": took_part.format(training, "y")},
    }
    assert named(load(write_sources(tmp_path, parts), ontology)) == expected


def test_a_person_is_counted_once_over_all_sources(tmp_path: Path, ontology: Ontology) -> None:
    head = "id,name,consent\n"
    sources, _ = two(f"{head}x,X,refused\nn,N,consented\n", f"{head}x,X,published\n")
    parts = {
        "a": {
            **sources["a"],
            "participations": "training,role,person\nt1,learner,x\nt1,learner,n\n",
        },
        "b": {
            **sources["b"],
            "participations": "training,role,person\nt1,Learner,x\nt1,learner,x\nt1,learner,n\n"
            "t1,mentor,x\n",
        },
    }
    loaded = load(write_sources(tmp_path, parts, {"b": "groups"}), ontology)
    assert groups(loaded) == [("t1", "learner", "", "", "1", ""), ("t1", "mentor", "", "", "1", "")]


# What is said of them


def test_faults_in_rows_of_people_who_are_not_named(tmp_path: Path, ontology: Ontology) -> None:
    tables = {
        **TABLES,
        "participations": "training,role,person,note\nt9,learner,rosa,from Rosa\nt1,learner,bob,\n",
        "people": "id,name,orcid,consent\nrosa,Rosa Exemplo,1234,refused\nbob,Bob,,published\n",
        "affiliations": "person,organisation\n",
        "outcomes": "id,type,name,person\n",
    }
    settings = write_sources(tmp_path, {"own": tables})
    loaded = load(settings, ontology)
    (problem,) = loaded.problems
    assert (problem.row, problem.column, problem.value) == (2, "training", "t9")
    report = report_csv(loaded.problems)
    (refused,) = write_refused(loaded.tables, tmp_path / "refused")
    for text in (report, refused.read_text(encoding="utf-8")):
        assert "rosa" not in text.lower()


def test_a_consented_source_counts_whom_it_does_not_know(
    tmp_path: Path, ontology: Ontology
) -> None:
    tables = {**TABLES, "participations": "training,role,person\nt1,learner,Grace H.\n"}
    loaded = load(write_sources(tmp_path, {"own": tables}, {"own": "consented"}), ontology)
    assert groups(loaded) == [("t1", "learner", "", "", "1", "")]
    assert not loaded.problems


def test_a_file_about_one_person_is_not_listed(tmp_path: Path, ontology: Ontology) -> None:
    settings = write_sources(tmp_path, {"own": TABLES})
    folder = tmp_path / "own"
    (folder / "people.csv").rename(folder / f"people.{ORCID}.csv")
    loaded = load(settings, ontology)
    assert len(loaded.loads[0].files) == len(TABLES)  # carla did not refuse
    text = TABLES["people"].replace(f"{ORCID},published", f"{ORCID},refused")
    (folder / f"people.{ORCID}.csv").write_text(text, encoding="utf-8")
    assert len(load(settings, ontology).loads[0].files) == len(TABLES) - 1


# Content


def test_a_change_of_heart_is_another_content(tmp_path: Path, ontology: Ontology) -> None:
    head = "id,name,consent\n"
    graphs = []
    for consent in ("published", "refused"):
        sources, _ = two(f"{head}x,X,published\n", f"{head}x,X,{consent}\n")
        loaded = load(write_sources(tmp_path, sources), ontology)
        graphs.append({load.source.id: load.content for load in loaded.loads})
    assert graphs[0]["a"] != graphs[1]["a"]  # though no file of a has changed
    first = build(write_sources(tmp_path, sources)).release
    assert not build(write_sources(tmp_path, sources)).changed
    assert build(write_sources(tmp_path, sources, {"a": "groups"})).release.id != first.id
