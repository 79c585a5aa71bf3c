from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.network import project
from kg.network.groups import grouping

from .worlds import world


def test_blocs_at_the_time_of_the_trainings() -> None:
    network = project(world())
    blocs = dict(network.nodes.select("node", "bloc").rows())
    assert blocs == {"A": "AU", "B": "AU + OIC", "C": "EU", "D": "OIC"}
    later = project(world(), years=(2021, None), isolates=True)
    assert dict(later.nodes.select("node", "bloc").rows()) == {"B": "AU + OIC", "D": "OIC"}
    t3 = project(world(bloc_members=[("EU", "GB", "1973", "2000")]), years=2019)
    assert set(t3.nodes["bloc"]) == {"no bloc"}


def test_partitions() -> None:
    network = project(world())
    assert grouping(network, "country").names == ("GB", "NG", "TR", "ZA")
    oic = grouping(network, "OIC")
    assert oic.names == ("member", "other")
    assert oic.codes.tolist() == [1, 0, 1, 0]
    assert oic.meta == {"by": "OIC", "groups": 2, "nodes_without_group": 0}


def test_who_has_no_country_has_no_group() -> None:
    network = project(world(), level="person", isolates=True)
    persons = dict(zip(network.nodes["node"], grouping(network, "country").codes, strict=True))
    assert persons["p1"] >= 0  # seen for one country only
    nobody = project(world(), "method-use", isolates=True)
    assert nobody.nodes["bloc"].dtype == network.nodes["bloc"].dtype


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(QueryError, match="accepted: country, bloc, kind, AU, EU, OIC"):
        grouping(project(world()), "NATO")
