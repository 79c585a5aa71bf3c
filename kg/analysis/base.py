"""What an analysis is: a pure function on the columns of a release, and what its reader must know.

An analysis is an entry of :data:`kg.analysis.analyses.ANALYSES`. Python, the command line and the
web take its name, its parameters and its numbers from there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

import polars as pl

from kg.columns import COLUMNS
from kg.errors import QueryError
from kg.language import Told
from kg.latest import Latest
from kg.network import FILTERS, Columns, Selection
from kg.settings import AnalyseSettings

__all__ = [
    "COMMON",
    "Analysis",
    "Answer",
    "Chart",
    "Edges",
    "Given",
    "Parameter",
    "RefusedAnalysisError",
    "World",
]

_T = TypeVar("_T")
_MOST_KEPT = 16  # subjects and coverages: the panels of a page ask about the same ones

Given = Mapping[str, Any]
"""The parameters of a call: every declared one, read and checked; None where not given."""


class RefusedAnalysisError(QueryError):
    """The data behind the answer is below the project's threshold; the message says which."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of an analysis.

    Attributes
    ----------
    kind:
        ``choice`` (one of ``choices``), ``integer``, ``number``, ``flag``, ``text``, or
        ``thing`` (meant by IRI, CURIE, key, code or name).
    help:
        One sentence for every door.
    default:
        What counts when it is not given.
    choices:
        The accepted values of a choice.
    target:
        Local name of the class of a thing; ``level`` where the parameter ``level`` decides; empty
        where it may be of any class.
    least, most:
        Bounds of a number, both accepted.
    """

    kind: Literal["choice", "integer", "number", "flag", "text", "thing"]
    help: str
    default: object = None
    choices: tuple[str, ...] = ()
    target: str = ""
    least: float | None = None
    most: float | None = None


COMMON: Mapping[str, Parameter] = {
    "top": Parameter("integer", "Keep the first rows only.", least=1),
}
"""Parameters of every analysis, beside the filters of networks."""


@dataclass(frozen=True)
class Chart:
    """How a table is drawn: a name of :data:`kg.analysis.plots.CHARTS`, and which columns.

    A cell of a heatmap is marked where the column ``mark`` says "gap". ``placed`` drawings need to
    know where countries lie (``meta["places"]``).
    """

    kind: Literal[
        "arrivals", "bars", "dots", "flows", "heatmap", "lines", "map", "ribbons", "spans",
        "spread", "steps", "timeline",
    ]  # fmt: skip
    x: str
    y: str
    group: str | None = None
    low: str | None = None
    high: str | None = None
    most: int = 20
    mark: str | None = None

    @property
    def placed(self) -> bool:
        """Whether it draws countries where they lie."""
        return self.kind in ("arrivals", "flows")


@dataclass(frozen=True)
class Edges:
    """The columns that make a table a graph."""

    source: str
    target: str
    weight: str
    directed: bool


@dataclass(frozen=True)
class World:
    """What an analysis is given.

    Attributes
    ----------
    columns:
        The flat tables of the release (:data:`kg.columns.COLUMNS`).
    selection:
        Trainings, involvements, entities and memberships that pass the filters.
    policy:
        The project's thresholds.
    kept:
        What several questions to the same selection can share.
    """

    columns: Columns
    selection: Selection
    policy: AnalyseSettings
    kept: Latest[Any] = field(default_factory=lambda: Latest(_MOST_KEPT))

    def keep(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what was made under a key before, else make it; the last few are kept."""
        return cast("_T", self.kept.made(key, make))

    def labelled(self, frame: pl.DataFrame, column: str, name: str | None = None) -> pl.DataFrame:
        """Add the label of the things in a column as ``<column>_label``, right behind it."""
        name = name or f"{column}_label"
        labels = self.selection.entities.select(pl.col("entity").alias(column), name_="label")
        frame = frame.with_columns(pl.col(column).cast(pl.String))  # it may be coded
        joined = frame.join(labels, on=column, how="left", maintain_order="left")
        place = frame.columns.index(column) + 1
        shown = pl.coalesce("name_", column).alias(name)
        order = [*frame.columns[:place], name, *frame.columns[place:]]
        return joined.with_columns(shown).select(order)

    def table(self, name: str) -> pl.DataFrame:
        """Return a flat table that only analyses read; empty where nobody gave it."""
        return self.columns.get(name, pl.DataFrame(schema=COLUMNS[name]))

    def chosen(self, name: str) -> list[str]:
        """Return the values of a filter, none where it is not given."""
        given: Any = self.selection.filters.get(name)
        return list(given) if given else []

    def touched(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Keep the rows of trainings where somebody inside a bloc or country filter took part."""
        if not {"bloc", "country"} & set(self.selection.filters):
            return frame
        there = self.selection.involvements.filter("inside").select("training").unique()
        return frame.join(there, on="training", how="semi", maintain_order="left")

    @property
    def period(self) -> tuple[int | None, int | None]:
        """The first and the last year asked for."""
        given: Any = self.selection.filters.get("years")
        return (given[0], given[1]) if given else (None, None)

    @property
    def last_year(self) -> int | None:
        """The last year in which a selected training began: observation ends with it."""
        years = self.selection.trainings["year"].drop_nulls().to_list()
        return max(years) if years else None


@dataclass(frozen=True)
class Answer:
    """What an analysis gives back, before the guards have seen it.

    Attributes
    ----------
    frame:
        Its rows, in order, with exactly the columns that the analysis declares.
    cells:
        Columns with counts of people that must not be small, each with the column that says
        how many of these people the sources do not name. What is computed from such a count
        stands in ``derived`` and is withheld with it.
    coverage, meta:
        Added to those of the result.
    caveats:
        What a reader must know about these very numbers.
    reason:
        Why there is no row.
    said:
        Texts in cells that are made of words and names, by their English: how to say them in other
        languages.
    """

    frame: pl.DataFrame
    cells: Mapping[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()
    coverage: Mapping[str, int | float] = field(default_factory=dict)
    meta: Mapping[str, object] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    reason: str = ""
    said: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    """An analysis and what a reader must know to trust its numbers.

    Attributes
    ----------
    function:
        ``(world, given) -> answer``: pure, and the same bits for the same input.
    title, definition, formula, reference:
        In one line each; the formula uses the names of the columns.
    columns:
        Column → its meaning and unit.
    parameters:
        Its own parameters, beside the filters and :data:`COMMON`.
    example:
        Parameters of a call that means something, as on the command line.
    blank:
        Column → why a cell may be empty. An empty cell in any other column is a fault.
    level:
        The level at which people are placed, for the coverage: a name of
        :data:`kg.network.LEVELS`, or ``given`` where the parameter ``level`` says it, or None.
    sides:
        The sides whose participations must be placed.
    filters:
        The filters that mean something here.
    chart, more, edges:
        How it is drawn, how else (each of another kind), and what makes it a graph, if it is one.
    heavy:
        It takes seconds: the web runs one at a time.
    """

    function: Callable[[World, Given], Answer] = field(repr=False)
    title: str
    definition: str
    formula: str
    reference: str
    columns: Mapping[str, str]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    example: Mapping[str, str] = field(default_factory=dict)
    blank: Mapping[str, str] = field(default_factory=dict)
    level: str | None = "given"
    sides: tuple[str, ...] = ("learner", "educator")
    filters: tuple[str, ...] = FILTERS
    chart: Chart | None = None
    more: tuple[Chart, ...] = ()
    edges: Edges | None = None
    heavy: bool = False

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All its drawings, the usual one first."""
        return (*((self.chart,) if self.chart else ()), *self.more)

    @property
    def accepted(self) -> Mapping[str, Parameter | None]:
        """Every name that a call may give; filters, which have their own forms, as None."""
        return {**self.parameters, **dict.fromkeys(self.filters), **COMMON}
