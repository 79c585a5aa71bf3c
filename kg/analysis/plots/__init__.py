"""Drawings of results: inline SVG by templates of our own, no plotting library needed."""

from __future__ import annotations

from kg.analysis.plots.drawing import CHARTS, draw

__all__ = ["CHARTS", "draw"]
