"""How far each of some sources is from the others: sums by source, for estimates of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.lanes import add_up
from kg.network.paths import arrays, is_uniform

__all__ = ["Tally", "tally"]


@dataclass(frozen=True)
class Tally:
    """What each source reaches, in the order of the sources.

    Attributes
    ----------
    reached:
        How many other nodes.
    far, near:
        The sum of the distances to them, and of the inverse distances.
    widest:
        The greatest distance of all.
    """

    reached: NDArray[np.float64]
    far: NDArray[np.float64]
    near: NDArray[np.float64]
    widest: float


def tally(lengths: Any, sources: NDArray[Any]) -> Tally:
    """Return the sums of the distances from each source, by the matrix of the lengths of edges.

    Examples
    --------
    >>> chain = csr_array([[0.0, 1, 0], [0, 0, 1], [0, 0, 0]])
    >>> tally(chain, np.array([0, 1])).far
    array([3., 1.])
    """

    def blank() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        return np.zeros(len(sources)), np.zeros(len(sources)), np.zeros(len(sources))

    if lengths.nnz == 0:
        return Tally(*blank(), 0.0)
    uniform = is_uniform(lengths)
    step = float(lengths.data[0]) if uniform else 1.0
    starts, ends = arrays(csr_array(lengths.T) if uniform else lengths)
    widest = [0.0]

    def work(some: NDArray[Any], *sums: NDArray[Any]) -> None:
        here = np.zeros((3, len(some)))
        if uniform:
            widest.append(float(kernels.steps.tally(starts, ends, sources[some], *here)))
        else:
            widest.append(_by_lengths(starts, ends, lengths.data, sources[some], *here))
        for whole, part in zip(sums, here, strict=True):
            whole[some] = part

    reached, far, near = add_up(work, np.arange(len(sources)), blank, chunk=64)
    return Tally(reached, far * step, near / step, max(widest) * step)


def _by_lengths(
    starts: Any, ends: Any, lengths: Any, sources: Any, reached: Any, far: Any, near: Any
) -> float:
    widest = 0.0
    for place, source in enumerate(sources):
        away = kernels.dijkstra.tree(starts, ends, lengths, source)
        others = away[np.isfinite(away) & (away > 0)]
        reached[place], far[place], near[place] = len(others), others.sum(), (1 / others).sum()
        widest = max(widest, float(others.max(initial=0.0)))
    return widest
