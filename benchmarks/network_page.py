"""How long until the page of a large network can be used, in a real browser.

The page of a network of 5,000 nodes and 30,000 edges, which is the most that is drawn, is opened
in headless Chromium: from the start of the navigation to the mark that the script sets when the
network is drawn and answers clicks. ``first`` is the first visitor of a release, for whom the
server also places the nodes; ``later`` are others, each with an empty cache of his own. The target
is two seconds. WebGL is drawn by the processor here (SwiftShader), where a visitor's machine has a
graphics card.

The network is a random one of communities, drawn in the place of the release's own (which is
projected all the same), so that any release serves.

    pip install playwright    # and a chromium
    python benchmarks/network_page.py --project rihla.toml
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import threading
import time
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from playwright.sync_api import Browser, sync_playwright

from kg.network import Network
from kg.settings import load_settings
from kg.web import close_app, create_app, make_server, network_layout

TARGET_S = 2.0
SIZE = 50  # nodes of a community
MARK = "performance.getEntriesByName('network-ready')[0]?.startTime"
ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader-webgl", "--enable-unsafe-swiftshader",
             "--disable-background-networking", "--no-first-run"]  # fmt: skip


def network(nodes: int, edges: int, seed: int) -> Network:
    """Return a network: nine of ten edges inside communities, few nodes with very many."""
    rng = np.random.default_rng(seed)
    graph = nx.Graph()
    graph.add_nodes_from((f"http://example.org/n{i}", {"label": f"Institution {i}"})
                         for i in range(nodes))  # fmt: skip
    while graph.number_of_edges() < edges:
        a = int(nodes * rng.random() ** 2)
        inside = rng.random() < 0.9
        b = a // SIZE * SIZE + int(SIZE * rng.random()) if inside else int(nodes * rng.random())
        if a != b and b < nodes:
            graph.add_edge(f"http://example.org/n{a}", f"http://example.org/n{b}",
                           weight=float(rng.integers(1, 9)))  # fmt: skip
    return Network.from_networkx(graph)


def opened(browser: Browser, address: str) -> tuple[float, float, str]:
    """Return seconds until a page is there, until it can be used, and how it is drawn."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(address, wait_until="commit")
        page.wait_for_selector("#network[data-ready]", timeout=120_000)
        drawn = str(page.locator("#network").get_attribute("data-ready"))
        timing: Any = page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")
        mark: Any = page.evaluate(MARK)
        return timing / 1000, (mark or float("nan")) / 1000, drawn
    finally:
        context.close()


def measure(browser: Browser, address: str, later: int) -> bool:
    """Print what visitors wait; return whether those after the first can soon use it."""
    worked = time.process_time()
    page, usable, drawn = opened(browser, address)
    worked = time.process_time() - worked
    if drawn != "drawn":
        raise SystemExit("This browser draws no WebGL.")
    print(f"first: page {page:.2f} s, usable {usable:.2f} s (processor of the server {worked:.2f})")
    found = [opened(browser, address) for _ in range(later)]
    pages, times = ([each[n] for each in found] for n in (0, 1))
    middle = statistics.median(times)
    print(f"later: page {statistics.median(pages):.2f} s, usable {middle:.2f} s at the median "
          f"({min(times):.2f} to {max(times):.2f}, of {later})")  # fmt: skip
    return max(middle, usable) < TARGET_S


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, required=True, help="Any project that was built.")
    parser.add_argument("--nodes", type=int, default=5_000)
    parser.add_argument("--edges", type=int, default=30_000)
    parser.add_argument("--later", type=int, default=5, help="Visitors after the first.")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="Path of a Chromium.")
    given = parser.parse_args()
    made = network(given.nodes, given.edges, 1)
    projected = network_layout.standing_out

    def standing_in(*asked: Any) -> Network:
        made.meta.update(projected(*asked).meta)  # with what the release's own network takes
        return made

    network_layout.standing_out = standing_in
    app = create_app(load_settings(given.project))
    server = make_server(app, port=0)
    threading.Thread(target=server.run, daemon=True).start()
    network_layout.layout(network(100, 300, 1))  # compiles, as kg serve does when it starts
    address = f"http://127.0.0.1:{server.effective_port}/network/partnership?bloc=world"
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=given.browser, args=ARGUMENTS)
            good = measure(browser, address, given.later)
            browser.close()
    finally:
        server.close()
        close_app(app)
    print(f"{len(made):,} nodes, {made.edges_by_code.height:,} edges; the target of {TARGET_S:g} s "
          f"is {'' if good else 'NOT '}met. Load: {os.getloadavg()[0]:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
