"""From the columns of a release to a network."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Unpack

import polars as pl

from kg.errors import QueryError
from kg.language import Told, tell
from kg.network.blocs import memberships
from kg.network.crowds import crowds
from kg.network.frame import Columns, Filters, Selection, select
from kg.network.graph import Network
from kg.network.groups import BLOC_JOIN, NO_BLOC
from kg.network.incidence import LEVELS
from kg.network.pairing import CODE, Pairing, aggregate, terms_of
from kg.network.projections import PROJECTIONS, ROLES, Projection

__all__ = ["Isolates", "project", "strongest_partners"]

Isolates = bool | Literal["all"]
"""Whether nodes without an edge are kept: those inside a filter by bloc or country, or all."""


@dataclass(frozen=True)
class _Plan:
    """What was asked for, with every name known to be accepted."""

    name: str
    projection: Projection
    level: str
    weight: str
    roles: tuple[str, ...]
    loops: bool
    strongest: int | None = None


@dataclass(frozen=True)
class _Meetings:
    """Who meets whom in the selected trainings, by code."""

    selection: Selection
    rows: pl.DataFrame  # involvements with a role that counts
    names: list[str]  # IRI of each node code
    trainings: pl.DataFrame  # code, training, label, year
    pairing: Pairing
    links: pl.DataFrame  # see Pairing.links, with year


def project(
    columns: Columns,
    projection: str = "partnership",
    *,
    level: str | None = None,
    weight: str | None = None,
    roles: str | Sequence[str] | None = None,
    isolates: Isolates = False,
    loops: bool = False,
    meta: Mapping[str, object] | None = None,
    **filters: Unpack[Filters],
) -> Network:
    """Return the network that a projection makes of the selected trainings.

    Parameters
    ----------
    columns:
        The tables of :data:`kg.network.COLUMNS` by name.
    projection:
        A name of :data:`kg.network.PROJECTIONS`.
    level:
        What the nodes are: institution, person, country or bloc, as far as the projection
        knows it; its first level where None.
    weight:
        The weight that counts unless a method is told otherwise (the projection's first where
        None). The network carries all of them.
    roles:
        The roles that count, of :data:`kg.network.ROLES`; the projection's own where None.
    isolates:
        Keep nodes that took part in a selected training and have no edge; under a filter by bloc
        or country those inside it, or "all".
    loops:
        Keep a node's flow to itself (knowledge-flow only; measures ignore it).
    meta:
        Added to the meta of every result, such as the release.
    filters:
        See :class:`kg.network.Filters`.

    Raises
    ------
    QueryError
        An unknown projection, level, weight, role, filter or filter value; the message names
        what is accepted.
    InputError
        A table or a column is missing.
    """
    plan = _plan(projection, level, weight, roles, loops)
    meetings = _meet(select(columns, **filters), plan)

    def again(**other: Unpack[Filters]) -> Network:
        return project(
            columns, projection, level=level, weight=weight, roles=roles, isolates=isolates,
            loops=loops, meta=meta, **(filters | other),
        )  # fmt: skip

    return _network(meetings, plan, isolates, meta, again)


def _network(
    meetings: _Meetings,
    plan: _Plan,
    isolates: Isolates = False,
    meta: Mapping[str, object] | None = None,
    again: Callable[..., Network] | None = None,
) -> Network:
    edges = aggregate(meetings.links, plan.projection.weights)
    kept = _kept(meetings, edges, isolates)
    codes = {old: new for new, old in enumerate(kept)}
    return Network(
        nodes=_attributes([meetings.names[code] for code in kept], meetings, plan),
        edges_by_code=_renumbered(edges, codes),
        weights=tuple(plan.projection.weights),
        weight=plan.weight,
        directed=plan.projection.directed,
        meta={**_meta(meetings, plan), **(meta or {})},
        pairing=meetings.pairing.recoded(codes),
        trainings=meetings.trainings,
        again=again,
    )


def strongest_partners(columns: Columns, number: int) -> Network:
    """Return the partnerships of institutions that share most, without making the others.

    There are ``number`` of them, and those that share as many trainings as the last. They have
    the numbers that they have in the whole network; what is said of the whole is not right here.
    """
    plan = replace(_plan("partnership", None, None, None, False), strongest=number)
    return _network(_meet(select(columns), plan), plan)


def _plan(
    name: str,
    level: str | None,
    weight: str | None,
    roles: str | Sequence[str] | None,
    loops: bool,
) -> _Plan:
    chosen = PROJECTIONS[_one_of("projection", name, PROJECTIONS)]
    wanted = [roles] if isinstance(roles, str) else list(chosen.roles if roles is None else roles)
    return _Plan(
        name=name,
        projection=chosen,
        level=_one_of("level", level or chosen.levels[0], chosen.levels, name),
        weight=_one_of("weight", weight or next(iter(chosen.weights)), chosen.weights, name),
        roles=tuple(_one_of("role", role, ROLES) for role in wanted),
        loops=loops,
    )


def _one_of(what: str, given: str, accepted: Collection[str], projection: str = "") -> str:
    if given in accepted:
        return given
    where = f" of {projection}" if projection else ""
    raise QueryError(
        tell(
            "Unknown %(what)s%(where)s %(given)s; accepted: %(accepted)s.",
            what=what,
            where=where,
            given=repr(given),
            accepted=", ".join(accepted),
        )
    )


def _meet(selection: Selection, plan: _Plan) -> _Meetings:
    """Code nodes and trainings in the order of their IRIs, and join the two sides."""
    rows = selection.involvements.filter(pl.col("role").is_in(plan.roles))
    left, right = plan.projection.sides(rows, selection, plan.level)
    nodes = _codes(left["node"], right["node"])
    ways = _codes(left["via"], right["via"])
    trainings = (
        selection.trainings.sort("training")
        .with_row_index("code")
        .select(pl.col("code").cast(CODE), "training", "label", "year")
    )
    tables = {"training": trainings.select("training", "code"), "node": nodes, "via": ways}
    pairing = Pairing(
        left=_coded(left, tables),
        right=_coded(right, tables),
        symmetric=plan.projection.symmetric,
        bipartite=plan.projection.bipartite,
        within=selection.within,
        loops=plan.loops,
    )
    terms = terms_of(plan.projection.weights)
    found = (
        pairing.links(terms) if plan.strongest is None else pairing.strongest(plan.strongest, terms)
    )
    links = found.with_columns(trainings["year"].gather(found["training"]).alias("year"))
    return _Meetings(selection, rows, nodes["value"].to_list(), trainings, pairing, links)


def _codes(*series: pl.Series) -> pl.DataFrame:
    """Return (value, code) of all distinct values in their order."""
    values = pl.concat([one.alias("value") for one in series]).unique().sort()
    return values.to_frame().with_row_index("code").select("value", pl.col("code").cast(CODE))


def _coded(side: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    for column, table in tables.items():
        codes = table.rename({table.columns[0]: column})
        side = (
            side.join(codes, on=column, maintain_order="left")
            .with_columns(pl.col("code").alias(column))
            .drop("code")
        )
    return side


def _kept(meetings: _Meetings, edges: pl.DataFrame, isolates: Isolates) -> list[int]:
    """Return the codes of the nodes of the network, in order."""
    if isolates == "all":
        return list(range(len(meetings.names)))
    linked = _linked(edges)
    if not isolates:
        return linked
    sides = (meetings.pairing.left, meetings.pairing.right)
    inside = (code for side in sides for code in side.filter("inside")["node"].unique().to_list())
    return sorted({*linked, *inside})


def _linked(edges: pl.DataFrame) -> list[int]:
    """Return the codes of the nodes that have an edge."""
    ends = pl.concat([edges["source"], edges["target"].alias("source")])
    return [int(code) for code in ends.unique().sort()]


def _renumbered(edges: pl.DataFrame, codes: Mapping[int, int]) -> pl.DataFrame:
    old, new = list(codes.keys()), list(codes.values())
    ends = pl.col("source", "target")
    kept = edges.filter(pl.col("source").is_in(old) & pl.col("target").is_in(old))
    return kept.with_columns(ends.replace_strict(old, new, return_dtype=CODE))


def _attributes(names: list[str], meetings: _Meetings, plan: _Plan) -> pl.DataFrame:
    """Return (node, label, country, kind, bloc); see :class:`kg.network.graph.Network`."""
    placed = LEVELS[plan.level].place(meetings.rows, meetings.selection)
    seen = (
        placed.filter(pl.col("node") == pl.col("via"), pl.col("country").is_not_null())
        .group_by("node")
        .agg(seen=pl.col("country").unique())
        .filter(pl.col("seen").list.len() == 1)
        .select("node", seen=pl.col("seen").list.first())
    )
    nodes = (
        pl.DataFrame({"node": names}, schema={"node": pl.String})
        .join(_entities(meetings.selection), on="node", how="left", maintain_order="left")
        .join(seen, on="node", how="left", maintain_order="left")
        .select(
            "node",
            label=pl.coalesce("label", "node"),
            # Where the entity has no country, the only one that was seen.
            country=pl.coalesce("country", "seen"),
            kind=pl.coalesce("kind", _usual_kind(meetings, plan)),
        )
    )
    return nodes.join(_blocs(nodes, placed, meetings), on="node", how="left", maintain_order="left")


def _usual_kind(meetings: _Meetings, plan: _Plan) -> pl.Expr:
    """Return the kind of a node that no entity tells of."""
    first, second = LEVELS[plan.level], LEVELS[plan.projection.second or plan.level]
    codes = meetings.pairing.right["node"].unique().to_list() if plan.projection.second else []
    others = [meetings.names[code] for code in codes]
    return (
        pl.when(pl.col("node").is_in(others))
        .then(pl.lit(second.kind))
        .otherwise(pl.lit(first.kind))
    )


def _entities(selection: Selection) -> pl.DataFrame:
    """Return (node, kind, label, country) of everything that a node can be."""
    trainings = selection.trainings.select(
        node="training", kind=pl.lit("training"), label="label", country=pl.lit(None, pl.String)
    )
    return pl.concat([selection.entities.rename({"entity": "node"}), trainings]).unique(
        "node", keep="first", maintain_order=True
    )


def _blocs(nodes: pl.DataFrame, placed: pl.DataFrame, meetings: _Meetings) -> pl.DataFrame:
    """Return (node, bloc): the blocs of the node's country at the times of its trainings."""
    selection = meetings.selection
    here = (
        placed.select("training", "node").unique().join(nodes.select("node", "country"), on="node")
    )
    here = here.filter(pl.col("country").is_not_null())
    there = memberships(here, selection.trainings, selection.bloc_members)
    found = (
        here.join(there, on=["training", "country"], how="left")
        .group_by("node")
        .agg(bloc=pl.col("bloc").drop_nulls().unique().sort())
    )
    text = (
        pl.when(pl.col("bloc").list.len() == 0)
        .then(pl.lit(NO_BLOC))
        .otherwise(pl.col("bloc").list.join(BLOC_JOIN))
    )
    return found.select("node", bloc=text)


def _meta(meetings: _Meetings, plan: _Plan) -> dict[str, object]:
    weights = plan.projection.weights
    meta: dict[str, object] = {
        "projection": plan.name,
        "definition": plan.projection.definition,
        "level": plan.level,
        "roles": list(plan.roles),
        "directed": plan.projection.directed,
        "weight": plan.weight,
        "weights": {name: f"{w.definition}: {w.formula}" for name, w in weights.items()},
        "filters": dict(meetings.selection.filters),
        "coverage": _coverage(meetings, plan.level),
    }
    if plan.projection.symmetric and (said := crowds(meetings.links, plan.weight != "count")):
        meta["caveats"] = said
    reason = _reason(meetings, plan)
    return meta | ({"reason": reason} if reason else {})


def _coverage(meetings: _Meetings, level: str) -> dict[str, int]:
    """Return what was used and what was left out, by reason."""
    rows, pairing = meetings.rows, meetings.pairing
    placed = LEVELS[level].place(rows, meetings.selection)
    present = pl.concat([pairing.left["training"], pairing.right["training"]]).n_unique()
    taking_part = pl.col("side").is_in(["learner", "educator"])
    unknown = taking_part & pl.col("person").is_null() & pl.col("headcount").is_null()
    return {
        **meetings.selection.coverage,
        f"trainings_without_{level}": meetings.selection.trainings.height - present,
        "trainings_used": meetings.links["training"].n_unique(),
        "involvements": rows.height,
        f"involvements_without_{level}": placed["node"].null_count(),
        "groups_of_unknown_size": rows.filter(unknown).height,
    }


def _reason(meetings: _Meetings, plan: _Plan) -> str:
    """Return why there is no edge, or nothing where there is one."""
    if meetings.links.height:
        return ""
    trainings, plural = meetings.selection.trainings.height, Told(LEVELS[plan.level].plural)
    if trainings == 0:
        return tell("No training passes the filters.")
    given = {"trainings": trainings, "inside": _inside(meetings), "roles": ", ".join(plan.roles)}
    if plan.projection.bipartite:
        return tell(
            "None of the %(trainings)s selected trainings has both kinds of nodes%(inside)s "
            "(roles: %(roles)s).",
            **given,
        )
    if plan.projection.symmetric:
        return tell(
            "None of the %(trainings)s selected trainings brings two %(nodes)s together%(inside)s "
            "(roles: %(roles)s).",
            nodes=plural,
            **given,
        )
    return tell(
        "None of the %(trainings)s selected trainings has %(nodes)s on both sides%(inside)s "
        "(roles: %(roles)s).",
        nodes=plural,
        **given,
    )


def _inside(meetings: _Meetings) -> str:
    """Return which ends a filter wants inside, as a part of a sentence."""
    if not {"bloc", "country"} & set(meetings.selection.filters):
        return ""
    if meetings.selection.within:
        return tell(", both inside the filter")
    return tell(", one inside the filter")
