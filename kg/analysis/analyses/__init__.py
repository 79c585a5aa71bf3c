"""The analyses by name: one module each, one line here.

Their names, parameters and numbers are the same in Python (``graph.analyse(name, …)`` and
``graph.flow_matrix(…)``), on the command line and over HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.analysis.analyses.appearances import APPEARANCES
from kg.analysis.analyses.arrivals import ARRIVALS
from kg.analysis.analyses.balance import BALANCE
from kg.analysis.analyses.bloc_shares import BLOC_SHARES
from kg.analysis.analyses.breakdown import BREAKDOWN
from kg.analysis.analyses.centrality_significance import CENTRALITY_SIGNIFICANCE
from kg.analysis.analyses.coverage import COVERAGE
from kg.analysis.analyses.dependence import DEPENDENCE
from kg.analysis.analyses.diversity import DIVERSITY
from kg.analysis.analyses.edge_significance import EDGE_SIGNIFICANCE
from kg.analysis.analyses.exchange import EXCHANGE
from kg.analysis.analyses.flow_matrix import FLOW_MATRIX
from kg.analysis.analyses.gap_map import GAP_MAP
from kg.analysis.analyses.outcome_association import OUTCOME_ASSOCIATION
from kg.analysis.analyses.partners import PARTNERS
from kg.analysis.analyses.profile import PROFILE
from kg.analysis.analyses.rank_intervals import RANK_INTERVALS
from kg.analysis.analyses.recommend import RECOMMEND
from kg.analysis.analyses.recommend_evaluation import RECOMMEND_EVALUATION
from kg.analysis.analyses.regularity import REGULARITY
from kg.analysis.analyses.retention import RETENTION
from kg.analysis.analyses.robustness import ROBUSTNESS
from kg.analysis.analyses.specialisation import SPECIALISATION
from kg.analysis.analyses.spreaders import SPREADERS
from kg.analysis.analyses.stalled import STALLED
from kg.analysis.analyses.time_to import SURVIVAL
from kg.analysis.analyses.transitions import TRANSITIONS
from kg.analysis.analyses.trends import TRENDS
from kg.analysis.base import Analysis

__all__ = ["ANALYSES"]

ANALYSES: Mapping[str, Analysis] = {
    "appearances": APPEARANCES,
    "arrivals": ARRIVALS,
    "balance": BALANCE,
    "bloc-shares": BLOC_SHARES,
    "breakdown": BREAKDOWN,
    "centrality-significance": CENTRALITY_SIGNIFICANCE,
    "coverage": COVERAGE,
    "dependence": DEPENDENCE,
    "diversity": DIVERSITY,
    "edge-significance": EDGE_SIGNIFICANCE,
    "exchange": EXCHANGE,
    "flow-matrix": FLOW_MATRIX,
    "gap-map": GAP_MAP,
    "outcome-association": OUTCOME_ASSOCIATION,
    "partners": PARTNERS,
    "profile": PROFILE,
    "rank-intervals": RANK_INTERVALS,
    "recommend": RECOMMEND,
    "recommend-evaluation": RECOMMEND_EVALUATION,
    "regularity": REGULARITY,
    "retention": RETENTION,
    "robustness": ROBUSTNESS,
    "specialisation": SPECIALISATION,
    "spreaders": SPREADERS,
    "stalled": STALLED,
    "survival": SURVIVAL,
    "transitions": TRANSITIONS,
    "trends": TRENDS,
}
"""Analysis by name."""
