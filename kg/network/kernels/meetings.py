"""What pairs of rows of a sparse matrix have in common, without making all pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.network.compiled import compiled

__all__ = ["degrees", "gather", "mirror", "share", "tally", "turn"]


@compiled
def turn(starts: Any, members: Any, into: Any, turned: Any) -> None:
    """Turn sets into those of their members: ``into`` starts, ``turned`` the sets, in order.

    ``into`` has one place more than there are members.
    """
    into[:] = 0
    for e in range(len(members)):
        into[members[e] + 1] += 1
    for m in range(len(into) - 1):
        into[m + 1] += into[m]
    free = into[:-1].copy()
    for s in range(len(starts) - 1):
        for e in range(starts[s], starts[s + 1]):
            turned[free[members[e]]] = s
            free[members[e]] += 1


@compiled
def tally(
    starts: Any,
    members: Any,
    into: Any,
    turned: Any,
    firsts: Any,
    seconds: Any,
    begin: Any,
    end: Any,
    observed: Any,
    total: Any,
    squares: Any,
    above: Any,
    below: Any,
) -> None:
    """Count what pairs of sets have in common, and add it to what was counted before.

    ``starts`` and ``members`` are the sets, ``into`` and ``turned`` the sets of each member, in
    order. ``firsts`` says where the pairs of each set begin in ``seconds``, whose sets are all
    greater than the first. Only the pairs of sets from ``begin`` to ``end`` are counted: ``total``
    and ``squares`` add the count and its square, ``above`` and ``below`` whether it is at least and
    at most ``observed``.
    """
    common = np.zeros(len(starts) - 1, np.int64)
    for s in range(begin, end):
        if firsts[s] == firsts[s + 1]:
            continue
        for e in range(starts[s], starts[s + 1]):
            m = members[e]
            f = into[m + 1] - 1
            while turned[f] > s:
                common[turned[f]] += 1
                f -= 1
        for p in range(firsts[s], firsts[s + 1]):
            count = common[seconds[p]]
            total[p] += count
            squares[p] += count * count
            above[p] += count >= observed[p]
            below[p] += count <= observed[p]
        for e in range(starts[s], starts[s + 1]):
            m = members[e]
            f = into[m + 1] - 1
            while turned[f] > s:
                common[turned[f]] = 0
                f -= 1


@compiled
def share(
    starts: Any,
    members: Any,
    others: Any,
    theirs: Any,
    worth: Any,
    firsts: Any,
    seconds: Any,
    begin: Any,
    end: Any,
    found: Any,
) -> None:
    """Add up the worth of what the first set of each pair and the second have in common.

    The first is one of ``starts`` and ``members``, the second one of ``others`` and ``theirs``,
    whose members are in order. Pairs are given as in ``tally``, in any order. So a pair takes time
    in proportion to its second set, however many neighbours the first has.
    """
    mine = np.zeros(len(worth))
    for s in range(begin, end):
        if firsts[s] == firsts[s + 1]:
            continue
        for e in range(starts[s], starts[s + 1]):
            mine[members[e]] = worth[members[e]]
        for p in range(firsts[s], firsts[s + 1]):
            other = seconds[p]
            add = 0.0
            for f in range(others[other], others[other + 1]):
                add += mine[theirs[f]]
            found[p] = add
        for e in range(starts[s], starts[s + 1]):
            mine[members[e]] = 0.0


@compiled
def degrees(
    starts: Any,
    members: Any,
    into: Any,
    turned: Any,
    inside: Any,
    both: Any,
    begin: Any,
    end: Any,
    found: Any,
) -> None:
    """Add to ``found`` how many others each set shares a member with.

    Arrays as in ``tally``. Pairs count where one of them is ``inside``, or ``both`` are if that is
    asked. Only pairs whose first set is from ``begin`` to ``end`` are counted, for both their ends.
    """
    seen = np.full(len(starts) - 1, -1, np.int64)
    for s in range(begin, end):
        if both and not inside[s]:
            continue
        for e in range(starts[s], starts[s + 1]):
            m = members[e]
            f = into[m + 1] - 1
            while turned[f] > s:
                other = turned[f]
                f -= 1
                if seen[other] == s:
                    continue
                seen[other] = s
                if inside[other] or (inside[s] and not both):
                    found[s] += 1
                    found[other] += 1


@compiled
def gather(
    starts: Any,
    members: Any,
    into: Any,
    turned: Any,
    worth: Any,
    inside: Any,
    both: Any,
    firsts: Any,
    seconds: Any,
    weights: Any,
) -> None:
    """Find all pairs of sets that share a member, and add up the worth of what each shares.

    Arrays as in ``degrees``; members that are worth 0 link nobody. ``firsts`` comes to say where
    the pairs of each set begin in ``seconds`` and ``weights``; seconds are greater than the first
    and in no order.
    """
    sets = len(starts) - 1
    place = np.full(sets, -1, np.int64)  # of the pair with this set, if from the present first on
    count = 0
    for s in range(sets):
        firsts[s] = count
        if both and not inside[s]:
            continue
        for e in range(starts[s], starts[s + 1]):
            m = members[e]
            if worth[m] == 0:
                continue
            f = into[m + 1] - 1
            while turned[f] > s:
                other = turned[f]
                f -= 1
                if place[other] >= firsts[s]:
                    weights[place[other]] += worth[m]
                elif inside[other] or (inside[s] and not both):
                    place[other] = count
                    seconds[count] = other
                    weights[count] = worth[m]
                    count += 1
    firsts[sets] = count


@compiled
def mirror(firsts: Any, seconds: Any, weights: Any, indptr: Any, indices: Any, data: Any) -> None:
    """Write pairs as both triangles of a symmetric matrix whose entries are in order.

    ``firsts``, ``seconds`` and ``weights`` as ``gather`` leaves them; ``indices`` and ``data`` have
    two places for each pair.
    """
    sets = len(firsts) - 1
    indptr[:] = 0
    for s in range(sets):
        indptr[s + 1] += firsts[s + 1] - firsts[s]
        for p in range(firsts[s], firsts[s + 1]):
            indptr[seconds[p] + 1] += 1
    for s in range(sets):
        indptr[s + 1] += indptr[s]
    free = indptr[:-1].copy()
    for s in range(sets):  # firsts rise, so what stands before the diagonal comes in order
        for p in range(firsts[s], firsts[s + 1]):
            other = seconds[p]
            indices[free[other]] = s
            data[free[other]] = weights[p]
            free[other] += 1
    before = free.copy()
    for s in range(sets):  # and read row by row, so does what stands behind it
        for e in range(indptr[s], before[s]):
            other = indices[e]
            indices[free[other]] = s
            data[free[other]] = data[e]
            free[other] += 1
