"""The analyses by name: one module each, one line here.

Their names, parameters and numbers are the same in Python (``graph.analyse(name, …)`` and
``graph.flow_matrix(…)``), on the command line and over HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.analysis.analyses.balance import BALANCE
from kg.analysis.analyses.bloc_shares import BLOC_SHARES
from kg.analysis.analyses.dependence import DEPENDENCE
from kg.analysis.analyses.flow_matrix import FLOW_MATRIX
from kg.analysis.analyses.partners import PARTNERS
from kg.analysis.base import Analysis

__all__ = ["ANALYSES"]

ANALYSES: Mapping[str, Analysis] = {
    "balance": BALANCE,
    "bloc-shares": BLOC_SHARES,
    "dependence": DEPENDENCE,
    "flow-matrix": FLOW_MATRIX,
    "partners": PARTNERS,
}
"""Analysis by name."""
