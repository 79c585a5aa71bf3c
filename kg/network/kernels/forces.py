"""Where nodes settle that push each other off and are pulled together by their edges.

ForceAtlas2 in its LinLog form, repulsion by Barnes and Hut's tree of boxes: Jacomy et al. (2014),
doi:10.1371/journal.pone.0098679; Noack (2007), doi:10.7155/jgaa.00154. One thread, a fixed order:
the same input gives the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["settle"]

_DEEPEST = 40  # levels of boxes: nodes closer than this resolves are one for all others
_WIDE = 1.1  # a box is seen as a whole where its width over its distance is below this


@compiled
def _planted(x: Any, y: Any, mass: Any, child: Any, heavy: Any, mx: Any, my: Any, body: Any) -> Any:
    """Fill the tree: four children a box, its mass and its centre; return half the width.

    ``body`` is the node of a box with one node alone, else −1; ``child`` is 0 where there is none.
    """
    nodes = len(x)
    half = 1e-9
    for v in range(nodes):
        half = max(half, abs(x[v]), abs(y[v]))
    half *= 1.0001
    child[0, :] = 0
    heavy[0], mx[0], my[0], body[0] = 0.0, 0.0, 0.0, -1
    boxes = 1
    for v in range(nodes):
        at, cx, cy, wide, level = 0, 0.0, 0.0, half, 0
        moving, weight, px, py = v, mass[v], x[v], y[v]
        while True:
            if heavy[at] == 0.0:  # an empty box takes the node
                body[at] = moving
                heavy[at], mx[at], my[at] = weight, px * weight, py * weight
                break
            first = body[at]
            heavy[at] += weight
            mx[at] += px * weight
            my[at] += py * weight
            if level == _DEEPEST or boxes + 2 >= len(heavy):
                body[at] = -1
                break
            if first >= 0:  # the one that was alone here goes one level down
                body[at] = -1
                quarter = (2 if y[first] > cy else 0) + (1 if x[first] > cx else 0)
                below = boxes
                boxes += 1
                child[at, quarter] = below
                child[below, :] = 0
                body[below] = first
                heavy[below] = mass[first]
                mx[below], my[below] = x[first] * mass[first], y[first] * mass[first]
            quarter = (2 if py > cy else 0) + (1 if px > cx else 0)
            wide *= 0.5
            cx += wide if px > cx else -wide
            cy += wide if py > cy else -wide
            if child[at, quarter] == 0:
                below = boxes
                boxes += 1
                child[at, quarter] = below
                child[below, :] = 0
                body[below], heavy[below] = -1, 0.0
            at = child[at, quarter]
            level += 1
    return half


@compiled
def _pushed(
    v: Any, x: Any, y: Any, half: Any, child: Any, heavy: Any, mx: Any, my: Any, body: Any,
    stack: Any, widths: Any,
) -> Any:  # fmt: skip
    """Return the push on a node by all others, for a mass of 1 each."""
    fx, fy = 0.0, 0.0
    stack[0], widths[0], top = 0, 2.0 * half, 1
    while top:
        top -= 1
        at, wide = stack[top], widths[top]
        if heavy[at] == 0.0 or body[at] == v:
            continue
        dx, dy = x[v] - mx[at] / heavy[at], y[v] - my[at] / heavy[at]
        square = dx * dx + dy * dy
        leaf = child[at, 0] == 0 and child[at, 1] == 0 and child[at, 2] == 0 and child[at, 3] == 0
        if leaf or wide * wide < _WIDE * _WIDE * square:
            if square > 1e-18:
                fx += dx * heavy[at] / square
                fy += dy * heavy[at] / square
            continue
        for quarter in range(4):
            if child[at, quarter]:
                stack[top], widths[top] = child[at, quarter], wide * 0.5
                top += 1
    return fx, fy


@compiled
def settle(
    x: Any, y: Any, mass: Any, starts: Any, ends: Any, pull: Any, rounds: Any, scale: Any,
    gravity: Any,
) -> None:  # fmt: skip
    """Move the positions for so many rounds, in place.

    ``pull`` is the strength of each entry of the symmetric matrix, ``mass`` how strongly a node
    pushes, ``scale`` the strength of all pushes, ``gravity`` that of the pull to the middle.
    """
    nodes = len(x)
    room = 6 * nodes + 64
    child = np.zeros((room, 4), np.int32)
    heavy, mx, my = np.zeros(room), np.zeros(room), np.zeros(room)
    body = np.full(room, -1, np.int64)
    stack, widths = np.zeros(4 * _DEEPEST + 16, np.int64), np.zeros(4 * _DEEPEST + 16)
    fx, fy, ox, oy = np.zeros(nodes), np.zeros(nodes), np.zeros(nodes), np.zeros(nodes)
    speed, efficiency = 1.0, 1.0
    for _ in range(rounds):
        half = _planted(x, y, mass, child, heavy, mx, my, body)
        swinging, steady = 0.0, 0.0
        for v in range(nodes):
            px, py = _pushed(v, x, y, half, child, heavy, mx, my, body, stack, widths)
            gx, gy = scale * mass[v] * px, scale * mass[v] * py
            away = np.sqrt(x[v] * x[v] + y[v] * y[v])
            if away > 0.0:
                gx -= gravity * mass[v] * x[v] / away
                gy -= gravity * mass[v] * y[v] / away
            for e in range(starts[v], starts[v + 1]):
                u = ends[e]
                dx, dy = x[u] - x[v], y[u] - y[v]
                length = np.sqrt(dx * dx + dy * dy)
                if length > 0.0:
                    drawn = pull[e] * np.log1p(length) / length
                    gx += drawn * dx
                    gy += drawn * dy
            fx[v], fy[v] = gx, gy
            swinging += mass[v] * np.sqrt((ox[v] - gx) ** 2 + (oy[v] - gy) ** 2)
            steady += 0.5 * mass[v] * np.sqrt((ox[v] + gx) ** 2 + (oy[v] + gy) ** 2)
        usual = 0.05 * np.sqrt(nodes)
        tolerance = max(np.sqrt(usual), min(10.0, usual * steady / (nodes * nodes)))
        if steady > 0.0 and swinging / steady > 2.0:
            if efficiency > 0.05:
                efficiency *= 0.5
            tolerance = max(tolerance, 1.0)
        wanted = speed if swinging == 0.0 else tolerance * efficiency * steady / swinging
        if swinging > tolerance * steady:
            if efficiency > 0.05:
                efficiency *= 0.7
        elif speed < 1000.0:
            efficiency *= 1.3
        speed += min(wanted - speed, 0.5 * speed)
        for v in range(nodes):
            swing = mass[v] * np.sqrt((ox[v] - fx[v]) ** 2 + (oy[v] - fy[v]) ** 2)
            step = speed / (1.0 + np.sqrt(speed * swing))
            x[v] += fx[v] * step
            y[v] += fy[v] * step
            ox[v], oy[v] = fx[v], fy[v]
