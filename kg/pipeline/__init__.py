"""From a project file to a release: load, infer, derive, write, switch."""

from kg.pipeline.build import STEPS, BuildResult, build
from kg.pipeline.load import Loaded, load_sources
from kg.pipeline.releases import rollback, verify

__all__ = ["STEPS", "BuildResult", "Loaded", "build", "load_sources", "rollback", "verify"]
