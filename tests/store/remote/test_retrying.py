"""Asking again: how often, after which pauses, and when not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from kg.errors import LimitError, QueryError
from tests.store.remote.conftest import Plan, Reply, rows

ONE = rows(7)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_after_growing_pauses(plan: Plan, status: int) -> None:
    plan.replies["/sparql"] = [Reply(ONE), *[Reply("", status)] * 3, Reply(ONE)]
    store = plan.store("/sparql")
    assert list(store.table("SELECT ?n {}")) == [(7,)]
    assert len(plan.queries()) == 4
    first, second, third = plan.paused
    assert 0.3 < first < 0.7 < second < 1.4 < third < 2.6


def test_after_the_last_attempt_the_error_says_what_the_server_said(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply("closed for inventory", 503)]
    with pytest.raises(LimitError, match="closed for inventory") as caught:
        plan.store("/sparql", attempts=3).table("SELECT ?n {}")
    assert caught.value.status == 503
    assert (len(plan.asked), len(plan.paused)) == (3, 2)


def test_the_pause_is_the_one_that_the_server_asks_for(plan: Plan) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    plan.replies["/sparql"] = [
        Reply("", 503, headers={"Retry-After": "2"}),
        Reply("", 429, headers={"Retry-After": later}),
        Reply("", 429, headers={"Retry-After": "soon"}),
        Reply(ONE),
    ]
    plan.store("/sparql").look()
    seconds, date, own = plan.paused
    assert seconds == 2
    assert 7 <= date <= 9
    assert 1.4 < own < 2.6


def test_a_pause_that_is_too_long_is_told_instead(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply("", 429, headers={"Retry-After": "120"})]
    with pytest.raises(LimitError) as caught:
        plan.store("/sparql").table("SELECT ?n {}")
    assert caught.value.retry_after == 120
    assert plan.paused == []


def test_no_try_begins_after_the_time_is_over(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply("", 503, headers={"Retry-After": "5"})]
    with pytest.raises(LimitError):
        plan.store("/sparql", timeout_s=4).table("SELECT ?n {}")
    assert len(plan.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 413, 500])
def test_what_would_be_the_same_again_is_not_asked_again(plan: Plan, status: int) -> None:
    plan.replies["/sparql"] = [Reply("", status)]
    with pytest.raises(Exception):  # noqa: B017 - which one is tested elsewhere
        plan.store("/sparql").table("SELECT ?n {}")
    assert len(plan.asked) == 1


def test_a_refused_query_leaves_the_store_usable(plan: Plan) -> None:
    plan.replies["/sparql"] = [Reply(ONE), Reply("no", 400), Reply(ONE)]
    store = plan.store("/sparql")
    with pytest.raises(QueryError):
        store.table("SELECT nonsense")
    assert list(store.table("SELECT ?n {}")) == [(7,)]
