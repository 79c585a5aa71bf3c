"""A small network as dots and lines, placed by forces; the same each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from kg.analysis.plots.svg import PALETTE, Canvas, number, shortened

__all__ = ["nodelink"]

_WIDTH, _HEIGHT, _MARGIN = 720.0, 520.0, 46.0
_MOST_EDGES = 300
_NAMED = 30


def nodelink(edges: Sequence[tuple[str, str, float]], names: Mapping[str, str]) -> Canvas:
    """Draw the 300 heaviest edges; ``names`` gives the labels of the nodes.

    A dot's area is its number of neighbours; the thirty with most are named where there is room.
    """
    graph: nx.Graph[str] = nx.Graph()
    kept = sorted(edges, key=lambda edge: (-edge[2], edge[0], edge[1]))[:_MOST_EDGES]
    graph.add_weighted_edges_from(kept)
    places = nx.spring_layout(graph, seed=1, k=2.2 / max(len(graph), 1) ** 0.5, iterations=80)
    at = _fitted(places)
    most = max(abs(weight) for _, _, weight in kept) or 1.0
    canvas = Canvas(_WIDTH, _HEIGHT)
    for source, target, weight in kept:
        width = 0.6 + 3.4 * abs(weight) / most
        canvas.path([at[source], at[target]], stroke="#8A9499", width=width, opacity=0.6)
    ranked = sorted(graph, key=lambda node: (-graph.degree[node], names.get(node, node)))
    for node in ranked:
        tip = f"{names.get(node, node)}: {number(graph.degree[node])}"
        canvas.circle(*at[node], 3.0 + 1.6 * graph.degree[node] ** 0.5, fill=PALETTE[0], tip=tip)
    _names(canvas, ranked[:_NAMED], at, names)
    return canvas


def _fitted(places: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    xs, ys = [p[0] for p in places.values()], [p[1] for p in places.values()]
    across, down = (max(v) - min(v) or 1.0 for v in (xs, ys))
    width, height = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    return {
        node: (
            _MARGIN + float(x - min(xs)) / across * width,
            _MARGIN + float(y - min(ys)) / down * height,
        )
        for node, (x, y) in places.items()
    }


def _names(
    canvas: Canvas,
    nodes: Sequence[str],
    at: Mapping[str, tuple[float, float]],
    names: Mapping[str, str],
) -> None:
    taken: list[tuple[float, float, float]] = []
    for node in nodes:
        text = shortened(names.get(node, node), 24)
        half = 3.0 * len(text)
        x, y = min(max(at[node][0], half), _WIDTH - half), at[node][1] - 9
        if any(abs(y - b) < 12 and abs(x - a) < half + h for a, b, h in taken):
            continue
        taken.append((x, y, half))
        canvas.text(x, y, text, size=11, anchor="middle")
