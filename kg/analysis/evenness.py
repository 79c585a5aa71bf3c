"""Diversity of a set of shares: how many kinds, how even, and how far apart."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["blau", "cosine_distances", "great_circle_shares", "rao_stirling", "shannon"]

Vector = NDArray[np.float64]


def shannon(p: Vector) -> float:
    """Return the entropy ``H = −Σ p ln p`` in nats; exp(H) is the number of equal kinds.

    Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x.

    Examples
    --------
    >>> round(shannon(np.array([0.25] * 4)), 6) == round(math.log(4), 6)
    True
    """
    kept = p[p > 0]
    return float(-np.sum(kept * np.log(kept)) + 0.0)


def blau(p: Vector) -> float:
    """Return ``1 − Σ p²``: the chance that two people, drawn with replacement, differ in kind.

    Simpson (1949), doi:10.1038/163688a0; Blau (1977).

    Examples
    --------
    >>> blau(np.array([0.5, 0.5]))
    0.5
    """
    return float(1 - np.sum(p**2))


def rao_stirling(p: Vector, distance: NDArray[np.float64]) -> float:
    """Return ``Δ = Σ_{i≠j} p_i p_j d_ij``: the expected distance of two people.

    Every ordered pair counts, so that Δ is Blau's index where all distances are 1. Rao (1982),
    doi:10.1016/0040-5809(82)90004-1; Stirling (2007), doi:10.1098/rsif.2007.0213, with α = β = 1.

    Examples
    --------
    >>> p, d = np.array([0.5, 0.5]), np.array([[0, 0.4], [0.4, 0]])
    >>> rao_stirling(p, d)
    0.2
    """
    return float(p @ distance @ p)


def great_circle_shares(latitude: Vector, longitude: Vector) -> NDArray[np.float64]:
    """Return distances on the globe as shares of half its circumference (0 to 1).

    Haversine, in degrees; the most distant two points are antipodes.

    Examples
    --------
    >>> great_circle_shares(np.array([0.0, 0.0]), np.array([0.0, 90.0])).round(6).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    north, east = np.radians(latitude), np.radians(longitude)
    across = np.sin((north[:, None] - north) / 2) ** 2
    along = np.sin((east[:, None] - east) / 2) ** 2 * np.cos(north[:, None]) * np.cos(north)
    return np.asarray(2 * np.arcsin(np.sqrt(np.clip(across + along, 0, 1))) / math.pi)


def cosine_distances(occurrence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``1 − cos`` between the rows (kinds) of a matrix kinds × trainings, none all zero.

    As the distance of disciplines in Porter & Rafols (2009), doi:10.1007/s11192-008-2197-2.
    """
    length = np.sqrt(np.sum(occurrence**2, axis=1))
    similar = (occurrence @ occurrence.T) / np.outer(length, length)
    distance = 1 - np.clip(similar, 0, 1)
    np.fill_diagonal(distance, 0.0)
    return np.asarray(distance)
