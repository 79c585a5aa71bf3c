"""Networks of trainings: projections of the columns of a release, and measures on them.

Pure: data frames in, tables out; nothing here knows of files, stores or settings.

>>> import polars as pl
>>> from kg.network import project
>>> def empty(name):
...     return pl.DataFrame(schema=COLUMNS[name])
>>> columns = {name: empty(name) for name in COLUMNS} | {
...     "trainings": pl.DataFrame({"training": ["t1"], "label": ["School"], "start": ["2019"],
...                                "end": [None], "year": [2019]}),
...     "involvements": pl.DataFrame({"training": ["t1", "t1"], "role": ["host", "learner"],
...         "side": ["host", "learner"], "organisation": ["o1", "o2"], "person": None,
...         "country": None, "headcount": [None, 12]}),
... }
>>> network = project(columns, "partnership")
>>> network.centrality("degree").rows
[('o1', 'o1', None, 1.0, 1), ('o2', 'o2', None, 1.0, 1)]
>>> network.evidence("o1", "o2").rows
[('t1', 'School', 2019)]
"""

from __future__ import annotations

from kg.network.asking import ALL_MEASURES, KINDS
from kg.network.build import project, strongest_partners
from kg.network.edge_measures import EDGE_MEASURES, EdgeMeasure
from kg.network.formats import FORMATS
from kg.network.frame import COLUMNS, FACETS, FILTERS, Columns, Filters, Selection, select
from kg.network.graph import UNWEIGHTED, Network
from kg.network.graph_measures import GRAPH_MEASURES, GraphMeasure
from kg.network.incidence import LEVELS
from kg.network.lanes import watched
from kg.network.measures import MEASURES, Measure, UndefinedMeasureError
from kg.network.projections import PROJECTIONS, ROLES, Projection

__all__ = [
    "ALL_MEASURES",
    "COLUMNS",
    "EDGE_MEASURES",
    "FACETS",
    "FILTERS",
    "FORMATS",
    "GRAPH_MEASURES",
    "KINDS",
    "LEVELS",
    "MEASURES",
    "PROJECTIONS",
    "ROLES",
    "UNWEIGHTED",
    "Columns",
    "EdgeMeasure",
    "Filters",
    "GraphMeasure",
    "Measure",
    "Network",
    "Projection",
    "Selection",
    "UndefinedMeasureError",
    "project",
    "select",
    "strongest_partners",
    "watched",
]
