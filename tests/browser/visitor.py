"""A visitor: a page of the browser with what went wrong on it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import ConsoleMessage, Page, Request

__all__ = ["PHONE", "Visitor"]

PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
_SCROLLS = "scrollable-region-focusable"
GRAVE = ("serious", "critical")
_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# In the page from its first moment on: whatever breaks the policy, with the rule and the culprit.
_WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.__violations.push(
  `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@lru_cache(maxsize=1)
def _axe() -> str:
    (file,) = Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")
    return file.read_text(encoding="utf-8")


class Visitor:
    """Opens pages of a site, and keeps every complaint of the browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.site = address.rstrip("/")
        self.complaints: list[str] = []
        self.expected = ["GL Driver Message"]  # software draws slowly, and says so
        page.add_init_script(_WATCH)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} {message.location}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site}/", "data:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")

    def open(self, path: str, status: int = 200) -> Page:
        """Go to an address of the site and wait until it has loaded."""
        response = self.page.goto(f"{self.site}{path}")
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        if status >= 400:
            self.expect(f"status of {status}")
        return self.page

    def expect(self, part: str) -> None:
        """Take complaints with this text for what the test is about."""
        self.expected.append(part)

    def check(self) -> None:
        """Fail where the browser complained of anything that was not expected."""
        left = [c for c in self.complaints if not any(part in c for part in self.expected)]
        assert not left, "\n".join(left)

    def check_policy(self) -> None:
        """Fail where something of this page broke the content security policy."""
        assert self.page.evaluate("window.__violations") == []

    def check_axe(self, only: str | None = None) -> None:
        """Fail where axe-core finds a serious or critical issue on the page as it stands."""
        # evaluated by the browser's own tools, which the policy of the page does not bind
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe())
        run: dict[str, Any] = {"type": "tag", "values": _STANDARDS}
        if only:
            run = {"type": "rule", "values": [only]}
        found = self.page.evaluate(
            "options => axe.run(document, options)",
            {"runOnly": run, "preload": False, "resultTypes": ["violations"]},
        )
        grave = [
            f"{issue['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for issue in found["violations"]
            if issue["impact"] in GRAVE
            for node in issue["nodes"][:3]
            # CodeMirror's text field stands beside what it scrolls; the cursor's keys scroll it.
            if (issue["id"], "CodeMirror-scroll" in node["html"]) != (_SCROLLS, True)
        ]
        assert not grave, "\n".join(grave)

    def check_width(self) -> None:
        """Fail where a phone would have to scroll the page sideways."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        wide = self.page.evaluate(
            """() => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return [];
              const held = (e) => {
                for (let a = e.parentElement; a && a !== document.body; a = a.parentElement)
                  if (getComputedStyle(a).overflowX !== "visible") return true;
                return false;
              };
              return [...document.querySelectorAll("body *")].filter((e) => {
                const box = e.getBoundingClientRect();
                const apart = getComputedStyle(e).position === "absolute";
                return (box.right > width + 1 || box.left < -1) && (apart || !held(e))
                  && !e.matches(".skip");
              }).slice(0, 8).map((e) => e.outerHTML.slice(0, 150)).concat("of the page");
            }"""
        )
        self.page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
        assert not wide, "\n".join(wide)

    def check_dark(self) -> None:
        """Fail where a text in the dark is hard to read."""
        self.page.emulate_media(color_scheme="dark")
        self.check_axe("color-contrast")
        self.page.emulate_media(color_scheme="light")
