from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.errors import SettingsError
from kg.settings import ServeSettings, Settings
from kg.web import close_app, create_app
from tests.conftest import ROOT


def test_requests_are_counted_by_route(client: FlaskClient) -> None:
    client.get("/healthz")
    client.get("/page/country/ZA")
    client.get("/nowhere?secret=1")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    assert 'rihla_requests_total{method="GET",route="/healthz",status="200"}' in answer.text
    assert 'route="/page/<kind>/<path:key>",status="200"' in answer.text
    assert 'route="none",status="404"' in answer.text
    assert "rihla_release_quads{release=" in answer.text
    assert "secret" not in answer.text
    assert "country/ZA" not in answer.text


def test_metrics_are_for_this_machine_only(client: FlaskClient) -> None:
    far = client.get("/metrics", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert far.status_code == 404


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="local, all, off"):
        ServeSettings(metrics="some")


def test_the_access_log_says_nothing_that_was_asked(
    world_settings: Settings, world: object, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = world_settings.project.releases.parent
    project = folder / "logged.toml"
    project.write_text(
        world_settings.file.read_text(encoding="utf-8") + "\n[serve]\naccess_log = true\n",
        encoding="utf-8",
    )
    app = create_app(project)
    try:
        app.test_client().get("/api/search?q=secret")
    finally:
        close_app(app)
    line = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert (line["route"], line["status"], line["method"]) == ("/api/search", 200, "GET")
    assert "secret" not in json.dumps(line)


def test_a_server_that_is_told_to_stop_answers_what_it_has_begun(
    world_settings: Settings, world: object
) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom kg import web\n"
        "app = web.create_app(Path(sys.argv[1]))\n"
        "@app.get('/slow')\n"
        "def slow():\n    print('begun', flush=True)\n    time.sleep(1)\n    return 'whole'\n"
        "web.serve(app, '127.0.0.1', 0, lambda address: print(address, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(world_settings.file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        found: list[bytes] = []

        def ask() -> None:
            with urllib.request.urlopen(f"{address}slow", timeout=120) as answer:
                found.append(answer.read())

        asking = threading.Thread(target=ask)
        asking.start()
        assert process.stdout.readline().strip() == "begun"
        process.send_signal(signal.SIGTERM)
        asking.join(120)
        assert process.wait(120) == 0
    assert found == [b"whole"]
