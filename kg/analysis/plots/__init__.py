"""Drawings of results: inline SVG by templates of our own, no plotting library needed."""

from __future__ import annotations

from kg.analysis.plots.drawing import CHARTS, Plot, draw

__all__ = ["CHARTS", "Plot", "draw"]
