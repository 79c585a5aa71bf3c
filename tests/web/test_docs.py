"""docs/serving.md names every route, limit and status that there is."""

from __future__ import annotations

import re
from dataclasses import fields

from flask import Flask

from kg.settings import ServeSettings
from kg.web.problems import PROBLEMS
from kg.web.service import NAMED_PATIENCE, TABLE_BYTES
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")


def test_every_route_is_documented(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        # converters and languages are a matter of the code: <path:key> is <key> in the text
        plain = re.sub(r"<(?:[^:>]*:)?(\w+)>", r"<\1>", str(rule))
        plain = plain.replace("<key_and_suffix>", "<key>.<suffix>")
        tail = plain.replace("/ontology/<language>", "…").rstrip("/") or "/"
        named = f"`{plain}`" in TEXT or f"`{tail}`" in TEXT or f"`{plain.rstrip('/')}`" in TEXT
        assert named, f"{rule} is not in docs/serving.md"


def test_every_status_is_documented() -> None:
    for status in PROBLEMS:
        assert f"| {status} |" in TEXT


def test_the_limits_are_those_of_the_code() -> None:
    serve = ServeSettings()
    assert f"{serve.timeout_seconds:g} s; named queries three times that" in TEXT
    assert NAMED_PATIENCE == 3
    assert f"{serve.max_result_mib} MiB; {TABLE_BYTES // 2**20} MiB where" in TEXT
    assert f"| quick queries at a time, and long ones | {serve.workers} |" in TEXT
    assert f"| queries that wait | {serve.max_waiting} |" in TEXT
    assert f"| queries of one client, running or waiting | {serve.max_per_client} |" in TEXT
    assert f"| body of a request | {serve.max_body_mib} MiB |" in TEXT
    assert f"| length of a query | {serve.max_query_kb * 1000:,} bytes |" in TEXT
    assert f"| rows of an answer | {serve.max_result_rows:,} |" in TEXT
    settings = {f.name for f in fields(ServeSettings)} - {"host", "port"}
    assert not [name for name in settings if f"`{name}`" not in TEXT]
