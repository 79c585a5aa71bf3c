"""The table of what was measured: seconds of ours, how many times longer each library took.

Part of networks.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from network_calls import COMMUNITY, EVERY, ONE_NUMBER, REFINED, VARIANTS, base_of, components
from network_record import Record, Timing

from kg.network.leiden import modularity, numbered

__all__ = ["difference", "printed"]


def printed(record: Record, graph: str, engines: Sequence[str]) -> None:
    """Print all that is known of a graph."""
    matrix, flow = record.matrix(graph), record.matrix(graph, "flow")
    peers = [engine for engine in engines if engine not in ("ours", REFINED)]
    nodes, edges = matrix.shape[0], matrix.nnz // 2
    print(f"\n{nodes:,} institutions, {edges:,} edges; flow: {flow.nnz:,} edges\n")
    print("| measure | ours, s | " + " | ".join(f"{p} ×" for p in peers)
          + " | apart by more than 1e-9 |")  # fmt: skip
    print("|" + "---|" * (3 + len(peers)))
    for measure in ("projection", *EVERY, *VARIANTS):
        if record.get(graph, measure, "ours") is not None:
            print(_line(record, graph, measure, peers))
    known = record.of(graph)
    loads = [timing.load for timing in known]
    most = {e: max((t.peak for t in known if t.engine == e), default=0.0) for e in engines}
    said = ", ".join(f"{engine} {peak:.2f}" for engine, peak in most.items() if peak)
    print(f"\nGB at most: {said}; load {min(loads):.0f} to {max(loads):.0f}", flush=True)


def _line(record: Record, graph: str, measure: str, peers: Sequence[str]) -> str:
    mine = record.get(graph, measure, "ours")
    assert mine is not None
    cells, apart = [], {}
    for peer in peers:
        theirs = record.get(graph, measure, peer)
        cells.append(_cell(theirs) + _quality(record, graph, measure, peer))
        ours, others = (record.result(graph, measure, engine) for engine in ("ours", peer))
        if ours is not None and others is not None and measure not in (COMMUNITY, "projection"):
            apart[peer] = difference(measure, ours, others)
    refined = record.get(graph, measure, REFINED)
    if refined is not None and refined.how != "none":
        cells[-1] += f"; refined {_cell(refined)}" + _quality(record, graph, measure, REFINED)
    far = ", ".join(f"{peer} {d:.0e}" for peer, d in apart.items() if d > 1e-9) or "–"
    about = {"sample": "≈ ", "over": "> "}.get(mine.how, "")
    own = f"{about}{mine.seconds:.4f}" + _quality(record, graph, measure, "ours")
    return f"| {measure} | {own} | {' | '.join(cells)} | {far} |"


def _cell(theirs: Timing | None) -> str:
    """Return how many times longer it took than ours in the same run."""
    if theirs is None:
        return "?"
    if theirs.how in ("none", "failed"):
        return "–" if theirs.how == "none" else "failed"
    if theirs.ours_how == "over":
        return f"{theirs.seconds:.0f} s"
    ratio = theirs.seconds / theirs.ours
    said = f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2f}"
    about = {"sample": "≈ ", "over": "> "}.get(theirs.how, "")
    return about + said


def _quality(record: Record, graph: str, measure: str, engine: str) -> str:
    result = record.result(graph, measure, engine)
    if result is None or measure not in (COMMUNITY, "modularity"):
        return ""
    if measure == "modularity":
        return f" ({result[0]:.4f})"
    return f" ({modularity(record.matrix(graph), numbered(result.astype(np.int64))):.4f})"


def difference(measure: str, left: np.ndarray, right: np.ndarray) -> float:
    """Return the greatest relative difference; eigenvectors are compared up to their length."""
    measure = base_of(measure)
    if measure == "katz":
        left = left + 1  # peers count the walk of no steps
    if measure in ("hub", "authority", "katz", "eigenvector"):  # of one length
        left, right = left / np.linalg.norm(left), right / np.linalg.norm(right)
    if measure == "eigenvector":
        right = right * np.sign(right[np.argmax(np.abs(right))])
        left = left * np.sign(left[np.argmax(np.abs(left))])
    if measure == "component":
        left, right = components(left), components(right)
    if measure in ONE_NUMBER:
        left, right = np.atleast_1d(left), np.atleast_1d(right)
    scale = max(float(np.abs(left).max()), 1e-300)
    return float(np.abs(left - right).max()) / scale
