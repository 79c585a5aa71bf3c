"""What must follow in the test world, stated as SPARQL that finds what is missing."""

from __future__ import annotations

import pytest

from kg.analysis.graph import Graph
from kg.results import ResultTable

PREFIXES = """
PREFIX rihla: <https://w3id.org/rihla/ontology#>
PREFIX role: <https://w3id.org/rihla/id/role/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
# Whatever matches the first pattern must match the second.
CONSEQUENCES = {
    "held in → involves country": ("?a rihla:heldIn ?b", "?a rihla:involvesCountry ?b"),
    "host's country → involves country": (
        "?a rihla:hostedBy/rihla:country ?b",
        "?a rihla:involvesCountry ?b",
    ),
    "participant's country → involves country": (
        "?p rihla:training ?a ; rihla:fromCountry ?b",
        "?a rihla:involvesCountry ?b",
    ),
    "place's country → held in": ("?a rihla:place/rihla:country ?b", "?a rihla:heldIn ?b"),
    "organisation's country → from country": (
        "?a rihla:organisation/rihla:country ?b",
        "?a rihla:fromCountry ?b",
    ),
    "learner → attended": (
        "?p rihla:agent ?a ; rihla:training ?b ; rihla:role role:learner",
        "?a rihla:attended ?b",
    ),
    "mentor → taught at": (
        "?p rihla:agent ?a ; rihla:training ?b ; rihla:role role:mentor",
        "?a rihla:taughtAt ?b",
    ),
    "attended what teaches → acquired method": (
        "?a rihla:attended/rihla:teachesMethod ?b",
        "?a rihla:acquiredMethod ?b",
    ),
    "attended what somebody taught → learned from": (
        "?a rihla:attended/rihla:taughtBy ?b",
        "?a rihla:learnedFrom ?b",
    ),
    "curriculum's topic → topic": (
        "?a rihla:followsCurriculum/rihla:topic ?b",
        "?a rihla:topic ?b",
    ),
    "topic below a sector → in sector": (
        "?a rihla:topic/skos:broader* ?b . ?b a rihla:Sector",
        "?a rihla:inSector ?b",
    ),
    "series' programme → in programme": (
        "?a rihla:inSeries/rihla:inProgramme ?b",
        "?a rihla:inProgramme ?b",
    ),
    "host → involves": ("?a rihla:hostedBy ?b", "?a rihla:involves ?b"),
    "funding → funded by": (
        "?f rihla:fundsTraining ?a ; rihla:funder ?b",
        "?a rihla:fundedBy ?b",
    ),
    "attribution → has outcome": (
        "?x rihla:attributedTo ?a ; rihla:outcome ?b",
        "?a rihla:hasOutcome ?b",
    ),
    "membership → member of bloc": (
        "?m rihla:memberCountry ?a ; rihla:bloc ?b",
        "?a rihla:memberOfBloc ?b",
    ),
}
# What must not follow, however near it lies.
EXCLUDED = {
    "a funder's country is not involved for the money alone": """
        ?a rihla:fundedBy/rihla:country ?b ; rihla:involvesCountry ?b .
        FILTER NOT EXISTS { ?a rihla:heldIn ?b }
        FILTER NOT EXISTS { ?a rihla:hostedBy/rihla:country ?b }
        FILTER NOT EXISTS { ?a rihla:organisedBy/rihla:country ?b }
        FILTER NOT EXISTS { ?p rihla:training ?a ; rihla:fromCountry ?b }""",
    "an organiser alone did not teach": """
        ?a rihla:taughtAt ?b .
        FILTER NOT EXISTS {
          ?p rihla:agent ?a ; rihla:training ?b ; rihla:role/skos:broader role:educator-side
        }""",
}


def rows(graph: Graph, pattern: str) -> list[tuple[object, ...]]:
    answer = graph.sparql(f"{PREFIXES} SELECT DISTINCT ?a ?b WHERE {{ {pattern} }}")
    assert isinstance(answer, ResultTable)
    return list(answer.rows)


@pytest.mark.parametrize("name", CONSEQUENCES)
def test_what_must_follow_does(name: str, graph: Graph) -> None:
    given, follows = CONSEQUENCES[name]
    assert rows(graph, given), f"the test world has no case of {name}"
    assert rows(graph, f"{given} FILTER NOT EXISTS {{ {follows} }}") == []


@pytest.mark.parametrize("name", EXCLUDED)
def test_what_must_not_follow_does_not(name: str, graph: Graph) -> None:
    assert rows(graph, EXCLUDED[name]) == []
