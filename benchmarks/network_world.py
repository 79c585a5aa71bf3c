"""Flat columns with heavy tails, as of a release, and the projection of networkx.

Part of networks.py.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl

from kg.network import COLUMNS


def columns_of(institutions: int, seed: int, largest: int = 60) -> dict[str, pl.DataFrame]:
    """Return flat columns: few institutions train much, few trainings are large.

    ``largest`` is the most involvements that a training has.
    """
    random = np.random.default_rng(seed)
    trainings = institutions
    sizes = np.minimum(2 + random.pareto(1.6, trainings) * 2.5, largest).astype(int)
    weights = 1 / np.arange(1, institutions + 1) ** 0.6
    drawn = random.choice(institutions, sizes.sum(), p=weights / weights.sum())
    # everybody is somewhere once
    drawn[random.choice(len(drawn), institutions, replace=False)] = np.arange(institutions)
    where = np.repeat(np.arange(trainings), sizes)
    pairs = pl.DataFrame({"t": where, "o": drawn}).unique(maintain_order=True)
    taught = pl.int_range(pl.len()).over("t") == 0  # one of each training teaches
    side = pl.when(taught).then(pl.lit("educator")).otherwise(pl.lit("learner"))
    involvements = pairs.select(
        training=pl.format("t{}", "t"), role=side, side=side,
        organisation=pl.format("o{}", "o"), person=pl.lit(None, pl.String),
        country=pl.lit(None, pl.String), headcount=pl.lit(None, pl.Int64),
    )  # fmt: skip
    named = pl.DataFrame({"training": [f"t{i}" for i in range(trainings)]})
    table = named.with_columns(
        label="training", start=pl.lit("2019"), end=pl.lit(None, pl.String), year=pl.lit(2019),
    ).with_columns(pl.col("year").cast(pl.Int64))  # fmt: skip
    empty = {name: pl.DataFrame(schema=dict(types)) for name, types in COLUMNS.items()}
    return {**empty, "involvements": involvements, "trainings": table}


def projected_by_networkx(columns: dict[str, pl.DataFrame]) -> nx.Graph:
    """Return networkx's own projection, by Newman's weights."""
    bipartite = nx.Graph()
    bipartite.add_edges_from(columns["involvements"].select("training", "organisation").rows())
    nodes = set(columns["involvements"]["organisation"].to_list())
    return nx.bipartite.collaboration_weighted_projected_graph(bipartite, nodes)
