"""Partners that a node does not have yet, with what speaks for and against each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from kg.analysis.analyses.recommend_evaluation import recommend_evaluation
from kg.analysis.analyses.shared import level
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.candidates import SCORE_NAMES, Knowledge, common_partners, knowledge
from kg.analysis.naming import Labelled, Listed
from kg.analysis.recorded import record_ends
from kg.errors import NotFoundError, QueryError
from kg.language import Told, tell

__all__ = ["RECOMMEND", "recommend"]

_SHOWN = 3  # names of a kind in one cell
_QUIET = 3  # years without a training that speak against a partner
_POPULAR = 0.9  # rank of popularity above which it may be all that there is


def recommend(world: World, given: Given) -> Answer:
    """Return the candidates of a node by combined score, with evidence and objections.

    Raises
    ------
    QueryError
        Nobody says for whom.
    NotFoundError
        The node has no partner in the selection, so nothing is known about it.
    """
    if given["node"] is None:
        raise QueryError("recommend needs node: for whom are partners meant?")
    known = knowledge(world, given["level"])
    nodes = known.network.nodes["node"].to_list()
    if given["node"] not in nodes:
        raise NotFoundError(
            f"{given['node']!r} has no partner under these filters, so nothing can be suggested. "
            "Widen the filters, or ask for another level."
        )
    own = nodes.index(given["node"])
    others = np.setdiff1d(np.arange(len(nodes)), [*known.linked_with(own), own])
    scores = known.of_pairs(np.full(len(others), own), others)
    order = sorted(range(len(others)), key=lambda n: (-scores["combined"][n], nodes[others[n]]))
    chosen = [n for n in order if scores["complement"][n] + scores["common_neighbours"][n] > 0]
    about = _About(world, known, own)
    rows = [
        {
            "candidate": nodes[others[n]],
            **{name: float(scores[name][n]) for name in SCORE_NAMES},
            **about.candidate(int(others[n])),
        }
        for n in chosen[: given["candidates"]]
    ]
    texts = [cell for row in rows for cell in row.values() if isinstance(cell, Told)]
    frame = pl.DataFrame(rows, schema=_SCHEMA).with_row_index("rank", offset=1)
    verdicts = _verdict(world, given)
    return Answer(
        world.labelled(frame.with_columns(pl.col("rank").cast(pl.Int64)), "candidate", "label"),
        coverage={"nodes": len(nodes), "not_linked": len(others), "with_a_reason": len(chosen)},
        caveats=(
            *verdicts,
            tell("A score is no judgement of quality: it says who is near and what is new."),
        ),
        reason=tell("No node shares a partner with it, and none taught what it has not had."),
        said={str(text): text for text in texts},
    )


_SCHEMA = {
    "candidate": pl.String,
    **dict.fromkeys(SCORE_NAMES, pl.Float64),
    "brings": pl.String,
    "wants": pl.String,
    "evidence": pl.String,
    "against": pl.String,
}


class _About:
    """What speaks for and against a candidate, in words."""

    def __init__(self, world: World, known: Knowledge, own: int) -> None:
        self.known, self.own = known, own
        entities = world.selection.entities
        self.labels: Mapping[str, str | None] = dict(entities.select("entity", "label").rows())
        self.nodes = known.network.nodes["node"].to_list()
        self.activity = _activity(world, known)
        degree = known.degree
        self.rarity = np.asarray(known.had.sum(axis=0))
        self.popular = (np.argsort(np.argsort(degree, kind="stable")) + 1) / len(degree)

    def candidate(self, other: int) -> dict[str, Told]:
        """Return brings, wants, evidence, against for a candidate, sayable in every language."""
        brings, wants = self._news(other, self.own), self._news(self.own, other)
        shared = common_partners(self.known.network, self.own, other)
        return {
            "brings": self._values(brings),
            "wants": self._values(wants),
            "evidence": self._paths(other, shared),
            "against": _listed(self._objections(other, brings, shared), "; "),
        }

    def _news(self, giver: int, taker: int) -> np.ndarray:
        """Return what one taught and the other never had to do with, as codes of values."""
        taught, had = self.known.taught, self.known.had
        return np.setdiff1d(
            taught.indices[slice(*taught.indptr[giver : giver + 2])],
            had.indices[slice(*had.indptr[taker : taker + 2])],
        )

    def _values(self, found: np.ndarray) -> Told:
        # Few have it: rarer values say more about a candidate.
        ordered = sorted(found, key=lambda v: (self.rarity[v], self.known.values[v]))
        names = [self._label(self.known.values[v]) for v in ordered[:_SHOWN]]
        more = len(found) - len(names)
        if not more:
            return _listed(names)
        return tell("%(names)s and %(more)s more", names=Listed(names), more=more)

    def _label(self, iri: str) -> Labelled:
        return Labelled(self.labels.get(iri) or iri, iri)

    def _paths(self, other: int, shared: list[int]) -> Told:
        """Return paths of two edges with a training behind each."""
        told = []
        for middle in shared[:_SHOWN]:
            near = self._training(self.own, middle)
            far = self._training(middle, other)
            partner = self._label(self.nodes[middle])
            told.append(Told("%(a)s (%(b)s; %(c)s)", {"a": partner, "b": near, "c": far}))
        more = len(shared) - len(told)
        if not more:
            return _listed(told, " | ")
        return tell(
            "%(partners)s and %(more)s more partners", partners=Listed(told, " | "), more=more
        )

    def _training(self, a: int, b: int) -> str:
        rows = self.known.network.evidence(self.nodes[a], self.nodes[b]).rows
        training, name, year = rows[-1]
        label = Labelled(str(name), str(training))
        return label if year is None or str(year) in str(name) else Listed((label, str(year)))

    def _objections(self, other: int, brings: np.ndarray, shared: list[int]) -> list[Told]:
        trainings, last, until = self.activity.get(self.nodes[other], (0, None, None))
        found = []
        if not shared:
            found.append(tell("no common partner"))
        if not len(brings):
            found.append(tell("taught nothing that is new here"))
        if trainings == 1:
            found.append(tell("known from one training only"))
        if last is not None and until is not None and until - last >= _QUIET:
            found.append(tell("last seen in %(year)s", year=str(last)))
        if self.popular[other] >= _POPULAR and len(shared) <= 1:
            found.append(tell("ranks high by its many partners rather than by nearness"))
        return found


def _listed(parts: Sequence[str], between: str = ", ") -> Told:
    return Told("%(list)s", {"list": Listed(parts, between)})


def _activity(world: World, known: Knowledge) -> dict[str, tuple[int, int | None, int | None]]:
    """Return node → its trainings, the last year, and until when its programmes are recorded.

    Where the record ends, silence says nothing against anybody.
    """
    level = str(known.network.meta["level"])
    column = {"institution": "organisation", "person": "person"}.get(level, "country")
    rows = (
        world.selection.involvements.select("training", node=pl.col(column)).drop_nulls().unique()
    )
    rows = rows.join(world.selection.trainings.select("training", "year"), on="training")
    rows = rows.join(record_ends(world).select("training", "end_year"), on="training", how="left")
    found = rows.group_by("node").agg(
        n=pl.len(), last=pl.col("year").max(), until=pl.col("end_year").max()
    )
    return {node: (n, last, until) for node, n, last, until in found.rows()}


def _verdict(world: World, given: Given) -> tuple[str, ...]:
    evaluated: Callable[[World, Given], Answer] = recommend_evaluation
    found = evaluated(world, {**given, "until": None, "ahead": 2, "k": 50})
    said = found.meta.get("verdict")
    if isinstance(said, str):
        return (said,)
    return (tell("Too little came later to evaluate the scores here."),)


RECOMMEND = Analysis(
    recommend,
    title="Suggested partners",
    definition=(
        "Nodes that the given one has no training with, by the mean rank of nearness (Adamic–Adar, "
        "resource allocation), popularity (preferential attachment) and complementary methods and "
        "topics; each with its paths and what speaks against it."
    ),
    formula=(
        "common_neighbours = |Γ(a) ∩ Γ(b)|; adamic_adar = Σ_z 1/ln k_z; resource_allocation = Σ_z "
        "1/k_z; preferential_attachment = k_a k_b; complement = values that one taught and the "
        "other never had; combined = mean rank of the last four (0 to 1)"
    ),
    reference=(
        "Adamic & Adar (2003), doi:10.1016/S0378-8733(03)00009-1; Zhou, Lü & Zhang (2009), "
        "doi:10.1140/epjb/e2009-00335-8; Barabási et al. (2002), doi:10.1016/S0378-4371(02)00736-7"
        "; Liben-Nowell & Kleinberg (2007), doi:10.1002/asi.20591"
    ),
    columns={
        "rank": "place among the candidates",
        "candidate": "the suggested partner",
        "label": "its name",
        "combined": "mean rank over the four scores",
        "common_neighbours": "partners of both",
        "adamic_adar": "these, each by 1/ln of its partners",
        "resource_allocation": "these, each by 1/partners",
        "preferential_attachment": "partners of the one times partners of the other",
        "complement": "methods and topics that one taught and the other never had to do with",
        "brings": "what the candidate taught and the node never had, the rarest first",
        "wants": "what the node taught and the candidate never had",
        "evidence": "common partners, with a training that links each way",
        "against": "what speaks against it",
    },
    parameters={
        "node": Parameter("thing", "For whom.", target="level"),
        "level": level("institution", "country", "person"),
        "candidates": Parameter("integer", "How many.", default=20, least=1, most=500),
    },
    example={"node": "NG", "level": "country"},
    sides=("learner", "educator", "host", "organiser"),
    chart=Chart("bars", x="label", y="combined"),
    heavy=True,
)
