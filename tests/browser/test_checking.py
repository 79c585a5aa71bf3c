"""A steward checks files: with the keyboard, without scripts, and takes the downloads home."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.visitor import PHONE, Visitor
from tests.checking.test_uploads import TRAININGS

Visit = Callable[..., Visitor]
FILE = {"name": "trainings.csv", "mimeType": "text/csv", "buffer": TRAININGS.encode()}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_checked_and_its_report_taken_home(
    visit: Visit, live: str, scripts: bool, tmp_path: Path
) -> None:
    visitor = visit(live, java_script_enabled=scripts, accept_downloads=True)
    page = visitor.open("/check")
    page.get_by_label("Files", exact=True).set_input_files(FILE)  # type: ignore[arg-type]
    page.get_by_role("button", name="Check", exact=True).press("Enter")
    assert "A build would refuse rows for 2 cells" in page.locator(".verdict").inner_text()
    assert page.locator("details.fault.error td.found").all_inner_texts() == [
        "Workshp",
        "03/04/2019",
    ]
    with page.expect_download() as report:
        page.get_by_role("link", name="The report as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(report.value.path()).read_text())))
    assert {row["value"] for row in rows} == {"Workshp", "03/04/2019", "nobody"}
    assert report.value.suggested_filename == "report.csv"
    with page.expect_download() as refused:
        page.get_by_role("link", name="The refused rows").click()
    assert zipfile.ZipFile(refused.value.path()).namelist() == ["trainings.csv"]


@pytest.mark.parametrize("place", ["/check", "/ar/check"])
def test_the_report_is_sound(visit: Visit, live: str, place: str) -> None:
    visitor = visit(live, viewport=PHONE)
    page = visitor.open(place)
    page.locator("#check-file").set_input_files(FILE)  # type: ignore[arg-type]
    page.locator("button[value=page]").click()
    page.locator(".verdict").wait_for()
    visitor.check_axe()
    visitor.check_dark()
    visitor.check_width()
    visitor.check_policy()


def test_a_download_is_had_without_the_page(visit: Visit, live: str) -> None:
    page = visit(live, java_script_enabled=False).open("/check")
    page.locator("#check-file").set_input_files(FILE)  # type: ignore[arg-type]
    with page.expect_download() as report:
        page.get_by_role("button", name="report, CSV").click()
    assert report.value.suggested_filename == "report.csv"
