"""A network as a drawing: SVG by templates of our own, the places from kg.network.layout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.language import gettext, named, right_to_left, said, tell
from kg.network.groups import BLOC_JOIN
from kg.network.layout import MOST_EDGES, MOST_NODES, Layout, layout, strongest

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["COLOURS", "OTHER", "PALETTE", "coloured", "picture"]

PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8C6BB1", "#7F7F00",
    "#1F9E9E", "#B35978",
)  # fmt: skip
"""Colours of the most frequent groups; those of Okabe and Ito first."""

OTHER = "#8A9499"
"""The colour of all other groups."""

COLOURS = ("community", "country", "bloc")
"""What nodes can be coloured by."""

# Characters that XML 1.0 cannot hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_WIDTH, _MARGIN, _FOOT = 1000.0, 40.0, 60.0
_NAMED = 45
_LEAST, _GREATEST = 2.5, 16.0  # px, the radius of a node
_DARK = (
    "<style>@media screen and (prefers-color-scheme: dark) { .ground { fill: #182024 } "
    ".ink { fill: #e4e8e6 } .name { fill: #e4e8e6; stroke: #182024 } .tie { stroke: #9fabb0 } "
    "}</style>\n"
)
_ARROWS = 2_000  # edges: of more, arrows are a blot


def picture(
    network: Network,
    size: NDArray[np.float64] | None = None,
    colour: str = "community",
    names: Mapping[str, str] | None = None,
    *,
    themed: bool = False,
) -> str:
    """Return the SVG of a network; of a large one, its strongest part.

    Parameters
    ----------
    network:
        What to draw; at most 5,000 nodes and 30,000 edges of it are.
    size:
        A score for each node of the part that is drawn (:func:`kg.network.layout.strongest`);
        their number of links where None.
    colour:
        A name of :data:`COLOURS`.
    names:
        IRI → name of nodes and countries, where they are called otherwise than their labels.
    themed:
        It is shown by a page as a picture: in the dark it has a dark ground.
    """
    part = strongest(network)
    placed = layout(part)
    scores = _links(part) if size is None else size
    groups = coloured(part, placed, colour)
    x, y, deep = _on_paper(placed)
    radius = _radii(scores)
    labels = _labels(part, names or {})
    body = [*_edges(part, x, y, radius), *_nodes(labels, x, y, radius, scores, groups)]
    body += _named(labels, x, y, radius)
    body += _legend(groups, colour, names or {}, deep)
    note = _note(network, part)
    height = deep + _FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {height:g}" '
        f'width="{_WIDTH:g}" height="{height:g}" role="img" '
        "font-family=\"system-ui, 'Noto Sans', 'Noto Sans Arabic', 'DejaVu Sans', sans-serif\">\n"
        f"<title>{_text(named(str(network.meta.get('projection', 'network'))))}</title>\n"
        f"<desc>{_text(note)}</desc>\n{_DARK if themed else ''}"
        '<rect class="ground" width="100%" height="100%" fill="white"/>\n'
        + "\n".join(body)
        + f'\n<text class="ink" {_start(12)} y="{height - 10:g}" font-size="11" fill="#555">'
        f"{_text(note)}</text>\n</svg>\n"
    )


def _start(x: float) -> str:
    """Return where a line of text begins: from the right where the language runs from there."""
    return f'x="{_WIDTH - x:g}" direction="rtl"' if right_to_left() else f'x="{x:g}"'


def _labels(network: Network, names: Mapping[str, str]) -> list[str]:
    nodes = network.nodes
    pairs = zip(nodes["node"].to_list(), nodes["label"].to_list(), strict=True)
    return [names.get(node, label) for node, label in pairs]


def coloured(network: Network, placed: Layout, by: str) -> list[str]:
    """Return what group each node is in: its community, country or bloc; empty where unknown."""
    if by == "community":
        return [str(number) for number in placed.community.tolist()]
    if by not in network.nodes.columns:
        return [""] * len(network)
    return [str(value or "") for value in network.nodes[by].to_list()]


def colours_of(groups: Sequence[str]) -> dict[str, str]:
    """Return the colour of each of the most frequent groups, the most frequent first."""
    counts: dict[str, int] = {}
    for group in groups:
        if group:
            counts[group] = counts.get(group, 0) + 1
    order = sorted(counts, key=lambda group: (-counts[group], len(group), group))
    return dict(zip(order, PALETTE, strict=False))


def _links(network: Network) -> NDArray[np.float64]:
    edges = network.edges_by_code.filter(pl.col("source") != pl.col("target"))
    ends = np.concatenate([edges["source"].to_numpy(), edges["target"].to_numpy()])
    return np.bincount(ends.astype(np.int64), minlength=len(network)).astype(np.float64)


def _on_paper(placed: Layout) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return px from the left and the top, and how deep the drawing is; it is as wide as paper."""
    if not len(placed.x):
        return placed.x, placed.y, 2 * _MARGIN
    inner = _WIDTH - 2 * _MARGIN
    scale = inner / max(float(np.ptp(placed.x)), float(np.ptp(placed.y)), 1.0)
    left = (_WIDTH - float(np.ptp(placed.x)) * scale) / 2
    x = left + (placed.x - placed.x.min()) * scale
    y = _MARGIN + (placed.y.max() - placed.y) * scale
    return x, y, float(np.ptp(placed.y)) * scale + 2 * _MARGIN


def _radii(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.nan_to_num(scores, nan=0.0, posinf=0.0, neginf=0.0).clip(0)
    most = float(known.max()) if len(known) and known.max() > 0 else 1.0
    shrink = min(1.0, (400 / max(len(known), 1)) ** 0.25)  # many nodes: smaller ones
    return np.asarray((_LEAST + (_GREATEST - _LEAST) * np.sqrt(known / most)) * shrink)


def _edges(
    network: Network,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    radius: NDArray[np.float64],
) -> list[str]:
    edges = network.weighted(network.weight).sort("weight", "source", "target")
    most = float(edges["weight"].max() or 1.0)  # type: ignore[arg-type]  # a number
    few = edges.height <= _ARROWS
    head = ' marker-end="url(#to)"' if network.directed and few else ""
    parts = [
        '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8Z" '
        'fill="#66757F"/></marker></defs>',
        f'<g class="tie" stroke="#66757F" fill="none" stroke-opacity="{0.45 if few else 0.12}">',
    ]
    for a, b, weight in edges.select("source", "target", "weight").iter_rows():
        width = 0.4 + 3.0 * (weight / most) ** 0.5
        if a == b:
            continue
        away = max(float(np.hypot(x[b] - x[a], y[b] - y[a])), 1e-6)
        short = min(radius[b] + 1.0, away) / away if head else 0.0
        parts.append(
            f'<path d="M{x[a]:.1f} {y[a]:.1f}L{x[b] - (x[b] - x[a]) * short:.1f} '
            f'{y[b] - (y[b] - y[a]) * short:.1f}" stroke-width="{width:.1f}"{head}/>'
        )
    return [*parts, "</g>"]


def _nodes(
    labels: Sequence[str],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    radius: NDArray[np.float64],
    scores: NDArray[np.float64],
    groups: Sequence[str],
) -> list[str]:
    colours = colours_of(groups)
    return [
        f'<circle cx="{x[v]:.1f}" cy="{y[v]:.1f}" r="{radius[v]:.1f}" stroke="white" '
        f'stroke-width="0.7" fill="{colours.get(groups[v], OTHER)}">'
        f"<title>{_text(f'{labels[v]}: {scores[v]:g}')}</title></circle>"
        for v in np.argsort(-radius, kind="stable").tolist()
    ]


def _named(
    labels: Sequence[str],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    radius: NDArray[np.float64],
) -> list[str]:
    """Return the names of the greatest nodes, as far as they do not overlap."""
    taken: list[tuple[float, float, float]] = []
    parts = []
    for v in np.argsort(-radius, kind="stable").tolist()[: 4 * _NAMED]:
        words = " ".join(str(labels[v]).split())
        text = words if len(words) <= 30 else words[:29].rstrip() + "…"
        half = 3.2 * len(text)
        at = min(max(float(x[v]), half + 4), _WIDTH - half - 4)
        down = float(y[v] - radius[v] - 3)
        if len(taken) == _NAMED or any(
            abs(down - b) < 13 and abs(at - a) < half + h for a, b, h in taken
        ):
            continue
        taken.append((at, down, half))
        parts.append(
            f'<text class="name" x="{at:.1f}" y="{down:.1f}" font-size="11" text-anchor="middle" '
            'fill="#1D2427" '
            'stroke="white" stroke-width="3" stroke-linejoin="round" paint-order="stroke">'
            f"{_text(text)}</text>"
        )
    return parts


def _legend(groups: Sequence[str], colour: str, names: Mapping[str, str], deep: float) -> list[str]:
    colours = colours_of(groups)
    plain = colour == "community"
    shown = {
        g: gettext("community %(number)s", number=g) if plain else names.get(g, _short(g))
        for g in colours
    }
    parts, across = [], 12.0
    for group, text in shown.items():
        text = text if len(text) <= 22 else text[:21] + "…"
        if across + 20 + 6.4 * len(text) > _WIDTH:
            break
        parts.append(
            f'<circle cx="{_across(across + 5):.0f}" cy="{deep + 12:.0f}" r="5" '
            f'fill="{colours[group]}"/><text class="ink" {_start(round(across + 14))} '
            f'y="{deep + 16:.0f}" font-size="11" fill="#1D2427">{_text(text)}</text>'
        )
        across += 26 + 6.4 * len(text)
    return parts


def _across(x: float) -> float:
    return _WIDTH - x if right_to_left() else x


def _short(group: str) -> str:
    """Return the last parts of the IRIs of blocs or of a country."""
    return BLOC_JOIN.join(iri.rpartition("/")[2] for iri in group.split(BLOC_JOIN))


def _note(network: Network, part: Network) -> str:
    nodes, edges = len(network), network.edges_by_code.height
    whole: dict[str, object] = {"nodes": nodes, "edges": edges, "weight": network.weight}
    told: str = tell("%(nodes)s nodes, %(edges)s edges, weight %(weight)s.", **whole)
    if part is not network:
        told = tell(
            "The %(drawn_nodes)s strongest of %(nodes)s nodes and %(drawn_edges)s of %(edges)s "
            "edges (at most %(most_nodes)s and %(most_edges)s), weight %(weight)s.",
            drawn_nodes=len(part),
            drawn_edges=part.edges_by_code.height,
            most_nodes=MOST_NODES,
            most_edges=MOST_EDGES,
            **whole,
        )
    if not edges:
        told = network.reason or tell("No edge.")
    release = gettext("Release %(release)s.", release=network.meta.get("release", "unknown"))
    return f"{said(told)} {release}"


def _text(value: object) -> str:
    """Return a text as XML holds it: no markup, and none of the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("\ufffd", str(value)))
