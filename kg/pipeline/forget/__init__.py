"""Forgetting: take a person out of every release, report and cache, and keep them from coming back.

The order is such that a run that is killed leaves every release whole, and enough for a second
run to find the person again: first the tombstones, then the files beside the releases, then the
releases, the steward's own tables last.
"""

from kg.pipeline.forget.run import Forgotten, Plan, forget, plan_to_forget

__all__ = ["Forgotten", "Plan", "forget", "plan_to_forget"]
