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

from kg.network.build import project
from kg.network.formats import FORMATS
from kg.network.frame import COLUMNS, FACETS, FILTERS, Columns, Filters, Selection, select
from kg.network.graph import UNWEIGHTED, Network
from kg.network.incidence import LEVELS
from kg.network.measures import MEASURES, Measure, UndefinedMeasureError
from kg.network.projections import PROJECTIONS, ROLES, Projection

__all__ = [
    "COLUMNS",
    "FACETS",
    "FILTERS",
    "FORMATS",
    "LEVELS",
    "MEASURES",
    "PROJECTIONS",
    "ROLES",
    "UNWEIGHTED",
    "Columns",
    "Filters",
    "Measure",
    "Network",
    "Projection",
    "Selection",
    "UndefinedMeasureError",
    "project",
    "select",
]
